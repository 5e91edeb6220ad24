// What the cells of a column are: numbers, dates or text. Private to table/; the rules are those of read.h.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/frame.h"
#include "table/read.h"

namespace groundwork::table {

// The words that mean "missing". A word that is a number means every cell equal to it ("-99" also "-99.0").
class MissingWords {
  public:
    explicit MissingWords(const std::vector<std::string>& words);
    // True for the empty cell and for the words; `cell` is trimmed first.
    bool contains(std::string_view cell) const;
    // Puts NaN for the numbers that mean "missing".
    void clear_from(std::span<double> numbers) const;

  private:
    std::vector<std::string> words_;
    std::array<bool, 256> first_letters_{};  // most cells are told from the words by their first letter
    std::vector<double> numbers_;
};

// The double that a trimmed cell writes: digits with an optional sign, fraction and exponent, or Inf;
// correctly rounded. Nothing for what is too large for a double.
std::optional<double> parse_number(std::string_view cell, char decimal);

// "007" and "-01": a name made of digits, not a quantity.
bool has_leading_zero(std::string_view cell);

// A date as whole days since 1970-01-01, if `cell` is an ISO date (2026-11-23, or with a time of day 00:00).
std::optional<double> parse_iso_date(std::string_view cell);

// Columns still as text: each cell trimmed unless it was quoted.
struct TextColumn {
    std::string name;
    std::vector<std::string_view> cells;
};

struct InferenceRules {
    const MissingWords* missing = nullptr;
    std::optional<char> decimal;  // as in ReadOptions
    const std::vector<std::string>* text_columns = nullptr;
    bool commas_are_expected = false;  // fields are cut by semicolons, as where the decimal sign is a comma
    bool points_are_seen = false;      // another column of the file has decimals with a point
};

std::vector<Column> infer_columns(std::span<const TextColumn> columns, const InferenceRules& rules);

}  // namespace groundwork::table
