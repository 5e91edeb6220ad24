#include "statistics/mixed/coefficient_covariance.h"

#include <cmath>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<double> flat(const MatrixXd& matrix) { return {matrix.data(), matrix.data() + matrix.size()}; }

// The inverse of a symmetric matrix, scaled to a unit diagonal first so that units do not decide what counts
// as flat; flat directions are left out.
MatrixXd inverse_of_curved(const MatrixXd& matrix) {
    constexpr double flat_below = 1e-10;
    const VectorXd scale = matrix.diagonal().cwiseAbs().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(
        MatrixXd(scale.asDiagonal() * matrix * scale.asDiagonal()));
    VectorXd reciprocal = eigen.eigenvalues();
    for (double& value : reciprocal) {
        value = value > flat_below ? 1 / value : 0.0;
    }
    const MatrixXd vectors = scale.asDiagonal() * eigen.eigenvectors();
    return vectors * reciprocal.asDiagonal() * vectors.transpose();
}

// From the columns W to those of the formula.
MatrixXd to_columns(const Problem& problem) {
    const Eigen::Index fixed = index(problem.side.names.size());
    return view(problem.side.triangle).triangularView<Eigen::Upper>().solve(MatrixXd::Identity(fixed, fixed));
}

CovarianceUncertainty satterthwaite(const Problem& problem, Minimum& minimum, const MatrixXd& covariance,
                                    const ResidualUncertainty& residuals) {
    ObjectivePoint& point = *minimum.point;
    const Eigen::Index fixed = index(problem.side.names.size());
    const Eigen::Index entries = index(point.entries().size());
    const Eigen::Index count = entries + index(residuals.squares_slopes.size());
    const double rss = point.residual_squares();
    const double variance = rss / point.degrees(), sigma = std::sqrt(variance);
    const MatrixXd left = to_columns(problem) * view(point.inverse_fixed());
    CovarianceUncertainty uncertainty;
    VectorXd squares_slopes(count);
    MatrixXd profiled(count, count);
    profiled.topLeftCorner(entries, entries) = view(minimum.hessian);
    for (Eigen::Index k = 0; k < entries; ++k) {
        const auto entry = static_cast<std::size_t>(k);
        squares_slopes(k) = point.residual_slope(entry);
        const Matrix slope = point.products_slope(entry);
        uncertainty.slopes.push_back(
            flat(-variance * left * view(slope).topLeftCorner(fixed, fixed) * left.transpose()));
    }
    if (count > entries) {
        profiled.bottomRightCorner(count - entries, count - entries) = view(residuals.curvature);
    }
    for (Eigen::Index k = entries; k < count; ++k) {
        const auto parameter = static_cast<std::size_t>(k - entries);
        squares_slopes(k) = residuals.squares_slopes[parameter];
        profiled.col(k).head(entries) = view(residuals.gradient_slopes[parameter]);
        profiled.row(k).head(entries) = profiled.col(k).head(entries).transpose();
        uncertainty.slopes.push_back(flat(variance * view(residuals.covariance_slopes[parameter])));
    }
    uncertainty.slopes.push_back(flat(2 / sigma * covariance));
    // From the profiled Hessian to that with sigma: undo the profiling over sigma.
    MatrixXd hessian(count + 1, count + 1);
    hessian.topLeftCorner(count, count) =
        profiled + point.degrees() / (rss * rss) * squares_slopes * squares_slopes.transpose();
    hessian.topRightCorner(count, 1) = -2 / (variance * sigma) * squares_slopes;
    hessian.bottomLeftCorner(1, count) = hessian.topRightCorner(count, 1).transpose();
    hessian(count, count) = 4 * point.degrees() / variance;
    uncertainty.covariance = flat(2 * inverse_of_curved(hessian));
    return uncertainty;
}

