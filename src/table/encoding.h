// Bytes of a text file as UTF-8. Private to table/.
#pragma once

#include <string>
#include <string_view>

#include "foundation/foundation.h"

namespace groundwork::table {

// UTF-8 with or without BOM, UTF-16 with BOM, otherwise Latin-1/Windows-1252; without the BOM. The view is
// into `bytes` where they are UTF-8 already, else into `storage`, which must outlive it. NUL bytes are left
// for the caller to find.
Result<std::string_view> as_utf8(std::string_view bytes, std::string& storage, std::string_view source);

}  // namespace groundwork::table
