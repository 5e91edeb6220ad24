// The functions of the small language (expression.h). Private to table/.
#pragma once

#include <string_view>
#include <vector>

#include "table/expression_value.h"

namespace groundwork::table {

// `name` of the arguments over `rows` rows, or what is wrong in words.
Computed call_function(std::string_view name, const std::vector<Value>& arguments, std::size_t rows);

}  // namespace groundwork::table
