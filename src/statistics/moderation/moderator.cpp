#include "statistics/moderation/moderator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "statistics/descriptive.h"

namespace groundwork::statistics {

namespace {

// One value for each level, or nothing if some level has several.
std::vector<double> values_by_level(std::span<const double> values, std::span<const std::int32_t> codes,
                                    std::size_t levels) {
    std::vector<double> by_level(levels, unknown);
    for (std::size_t row = 0; row < values.size(); ++row) {
        double& known = by_level[static_cast<std::size_t>(codes[row])];
        if (!std::isnan(known) && known != values[row]) {
            return {};
        }
        known = values[row];
    }
    return by_level;
}

Error not_linear(const Predictor& moderator, const std::string& problem) {
    return usage_error(problem)
        .value(moderator.name)
        .remedy(
            "A region needs an effect that changes in a straight line with a moderator measured as a number, "
            "for example "
            "the effect of week in 'y ~ week * scc'.");
}

}  // namespace

ObservedModerator observed_moderator(const Predictors& predictors, std::size_t predictor) {
    const Predictor& variable = predictors.list()[predictor];
    ENSURE(!variable.has_levels());
    ObservedModerator result;
    result.values = variable.values;
    const ModelFrame& frame = predictors.frame();
    std::size_t finest = 0;
    for (std::size_t part = 0; part < frame.group_codes.size(); ++part) {
        if (frame.group_levels[part] <= finest) {
            continue;
        }
        std::vector<double> values =
            values_by_level(variable.values, frame.group_codes[part], frame.group_levels[part]);
        if (!values.empty()) {
            finest = frame.group_levels[part];
            result.unit = predictors.formula().random[part].group;
            result.values = std::move(values);
        }
    }
    const Summary summary = summarise(result.values);
    result.mean = summary.mean;
    result.standard_deviation = summary.standard_deviation;
    result.low = summary.minimum;
    result.high = summary.maximum;
    return result;
}

std::vector<double> ModeratedEffect::at(double moderator) const {
    std::vector<double> weights = at_zero;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        weights[k] += moderator * per_unit[k];
    }
    return weights;
}

Result<ModeratedEffect> moderated_effect(const Predictors& predictors, const Focal& focal,
                                         const std::vector<Held>& held, std::size_t moderator,
                                         Averaging averaging) {
    const Predictor& variable = predictors.list()[moderator];
    if (variable.has_levels()) {
        return fail(not_linear(variable, "has levels, so there is nothing to draw a boundary along."));
    }
    // At the ends and in the middle: three points tell a line from a curve.
    const double places[3] = {variable.low, (variable.low + variable.high) / 2, variable.high};
    std::vector<std::vector<double>> weights;
    for (const double place : places) {
        std::vector<Held> here = held;
        here.push_back({moderator, place});
        const std::vector<double> all = TRY(effect_weights(predictors, focal, here, averaging));
        std::optional<std::vector<double>> kept = predictors.on_coefficients(all);
        if (!kept) {
            return fail(
                unacceptable("The data cannot tell this effect: a combination of categories has no rows.")
                    .at("", variable.name));
        }
        weights.push_back(std::move(*kept));
    }
    ModeratedEffect effect;
    bool depends = false;
    for (std::size_t k = 0; k < weights[0].size(); ++k) {
        const double slope = (weights[2][k] - weights[0][k]) / (places[2] - places[0]);
        const double size = std::abs(weights[0][k]) + std::abs(weights[2][k]);
        if (std::abs(weights[1][k] - (weights[0][k] + weights[2][k]) / 2) > 1e-9 * size) {
            return fail(not_linear(variable, "changes this effect in a curve."));
        }
        const bool changes = std::abs(slope * (places[2] - places[0])) > 1e-11 * size;
        depends = depends || changes;
        effect.per_unit.push_back(changes ? slope : 0.0);
        const double start = weights[0][k] - effect.per_unit.back() * places[0];
        effect.at_zero.push_back(std::abs(start) > 1e-12 * size ? start : 0.0);
    }
    if (!depends) {
        return fail(
            not_linear(variable, "does not change this effect: the formula has no such interaction."));
    }
    return effect;
}

ModeratedEffect calibrated(const ModeratedEffect& effect, double reliability, double mean) {
    ENSURE(reliability > 0 && reliability <= 1);
    ModeratedEffect result = effect;
    for (std::size_t k = 0; k < result.at_zero.size(); ++k) {
        result.at_zero[k] += mean * (1 - 1 / reliability) * effect.per_unit[k];
        result.per_unit[k] = effect.per_unit[k] / reliability;
    }
    return result;
}

ObservedModerator calibrated(ObservedModerator moderator, double reliability) {
    ENSURE(reliability > 0 && reliability <= 1);
    const auto predicted = [&](double score) {
        return moderator.mean + reliability * (score - moderator.mean);
    };
    for (double& value : moderator.values) {
        value = predicted(value);
    }
    moderator.low = predicted(moderator.low);
    moderator.high = predicted(moderator.high);
    moderator.standard_deviation *= reliability;
    return moderator;
}

Estimate calibrated_moderation(const Estimate& moderation, double reliability, double standard_error) {
    ENSURE(reliability > 0 && reliability <= 1 && standard_error >= 0);
    const double of_estimate = moderation.standard_error / reliability;
    const double of_reliability = moderation.estimate * standard_error / (reliability * reliability);
    return make_estimate(moderation.term, moderation.estimate / reliability,
                         std::hypot(of_estimate, of_reliability), moderation.degrees_of_freedom);
}

}  // namespace groundwork::statistics
