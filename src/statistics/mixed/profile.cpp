#include "statistics/mixed/profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/mixed/certificate.h"
#include "statistics/mixed/conditional_deviance.h"
#include "statistics/mixed/refit.h"
#include "statistics/mixed/trust_region.h"
#include "statistics/trust_region_step.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// A point of the profile: the least deviance with the parameter held.
struct ProfilePoint {
    double held = 0;
    double deviance = 0;
    double slope = 0;  // of the least deviance in what is held: by the envelope theorem that of the deviance
    VectorXd coordinates;
};

// The curvature in the coordinates, by differences of the gradient at the optimum. It hardly changes along a
// profile, and is corrected on the way.
MatrixXd curvature_at_optimum(const ConditionalDeviance& deviance) {
    const Eigen::Index count = deviance.start.size();
    MatrixXd curvature(count, count);
    const DeviancePoint here = deviance.at(deviance.optimum, deviance.start);
    for (Eigen::Index k = 0; k < count; ++k) {
        VectorXd moved = deviance.start;
        const double step = 1e-5 * std::max(1.0, std::abs(moved(k)));
        moved(k) += step;
        curvature.col(k) = (deviance.at(deviance.optimum, moved).gradient - here.gradient) / step;
    }
    return (curvature + curvature.transpose()) / 2;
}

class Profiler {
  public:
    Profiler(const ConditionalDeviance& deviance, double least)
        : deviance_(deviance), least_(least), curvature_(curvature_at_optimum(deviance)) {}

    // Where the profile's root deviance reaches `wanted` on one side (-1 or 1), in the inner scale; the end
    // of the range where it does not; nothing where the search fails.
    std::optional<double> limit(double wanted, double side) {
        const double end = side < 0 ? deviance_.lowest : deviance_.highest;
        if (side * (end - deviance_.optimum) <= 0) {
            return end;
        }
        ProfilePoint from{deviance_.optimum, least_, 0, deviance_.start};
        double inside = deviance_.optimum, outside = end;  // root deviance below, above what is wanted
        double next = clamp(deviance_.optimum + side * wanted * deviance_.step, end, side);
        for (int trial = 0; trial < most_trials; ++trial) {
            std::optional<ProfilePoint> found = best_with(next, from);
            if (!found || found->deviance < least_ - 1e-6) {
                return std::nullopt;  // a better optimum than the one to be profiled
            }
            const double root = std::sqrt(std::max(found->deviance - least_, 0.0));
            if (std::abs(root - wanted) < 1e-9) {
                return next;
            }
            (root < wanted ? inside : outside) = next;
            if (root < wanted && next == end) {
                return end;
            }
            from = *std::move(found);
            // Roots of deviances are close to straight lines: Newton's step, or along the chord from the
            // optimum.
            const double steepness = std::abs(from.slope) / (2 * std::max(root, 1e-300));
            double target = from.held + side * (wanted - root) / steepness;
            const double farthest = deviance_.optimum + 4 * (from.held - deviance_.optimum);
            if (!std::isfinite(target) || side * (target - farthest) > 0) {
                target = farthest;
            }
            if (side * (target - inside) <= 0 || side * (outside - target) <= 0) {
                target = std::isfinite(outside) ? (inside + outside) / 2 : farthest;
                if (outside == end && std::isfinite(end) && side * (farthest - end) >= 0) {
                    target = end;
                }
            }
            if (std::abs(target - next) <= 1e-13 * std::abs(next)) {
                return target;
            }
            next = target;
        }
        return std::nullopt;
    }

  private:
    static constexpr int most_trials = 60;

    static double clamp(double value, double end, double side) {
        return side * (value - end) > 0 ? end : value;
    }

