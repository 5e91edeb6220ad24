#include "foundation/hash.h"

#include <sodium.h>

#include <array>

#include "foundation/ensure.h"

namespace groundwork {

std::string content_hash(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    // The library needs no set-up for hashing. NOLINTNEXTLINE(*-reinterpret-cast)
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    ENSURE(crypto_generichash(digest.data(), digest.size(), data, bytes.size(), nullptr, 0) == 0);
    std::array<char, 2 * digest.size() + 1> text{};
    sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
    return text.data();
}

}  // namespace groundwork
