// A file's fingerprint.
#pragma once

#include <string>
#include <string_view>

namespace groundwork {

// BLAKE2b-256 (RFC 7693) of the bytes, in 64 hexadecimal digits.
std::string content_hash(std::string_view bytes);

}  // namespace groundwork
