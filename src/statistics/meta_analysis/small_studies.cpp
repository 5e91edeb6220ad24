#include "statistics/meta_analysis/small_studies.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace groundwork::statistics {

namespace {

// Duval & Tweedie: what remains after trimming is fitted anew until the count no longer changes.
constexpr int most_rounds = 100;

std::vector<double> predictor_values(const Studies& studies, EggerPredictor predictor) {
    std::vector<double> values = studies.variances;
    if (predictor == EggerPredictor::standard_error) {
        std::transform(values.begin(), values.end(), values.begin(), [](double v) { return std::sqrt(v); });
    }
    return values;
}

Studies of(std::vector<double> effects, std::vector<double> variances) {
    Studies studies;
    studies.effects = std::move(effects);
    studies.variances = std::move(variances);
    studies.design = Matrix(studies.count(), 1);
    std::fill(studies.design.values.begin(), studies.design.values.end(), 1.0);
    studies.terms = {"(Intercept)"};
    studies.used.resize(studies.count());
    std::iota(studies.used.begin(), studies.used.end(), std::size_t{0});
    return studies;
}

struct Trimmed {
    double missing = 0;
    double standard_error = 0;
};

// Signed ranks of the distances from the centre. L0: a linear function of the ranks' sum to the right
// (Duval & Tweedie 2000b, eq. 8); R0: the length of the rightmost run (eq. 7).
Trimmed count_missing(const std::vector<double>& effects, double centre, TrimEstimator estimator) {
    std::vector<std::size_t> order(effects.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(effects[a] - centre) < std::abs(effects[b] - centre);
    });
    double sum_right = 0, largest_left = 0;
    for (std::size_t rank = 1; rank <= order.size(); ++rank) {
        const double distance = effects[order[rank - 1]] - centre;
        sum_right += distance > 0 ? static_cast<double>(rank) : 0;
        largest_left = distance < 0 ? static_cast<double>(rank) : largest_left;
    }
    const double k = static_cast<double>(effects.size());
    if (estimator == TrimEstimator::r0) {
        const double count = std::max(0.0, k - largest_left - 1);
        return {std::nearbyint(count), std::sqrt(2 * count + 2)};
    }
    const double raw = (4 * sum_right - k * (k + 1)) / (2 * k - 1);
    const double variance = (k * (k + 1) * (2 * k + 1) + 10 * std::pow(raw, 3) + 27 * raw * raw + 17 * raw -
                             18 * k * raw * raw - 18 * k * raw + 6 * k * k * raw) /
                            24;
    return {std::nearbyint(std::max(0.0, raw)), variance > 0 ? 4 * std::sqrt(variance) / (2 * k - 1) : 0};
}

Result<Trimmed> trim(const std::vector<double>& effects, const std::vector<double>& variances,
                     const MetaOptions& options, TrimEstimator estimator, double& centre) {
    Trimmed now;
    for (int round = 0; round < most_rounds; ++round) {
        const auto left = static_cast<std::ptrdiff_t>(effects.size() - static_cast<std::size_t>(now.missing));
        const Studies rest =
            of({effects.begin(), effects.begin() + left}, {variances.begin(), variances.begin() + left});
        centre = TRY(fit_meta_analysis(rest, options)).fixed.front().estimate;
        const Trimmed next = count_missing(effects, centre, estimator);
        const bool same = next.missing == now.missing;
        now = next;
        now.missing = std::min(now.missing, static_cast<double>(effects.size() - 1));
        if (same) {
            return now;
        }
    }
    return fail(
        unacceptable("Trim and fill does not come to rest: the number of missing studies keeps changing.")
            .remedy("Try the other estimator (--trim-fill R0 or L0)."));
}

Result<FunnelSide> find_side(const Studies& studies, const MetaOptions& options) {
    MetaOptions plain = options;
    plain.test = CoefficientTest::normal;
    const EggerTest test = TRY(egger_test(studies, plain, EggerModel::mixed_effects));
    return test.slope.estimate < 0 ? FunnelSide::right : FunnelSide::left;
}

}  // namespace

