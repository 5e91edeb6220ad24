#include "statistics/mixed/fixed_side.h"

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

using Eigen::MatrixXd;
using Eigen::VectorXd;

std::optional<FixedSide> project_products(LevelProducts& products, const std::vector<std::string>& names,
                                          double shift) {
    constexpr double clearly_independent = 1e-6;  // squared share of a column that the earlier ones leave
    constexpr double clearly_unexplained = 1e-5;  // share of the outcome's squares that is left
    const auto total = view(std::as_const(products.total));
    const Eigen::Index fixed = index(names.size());
    const VectorXd lengths = total.diagonal().head(fixed).cwiseSqrt();
    if (fixed > 0 && !(lengths.minCoeff() > 0 && lengths.allFinite())) {
        return std::nullopt;
    }
    const VectorXd scale = lengths.cwiseInverse();
    const Eigen::LLT<MatrixXd> cholesky(scale.asDiagonal() * total.topLeftCorner(fixed, fixed) *
                                        scale.asDiagonal());
    if (cholesky.info() != Eigen::Success ||
        (fixed > 0 && cholesky.matrixLLT().diagonal().cwiseAbs2().minCoeff() < clearly_independent)) {
        return std::nullopt;
    }
    FixedSide side;
    const VectorXd coefficients = cholesky.matrixL().solve(scale.cwiseProduct(total.col(fixed).head(fixed)));
    const double squares = total(fixed, fixed);
    if (!(squares - coefficients.squaredNorm() > clearly_unexplained * squares)) {
        return std::nullopt;
    }
    side.names = names;
    side.triangle = to_matrix(MatrixXd(MatrixXd(cholesky.matrixU()) * lengths.asDiagonal()));
    MatrixXd change = MatrixXd::Identity(fixed + 1, fixed + 1);
    change.topLeftCorner(fixed, fixed) =
        scale.asDiagonal() * MatrixXd(cholesky.matrixU().solve(MatrixXd::Identity(fixed, fixed)));
    change.col(fixed).head(fixed) = -change.topLeftCorner(fixed, fixed) * coefficients;
    products.change_columns(to_matrix(change));
    side.squares_left = products.total(names.size(), names.size());
    side.coefficients.assign(coefficients.begin(), coefficients.end());
    if (shift != 0) {
        side.coefficients[0] += shift * side.triangle(0, 0);
    }
    side.log_triangle = view(std::as_const(side.triangle)).diagonal().array().log().sum();
    return side;
}

ProjectedRows project_rows(const ModelMatrix& matrix, const std::vector<double>& outcome) {
    ProjectedRows rows;
    Basis basis = fast_basis(matrix.values);
    FixedSide& side = rows.side;
    for (const std::size_t column : basis.kept) {
        side.names.push_back(matrix.names[column]);
    }
    for (const std::size_t column : basis.dropped) {
        side.dropped.push_back(matrix.names[column]);
    }
    const auto w = view(std::as_const(basis.columns));
    const auto y = view(outcome);
    VectorXd coefficients = w.transpose() * y;
    VectorXd rest = y - w * coefficients;
    const VectorXd correction = w.transpose() * rest;
    coefficients += correction;
    rest -= w * correction;
    side.coefficients.assign(coefficients.begin(), coefficients.end());
    side.squares_left = rest.squaredNorm();
    rows.rest.assign(rest.begin(), rest.end());
    side.triangle = std::move(basis.triangle);
    side.log_triangle = view(std::as_const(side.triangle)).diagonal().array().log().sum();
    rows.basis = std::move(basis.columns);
    return rows;
}

}  // namespace groundwork::statistics
