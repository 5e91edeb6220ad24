#include "foundation/id.h"

namespace groundwork {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";

}  // namespace

std::string to_text(const Id& id) {
    std::string text(2 * id.bytes.size(), '\0');
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        text[2 * i] = hexadecimal[id.bytes[i] >> 4U];
        text[2 * i + 1] = hexadecimal[id.bytes[i] & 15U];
    }
    return text;
}

std::optional<Id> parse_id(std::string_view text) {
    Id id;
    if (text.size() != 2 * id.bytes.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char digit = text[i];
        const bool is_number = digit >= '0' && digit <= '9';
        if (!is_number && (digit < 'a' || digit > 'f')) {
            return std::nullopt;
        }
        const int value = is_number ? digit - '0' : digit - 'a' + 10;
        std::uint8_t& byte = id.bytes[i / 2];
        byte = static_cast<std::uint8_t>(byte * 16 + value);
    }
    return id;
}

Id id_of(std::uint64_t high, std::uint64_t low) {
    Id id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
        id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return id;
}

}  // namespace groundwork
