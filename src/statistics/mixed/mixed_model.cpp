#include "statistics/mixed/mixed_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/mixed/certificate.h"
#include "statistics/mixed/coefficient_covariance.h"
#include "statistics/mixed/problem.h"
#include "statistics/mixed/residual_structure.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

namespace {

void add_coefficients(MixedModel& model, const FixedSide& side, const ObjectivePoint& point) {
    const Eigen::VectorXd coefficients = view(side.triangle)
                                             .triangularView<Eigen::Upper>()
                                             .solve(view(side.coefficients) + view(point.coefficients()));
    for (std::size_t k = 0; k < side.names.size(); ++k) {
        model.fixed.push_back({side.names[k], coefficients(index(k)), unknown, unknown, unknown, unknown});
    }
    for (std::size_t k = 0; k < side.names.size(); ++k) {
        std::vector<double> weights(side.names.size(), 0.0);
        weights[k] = 1;
        model.fixed[k] = combination(model, weights, side.names[k]);
    }
}

// What the search for the residuals' parameters adds: their slopes are known by differences only.
void add_to_certificate(const ResidualFit& fit, Certificate& certificate) {
    constexpr double most_remaining = 1e-6;
    if (certificate.status == "not-certified") {
        return;
    }
    if (!fit.runs_off.empty()) {
        certificate.status = "not-certified";
        certificate.words = fit.runs_off +
                            " runs to the end of its range, so these data do not determine it. Leave it "
                            "out, or use fewer random terms.";
        return;
    }
    certificate.remaining_deviance += fit.remaining_deviance;
    certificate.gradient = std::max(certificate.gradient, fit.largest_slope);
    if (!(fit.remaining_deviance <= most_remaining)) {
        certificate.status = "not-certified";
        certificate.words =
            "The search for the residuals' correlation or variances stopped before the optimum.";
    }
}

Result<MixedModel> model_at(const Problem& problem, Minimum& minimum, const MixedModelOptions& options,
                            const ResidualUncertainty& residuals = {}) {
    ObjectivePoint& point = *minimum.point;
    TRY_DO(check_residual(problem, point.residual_squares()));
    const RandomEffects& effects = problem.coordinates.effects;
    MixedModel model;
    model.criterion = options.criterion;
    model.rows_used = problem.used.size();
    model.used = problem.used;
    model.objective = point.value();
    model.log_likelihood = -point.value() / 2;
    model.sigma = std::sqrt(point.residual_squares() / point.degrees());
    const Factors factors = original_factors(problem.coordinates, point.factors());
    model.theta = entries_of(effects, factors);
    for (const BlockTerm& term : effects.terms) {
        model.random.push_back(
            describe_term(term, effects.blocks[term.block], factors[term.block], model.sigma));
    }
    model.dropped = problem.side.dropped;
    model.certificate = certify(minimum, effects, factors);
    model.optimisation = minimum.record;
    CoefficientCovariance coefficients =
        TRY(coefficient_covariance(problem, minimum, options.degrees_of_freedom, residuals));
    model.covariance = std::move(coefficients.covariance.values);
    model.uncertainty = std::move(coefficients.uncertainty);
    add_coefficients(model, problem.side, point);
    return model;
}

}  // namespace

RandomTerm describe_term(const BlockTerm& term, const Block& block, const Matrix& factor, double sigma) {
    RandomTerm result;
    result.group = block.group;
    result.levels = block.levels;
    const Eigen::MatrixXd rows =
        view(factor).block(index(term.first), index(term.first), index(term.width), index(term.width));
    const Eigen::MatrixXd covariance = rows * rows.transpose();
    for (Eigen::Index k = 0; k < covariance.rows(); ++k) {
        result.terms.push_back(block.names[term.first + static_cast<std::size_t>(k)]);
        result.standard_deviations.push_back(sigma * std::sqrt(covariance(k, k)));
        for (Eigen::Index j = 0; j < k; ++j) {
            const double scale = std::sqrt(covariance(k, k)) * std::sqrt(covariance(j, j));
            result.correlations.push_back(scale > 0 ? std::clamp(covariance(k, j) / scale, -1.0, 1.0)
                                                    : unknown);
        }
    }
    return result;
}

const Estimate* MixedModel::find(std::string_view term) const {
    const auto found = std::find_if(fixed.begin(), fixed.end(),
                                    [&](const Estimate& estimate) { return estimate.term == term; });
    return found == fixed.end() ? nullptr : &*found;
}

Result<bool> has_random_terms(std::string_view formula) {
    const Formula meaning = TRY(read_formula(formula));
    return !meaning.random.empty();
}

Result<MixedModel> fit_mixed_model(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options) {
    if (!options.serial_time.empty() || !options.residual_strata.empty()) {
        const Formula meaning = TRY(mixed_formula(formula, options));
        ResidualFit fit = TRY(fit_residual_structure(meaning, data, options));
        MixedModel model = TRY(model_at(*fit.problem, fit.minimum, options, fit.uncertainty));
        model.residual_correlation = fit.phi.value_or(unknown);
        for (std::size_t level = 0; level < fit.strata.size(); ++level) {
            model.residual_strata.push_back({fit.strata[level], model.sigma * fit.ratios[level]});
        }
        add_to_certificate(fit, model.certificate);
        return model;
    }
    const Problem problem = TRY(make_mixed_problem(formula, data, options));
    const RandomEffects& effects = problem.coordinates.effects;
    Minimum minimum = minimise(*problem.kernel, effects, problem.setting, start_of(problem));
    return model_at(problem, minimum, options);
}

// Degrees of freedom 2 v^2 / (g' A g) with v = c'Vc, g its slopes in the variance parameters, A their
// covariance.
Estimate combination(const MixedModel& model, std::span<const double> weights, std::string name) {
    ENSURE(weights.size() == model.fixed.size());
    const Eigen::Map<const Eigen::VectorXd> c(weights.data(), index(weights.size()));
    const auto quadratic = [&](const std::vector<double>& matrix) {
        return c.dot(Eigen::Map<const Eigen::MatrixXd>(matrix.data(), c.size(), c.size()) * c);
    };
    double estimate = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        estimate += weights[k] * model.fixed[k].estimate;
    }
    const double variance = quadratic(model.covariance);
    double degrees = std::numeric_limits<double>::infinity();
    if (!model.uncertainty.slopes.empty()) {
        const Eigen::Index count = index(model.uncertainty.slopes.size());
        Eigen::VectorXd slope(count);
        for (Eigen::Index k = 0; k < count; ++k) {
            slope(k) = quadratic(model.uncertainty.slopes[static_cast<std::size_t>(k)]);
        }
        const Eigen::Map<const Eigen::MatrixXd> spread_of(model.uncertainty.covariance.data(), count, count);
        const double spread = slope.dot(spread_of * slope);
        const std::vector<double>& unadjusted = model.uncertainty.unadjusted;
        const double usual = unadjusted.empty() ? variance : quadratic(unadjusted);
        degrees = spread > 0 ? 2 * usual * usual / spread : degrees;
    }
    return make_estimate(std::move(name), estimate, std::sqrt(std::max(variance, 0.0)), degrees);
}

}  // namespace groundwork::statistics
