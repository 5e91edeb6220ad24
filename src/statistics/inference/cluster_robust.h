// Standard errors that hold whatever the correlation within clusters: the bias-reduced sandwich CR2 with
// Satterthwaite degrees of freedom, usable from about ten clusters on (Bell & McCaffrey 2002; Pustejovsky &
// Tipton 2018, J. Bus. Econ. Stat. 36(4), eqs. 4-16).
#pragma once

#include <string>
#include <string_view>

#include "statistics/inference/coefficients.h"

namespace groundwork::statistics {

// The model's coefficients with the CR2 covariance; degrees of freedom of any sum of them by Satterthwaite,
// joint tests by Hotelling's T^2 (HTZ: their eq. 16 ff.). The working covariance is the model's own:
// independent rows for least squares, the fitted random effects otherwise. `cluster` names a column; rows
// without a value of it are refused, as are fewer than two clusters and clusters that split a random effect's
// group. One small square root for each cluster: cubic in its rows.
Result<Coefficients> cluster_robust(const LinearModel& model, std::string_view formula, const Data& data,
                                    const std::string& cluster);
Result<Coefficients> cluster_robust(const MixedModel& model, std::string_view formula, const Data& data,
                                    const std::string& cluster);

}  // namespace groundwork::statistics
