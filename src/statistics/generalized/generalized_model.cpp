#include "statistics/generalized/generalized_model.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/formula/basis.h"
#include "statistics/generalized/likelihood.h"
#include "statistics/generalized/separation.h"
#include "statistics/generalized/smooth_minimum.h"
#include "statistics/mixed/certificate.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double most_log_size = 16;  // beyond it a negative binomial is a Poisson to all digits that count

// Fixed columns in coordinates: orthogonal, of mean square 1. Coefficients = to_columns * coordinates.
struct Columns {
    Matrix coordinates;
    Matrix to_columns;
    std::vector<std::string> names, dropped;
};

Columns orthogonal(const ModelMatrix& matrix) {
    const Basis basis = fast_basis(matrix.values);
    Columns result;
    for (const std::size_t column : basis.kept) {
        result.names.push_back(matrix.names[column]);
    }
    for (const std::size_t column : basis.dropped) {
        result.dropped.push_back(matrix.names[column]);
    }
    const double scale = std::sqrt(static_cast<double>(matrix.values.rows));
    result.coordinates = basis.columns;
    for (double& value : result.coordinates.values) {
        value *= scale;
    }
    const Eigen::Index rank = index(basis.kept.size());
    result.to_columns = Matrix(basis.kept.size(), basis.kept.size());
    view(result.to_columns) =
        scale * view(basis.triangle).triangularView<Eigen::Upper>().solve(MatrixXd::Identity(rank, rank));
    return result;
}

Result<void> check_quadrature(const RandomEffects& effects, std::size_t points) {
    if (points <= 1) {
        return {};
    }
    if (effects.blocks.size() != 1 || effects.blocks[0].width() > 2) {
        return fail(
            usage_error(
                "Quadrature with more than one point needs one grouping factor with one or two random "
                "effects; this formula has others.")
                .remedy("Use one point, which is Laplace's approximation."));
    }
    const std::size_t most =
        effects.blocks[0].width() == 1 ? most_quadrature_points : most_quadrature_points_squared;
    if (points > most) {
        return fail(usage_error(fmt::format("Quadrature takes up to {} points here.", most))
                        .value(std::to_string(points)));
    }
    return {};
}

struct Prepared {
    GeneralizedFrame frame;
    Columns fixed, zero;
    RandomEffects effects;  // in the original columns
    Coordinates coordinates;
    GeneralizedProblem problem;
};

Result<Prepared> prepare(std::string_view formula, const Data& data, const GeneralizedModelOptions& options) {
    Prepared all;
    all.frame = TRY(make_generalized_frame(formula, data, options));
    all.fixed = orthogonal(all.frame.fixed);
    if (options.zero_inflation) {
        all.zero = orthogonal(all.frame.zero);
    }
    all.effects = TRY(make_random_effects(all.frame.formula, all.frame.frame, ResidualKind::none));
    TRY_DO(check_quadrature(all.effects, options.quadrature_points));
    if (all.fixed.names.empty() && all.effects.blocks.empty() && !options.zero_inflation) {
        return fail(
            unacceptable("There is nothing to estimate: every column of the formula is zero or missing."));
    }
    if (all.fixed.names.size() > all.frame.frame.used.size()) {
        return fail(unacceptable("There are more coefficients than rows."));
    }
    all.coordinates = standardised(all.effects);
    all.problem.outcome = all.frame.outcome;
    all.problem.offset = all.frame.offset;
    all.problem.fixed = all.fixed.coordinates;
    all.problem.zero = all.zero.coordinates;
    all.problem.effects = all.coordinates.effects;
    all.problem.quadrature_points =
        all.effects.blocks.empty() ? 1 : std::max<std::size_t>(options.quadrature_points, 1);
    return all;
}

// Where a search begins: the coefficients without random effects, moderate variances, a size by moments.
Result<std::vector<double>> starting_point(const Prepared& all) {
    const GeneralizedProblem& problem = all.problem;
    const std::vector<double> fixed =
        TRY(starting_coefficients(problem, all.fixed.names, all.fixed.to_columns));
    std::vector<double> start;
    for (const FreeEntry& entry : problem.effects.entries) {
        start.push_back(entry.diagonal() ? 0.7 : 0.0);
    }
    start.insert(start.end(), fixed.begin(), fixed.end());
    start.resize(problem.parameters(), 0.0);
    if (problem.sized()) {
        start[problem.size_at()] = 0.5;
    }
    if (problem.outcome.zero_inflated && problem.zero.columns > 0) {
        start[problem.first_zero()] = problem.zero(0, 0) > 0 ? -1.0 : 0.0;
    }
    return start;
}

SmoothMinimum search(const Prepared& all, GeneralizedLikelihood& likelihood, std::vector<double> start) {
    SmoothFunction function;
    function.value = [&](const std::vector<double>& point) { return likelihood.value(point); };
    function.gradient = [&] { return likelihood.gradient(); };
    function.upper.assign(start.size(), infinity);
    std::vector<bool> is_scale(start.size(), false);
    for (std::size_t k = 0; k < all.problem.effects.entries.size(); ++k) {
        is_scale[k] = all.problem.effects.entries[k].diagonal();
    }
    if (all.problem.sized()) {
        function.upper[all.problem.size_at()] = most_log_size;
    }
    return minimise(function, std::move(start), is_scale);
}

