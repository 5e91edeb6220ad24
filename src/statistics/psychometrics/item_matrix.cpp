#include "statistics/psychometrics/item_matrix.h"
#include "statistics/range.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "foundation/foundation.h"

namespace groundwork::statistics {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

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
    if (n < static_cast<double>(fewest_rows_for_covariance)) {
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

bool is_complete(Items items, std::size_t row) {
    return std::none_of(items.begin(), items.end(),
                        [row](const auto& item) { return std::isnan(item[row]); });
}

}  // namespace

Eigen::MatrixXd complete_rows(Items items) {
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; !items.empty() && row < items.front().size(); ++row) {
        if (is_complete(items, row)) {
            kept.push_back(row);
        }
    }
    Eigen::MatrixXd rows(static_cast<Eigen::Index>(kept.size()), static_cast<Eigen::Index>(items.size()));
    for (Eigen::Index item = 0; item < rows.cols(); ++item) {
        for (Eigen::Index row = 0; row < rows.rows(); ++row) {
            rows(row, item) = items[static_cast<std::size_t>(item)][kept[static_cast<std::size_t>(row)]];
        }
    }
    return rows;
}

Eigen::MatrixXd item_covariance(Items items, PartialRows rows) {
    const auto count = static_cast<Eigen::Index>(items.size());
    if (rows == PartialRows::leave_out) {
        const Eigen::MatrixXd complete = complete_rows(items);
        if (complete.rows() < static_cast<Eigen::Index>(fewest_rows_for_covariance)) {
            return Eigen::MatrixXd::Constant(count, count, none);
        }
        const Eigen::MatrixXd centred = complete.rowwise() - complete.colwise().mean();
        return centred.transpose() * centred / static_cast<double>(complete.rows() - 1);
    }
    Eigen::MatrixXd covariance(count, count);
    for (Eigen::Index i = 0; i < count; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            covariance(i, j) = covariance(j, i) =
                pair_covariance(items[static_cast<std::size_t>(i)], items[static_cast<std::size_t>(j)]);
        }
    }
    return covariance;
}

Eigen::MatrixXd as_correlation(const Eigen::MatrixXd& covariance) {
    const Eigen::VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
    Eigen::MatrixXd correlation = scale.asDiagonal() * covariance * scale.asDiagonal();
    correlation.diagonal().setOnes();
    return correlation;
}

Eigen::VectorXd squared_multiple_correlations(const Eigen::MatrixXd& correlation) {
    const Eigen::LLT<Eigen::MatrixXd> factor(correlation);
    const Eigen::Index count = correlation.rows();
    const double smallest = factor.matrixLLT().diagonal().cwiseAbs().minCoeff();
    if (factor.info() != Eigen::Success || !(smallest > 1e-7)) {
        return Eigen::VectorXd::Constant(count, none);
    }
    const Eigen::MatrixXd inverse = factor.solve(Eigen::MatrixXd::Identity(count, count));
    return 1 - inverse.diagonal().array().inverse();
}

Result<void> check_items(Items items, std::size_t fewest) {
    if (items.size() < fewest) {
        return fail(unacceptable(fmt::format("A scale of {} item{} is too short; this needs at least {}.",
                                             items.size(), items.size() == 1 ? "" : "s", fewest)));
    }
    for (std::size_t item = 0; item < items.size(); ++item) {
        ENSURE(items[item].size() == items.front().size());
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (const double value : items[item]) {
            if (!std::isnan(value)) {
                if (!is_usable(value)) {
                    return fail(
                        unacceptable(fmt::format("A value of item {} {}.", item + 1, too_large(value))));
                }
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        if (!(low < high)) {
            return fail(
                unacceptable(fmt::format("Item {} {}.", item + 1,
                                         low == high ? "was answered the same by everybody"
                                                     : "was answered by nobody"))
                    .remedy("Leave it out: an item that does not vary tells nothing of reliability."));
        }
    }
    const Eigen::MatrixXd complete = complete_rows(items);
    const auto fewest_rows = static_cast<Eigen::Index>(fewest_rows_for_covariance);
    if (complete.rows() < fewest_rows) {
        return fail(unacceptable(fmt::format("Only {} row{} answered every item; at least {} are needed.",
                                             complete.rows(), complete.rows() == 1 ? " has" : "s have",
                                             fewest_rows_for_covariance)));
    }
    for (Eigen::Index item = 0; item < complete.cols(); ++item) {
        if (complete.col(item).maxCoeff() == complete.col(item).minCoeff()) {
            return fail(
                unacceptable(fmt::format("Item {} does not vary among the {} rows that answered every "
                                         "item.",
                                         item + 1, complete.rows()))
                    .remedy("Leave it out."));
        }
    }
    return {};
}

}  // namespace groundwork::statistics
