// Answers that a person with a given standing on a trait might give: a graded response model with normal
// noise (Samejima 1969, normal ogive form), one loading for all items.
#pragma once

#include <vector>

#include "foundation/foundation.h"
#include "instrument/instrument.h"

namespace groundwork::rehearsal {

struct AnswerModel {
    double loading = 0.65;    // correlation of an item's underlying response with the trait, in (0, 1)
    double difficulty = 0.0;  // in standard deviations: the higher, the lower the typical answer
    double spacing = 0.9;     // distance between neighbouring answers' thresholds, in standard deviations
};

// One answer for each item of the instrument. `trait` is in standard deviations, higher = a higher score on
// the first scale; items reversed there are answered the other way round. Draws one normal number for each
// item.
instrument::Answers simulate_answers(const instrument::Instrument& instrument, double trait,
                                     const AnswerModel& model, RandomStream& random);

}  // namespace groundwork::rehearsal
