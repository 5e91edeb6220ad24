#include "table/write_xlsx.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "table/late_library.h"

namespace groundwork::table {

namespace {

// What of libxlsxwriter is used here.
struct XlsxWriter {
    LateLibrary library{"libxlsxwriter.so.4"};
    decltype(&::workbook_new) workbook_new = library["workbook_new"];
    decltype(&::workbook_add_format) workbook_add_format = library["workbook_add_format"];
    decltype(&::workbook_add_worksheet) workbook_add_worksheet = library["workbook_add_worksheet"];
    decltype(&::workbook_set_properties) workbook_set_properties = library["workbook_set_properties"];
    decltype(&::workbook_close) workbook_close = library["workbook_close"];
    decltype(&::format_set_num_format) format_set_num_format = library["format_set_num_format"];
    decltype(&::worksheet_write_number) worksheet_write_number = library["worksheet_write_number"];
    decltype(&::worksheet_write_string) worksheet_write_string = library["worksheet_write_string"];
    decltype(&::lxw_strerror) lxw_strerror = library["lxw_strerror"];
};

XlsxWriter& xlsxwriter() {
    static XlsxWriter library;
    return library;
}

constexpr std::size_t longest_text = 32'767;  // Excel's

Error refused(const Frame& frame, std::size_t row, const Column& column, lxw_error reason) {
    return unacceptable(fmt::format("cannot be written to a workbook: {}", xlsxwriter().lxw_strerror(reason)))
        .at(frame.place(row, column.name()))
        .value(column.text(row).substr(0, 40));
}

// Excel's day 1 is 1900-01-01, and its day 60 never was: dates before 1900-03-01 go out as text.
bool is_excel_date(double day) {
    constexpr double first_of_march_1900 = -25508;
    return day >= first_of_march_1900;
}

lxw_error write_cell(lxw_worksheet* sheet, lxw_format* date_format, const Column& column, std::size_t row,
                     lxw_col_t at) {
    const auto line = static_cast<lxw_row_t>(row + 1);
    if (column.is_missing(row)) {
        return LXW_NO_ERROR;
    }
    if (column.kind() == ColumnKind::date && is_excel_date(column.numbers()[row])) {
        constexpr double excel_day_of_1970 = 25569;
        return xlsxwriter().worksheet_write_number(sheet, line, at, column.numbers()[row] + excel_day_of_1970,
                                                   date_format);
    }
    if (column.kind() == ColumnKind::number && std::isfinite(column.numbers()[row])) {
        return xlsxwriter().worksheet_write_number(sheet, line, at, column.numbers()[row], nullptr);
    }
    return xlsxwriter().worksheet_write_string(sheet, line, at, column.text(row).c_str(), nullptr);
}

Result<void> fill(lxw_workbook* workbook, lxw_worksheet* sheet, const Frame& frame) {
    lxw_format* const date_format = xlsxwriter().workbook_add_format(workbook);
    xlsxwriter().format_set_num_format(date_format, "yyyy-mm-dd");
    for (std::size_t index = 0; index < frame.columns().size(); ++index) {
        const Column& column = frame.columns()[index];
        const auto at = static_cast<lxw_col_t>(index);
        if (column.name().size() > longest_text ||
            xlsxwriter().worksheet_write_string(sheet, 0, at, column.name().c_str(), nullptr) !=
                LXW_NO_ERROR) {
            return fail(
                unacceptable("is a name that a workbook cannot hold").at(frame.source(), column.name()));
        }
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            const lxw_error trouble = write_cell(sheet, date_format, column, row, at);
            if (trouble != LXW_NO_ERROR) {
                return fail(refused(frame, row, column, trouble));
            }
        }
    }
    return {};
}

}  // namespace

Result<void> write_xlsx(const Frame& frame, const std::string& path) {
    constexpr std::size_t most_rows = 1'048'576;
    constexpr std::size_t most_columns = 16'384;
    if (frame.rows() + 1 > most_rows || frame.columns().size() > most_columns) {
        return fail(unacceptable("is more than a sheet of Excel holds (1048576 rows, 16384 columns)")
                        .at(path)
                        .remedy("Write a .csv file."));
    }
    TRY_DO(xlsxwriter().library.check(path));
    // The library writes a file of its own, which nobody else may read; its bytes take their place when they
    // are whole.
    std::string temporary = path + ".XXXXXX";
    const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0) {
        return fail(outside_failure("cannot write: " + std::generic_category().message(errno)).at(path));
    }
    ::close(descriptor);
    lxw_workbook* const workbook = xlsxwriter().workbook_new(temporary.c_str());
    ENSURE(workbook != nullptr);
    // A fixed time of creation, so that the same table gives the same bytes.
    lxw_doc_properties properties{};
    properties.created = 315532800;  // 1980-01-01, the first day of ZIP
    xlsxwriter().workbook_set_properties(workbook, &properties);
    lxw_worksheet* const sheet = xlsxwriter().workbook_add_worksheet(workbook, nullptr);
    const Result<void> filled = fill(workbook, sheet, frame);
    const lxw_error trouble = xlsxwriter().workbook_close(workbook);
    std::error_code ignored;
    if (!filled || trouble != LXW_NO_ERROR) {
        std::filesystem::remove(temporary, ignored);
        return filled
                   ? fail(outside_failure(fmt::format("cannot write: {}", xlsxwriter().lxw_strerror(trouble)))
                              .at(path))
                   : filled;
    }
    const auto bytes = read_file(temporary);
    std::filesystem::remove(temporary, ignored);
    return bytes ? write_file(path, *bytes) : Result<void>(fail(bytes.error()));
}

}  // namespace groundwork::table
