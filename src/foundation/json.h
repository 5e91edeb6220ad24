// JSON: Boost.JSON's values, with reading that says where and writing that keeps every double exact.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace groundwork {

namespace json = boost::json;

// A whole document. Trouble names `file`, the line and what stood there; a key written twice in one object is
// refused.
Result<json::value> parse_json(std::string_view text, std::string_view file);

// Indented by two spaces, keys in their order, doubles in the shortest form that reads back the same,
// numbers that JSON cannot say (NaN, infinities) as null, a newline at the end.
std::string write_json(const json::value& value);

}  // namespace groundwork
