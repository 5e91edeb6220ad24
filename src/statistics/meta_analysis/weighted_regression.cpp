#include "statistics/meta_analysis/weighted_regression.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/formula/basis.h"

namespace groundwork::statistics {

namespace {

using ConstVector = Eigen::Map<const Eigen::VectorXd>;

// basis' diag(weights) basis
Eigen::MatrixXd products(const Eigen::MatrixXd& basis, const Eigen::VectorXd& weights) {
    Eigen::MatrixXd result(basis.cols(), basis.cols());
    for (Eigen::Index a = 0; a < basis.cols(); ++a) {
        const Eigen::VectorXd column = basis.col(a).cwiseProduct(weights);
        for (Eigen::Index b = 0; b <= a; ++b) {
            result(a, b) = result(b, a) = column.dot(basis.col(b));
        }
    }
    return result;
}

double trace_of_product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    return a.cwiseProduct(b.transpose()).sum();
}

}  // namespace

WeightedRegression::WeightedRegression(const Studies& studies)
    : effects_(view(studies.effects)), variances_(view(studies.variances)) {
    ENSURE(studies.coefficients() >= 1 && studies.coefficients() <= studies.count());
    if (studies.has_intercept && studies.coefficients() == 1) {
        basis_ = Eigen::MatrixXd::Ones(effects_.size(), 1);
        triangle_ = Eigen::MatrixXd::Ones(1, 1);
        log_basis_ = std::log(static_cast<double>(effects_.size()));
        start_ = Eigen::VectorXd::Constant(1, effects_.mean());
    } else {
        const Basis basis = householder_basis(studies.design);
        ENSURE(basis.dropped.empty());
        basis_ = view(basis.columns);
        triangle_ = view(basis.triangle);
        start_ = basis_.transpose() * effects_;
    }
    rest_ = effects_ - basis_ * start_;
    weights_.resize(effects_.size());
    residuals_.resize(effects_.size());
    information_.resize(basis_.cols(), basis_.cols());
    second_.resize(basis_.cols(), basis_.cols());
    third_.resize(basis_.cols(), basis_.cols());
}

double WeightedRegression::variance_of_effects() const {
    return (effects_.array() - effects_.mean()).square().sum() / static_cast<double>(effects_.size() - 1);
}

void WeightedRegression::regress() {
    weighted_ = basis_.array().colwise() * weights_.array();
    for (Eigen::Index a = 0; a < basis_.cols(); ++a) {
        for (Eigen::Index b = 0; b <= a; ++b) {
            information_(a, b) = information_(b, a) = weighted_.col(a).dot(basis_.col(b));
        }
    }
    step_.noalias() = weighted_.transpose() * rest_;
    factor_.compute(information_);
    factor_.solveInPlace(step_);
    residuals_ = rest_;
    residuals_.noalias() -= basis_ * step_;
}

WeightedMoments WeightedRegression::residual_moments(double tau2) {
    weights_ = (variances_.array() + tau2).inverse();
    regress();
    const auto weighted = weights_.array() * residuals_.array();
    WeightedMoments moments;
    moments.q = (weighted * residuals_.array()).sum();
    moments.slope = weighted.square().sum();
    return moments;
}

WeightedMoments WeightedRegression::slope_moments(double tau2) {
    WeightedMoments moments = residual_moments(tau2);
    moments.weights = weights_.sum();
    moments.squared_weights = weights_.squaredNorm();
    if (basis_.cols() == 1) {  // numbers instead of matrices: the common case costs nothing but its sums
        second_(0, 0) = weighted_.col(0).squaredNorm() / information_(0, 0);
    } else {
        for (Eigen::Index a = 0; a < basis_.cols(); ++a) {
            for (Eigen::Index b = 0; b <= a; ++b) {
                second_(a, b) = second_(b, a) = weighted_.col(a).dot(weighted_.col(b));
            }
        }
        factor_.solveInPlace(second_);
    }
    moments.trace = moments.weights - second_.trace();
    return moments;
}

