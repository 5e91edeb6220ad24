// Writing frames.
#pragma once

#include <string>

#include "table/frame.h"

namespace groundwork::table {

// RFC 4180 with '\n' line ends: a header, cells quoted only where needed, doubles in their shortest exact
// form, missing cells empty. Cells that a spreadsheet would run as a formula (text starting with = + - @) are
// quoted and prefixed with an apostrophe.
std::string to_csv(const Frame& frame);

// By the name's ending: .csv or .xlsx. Written whole or not at all.
Result<void> write_table(const Frame& frame, const std::string& path);

}  // namespace groundwork::table
