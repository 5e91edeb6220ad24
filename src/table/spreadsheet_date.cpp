#include "table/spreadsheet_date.h"

#include <fmt/format.h>

#include <cmath>

#include "table/frame.h"

namespace groundwork::table {

std::optional<std::string> moment_text(double days) {
    constexpr double seconds_a_day = 86400;
    if (!(days >= first_day && days < last_day + 1)) {
        return std::nullopt;
    }
    double day = std::floor(days);
    double seconds = std::round((days - day) * seconds_a_day);
    if (seconds == seconds_a_day) {
        day += 1;
        seconds = 0;
    }
    if (day > last_day) {
        return std::nullopt;
    }
    if (seconds == 0) {
        return date_text(day);
    }
    const int clock = static_cast<int>(seconds);
    return fmt::format("{} {:02}:{:02}:{:02}", date_text(day), clock / 3600, clock / 60 % 60, clock % 60);
}

double days_of_serial(double serial, DateSystem system) {
    constexpr double first_of_january_1904 = 24107;
    constexpr double last_before_the_false_leap_day = 60;
    if (system == DateSystem::from_1904) {
        return serial - first_of_january_1904;
    }
    constexpr double serial_of_1970 = 25569;
    return serial - serial_of_1970 + (serial < last_before_the_false_leap_day ? 1 : 0);
}

}  // namespace groundwork::table
