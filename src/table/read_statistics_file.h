// Files of SPSS (.sav .zsav .por) and Stata (.dta), by ReadStat. Private to table/.
#pragma once

#include "table/read.h"

namespace groundwork::table {

// Numbers stay numbers (their value labels are left out), text is trimmed, dates become dates;
// system-missing, tagged and user-defined missing values are missing, and so are those that the options name.
Result<Frame> read_statistics_file(const std::string& path, const ReadOptions& options);

}  // namespace groundwork::table
