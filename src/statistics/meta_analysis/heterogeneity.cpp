#include "statistics/meta_analysis/heterogeneity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "statistics/distributions.h"
#include "statistics/meta_analysis/weighted_regression.h"

namespace groundwork::statistics {

namespace {

using Method = HeterogeneityMethod;

constexpr int most_steps = 200;
constexpr double rounding = std::numeric_limits<double>::epsilon();

constexpr std::array<std::pair<Method, std::string_view>, 10> names = {{
    {Method::equal_effects, "FE"},
    {Method::dersimonian_laird, "DL"},
    {Method::hedges, "HE"},
    {Method::hunter_schmidt, "HS"},
    {Method::hunter_schmidt_corrected, "HSk"},
    {Method::sidik_jonkman, "SJ"},
    {Method::paule_mandel, "PM"},
    {Method::empirical_bayes, "EB"},
    {Method::maximum_likelihood, "ML"},
    {Method::restricted_likelihood, "REML"},
}};

Heterogeneity truncated(double tau2, double variance_of_tau2) {
    Heterogeneity result;
    result.at_boundary = tau2 < 0;
    result.tau2 = std::max(0.0, tau2);
    result.standard_error = std::sqrt(variance_of_tau2);
    return result;
}

// The tau2 with q(tau2) = target, 0 if q(0) is below. q is convex and falls, so Newton from the left climbs
// to the root and never passes it but by rounding.
Heterogeneity solve_q(WeightedRegression& regression, double target) {
    Heterogeneity result;
    for (result.steps = 1; result.steps <= most_steps; ++result.steps) {
        const WeightedMoments moments = regression.residual_moments(result.tau2);
        result.slope = moments.q - target;
        if (result.tau2 == 0 && result.slope <= 0) {
            result.at_boundary = result.slope < 0;
            return result;
        }
        result.last_step = result.slope / moments.slope;
        // Below this, q's own rounding is all that a step follows.
        const double noise = 4 * rounding * (result.tau2 + moments.q / moments.slope);
        const bool passed = result.steps > 1 && result.last_step < 0;
        result.tau2 = std::max(0.0, result.tau2 + result.last_step);
        if (passed || std::abs(result.last_step) <= noise) {
            return result;
        }
    }
    result.converged = false;
    return result;
}

// Slope and curvature of the log-likelihood in tau2.
struct Slope {
    double first = 0;
    double second = 0;    // exact
    double expected = 0;  // its expectation, always negative
    double scale = 0;     // the size of what cancels in `first`
};

Slope likelihood_slope(WeightedRegression& regression, Method method, double tau2) {
    const WeightedMoments moments = regression.all_moments(tau2);
    const bool restricted = method == Method::restricted_likelihood;
    const double trace = restricted ? moments.trace : moments.weights;
    const double square = restricted ? moments.trace_of_square : moments.squared_weights;
    return {0.5 * (moments.slope - trace), 0.5 * square - moments.curvature, -0.5 * square,
            0.5 * (moments.slope + trace)};
}

bool likelihood_rises(WeightedRegression& regression, Method method, double tau2) {
    const WeightedMoments moments = regression.slope_moments(tau2);
    return moments.slope > (method == Method::restricted_likelihood ? moments.trace : moments.weights);
}

double log_likelihood(WeightedRegression& regression, Method method, double tau2) {
    return method == Method::restricted_likelihood ? regression.restricted_log_likelihood(tau2)
                                                   : regression.log_likelihood(tau2);
}

// From `start` to the maximum in [low, high], where the slope is not negative at low unless low is 0, and not
// positive at high.
Heterogeneity climb(WeightedRegression& regression, Method method, double start, double low, double high) {
    Heterogeneity result;
    result.tau2 = start;
    double previous_step = high - low;
    for (result.steps = 1; result.steps <= most_steps; ++result.steps) {
        const Slope slope = likelihood_slope(regression, method, result.tau2);
        result.slope = slope.first;
        (slope.first > 0 ? low : high) = result.tau2;
        if (result.tau2 == 0 && slope.first <= 0) {
            result.at_boundary = slope.first < 0;
            return result;
        }
        const double bend = slope.second < 0 ? slope.second : slope.expected;
        double step = -slope.first / bend;
        result.last_step = step;
        const bool settled =
            std::abs(step) <= 4 * rounding * result.tau2 || std::abs(slope.first) <= rounding * slope.scale;
        if (settled) {
            result.tau2 = std::max(0.0, result.tau2 + step);
            return result;
        }
        double next = result.tau2 + step;
        if (next < 0) {
            next = low == 0 ? 0 : 0.5 * low;
        }
        if (next < low || next > high) {
            next = std::isfinite(high) ? 0.5 * (low + high) : std::min(next, 16 * result.tau2 + 1);
        }
        step = next - result.tau2;
        if (step == 0 || (std::abs(step) >= std::abs(previous_step) && slope.second < 0 &&
                          std::abs(slope.first) <= 64 * rounding * slope.scale)) {
            return result;  // the steps no longer shrink: they follow rounding
        }
        previous_step = step;
        result.tau2 = next;
    }
    result.converged = false;
    return result;
}

// Looks for further maxima where the slope changes from rising to falling on a coarse grid, and compares
// them.
Heterogeneity highest(WeightedRegression& regression, Method method, Heterogeneity found) {
    found.log_likelihood = log_likelihood(regression, method, found.tau2);
    const double most = 4 * regression.variance_of_effects();
    const double least = std::min(0.1 * regression.smallest_variance(), 0.001 * most);
    double below = 0;
    bool rises = likelihood_rises(regression, method, 0);
    const auto consider = [&](const Heterogeneity& other) {
        const double height = log_likelihood(regression, method, other.tau2);
        if (height > found.log_likelihood + 1e-10) {
            const int steps = found.steps + other.steps;
            found = other;
            found.steps = steps;
            found.log_likelihood = height;
        }
    };
    if (!rises && found.tau2 > 0) {
        Heterogeneity boundary;
        boundary.at_boundary = true;
        boundary.slope = likelihood_slope(regression, method, 0).first;
        consider(boundary);
    }
    constexpr int points = 8;
    const double factor = std::pow(most / least, 1.0 / (points - 1));
    for (int point = 0; point < points && most > 0; ++point) {
        const double at = least * std::pow(factor, point);
        const bool rises_here = likelihood_rises(regression, method, at);
        const bool known = below <= found.tau2 && found.tau2 <= at;
        if (rises && !rises_here && !known) {
            consider(climb(regression, method, std::sqrt(std::max(below, 0.01 * at) * at), below, at));
        }
        rises = rises_here;
        below = at;
    }
    return found;
}

Heterogeneity most_likely(WeightedRegression& regression, Method method) {
    const std::vector<double> equal(regression.studies(), 1.0);
    const QuadraticMoments moments = regression.quadratic_moments(equal);
    const double start = std::max(0.0, (moments.q - moments.trace_v) / moments.trace);
    Heterogeneity found = highest(
        regression, method, climb(regression, method, start, 0, std::numeric_limits<double>::infinity()));
    const WeightedMoments there = regression.all_moments(found.tau2);
    const bool restricted = method == Method::restricted_likelihood;
    found.standard_error = std::sqrt(2 / (restricted ? there.trace_of_square : there.squared_weights));
    return found;
}

std::vector<double> inverse_variances(WeightedRegression& regression, double tau2) {
    const auto variances = regression.variances();
    std::vector<double> weights(variances.begin(), variances.end());
    for (double& weight : weights) {
        weight = 1 / (weight + tau2);
    }
    return weights;
}

}  // namespace

std::string_view short_name(HeterogeneityMethod method) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](auto& one) { return one.first == method; });
    ENSURE(found != names.end());
    return found->second;
}

