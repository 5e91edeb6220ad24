// Which CSV a text is. Private to table/.
#pragma once

#include <string_view>

#include "table/read.h"

namespace groundwork::table {

struct Dialect {
    char delimiter = ',';
    std::size_t lines_before_header = 0;  // 1 where the first line says "sep=;", as spreadsheets write it
    std::string_view body;                // the text from the header on
};

// The delimiter is the one that a first line "sep=;" names, or else the one of , ; tab | that cuts the first
// records into the most regular table of at least two columns; a comma where none does.
Dialect find_dialect(std::string_view text, const ReadOptions& options);

}  // namespace groundwork::table