Result<EggerTest> egger_test(const Studies& studies, const MetaOptions& options, EggerModel model,
                             EggerPredictor predictor) {
    const std::string name = predictor == EggerPredictor::variance ? "vi" : "sei";
    const Studies wider = with_column(studies, name, predictor_values(studies, predictor));
    if (wider.coefficients() == studies.coefficients()) {
        return fail(
            unacceptable("Egger's test needs studies of different precision; here the moderators or equal "
                         "variances determine the standard errors.")
                .remedy("There is nothing to test: leave --egger out."));
    }
    if (studies.count() < std::max<std::size_t>(3, wider.coefficients() + 1)) {
        return fail(
            unacceptable("Egger's test needs at least three studies, and more than coefficients; there are " +
                         std::to_string(studies.count()) + "."));
    }
    MetaOptions chosen = options;
    if (model == EggerModel::weighted_lm) {
        // Weighted least squares with a free scale: equal effects with their covariance times q / (k - p).
        chosen.method = HeterogeneityMethod::equal_effects;
        chosen.test = CoefficientTest::knapp_hartung;
    }
    const MetaAnalysis fitted = TRY(fit_meta_analysis(wider, chosen));
    EggerTest test;
    test.model = model;
    test.slope = fitted.fixed.back();
    if (studies.has_intercept && studies.coefficients() == 1) {
        test.limit = fitted.fixed.front();
        test.limit_interval = fitted.intervals.front();
    }
    return test;
}

Result<TrimAndFill> trim_and_fill(const Studies& studies, const MetaOptions& options, TrimEstimator estimator,
                                  FunnelSide side) {
    if (!studies.has_intercept || studies.coefficients() != 1) {
        return fail(usage_error("Trim and fill is for a synthesis without moderators.")
                        .remedy("Leave --mods or --trim-fill out."));
    }
    if (studies.count() < 3) {
        return fail(unacceptable("Trim and fill needs at least three studies; there are " +
                                 std::to_string(studies.count()) + "."));
    }
    TrimAndFill result;
    result.side = side == FunnelSide::found ? TRY(find_side(studies, options)) : side;
    const double sign = result.side == FunnelSide::right ? -1 : 1;
    std::vector<std::size_t> order(studies.count());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return sign * studies.effects[a] < sign * studies.effects[b];
    });
    std::vector<double> effects, variances;
    for (const std::size_t place : order) {
        effects.push_back(sign * studies.effects[place]);
        variances.push_back(studies.variances[place]);
    }
    double centre = 0;
    MetaOptions plain = options;
    plain.test = CoefficientTest::normal;  // only the centre counts
    const Trimmed found = TRY(trim(effects, variances, plain, estimator, centre));
    result.missing = static_cast<std::size_t>(found.missing);
    result.standard_error = found.standard_error;
    if (estimator == TrimEstimator::r0) {
        result.p = result.missing > 0 ? std::pow(0.5, found.missing) : 1;
    }
    std::vector<double> all_effects = studies.effects, all_variances = studies.variances;
    for (std::size_t place = effects.size() - result.missing; place < effects.size(); ++place) {
        result.filled_effects.push_back(sign * (2 * centre - effects[place]));
        result.filled_variances.push_back(variances[place]);
    }
    all_effects.insert(all_effects.end(), result.filled_effects.begin(), result.filled_effects.end());
    all_variances.insert(all_variances.end(), result.filled_variances.begin(), result.filled_variances.end());
    result.model = TRY(fit_meta_analysis(of(std::move(all_effects), std::move(all_variances)), options));
    return result;
}

std::vector<Result<MetaAnalysis>> leave_one_out(const Studies& studies, const MetaOptions& options) {
    std::vector<Result<MetaAnalysis>> results;
    for (std::size_t left_out = 0; left_out < studies.count(); ++left_out) {
        std::vector<std::size_t> places;
        for (std::size_t place = 0; place < studies.count(); ++place) {
            if (place != left_out) {
                places.push_back(place);
            }
        }
        if (places.empty()) {
            results.push_back(fail(unacceptable("Without the only study nothing is left.")));
            continue;
        }
        results.push_back(fit_meta_analysis(subset(studies, places), options));
    }
    return results;
}

}  // namespace groundwork::statistics