std::optional<HeterogeneityMethod> heterogeneity_method(std::string_view name) {
    if (name == "EE" || name == "CE") {
        return Method::equal_effects;
    }
    const auto found =
        std::find_if(names.begin(), names.end(), [&](auto& one) { return one.second == name; });
    return found == names.end() ? std::nullopt : std::optional(found->first);
}

const std::vector<std::string>& heterogeneity_method_names() {
    static const std::vector<std::string> list = [] {
        std::vector<std::string> all;
        for (const auto& [method, name] : names) {
            all.emplace_back(name);
        }
        return all;
    }();
    return list;
}

Heterogeneity estimate_heterogeneity(WeightedRegression& regression, HeterogeneityMethod method) {
    const double k = static_cast<double>(regression.studies()), spare = regression.spare();
    if (method == Method::equal_effects) {
        return {};
    }
    ENSURE(spare > 0);
    switch (method) {
        case Method::equal_effects: break;
        case Method::maximum_likelihood:
        case Method::restricted_likelihood: return most_likely(regression, method);
        case Method::paule_mandel:
        case Method::empirical_bayes: {
            Heterogeneity result = solve_q(regression, spare);
            const double weights = regression.all_moments(result.tau2).weights;
            result.standard_error = k / weights * std::sqrt(2 / spare);
            return result;
        }
        case Method::hedges: {
            const QuadraticMoments m =
                regression.quadratic_moments(std::vector<double>(regression.studies(), 1.0));
            const double tau2 = (m.q - m.trace_v) / m.trace;
            return truncated(tau2, m.variance(std::max(0.0, tau2)) / (m.trace * m.trace));
        }
        case Method::dersimonian_laird: {
            const QuadraticMoments m = regression.quadratic_moments(inverse_variances(regression, 0));
            const double tau2 = (m.q - spare) / m.trace;
            return truncated(tau2, m.variance(std::max(0.0, tau2)) / (m.trace * m.trace));
        }
        case Method::hunter_schmidt:
        case Method::hunter_schmidt_corrected: {
            const std::vector<double> weights = inverse_variances(regression, 0);
            const QuadraticMoments m = regression.quadratic_moments(weights);
            double total = 0;
            for (const double weight : weights) {
                total += weight;
            }
            const double correction = method == Method::hunter_schmidt ? 1 : k / spare;
            const double tau2 = (correction * m.q - k) / total;
            return truncated(tau2,
                             correction * correction * m.variance(std::max(0.0, tau2)) / (total * total));
        }
        case Method::sidik_jonkman: {
            const double start = regression.variance_of_effects() * (k - 1) / k;
            if (start <= 0) {
                return {};  // equal effects leave nothing to be explained
            }
            const QuadraticMoments m = regression.quadratic_moments(inverse_variances(regression, start));
            const double tau2 = start * m.q / spare;
            return truncated(tau2, start * start * m.variance(tau2) / (spare * spare));
        }
    }
    return {};
}

Interval q_profile_interval(const Studies& studies, double level) {
    ENSURE(level > 0 && level < 1 && studies.count() > studies.coefficients());
    WeightedRegression regression(studies);
    const double spare = regression.spare(), tail = 0.5 * (1 - level);
    const double most = chi_square_quantile(1 - tail, spare), least = chi_square_quantile(tail, spare);
    return {solve_q(regression, most).tau2, solve_q(regression, least).tau2};
}

}  // namespace groundwork::statistics
