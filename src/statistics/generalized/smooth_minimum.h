// Newton's method with a trust region for a function that knows its gradient: the Hessian is begun by
// differences of the gradient, kept up by symmetric rank-one updates, and taken anew by central differences
// at the end.
#pragma once

#include <functional>
#include <vector>

#include "statistics/matrix.h"

namespace groundwork::statistics {

struct SmoothFunction {
    std::function<double(const std::vector<double>&)> value;  // infinite where it is undefined
    std::function<std::vector<double>()> gradient;            // at the point of the last value()
    // Coordinates that may not pass this bound from below; infinite where there is none. A point on the bound
    // whose slope points beyond stays there, and its coordinate counts as fixed.
    std::vector<double> upper;
};

struct SmoothMinimum {
    std::vector<double> point, gradient;
    std::vector<bool> on_bound;
    double value = 0, start_value = 0;
    Matrix hessian;  // at the point; identity along coordinates on a bound
    int steps = 0, evaluations = 0;
};

// `is_scale`: coordinates in whose sign the function is symmetric (standard deviations); tiny ones end as
// exact zeros. value(start) must be finite. Ends with function evaluated at the point.
SmoothMinimum minimise(const SmoothFunction& function, std::vector<double> start,
                       const std::vector<bool>& is_scale);

}  // namespace groundwork::statistics