// The matrices of Kenward and Roger for V = sum of theta_i G_i, the last G being the identity of the
// residuals: first[i] = X'V^-1 G_i V^-1 X, second(i, j) = X'V^-1 G_i V^-1 G_j V^-1 X and trace(i, j) =
// tr(V^-1 G_i V^-1 G_j), in the columns W. All that concerns the residuals follows from V's being linear: the
// theta-weighted sum over any G is V itself, and V^-1 V cancels.
class LinearParameters {
  public:
    LinearParameters(const Problem& problem, ObjectivePoint& point, const SmallSampleSums& sums)
        : effects_(problem.coordinates.effects),
          sums_(sums),
          variance_(point.residual_squares() / point.degrees()),
          count_(effects_.entries.size()) {
        const Eigen::Index fixed = index(problem.side.names.size());
        information_ = view(point.kernel_point().products).topLeftCorner(fixed, fixed) / variance_;
        set_theta(point.factors());
        set_random();
        set_residual(static_cast<double>(problem.used.size()));
    }

    std::size_t size() const { return count_ + 1; }
    const MatrixXd& first(std::size_t i) const { return first_[i]; }
    const MatrixXd& second(std::size_t i, std::size_t j) const { return second_[i * size() + j]; }
    double trace(std::size_t i, std::size_t j) const { return trace_(index(i), index(j)); }
    const MatrixXd& information() const { return information_; }  // X'V^-1 X

  private:
    // The places (a, b) of ones in a parameter's matrix E, with G = Z E Z'.
    std::vector<std::pair<std::size_t, std::size_t>> places(std::size_t entry) const {
        const FreeEntry& free = effects_.entries[entry];
        const std::size_t a = sums_.first[free.block] + free.row, b = sums_.first[free.block] + free.column;
        if (a == b) {
            return {{a, a}};
        }
        return {{a, b}, {b, a}};
    }

    void set_theta(const Factors& factors) {
        for (const FreeEntry& free : effects_.entries) {
            const auto factor = view(factors[free.block]);
            theta_.push_back(variance_ * factor.row(index(free.row)).dot(factor.row(index(free.column))));
        }
    }

    void set_random() {
        const std::size_t e = sums_.effects;
        const Eigen::Index fixed = information_.rows();
        first_.assign(size(), MatrixXd::Zero(fixed, fixed));
        second_.assign(size() * size(), MatrixXd::Zero(fixed, fixed));
        trace_ = MatrixXd::Zero(index(size()), index(size()));
        single_ = VectorXd::Zero(index(count_));
        for (std::size_t i = 0; i < count_; ++i) {
            for (const auto& [a, b] : places(i)) {
                first_[i] += view(sums_.outer[a + e * b]) / (variance_ * variance_);
                single_(index(i)) += sums_.inner(b, a) / variance_;
                for (std::size_t j = 0; j < count_; ++j) {
                    for (const auto& [c, d] : places(j)) {
                        const std::size_t row = a + e * b, column = c + e * d;
                        trace_(index(i), index(j)) +=
                            sums_.inner_pairs(row, column) / (variance_ * variance_);
                        second_[i * size() + j] += view(sums_.outer_pairs[row + e * e * column]) /
                                                   (variance_ * variance_ * variance_);
                    }
                }
            }
        }
    }

    void set_residual(double rows) {
        const std::size_t s = count_;
        first_[s] = information_;
        double trace_inverse = rows;  // tr(V^-1) times sigma^2
        for (std::size_t i = 0; i < count_; ++i) {
            first_[s] -= theta_[i] * first_[i];
            trace_inverse -= theta_[i] * single_(index(i));
        }
        first_[s] /= variance_;
        MatrixXd last = first_[s];
        double last_trace = trace_inverse / variance_;
        for (std::size_t i = 0; i < count_; ++i) {
            MatrixXd with_residual = first_[i];
            double trace = single_(index(i));
            for (std::size_t j = 0; j < count_; ++j) {
                with_residual -= theta_[j] * second_[i * size() + j];
                trace -= theta_[j] * this->trace(i, j);
            }
            second_[i * size() + s] = with_residual / variance_;
            second_[s * size() + i] = with_residual.transpose() / variance_;
            trace_(index(i), index(s)) = trace_(index(s), index(i)) = trace / variance_;
            last -= theta_[i] * second_[s * size() + i];
            last_trace -= theta_[i] * trace / variance_;
        }
        second_[s * size() + s] = last / variance_;
        trace_(index(s), index(s)) = last_trace / variance_;
    }

