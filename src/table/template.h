// Column templates of the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::table {

// "scs_{}" with count 3 gives scs_1, scs_2, scs_3; "a,b,c" gives those, and must then name exactly `count`
// columns. count 0 accepts any number of listed columns.
Result<std::vector<std::string>> expand_template(std::string_view columns, std::size_t count);

}  // namespace groundwork::table
