// Reading data files: CSV in the dialects people have, Excel, SPSS and Stata.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/frame.h"

namespace groundwork::table {

// What is not said is found out from the file itself.
struct ReadOptions {
    std::optional<char> delimiter = {};  // ',' ';' tab or '|'
    std::optional<char> decimal = {};    // '.' or ','
    // Cells that mean "missing", compared after trimming. The empty cell is always missing.
    std::vector<std::string> missing = {"NA", "N/A", "NaN", ".", "NULL", "null"};
    std::vector<std::string> text_columns = {};  // columns to keep as text even where every cell is a number
};

// By the name's ending: .csv .tsv .txt, .xlsx, .sav .zsav .por (SPSS), .dta (Stata). Every cell is read or
// refused: ragged rows, unclosed quotes, two columns of one name, bytes that are neither UTF-8 nor Latin-1
// text (NUL) are errors with their row and column.
Result<Frame> read_table(const std::string& path, const ReadOptions& options = {});

// CSV from memory; `source` is the name used in messages. Rules:
// - encoding: UTF-8 with or without BOM, UTF-16 with BOM, otherwise Latin-1/Windows-1252;
// - a column is `number` if every cell that is not missing is one (decimal commas where the file has them),
// `date` if
//   every one is an ISO date (2026-11-23, with or without a time of day, which must then be 00:00 to count as
//   a date) or, throughout the column, one of 23/11/2026, 11/23/2026, 23.11.2026 without ambiguity; otherwise
//   `text`;
// - a column in which a number has a leading zero ("007") is text: it is a name, not a quantity.
Result<Frame> read_csv(std::string_view bytes, std::string_view source, const ReadOptions& options = {});

}  // namespace groundwork::table