    const RandomEffects& effects_;
    const SmallSampleSums& sums_;
    double variance_;
    std::size_t count_;
    MatrixXd information_, trace_;
    VectorXd single_;  // tr(V^-1 G_i)
    std::vector<double> theta_;
    std::vector<MatrixXd> first_, second_;
};

Result<CoefficientCovariance> kenward_roger(const Problem& problem, Minimum& minimum) {
    ObjectivePoint& point = *minimum.point;
    if (problem.setting.criterion != Criterion::reml) {
        return fail(usage_error("Kenward and Roger's degrees of freedom need REML, not maximum likelihood."));
    }
    const std::optional<SmallSampleSums> sums = point.kernel_point().small_sample_sums();
    if (!sums) {
        return fail(unacceptable("Kenward and Roger's method is not available for crossed grouping factors "
                                 "with so many effects.")
                        .remedy("Use Satterthwaite's degrees of freedom: with so many they hardly differ."));
    }
    const LinearParameters parameters(problem, point, *sums);
    const std::size_t count = parameters.size();
    const MatrixXd phi = parameters.information().llt().solve(
        MatrixXd::Identity(parameters.information().rows(), parameters.information().cols()));
    MatrixXd information(index(count), index(count));
    std::vector<MatrixXd> phi_first;
    for (std::size_t i = 0; i < count; ++i) {
        phi_first.push_back(phi * parameters.first(i));
    }
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            information(index(i), index(j)) = parameters.trace(i, j) -
                                              2 * phi.cwiseProduct(parameters.second(i, j)).sum() +
                                              phi_first[i].cwiseProduct(phi_first[j].transpose()).sum();
        }
    }
    const MatrixXd parameter_covariance = 2 * inverse_of_curved((information + information.transpose()) / 2);
    MatrixXd correction = MatrixXd::Zero(phi.rows(), phi.cols());
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            correction += parameter_covariance(index(i), index(j)) *
                          (parameters.second(i, j) - parameters.first(i) * phi_first[j]);
        }
    }
    const MatrixXd change = to_columns(problem);
    CoefficientCovariance result;
    result.covariance =
        to_matrix(change * (phi + phi * (correction + correction.transpose()) * phi) * change.transpose());
    result.uncertainty.covariance = flat(parameter_covariance);
    for (std::size_t i = 0; i < count; ++i) {
        result.uncertainty.slopes.push_back(flat(change * phi_first[i] * phi * change.transpose()));
    }
    result.uncertainty.unadjusted = flat(change * phi * change.transpose());
    return result;
}

}  // namespace

Matrix relative_covariance(const Problem& problem, const ObjectivePoint& point) {
    const MatrixXd change = to_columns(problem);
    return to_matrix(change * view(point.inverse_fixed()) * change.transpose());
}

Result<CoefficientCovariance> coefficient_covariance(const Problem& problem, Minimum& minimum,
                                                     DegreesOfFreedom method,
                                                     const ResidualUncertainty& residuals) {
    if (method == DegreesOfFreedom::kenward_roger) {
        return kenward_roger(problem, minimum);
    }
    const ObjectivePoint& point = *minimum.point;
    const double variance = point.residual_squares() / point.degrees();
    const MatrixXd covariance = variance * view(relative_covariance(problem, point));
    CoefficientCovariance result;
    result.covariance = to_matrix(covariance);
    if (method == DegreesOfFreedom::satterthwaite) {
        result.uncertainty = satterthwaite(problem, minimum, covariance, residuals);
    }
    return result;
}

}  // namespace groundwork::statistics
