// Values that look filled in afterwards: most of a questionnaire's scores lie on a grid, and some fall
// between.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace groundwork::benefit {

struct OffGrid {
    double step = 0;              // the grid on which the others lie: 1, 1/2, 1/3, ...
    std::vector<std::size_t> at;  // positions of the values between its points, ascending
};

// Nothing, unless all of this holds (NaN is missing and does not count):
//   there are at least 20 values;
//   there is a coarsest step of 1, 1/2, ..., 1/40 on whose multiples at least 60 % of the values lie, also
//   when the most frequent value is left out (so that many zeros among measured quantities are no grid); some
//   values lie off it, and they do not all share a finer grid of that step divided by 2 to 12 (half points
//   are a finer scale, not a filled-in answer).
// Imputation by regression or by the mean gives such values; so does a score prorated for missing items.
std::optional<OffGrid> values_off_grid(std::span<const double> values);

}  // namespace groundwork::benefit
