// Where along a moderator a simple slope can be told from zero (Johnson & Neyman 1936; Bauer & Curran 2005).
#pragma once

#include <vector>

#include "statistics/estimate.h"

namespace groundwork::statistics {

// A slope that is linear in the moderator: b0 + b1 * moderator, with their covariance.
struct LinearSlope {
    double b0 = 0, b1 = 0;
    double variance_b0 = 0, variance_b1 = 0, covariance = 0;
    double degrees_of_freedom = 0;  // infinite = normal
};

struct SlopeAt {
    double slope = 0;
    double standard_error = 0;
    Interval interval;  // pointwise
};
SlopeAt slope_at(const LinearSlope& slope, double moderator, double level = 0.95);

// The moderator values at which the interval touches zero: none, one or two, ascending.
std::vector<double> johnson_neyman_boundaries(const LinearSlope& slope, double level = 0.95);

}  // namespace groundwork::statistics
