// The names in a header, as every reader takes them. Private to table/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::table {

// The name that the one column without a name gets: R writes its row names so.
inline constexpr std::string_view row_name = "row_name";

// Refuses two columns of one name and more than one without; the one without becomes "row_name".
Result<std::vector<std::string>> checked_header(std::vector<std::string> names, std::string_view source,
                                                std::size_t header_row);

}  // namespace groundwork::table
