#include "table/frame.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <unordered_map>

namespace groundwork::table {

namespace {

// Whole numbers in full: an identifier 100000 must not read "1e+05", although that is shorter.
std::string number_text(double number) {
    constexpr double every_whole_number_is_exact = 9007199254740992.0;  // 2^53
    if (std::abs(number) < every_whole_number_is_exact && number == std::trunc(number)) {
        std::array<char, 32> buffer{};
        const auto end =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed).ptr;
        return {buffer.data(), end};
    }
    return shortest(number);
}

}  // namespace

std::string date_text(double days) {
    using namespace std::chrono;
    const year_month_day day{sys_days{std::chrono::days{static_cast<int>(days)}}};
    const auto padded = [](std::string digits, std::size_t width) {
        return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
    };
    return padded(std::to_string(static_cast<int>(day.year())), 4) + '-' +
           padded(std::to_string(static_cast<unsigned>(day.month())), 2) + '-' +
           padded(std::to_string(static_cast<unsigned>(day.day())), 2);
}

Column Column::of_numbers(std::string name, std::vector<double> numbers) {
    Column column;
    column.name_ = std::move(name);
    column.kind_ = ColumnKind::number;
    column.numbers_ = std::move(numbers);
    return column;
}

Column Column::of_dates(std::string name, std::vector<double> days) {
    // So that every one can be written as year-month-day: four digits of year.
    for (const double day : days) {
        ENSURE(std::isnan(day) || (day == std::trunc(day) && day >= first_day && day <= last_day));
    }
    Column column = of_numbers(std::move(name), std::move(days));
    column.kind_ = ColumnKind::date;
    return column;
}

Column Column::of_text(std::string name, std::vector<std::int32_t> codes, std::vector<std::string> levels) {
    const auto count = static_cast<std::int64_t>(levels.size());
    ENSURE(std::ranges::all_of(codes, [count](std::int32_t code) { return code >= -1 && code < count; }));
    Column column;
    column.name_ = std::move(name);
    column.kind_ = ColumnKind::text;
    column.codes_ = std::move(codes);
    column.levels_ = std::move(levels);
    return column;
}

Column Column::of_text(std::string name, std::span<const std::optional<std::string>> cells) {
    std::vector<std::int32_t> codes;
    std::vector<std::string> levels;
    std::unordered_map<std::string_view, std::int32_t> known;
    codes.reserve(cells.size());
    for (const auto& cell : cells) {
        if (!cell) {
            codes.push_back(-1);
            continue;
        }
        const auto [at, is_new] = known.try_emplace(*cell, static_cast<std::int32_t>(levels.size()));
        if (is_new) {
            levels.push_back(*cell);
        }
        codes.push_back(at->second);
    }
    return of_text(std::move(name), std::move(codes), std::move(levels));
}

std::size_t Column::size() const { return kind_ == ColumnKind::text ? codes_.size() : numbers_.size(); }

std::span<const double> Column::numbers() const {
    ENSURE(kind_ != ColumnKind::text);
    return numbers_;
}

std::span<const std::int32_t> Column::codes() const {
    ENSURE(kind_ == ColumnKind::text);
    return codes_;
}

const std::vector<std::string>& Column::levels() const {
    ENSURE(kind_ == ColumnKind::text);
    return levels_;
}

bool Column::is_missing(std::size_t row) const {
    ENSURE(row < size());
    return kind_ == ColumnKind::text ? codes_[row] < 0 : std::isnan(numbers_[row]);
}

std::string Column::text(std::size_t row) const {
    if (is_missing(row)) {
        return "";
    }
    switch (kind_) {
        case ColumnKind::number: return number_text(numbers_[row]);
        case ColumnKind::date: return date_text(numbers_[row]);
        case ColumnKind::text: return levels_[static_cast<std::size_t>(codes_[row])];
    }
    return "";
}

Column Column::renamed(std::string name) const {
    Column column = *this;
    column.name_ = std::move(name);
    return column;
}

