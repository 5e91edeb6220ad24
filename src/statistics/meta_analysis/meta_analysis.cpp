#include "statistics/meta_analysis/meta_analysis.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/meta_analysis/weighted_regression.h"

namespace groundwork::statistics {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

bool is_scaled(CoefficientTest test) {
    return test == CoefficientTest::knapp_hartung || test == CoefficientTest::knapp_hartung_at_least_one;
}

Error too_few(const Studies& studies, const std::string& what) {
    return unacceptable(what + " needs more studies than coefficients; there are " +
                        std::to_string(studies.count()) + " studies and " +
                        std::to_string(studies.coefficients()) + " coefficients.")
        .remedy("Take fewer moderators, or assume equal effects (FE) with z tests.");
}

Result<void> check(const Studies& studies, const MetaOptions& options) {
    if (!(options.level > 0 && options.level < 1)) {
        return fail(usage_error("The level of intervals lies between 0 and 1, for example 0.95.")
                        .value(shortest(options.level)));
    }
    if (studies.count() < studies.coefficients()) {
        return fail(too_few(studies, "A meta-regression"));
    }
    if (studies.count() == studies.coefficients()) {
        if (options.test != CoefficientTest::normal) {
            return fail(too_few(studies, "A t test"));
        }
        if (options.method != HeterogeneityMethod::equal_effects && studies.count() > 1) {
            return fail(too_few(studies, "The variance between studies"));
        }
    }
    return {};
}

MetaCertificate certificate_of(const Heterogeneity& found, HeterogeneityMethod method, double scale) {
    MetaCertificate certificate{"certified", found.slope, found.last_step, found.steps, ""};
    if (found.steps == 0) {
        certificate.words = method == HeterogeneityMethod::equal_effects
                                ? "Equal effects: nothing had to be searched."
                                : "A closed form: nothing had to be searched.";
        if (found.at_boundary) {
            certificate.status = "certified-singular";
            certificate.words = "The closed form is below zero and was set to zero.";
        }
        return certificate;
    }
    const bool settled =
        found.converged && (found.at_boundary || std::abs(found.last_step) <= 1e-10 * (found.tau2 + scale));
    if (!settled) {
        certificate.status = "not-certified";
        certificate.words = "The search for tau2 did not settle; do not use these numbers.";
    } else if (found.at_boundary) {
        certificate.status = "certified-singular";
        certificate.words = "tau2 is zero: the criterion falls from there, its slope is negative.";
    } else {
        certificate.words = "One more step would move tau2 by " + shortest(std::abs(found.last_step)) +
                            "; this is the optimum.";
    }
    return certificate;
}

// b'V^-1 b over some coefficients, in units of their standard errors so that their scales do not matter.
double wald(const Eigen::VectorXd& estimates, const Eigen::MatrixXd& covariance) {
    const Eigen::VectorXd scale = covariance.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd correlation = scale.asDiagonal() * covariance * scale.asDiagonal();
    const Eigen::VectorXd standardised = scale.cwiseProduct(estimates);
    return standardised.dot(correlation.ldlt().solve(standardised));
}

JointTest test_moderators(const Studies& studies, const MetaAnalysis& model,
                          const WeightedRegression::Coefficients& coefficients, double scale) {
    const std::size_t first = studies.has_intercept && studies.coefficients() > 1 ? 1 : 0;
    const Eigen::Index count = index(studies.coefficients() - first);
    JointTest test;
    test.degrees = static_cast<double>(count);
    test.denominator_degrees = model.degrees;
    if (scale > 0) {
        test.statistic = wald(coefficients.estimates.tail(count),
                              scale * coefficients.covariance.bottomRightCorner(count, count));
        test.statistic /= std::isinf(model.degrees) ? 1 : test.degrees;
        test.p = std::isinf(model.degrees) ? chi_square_probability_above(test.statistic, test.degrees)
                                           : f_probability_above(test.statistic, test.degrees, model.degrees);
    }
    return test;
}

void add_remarks(const Studies& studies, const Heterogeneity& found, double scale, MetaAnalysis& model) {
    const bool random = model.method != HeterogeneityMethod::equal_effects;
    if (studies.count() == 1) {
        model.remarks.push_back("One study: this is its own effect; nothing can be said of differences.");
        return;
    }
    if (is_scaled(model.test) && scale <= 0) {
        model.remarks.push_back(
            "The effects fit exactly, so that Knapp-Hartung standard errors are zero and tests have no "
            "value.");
    }
    if (random && model.test == CoefficientTest::normal && studies.count() - studies.coefficients() < 5) {
        model.remarks.push_back(
            "With so few studies z tests and intervals are too optimistic: --knha allows for the uncertainty "
            "of "
            "tau2.");
    }
    if (is_scaled(model.test) && scale > 0 && scale < 1 && found.tau2 == 0) {
        model.remarks.push_back(
            "Knapp-Hartung made the standard errors smaller than under equal effects (factor " +
            fixed(std::sqrt(scale), 3) + "); --test adhoc never does.");
    }
    if (random && found.at_boundary) {
        model.remarks.push_back(
            "tau2 is estimated as zero: the effects differ no more than their sampling variances let expect. "
            "Few studies cannot show that it is zero; see its interval.");
    }
}

double typical_variance(WeightedRegression& regression, const WeightedMoments& at_zero) {
    return regression.spare() / at_zero.trace;
}

void describe_heterogeneity(WeightedRegression& regression, MetaAnalysis& model) {
    const double spare = regression.spare();
    const WeightedMoments at_zero = regression.all_moments(0);
    model.heterogeneity.statistic = spare > 0 ? at_zero.q : 0;
    model.heterogeneity.degrees = spare;
    model.heterogeneity.denominator_degrees = infinite;
    if (spare <= 0) {
        model.heterogeneity.p = 1;
        return;
    }
    model.heterogeneity.p = chi_square_probability_above(at_zero.q, spare);
    if (model.method == HeterogeneityMethod::equal_effects) {
        model.i2 = at_zero.q > 0 ? std::max(0.0, 100 * (at_zero.q - spare) / at_zero.q) : 0;
        model.h2 = at_zero.q / spare;
        return;
    }
    const double typical = typical_variance(regression, at_zero);
    model.i2 = 100 * model.tau2 / (typical + model.tau2);
    model.h2 = model.tau2 / typical + 1;
}

double covariance_scale(WeightedRegression& regression, const MetaAnalysis& model) {
    if (!is_scaled(model.test)) {
        return 1;
    }
    const double scale = regression.residual_moments(model.tau2).q / regression.spare();
    // Effects that fit to rounding: a scale of 1e-33 is zero.
    const double floor = 1e-20;
    const double kept = scale > floor ? scale : 0;
    return model.test == CoefficientTest::knapp_hartung_at_least_one ? std::max(1.0, kept) : kept;
}

Interval around(double centre, double half) { return {centre - half, centre + half}; }

double critical_value(double level, double degrees) { return student_t_quantile(0.5 + level / 2, degrees); }

}  // namespace

