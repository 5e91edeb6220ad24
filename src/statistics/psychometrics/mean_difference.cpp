#include "statistics/psychometrics/mean_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "statistics/descriptive.h"
#include "statistics/distributions.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

constexpr double largest_t = 200;

// The noncentrality at which P(T <= t) = p; the probability falls as the noncentrality rises.
double noncentrality_at(double t, double degrees, double p) {
    const auto excess = [&](double delta) { return noncentral_t_probability_below(t, degrees, delta) - p; };
    double width = 5 + std::abs(t) * 2 / std::sqrt(2 * degrees) * 3;
    double low = t - width, high = t + width;
    while (excess(low) < 0) {
        low -= width;
    }
    while (excess(high) > 0) {
        high += width;
    }
    double at_low = excess(low), at_high = excess(high);
    // Illinois' regula falsi, safe because the bracket only shrinks.
    int side = 0;
    for (int step = 0; step < 200 && high - low > 1e-12 * (1 + std::abs(low)); ++step) {
        double middle = (low * at_high - high * at_low) / (at_high - at_low);
        if (!(middle > low && middle < high) || step % 8 == 7) {
            middle = (low + high) / 2;
        }
        const double at_middle = excess(middle);
        if (at_middle == 0) {
            return middle;
        }
        if (at_middle > 0) {
            low = middle;
            at_low = at_middle;
            at_high *= side == 1 ? 0.5 : 1;
            side = 1;
        } else {
            high = middle;
            at_high = at_middle;
            at_low *= side == -1 ? 0.5 : 1;
            side = -1;
        }
    }
    return (low + high) / 2;
}

Interval times(Interval interval, double factor) { return {interval.low * factor, interval.high * factor}; }

Result<void> check_group(const Summary& summary, const char* which) {
    if (summary.n < 2) {
        return fail(unacceptable(fmt::format("{} has {} value{}; at least two are needed.", which, summary.n,
                                             summary.n == 1 ? "" : "s")));
    }
    if (!is_usable(summary.mean) || !is_usable(summary.standard_deviation)) {
        return fail(unacceptable(fmt::format("{} has values that are infinite or beyond 1e50.", which)));
    }
    return {};
}

void add(MeanDifference& result, std::string name, std::string words, double value, Interval interval) {
    result.standardised.push_back({std::move(name), std::move(words), value, interval});
}

}  // namespace

const StandardisedDifference* MeanDifference::find(std::string_view name) const {
    const auto found = std::find_if(standardised.begin(), standardised.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found == standardised.end() ? nullptr : &*found;
}

double hedges_factor(double degrees) {
    ENSURE(degrees > 1);
    return std::exp(std::lgamma(degrees / 2) - std::lgamma((degrees - 1) / 2)) / std::sqrt(degrees / 2);
}

Interval noncentrality_interval(double t, double degrees, double level) {
    ENSURE(level > 0 && level < 1 && degrees > 0 && std::abs(t) <= largest_t);
    return {noncentrality_at(t, degrees, (1 + level) / 2), noncentrality_at(t, degrees, (1 - level) / 2)};
}

Result<MeanDifference> independent_difference(std::span<const double> first, std::span<const double> second,
                                              double level) {
    const Summary one = summarise(first), two = summarise(second);
    TRY_DO(check_group(one, "The first group"));
    TRY_DO(check_group(two, "The second group"));
    const auto n1 = static_cast<double>(one.n), n2 = static_cast<double>(two.n);
    const double degrees = n1 + n2 - 2;
    const double pooled = std::sqrt(((n1 - 1) * one.standard_deviation * one.standard_deviation +
                                     (n2 - 1) * two.standard_deviation * two.standard_deviation) /
                                    degrees);
    MeanDifference result;
    result.n1 = one.n;
    result.n2 = two.n;
    result.difference = two.mean - one.mean;
    const double size = std::sqrt(n1 * n2 / (n1 + n2));
    result.t = result.difference / pooled * size;
    if (!(pooled > 0) || std::abs(result.t) > largest_t) {
        return fail(unacceptable(
            "The values hardly vary inside the groups, so the difference cannot be standardised."));
    }
    result.degrees_of_freedom = degrees;
    result.p = student_t_two_sided_p(result.t, degrees);
    const double d = result.difference / pooled, j = degrees > 1 ? hedges_factor(degrees) : unknown;
    const Interval interval = times(noncentrality_interval(result.t, degrees, level), 1 / size);
    add(result, "d", "over the pooled standard deviation", d, interval);
    add(result, "g", "d without its small-sample bias", j * d, times(interval, j));
    const double glass = result.difference / one.standard_deviation;
    if (one.standard_deviation > 0 && std::abs(glass * size) <= largest_t) {
        add(result, "glass_delta", "over the first group's standard deviation", glass,
            times(noncentrality_interval(glass * size, n1 - 1, level), 1 / size));
    }
    return result;
}

Result<MeanDifference> paired_difference(std::span<const double> before, std::span<const double> after,
                                         double level) {
    ENSURE(before.size() == after.size());
    std::vector<double> first, second, differences;
    for (std::size_t row = 0; row < before.size(); ++row) {
        if (!std::isnan(before[row]) && !std::isnan(after[row])) {
            first.push_back(before[row]);
            second.push_back(after[row]);
            differences.push_back(after[row] - before[row]);
        }
    }
    const Summary one = summarise(first), two = summarise(second), change = summarise(differences);
    TRY_DO(check_group(one, "The first occasion"));
    TRY_DO(check_group(two, "The second occasion"));
    const auto n = static_cast<double>(one.n);
    MeanDifference result;
    result.n1 = result.n2 = one.n;
    result.difference = change.mean;
    result.t = change.mean / change.standard_deviation * std::sqrt(n);
    if (!(change.standard_deviation > 0) || std::abs(result.t) > largest_t) {
        return fail(unacceptable(
            "Everybody changed by nearly the same amount, so the change cannot be standardised."));
    }
    result.degrees_of_freedom = n - 1;
    result.p = student_t_two_sided_p(result.t, n - 1);
    result.correlation = correlation(first, second);
    const double d = change.mean / change.standard_deviation, j = n > 2 ? hedges_factor(n - 1) : unknown;
    const Interval interval = times(noncentrality_interval(result.t, n - 1, level), 1 / std::sqrt(n));
    const double v1 = one.standard_deviation * one.standard_deviation;
    const double v2 = two.standard_deviation * two.standard_deviation;
    const double to_rm = std::sqrt(2 * (1 - result.correlation));
    const double to_av = change.standard_deviation / std::sqrt((v1 + v2) / 2);
    add(result, "d_z", "over the standard deviation of the changes", d, interval);
    add(result, "d_rm", "d_z corrected for the correlation of the occasions", d * to_rm,
        times(interval, to_rm));
    add(result, "d_av", "over the average standard deviation of the occasions", d * to_av,
        times(interval, to_av));
    if (one.standard_deviation > 0) {
        const double to_before = change.standard_deviation / one.standard_deviation;
        add(result, "d_b", "over the standard deviation before", d * to_before, times(interval, to_before));
    }
    add(result, "g_z", "d_z without its small-sample bias", j * d, times(interval, j));
    add(result, "g_rm", "d_rm without its small-sample bias", j * d * to_rm, times(interval, j * to_rm));
    add(result, "g_av", "d_av without its small-sample bias", j * d * to_av, times(interval, j * to_av));
    return result;
}

}  // namespace groundwork::statistics
