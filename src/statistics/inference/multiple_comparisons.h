// P values that allow for how many comparisons were made.
#pragma once

#include <span>
#include <vector>

#include "statistics/estimate.h"

namespace groundwork::statistics {

// P(Q > q) of the studentized range of `groups` standard normals over an independent chi / sqrt(degrees), by
// numerical integration (Copenhaver & Holland 1988): absolute error below 1e-10. q >= 0, groups >= 2, degrees
// > 0 or infinite.
double studentized_range_probability_above(double q, std::size_t groups, double degrees);

enum class Adjustment { none, holm, bonferroni, tukey };

// Two-sided p of every comparison, adjusted. tukey: the comparisons are all the pairs of `groups` estimates
// (Tukey 1949; Kramer 1956 where the standard errors differ). holm: Holm (1979). An unknown p stays unknown
// and does not count.
std::vector<double> adjusted_p(std::span<const Estimate> comparisons, Adjustment adjustment,
                               std::size_t groups);

}  // namespace groundwork::statistics
