// Elementary symmetric functions of items with two or more categories, as sums of positive terms only, so
// that they keep their digits with any number of items (not part of the door).
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace groundwork::statistics {

// Items' parameters one after another: item i owns easiness beta(offset[i]) .. of its categories 1, 2, ...;
// category 0 has 0.
struct CategoryLayout {
    std::vector<std::size_t> offset;  // items + 1 entries
    std::size_t items() const { return offset.size() - 1; }
    std::size_t categories(std::size_t item) const { return offset[item + 1] - offset[item]; }
    std::size_t parameters() const { return offset.back(); }
};

// People who answered the same items: how many have each sum of these items' categories. Sums that fix every
// answer (0 and the largest) are not counted here.
struct AnswerPattern {
    std::vector<std::size_t> items;
    std::vector<double> score_counts;  // by sum, 0 .. largest
};

// What a pattern adds to minus the conditional log-likelihood (up to the linear term in beta): sum over
// scores of n_r log gamma_r, its slope (expected category counts given the scores) and, where `information`
// is given, its curvature (their covariances): Andersen (1972, J. R. Stat. Soc. B 34); gamma by the summation
// algorithm (Fischer 1974), products without an item from products before and after it.
double add_conditional(const CategoryLayout& layout, const AnswerPattern& pattern,
                       const Eigen::VectorXd& beta, Eigen::VectorXd& expected, Eigen::MatrixXd* information);

}  // namespace groundwork::statistics