Column Column::picked(std::span<const std::size_t> rows) const {
    Column column;
    column.name_ = name_;
    column.kind_ = kind_;
    column.levels_ = levels_;
    for (const std::size_t row : rows) {
        ENSURE(row < size());
        if (kind_ == ColumnKind::text) {
            column.codes_.push_back(codes_[row]);
        } else {
            column.numbers_.push_back(numbers_[row]);
        }
    }
    return column;
}

std::vector<std::string> Frame::column_names() const {
    std::vector<std::string> names;
    names.reserve(columns_.size());
    for (const Column& column : columns_) {
        names.push_back(column.name());
    }
    return names;
}

bool Frame::has(std::string_view name) const { return positions_.find(name) != positions_.end(); }

Result<const Column*> Frame::find(std::string_view name) const {
    const auto at = positions_.find(name);
    if (at == positions_.end()) {
        return fail(unacceptable("is not a column of this file")
                        .at(source_)
                        .value(std::string(name))
                        .remedy(std::string(trim(suggestion(name, column_names())))));
    }
    return &columns_[at->second];
}

namespace {

// The first cell that keeps a text column from being numbers, and what would be right.
Error not_numbers(const Frame& frame, const Column& column) {
    std::optional<std::size_t> first_filled;
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.is_missing(row)) {
            continue;
        }
        const std::string cell = column.text(row);
        if (!to_number(cell)) {
            const bool has_comma = cell.find_first_not_of("+-0123456789,") == std::string::npos;
            return unacceptable("is not a number")
                .at(frame.place(row, column.name()))
                .value(cell)
                .remedy(has_comma
                            ? "Write decimals with a point, or say that this file's decimals have a comma."
                            : "Write a number, or leave the cell empty where there is none.");
        }
        first_filled = first_filled.value_or(row);
    }
    if (!first_filled) {
        return unacceptable("holds no numbers: every cell is missing").at(frame.source(), column.name());
    }
    return unacceptable(
               "is text here, as in a column of names or of numbers that begin with 0, but numbers are "
               "needed")
        .at(frame.place(*first_filled, column.name()))
        .value(column.text(*first_filled))
        .remedy("Write the column as numbers without leading zeros, or name another column.");
}

}  // namespace

Result<const Column*> Frame::find_numbers(std::string_view name) const {
    const Column* const column = TRY(find(name));
    if (column->kind() == ColumnKind::text) {
        return fail(not_numbers(*this, *column));
    }
    return column;
}

Result<void> Frame::set(Column column) {
    if (columns_.empty() && source_rows_.empty()) {
        rows_ = column.size();
    }
    if (column.size() != rows_) {
        return fail(unacceptable("has " + std::to_string(column.size()) + " cells where the table has " +
                                 std::to_string(rows_) + " rows")
                        .at(source_, column.name()));
    }
    const auto [at, is_new] = positions_.try_emplace(column.name(), columns_.size());
    if (is_new) {
        columns_.push_back(std::move(column));
    } else {
        columns_[at->second] = std::move(column);
    }
    return {};
}

std::size_t Frame::source_row(std::size_t index) const {
    ENSURE(index < rows_);
    constexpr std::size_t first_data_row = 2;
    return source_rows_.empty() ? index + first_data_row : source_rows_[index];
}

Place Frame::place(std::size_t index, std::string_view column) const {
    return {source_, source_row(index), std::string(column)};
}

void Frame::set_source_rows(std::vector<std::size_t> rows) {
    ENSURE(columns_.empty() || rows.size() == rows_);
    rows_ = rows.size();
    source_rows_ = std::move(rows);
}

Frame Frame::picked(std::span<const std::size_t> rows) const {
    Frame result(source_);
    result.rows_ = rows.size();
    result.positions_ = positions_;
    result.columns_.reserve(columns_.size());
    for (const Column& column : columns_) {
        result.columns_.push_back(column.picked(rows));
    }
    for (const std::size_t row : rows) {
        result.source_rows_.push_back(source_row(row));
    }
    return result;
}

}  // namespace groundwork::table
