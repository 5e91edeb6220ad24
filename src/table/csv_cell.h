// One cell of a CSV text, found but not yet understood. Private to table/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace groundwork::table {

struct CsvCell {
    enum class State { whole, unclosed_quote, text_after_quote };

    // Unquoted: without white space at both ends. Quoted: what is between the quotes, as it stands.
    std::string_view text;
    const char* after = nullptr;  // the delimiter or line end behind the cell, or the end of the text
    bool is_quoted = false;
    bool has_doubled_quotes = false;
    State state = State::whole;
};

inline bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Behind the line end at `at`: "\n", "\r\n" or a lone "\r". Nothing is skipped where there is none.
inline const char* skip_line_end(const char* at, const char* end) {
    if (at < end && *at == '\r') {
        ++at;
        return at < end && *at == '\n' ? at + 1 : at;
    }
    return at < end && *at == '\n' ? at + 1 : at;
}

// The cell that begins at `at`.
CsvCell scan_cell(const char* at, const char* end, char delimiter);

// The text of a quoted cell with "" as ".
std::string undouble_quotes(std::string_view text);

}  // namespace groundwork::table
