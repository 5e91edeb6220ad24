#include "statistics/mixed/mixed_model.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "statistics/formula/basis.h"
#include "statistics/mixed/certificate.h"
#include "statistics/formula/model_matrix.h"
#include "statistics/mixed/random_effects.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

namespace {

using Map = Eigen::Map<Eigen::MatrixXd>;
using ConstMap = Eigen::Map<const Eigen::MatrixXd>;

Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }
ConstMap view(const Matrix& matrix) {
    return {matrix.values.data(), index(matrix.rows), index(matrix.columns)};
}

// The fixed side, projected: fixed columns = basis * triangle, outcome = basis * coefficients + rest.
struct FixedSide {
    Basis basis;
    std::vector<std::string> names;
    std::vector<std::string> dropped;
    Eigen::VectorXd coefficients;  // of the basis, by least squares
    std::vector<double> rest;
    double log_triangle = 0;
};

FixedSide project(const ModelMatrix& matrix, const std::vector<double>& outcome) {
    FixedSide side;
    side.basis = fast_basis(matrix.values);
    for (const std::size_t column : side.basis.kept) {
        side.names.push_back(matrix.names[column]);
    }
    for (const std::size_t column : side.basis.dropped) {
        side.dropped.push_back(matrix.names[column]);
    }
    const ConstMap w = view(side.basis.columns);
    const Eigen::Map<const Eigen::VectorXd> y(outcome.data(), index(outcome.size()));
    side.coefficients = w.transpose() * y;
    Eigen::VectorXd rest = y - w * side.coefficients;
    const Eigen::VectorXd correction = w.transpose() * rest;
    side.coefficients += correction;
    rest -= w * correction;
    side.rest.assign(rest.begin(), rest.end());
    side.log_triangle = view(side.basis.triangle).diagonal().array().log().sum();
    return side;
}

std::unique_ptr<Kernel> make_kernel(const RandomEffects& effects, const FixedSide& side) {
    return effects.blocks.size() == 1
               ? make_single_kernel(effects.blocks.front(), side.basis.columns, side.rest)
               : make_schur_kernel(effects.blocks, side.basis.columns, side.rest);
}

