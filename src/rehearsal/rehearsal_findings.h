// Whether the truth comes back: effects from the data that the programme kept, flags against what is so.
#pragma once

#include "rehearsal/rehearse.h"

namespace groundwork::rehearsal {

// Fills `recovered` and `flags`.
Result<void> find(const RehearsalPlan& plan, const programme::Protocol& protocol, const Crowd& crowd,
                  const RehearsalRecord& record, RehearsalOutcome& outcome);

}  // namespace groundwork::rehearsal
