#include "statistics/meta_analysis/three_level.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "statistics/distributions.h"
#include "statistics/meta_analysis/cluster_likelihood.h"

namespace groundwork::statistics {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double rounding = std::numeric_limits<double>::epsilon();
constexpr int most_steps = 200;

using Vector = Eigen::Vector2d;
using Mask = std::array<bool, 2>;  // which variances a search may move

ClusterVariances as_variances(const Vector& at) { return {at(0), at(1)}; }

struct Peak {
    Vector at = Vector::Zero();
    double height = -infinite;
    ClusterSlopes slopes;
    Mask free = {false, false};  // not held, and not at a boundary from which the likelihood falls
    Vector last_step = Vector::Zero();
    int steps = 0;
    bool converged = false;
};

// Newton's step in the free variances; the expected information stands in where the surface is not concave.
Vector newton_step(const ClusterSlopes& slopes, const Mask& free) {
    Vector step = Vector::Zero();
    if (free[0] && free[1]) {
        const Eigen::Matrix2d& h = slopes.observed;
        const bool concave = h(0, 0) > 0 && h.determinant() > 1e-10 * h(0, 0) * h(1, 1);
        step = (concave ? slopes.observed : slopes.expected).ldlt().solve(slopes.slope);
    } else {
        for (Eigen::Index i = 0; i < 2; ++i) {
            if (free[static_cast<std::size_t>(i)]) {
                const double bend = slopes.observed(i, i) > 0 ? slopes.observed(i, i) : slopes.expected(i, i);
                step(i) = slopes.slope(i) / bend;
            }
        }
    }
    return step;
}

// Climbs from `start`, moving only what `movable` allows; both variances stay >= 0.
Peak climb(ClusterLikelihood& likelihood, const Vector& start, const Mask& movable) {
    Peak peak;
    peak.at = start;
    peak.height = likelihood.log_likelihood(as_variances(start));
    double previous_gain = infinite;
    for (peak.steps = 1; peak.steps <= most_steps; ++peak.steps) {
        peak.slopes = likelihood.slopes(as_variances(peak.at));
        for (std::size_t i = 0; i < 2; ++i) {
            const auto axis = static_cast<Eigen::Index>(i);
            peak.free[i] = movable[i] && !(peak.at(axis) == 0 && peak.slopes.slope(axis) <= 0);
        }
        peak.last_step = newton_step(peak.slopes, peak.free);
        const double gain = peak.slopes.slope.dot(peak.last_step);  // twice what the step should win
        if (peak.last_step.isZero(0) || gain <= 0 || (gain < 1e-18 && gain >= 0.25 * previous_gain)) {
            peak.converged = gain < 1e-18;
            return peak;
        }
        Vector next = (peak.at + peak.last_step).cwiseMax(0.0);
        double height = likelihood.log_likelihood(as_variances(next));
        const double slack = gain < 1e-9 ? infinite : 0;  // below that the height is rounding
        for (int halving = 0; height + slack < peak.height && halving < 60; ++halving) {
            next = 0.5 * (next + peak.at);
            height = likelihood.log_likelihood(as_variances(next));
        }
        const double moved = (next - peak.at).cwiseAbs().maxCoeff();
        previous_gain = gain;
        peak.at = next;
        peak.height = height;
        if (moved <= 2 * rounding * peak.at.maxCoeff()) {
            peak.slopes = likelihood.slopes(as_variances(peak.at));
            peak.converged = gain < 1e-9;
            return peak;
        }
    }
    return peak;
}

Peak highest_peak(ClusterLikelihood& likelihood, double total) {
    Peak best;
    int steps = 0;
    for (const Vector& start : {Vector(0.5 * total, 0.5 * total), Vector(total, 0), Vector(0, total)}) {
        const Peak peak = climb(likelihood, start, {true, true});
        steps += peak.steps;
        const bool higher = peak.height > best.height + 1e-10;
        if (higher || (peak.height > best.height - 1e-10 && peak.converged && !best.converged)) {
            best = peak;
        }
    }
    best.steps = steps;
    return best;
}

// Where the profile of the log-likelihood along `axis` has fallen by `drop`, between `inside` (not yet) and
// `outside` (already); bisection steps guard Newton's on the profile's exact slope.
double profile_end(ClusterLikelihood& likelihood, std::size_t axis, const Peak& best, double drop,
                   double inside, double outside) {
    Mask movable = {true, true};
    movable[axis] = false;
    Vector at = best.at;
    const auto along = static_cast<Eigen::Index>(axis);
    double now = 0.5 * (inside + outside);
    for (int step = 0; step < 100; ++step) {
        at(along) = now;
        const Peak peak = climb(likelihood, at, movable);
        at = peak.at;
        const double excess = peak.height - (best.height - drop);
        (excess > 0 ? inside : outside) = now;
        double next = now - excess / peak.slopes.slope(along);
        const double low = std::min(inside, outside), high = std::max(inside, outside);
        if (!(next > low && next < high)) {
            next = 0.5 * (low + high);
        }
        if (std::abs(next - now) <= 1e-12 * std::max(now, next)) {
            return next;
        }
        now = next;
    }
    return now;
}

Interval profile_interval(ClusterLikelihood& likelihood, std::size_t axis, const Peak& best, double total,
                          double level) {
    const double drop = 0.5 * chi_square_quantile(level, 1);
    Mask movable = {true, true};
    movable[axis] = false;
    const auto along = static_cast<Eigen::Index>(axis);
    const auto height = [&](double value) {
        Vector at = best.at;
        at(along) = value;
        return climb(likelihood, at, movable).height;
    };
    Interval interval;
    const double centre = best.at(along);
    interval.low = 0;
    if (centre > 0 && height(0) < best.height - drop) {
        interval.low = profile_end(likelihood, axis, best, drop, centre, 0);
    }
    double outside = std::max({2 * centre, total, 1e-300});
    for (int doubling = 0; doubling < 60 && height(outside) > best.height - drop; ++doubling) {
        outside *= 4;
    }
    interval.high = height(outside) > best.height - drop
                        ? unknown
                        : profile_end(likelihood, axis, best, drop, centre, outside);
    return interval;
}

Result<std::vector<std::int32_t>> codes_of(const Studies& studies, std::span<const std::int32_t> clusters,
                                           std::size_t& count) {
    std::map<std::int32_t, std::int32_t> numbers;
    std::vector<std::int32_t> codes;
    for (const std::size_t row : studies.used) {
        ENSURE(row < clusters.size());
        if (clusters[row] < 0) {
            return fail(unacceptable("The effect's cluster is missing.").at("", row + 2, ""));
        }
        const auto [at, is_new] =
            numbers.try_emplace(clusters[row], static_cast<std::int32_t>(numbers.size()));
        codes.push_back(at->second);
    }
    count = numbers.size();
    return codes;
}

Result<void> check(const Studies& studies, std::size_t clusters, const MetaOptions& options) {
    const bool likelihood = options.method == HeterogeneityMethod::restricted_likelihood ||
                            options.method == HeterogeneityMethod::maximum_likelihood;
    if (!likelihood) {
        return fail(usage_error("A three-level synthesis is fitted by REML or ML.")
                        .value(std::string(short_name(options.method))));
    }
    if (options.test == CoefficientTest::knapp_hartung ||
        options.test == CoefficientTest::knapp_hartung_at_least_one) {
        return fail(usage_error("Knapp-Hartung is not defined for three levels.")
                        .remedy("Use --test t, which has k - p degrees of freedom."));
    }
    if (!(options.level > 0 && options.level < 1)) {
        return fail(usage_error("The level of intervals lies between 0 and 1, for example 0.95."));
    }
    if (studies.count() <= studies.coefficients()) {
        return fail(unacceptable("There must be more effects than coefficients; there are " +
                                 std::to_string(studies.count()) + " and " +
                                 std::to_string(studies.coefficients()) + "."));
    }
    if (clusters < 2) {
        return fail(unacceptable("All effects are in one cluster, so that clusters cannot be compared.")
                        .remedy("Leave --cluster out."));
    }
    if (clusters == studies.count()) {
        return fail(unacceptable("Every effect is a cluster of its own, so that variances between and within "
                                 "clusters cannot be told apart.")
                        .remedy("Leave --cluster out."));
    }
    return {};
}

MetaCertificate certificate_of(const Peak& peak) {
    MetaCertificate certificate;
    certificate.steps = peak.steps;
    const bool boundary = !peak.free[0] || !peak.free[1];
    for (Eigen::Index i = 0; i < 2; ++i) {
        if (peak.free[static_cast<std::size_t>(i)]) {
            certificate.gradient =
                std::max(certificate.gradient, std::abs(peak.slopes.slope(i)) / peak.slopes.scale(i));
        }
    }
    certificate.last_step = peak.last_step.cwiseAbs().maxCoeff();
    if (!peak.converged || certificate.gradient > 1e-8) {
        certificate.status = "not-certified";
        certificate.words = "The search for the two variances did not settle; do not use these numbers.";
    } else if (boundary) {
        certificate.status = "certified-singular";
        certificate.words = "The optimum lies at a variance of zero, from which the likelihood falls.";
    } else {
        certificate.status = "certified";
        certificate.words = "Both slopes vanish (" + shortest(certificate.gradient) +
                            " of what cancels in them); this is the optimum.";
    }
    return certificate;
}

void add_effects(const Studies& studies, const ClusterLikelihood::Coefficients& coefficients,
                 const MetaOptions& options, ThreeLevelMeta& model) {
    const double degrees = options.test == CoefficientTest::normal
                               ? infinite
                               : static_cast<double>(studies.count() - studies.coefficients());
    const double critical = student_t_quantile(0.5 + options.level / 2, degrees);
    const auto columns = static_cast<Eigen::Index>(studies.coefficients());
    model.covariance = Matrix(studies.coefficients(), studies.coefficients());
    for (Eigen::Index k = 0; k < columns; ++k) {
        const double error = std::sqrt(coefficients.covariance(k, k));
        const double estimate = coefficients.estimates(k);
        model.fixed.push_back(
            make_estimate(studies.terms[static_cast<std::size_t>(k)], estimate, error, degrees));
        model.intervals.push_back({estimate - critical * error, estimate + critical * error});
        for (Eigen::Index other = 0; other < columns; ++other) {
            model.covariance(static_cast<std::size_t>(k), static_cast<std::size_t>(other)) =
                coefficients.covariance(k, other);
        }
    }
    const Eigen::Index tested = studies.has_intercept && columns > 1 ? columns - 1 : columns;
    const Eigen::MatrixXd block = coefficients.covariance.bottomRightCorner(tested, tested);
    const Eigen::VectorXd scale = block.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::VectorXd standardised = scale.cwiseProduct(coefficients.estimates.tail(tested));
    const Eigen::MatrixXd correlation = scale.asDiagonal() * block * scale.asDiagonal();
    JointTest& test = model.moderators;
    test.degrees = static_cast<double>(tested);
    test.denominator_degrees = degrees;
    test.statistic = standardised.dot(correlation.ldlt().solve(standardised));
    test.statistic /= std::isinf(degrees) ? 1 : test.degrees;
    test.p = f_probability_above(std::isinf(degrees) ? test.statistic / test.degrees : test.statistic,
                                 test.degrees, degrees);
    if (studies.has_intercept && columns == 1) {
        const double half = critical * std::sqrt(block(0, 0) + model.between + model.within);
        model.prediction = {model.fixed[0].estimate - half, model.fixed[0].estimate + half};
    }
}

}  // namespace

