// Rows sorted by which of their values are there (not part of the door).
#pragma once

#include <Eigen/Core>
#include <vector>

namespace groundwork::statistics {

// The rows that have exactly the columns `present` (ascending).
struct MissingPattern {
    std::vector<Eigen::Index> present;
    double n = 0;
    Eigen::VectorXd mean;        // of the present columns
    Eigen::MatrixXd covariance;  // about that mean, divisor n
    std::vector<Eigen::Index> rows;
};

// One pattern for each set of present columns, in order of first appearance; rows without any are left out.
std::vector<MissingPattern> missing_patterns(const Eigen::MatrixXd& data);

}  // namespace groundwork::statistics
