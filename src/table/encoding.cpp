#include "table/encoding.h"

#include <cstdint>
#include <cstring>

namespace groundwork::table {

namespace {

bool is_ascii(std::string_view bytes) {
    std::uint64_t seen = 0;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        seen |= word;
    }
    for (; at < bytes.size(); ++at) {
        seen |= static_cast<unsigned char>(bytes[at]);
    }
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    return (seen & high_bits) == 0;
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto continuation = [code](unsigned shift) {
        return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
    };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        text += continuation(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | (code >> 12));
        text += continuation(6);
        text += continuation(0);
    } else {
        text += static_cast<char>(0xF0 | (code >> 18));
        text += continuation(12);
        text += continuation(6);
        text += continuation(0);
    }
}

enum class ByteOrder { little, big };

Result<std::string> utf16_to_utf8(std::string_view bytes, ByteOrder order, std::string_view source) {
    const auto damaged = [source](const char* problem) {
        return fail(
            unacceptable(problem).at(std::string(source)).remedy("Save it again, as UTF-8 if you can."));
    };
    if (bytes.size() % 2 != 0) {
        return damaged("is UTF-16 text cut in the middle of a character");
    }
    const auto unit = [bytes, order](std::size_t at) -> std::uint32_t {
        const std::uint32_t first = static_cast<unsigned char>(bytes[at]);
        const std::uint32_t second = static_cast<unsigned char>(bytes[at + 1]);
        return order == ByteOrder::little ? first | (second << 8u) : (first << 8u) | second;
    };
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        const std::uint32_t code = unit(at);
        if (code < 0xD800 || code > 0xDFFF) {
            append_utf8(text, code);
            continue;
        }
        const bool is_pair =
            code < 0xDC00 && at + 2 < bytes.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) <= 0xDFFF;
        if (!is_pair) {
            return damaged("is not well-formed UTF-16 text");
        }
        at += 2;
        append_utf8(text, 0x10000 + ((code - 0xD800) << 10u) + (unit(at) - 0xDC00));
    }
    return text;
}

}  // namespace

Result<std::string_view> as_utf8(std::string_view bytes, std::string& storage, std::string_view source) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        const ByteOrder order = bytes.front() == '\xFF' ? ByteOrder::little : ByteOrder::big;
        storage = TRY(utf16_to_utf8(bytes.substr(2), order, source));
        return storage;
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
    }
    if (is_ascii(bytes) || is_utf8(bytes)) {
        return bytes;
    }
    storage = latin1_to_utf8(bytes);
    return storage;
}

}  // namespace groundwork::table
