// The hot part of reading CSV: a number found and converted in one go. Private to table/.
#pragma once

#include <fast_float/fast_float.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace groundwork::table {

// The digits at a place, up to eight, looked at as one word.
struct DigitRun {
    std::ptrdiff_t size = 0;
    std::uint64_t value = 0;
    std::uint64_t power = 1;  // 10^size
};

inline DigitRun digit_run(const char* at) {
    static_assert(std::endian::native == std::endian::little, "the first digit must be the lowest byte");
    static constexpr std::array<std::uint64_t, 9> powers = {
        1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    constexpr std::uint64_t zeros = 0x3030303030303030;
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    // In each byte, 0 to 9 for a digit; the highest bit is set for anything more, whatever its neighbours
    // carry.
    const std::uint64_t values = word ^ zeros;
    const std::uint64_t others =
        (values | ((values & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676)) & 0x8080808080808080;
    const int size = others == 0 ? 8 : std::countr_zero(others) / 8;
    if (size == 0) {
        return {};
    }
    const std::uint64_t aligned =
        size == 8 ? values : values << (64 - 8 * size);  // zeros before the first digit
    return {size, fast_float::parse_eight_digits_unrolled(aligned ^ zeros),
            powers[static_cast<std::size_t>(size)]};
}

// The plain decimal number ([-]digits[.digits], at most 19 of them, no leading zero before another digit) at
// `at`, correctly rounded; returns where it ends. nullptr where something else stands there or less than
// `plain_margin` bytes are left: then the general reader decides. The conversion is that of Clinger (1990)
// where both parts are exact, of Eisel and Lemire (2021) where not.
constexpr std::ptrdiff_t plain_margin =
    40;  // so that eight digits can be looked at without asking for the end

inline const char* read_plain_number(const char* at, const char* end, char decimal, double& number) {
    constexpr std::ptrdiff_t most_digits = 19;  // any such whole number fits into 64 bits
    if (end - at < plain_margin) {
        return nullptr;
    }
    const bool is_negative = *at == '-';
    const char* const first = at + (is_negative ? 1 : 0);
    const char* next = first;
    std::uint64_t digits = 0;
    const auto take_digits = [&] {
        for (; static_cast<unsigned char>(*next - '0') <= 9 && next - first <= most_digits; ++next) {
            digits = digits * 10 + static_cast<std::uint64_t>(*next - '0');
        }
    };
    take_digits();
    const std::ptrdiff_t whole_digits = next - first;
    if (whole_digits == 0 || (*first == '0' && whole_digits > 1)) {
        return nullptr;
    }
    std::ptrdiff_t fraction_digits = 0;
    if (*next == decimal) {
        const char* const fraction = ++next;
        while (next - first <= most_digits) {
            const DigitRun run = digit_run(next);
            digits = digits * run.power + run.value;
            next += run.size;
            if (run.size < 8) {
                break;
            }
        }
        fraction_digits = next - fraction;
        if (fraction_digits == 0) {
            return nullptr;
        }
    }
    if (whole_digits + fraction_digits > most_digits) {
        return nullptr;
    }
    constexpr std::uint64_t every_whole_number_is_exact = std::uint64_t{1} << 53;
    static constexpr std::array<double, 20> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                                             1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                                             1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
    if (fraction_digits == 0 || digits <= every_whole_number_is_exact) {
        const double value =
            static_cast<double>(digits) / powers_of_ten[static_cast<std::size_t>(fraction_digits)];
        number = is_negative ? -value : value;
        return next;
    }
    const auto rounded =
        fast_float::compute_float<fast_float::binary_format<double>>(-fraction_digits, digits);
    if (rounded.power2 < 0) {
        return nullptr;
    }
    fast_float::to_float(is_negative, rounded, number);
    return next;
}

}  // namespace groundwork::table
