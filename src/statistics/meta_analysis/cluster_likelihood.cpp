#include "statistics/meta_analysis/cluster_likelihood.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "statistics/eigen_views.h"
#include "statistics/formula/basis.h"

namespace groundwork::statistics {

ClusterLikelihood::ClusterLikelihood(const Studies& studies, const std::vector<std::int32_t>& codes,
                                     bool restricted)
    : restricted_(restricted) {
    ENSURE(codes.size() == studies.count() && studies.coefficients() < studies.count());
    std::vector<std::size_t> order(codes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return codes[a] < codes[b]; });
    const Basis basis = householder_basis(studies.design);
    ENSURE(basis.dropped.empty());
    const Eigen::Map<const Eigen::VectorXd> effects(studies.effects.data(), index(studies.count()));
    const auto columns = view(basis.columns);
    start_ = columns.transpose() * effects;
    const Eigen::VectorXd rest = effects - columns * start_;
    triangle_ = view(basis.triangle);
    basis_.resize(columns.rows(), columns.cols());
    rest_.resize(rest.size());
    variances_.resize(rest.size());
    for (std::size_t place = 0; place < order.size(); ++place) {
        if (place == 0 || codes[order[place]] != codes[order[place - 1]]) {
            begins_.push_back(index(place));
        }
        basis_.row(index(place)) = columns.row(index(order[place]));
        rest_(index(place)) = rest(index(order[place]));
        variances_(index(place)) = studies.variances[order[place]];
    }
    begins_.push_back(index(order.size()));
    shrink_.resize(index(clusters()));
}

Eigen::MatrixXd ClusterLikelihood::sums(const Eigen::MatrixXd& columns) const {
    Eigen::MatrixXd result(index(clusters()), columns.cols());
    for (std::size_t j = 0; j < clusters(); ++j) {
        result.row(index(j)) = columns.middleRows(begins_[j], begins_[j + 1] - begins_[j]).colwise().sum();
    }
    return result;
}

Eigen::MatrixXd ClusterLikelihood::solve(const Eigen::MatrixXd& columns) const {
    Eigen::MatrixXd result = columns.array().colwise() * weights_.array();
    for (std::size_t j = 0; j < clusters(); ++j) {
        const Eigen::Index count = begins_[j + 1] - begins_[j];
        auto rows = result.middleRows(begins_[j], count);
        const Eigen::RowVectorXd total = rows.colwise().sum();
        rows -= shrink_(index(j)) * weights_.segment(begins_[j], count) * total;
    }
    return result;
}

void ClusterLikelihood::regress(const ClusterVariances& at) {
    weights_ = (variances_.array() + at.within).inverse();
    log_determinant_ = -weights_.array().log().sum();
    for (std::size_t j = 0; j < clusters(); ++j) {
        const double c = weights_.segment(begins_[j], begins_[j + 1] - begins_[j]).sum();
        shrink_(index(j)) = at.between / (1 + at.between * c);
        log_determinant_ += std::log1p(at.between * c);
    }
    solved_basis_ = solve(basis_);
    factor_.compute(basis_.transpose() * solved_basis_);
    step_ = factor_.solve(solved_basis_.transpose() * rest_);
    solved_rest_ = solve(rest_ - basis_ * step_);
}

double ClusterLikelihood::log_likelihood(const ClusterVariances& at) {
    regress(at);
    const double q = solved_rest_.dot(rest_ - basis_ * step_);
    const double log_information = 2 * factor_.matrixLLT().diagonal().array().log().sum();
    const double degrees = static_cast<double>(basis_.rows() - (restricted_ ? basis_.cols() : 0));
    return -0.5 * (degrees * std::log(2 * std::numbers::pi) + log_determinant_ + q +
                   (restricted_ ? log_information : 0));
}

