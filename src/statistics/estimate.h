// One estimated number with what belongs to it; shared by every kind of model.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace groundwork::statistics {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

struct Estimate {
    std::string term;  // R's names: (Intercept), week, armLKM, week:armLKM:scc
    double estimate = unknown;
    double standard_error = unknown;
    double degrees_of_freedom = unknown;  // infinite for a z statistic
    double statistic = unknown;           // estimate / standard_error
    double p = unknown;                   // two-sided
};

struct Interval {
    double low = unknown;
    double high = unknown;
};

// An estimate with its statistic and p filled in. standard_error >= 0; where it is 0 the statistic stays
// unknown.
Estimate make_estimate(std::string term, double estimate, double standard_error, double degrees_of_freedom);

// estimate -/+ t quantile x standard error. 0 < level < 1.
Interval confidence_interval(const Estimate& estimate, double level = 0.95);

}  // namespace groundwork::statistics
