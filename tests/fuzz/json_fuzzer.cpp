// Any text is a document or an error, and a document that was written reads back the same.
#include <cstdint>

#include "foundation/foundation.h"
#include "foundation/json.h"

using namespace groundwork;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parse_json(text, "fuzz.json");
    if (!value) {
        ENSURE(!value.error().describe().empty());
        return 0;
    }
    const std::string written = write_json(*value);
    const auto again = parse_json(written, "again.json");
    ENSURE(again.has_value());
    ENSURE(write_json(*again) == written);
    return 0;
}