// With J = 1 1' within clusters: dV/dbetween = J, dV/dwithin = I, and for A, B of these
//   slope_A = (y'PAPy - tr PA) / 2, observed_AB = y'PAPBPy - tr(PAPB) / 2, expected_AB = tr(PAPB) / 2;
// maximum likelihood has V^-1 for P in the traces.
ClusterSlopes ClusterLikelihood::slopes(const ClusterVariances& at) {
    regress(at);
    const Eigen::MatrixXd& t = solved_basis_;
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(basis_.rows());
    const Eigen::MatrixXd e = solve(ones);       // V^-1 1
    const Eigen::MatrixXd d = sums(e);           // 1'V^-1 1 of each cluster
    const Eigen::MatrixXd sum_t = sums(t);       // 1'V^-1 X
    const Eigen::MatrixXd twice = solve(t);      // V^-1 V^-1 X
    const Eigen::MatrixXd sum_et = sums(twice);  // 1'V^-1 V^-1 X
    double trace_inverse = 0, trace_inverse_square = 0;
    for (std::size_t j = 0; j < clusters(); ++j) {
        const auto w = weights_.segment(begins_[j], begins_[j + 1] - begins_[j]);
        const double theta = shrink_(index(j)), squares = w.squaredNorm();
        trace_inverse += w.sum() - theta * squares;
        trace_inverse_square +=
            squares - 2 * theta * w.array().cube().sum() + theta * theta * squares * squares;
    }
    Eigen::Vector2d trace(d.sum(), trace_inverse);
    Eigen::Matrix2d trace_products;
    trace_products << d.squaredNorm(), e.squaredNorm(), e.squaredNorm(), trace_inverse_square;
    if (restricted_) {
        const Eigen::MatrixXd gb = factor_.solve(sum_t.transpose() * sum_t);
        const Eigen::MatrixXd gw = factor_.solve(t.transpose() * t);
        const auto trace_of = [&](const Eigen::MatrixXd& product) { return factor_.solve(product).trace(); };
        const auto product = [](const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
            return a.cwiseProduct(b.transpose()).sum();
        };
        trace -= Eigen::Vector2d(gb.trace(), gw.trace());
        trace_products(0, 0) +=
            product(gb, gb) - 2 * trace_of(sum_t.transpose() * (d.col(0).asDiagonal() * sum_t));
        const double cross = product(gb, gw) - 2 * trace_of(sum_t.transpose() * sum_et);
        trace_products(0, 1) += cross;
        trace_products(1, 0) += cross;
        trace_products(1, 1) += product(gw, gw) - 2 * trace_of(t.transpose() * twice);
    }
    const Eigen::VectorXd sum_rest = sums(solved_rest_);  // 1'Py of each cluster
    Eigen::MatrixXd moved(basis_.rows(), 2);              // J Py and Py
    for (std::size_t j = 0; j < clusters(); ++j) {
        moved.col(0).segment(begins_[j], begins_[j + 1] - begins_[j]).setConstant(sum_rest(index(j)));
    }
    moved.col(1) = solved_rest_;
    const Eigen::MatrixXd along = t.transpose() * moved;
    const Eigen::Matrix2d curvature =
        moved.transpose() * solve(moved) - along.transpose() * factor_.solve(along);
    const Eigen::Vector2d squares(sum_rest.squaredNorm(), solved_rest_.squaredNorm());
    return {0.5 * (squares - trace), curvature - 0.5 * trace_products, 0.5 * trace_products,
            0.5 * (squares + trace)};
}

ClusterLikelihood::Coefficients ClusterLikelihood::coefficients(const ClusterVariances& at) {
    regress(at);
    const auto triangle = triangle_.triangularView<Eigen::Upper>();
    const Eigen::MatrixXd inverse =
        factor_.matrixL().solve(Eigen::MatrixXd::Identity(basis_.cols(), basis_.cols()));
    const Eigen::MatrixXd root = triangle.solve(inverse.transpose());
    return {triangle.solve(start_ + step_), root * root.transpose()};
}

}  // namespace groundwork::statistics
