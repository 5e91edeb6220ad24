#include "statistics/estimate.h"

#include <cmath>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/distributions.h"

namespace groundwork::statistics {

Estimate make_estimate(std::string term, double estimate, double standard_error, double degrees_of_freedom) {
    Estimate result{std::move(term), estimate, standard_error, degrees_of_freedom, unknown, unknown};
    if (standard_error > 0 && degrees_of_freedom > 0) {
        result.statistic = estimate / standard_error;
        result.p = student_t_two_sided_p(result.statistic, degrees_of_freedom);
    }
    return result;
}

Interval confidence_interval(const Estimate& estimate, double level) {
    ENSURE(level > 0 && level < 1);
    if (!(estimate.standard_error >= 0) || !(estimate.degrees_of_freedom > 0)) {
        return {};
    }
    const double half =
        student_t_quantile(0.5 + level / 2, estimate.degrees_of_freedom) * estimate.standard_error;
    return {estimate.estimate - half, estimate.estimate + half};
}

}  // namespace groundwork::statistics
