#include "statistics/inference/coefficients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/inference/kenward_roger.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

Coefficients named(const std::vector<Estimate>& fixed, const std::vector<double>& covariance) {
    Coefficients result;
    for (const Estimate& one : fixed) {
        result.names.push_back(one.term);
        result.estimates.push_back(one.estimate);
    }
    result.covariance = Matrix(fixed.size(), fixed.size());
    result.covariance.values = covariance;
    return result;
}

// d of an F statistic whose squared t statistics have these degrees of freedom.
double joint_degrees(const std::vector<double>& degrees) {
    const auto [least, most] = std::minmax_element(degrees.begin(), degrees.end());
    if (std::isinf(*least)) {
        return *least;
    }
    if (*most - *least < 1e-8) {
        return *least;
    }
    if (!(*least > 2)) {
        return 2;
    }
    double expectation = 0;
    for (const double one : degrees) {
        expectation += std::isinf(one) ? 1 : one / (one - 2);
    }
    return 2 * expectation / (expectation - static_cast<double>(degrees.size()));
}

}  // namespace

Coefficients coefficients_of(const LinearModel& model) {
    Coefficients result = named(model.fixed, model.covariance);
    const double degrees = model.residual_degrees_of_freedom;
    result.degrees_of_freedom = [degrees](std::span<const double>) { return degrees; };
    return result;
}

Coefficients coefficients_of(const MixedModel& model) {
    Coefficients result = named(model.fixed, model.covariance);
    const auto kept = std::make_shared<const MixedModel>(model);
    result.degrees_of_freedom = [kept](std::span<const double> weights) {
        return combination(*kept, weights, {}).degrees_of_freedom;
    };
    if (has_kenward_roger(model)) {
        result.own_test = [kept](const Matrix& contrasts) { return kenward_roger_test(*kept, contrasts); };
    }
    return result;
}

Estimate combination(const Coefficients& coefficients, std::span<const double> weights, std::string name) {
    ENSURE(weights.size() == coefficients.names.size());
    const auto w = view(weights);
    const double estimate = w.dot(view(coefficients.estimates));
    const double variance = std::max(w.dot(view(coefficients.covariance) * w), 0.0);
    const double degrees =
        w.isZero(0) ? std::numeric_limits<double>::infinity() : coefficients.degrees_of_freedom(weights);
    return make_estimate(std::move(name), estimate, std::sqrt(variance), degrees);
}

FTest joint_test(const Coefficients& coefficients, const Matrix& contrasts) {
    ENSURE(contrasts.columns == coefficients.names.size());
    if (contrasts.rows == 0) {
        return {};
    }
    const auto rows = view(contrasts);
    const MatrixXd together = rows * view(coefficients.covariance) * rows.transpose();
    // To variances of 1: the units of a coefficient do not decide what counts as determined by the others.
    VectorXd scale = together.diagonal();
    for (double& variance : scale) {
        variance = variance > 0 ? 1 / std::sqrt(variance) : 0.0;
    }
    const Eigen::SelfAdjointEigenSolver<MatrixXd> scaled(
        MatrixXd(scale.asDiagonal() * together * scale.asDiagonal()));
    const double largest = scaled.eigenvalues().maxCoeff();
    if (!(largest > 0)) {
        return {};
    }
    // Below a share of the largest is what rounding leaves of zero.
    const Eigen::Index rank = (scaled.eigenvalues().array() > 1.5e-8 * largest).count();
    const MatrixXd uncorrelated =
        scaled.eigenvectors().rightCols(rank).transpose() * scale.asDiagonal() * rows;
    if (coefficients.own_test) {
        return coefficients.own_test(to_matrix(uncorrelated));
    }
    FTest test;
    test.numerator_degrees = static_cast<double>(rank);
    const VectorXd values = uncorrelated * view(coefficients.estimates);
    test.statistic =
        (values.array().square() / scaled.eigenvalues().tail(rank).array()).sum() / test.numerator_degrees;
    // Unlike the statistic, these degrees depend on which uncorrelated contrasts are taken.
    const Eigen::SelfAdjointEigenSolver<MatrixXd> principal(together);
    std::vector<double> degrees;
    for (Eigen::Index k = together.rows() - rank; k < together.rows(); ++k) {
        const VectorXd contrast = rows.transpose() * principal.eigenvectors().col(k);
        degrees.push_back(
            coefficients.degrees_of_freedom({contrast.data(), contrast.data() + contrast.size()}));
    }
    test.denominator_degrees = joint_degrees(degrees);
    test.p = test.denominator_degrees > 0
                 ? f_probability_above(test.statistic, test.numerator_degrees, test.denominator_degrees)
                 : unknown;
    return test;
}

}  // namespace groundwork::statistics
