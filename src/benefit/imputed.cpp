#include "benefit/imputed.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace groundwork::benefit {

namespace {

constexpr std::size_t fewest_values = 20;
constexpr double least_share = 0.6;
constexpr int finest_part_of_one = 40;
constexpr int finest_part_of_step = 12;

bool is_multiple(double value, double step) {
    const double steps = value / step;
    return std::abs(steps - std::round(steps)) < 1e-6;
}

std::size_t count_on(const std::vector<double>& values, double step) {
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [&](double value) { return is_multiple(value, step); }));
}

struct Mode {
    double value = 0;
    std::size_t count = 0;
};

Mode most_frequent(const std::vector<double>& values) {
    std::map<double, std::size_t> counts;
    for (const double value : values) {
        ++counts[value];
    }
    Mode mode;
    for (const auto& [value, count] : counts) {
        if (count > mode.count) {
            mode = {value, count};
        }
    }
    return mode;
}

// Most values lie on the step, and so do most of those that are not the most frequent one.
bool carries_most(const std::vector<double>& values, const Mode& mode, double step) {
    const std::size_t on = count_on(values, step);
    const std::size_t mode_on = is_multiple(mode.value, step) ? mode.count : 0;
    const auto share = [](std::size_t part, std::size_t whole) {
        return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    return share(on, values.size()) >= least_share &&
           share(on - mode_on, values.size() - mode.count) >= least_share;
}

bool share_a_finer_grid(const std::vector<double>& values, double step) {
    for (int parts = 2; parts <= finest_part_of_step; ++parts) {
        if (count_on(values, step / parts) == values.size()) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<OffGrid> values_off_grid(std::span<const double> values) {
    std::vector<double> known;
    std::copy_if(values.begin(), values.end(), std::back_inserter(known),
                 [](double v) { return std::isfinite(v); });
    if (known.size() < fewest_values) {
        return std::nullopt;
    }
    const Mode mode = most_frequent(known);
    for (int parts = 1; parts <= finest_part_of_one; ++parts) {
        const double step = 1.0 / parts;
        if (!carries_most(known, mode, step)) {
            continue;
        }
        if (share_a_finer_grid(known, step)) {
            return std::nullopt;
        }
        OffGrid result;
        result.step = step;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i]) && !is_multiple(values[i], step)) {
                result.at.push_back(i);
            }
        }
        return result.at.empty() ? std::nullopt : std::optional(result);
    }
    return std::nullopt;
}

}  // namespace groundwork::benefit
