// Whether a protocol's course makes sense and is wise. Private to programme/; protocol_check.h asks it.
#pragma once

#include <map>
#include <vector>

#include "instrument/instrument.h"
#include "programme/protocol.h"

namespace groundwork::programme {

// Errors where the course could not run as written: forms and questions that do not exist, windows that never
// open, reminders after expiry, an outcome without a baseline, risk items nobody reads. Warnings where it is
// unwise: a burden over ten minutes in a usual week, groups that cannot reach k, arms that train longer or
// shorter than the course.
std::vector<instrument::Finding> check_course(const Protocol& protocol);

// What the recurring forms (daily and weekly) ask of a person in each week, in seconds: by week number.
std::map<int, int> burden_by_week(const Course& course);

}  // namespace groundwork::programme