Result<ThreeLevelMeta> fit_three_level(const Studies& studies, std::span<const std::int32_t> clusters,
                                       const MetaOptions& options) {
    std::size_t count = 0;
    const std::vector<std::int32_t> codes = TRY(codes_of(studies, clusters, count));
    TRY_DO(check(studies, count, options));
    MetaOptions plain = options;
    plain.test = CoefficientTest::normal;
    plain.method = HeterogeneityMethod::hedges;
    const MetaAnalysis two_levels = TRY(fit_meta_analysis(studies, plain));
    const double smallest = *std::min_element(studies.variances.begin(), studies.variances.end());
    const double total = std::max(two_levels.tau2, 0.1 * smallest);

    const bool restricted = options.method == HeterogeneityMethod::restricted_likelihood;
    ClusterLikelihood likelihood(studies, codes, restricted);
    const Peak best = highest_peak(likelihood, total);
    ThreeLevelMeta model;
    model.effects = studies.count();
    model.clusters = count;
    model.method = options.method;
    model.between = best.at(0);
    model.within = best.at(1);
    model.log_likelihood = best.height;
    model.dropped = studies.dropped;
    model.heterogeneity = two_levels.heterogeneity;
    model.certificate = certificate_of(best);
    const Eigen::Matrix2d& expected = best.slopes.expected;
    if (model.between > 0 && model.within > 0) {
        const Eigen::Matrix2d inverse = expected.inverse();
        model.se_between = std::sqrt(inverse(0, 0));
        model.se_within = std::sqrt(inverse(1, 1));
    } else if (model.between > 0) {
        model.se_between = std::sqrt(1 / expected(0, 0));
    } else if (model.within > 0) {
        model.se_within = std::sqrt(1 / expected(1, 1));
    }
    // The sum's share times each part's share of the sum.
    const double share = heterogeneity_share(studies, model.between + model.within).i2;
    const double sum = model.between + model.within;
    model.i2_between = sum > 0 ? share * model.between / sum : 0;
    model.i2_within = sum > 0 ? share * model.within / sum : 0;
    add_effects(studies, likelihood.coefficients(as_variances(best.at)), options, model);
    model.between_interval = profile_interval(likelihood, 0, best, total, options.level);
    model.within_interval = profile_interval(likelihood, 1, best, total, options.level);
    if (count < 10) {
        model.remarks.push_back("There are " + std::to_string(count) +
                                " clusters: standard errors and tests rest on so few.");
    }
    return model;
}

}  // namespace groundwork::statistics
