// The Rasch model and its extension to ordered categories, by conditional maximum likelihood.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

// P(answer h of item i | theta) is proportional to exp(h theta + beta_ih), beta_i0 = 0: the partial credit
// model of Masters (1982, Psychometrika 47); with two categories the Rasch model.
struct RaschItem {
    double lowest_answer = 0;      // what counts as category 0
    std::vector<double> easiness;  // beta_ih for h = 1, 2, ...; over all items they sum to zero, as in eRm
    std::vector<double> easiness_standard_errors;
    std::vector<double> thresholds;  // where answers h - 1 and h are as likely: beta_i(h-1) - beta_ih
    std::vector<double> threshold_standard_errors;
    double location = unknown;  // mean threshold: the difficulty
    std::size_t n = 0;          // answers that the fit statistics rest on
    // Mean squares of (weighted) standardised residuals at the people's maximum-likelihood values, and their
    // cube-root t (Wright & Masters 1982, table 5.3a). Divisors: n for outfit, the variances for infit.
    double outfit = unknown, infit = unknown, outfit_t = unknown, infit_t = unknown;
};

struct RaschPerson {
    double score = unknown;  // sum of categories over the answered items; unknown: nothing answered
    double maximum_likelihood = unknown, maximum_likelihood_standard_error = unknown;  // not at the extremes
    double weighted = unknown, weighted_standard_error = unknown;  // Warm (1989, Psychometrika 54)
};

struct RaschModel {
    std::size_t people = 0;           // rows with an answer
    std::size_t people_used = 0;      // those whose score does not fix every answer
    double log_likelihood = unknown;  // conditional on the scores
    std::size_t parameters = 0;       // free ones: the easiness less one
    int steps = 0;
    double largest_slope = unknown;  // of the log-likelihood at the answer
    std::vector<RaschItem> items;
    std::vector<RaschPerson> persons;  // one for each row
    // Variance of the weighted values that is not their error's, as a share (Andrich 1982).
    double person_separation = unknown;
};

inline constexpr std::size_t most_categories = 20;  // an item's
inline constexpr std::size_t most_total_score = 2'000;

// One span an item; answers are whole numbers, NaN where missing; the lowest answer of each item is its
// category 0. Incomplete rows count with what they have. Errors: answers that are not whole numbers, an item
// that nobody with a middling score varies on, a category between others that nobody gave, answers that do
// not determine the items' order (Fischer 1981, Psychometrika 46).
Result<RaschModel> fit_rasch(std::span<const std::span<const double>> items);

struct AndersenTest {
    double statistic = unknown, degrees_of_freedom = unknown, p = unknown;
    std::vector<double> log_likelihoods;  // by group, ascending
    double together = unknown;
};

// Andersen (1973, Psychometrika 38): do the items keep their difficulties in every group of people? `groups`
// holds a number for each row (NaN: left out). Errors: as fit_rasch in any group; fewer than two groups.
Result<AndersenTest> andersen_test(std::span<const std::span<const double>> items,
                                   std::span<const double> groups);

// Groups for it: 0 where the row's sum is at most the median of all complete rows' sums, else 1; NaN where an
// answer is missing.
std::vector<double> median_split(std::span<const std::span<const double>> items);

}  // namespace groundwork::statistics
