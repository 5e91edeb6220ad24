#include "instrument/fraction.h"

#include <cmath>

namespace groundwork::instrument {

std::optional<Fraction> Fraction::of_decimal(double number) {
    constexpr double largest = 1e9;
    constexpr int places_at_most = 6;
    if (!(std::abs(number) <= largest)) {
        return std::nullopt;
    }
    std::int64_t power = 1;
    for (int places = 0; places <= places_at_most; ++places, power *= 10) {
        const double scaled = std::round(number * static_cast<double>(power));
        if (scaled / static_cast<double>(power) == number) {
            return reduced(static_cast<std::int64_t>(scaled), power);
        }
    }
    return std::nullopt;
}

}  // namespace groundwork::instrument
