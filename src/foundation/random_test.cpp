#include "foundation/random.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace groundwork;

TEST_CASE("the same seed and stream give the same numbers for ever") {
    // Philox4x64-10 with counter 0 and key 0: the known-answer vector of the Random123 distribution
    // (kat_vectors).
    RandomStream stream(0, 0);
    CHECK(stream.next() == 0x16554d9eca36314cULL);
    CHECK(stream.next() == 0xdb20fe9d672d0fdcULL);
    CHECK(stream.next() == 0xd7e772cee186176bULL);
    CHECK(stream.next() == 0x7e68b68aec7ba23bULL);
}

TEST_CASE("streams of one seed differ") { CHECK(RandomStream(1, 0).next() != RandomStream(1, 1).next()); }

TEST_CASE("normal quantiles agree with R's qnorm to 15 digits") {
    CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-15));
    CHECK(normal_quantile(0.5) == 0.0);
    CHECK(normal_quantile(1e-10) == doctest::Approx(-6.361340902404056).epsilon(1e-14));
    CHECK(normal_quantile(1e-300) == doctest::Approx(-37.0471).epsilon(1e-5));
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
    RandomStream stream(7, 3);
    constexpr int count = 100000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; ++i) {
        const double number = stream.next_normal();
        sum += number;
        squares += number * number;
    }
    CHECK(std::abs(sum / count) < 4 / std::sqrt(count));  // four standard errors
    CHECK(std::abs(squares / count - 1) < 4 * std::sqrt(2.0 / count));
}

TEST_CASE("whole numbers below a bound reach every one, equally often") {
    RandomStream stream(5, 0);
    std::array<int, 3> counts{};
    for (int i = 0; i < 30000; ++i) {
        ++counts[stream.next_below(3)];
    }
    for (const int count : counts) {
        CHECK(std::abs(count - 10000) < 330);  // four standard deviations
    }
}
