#include "instrument/change.h"

#include <cmath>
#include <numbers>

#include "foundation/foundation.h"

namespace groundwork::instrument {

ChangeCriterion change_criterion(const ChangeInputs& inputs) {
    ENSURE(inputs.standard_deviation > 0);
    ENSURE(inputs.reliability >= 0 && inputs.reliability < 1);
    ENSURE(inputs.z > 0);
    ChangeCriterion criterion;
    criterion.standard_error_of_measurement = inputs.standard_deviation * std::sqrt(1 - inputs.reliability);
    criterion.standard_error_of_difference = std::numbers::sqrt2 * criterion.standard_error_of_measurement;
    criterion.smallest_reliable_change = inputs.z * criterion.standard_error_of_difference;
    return criterion;
}

Change classify_change(double before, double after, const ChangeCriterion& criterion, BetterWhen better) {
    ENSURE(std::isfinite(before) && std::isfinite(after));
    const double gain = better == BetterWhen::higher ? after - before : before - after;
    if (std::abs(gain) <= criterion.smallest_reliable_change) {
        return Change::unchanged;
    }
    return gain > 0 ? Change::improved : Change::worse;
}

}  // namespace groundwork::instrument
