// Our matrices as Eigen sees them, without copying. For .cpp files: Eigen stays out of other headers.
#pragma once

#include <Eigen/Dense>
#include <span>

#include "statistics/matrix.h"

namespace groundwork::statistics {

inline Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }
inline Eigen::Map<const Eigen::MatrixXd> view(const Matrix& matrix) {
    return {matrix.values.data(), index(matrix.rows), index(matrix.columns)};
}
inline Eigen::Map<Eigen::MatrixXd> view(Matrix& matrix) {
    return {matrix.values.data(), index(matrix.rows), index(matrix.columns)};
}
inline Eigen::Map<const Eigen::VectorXd> view(std::span<const double> values) {
    return {values.data(), index(values.size())};
}
template <class Derived>
Matrix to_matrix(const Eigen::MatrixBase<Derived>& from) {
    Matrix result(static_cast<std::size_t>(from.rows()), static_cast<std::size_t>(from.cols()));
    view(result) = from;
    return result;
}

}  // namespace groundwork::statistics