RandomTerm describe(const BlockTerm& term, const Block& block, const Matrix& factor, double sigma) {
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

// Everything about the covariance of the coefficients that inference needs, in the coordinates of the fixed
// columns.
struct Inference {
    Eigen::MatrixXd covariance;
    std::vector<Eigen::MatrixXd> slopes;   // with each free entry, then with sigma
    Eigen::MatrixXd parameter_covariance;  // twice the inverse Hessian of the deviance in (entries, sigma)
};

Inference infer(Minimum& minimum, const FixedSide& side, DegreesOfFreedom method) {
    ObjectivePoint& point = *minimum.point;
    const Eigen::Index fixed = index(side.names.size());
    const double variance = point.residual_squares() / point.degrees();
    const Eigen::MatrixXd to_columns = view(side.basis.triangle)
                                           .triangularView<Eigen::Upper>()
                                           .solve(Eigen::MatrixXd::Identity(fixed, fixed));
    const Eigen::MatrixXd inverse = view(point.inverse_fixed());
    Inference inference;
    inference.covariance = variance * to_columns * inverse * to_columns.transpose();
    if (method == DegreesOfFreedom::none) {
        return inference;
    }
    const Eigen::Index count = index(point.entries().size());
    const double sigma = std::sqrt(variance);
    Eigen::MatrixXd hessian(count + 1, count + 1);
    Eigen::VectorXd residual_slopes(count);
    const Eigen::MatrixXd left = to_columns * inverse;
    for (Eigen::Index k = 0; k < count; ++k) {
        const auto entry = static_cast<std::size_t>(k);
        residual_slopes(k) = point.residual_slope(entry);
        const Matrix slope = point.products_slope(entry);
        inference.slopes.push_back(-variance * left * view(slope).topLeftCorner(fixed, fixed) *
                                   left.transpose());
    }
    inference.slopes.push_back(2 / sigma * inference.covariance);
    // From the profiled Hessian to that in (entries, sigma): undo the profiling over sigma.
    const double rss = point.residual_squares();
    hessian.topLeftCorner(count, count) =
        view(minimum.hessian) + point.degrees() / (rss * rss) * residual_slopes * residual_slopes.transpose();
    hessian.topRightCorner(count, 1) = -2 / (variance * sigma) * residual_slopes;
    hessian.bottomLeftCorner(1, count) = hessian.topRightCorner(count, 1).transpose();
    hessian(count, count) = 4 * point.degrees() / variance;
    // Scaled to a unit diagonal first, so that units do not decide what counts as flat; flat directions are
    // left out.
    const Eigen::VectorXd scale = hessian.diagonal().cwiseAbs().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(
        Eigen::MatrixXd(scale.asDiagonal() * hessian * scale.asDiagonal()));
    Eigen::VectorXd reciprocal = eigen.eigenvalues();
    for (double& value : reciprocal) {
        value = value > 1e-10 ? 1 / value : 0.0;
    }
    const Eigen::MatrixXd vectors = scale.asDiagonal() * eigen.eigenvectors();
    inference.parameter_covariance = 2 * vectors * reciprocal.asDiagonal() * vectors.transpose();
    return inference;
}

std::vector<double> flat(const Eigen::MatrixXd& matrix) {
    return {matrix.data(), matrix.data() + matrix.size()};
}

Result<FixedSide> fixed_side(const Formula& formula, const ModelFrame& frame) {
    const ModelMatrix matrix = TRY(make_model_matrix(formula.fixed, frame.fixed, frame.used.size()));
    FixedSide side = project(matrix, frame.response.numbers);
    if (side.names.size() >= frame.used.size()) {
        return fail(
            unacceptable("There are as many coefficients as rows, so nothing is left to estimate from."));
    }
    return side;
}

// Refuses an outcome that leaves no residual: then the variances have no scale.
Result<void> check_residual(double squares_left, const std::vector<double>& outcome,
                            const std::string& name) {
    constexpr double nothing = 1e-14;  // of the outcome's own variation: rounding, not data
    double mean = std::accumulate(outcome.begin(), outcome.end(), 0.0) / static_cast<double>(outcome.size());
    double total = 0;
    for (const double value : outcome) {
        total += (value - mean) * (value - mean);
    }
    const double rounding = 1e-26 * mean * mean * static_cast<double>(outcome.size());
    if (!(squares_left > nothing * total + rounding)) {
        return fail(
            unacceptable("is explained by the model without any remainder, so no error can be estimated.")
                .at("", name)
                .remedy(
                    "Check that the outcome is not constant, nor a copy of other columns or of the group."));
    }
    return {};
}

double squares_of(const std::vector<double>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

}  // namespace

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
    const Formula meaning = TRY(read_formula(formula));
    if (meaning.random.empty()) {
        return fail(usage_error("The formula has no random term such as (1 | id); this model needs one."));
    }
    const ModelFrame frame = TRY(make_model_frame(meaning, data));
    const RandomEffects effects = TRY(make_random_effects(meaning, frame));
    const FixedSide side = TRY(fixed_side(meaning, frame));
    TRY_DO(check_residual(squares_of(side.rest), frame.response.numbers, frame.response.name));

    const Coordinates coordinates = standardised(effects);
    const std::unique_ptr<Kernel> kernel = make_kernel(coordinates.effects, side);
    const ObjectiveSetting setting{options.criterion, frame.used.size(), side.log_triangle};
    Minimum minimum = minimise(*kernel, coordinates.effects, setting, usual_start(coordinates.effects));
    ObjectivePoint& point = *minimum.point;
    TRY_DO(check_residual(point.residual_squares(), frame.response.numbers, frame.response.name));

    MixedModel model;
    model.criterion = options.criterion;
    model.rows_used = frame.used.size();
    model.used = frame.used;
    model.objective = point.value();
    model.log_likelihood = -point.value() / 2;
    model.sigma = std::sqrt(point.residual_squares() / point.degrees());
    const Factors factors = original_factors(coordinates, factors_of(coordinates.effects, point.entries()));
    model.theta = entries_of(effects, factors);
    for (const BlockTerm& term : effects.terms) {
        model.random.push_back(describe(term, effects.blocks[term.block], factors[term.block], model.sigma));
    }
    model.dropped = side.dropped;
    model.certificate = certify(minimum, coordinates.effects, factors);
    model.optimisation = minimum.record;

    const Inference inference = infer(minimum, side, options.degrees_of_freedom);
    model.covariance = flat(inference.covariance);
    model.uncertainty.covariance = flat(inference.parameter_covariance);
    std::transform(inference.slopes.begin(), inference.slopes.end(),
                   std::back_inserter(model.uncertainty.slopes), flat);
    const Eigen::Map<const Eigen::VectorXd> change(point.coefficients().data(),
                                                   index(point.coefficients().size()));
    const Eigen::VectorXd coefficients =
        view(side.basis.triangle).triangularView<Eigen::Upper>().solve(side.coefficients + change);
    for (std::size_t k = 0; k < side.names.size(); ++k) {
        model.fixed.push_back({side.names[k], coefficients(index(k)), unknown, unknown, unknown, unknown});
    }
    for (std::size_t k = 0; k < side.names.size(); ++k) {
        std::vector<double> weights(side.names.size(), 0.0);
        weights[k] = 1;
        model.fixed[k] = combination(model, weights, side.names[k]);
    }
    return model;
}

// Degrees of freedom 2 v^2 / (g' A g) with v = c'Vc, g its slopes in the variance parameters, A their
// covariance.
Estimate combination(const MixedModel& model, std::span<const double> weights, std::string name) {
    ENSURE(weights.size() == model.fixed.size());
    const Eigen::Map<const Eigen::VectorXd> c(weights.data(), index(weights.size()));
    const auto quadratic = [&](const std::vector<double>& matrix) {
        return c.dot(ConstMap(matrix.data(), c.size(), c.size()) * c);
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
        const double spread = slope.dot(ConstMap(model.uncertainty.covariance.data(), count, count) * slope);
        degrees = spread > 0 ? 2 * variance * variance / spread : degrees;
    }
    return make_estimate(std::move(name), estimate, std::sqrt(std::max(variance, 0.0)), degrees);
}

}  // namespace groundwork::statistics
