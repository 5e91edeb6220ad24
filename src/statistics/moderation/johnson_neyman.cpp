#include "statistics/moderation/johnson_neyman.h"

#include <algorithm>
#include <cmath>

#include "foundation/foundation.h"
#include "statistics/distributions.h"

namespace groundwork::statistics {

SlopeAt slope_at(const LinearSlope& slope, double moderator, double level) {
    ENSURE(level > 0 && level < 1);
    SlopeAt result;
    result.slope = slope.b0 + slope.b1 * moderator;
    const double variance =
        slope.variance_b0 + moderator * (2 * slope.covariance + moderator * slope.variance_b1);
    result.standard_error = std::sqrt(std::max(variance, 0.0));
    const double half = student_t_quantile(0.5 + level / 2, slope.degrees_of_freedom) * result.standard_error;
    result.interval = {result.slope - half, result.slope + half};
    return result;
}

// (b0 + b1 m)^2 = t^2 (v00 + 2 v01 m + v11 m^2), a quadratic a m^2 + 2 h m + c = 0.
std::vector<double> johnson_neyman_boundaries(const LinearSlope& slope, double level) {
    ENSURE(level > 0 && level < 1);
    const double t = student_t_quantile(0.5 + level / 2, slope.degrees_of_freedom);
    const double a = slope.b1 * slope.b1 - t * t * slope.variance_b1;
    const double h = slope.b0 * slope.b1 - t * t * slope.covariance;
    const double c = slope.b0 * slope.b0 - t * t * slope.variance_b0;
    if (a == 0) {
        return h == 0 ? std::vector<double>{} : std::vector<double>{-c / (2 * h)};
    }
    const double discriminant = h * h - a * c;
    if (discriminant < 0) {
        return {};
    }
    // The root without cancellation first; the other from their product c / a.
    const double q = -(h + std::copysign(std::sqrt(discriminant), h));
    if (q == 0) {
        return {0.0};
    }
    std::vector<double> roots = {q / a, c / q};
    if (discriminant == 0) {
        roots.pop_back();
    }
    std::sort(roots.begin(), roots.end());
    return roots;
}

}  // namespace groundwork::statistics
