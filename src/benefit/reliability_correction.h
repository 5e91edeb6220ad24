// The analysis of covariance corrected for measurement error in what it adjusts for.
#pragma once

#include "benefit/models.h"

namespace groundwork::benefit {

struct AssumedReliability {
    double baseline = 1;  // 0 < r <= 1; 1 = measured without error
    double moderator = 1;
};

// A baseline measured with error is adjusted for too little, and what is left over goes to whatever is
// correlated with it. With independent errors of known variance, (1 - reliability) times the observed
// variance, the consistent estimate solves  sum_i (x_i x_i' - E_i) b = sum_i x_i y_i  with E_i the error's
// covariance in row i (Fuller 1987, Measurement Error Models, section 2.2; Carroll et al. 2006, section 3.4).
// The moderator's error enters its products with the arms too. Standard errors by the sandwich of these
// equations (the reliabilities taken as known), with n - p degrees of freedom. An error where the corrected
// cross-products are not positive definite: reliability that low contradicts the data.
Result<FixedEffects> reliability_corrected(const Study& study, const ModeratorScale& scale,
                                           const AssumedReliability& reliability);

}  // namespace groundwork::benefit
