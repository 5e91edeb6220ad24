// For tests only: the diary of tests/reference and what R's packages say of it (tests/reference/inference.R).
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>

#include "statistics/test_table.h"

namespace groundwork::statistics {

inline std::string reference_text(const std::string& file) {
    return read_file(std::string(GROUNDWORK_SOURCE_DIR) + "/tests/reference/" + file).value();
}

inline TestTable reference_diary() {
    TestTable table = test_table_of_csv(reference_text("diary.csv"));
    table.set_reference("arm", "MM");
    return table;
}

// What inference.csv says, by case and what.
inline double reference_value(const std::string& group, const std::string& what) {
    static const std::map<std::string, double> values = [] {
        std::map<std::string, double> result;
        const std::string text = reference_text("inference.csv");
        for (const std::string_view line : split(text, '\n')) {
            const std::vector<std::string_view> cells = split(trim(line), '"');
            if (cells.size() >= 6) {
                const std::string key = std::string(cells[1]) + "|" + std::string(cells[3]);
                result[key] = to_number(cells[5]).value_or(std::nan(""));
            }
        }
        return result;
    }();
    const auto found = values.find(group + "|" + what);
    INFO(group, " ", what);
    REQUIRE(found != values.end());
    return found->second;
}

inline void check_reference(double value, const std::string& group, const std::string& what,
                            double relative) {
    const double expected = reference_value(group, what);
    INFO(group, ": ", what, " is ", value, ", expected ", expected);
    CHECK(std::abs(value - expected) <= relative * std::abs(expected) + 1e-9);
}

}  // namespace groundwork::statistics
