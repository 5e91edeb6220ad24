#include "table/write.h"

#include <filesystem>

#include "table/write_xlsx.h"

namespace groundwork::table {

namespace {

bool is_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
}

bool needs_quotes(std::string_view text) {
    return text.find_first_of(",\"\n\r") != std::string_view::npos || trim(text).size() != text.size();
}

enum class Guard { none, apostrophe };

void append_quoted(std::string& csv, std::string_view text, Guard guard = Guard::none) {
    csv += guard == Guard::apostrophe ? "\"'" : "\"";
    for (const char c : text) {
        csv += c;
        if (c == '"') {
            csv += '"';
        }
    }
    csv += '"';
}

void append_text(std::string& csv, std::string_view text) {
    if (is_formula(text)) {
        append_quoted(csv, text, Guard::apostrophe);
    } else if (needs_quotes(text)) {
        append_quoted(csv, text);
    } else {
        csv += text;
    }
}

}  // namespace

std::string to_csv(const Frame& frame) {
    std::string csv;
    const std::vector<Column>& columns = frame.columns();
    // A line with nothing on it is not a row, so the one cell of such a row is written as a quoted nothing.
    const std::string_view missing_cell = columns.size() == 1 ? "\"\"" : "";
    // Readers take a first line "sep=;" for a word about the file, and a mark of encoding for no part of the
    // name.
    const auto append_name = [&csv](const std::string& name) {
        const bool is_special =
            csv.empty() && (name.empty() || name.starts_with("sep=") || name.starts_with("\xEF"));
        is_special ? append_quoted(csv, name) : append_text(csv, name);
    };
    for (std::size_t column = 0; column < columns.size(); ++column) {
        csv += column == 0 ? "" : ",";
        append_name(columns[column].name());
    }
    csv += '\n';
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        for (std::size_t index = 0; index < columns.size(); ++index) {
            const Column& column = columns[index];
            csv += index == 0 ? "" : ",";
            if (column.is_missing(row)) {
                csv += missing_cell;
            } else if (column.kind() == ColumnKind::text) {
                append_text(csv, column.levels()[static_cast<std::size_t>(column.codes()[row])]);
            } else {
                csv += column.text(row);
            }
        }
        csv += '\n';
    }
    return csv;
}

Result<void> write_table(const Frame& frame, const std::string& path) {
    const std::string ending = lower_case(std::filesystem::path(path).extension().string());
    if (ending == ".csv") {
        return write_file(path, to_csv(frame));
    }
    if (ending == ".xlsx") {
        return write_xlsx(frame, path);
    }
    return fail(usage_error("is not a kind of file that can be written")
                    .at(path)
                    .remedy("Name a .csv or .xlsx file."));
}

}  // namespace groundwork::table
