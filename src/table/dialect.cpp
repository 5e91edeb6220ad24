#include "table/dialect.h"

#include <tuple>

#include "table/csv_cell.h"

namespace groundwork::table {

namespace {

// How regular a table a delimiter makes: first the share of records as wide as the header, then the width.
struct Regularity {
    double share = 0;
    std::size_t width = 0;

    bool operator<(const Regularity& other) const {
        return std::tie(share, width) < std::tie(other.share, other.width);
    }
};

Regularity regularity(std::string_view text, char delimiter) {
    constexpr std::size_t enough_records = 200;
    constexpr std::size_t enough_bytes = 1 << 18;
    const char* const end = text.data() + text.size();
    const char* at = text.data();
    std::size_t records = 0;
    std::size_t regular = 0;
    std::size_t header_width = 0;
    while (at < end && records < enough_records &&
           static_cast<std::size_t>(at - text.data()) < enough_bytes) {
        if (is_line_end(*at)) {
            at = skip_line_end(at, end);
            continue;
        }
        std::size_t width = 0;
        bool is_sound = true;
        for (;; ++at) {
            const CsvCell cell = scan_cell(at, end, delimiter);
            ++width;
            is_sound = cell.state == CsvCell::State::whole;
            at = cell.after;
            if (!is_sound || at == end || *at != delimiter) {
                break;
            }
        }
        if (!is_sound) {
            break;
        }
        header_width = records == 0 ? width : header_width;
        regular += width == header_width ? 1 : 0;
        ++records;
        at = skip_line_end(at, end);
    }
    if (header_width < 2) {
        return {};
    }
    return {static_cast<double>(regular) / static_cast<double>(records), header_width};
}

constexpr std::string_view delimiters = ",;\t|";

char most_regular(std::string_view text) {
    char best = delimiters.front();
    Regularity most;
    for (const char candidate : delimiters) {
        const Regularity found = regularity(text, candidate);
        if (most < found) {
            most = found;
            best = candidate;
        }
    }
    return best;
}

}  // namespace

Dialect find_dialect(std::string_view text, const ReadOptions& options) {
    Dialect dialect;
    dialect.body = text;
    constexpr std::string_view announcement = "sep=";
    const bool is_announced = text.size() > announcement.size() + 1 && text.starts_with(announcement) &&
                              delimiters.find(text[announcement.size()]) != std::string_view::npos &&
                              is_line_end(text[announcement.size() + 1]);
    if (is_announced) {
        dialect.delimiter = text[announcement.size()];
        dialect.lines_before_header = 1;
        const char* const end = text.data() + text.size();
        const char* const header = skip_line_end(text.data() + announcement.size() + 1, end);
        dialect.body = {header, static_cast<std::size_t>(end - header)};
    }
    if (options.delimiter) {
        dialect.delimiter = *options.delimiter;
    } else if (!is_announced) {
        dialect.delimiter = most_regular(text);
    }
    return dialect;
}

}  // namespace groundwork::table
