// Files as whole byte strings.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace groundwork {

// All bytes of a file. A missing or unreadable file, or a directory, is an `outside` error that names it.
Result<std::string> read_file(const std::filesystem::path& path);

// Writes `bytes` to `path` so that a reader sees the old file or the whole new one, never a half: a temporary
// file beside it, flushed to disk, then renamed over it.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace groundwork
