// Any bytes are a frame or an error, and a frame that was read survives being written and read again.
#include <cmath>
#include <cstdint>

#include "table/table.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

// Text that a spreadsheet would run as a formula is written with an apostrophe before it.
std::string as_written(const std::string& text) {
    const bool is_formula =
        !text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos;
    return is_formula ? "'" + text : text;
}

bool is_same_number(double a, double b) {
    return a == b ? std::signbit(a) == std::signbit(b) : a != a && b != b;
}

void check_same(const Column& column, const Column& again) {
    ENSURE(as_written(column.name()) == again.name());
    ENSURE(column.size() == again.size());
    ENSURE(column.kind() == again.kind());
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (column.kind() == ColumnKind::text) {
            ENSURE(column.is_missing(row) == again.is_missing(row));
            ENSURE(as_written(column.text(row)) == again.text(row));
        } else {
            ENSURE(is_same_number(column.numbers()[row], again.numbers()[row]));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto frame = read_csv(bytes, "fuzz.csv");
    if (!frame) {
        ENSURE(!frame.error().describe().empty());
        return 0;
    }
    ReadOptions as_we_write;
    as_we_write.delimiter = ',';
    as_we_write.decimal = '.';
    const std::string csv = to_csv(*frame);
    const auto again = read_csv(csv, "again.csv", as_we_write);
    if (!again) {  // only where an apostrophe made two names one
        ENSURE(again.error().problem().starts_with("is the name of columns"));
        return 0;
    }
    ENSURE(frame->columns().size() == again->columns().size());
    ENSURE(frame->rows() == again->rows());
    for (std::size_t column = 0; column < frame->columns().size(); ++column) {
        check_same(frame->columns()[column], again->columns()[column]);
    }
    return 0;
}
