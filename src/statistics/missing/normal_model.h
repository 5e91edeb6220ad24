// The unrestricted multivariate normal of data with holes.
#pragma once

#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

struct NormalModel {
    std::size_t rows_used = 0;  // with at least one value
    std::size_t patterns = 0;
    std::vector<double> mean;
    Matrix covariance;                // maximum likelihood: no n - 1
    double log_likelihood = unknown;  // of the values that are there
    int steps = 0;                    // EM steps, extrapolated ones included
};

// Maximum likelihood by EM over patterns of missing values (Dempster, Laird & Rubin 1977; Little & Rubin
// 2020, section 11.2), sped up by squared extrapolation (Varadhan & Roland 2008), until a step changes the
// log-likelihood by less than 1e-11 of its size twice. One span for each column, NaN missing. Errors: an
// infinite or constant column, two columns never seen together, covariances that become singular.
Result<NormalModel> fit_normal(std::span<const std::span<const double>> columns);

}  // namespace groundwork::statistics
