// Random quantities that simulations share, each from the numbers of a RandomStream alone.
#pragma once

#include "foundation/foundation.h"

namespace groundwork::statistics {

// Chi-square with `degrees` degrees of freedom: twice a gamma of half as many (Marsaglia & Tsang 2000).
// degrees >= 0; 0 gives 0.
double next_chi_square(RandomStream& random, std::size_t degrees);

}  // namespace groundwork::statistics