    // The least deviance with the parameter held, from the coordinates of another point of the profile.
    std::optional<ProfilePoint> best_with(double held, const ProfilePoint& from) {
        VectorXd point = from.coordinates;
        const double way = from.held - deviance_.optimum;
        if (way != 0) {  // along the straight line through the optimum
            point += (held - from.held) / way * (from.coordinates - deviance_.start);
        }
        DeviancePoint here = deviance_.at(held, point);
        if (!std::isfinite(here.value)) {
            point = from.coordinates;
            here = deviance_.at(held, point);
        }
        double radius = 1.0;
        constexpr int most_steps = 200;
        for (int step = 0; step < most_steps; ++step) {
            if (point.size() == 0) {
                break;
            }
            const TrustRegionStep proposed = trust_region_step(here.gradient, curvature_, radius);
            constexpr double nothing_to_gain = 1e-11;
            if (!(proposed.predicted > nothing_to_gain) || radius < 1e-13) {
                return ProfilePoint{held, here.value, here.slope, point};
            }
            const VectorXd target = point + proposed.step;
            DeviancePoint there = deviance_.at(held, target);
            const double ratio =
                std::isfinite(there.value) ? (here.value - there.value) / proposed.predicted : -1.0;
            if (std::isfinite(there.value) && there.gradient.allFinite()) {
                correct_curvature(proposed.step, there.gradient - here.gradient);
            }
            if (ratio > 0.75 && proposed.step.norm() > 0.9 * radius) {
                radius *= 4;
            } else if (!(ratio > 0.25)) {
                radius = proposed.step.norm() / 4;
            }
            const bool rounding = proposed.predicted < 1e-13 * std::abs(here.value);
            if (ratio > 1e-4 || (rounding && there.gradient.norm() < here.gradient.norm())) {
                point = target;
                here = std::move(there);
            } else if (rounding) {
                return ProfilePoint{held, here.value, here.slope, point};
            }
        }
        return point.size() == 0 ? std::optional(ProfilePoint{held, here.value, here.slope, point})
                                 : std::nullopt;
    }

    // The symmetric rank-one update (Nocedal & Wright 2006, eq. 6.24).
    void correct_curvature(const VectorXd& step, const VectorXd& change) {
        const VectorXd missed = change - curvature_ * step;
        const double along = missed.dot(step);
        if (std::abs(along) > 1e-8 * missed.norm() * step.norm()) {
            curvature_ += missed * missed.transpose() / along;
        }
    }

    const ConditionalDeviance& deviance_;
    double least_;
    MatrixXd curvature_;
};

ProfiledNumber profiled(const ConditionalDeviance& deviance, double least, double wanted) {
    ProfiledNumber number;
    number.term = deviance.name;
    number.estimate = deviance.outer(deviance.optimum);
    Profiler profiler(deviance, least);
    for (const double side : {-1.0, 1.0}) {
        const std::optional<double> limit = profiler.limit(wanted, side);
        (side < 0 ? number.interval.low : number.interval.high) = limit ? deviance.outer(*limit) : unknown;
    }
    return number;
}

}  // namespace

Result<Profile> profile_mixed_model(std::string_view formula, const Data& data,
                                    const MixedModelOptions& options, double level) {
    ENSURE(level > 0 && level < 1);
    if (!options.serial_time.empty() || !options.residual_strata.empty()) {
        return fail(
            usage_error("Profile intervals are not available with serial correlation or residual variances "
                        "that differ."));
    }
    MixedModelOptions likelihood = options;
    likelihood.criterion = Criterion::maximum_likelihood;
    const Problem problem = TRY(make_mixed_problem(formula, data, likelihood));
    if (!problem.products) {
        return fail(unacceptable(
            "Profile intervals are computed for one grouping factor; this formula has several."));
    }
    const RandomEffects& effects = problem.coordinates.effects;
    Minimum minimum = minimise(*problem.kernel, effects, problem.setting, start_of(problem));
    const ObjectivePoint& point = *minimum.point;
    TRY_DO(check_residual(problem, point.residual_squares()));
    const Certificate certificate =
        certify(minimum, effects, original_factors(problem.coordinates, point.factors()));
    if (certificate.status == "not-certified") {
        return fail(unacceptable("There is no certified optimum to profile: " + certificate.words));
    }
    const double wanted = student_t_quantile(0.5 + level / 2, std::numeric_limits<double>::infinity());
    Profile profile;
    profile.level = level;
    profile.deviance = point.value();
    for (const auto& held : hold_coefficients(problem, point)) {
        profile.fixed.push_back(profiled(*held, point.value(), wanted));
    }
    const std::vector<std::string> names = random_names(problem);
    const auto numbers = hold_random_numbers(problem, point, options.threads);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
        profile.random.push_back(numbers[k] ? profiled(*numbers[k], point.value(), wanted)
                                            : ProfiledNumber{names[k], unknown, {}});
    }
    return profile;
}

}  // namespace groundwork::statistics
