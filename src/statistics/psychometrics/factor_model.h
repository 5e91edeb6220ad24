// One common factor behind the items, by maximum likelihood, and the reliability that it implies.
#pragma once

#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

struct FactorLoading {
    double loading = unknown, loading_standard_error = unknown;    // per standard deviation of the factor
    double residual = unknown, residual_standard_error = unknown;  // variance that the factor leaves
    double standardised = unknown;                                 // loading / model-implied sd of the item
};

struct OneFactorModel {
    std::size_t people = 0;  // complete rows
    std::vector<FactorLoading> items;
    double log_likelihood = unknown;                                         // with means free
    double chi_square = unknown, degrees_of_freedom = unknown, p = unknown;  // n F against the free matrix
    double comparative_fit = unknown;                                        // CFI (Bentler 1990)
    double tucker_lewis = unknown;                                           // TLI
    double approximation_error = unknown;  // RMSEA (Steiger & Lind 1980), with divisor n
    // McDonald (1999, eqs. 6.20): (sum of loadings)^2 / the variance of the sum: the model's for total, the
    // observed one for hierarchical (which needs no model of what else the items share).
    double omega_total = unknown, omega_hierarchical = unknown;
    Interval omega_interval;  // of omega_total: delta method on the logit, 95 %
    std::vector<std::size_t>
        at_bound;  // items whose residual would have fallen below 0.5 % of their variance
};

// Fisher scoring on log|S| + tr(S^-1 C) (Jöreskog 1969, Psychometrika 34), C with divisor n, from the
// complete rows; standard errors from the expected information, as lavaan's with std.lv = TRUE. The factor's
// variance is 1, its sign such that the loadings sum to something positive. Needs three items and more people
// than items. Errors: as analyse_items, and correlations that are not positive definite.
Result<OneFactorModel> fit_one_factor(std::span<const std::span<const double>> items);

}  // namespace groundwork::statistics
