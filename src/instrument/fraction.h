// Exact fractions for scores: sums stay whole numbers and one division at the end gives the nearest double.
// Private to instrument/.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>

namespace groundwork::instrument {

// numerator / denominator in lowest terms, denominator > 0. An operation whose result does not fit 64 bits
// gives a fraction that is not exact; that sticks, and whoever takes the value asks is_exact() first.
class Fraction {
  public:
    Fraction() = default;
    explicit Fraction(std::int64_t whole) : numerator_(whole) {}

    // The decimal that `number` was written as, with at most six places; nothing for others and beyond +-1e9.
    static std::optional<Fraction> of_decimal(double number);

    bool is_exact() const { return denominator_ > 0; }
    double value() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }

    friend Fraction operator+(Fraction a, Fraction b) {
        std::int64_t left = 0, right = 0, sum = 0, denominator = 0;
        const bool too_large = __builtin_mul_overflow(a.numerator_, b.denominator_, &left) ||
                               __builtin_mul_overflow(b.numerator_, a.denominator_, &right) ||
                               __builtin_add_overflow(left, right, &sum) ||
                               __builtin_mul_overflow(a.denominator_, b.denominator_, &denominator);
        return too_large ? inexact() : reduced(sum, denominator);
    }
    friend Fraction operator-(Fraction a, Fraction b) { return a + Fraction(-1) * b; }
    friend Fraction operator*(Fraction a, Fraction b) {
        std::int64_t numerator = 0, denominator = 0;
        const bool too_large = __builtin_mul_overflow(a.numerator_, b.numerator_, &numerator) ||
                               __builtin_mul_overflow(a.denominator_, b.denominator_, &denominator);
        return too_large ? inexact() : reduced(numerator, denominator);
    }
    // divisor >= 1
    friend Fraction operator/(Fraction a, std::int64_t divisor) {
        std::int64_t denominator = 0;
        const bool too_large = __builtin_mul_overflow(a.denominator_, divisor, &denominator);
        return too_large ? inexact() : reduced(a.numerator_, denominator);
    }

  private:
    // A denominator of 0 marks "not exact" and stays 0 through every operation.
    static Fraction inexact() { return reduced(0, 0); }
    static Fraction reduced(std::int64_t numerator, std::int64_t denominator) {
        const std::int64_t divisor = denominator == 0 ? 1 : std::gcd(numerator, denominator);
        Fraction result;
        result.numerator_ = numerator / divisor;
        result.denominator_ = denominator / divisor;
        return result;
    }

    std::int64_t numerator_ = 0;
    std::int64_t denominator_ = 1;
};

}  // namespace groundwork::instrument
