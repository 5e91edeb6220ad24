#include "foundation/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace groundwork {

std::string shortest(double number) {
    if (std::isnan(number)) {
        return "NaN";
    }
    if (std::isinf(number)) {
        return number > 0 ? "Inf" : "-Inf";
    }
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

std::string fixed(double number, int digits) {
    if (!std::isfinite(number)) {
        return shortest(number);
    }
    std::string text = fmt::format("{:.{}f}", number, digits);
    const bool is_zero = text.find_first_of("123456789") == std::string::npos;
    return is_zero && text.front() == '-' ? text.substr(1) : text;
}

namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
    Number number{};
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-') {
            return std::nullopt;
        }
    }
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (trouble != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<double> to_number(std::string_view text) { return parse_whole<double>(text); }
std::optional<long long> to_integer(std::string_view text) { return parse_whole<long long>(text); }

std::string_view trim(std::string_view text) {
    constexpr std::string_view white = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view between) {
    return fmt::format("{}", fmt::join(parts, between));
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates) {
    constexpr std::size_t longest_word = 200;
    if (word.size() > longest_word) {
        return std::nullopt;
    }
    const std::string wanted = lower_case(word);
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(wanted, lower_case(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    if (const auto meant = closest(word, candidates)) {
        return fmt::format(" Did you mean \"{}\"?", *meant);
    }
    if (candidates.empty()) {
        return " There are none.";
    }
    constexpr std::size_t shown = 40;
    const auto first = candidates.first(std::min(shown, candidates.size()));
    return fmt::format(" There are: {}{}.", join(first, ", "), candidates.size() > shown ? ", ..." : "");
}

bool is_utf8(std::string_view bytes) {
    const auto* byte = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = byte + bytes.size();
    while (byte < end) {
        const unsigned char lead = *byte++;
        if (lead < 0x80) {
            continue;
        }
        const int following = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || end - byte < following) {
            return false;
        }
        std::uint32_t code = lead & (0x3Fu >> following);
        for (int i = 0; i < following; ++i) {
            if ((*byte & 0xC0) != 0x80) {
                return false;
            }
            code = (code << 6) | (*byte++ & 0x3Fu);
        }
        constexpr std::array<std::uint32_t, 4> least = {0, 0x80, 0x800, 0x10000};
        const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (code < least[static_cast<std::size_t>(following)] || is_surrogate || code > 0x10FFFF) {
            return false;
        }
    }
    return true;
}

std::string latin1_to_utf8(std::string_view bytes) {
    // Windows-1252's letters in 80-9F; the five unassigned bytes stay the control characters of ISO 8859-1.
    constexpr std::array<std::uint16_t, 32> windows = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const std::uint32_t code = byte >= 0x80 && byte < 0xA0 ? windows[byte - 0x80u] : byte;
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text += static_cast<char>(0xC0 | (code >> 6));
            text += static_cast<char>(0x80 | (code & 0x3F));
        } else {
            text += static_cast<char>(0xE0 | (code >> 12));
            text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
            text += static_cast<char>(0x80 | (code & 0x3F));
        }
    }
    return text;
}

std::string escape_html(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

}  // namespace groundwork