WeightedMoments WeightedRegression::all_moments(double tau2) {
    WeightedMoments moments = slope_moments(tau2);
    twice_ = weights_.array().square() * residuals_.array();  // W W r; Py = W r
    const double cubed = (twice_.array() * weights_.array() * residuals_.array()).sum();
    if (basis_.cols() == 1) {
        const double information = information_(0, 0);
        const double third = (weighted_.col(0).array().square() * weights_.array()).sum() / information;
        const double along = twice_.dot(basis_.col(0));
        moments.curvature = cubed - along * along / information;
        moments.trace_of_square = moments.squared_weights - 2 * third + second_(0, 0) * second_(0, 0);
        return moments;
    }
    const Eigen::VectorXd along = basis_.transpose() * twice_;
    moments.curvature = cubed - along.dot(factor_.solve(along));
    for (Eigen::Index a = 0; a < basis_.cols(); ++a) {
        for (Eigen::Index b = 0; b <= a; ++b) {
            third_(a, b) = third_(b, a) =
                (weighted_.col(a).array() * weights_.array() * weighted_.col(b).array()).sum();
        }
    }
    factor_.solveInPlace(third_);
    moments.trace_of_square =
        moments.squared_weights - 2 * third_.trace() + trace_of_product(second_, second_);
    return moments;
}

QuadraticMoments WeightedRegression::quadratic_moments(std::span<const double> weights) {
    ENSURE(weights.size() == studies());
    weights_ = ConstVector(weights.data(), index(weights.size()));
    regress();
    const Eigen::VectorXd& a = weights_;
    const Eigen::VectorXd& v = variances_;
    const Eigen::VectorXd a2 = a.cwiseProduct(a), a2v = a2.cwiseProduct(v), a3 = a2.cwiseProduct(a);
    const Eigen::VectorXd a3v = a3.cwiseProduct(v), a3v2 = a3v.cwiseProduct(v);
    const Eigen::MatrixXd plain = factor_.solve(products(basis_, a2));
    const Eigen::MatrixXd with_v = factor_.solve(products(basis_, a2v));
    const auto trace_of = [&](const Eigen::VectorXd& diagonal) {
        return factor_.solve(products(basis_, diagonal)).trace();
    };
    QuadraticMoments moments;
    moments.q = a.dot(residuals_.cwiseAbs2());
    moments.trace = a.sum() - plain.trace();
    moments.trace_v = a.dot(v) - with_v.trace();
    moments.trace_square = a2.sum() - 2 * trace_of(a3) + trace_of_product(plain, plain);
    moments.trace_pvp = a2v.sum() - 2 * trace_of(a3v) + trace_of_product(with_v, plain);
    moments.trace_pvpv = a2v.dot(v) - 2 * trace_of(a3v2) + trace_of_product(with_v, with_v);
    return moments;
}

double WeightedRegression::log_likelihood(double tau2) {
    const WeightedMoments moments = residual_moments(tau2);
    const double k = static_cast<double>(studies());
    return -0.5 * (k * std::log(2 * std::numbers::pi) + (variances_.array() + tau2).log().sum() + moments.q);
}

double WeightedRegression::restricted_log_likelihood(double tau2) {
    const WeightedMoments moments = residual_moments(tau2);
    const double log_information = 2 * factor_.matrixLLT().diagonal().array().log().sum();
    return -0.5 * (spare() * std::log(2 * std::numbers::pi) + (variances_.array() + tau2).log().sum() +
                   log_information - log_basis_ + moments.q);
}

WeightedRegression::Coefficients WeightedRegression::coefficients_at(double tau2) {
    residual_moments(tau2);
    const auto triangle = triangle_.triangularView<Eigen::Upper>();
    const Eigen::MatrixXd inverse =
        factor_.matrixL().solve(Eigen::MatrixXd::Identity(basis_.cols(), basis_.cols()));
    const Eigen::MatrixXd root = triangle.solve(inverse.transpose());
    return {triangle.solve(start_ + step_), root * root.transpose()};
}

}  // namespace groundwork::statistics
