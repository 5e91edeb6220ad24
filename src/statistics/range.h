// Which numbers can be calculated with.
#pragma once

#include <cmath>

namespace groundwork::statistics {

// Products of six numbers this large do not overflow; no measurement comes near it.
inline constexpr double largest_number = 1e50;

// Neither infinite nor beyond; NaN is not usable either.
inline bool is_usable(double value) { return std::abs(value) <= largest_number; }

inline const char* too_large(double value) {
    return std::isinf(value) ? "is infinite" : "is larger than 1e50, more than can be calculated with";
}

}  // namespace groundwork::statistics
