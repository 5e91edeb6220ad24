// One answer from several imputed data sets.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

struct PooledEstimate {
    Estimate estimate;                   // t with Barnard & Rubin's degrees of freedom
    double within = unknown;             // mean of the estimates' variances
    double between = unknown;            // variance of the estimates
    double relative_increase = unknown;  // (1 + 1/m) between / within
    // Share of the information that is missing, (r + 2 / (df + 3)) / (r + 1), r the relative increase.
    double missing_information = unknown;
};

// Rubin (1987, section 3.1); degrees of freedom of Barnard & Rubin (1999, Biometrika 86, eqs. 3-5), with
// `complete_degrees` those of the complete-data analysis (infinite: Rubin's own). At least two analyses, of
// one number each: estimates and their standard errors.
PooledEstimate pool(std::string term, std::span<const double> estimates,
                    std::span<const double> standard_errors, double complete_degrees);

}  // namespace groundwork::statistics
