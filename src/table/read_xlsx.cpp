#include "table/read_xlsx.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "table/header.h"
#include "table/infer.h"
#include "table/spreadsheet_date.h"
#include "table/zip_parts.h"

namespace groundwork::table {

namespace {

// The limits of Excel itself.
constexpr std::size_t most_rows = 1'048'576;
constexpr std::size_t most_columns = 16'384;
constexpr std::size_t most_cells = 50'000'000;

struct Workbook {
    std::string sheet_part;
    DateSystem date_system = DateSystem::from_1900;
    std::vector<std::string> shared_texts;
    std::vector<bool> is_date_style;  // by the number of a cell's style
};

struct CellAddress {
    std::size_t row = 0;  // both from 0
    std::size_t column = 0;
};

Error damaged(const std::string& source, const std::string& problem) {
    return unacceptable(problem).at(source).remedy(
        "Open it in a spreadsheet program and save it again as .xlsx.");
}

// An element's name without its namespace's prefix.
std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
    std::vector<pugi::xml_node> found;
    for (const pugi::xml_node& child : node.children()) {
        if (local_name(child) == name) {
            found.push_back(child);
        }
    }
    return found;
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    const auto is_named = [name](const pugi::xml_node& candidate) { return local_name(candidate) == name; };
    return node.find_child(is_named);
}

Result<void> parse_part(const ZipParts& parts, const std::string& name, const std::string& source,
                        pugi::xml_document& document) {
    std::string xml = TRY(parts.part(name));
    const auto outcome =
        document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!outcome) {
        return fail(damaged(source, fmt::format("has XML that cannot be read in its part {}, byte {}: {}",
                                                name, outcome.offset, outcome.description())));
    }
    return {};
}

// The text of <si> or <is>: of itself or of its rich-text runs, without the readings beside them.
std::string text_of(const pugi::xml_node& node) {
    std::string text;
    for (const pugi::xml_node& part : node.children()) {
        if (local_name(part) == "t") {
            text += part.text().get();
        } else if (local_name(part) == "r") {
            text += child(part, "t").text().get();
        }
    }
    return text;
}

// Where a relationship's target stands in the archive; targets are relative to xl/ or begin with "/".
std::string part_name(std::string_view target) {
    return target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
}

Result<std::string> first_sheet_part(const ZipParts& parts, const pugi::xml_node& workbook,
                                     const std::string& source) {
    const pugi::xml_node sheet = child(child(workbook, "sheets"), "sheet");
    if (!sheet) {
        return fail(damaged(source, "has no sheet"));
    }
    std::string_view id;
    for (const pugi::xml_attribute& attribute : sheet.attributes()) {
        if (std::string_view(attribute.name()).ends_with(":id")) {
            id = attribute.value();
        }
    }
    pugi::xml_document relations;
    TRY_DO(parse_part(parts, "xl/_rels/workbook.xml.rels", source, relations));
    for (const pugi::xml_node& relation : children(relations.document_element(), "Relationship")) {
        if (!id.empty() && relation.attribute("Id").value() == id) {
            return part_name(relation.attribute("Target").value());
        }
    }
    return fail(damaged(source, "does not say where its first sheet is"));
}

