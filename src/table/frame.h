// A columnar frame: what a data file is once it has been read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::table {

enum class ColumnKind {
    number,  // doubles; a missing cell is NaN
    date,    // whole days since 1970-01-01, as doubles; a missing cell is NaN
    text,    // codes into levels(); a missing cell is code -1
};

// The days that a date column can hold: 0000-01-01 to 9999-12-31, so that every date has four digits of year.
inline constexpr double first_day = -719528;
inline constexpr double last_day = 2932896;

// A day since 1970-01-01 as 2026-11-23. Must lie in first_day..last_day.
std::string date_text(double days);

// One named column. Immutable once made; copies share nothing.
class Column {
  public:
    static Column of_numbers(std::string name, std::vector<double> numbers);
    static Column of_dates(std::string name, std::vector<double> days);
    // Levels in the order of their first appearance; every code is -1 or an index into levels.
    static Column of_text(std::string name, std::vector<std::int32_t> codes, std::vector<std::string> levels);
    // Builds codes and levels from the cells; an empty optional is a missing cell.
    static Column of_text(std::string name, std::span<const std::optional<std::string>> cells);

    const std::string& name() const { return name_; }
    ColumnKind kind() const { return kind_; }
    std::size_t size() const;

    std::span<const double> numbers() const;         // kind() is number or date
    std::span<const std::int32_t> codes() const;     // kind() is text
    const std::vector<std::string>& levels() const;  // kind() is text

    bool is_missing(std::size_t row) const;
    // The cell as text: whole numbers in full, others in their shortest exact form, dates as 2026-11-23, ""
    // where missing.
    std::string text(std::size_t row) const;

    Column renamed(std::string name) const;
    // The cells of `rows` in that order; levels are kept.
    Column picked(std::span<const std::size_t> rows) const;

  private:
    Column() = default;
    std::string name_;
    ColumnKind kind_ = ColumnKind::number;
    std::vector<double> numbers_;
    std::vector<std::int32_t> codes_;
    std::vector<std::string> levels_;
};

// Columns of one length with distinct names.
class Frame {
  public:
    explicit Frame(std::string source = "") : source_(std::move(source)) {}

    // The file it came from, for messages.
    const std::string& source() const { return source_; }

    std::size_t rows() const { return rows_; }
    const std::vector<Column>& columns() const { return columns_; }
    std::vector<std::string> column_names() const;

    bool has(std::string_view name) const;
    // A column by name (the pointer holds until the frame is changed); otherwise an error that names the file
    // and the column most likely meant.
    Result<const Column*> find(std::string_view name) const;
    // The same, and it must hold numbers (dates count); otherwise the first cell that is not one is named.
    Result<const Column*> find_numbers(std::string_view name) const;

    // Adds or replaces (by name). The length must be rows(), unless it is the first column.
    Result<void> set(Column column);

    // Where row `index` (from 0) stood in the file, counted as spreadsheets do: header = 1, first data row
    // = 2.
    std::size_t source_row(std::size_t index) const;
    Place place(std::size_t index, std::string_view column) const;
    // For readers: the source row of each row; without it rows are numbered from 2.
    void set_source_rows(std::vector<std::size_t> rows);

    // The rows named, in that order, keeping their source rows.
    Frame picked(std::span<const std::size_t> rows) const;

  private:
    std::string source_;
    std::size_t rows_ = 0;
    std::vector<Column> columns_;
    std::map<std::string, std::size_t, std::less<>> positions_;  // name -> index into columns_
    std::vector<std::size_t> source_rows_;
};

}  // namespace groundwork::table
