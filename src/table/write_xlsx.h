// Excel workbooks. Private to table/.
#pragma once

#include <string>

#include "table/frame.h"

namespace groundwork::table {

// One sheet with a header, as write_table promises. The library writes numbers to 16 significant digits;
// Excel itself shows 15.
Result<void> write_xlsx(const Frame& frame, const std::string& path);

}  // namespace groundwork::table
