#include "instrument/change.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "foundation/foundation.h"

namespace groundwork::instrument {

ChangeCriterion change_criterion(const ChangeInputs& inputs) {
    ENSURE(inputs.standard_deviation > 0);
    ENSURE(inputs.reliability >= 0 && inputs.reliability < 1);
    ENSURE(inputs.z > 0);
    ChangeCriterion criterion;
    criterion.standard_error_of_measurement = inputs.standard_deviation * std::sqrt(1 - inputs.reliability);
    criterion.standard_error_of_difference = std::numbers::sqrt2 * criterion.standard_error_of_measurement;
    criterion.smallest_reliable_change = inputs.z * criterion.standard_error_of_difference;
    return criterion;
}

namespace {

// Each item that counts in a scale, with whether it counts turned round; false if one counts both ways.
bool add_directions(const Instrument& instrument, const Scale& scale, bool is_turned,
                    std::map<int, bool>& directions) {
    bool is_clear = true;
    for (const int item : scale.items) {
        const bool is_reversed = std::ranges::find(scale.reversed, item) != scale.reversed.end();
        const auto [place, is_new] = directions.emplace(item, is_reversed != is_turned);
        is_clear = is_clear && (is_new || place->second == (is_reversed != is_turned));
    }
    for (const std::string& id : scale.scales) {
        const Scale* part = instrument.find_scale(id);
        ENSURE(part != nullptr);
        const bool is_reversed = std::ranges::find(scale.reversed_scales, id) != scale.reversed_scales.end();
        is_clear = add_directions(instrument, *part, is_reversed != is_turned, directions) && is_clear;
    }
    return is_clear;
}

}  // namespace

std::optional<BetterWhen> better_when(const Instrument& instrument, const Scale& scale) {
    std::map<int, bool> of_total, of_scale;
    if (!add_directions(instrument, instrument.scales.front(), false, of_total) ||
        !add_directions(instrument, scale, false, of_scale)) {
        return std::nullopt;
    }
    std::set<bool> turned;
    for (const auto& [item, is_reversed] : of_scale) {
        const auto place = of_total.find(item);
        if (place == of_total.end()) {
            return std::nullopt;
        }
        turned.insert(place->second != is_reversed);
    }
    if (turned.size() != 1) {
        return std::nullopt;
    }
    const bool higher_is_better = (instrument.higher_means == "better") != *turned.begin();
    return higher_is_better ? BetterWhen::higher : BetterWhen::lower;
}

Change classify_change(double before, double after, const ChangeCriterion& criterion, BetterWhen better) {
    ENSURE(std::isfinite(before) && std::isfinite(after));
    const double gain = better == BetterWhen::higher ? after - before : before - after;
    if (std::abs(gain) <= criterion.smallest_reliable_change) {
        return Change::unchanged;
    }
    return gain > 0 ? Change::improved : Change::worse;
}

}  // namespace groundwork::instrument
