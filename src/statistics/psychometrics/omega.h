// Omega from several group factors under one general factor.
#pragma once

#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

struct SchmidLeiman {
    std::size_t people = 0;         // complete rows
    double hierarchical = unknown;  // share of the sum's variance that the general factor makes
    double total = unknown;         // share that all common factors make
    Matrix loadings;                // items x (1 + factors): general first (Schmid & Leiman 1957)
    std::vector<double> uniqueness;
    Matrix factor_correlations;
    bool determined = true;  // false: more parameters than correlations, other solutions fit as well
};

// Minimum residual factors of the correlations (Harman & Jones 1966), oblimin rotation (gamma 0: Jennrich &
// Sampson 1966, by gradient projection: Jennrich 2002), one factor of the factors' correlations, and from it
// omega hierarchical and total (Zinbarg, Revelle, Yovel & Li 2005; McDonald 1999, eq. 6.20): with the
// settings of R's psych::omega(fm = "minres", rotate = "oblimin"), whose values it gives. With two factors
// both load the general factor by the square root of their correlation. One factor: that of omega_total(). 1
// <= factors < items; complete rows only. Errors: as analyse_items, and more factors than can be found.
Result<SchmidLeiman> schmid_leiman(std::span<const std::span<const double>> items, std::size_t factors);

}  // namespace groundwork::statistics
