// How far the items of a scale measure one thing.
#pragma once

#include <span>

namespace groundwork::statistics {

// What to do with a row in which some items are missing.
enum class PartialRows {
    leave_out,  // only rows with every item count
    pairwise,   // each covariance from the rows that have both items, as R's psych::alpha does
};

// Cronbach's alpha (1951, eq. 2) from the covariance matrix. Each item is one span; reversed items must have
// been reversed. NaN with fewer than two items, fewer than three rows for a covariance, or no variation.
double cronbach_alpha(std::span<const std::span<const double>> items,
                      PartialRows rows = PartialRows::leave_out);

// McDonald's omega total (1999, eq. 6.20b) of one factor fitted to the correlations by minimum residuals
// (Harman & Jones 1966): 1 - sum of uniquenesses / sum of correlations. Only rows with every item count. A
// uniqueness is at least .005. NaN where alpha would be, and where an item does not vary.
double omega_total(std::span<const std::span<const double>> items);

}  // namespace groundwork::statistics
