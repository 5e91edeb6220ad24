#include "statistics/generalized/vector_math.h"

#include <bit>
#include <cstdint>

#include "foundation/ensure.h"
#include "statistics/processor.h"

namespace groundwork::statistics {

namespace {

#define GROUNDWORK_INLINE inline __attribute__((always_inline))

// x = k log 2 + r with |r| <= log(2) / 2, log 2 in two parts (Cody & Waite 1980); e^r by its Taylor series,
// whose first term left out is below 1e-17.
GROUNDWORK_INLINE double exponential(double x) {
    constexpr double highest = 700;
    constexpr double per_log2 = 1.4426950408889634074, log2_high = 0x1.62e42fee00000p-1,
                     log2_low = 0x1.a39ef35793c76p-33;
    constexpr double to_whole = 0x1.8p52;  // adding it rounds, and leaves the whole number in the low bits
    x = x > highest ? highest : x;
    x = x < -highest ? -highest : x;
    const double shifted = x * per_log2 + to_whole;
    const double whole = shifted - to_whole;
    const double r = (x - whole * log2_high) - whole * log2_low;
    double sum = 1.0 / 6227020800;
    sum = sum * r + 1.0 / 479001600;
    sum = sum * r + 1.0 / 39916800;
    sum = sum * r + 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    const std::uint64_t power = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
    return sum * std::bit_cast<double>(power);
}

// log(1 + e) for 0 <= e <= 1, relative error below 1e-15: log((1 + s) / (1 - s)) by its series in s^2 <=
// 0.0295.
GROUNDWORK_INLINE double log_one_plus(double e) {
    constexpr double log2 = 0.693147180559945309417;
    const bool halve = e > 0.41421356237309504;
    const double f = halve ? (e - 1) * 0.5 : e;
    const double s = f / (2 + f), z = s * s;
    double sum = 1.0 / 21;
    sum = sum * z + 1.0 / 19;
    sum = sum * z + 1.0 / 17;
    sum = sum * z + 1.0 / 15;
    sum = sum * z + 1.0 / 13;
    sum = sum * z + 1.0 / 11;
    sum = sum * z + 1.0 / 9;
    sum = sum * z + 1.0 / 7;
    sum = sum * z + 1.0 / 5;
    sum = sum * z + 1.0 / 3;
    return (halve ? log2 : 0.0) + (2 * s + 2 * s * z * sum);
}

GROUNDWORK_EACH_PROCESSOR void logistic_loop(std::size_t rows, const double* __restrict x,
                                             const double* __restrict y, const double* __restrict m,
                                             double* __restrict value, double* __restrict first,
                                             double* __restrict second, double* __restrict third) {
    for (std::size_t i = 0; i < rows; ++i) {
        const bool above = x[i] >= 0;
        const double e = exponential(above ? -x[i] : x[i]);
        const double share = 1 / (1 + e);
        const double lesser = m[i] * e * share;            // m times the smaller of p and 1 - p
        const double anchor = above ? y[i] - m[i] : y[i];  // what remains of the slope far out
        value[i] = anchor * x[i] - m[i] * log_one_plus(e);
        first[i] = above ? anchor + lesser : anchor - lesser;
        const double bend = -lesser * share;
        const double tilt = (1 - e) * share;
        second[i] = bend;
        third[i] = above ? -bend * tilt : bend * tilt;
    }
}

GROUNDWORK_EACH_PROCESSOR void poisson_loop(std::size_t rows, const double* __restrict x,
                                            const double* __restrict y, double* __restrict value,
                                            double* __restrict first, double* __restrict second,
                                            double* __restrict third) {
    for (std::size_t i = 0; i < rows; ++i) {
        const double mean = exponential(x[i]);
        value[i] = y[i] * x[i] - mean;
        first[i] = y[i] - mean;
        second[i] = -mean;
        third[i] = -mean;
    }
}

GROUNDWORK_EACH_PROCESSOR void exponential_loop(std::size_t rows, const double* __restrict x,
                                                double* __restrict result) {
    for (std::size_t i = 0; i < rows; ++i) {
        result[i] = exponential(x[i]);
    }
}

void check(const RowSlopes& rows, std::size_t count) {
    ENSURE(rows.value.size() == count && rows.first.size() == count && rows.second.size() == count &&
           rows.third.size() == count);
}

}  // namespace

void exponentials(std::span<const double> x, std::span<double> result) {
    ENSURE(result.size() == x.size());
    exponential_loop(x.size(), x.data(), result.data());
}

void logistic_rows(std::span<const double> log_odds, std::span<const double> successes,
                   std::span<const double> trials, const RowSlopes& rows) {
    const std::size_t count = log_odds.size();
    ENSURE(successes.size() == count && trials.size() == count);
    check(rows, count);
    logistic_loop(count, log_odds.data(), successes.data(), trials.data(), rows.value.data(),
                  rows.first.data(), rows.second.data(), rows.third.data());
}

void poisson_rows(std::span<const double> log_mean, std::span<const double> counts, const RowSlopes& rows) {
    const std::size_t count = log_mean.size();
    ENSURE(counts.size() == count);
    check(rows, count);
    poisson_loop(count, log_mean.data(), counts.data(), rows.value.data(), rows.first.data(),
                 rows.second.data(), rows.third.data());
}

}  // namespace groundwork::statistics
