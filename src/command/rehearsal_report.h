// What a rehearsal says, as JSON and in words.
#pragma once

#include <iosfwd>

#include "foundation/json.h"
#include "rehearsal/rehearsal.h"

namespace groundwork::command {

// Everything but the time it took: equal plans give equal documents.
json::object rehearsal_json(const rehearsal::RehearsalPlan& plan, const rehearsal::RehearsalOutcome& outcome);

void print_rehearsal(std::ostream& out, const rehearsal::RehearsalPlan& plan,
                     const rehearsal::RehearsalOutcome& outcome, double seconds);

}  // namespace groundwork::command
