// Any text is a column as long as the frame or an error, and says the same when it is asked twice.
#include <cstdint>

#include "table/table.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

Frame people() {
    auto frame =
        read_csv("x,y,arm,visit,odd name\n1,2,MM,2026-01-05,7\n,4,LKM,2026-02-05,8\n3,,,,9\n", "people.csv");
    ENSURE(frame.has_value());
    return *std::move(frame);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Frame frame = people();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto column = evaluate(frame, text);
    const auto kept = where(frame, text);
    if (column) {
        ENSURE(column->size() == frame.rows());
        ENSURE(kept.has_value() == (column->kind() != ColumnKind::text));
    } else {
        ENSURE(!kept && kept.error().describe() == column.error().describe());
    }
    if (kept) {
        ENSURE(kept->rows() <= frame.rows());
    }
    Frame changed = frame;
    if (mutate(changed, text)) {
        ENSURE(changed.rows() == frame.rows());
        ENSURE(changed.columns().size() <= frame.columns().size() + 1);
    }
    return 0;
}
