#include "statistics/generalized/vector_math.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace groundwork::statistics;

TEST_CASE("exp along a vector is right to the last digits, over the whole range") {
    std::vector<double> x, result;
    for (int k = -700'000; k <= 700'000; k += 7) {
        x.push_back(k / 1000.0);
    }
    x.insert(x.end(), {0.0, -0.0, 1e-300, 1000.0, -1000.0});
    result.resize(x.size());
    exponentials(x, result);
    double worst = 0;
    for (std::size_t i = 0; i + 2 < x.size(); ++i) {
        worst = std::max(worst, std::abs(result[i] / std::exp(x[i]) - 1));
    }
    CHECK(worst < 1e-15);
    CHECK(result[x.size() - 2] == doctest::Approx(std::exp(700.0)));
    CHECK(result[x.size() - 1] == doctest::Approx(std::exp(-700.0)));
    exponentials(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}, {result.data(), 1});
    CHECK(std::isnan(result[0]));
}

TEST_CASE("the logistic likelihood and its slopes keep their digits near probabilities of 0 and 1") {
    std::vector<double> x, y, m;
    for (int k = -60'000; k <= 60'000; k += 11) {
        x.push_back(k / 1000.0);
        m.push_back(1 + k % 3 + 2);
        y.push_back(k % 2 == 0 ? 0 : m.back());
    }
    std::vector<double> value(x.size()), first(x.size()), second(x.size()), third(x.size());
    logistic_rows(x, y, m, {value, first, second, third});
    for (std::size_t i = 0; i < x.size(); ++i) {
        const long double e = std::exp(-std::abs(static_cast<long double>(x[i])));
        const long double larger = 1 / (1 + e), lesser = e / (1 + e);
        const long double p = x[i] >= 0 ? larger : lesser, q = x[i] >= 0 ? lesser : larger;
        const auto close = [](double ours, long double expected) {
            return std::abs(ours - static_cast<double>(expected)) <=
                   4e-15 * std::abs(static_cast<double>(expected)) + 1e-300;
        };
        CHECK(close(value[i], y[i] > 0 ? -m[i] * ((x[i] < 0 ? -x[i] : 0.0L) + std::log1p(e))
                                       : -m[i] * ((x[i] > 0 ? x[i] : 0.0L) + std::log1p(e))));
        CHECK(close(first[i], y[i] > 0 ? m[i] * q : -m[i] * p));
        CHECK(close(second[i], -m[i] * p * q));
        CHECK(std::abs(third[i] - static_cast<double>(-m[i] * p * q * (q - p))) <=
              4e-15 * std::abs(second[i]) + 1e-300);
    }
}
