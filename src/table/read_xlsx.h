// Excel workbooks. Private to table/.
#pragma once

#include "table/read.h"

namespace groundwork::table {

// The first sheet of the .xlsx workbook in `bytes`: its first row holds the names. Cells are understood as in
// a CSV file (numbers stored as text count as numbers), formulas by the value last computed, cells formatted
// as dates as dates. `source` is the name used in messages.
Result<Frame> read_xlsx(std::string_view bytes, const std::string& source, const ReadOptions& options);

}  // namespace groundwork::table
