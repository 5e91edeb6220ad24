// Points in time as other programs count them. Private to table/.
#pragma once

#include <optional>
#include <string>

namespace groundwork::table {

// "2026-11-23" for a whole day since 1970-01-01, "2026-11-23 14:30:00" otherwise (to the nearest second);
// nothing outside the years 0 to 9999.
std::optional<std::string> moment_text(double days);

// What a spreadsheet's date number means as days since 1970-01-01, with the leap day 1900-02-29 that never
// was.
enum class DateSystem { from_1900, from_1904 };
double days_of_serial(double serial, DateSystem system);

}  // namespace groundwork::table