Result<MetaAnalysis> fit_meta_analysis(const Studies& studies, const MetaOptions& options) {
    TRY_DO(check(studies, options));
    WeightedRegression regression(studies);
    MetaAnalysis model;
    model.studies = studies.count();
    model.method = studies.count() == 1 ? HeterogeneityMethod::equal_effects : options.method;
    model.test = options.test;
    model.dropped = studies.dropped;
    const Heterogeneity found = estimate_heterogeneity(regression, model.method);
    model.tau2 = found.tau2;
    model.se_tau2 = found.standard_error;
    model.certificate = certificate_of(found, model.method, regression.smallest_variance());
    model.degrees = options.test == CoefficientTest::normal ? infinite : regression.spare();
    describe_heterogeneity(regression, model);

    const double scale = covariance_scale(regression, model);
    const WeightedRegression::Coefficients coefficients = regression.coefficients_at(model.tau2);
    const double critical = critical_value(options.level, model.degrees);
    model.covariance = Matrix(studies.coefficients(), studies.coefficients());
    for (std::size_t k = 0; k < studies.coefficients(); ++k) {
        for (std::size_t other = 0; other < studies.coefficients(); ++other) {
            model.covariance(k, other) = scale * coefficients.covariance(index(k), index(other));
        }
        const double error = std::sqrt(model.covariance(k, k));
        model.fixed.push_back(
            make_estimate(studies.terms[k], coefficients.estimates(index(k)), error, model.degrees));
        model.intervals.push_back(around(model.fixed.back().estimate, critical * error));
    }
    model.moderators = test_moderators(studies, model, coefficients, scale);
    if (studies.has_intercept && studies.coefficients() == 1) {
        const Estimate& mean = model.fixed.front();
        model.prediction = around(
            mean.estimate, critical * std::sqrt(mean.standard_error * mean.standard_error + model.tau2));
    }
    model.log_likelihood =
        !std::isnan(found.log_likelihood) ? found.log_likelihood : regression.log_likelihood(model.tau2);
    add_remarks(studies, found, scale, model);
    return model;
}

std::vector<StudyPrediction> predict_studies(const Studies& studies, const MetaAnalysis& model,
                                             double level) {
    const double critical = critical_value(level, model.degrees);
    double total = 0;
    for (const double variance : studies.variances) {
        total += 1 / (variance + model.tau2);
    }
    std::vector<StudyPrediction> predictions;
    for (std::size_t row = 0; row < studies.count(); ++row) {
        StudyPrediction one;
        one.fitted = 0;
        double variance = 0;
        for (std::size_t a = 0; a < studies.coefficients(); ++a) {
            one.fitted += studies.design(row, a) * model.fixed[a].estimate;
            for (std::size_t b = 0; b < studies.coefficients(); ++b) {
                variance += studies.design(row, a) * model.covariance(a, b) * studies.design(row, b);
            }
        }
        variance = std::max(0.0, variance);
        one.standard_error = std::sqrt(variance);
        one.confidence = around(one.fitted, critical * one.standard_error);
        one.prediction = around(one.fitted, critical * std::sqrt(variance + model.tau2));
        one.weight = 100 / (studies.variances[row] + model.tau2) / total;
        predictions.push_back(one);
    }
    return predictions;
}

double moderated_share(const Studies& studies, const MetaAnalysis& model, const MetaOptions& options) {
    if (!studies.has_intercept || studies.coefficients() == 1 || studies.count() < 2 ||
        options.method == HeterogeneityMethod::equal_effects) {
        return unknown;
    }
    Studies plain = studies;
    plain.design = Matrix(studies.count(), 1);
    std::fill(plain.design.values.begin(), plain.design.values.end(), 1.0);
    plain.terms = {"(Intercept)"};
    WeightedRegression regression(plain);
    const double without = estimate_heterogeneity(regression, options.method).tau2;
    return without > 0 ? std::max(0.0, 100 * (without - model.tau2) / without) : unknown;
}

HeterogeneityShare heterogeneity_share(const Studies& studies, double tau2) {
    if (studies.count() <= studies.coefficients()) {
        return {};
    }
    WeightedRegression regression(studies);
    const double typical = typical_variance(regression, regression.all_moments(0));
    return {100 * tau2 / (typical + tau2), tau2 / typical + 1};
}

}  // namespace groundwork::statistics
