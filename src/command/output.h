// How every command writes numbers, tables and lists.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "foundation/json.h"

namespace groundwork::command {

// A number in a fmt format such as "{:.5g}", "inf", or "-" where there is none.
std::string shown(double value, const char* format = "{:.5g}");

// A number with so many digits after the point, or "-" where there is none.
std::string with_digits(double value, int digits = 3);

// A probability as journals print it: .034, <.001, 1.000, or "-" where there is none.
std::string shown_p(double p);

// Lines of cells in columns: the first so many are words and stand to the left, numbers to the right.
std::string table_of(const std::vector<std::vector<std::string>>& rows, std::size_t words);

// A number for JSON: null where there is none.
json::value known(double value);

template <class T>
json::array list_of(const std::vector<T>& values) {
    return json::array(values.begin(), values.end());
}

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start);

}  // namespace groundwork::command
