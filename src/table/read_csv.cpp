// One pass over the bytes, large files in parts side by side: every column begins as numbers; where a cell is
// not one, the column goes on as text from that row, and the rows before it are found again at the end.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>

#include "table/csv_cell.h"
#include "table/csv_number.h"
#include "table/dialect.h"
#include "table/encoding.h"
#include "table/header.h"
#include "table/infer.h"
#include "table/read.h"

namespace groundwork::table {

namespace {

constexpr std::size_t longest_cell = 1'000'000;

struct ColumnInProgress {
    bool is_number = true;
    std::vector<double> numbers;          // while is_number; as long as there is room for rows
    double* place = nullptr;              // of the first row: in numbers, or a part's in those of the whole
    std::size_t first_text_row = 0;       // where it stopped being numbers
    std::vector<std::string_view> cells;  // from first_text_row on
};

class CsvReader {
  public:
    CsvReader(const Dialect& dialect, std::string_view source, const ReadOptions& options)
        : dialect_(dialect),
          source_(source),
          options_(options),
          missing_(options.missing),
          begin_(dialect.body.data()),
          end_(begin_ + dialect.body.size()),
          at_(begin_),
          record_(dialect.lines_before_header + 1),
          decimal_(options.decimal.value_or('.')) {}

    Result<Frame> read() {
        TRY_DO(read_header());
        if (!read_in_parts()) {
            TRY_DO(read_rows());
        }
        if (text_rows_to_find_ > 0) {
            find_text_rows();
        }
        return frame();
    }

  private:
    Result<void> read_header();
    bool read_in_parts();
    void join(std::vector<CsvReader>& parts);
    Result<void> read_rows();
    Result<void> read_row();
    Result<void> read_cell(ColumnInProgress& column);
    bool read_plain_cell(ColumnInProgress& column);
    Error trouble_with(const CsvCell& cell) const;
    std::string_view text_of(const CsvCell& cell);
    void make_room();
    bool skip_blank_lines();
    void find_text_rows();
    Result<Frame> frame();
    Error ragged(std::size_t cells) const;

