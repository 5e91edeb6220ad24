// The traces that the log determinant's slopes are made of, for several grouping factors.
#pragma once

#include <vector>

#include "statistics/mixed/schur_factor.h"

namespace groundwork::statistics {

// By block, the sum over levels of Lambda' S = M^-1 Lambda' A on the diagonal. They need M^-1 only where A
// has entries: M^-1_r = C^-1, M^-1_r0 = -C^-1 Y with Y = V L^-1, M^-1_0 = L'^-1 L^-1 + Y' C^-1 Y; all of
// these lie within the pattern of the factor of C. Uses the factor up: nothing can be solved with it
// afterwards.
std::vector<Matrix> scaled_traces(SchurFactor& factor);

}  // namespace groundwork::statistics
