// Cronbach's alpha and McDonald's omega (reliability.h).
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "foundation/foundation.h"
#include "statistics/psychometrics/reliability.h"

namespace groundwork::statistics {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t fewest_rows = 3;

using Items = std::span<const std::span<const double>>;

void ensure_one_length(Items items) {
    for (const std::span<const double> item : items) {
        ENSURE(item.size() == items.front().size());
    }
}

// Covariance of two columns over the rows where both are present; NaN with too few.
double pair_covariance(std::span<const double> x, std::span<const double> y) {
    double n = 0, sum_x = 0, sum_y = 0;
    for (std::size_t row = 0; row < x.size(); ++row) {
        if (!std::isnan(x[row]) && !std::isnan(y[row])) {
            ++n;
            sum_x += x[row];
            sum_y += y[row];
        }
    }
    if (n < static_cast<double>(fewest_rows)) {
        return none;
    }
    double products = 0;
    for (std::size_t row = 0; row < x.size(); ++row) {
        if (!std::isnan(x[row]) && !std::isnan(y[row])) {
            products += (x[row] - sum_x / n) * (y[row] - sum_y / n);
        }
    }
    return products / (n - 1);
}

std::vector<std::vector<double>> complete_rows(Items items) {
    std::vector<std::vector<double>> kept(items.size());
    for (std::size_t row = 0; row < items.front().size(); ++row) {
        const bool whole = std::none_of(items.begin(), items.end(),
                                        [row](const auto& item) { return std::isnan(item[row]); });
        for (std::size_t item = 0; whole && item < items.size(); ++item) {
            kept[item].push_back(items[item][row]);
        }
    }
    return kept;
}

Eigen::MatrixXd covariance_matrix(Items items) {
    const auto count = static_cast<Eigen::Index>(items.size());
    Eigen::MatrixXd covariance(count, count);
    for (Eigen::Index i = 0; i < count; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            covariance(i, j) = covariance(j, i) =
                pair_covariance(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(j)]);
        }
    }
    return covariance;
}

Eigen::MatrixXd complete_covariance(Items items) {
    const std::vector<std::vector<double>> kept = complete_rows(items);
    const std::vector<std::span<const double>> spans(kept.begin(), kept.end());
    return covariance_matrix(spans);
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
    const Eigen::MatrixXd covariance =
        rows == PartialRows::leave_out ? complete_covariance(items) : covariance_matrix(items);
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
    const Eigen::MatrixXd covariance = complete_covariance(items);
    if (covariance.hasNaN() || !(covariance.diagonal().minCoeff() > 0)) {
        return none;
    }
    const Eigen::VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd correlation = scale.asDiagonal() * covariance * scale.asDiagonal();
    if (!(correlation.sum() > 0)) {
        return none;
    }
    const Eigen::VectorXd loadings = minimum_residual_loadings(correlation);
    const double uniqueness = static_cast<double>(items.size()) - loadings.squaredNorm();
    return 1 - uniqueness / correlation.sum();
}

}  // namespace groundwork::statistics
