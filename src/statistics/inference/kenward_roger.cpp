#include "statistics/inference/kenward_roger.h"

#include <cmath>
#include <limits>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/distributions.h"
#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Traces {
    double a1 = 0, a2 = 0;
};

// With L F L' = R R', the symmetric R^-1 L D_i L' R'^-1 has the traces of M_i.
Traces traces_of(const CovarianceUncertainty& uncertainty, const MatrixXd& contrasts) {
    const Eigen::Index terms = contrasts.cols(), count = index(uncertainty.slopes.size());
    const auto square = [&](const std::vector<double>& values) {
        return Eigen::Map<const MatrixXd>(values.data(), terms, terms);
    };
    const Eigen::LLT<MatrixXd> root(contrasts * square(uncertainty.unadjusted) * contrasts.transpose());
    const MatrixXd standard = root.matrixL().solve(contrasts);
    std::vector<MatrixXd> relative;
    for (const std::vector<double>& slope : uncertainty.slopes) {
        relative.push_back(standard * square(slope) * standard.transpose());
    }
    const Eigen::Map<const MatrixXd> spread(uncertainty.covariance.data(), count, count);
    Traces traces;
    for (Eigen::Index i = 0; i < count; ++i) {
        const MatrixXd& one = relative[static_cast<std::size_t>(i)];
        for (Eigen::Index j = 0; j < count; ++j) {
            const MatrixXd& other = relative[static_cast<std::size_t>(j)];
            traces.a1 += spread(i, j) * one.trace() * other.trace();
            traces.a2 += spread(i, j) * one.cwiseProduct(other.transpose()).sum();
        }
    }
    return traces;
}

}  // namespace

bool has_kenward_roger(const MixedModel& model) { return !model.uncertainty.unadjusted.empty(); }

KenwardRogerScaling kenward_roger_scaling(double a1, double a2, std::size_t contrasts) {
    ENSURE(contrasts > 0);
    if (!(a2 > 0)) {
        return {1, std::numeric_limits<double>::infinity()};
    }
    const auto q = static_cast<double>(contrasts);
    const double b = (a1 + 6 * a2) / (2 * q);
    const double g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2);
    const double d = 3 * q + 2 * (1 - g);
    const double c1 = g / d, c2 = (q - g) / d, c3 = (q + 2 - g) / d;
    const double v0 = 1 + c1 * b, v1 = 1 - c2 * b, v2 = 1 - c3 * b;
    // q rho = (1 + surplus)^2 v0 / v2, of which 1 is taken before anything is rounded: both are close to it
    // in large samples. Where the mean and v1 vanish together (an exact F on 2 degrees) their ratio is 1.
    const double inverse_mean = 1 - a2 / q;
    const bool both_vanish = std::abs(inverse_mean) < 1e-14 && std::abs(v1) < 1e-14;
    const double surplus = both_vanish ? 0.0 : (c2 * b - a2 / q) / v1;
    const double excess = (c1 + c3) * b + surplus * (2 + surplus) * v0;  // (q rho - 1) v2
    const double degrees = 4 + (q + 2) * v2 / excess;
    // An F on 2 degrees has no mean to match; pbkrtest leaves it alone there and close by.
    const bool no_mean = std::abs(degrees - 2) < 0.01;
    return {no_mean ? 1 : degrees * inverse_mean / (degrees - 2), degrees};
}

FTest kenward_roger_test(const MixedModel& model, const Matrix& contrasts) {
    const Eigen::Index terms = index(model.fixed.size());
    ENSURE(has_kenward_roger(model));
    ENSURE(contrasts.columns == model.fixed.size());
    ENSURE(contrasts.rows > 0);
    const MatrixXd rows = view(contrasts);
    VectorXd estimates(terms);
    for (Eigen::Index k = 0; k < terms; ++k) {
        estimates(k) = model.fixed[static_cast<std::size_t>(k)].estimate;
    }
    const Eigen::Map<const MatrixXd> adjusted(model.covariance.data(), terms, terms);
    const VectorXd values = rows * estimates;
    const Traces traces = traces_of(model.uncertainty, rows);
    const KenwardRogerScaling scaling = kenward_roger_scaling(traces.a1, traces.a2, contrasts.rows);
    FTest test;
    test.numerator_degrees = static_cast<double>(contrasts.rows);
    test.denominator_degrees = scaling.denominator_degrees;
    test.scaling = scaling.scaling;
    const double wald = values.dot(MatrixXd(rows * adjusted * rows.transpose()).llt().solve(values));
    if (scaling.denominator_degrees > 0 && scaling.scaling > 0) {
        test.statistic = scaling.scaling * wald / test.numerator_degrees;
        test.p = f_probability_above(test.statistic, test.numerator_degrees, test.denominator_degrees);
    }
    return test;
}

}  // namespace groundwork::statistics
