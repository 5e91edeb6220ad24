#include "statistics/missing/pooling.h"

#include <cmath>
#include <limits>

namespace groundwork::statistics {

PooledEstimate pool(std::string term, std::span<const double> estimates,
                    std::span<const double> standard_errors, double complete_degrees) {
    ENSURE(estimates.size() >= 2 && estimates.size() == standard_errors.size());
    ENSURE(complete_degrees > 0);
    const auto m = static_cast<double>(estimates.size());
    double mean = 0, within = 0, between = 0;
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        mean += estimates[i] / m;
        within += standard_errors[i] * standard_errors[i] / m;
    }
    for (const double estimate : estimates) {
        between += (estimate - mean) * (estimate - mean) / (m - 1);
    }
    const double total = within + (1 + 1 / m) * between;
    const double share = total > 0 ? (1 + 1 / m) * between / total : 0;
    const double old_degrees =
        share > 0 ? (m - 1) / (share * share) : std::numeric_limits<double>::infinity();
    double degrees = old_degrees;
    if (std::isfinite(complete_degrees)) {
        const double observed =
            (complete_degrees + 1) / (complete_degrees + 3) * complete_degrees * (1 - share);
        degrees = std::isinf(old_degrees) ? observed : old_degrees * observed / (old_degrees + observed);
    }
    PooledEstimate pooled;
    pooled.estimate = make_estimate(std::move(term), mean, std::sqrt(total), degrees);
    pooled.within = within;
    pooled.between = between;
    pooled.relative_increase = within > 0 ? (1 + 1 / m) * between / within : unknown;
    const double r = pooled.relative_increase;
    pooled.missing_information = std::isinf(degrees) ? r / (r + 1) : (r + 2 / (degrees + 3)) / (r + 1);
    return pooled;
}

}  // namespace groundwork::statistics
