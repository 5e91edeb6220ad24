#include "foundation/id.h"

namespace groundwork {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";

}  // namespace

std::string to_text(const Id& id) {
    std::string text;
    text.reserve(2 * id.bytes.size());
    for (const std::uint8_t byte : id.bytes) {
        text += hexadecimal[byte >> 4U];
        text += hexadecimal[byte & 15U];
    }
    return text;
}

std::optional<Id> parse_id(std::string_view text) {
    Id id;
    if (text.size() != 2 * id.bytes.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t digit = hexadecimal.find(text[i]);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        std::uint8_t& byte = id.bytes[i / 2];
        byte = static_cast<std::uint8_t>(std::size_t{byte} << 4U | digit);
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
