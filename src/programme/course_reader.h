// From the "course" of a schema-checked protocol to a Course. Private to programme/.
#pragma once

#include <string_view>

#include "foundation/json.h"
#include "programme/course.h"

namespace groundwork::programme {

// Refuses names that point nowhere and probabilities that do not sum to 1.
Result<Course> read_course(const json::object& object, std::string_view file);

}  // namespace groundwork::programme
