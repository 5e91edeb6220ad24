// Standardised mean differences of one sample, with intervals from the noncentral t distribution.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

struct StandardisedDifference {
    std::string name;  // "d", "g", "glass_delta", "d_z", "d_rm", "d_av", "d_b", "g_z", "g_rm", "g_av"
    std::string words;
    double value = unknown;
    Interval interval;
};

struct MeanDifference {
    std::size_t n1 = 0, n2 = 0;   // paired: both the number of complete pairs
    double difference = unknown;  // mean of the second less mean of the first
    double t = unknown, degrees_of_freedom = unknown, p = unknown;  // two-sided
    double correlation = unknown;                                   // paired only
    std::vector<StandardisedDifference> standardised;
    const StandardisedDifference* find(std::string_view name) const;  // nullptr where there is none
};

// Second less first of two independent groups, NaN left out:
//   d            over the pooled sd (Cohen 1988, eq. 2.5.1); interval by the noncentral t, exact under
//                normality and equal variances (Steiger & Fouladi 1997)
//   g            d times Hedges's (1981) J = gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)), m = n1 + n2 - 2
//   glass_delta  over the first group's sd (Glass 1976); interval: noncentral t with n1 - 1 degrees and
//                the same effective size, approximate unless variances are equal
// Errors: fewer than two values in a group, no variation, infinite values. 0 < level < 1.
Result<MeanDifference> independent_difference(std::span<const double> first, std::span<const double> second,
                                              double level = 0.95);

// After less before of the same people, pairs with a missing value left out:
//   d_z   over the sd of the differences; exact interval by the noncentral t
//   d_rm  d_z sqrt(2 (1 - r)) (Morris & DeShon 2002, eq. 8; Lakens 2013); interval: d_z's by the same factor
//   d_av  over the root of the mean of both variances (Cumming 2012); interval of Algina & Keselman (2003)
//   d_b   over the sd before (Becker 1988); interval by the same argument with that sd
//   g_z, g_rm, g_av  the same times J with n - 1 degrees of freedom
// The intervals of d_rm, d_av and d_b take their factor as known; they are approximate.
Result<MeanDifference> paired_difference(std::span<const double> before, std::span<const double> after,
                                         double level = 0.95);

// The noncentralities for which a t of `degrees` at least (at most) as large has probability (1 - level) / 2.
// |t| <= 200.
Interval noncentrality_interval(double t, double degrees, double level = 0.95);

// Hedges's small-sample factor. degrees > 1.
double hedges_factor(double degrees);

}  // namespace groundwork::statistics
