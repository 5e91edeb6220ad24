// Cronbach's alpha and McDonald's omega (reliability.h).
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "foundation/foundation.h"
#include "statistics/psychometrics/item_matrix.h"
#include "statistics/psychometrics/reliability.h"

namespace groundwork::statistics {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
void ensure_one_length(Items items) {
    for (const std::span<const double> item : items) {
        ENSURE(item.size() == items.front().size());
    }
}

// Loadings of one factor that minimise the sum of squared residual correlations. Each loading in turn has a
// closed form given the others; the sweep is repeated until nothing moves.
Eigen::VectorXd minimum_residual_loadings(const Eigen::MatrixXd& correlation) {
    constexpr double largest_communality = 0.995;
    constexpr int most_sweeps = 20'000;
    const double bound = std::sqrt(largest_communality);
    const Eigen::Index count = correlation.rows();
    const double off_diagonal =
        (correlation.sum() - static_cast<double>(count)) / static_cast<double>(count * (count - 1));
    Eigen::VectorXd loadings =
        Eigen::VectorXd::Constant(count, std::sqrt(std::clamp(off_diagonal, 0.01, 0.9)));
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        double moved = 0;
        for (Eigen::Index i = 0; i < count; ++i) {
            const double old = loadings(i);
            const double others = loadings.squaredNorm() - old * old;
            if (others <= 0) {
                continue;
            }
            const double free_optimum = (correlation.row(i).dot(loadings) - correlation(i, i) * old) / others;
            loadings(i) = std::clamp(free_optimum, -bound, bound);
            moved = std::max(moved, std::abs(loadings(i) - old));
        }
        if (moved < 1e-15) {
            break;
        }
    }
    return loadings;
}

}  // namespace

double cronbach_alpha(Items items, PartialRows rows) {
    if (items.size() < 2) {
        return none;
    }
    ensure_one_length(items);
    const Eigen::MatrixXd covariance = item_covariance(items, rows);
    const double total = covariance.sum();
    if (!(total > 0)) {
        return none;
    }
    const auto count = static_cast<double>(items.size());
    return count / (count - 1) * (1 - covariance.trace() / total);
}

double omega_total(Items items) {
    if (items.size() < 2) {
        return none;
    }
    ensure_one_length(items);
    const Eigen::MatrixXd covariance = item_covariance(items, PartialRows::leave_out);
    if (covariance.hasNaN() || !(covariance.diagonal().minCoeff() > 0)) {
        return none;
    }
    const Eigen::MatrixXd correlation = as_correlation(covariance);
    if (!(correlation.sum() > 0)) {
        return none;
    }
    const Eigen::VectorXd loadings = minimum_residual_loadings(correlation);
    const double uniqueness = static_cast<double>(items.size()) - loadings.squaredNorm();
    return 1 - uniqueness / correlation.sum();
}

}  // namespace groundwork::statistics
