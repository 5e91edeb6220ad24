// Names without meaning: 128 bits, unique because they are random.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace groundwork {

struct Id {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Id&, const Id&) = default;
};

// 32 hexadecimal digits in small letters.
std::string to_text(const Id& id);

// Exactly what to_text writes, or nothing.
std::optional<Id> parse_id(std::string_view text);

// An id from 128 bits.
Id id_of(std::uint64_t high, std::uint64_t low);

}  // namespace groundwork

template <>
struct std::hash<groundwork::Id> {
    std::size_t operator()(const groundwork::Id& id) const noexcept {
        std::size_t bits = 0;  // the bytes are random already
        std::memcpy(&bits, id.bytes.data(), sizeof bits);
        return bits;
    }
};
