// For tests only: a small table with its own memory, made by a test or read from the classic data sets that
// may lie beside the project (never part of it). Text columns become factors with sorted levels, as R's
// read.csv makes them.
#pragma once

#include <algorithm>
#include <cstdio>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/formula/data.h"

namespace groundwork::statistics {

class TestTable {
  public:
    void add(const std::string& name, std::vector<double> numbers) {
        Variable& variable = begin_variable(name, numbers.size());
        numbers_.push_back(std::move(numbers));
        variable.numbers = numbers_.back();
    }

    void add(const std::string& name, const std::vector<std::string>& cells) {
        Variable& variable = begin_variable(name, cells.size());
        variable.kind = Variable::Kind::factor;
        for (const std::string& cell : cells) {
            if (cell != "NA" && !cell.empty()) {
                variable.levels.push_back(cell);
            }
        }
        std::sort(variable.levels.begin(), variable.levels.end());
        variable.levels.erase(std::unique(variable.levels.begin(), variable.levels.end()),
                              variable.levels.end());
        std::vector<std::int32_t> codes;
        for (const std::string& cell : cells) {
            const auto at = std::lower_bound(variable.levels.begin(), variable.levels.end(), cell);
            const bool found = at != variable.levels.end() && *at == cell;
            codes.push_back(found ? static_cast<std::int32_t>(at - variable.levels.begin()) : -1);
        }
        codes_.push_back(std::move(codes));
        variable.codes = codes_.back();
    }

    void set_contrasts(const std::string& name, Contrasts contrasts) { find(name).contrasts = contrasts; }

    // Makes `level` the reference of a factor.
    void set_reference(const std::string& name, const std::string& level) {
        Variable& variable = find(name);
        const auto at = std::find(variable.levels.begin(), variable.levels.end(), level);
        const auto old = static_cast<std::int32_t>(at - variable.levels.begin());
        std::rotate(variable.levels.begin(), at, at + 1);
        std::vector<std::int32_t> codes(variable.codes.begin(), variable.codes.end());
        for (std::int32_t& code : codes) {
            code = code == old ? 0 : code >= 0 && code < old ? code + 1 : code;
        }
        codes_.push_back(std::move(codes));
        variable.codes = codes_.back();
    }

    std::span<const double> numbers(const std::string& name) { return find(name).numbers; }
    const Data& data() const { return data_; }

  private:
    Variable& begin_variable(const std::string& name, std::size_t rows) {
        data_.rows = rows;
        data_.variables.push_back({});
        data_.variables.back().name = name;
        return data_.variables.back();
    }
    Variable& find(const std::string& name) {
        return *std::find_if(data_.variables.begin(), data_.variables.end(),
                             [&](const Variable& variable) { return variable.name == name; });
    }

    Data data_;
    std::deque<std::vector<double>> numbers_;
    std::deque<std::vector<std::int32_t>> codes_;
};

// Plain CSV without commas or line ends inside cells. A column is numbers if every cell but NA is one.
inline TestTable test_table_of_csv(const std::string& text) {
    std::vector<std::vector<std::string>> columns;
    for (const std::string_view line : split(text, '\n')) {
        if (trim(line).empty()) {
            continue;
        }
        const std::vector<std::string_view> cells = split(trim(line), ',');
        columns.resize(cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string_view cell = trim(cells[i]);
            const bool quoted = cell.size() >= 2 && cell.front() == '"';
            columns[i].emplace_back(quoted ? cell.substr(1, cell.size() - 2) : cell);
        }
    }
    TestTable table;
    for (const std::vector<std::string>& column : columns) {
        const std::vector<std::string> cells(column.begin() + 1, column.end());
        std::vector<double> numbers;
        bool all_numbers = true;
        for (const std::string& cell : cells) {
            const std::optional<double> number = to_number(cell);
            all_numbers = all_numbers && (number || cell == "NA" || cell.empty());
            numbers.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
        }
        if (all_numbers) {
            table.add(column.front(), std::move(numbers));
        } else {
            table.add(column.front(), cells);
        }
    }
    return table;
}

// A data set of the shared folder; where it is absent, says so and gives nothing.
inline std::optional<TestTable> shared_table(const std::string& name) {
    const std::string path = std::string(GROUNDWORK_SHARED_DIR) + "/data/" + name;
    const Result<std::string> text = read_file(path);
    if (!text) {
        std::printf("skipped: %s is not there\n", name.c_str());
        return std::nullopt;
    }
    return test_table_of_csv(*text);
}

}  // namespace groundwork::statistics
