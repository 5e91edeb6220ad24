#include "statistics/inference/coefficients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/distributions.h"
#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

using ConstMap = Eigen::Map<const Eigen::MatrixXd>;

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
    FTest test;
    if (contrasts.rows == 0) {
        return test;
    }
    const auto rows = view(contrasts);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(rows * view(coefficients.covariance) *
                                                               rows.transpose());
    if (!(eigen.eigenvalues().maxCoeff() > 0)) {
        return test;
    }
    const double smallest = 1.5e-8 * eigen.eigenvalues().maxCoeff();  // below is what rounding leaves of zero
    std::vector<double> degrees;
    Matrix principal(0, contrasts.columns);
    double sum = 0;
    for (Eigen::Index k = eigen.eigenvalues().size(); k-- > 0;) {
        const double variance = eigen.eigenvalues()(k);
        if (!(variance > smallest)) {
            continue;
        }
        const Eigen::VectorXd contrast = rows.transpose() * eigen.eigenvectors().col(k);
        const double estimate = contrast.dot(view(coefficients.estimates));
        sum += estimate * estimate / variance;
        const std::vector<double> weights(contrast.begin(), contrast.end());
        principal.values.insert(principal.values.end(), weights.begin(), weights.end());  // row by row
        if (!coefficients.robust_test) {
            degrees.push_back(coefficients.degrees_of_freedom(weights));
        }
        ++principal.rows;
    }
    if (coefficients.robust_test) {
        const Eigen::MatrixXd turned =
            ConstMap(principal.values.data(), index(principal.columns), index(principal.rows)).transpose();
        principal.values.assign(turned.data(), turned.data() + turned.size());
        return coefficients.robust_test(principal);
    }
    test.numerator_degrees = static_cast<double>(degrees.size());
    test.statistic = sum / test.numerator_degrees;
    test.denominator_degrees = joint_degrees(degrees);
    test.p = test.denominator_degrees > 0
                 ? f_probability_above(test.statistic, test.numerator_degrees, test.denominator_degrees)
                 : unknown;
    return test;
}

}  // namespace groundwork::statistics
