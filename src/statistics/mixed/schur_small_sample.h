// What Kenward and Roger's method needs of several grouping factors (kernel.h: SmallSampleSums).
#pragma once

#include <optional>

#include "statistics/mixed/kernel.h"
#include "statistics/mixed/schur_factor.h"

namespace groundwork::statistics {

// `t` = Z' H^-1 [W r]. By the whole matrix S = Z' H^-1 Z, so quadratic in the number of effects in memory:
// nothing where there are more than 4,000.
std::optional<SmallSampleSums> small_sample_sums(const SchurFactor& factor, const Effects& t);

}  // namespace groundwork::statistics
