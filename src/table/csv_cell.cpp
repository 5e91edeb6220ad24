#include "table/csv_cell.h"

#include <cstring>

#include "foundation/foundation.h"

namespace groundwork::table {

namespace {

CsvCell scan_quoted(const char* at, const char* end, char delimiter) {
    CsvCell cell;
    cell.is_quoted = true;
    const char* const begin = at + 1;
    const char* quote = begin;
    for (;;) {
        quote = static_cast<const char*>(std::memchr(quote, '"', static_cast<std::size_t>(end - quote)));
        if (quote == nullptr) {
            cell.state = CsvCell::State::unclosed_quote;
            cell.text = {begin, static_cast<std::size_t>(end - begin)};
            cell.after = end;
            return cell;
        }
        if (quote + 1 == end || quote[1] != '"') {
            break;
        }
        cell.has_doubled_quotes = true;
        quote += 2;
    }
    cell.text = {begin, static_cast<std::size_t>(quote - begin)};
    cell.after = quote + 1;
    while (cell.after < end && *cell.after == ' ') {
        ++cell.after;
    }
    if (cell.after < end && *cell.after != delimiter && !is_line_end(*cell.after)) {
        cell.state = CsvCell::State::text_after_quote;
    }
    return cell;
}

}  // namespace

CsvCell scan_cell(const char* at, const char* end, char delimiter) {
    while (at < end && *at == ' ') {
        ++at;
    }
    if (at < end && *at == '"') {
        return scan_quoted(at, end, delimiter);
    }
    CsvCell cell;
    const char* const begin = at;
    while (at < end && *at != delimiter && !is_line_end(*at)) {
        ++at;
    }
    cell.text = trim({begin, static_cast<std::size_t>(at - begin)});
    cell.after = at;
    return cell;
}

std::string undouble_quotes(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        result += text[at];
        if (text[at] == '"') {
            ++at;  // its twin
        }
    }
    return result;
}

}  // namespace groundwork::table
