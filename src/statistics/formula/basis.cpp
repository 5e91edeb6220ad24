#include "statistics/formula/basis.h"

#include <algorithm>
#include <numeric>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

Basis householder_basis(const Matrix& columns) {
    constexpr double tolerance = 1e-7;
    Eigen::MatrixXd work = view(columns);
    const Eigen::Index rows = work.rows();
    Basis basis;
    std::vector<double> factors;
    Eigen::VectorXd scratch(std::max<Eigen::Index>(work.cols(), 1));
    for (Eigen::Index column = 0; column < work.cols(); ++column) {
        const Eigen::Index rank = index(basis.kept.size());
        const double length = view(columns).col(column).stableNorm();
        const bool room = rank < rows;
        if (!room || !(work.col(column).tail(rows - rank).stableNorm() > tolerance * length)) {
            basis.dropped.push_back(static_cast<std::size_t>(column));
            continue;
        }
        work.col(rank).swap(work.col(column));  // what was there has been dropped, or is this column
        double factor = 0, diagonal = 0;
        work.col(rank).tail(rows - rank).makeHouseholderInPlace(factor, diagonal);
        work(rank, rank) = diagonal;
        const Eigen::VectorXd essential = work.col(rank).tail(rows - rank - 1);
        work.block(rank, column + 1, rows - rank, work.cols() - column - 1)
            .applyHouseholderOnTheLeft(essential, factor, scratch.data());
        factors.push_back(factor);
        basis.kept.push_back(static_cast<std::size_t>(column));
    }
    const std::size_t rank = basis.kept.size();
    basis.triangle = Matrix(rank, rank);
    view(basis.triangle) = work.topLeftCorner(index(rank), index(rank)).triangularView<Eigen::Upper>();
    basis.columns = Matrix(columns.rows, rank);
    auto q = view(basis.columns);
    q.setIdentity();
    for (std::size_t k = rank; k-- > 0;) {
        const Eigen::Index at = index(k);
        const Eigen::VectorXd essential = work.col(at).tail(rows - at - 1);
        q.bottomRightCorner(rows - at, q.cols() - at)
            .applyHouseholderOnTheLeft(essential, factors[k], scratch.data());
    }
    for (Eigen::Index k = 0; k < index(rank); ++k) {
        if (view(basis.triangle)(k, k) < 0) {
            view(basis.triangle).row(k) *= -1;
            q.col(k) *= -1;
        }
    }
    return basis;
}

Basis fast_basis(const Matrix& columns) {
    constexpr double clearly_independent = 1e-6;  // squared share of a column that the earlier ones leave
    const Eigen::VectorXd lengths = view(columns).colwise().norm();
    if (columns.columns == 0 || !(lengths.minCoeff() > 0) || !lengths.allFinite()) {
        return householder_basis(columns);
    }
    const Eigen::MatrixXd scaled = view(columns) * lengths.cwiseInverse().asDiagonal();
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(scaled.cols(), scaled.cols());
    products.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
    const Eigen::LLT<Eigen::MatrixXd> cholesky(products);
    if (cholesky.info() != Eigen::Success ||
        cholesky.matrixLLT().diagonal().cwiseAbs2().minCoeff() < clearly_independent) {
        return householder_basis(columns);
    }
    Basis basis;
    basis.kept.resize(columns.columns);
    std::iota(basis.kept.begin(), basis.kept.end(), std::size_t{0});
    basis.columns = Matrix(columns.rows, columns.columns);
    view(basis.columns) = scaled;
    cholesky.matrixU().solveInPlace<Eigen::OnTheRight>(view(basis.columns));
    basis.triangle = Matrix(columns.columns, columns.columns);
    view(basis.triangle) = Eigen::MatrixXd(cholesky.matrixU()) * lengths.asDiagonal();
    return basis;
}

}  // namespace groundwork::statistics
