// Whether the answer is the optimum, and what proves it.
#pragma once

#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

// `factors` in the original columns say which variances are zero or correlations perfect.
// certified: the slope vanishes, the objective curves upward in every direction, less than 1e-9 remains to be
// gained. certified-singular: the same on the boundary, where the curvature along a vanished effect is twice
// the one-sided slope of the objective in its variance, and must not be negative.
Certificate certify(Minimum& minimum, const RandomEffects& effects, const Factors& factors);

// The same for any criterion, of which `slope` and `curvature` (its Hessian) are known at the answer.
Certificate certify(const std::vector<double>& slope, const Matrix& curvature, const RandomEffects& effects,
                    const Factors& factors);

}  // namespace groundwork::statistics