    const Dialect& dialect_;
    std::string_view source_;
    const ReadOptions& options_;
    MissingWords missing_;
    const char* begin_;
    const char* end_;
    const char* at_;
    std::size_t record_;  // of the spreadsheet row at at_
    char decimal_;
    const char* first_row_ = nullptr;
    std::vector<std::string> names_;
    std::vector<ColumnInProgress> columns_;
    std::size_t row_ = 0;
    std::size_t room_ = 0;                  // rows that fit into `numbers` as it is
    std::vector<std::size_t> source_rows_;  // empty while the rows follow one another from 2
    std::size_t text_rows_to_find_ = 0;
    std::deque<std::string> undoubled_;  // cells whose text is not in the file as it stands
};

Error CsvReader::trouble_with(const CsvCell& cell) const {
    constexpr std::size_t shown = 40;
    const auto trouble = [&](const char* problem, const char* remedy) {
        return unacceptable(problem)
            .at(std::string(source_), record_, "")
            .value(std::string(cell.text.substr(0, shown)))
            .remedy(remedy);
    };
    switch (cell.state) {
        case CsvCell::State::unclosed_quote:
            return trouble("begins with a quote that is never closed",
                           "Close it, or double a quote that is meant.");
        case CsvCell::State::text_after_quote:
            return trouble("is followed by more text behind its closing quote",
                           "Double the quotes inside the cell.");
        case CsvCell::State::whole: break;
    }
    return trouble("begins a cell of more than 1000000 characters", "Look for a quote that is not closed.");
}

std::string_view CsvReader::text_of(const CsvCell& cell) {
    return cell.has_doubled_quotes ? undoubled_.emplace_back(undouble_quotes(cell.text)) : cell.text;
}

Result<void> CsvReader::read_header() {
    constexpr std::size_t most_columns = 100'000;
    skip_blank_lines();
    for (;; ++at_) {
        const CsvCell cell = scan_cell(at_, end_, dialect_.delimiter);
        if (cell.state != CsvCell::State::whole || cell.text.size() > longest_cell) {
            return fail(trouble_with(cell));
        }
        names_.emplace_back(trim(text_of(cell)));
        at_ = cell.after;
        if (at_ == end_ || is_line_end(*at_)) {
            break;
        }
        if (names_.size() == most_columns) {
            return fail(unacceptable("has more than 100000 columns").at(std::string(source_), record_, ""));
        }
    }
    if (names_.size() == 1 && names_.front().empty()) {
        return fail(unacceptable("is empty")
                        .at(std::string(source_))
                        .remedy("The first row must hold the names of the columns."));
    }
    names_ = TRY(checked_header(std::move(names_), source_, record_));
    at_ = skip_line_end(at_, end_);
    ++record_;
    first_row_ = at_;
    columns_.resize(names_.size());
    for (std::size_t column = 0; column < names_.size(); ++column) {
        columns_[column].is_number =
            std::ranges::find(options_.text_columns, names_[column]) == options_.text_columns.end();
    }
    return {};
}

// True if a row stands at at_ afterwards, false at the end of the text.
bool CsvReader::skip_blank_lines() {
    while (at_ < end_) {
        const char* line = at_;
        while (line < end_ && *line == ' ') {
            ++line;
        }
        if (line < end_ && !is_line_end(*line)) {
            return true;
        }
        at_ = skip_line_end(line, end_);
        ++record_;
    }
    return false;
}

// Where no cell is quoted, every line end ends a row, so parts of the text can be read side by side. False,
// and nothing done, where that is not so or not worth it, and where a part has trouble or blank lines:
// reading from the beginning then says where.
bool CsvReader::read_in_parts() {
    constexpr std::size_t bytes_of_a_part = std::size_t{2} << 20;
    const auto size = static_cast<std::size_t>(end_ - at_);
    if (size < 2 * bytes_of_a_part || record_ != 2 || std::memchr(at_, '"', size) != nullptr) {
        return false;
    }
    std::vector<CsvReader> parts;
    for (const char* from = at_; from != end_;) {
        CsvReader& part = parts.emplace_back(dialect_, source_, options_);
        part.columns_ = columns_;
        part.at_ = part.first_row_ = from;
        part.record_ = record_;
        const auto left = static_cast<std::size_t>(end_ - from);
        const void* const line_end = left > bytes_of_a_part
                                         ? std::memchr(from + bytes_of_a_part, '\n', left - bytes_of_a_part)
                                         : nullptr;
        from = part.end_ = line_end == nullptr ? end_ : static_cast<const char*>(line_end) + 1;
    }
    for_each_part(parts.size(), 0, [&](std::size_t at) {
        CsvReader& part = parts[at];
        part.room_ =
            static_cast<std::size_t>(std::count(part.at_, part.end_, '\n')) + (part.end_[-1] == '\n' ? 0 : 1);
    });
    for (const CsvReader& part : parts) {
        room_ += part.room_;
    }
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        columns_[column].numbers.resize(columns_[column].is_number ? room_ : 0);
        double* place = columns_[column].numbers.data();
        for (CsvReader& part : parts) {
            part.columns_[column].place = place;
            place += columns_[column].is_number ? part.room_ : 0;
        }
    }
    std::vector<char> is_whole(parts.size());
    for_each_part(parts.size(), 0, [&](std::size_t at) {
        CsvReader& part = parts[at];
        const std::size_t lines = part.room_;
        is_whole[at] = static_cast<bool>(part.read_rows()) && part.source_rows_.empty() && part.row_ == lines;
    });
    if (std::ranges::find(is_whole, 0) != is_whole.end()) {
        room_ = 0;
        return false;
    }
    row_ = room_;
    at_ = end_;
    join(parts);
    return true;
}

// A column is text where any part found text in it.
void CsvReader::join(std::vector<CsvReader>& parts) {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        columns_[column].is_number = std::ranges::all_of(
            parts, [column](const CsvReader& part) { return part.columns_[column].is_number; });
    }
    for_each_part(parts.size(), 0, [&](std::size_t at) {
        CsvReader& part = parts[at];
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            ColumnInProgress& progress = part.columns_[column];
            if (progress.is_number && !columns_[column].is_number) {
                progress.is_number = false;
                progress.first_text_row = part.text_rows_to_find_ = part.row_;
            }
        }
        if (part.text_rows_to_find_ > 0) {
            part.find_text_rows();
        }
    });
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        if (!columns_[column].is_number) {
            columns_[column].numbers = {};
            columns_[column].cells.reserve(row_);
            for (const CsvReader& part : parts) {
                const std::vector<std::string_view>& cells = part.columns_[column].cells;
                columns_[column].cells.insert(columns_[column].cells.end(), cells.begin(), cells.end());
            }
        }
    }
}

