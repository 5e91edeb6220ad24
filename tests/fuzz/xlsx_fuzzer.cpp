// Any bytes are a frame or an error.
#include <cstdint>

#include "table/read_xlsx.h"
#include "table/write.h"

using namespace groundwork;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto frame = table::read_xlsx(bytes, "fuzz.xlsx", {});
    ENSURE(frame ? !table::to_csv(*frame).empty() : !frame.error().describe().empty());
    return 0;
}
