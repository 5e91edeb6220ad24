// Covariances of a scale's items, shared by the files of this folder (not part of the door).
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/psychometrics/reliability.h"

namespace groundwork::statistics {

using Items = std::span<const std::span<const double>>;

inline constexpr std::size_t fewest_rows_for_covariance = 3;

// The rows without a missing value, column by column: complete rows x items.
Eigen::MatrixXd complete_rows(Items items);

// Divisor n - 1. leave_out: from the complete rows; pairwise: each entry from the rows that have both. NaN
// entries where fewer than fewest_rows_for_covariance rows are left.
Eigen::MatrixXd item_covariance(Items items, PartialRows rows);

// Both sides divided by the square roots of the diagonal, which must be positive.
Eigen::MatrixXd as_correlation(const Eigen::MatrixXd& covariance);

// The squared multiple correlation of each variable with all others: 1 - 1 / diag(R^-1). NaN entries where R
// is not positive definite.
Eigen::VectorXd squared_multiple_correlations(const Eigen::MatrixXd& correlation);

// At least `fewest` items of one length, each of them with answers that differ, at least three complete
// rows, finite values; otherwise an error that names the item by its position.
Result<void> check_items(Items items, std::size_t fewest);

}  // namespace groundwork::statistics
