#include "statistics/descriptive.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "foundation/foundation.h"

namespace groundwork::statistics {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::vector<double> without_missing(std::span<const double> values) {
    std::vector<double> present;
    present.reserve(values.size());
    std::copy_if(values.begin(), values.end(), std::back_inserter(present),
                 [](double v) { return !std::isnan(v); });
    return present;
}

double mean_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    // A second pass takes up what rounding left over.
    const double first = sum / static_cast<double>(values.size());
    double rest = 0;
    for (const double value : values) {
        rest += value - first;
    }
    return std::isfinite(first) ? first + rest / static_cast<double>(values.size()) : first;
}

}  // namespace

Summary summarise(std::span<const double> values) {
    const std::vector<double> present = without_missing(values);
    Summary summary{present.size(), none, none, none, none};
    if (present.empty()) {
        return summary;
    }
    summary.mean = mean_of(present);
    const auto [low, high] = std::minmax_element(present.begin(), present.end());
    summary.minimum = *low;
    summary.maximum = *high;
    if (present.size() >= 2) {
        double squares = 0;
        for (const double value : present) {
            squares += (value - summary.mean) * (value - summary.mean);
        }
        summary.standard_deviation = std::sqrt(squares / static_cast<double>(present.size() - 1));
    }
    return summary;
}

double quantile(std::span<const double> values, double p) {
    ENSURE(p >= 0 && p <= 1);
    std::vector<double> present = without_missing(values);
    if (present.empty()) {
        return none;
    }
    const double position = p * static_cast<double>(present.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    const auto at = present.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(present.begin(), at, present.end());
    const double part = position - static_cast<double>(below);
    if (part == 0) {
        return *at;
    }
    return *at + part * (*std::min_element(at + 1, present.end()) - *at);
}

double correlation(std::span<const double> x, std::span<const double> y) {
    ENSURE(x.size() == y.size());
    std::vector<double> a, b;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isnan(x[i]) && !std::isnan(y[i])) {
            a.push_back(x[i]);
            b.push_back(y[i]);
        }
    }
    if (a.size() < 2) {
        return none;
    }
    const double mean_a = mean_of(a), mean_b = mean_of(b);
    double aa = 0, bb = 0, ab = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
        ab += (a[i] - mean_a) * (b[i] - mean_b);
    }
    if (aa == 0 || bb == 0) {
        return none;
    }
    return std::clamp(ab / std::sqrt(aa) / std::sqrt(bb), -1.0, 1.0);
}

}  // namespace groundwork::statistics