// Whether a number format shows a date or a time of day: a letter of theirs outside quotes and brackets.
bool is_date_format(std::string_view format) {
    for (std::size_t at = 0; at < format.size(); ++at) {
        const char c = format[at];
        if (c == '"' || c == '[') {
            at = format.find(c == '"' ? '"' : ']', at + 1);
            if (at == std::string_view::npos) {
                return false;
            }
        } else if (c == '\\' || c == '_' || c == '*') {
            ++at;  // the next character stands for itself
        } else if (std::string_view("dDmMyYhHsS").find(c) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

// ECMA-376 part 1, 18.8.30: the formats that every program knows by number.
bool is_known_date_format(unsigned id) {
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

Result<std::vector<bool>> read_styles(const ZipParts& parts, const std::string& source) {
    std::vector<bool> is_date;
    if (!parts.has("xl/styles.xml")) {
        return is_date;
    }
    pugi::xml_document styles;
    TRY_DO(parse_part(parts, "xl/styles.xml", source, styles));
    std::set<unsigned> own_date_formats;
    std::set<unsigned> own_formats;
    for (const pugi::xml_node& format : children(child(styles.document_element(), "numFmts"), "numFmt")) {
        const unsigned id = format.attribute("numFmtId").as_uint();
        own_formats.insert(id);
        if (is_date_format(format.attribute("formatCode").value())) {
            own_date_formats.insert(id);
        }
    }
    for (const pugi::xml_node& style : children(child(styles.document_element(), "cellXfs"), "xf")) {
        const unsigned id = style.attribute("numFmtId").as_uint();
        is_date.push_back(own_formats.contains(id) ? own_date_formats.contains(id)
                                                   : is_known_date_format(id));
    }
    return is_date;
}

Result<Workbook> read_workbook(const ZipParts& parts, const std::string& source) {
    if (!parts.has("xl/workbook.xml")) {
        return fail(damaged(source, "is not an Excel workbook (.xlsx): it has no xl/workbook.xml"));
    }
    pugi::xml_document document;
    TRY_DO(parse_part(parts, "xl/workbook.xml", source, document));
    Workbook workbook;
    workbook.sheet_part = TRY(first_sheet_part(parts, document.document_element(), source));
    const bool is_1904 = child(document.document_element(), "workbookPr").attribute("date1904").as_bool();
    workbook.date_system = is_1904 ? DateSystem::from_1904 : DateSystem::from_1900;
    workbook.is_date_style = TRY(read_styles(parts, source));
    if (parts.has("xl/sharedStrings.xml")) {
        pugi::xml_document texts;
        TRY_DO(parse_part(parts, "xl/sharedStrings.xml", source, texts));
        for (const pugi::xml_node& text : children(texts.document_element(), "si")) {
            workbook.shared_texts.push_back(text_of(text));
        }
    }
    return workbook;
}

// "BC14" as row 13, column 54; nothing for what is no address in Excel's bounds.
std::optional<CellAddress> parse_address(std::string_view text) {
    CellAddress address;
    std::size_t at = 0;
    for (; at < text.size() && text[at] >= 'A' && text[at] <= 'Z' && address.column <= most_columns; ++at) {
        address.column = address.column * 26 + static_cast<std::size_t>(text[at] - 'A' + 1);
    }
    const auto row = to_integer(text.substr(at));
    if (at == 0 || address.column > most_columns || !row || *row < 1 ||
        *row > static_cast<long long>(most_rows)) {
        return std::nullopt;
    }
    address.row = static_cast<std::size_t>(*row) - 1;
    --address.column;
    return address;
}

std::string address_text(CellAddress address) {
    std::string letters;
    for (std::size_t rest = address.column + 1; rest > 0; rest = (rest - 1) / 26) {
        letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
    }
    return letters + std::to_string(address.row + 1);
}

class SheetReader {
  public:
    SheetReader(const Workbook& workbook, const std::string& source, const ReadOptions& options)
        : workbook_(workbook), source_(source), options_(options) {}

    Result<Frame> read(const pugi::xml_node& sheet) {
        TRY_DO(read_cells(sheet));
        return frame();
    }

  private:
    using Row = std::map<std::size_t, std::string>;  // cells that are not empty, by column

    Result<void> read_cells(const pugi::xml_node& sheet);
    Result<std::string> cell_text(const pugi::xml_node& cell, CellAddress address) const;
    Result<std::string> number_text(const pugi::xml_node& cell, std::string_view value,
                                    CellAddress address) const;
    Result<std::vector<std::string>> header() const;
    Result<Frame> frame() const;
    Error trouble(CellAddress address, std::string_view value, const std::string& problem) const {
        return unacceptable(problem)
            .at(source_, address.row + 1, address_text(address))
            .value(std::string(value));
    }

    const Workbook& workbook_;
    const std::string& source_;
    const ReadOptions& options_;
    std::map<std::size_t, Row> rows_;  // those that are not empty
};

Result<void> SheetReader::read_cells(const pugi::xml_node& sheet) {
    CellAddress next;  // rows and cells may leave their address out; then they follow the one before
    std::size_t cells = 0;
    for (const pugi::xml_node& row : children(child(sheet, "sheetData"), "row")) {
        const auto number = to_integer(row.attribute("r").value());
        if (row.attribute("r") && (!number || *number < 1 || *number > static_cast<long long>(most_rows))) {
            return fail(
                damaged(source_, fmt::format("has a row numbered \"{}\"", row.attribute("r").value())));
        }
        next = {number ? static_cast<std::size_t>(*number) - 1 : next.row, 0};
        for (const pugi::xml_node& cell : children(row, "c")) {
            if (const pugi::xml_attribute written = cell.attribute("r")) {
                const auto address = parse_address(written.value());
                if (!address || address->row != next.row) {
                    return fail(damaged(
                        source_, fmt::format("has a cell \"{}\" in row {}", written.value(), next.row + 1)));
                }
                next = *address;
            }
            if (next.row >= most_rows || next.column >= most_columns || ++cells > most_cells) {
                return fail(damaged(source_, "holds more cells than can be read"));
            }
            std::string text = TRY(cell_text(cell, next));
            if (!trim(text).empty() && !rows_[next.row].try_emplace(next.column, std::move(text)).second) {
                return fail(damaged(source_, fmt::format("has the cell {} twice", address_text(next))));
            }
            ++next.column;
        }
        ++next.row;
    }
    return {};
}

Result<std::string> SheetReader::cell_text(const pugi::xml_node& cell, CellAddress address) const {
    const std::string_view type = cell.attribute("t").as_string("n");
    const std::string_view value = child(cell, "v").text().get();
    if (type == "inlineStr") {
        return text_of(child(cell, "is"));
    }
    if (value.empty()) {
        return std::string();
    }
    if (type == "s") {
        const auto index = to_integer(value);
        if (!index || *index < 0 || static_cast<std::size_t>(*index) >= workbook_.shared_texts.size()) {
            return fail(trouble(address, value, "points to a text that the workbook does not have"));
        }
        return workbook_.shared_texts[static_cast<std::size_t>(*index)];
    }
    if (type == "b") {
        return std::string(value == "1" ? "TRUE" : "FALSE");
    }
    if (type == "e") {
        return std::string(value == "#N/A" ? "" : value);  // #N/A is how a spreadsheet says "no value"
    }
    if (type == "str" || type == "d") {
        return std::string(value);
    }
    return number_text(cell, value, address);
}

Result<std::string> SheetReader::number_text(const pugi::xml_node& cell, std::string_view value,
                                             CellAddress address) const {
    const auto number = parse_number(value, '.');
    if (!number) {
        return fail(trouble(address, value, "is not a number, though the workbook says that it is"));
    }
    const unsigned style = cell.attribute("s").as_uint();
    if (style < workbook_.is_date_style.size() && workbook_.is_date_style[style]) {
        const auto moment = moment_text(days_of_serial(*number, workbook_.date_system));
        if (!moment) {
            return fail(
                trouble(address, value, "is formatted as a date but lies outside the years 0 to 9999"));
        }
        return *moment;
    }
    return shortest(*number);
}

// The names in the first row that holds anything, from column A to the last column with a name or a cell.
Result<std::vector<std::string>> SheetReader::header() const {
    if (rows_.empty()) {
        return fail(
            unacceptable("is empty").at(source_).remedy("The first row must hold the names of the columns."));
    }
    std::size_t width = 0;
    for (const auto& [number, row] : rows_) {
        width = std::max(width, row.rbegin()->first + 1);
    }
    if (width * rows_.size() > most_cells) {
        return fail(damaged(source_, "spreads over more cells than can be read"));
    }
    std::vector<std::string> names(width);
    for (const auto& [column, name] : rows_.begin()->second) {
        names[column] = trim(name);
    }
    return checked_header(std::move(names), source_, rows_.begin()->first + 1);
}

Result<Frame> SheetReader::frame() const {
    const std::vector<std::string> names = TRY(header());
    std::vector<TextColumn> columns;
    for (const std::string& name : names) {
        columns.push_back({name, {}});
    }
    std::vector<std::size_t> source_rows;
    for (auto row = std::next(rows_.begin()); row != rows_.end(); ++row) {
        source_rows.push_back(row->first + 1);
        for (TextColumn& column : columns) {
            column.cells.emplace_back();
        }
        for (const auto& [column, text] : row->second) {
            columns[column].cells.back() = trim(text);
        }
    }
    const MissingWords missing(options_.missing);
    InferenceRules rules;
    rules.missing = &missing;
    rules.decimal = '.';
    rules.text_columns = &options_.text_columns;
    Frame frame(source_);
    frame.set_source_rows(std::move(source_rows));
    for (Column& column : infer_columns(columns, rules)) {
        TRY_DO(frame.set(std::move(column)));
    }
    return frame;
}

}  // namespace

Result<Frame> read_xlsx(std::string_view bytes, const std::string& source, const ReadOptions& options) {
    const ZipParts parts = TRY(ZipParts::open(bytes, source));
    const Workbook workbook = TRY(read_workbook(parts, source));
    pugi::xml_document sheet;
    TRY_DO(parse_part(parts, workbook.sheet_part, source, sheet));
    return SheetReader(workbook, source, options).read(sheet.document_element());
}

}  // namespace groundwork::table
