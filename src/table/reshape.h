// Between wide (one row a person, a column an occasion) and long (one row a person and occasion).
#pragma once

#include <string>
#include <vector>

#include "table/frame.h"

namespace groundwork::table {

struct Measure {
    std::string name;                  // the column of the long frame, e.g. "cesd"
    std::vector<std::string> columns;  // its columns in the wide frame, one for each occasion
};

// Long rows: for each wide row, one for each occasion, in order; other columns are repeated. The occasion's
// column holds numbers where every name of an occasion is one.
Result<Frame> wide_to_long(const Frame& wide, const std::vector<Measure>& measures,
                           const std::string& occasion_name, const std::vector<std::string>& occasions);

// One row for each value of `id`, with columns measure_occasion (ascending where occasions are numbers or
// dates, otherwise as they first appear). Other columns are kept where every person has one value in them,
// otherwise left out. A person with two rows for one occasion, and a missing id or occasion, is refused.
Result<Frame> long_to_wide(const Frame& tall, const std::string& id, const std::string& occasion,
                           const std::vector<std::string>& measures);

}  // namespace groundwork::table