// Of all parameters: twice the inverse Hessian of the deviance, scaled to a unit diagonal first. Directions
// without curvature are left out; the certificate speaks of them.
MatrixXd parameter_covariance(const SmoothMinimum& minimum) {
    const auto hessian = view(minimum.hessian);
    const VectorXd scale = hessian.diagonal().cwiseAbs().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(
        MatrixXd(scale.asDiagonal() * hessian * scale.asDiagonal()));
    VectorXd reciprocal = eigen.eigenvalues();
    for (double& value : reciprocal) {
        value = value > 1e-10 ? 1 / value : 0.0;
    }
    const MatrixXd vectors = scale.asDiagonal() * eigen.eigenvectors();
    return 2 * vectors * reciprocal.asDiagonal() * vectors.transpose();
}

std::vector<Estimate> estimates_of(const Columns& columns, const VectorXd& coordinates,
                                   const MatrixXd& covariance, std::vector<double>* kept = nullptr) {
    const VectorXd estimates = view(columns.to_columns) * coordinates;
    const MatrixXd transformed = view(columns.to_columns) * covariance * view(columns.to_columns).transpose();
    std::vector<Estimate> result;
    for (std::size_t k = 0; k < columns.names.size(); ++k) {
        const double variance = transformed(index(k), index(k));
        result.push_back(make_estimate(columns.names[k], estimates(index(k)),
                                       std::sqrt(std::max(variance, 0.0)), infinity));
    }
    if (kept != nullptr) {
        kept->assign(transformed.data(), transformed.data() + transformed.size());
    }
    return result;
}

Certificate certificate_of(const Prepared& all, const SmoothMinimum& minimum, const Factors& factors) {
    Certificate certificate = certify(minimum.gradient, minimum.hessian, all.coordinates.effects, factors);
    const bool poisson_limit = all.problem.sized() && minimum.on_bound[all.problem.size_at()];
    if (poisson_limit && certificate.status != "not-certified") {
        certificate.status = "certified-singular";
        certificate.words =
            "The best fit lies on the boundary: the counts vary no more than Poisson counts do, so the "
            "negative "
            "binomial's dispersion grows without bound. This is an answer, not a failure; --family poisson "
            "says "
            "the same with one parameter less.";
    }
    return certificate;
}

GeneralizedModel assembled(const Prepared& all, const SmoothMinimum& minimum) {
    GeneralizedModel model;
    const GeneralizedProblem& problem = all.problem;
    model.family = problem.outcome.family;
    model.quadrature_points = problem.quadrature_points;
    model.rows_used = all.frame.frame.used.size();
    model.used = all.frame.frame.used;
    model.objective = minimum.value;
    model.log_likelihood = -minimum.value / 2;
    model.dropped = all.fixed.dropped;
    for (const std::string& name : all.zero.dropped) {
        model.dropped.push_back(name + " (zero part)");
    }
    model.success = problem.outcome.success;
    if (problem.sized()) {
        model.dispersion = std::exp(minimum.point[problem.size_at()]);
    }
    const std::vector<double> entries(
        minimum.point.begin(), minimum.point.begin() + static_cast<std::ptrdiff_t>(problem.first_fixed()));
    const Factors factors = original_factors(all.coordinates, factors_of(all.coordinates.effects, entries));
    model.theta = entries_of(all.effects, factors);
    for (const BlockTerm& term : all.effects.terms) {
        model.random.push_back(describe_term(term, all.effects.blocks[term.block], factors[term.block], 1.0));
    }
    model.certificate = certificate_of(all, minimum, factors);
    model.optimisation.end = minimum.point;
    model.optimisation.start_objective = minimum.start_value;
    model.optimisation.steps = minimum.steps;
    model.optimisation.evaluations = minimum.evaluations;

    const MatrixXd covariance = parameter_covariance(minimum);
    const Eigen::Map<const VectorXd> point(minimum.point.data(), index(minimum.point.size()));
    const auto part = [&](std::size_t first, const Columns& columns, std::vector<double>* kept) {
        const Eigen::Index at = index(first), count = index(columns.names.size());
        return estimates_of(columns, point.segment(at, count), covariance.block(at, at, count, count), kept);
    };
    model.fixed = part(problem.first_fixed(), all.fixed, &model.covariance);
    model.zero_part = part(problem.first_zero(), all.zero, nullptr);
    return model;
}

}  // namespace

const Estimate* GeneralizedModel::find(std::string_view term) const {
    const auto found = std::find_if(fixed.begin(), fixed.end(),
                                    [&](const Estimate& estimate) { return estimate.term == term; });
    return found == fixed.end() ? nullptr : &*found;
}

Result<GeneralizedModel> fit_generalized_model(std::string_view formula, const Data& data,
                                               const GeneralizedModelOptions& options) {
    const Prepared all = TRY(prepare(formula, data, options));
    std::vector<double> start = TRY(starting_point(all));
    GeneralizedLikelihood likelihood(all.problem);
    if (!std::isfinite(likelihood.value(start))) {
        return fail(unacceptable("gives a likelihood that cannot be computed at any starting value.")
                        .at("", all.problem.outcome.name)
                        .remedy("Look for extreme values in the outcome, the offset and the columns."));
    }
    const SmoothMinimum minimum = search(all, likelihood, std::move(start));
    GeneralizedModel model = assembled(all, minimum);
    model.passes = likelihood.passes();
    return model;
}

}  // namespace groundwork::statistics
