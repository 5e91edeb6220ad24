// Reading single values of a protocol's file, which the schema has checked already. Private to programme/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.h"
#include "programme/ground.h"

namespace groundwork::programme {

std::string string_of(const json::value& value);
double number_of(const json::value& value);
int whole_of(const json::value& value);  // the schema has made sure that it is whole; 3.0 counts as whole
Text text_of(const json::value& value);
std::vector<std::string> strings_of(const json::value& value);
Ground ground_of(const json::object& object);
std::optional<Points> points_in(const json::object& object, std::string_view key);

// A probability with at most four decimals, in ten-thousandths.
Result<int> probability_of(const json::value& value, std::string_view file, std::string where);

}  // namespace groundwork::programme