Result<void> CsvReader::read_rows() {
    while (skip_blank_lines()) {
        if (row_ == room_) {
            make_room();
        }
        constexpr std::size_t header_and_first = 2;
        if (source_rows_.empty() && record_ != row_ + header_and_first) {
            for (std::size_t row = 0; row < row_; ++row) {
                source_rows_.push_back(row + header_and_first);
            }
        }
        if (record_ != row_ + header_and_first || !source_rows_.empty()) {
            source_rows_.push_back(record_);
        }
        TRY_DO(read_row());
        ++row_;
        ++record_;
    }
    return {};
}

Result<void> CsvReader::read_row() {
    const std::size_t width = columns_.size();
    for (std::size_t column = 0;;) {
        ColumnInProgress& progress = columns_[column];
        if (!progress.is_number || !read_plain_cell(progress)) {
            TRY_DO(read_cell(progress));
        }
        ++column;
        const bool is_last = at_ == end_ || *at_ != dialect_.delimiter;
        if (is_last != (column == width)) {
            return fail(ragged(column));
        }
        if (is_last) {
            at_ = skip_line_end(at_, end_);
            return {};
        }
        ++at_;
    }
}

// The common cases, without looking for the cell's end first: an unquoted number and nothing else, or nothing
// at all.
bool CsvReader::read_plain_cell(ColumnInProgress& column) {
    double number = 0;
    const char* const after = read_plain_number(at_, end_, decimal_, number);
    if (after != nullptr && (*after == dialect_.delimiter || is_line_end(*after))) {
        column.place[row_] = number;
        at_ = after;
        return true;
    }
    if (at_ != end_ && *at_ == dialect_.delimiter) {
        column.place[row_] = std::numeric_limits<double>::quiet_NaN();
        return true;
    }
    return false;
}

Result<void> CsvReader::read_cell(ColumnInProgress& column) {
    const CsvCell cell = scan_cell(at_, end_, dialect_.delimiter);
    if (cell.state != CsvCell::State::whole || cell.text.size() > longest_cell) {
        return fail(trouble_with(cell));
    }
    at_ = cell.after;
    if (column.is_number) {
        const std::string_view text = cell.is_quoted ? trim(cell.text) : cell.text;
        if (missing_.contains(text)) {
            column.place[row_] = std::numeric_limits<double>::quiet_NaN();
            return {};
        }
        const auto number = has_leading_zero(text) ? std::nullopt : parse_number(text, decimal_);
        if (number) {
            column.place[row_] = *number;
            return {};
        }
        column.is_number = false;
        column.numbers = {};
        column.first_text_row = row_;
        column.cells.reserve(room_ - row_);
        text_rows_to_find_ = std::max(text_rows_to_find_, row_);
    }
    column.cells.push_back(text_of(cell));
    return {};
}

// How wide the row is, counted to its end.
Error CsvReader::ragged(std::size_t cells) const {
    const char* at = at_;
    while (at != end_ && *at == dialect_.delimiter) {
        at = scan_cell(at + 1, end_, dialect_.delimiter).after;
        ++cells;
    }
    const auto counted = [](std::size_t count) {
        return fmt::format("{} cell{}", count, count == 1 ? "" : "s");
    };
    return unacceptable(fmt::format("has {} where the header has {}", counted(cells), columns_.size()))
        .at(std::string(source_), record_, "")
        .remedy("Every row needs as many cells as the header; quote a cell that holds the separator.");
}

// Room for as many rows as the text may still hold, judged by the rows so far.
void CsvReader::make_room() {
    constexpr std::size_t first_guess = 64;
    if (row_ == 0) {
        room_ = first_guess;
    } else {
        const auto bytes_of_a_row = static_cast<double>(at_ - first_row_) / static_cast<double>(row_);
        const auto rows_left = static_cast<std::size_t>(static_cast<double>(end_ - at_) / bytes_of_a_row);
        room_ += rows_left + rows_left / 16 + first_guess;
    }
    for (ColumnInProgress& column : columns_) {
        if (column.is_number) {
            column.numbers.resize(room_);
            column.place = column.numbers.data();
        } else {
            column.cells.reserve(room_ - column.first_text_row);
        }
    }
}

