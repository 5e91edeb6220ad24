// People's places on a Rasch scale and how well the items fit them (not part of the door).
#pragma once

#include <vector>

#include "statistics/psychometrics/rasch.h"

namespace groundwork::statistics {

// Fills persons, person_separation and the items' fit statistics. categories[item][row], -1 where missing.
void add_people(RaschModel& model, const std::vector<std::vector<int>>& categories);

}  // namespace groundwork::statistics
