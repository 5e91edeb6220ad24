// Reliable change (Jacobson & Truax 1991, J. Consult. Clin. Psychol. 59, 12-19).
#pragma once

#include <optional>

#include "instrument/definition.h"

namespace groundwork::instrument {

struct ChangeInputs {
    double standard_deviation = 0;  // of the scale before, in the reference group; > 0
    double reliability = 0;         // 0 <= r < 1
    double z = 1.96;                // two-sided 5 %
};

struct ChangeCriterion {
    double standard_error_of_measurement = 0;  // SD * sqrt(1 - r)
    double standard_error_of_difference = 0;   // sqrt(2) * SEM
    double smallest_reliable_change = 0;       // z * SE of difference
};

ChangeCriterion change_criterion(const ChangeInputs& inputs);

enum class Change { improved, unchanged, worse };
enum class BetterWhen { higher, lower };

// Whether a higher score of this scale is better: what the instrument says of its total, turned round where
// the scale counts its items the other way than the total does. Nothing where that cannot be told from the
// key.
std::optional<BetterWhen> better_when(const Instrument& instrument, const Scale& scale);

// |after - before| must exceed the smallest reliable change.
Change classify_change(double before, double after, const ChangeCriterion& criterion, BetterWhen better);

}  // namespace groundwork::instrument