// The second look: text columns get their cells above the row that showed them to be text.
void CsvReader::find_text_rows() {
    std::vector<std::vector<std::string_view>> found(columns_.size());
    at_ = first_row_;
    for (std::size_t row = 0; row < text_rows_to_find_; ++row) {
        skip_blank_lines();
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            const CsvCell cell = scan_cell(at_, end_, dialect_.delimiter);
            if (!columns_[column].is_number && row < columns_[column].first_text_row) {
                found[column].push_back(text_of(cell));
            }
            at_ = cell.after + (column + 1 < columns_.size() ? 1 : 0);
        }
        at_ = skip_line_end(at_, end_);
    }
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        auto& cells = columns_[column].cells;
        cells.insert(cells.begin(), found[column].begin(), found[column].end());
    }
}

Result<Frame> CsvReader::frame() {
    InferenceRules rules{.missing = &missing_,
                         .decimal = options_.decimal,
                         .text_columns = &options_.text_columns,
                         .commas_are_expected = dialect_.delimiter == ';',
                         .points_are_seen = false};
    std::vector<TextColumn> text_columns;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        ColumnInProgress& progress = columns_[column];
        if (!progress.is_number) {
            text_columns.push_back({names_[column], std::move(progress.cells)});
            continue;
        }
        progress.numbers.resize(row_);
        missing_.clear_from(progress.numbers);
        const auto has_fraction = [](double number) {
            return std::isfinite(number) && number != std::trunc(number);
        };
        rules.points_are_seen = rules.points_are_seen || std::ranges::any_of(progress.numbers, has_fraction);
    }
    std::vector<Column> inferred = infer_columns(text_columns, rules);
    Frame frame{std::string(source_)};
    auto text_column = inferred.begin();
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        ColumnInProgress& progress = columns_[column];
        TRY_DO(frame.set(progress.is_number ? Column::of_numbers(names_[column], std::move(progress.numbers))
                                            : std::move(*text_column++)));
    }
    if (!source_rows_.empty()) {
        frame.set_source_rows(std::move(source_rows_));
    }
    return frame;
}

// Where the first NUL byte stands.
Error nul_byte(const Dialect& dialect, std::string_view source, const char* nul) {
    const char* const end = dialect.body.data() + dialect.body.size();
    const char* at = dialect.body.data();
    std::size_t record = dialect.lines_before_header + 1;
    std::size_t column = 1;
    for (;;) {
        at = scan_cell(at, end, dialect.delimiter).after;
        if (at > nul || at == end) {
            break;
        }
        if (is_line_end(*at)) {
            ++record;
            column = 1;
            at = skip_line_end(at, end);
        } else {
            at += *at == dialect.delimiter ? 1 : 0;
            ++column;
        }
    }
    return unacceptable(fmt::format("holds a zero byte in cell {}: it is not a text file", column))
        .at(std::string(source), record, "")
        .remedy("Save it as CSV in UTF-8.");
}

}  // namespace

Result<Frame> read_csv(std::string_view bytes, std::string_view source, const ReadOptions& options) {
    constexpr std::string_view delimiters = ",;\t|";
    if (options.delimiter && delimiters.find(*options.delimiter) == std::string_view::npos) {
        return fail(usage_error("is not a separator of columns")
                        .value(std::string(1, *options.delimiter))
                        .remedy("It is one of , ; | and tab."));
    }
    const bool is_decimal = !options.decimal || *options.decimal == '.' || *options.decimal == ',';
    if (!is_decimal) {
        return fail(usage_error("is not a decimal sign")
                        .value(std::string(1, *options.decimal))
                        .remedy("It is a point or a comma."));
    }
    std::string storage;
    const std::string_view text = TRY(as_utf8(bytes, storage, source));
    const Dialect dialect = find_dialect(text, options);
    if (const auto nul = dialect.body.find('\0'); nul != std::string_view::npos) {
        return fail(nul_byte(dialect, source, dialect.body.data() + nul));
    }
    return CsvReader(dialect, source, options).read();
}

}  // namespace groundwork::table
