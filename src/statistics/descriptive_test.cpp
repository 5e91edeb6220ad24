#include "statistics/descriptive.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

using namespace groundwork;
using namespace groundwork::statistics;

namespace {
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("a summary leaves missing values out and divides by n - 1") {
    const std::vector<double> values = {2, missing, 4, 4, 5, 5, 7, 9, missing};
    const Summary summary = summarise(values);
    CHECK(summary.n == 7);
    CHECK(summary.mean == doctest::Approx(36.0 / 7).epsilon(1e-15));
    CHECK(summary.standard_deviation ==
          doctest::Approx(2.2677868380553634).epsilon(1e-14));  // R: sd(c(2,4,4,5,5,7,9))
    CHECK(summary.minimum == 2);
    CHECK(summary.maximum == 9);
    CHECK(summarise({}).n == 0);
    CHECK(std::isnan(summarise({}).mean));
    CHECK(std::isnan(summarise(std::vector<double>{3}).standard_deviation));
}

TEST_CASE("the standard deviation keeps its digits far from zero") {
    // NIST StRD NumAcc4: certified mean 10000000.2, standard deviation 0.1.
    std::vector<double> values = {10000000.2};
    for (int i = 0; i < 500; ++i) {
        values.push_back(10000000.1);
        values.push_back(10000000.3);
    }
    CHECK(summarise(values).mean == doctest::Approx(10000000.2).epsilon(1e-15));
    CHECK(summarise(values).standard_deviation == doctest::Approx(0.1).epsilon(1e-7));
}

TEST_CASE("quantiles interpolate as R's type 7") {
    const std::vector<double> values = {1, 3, 4, missing, 10, 7};  // R: quantile(c(1,3,4,10,7), p)
    CHECK(quantile(values, 0) == 1);
    CHECK(quantile(values, 0.1) == doctest::Approx(1.8));
    CHECK(quantile(values, 0.25) == 3);
    CHECK(quantile(values, 0.5) == 4);
    CHECK(quantile(values, 0.9) == doctest::Approx(8.8));
    CHECK(quantile(values, 1) == 10);
    CHECK(std::isnan(quantile({}, 0.5)));
}

TEST_CASE("a quantile lies between the extremes and does not fall as p rises") {
    CHECK(rc::check([](const std::vector<int>& whole, unsigned a, unsigned b) {
        RC_PRE(!whole.empty());
        const std::vector<double> values(whole.begin(), whole.end());
        const double low = (a % 101) / 100.0, high = (b % 101) / 100.0;
        RC_ASSERT(quantile(values, std::min(low, high)) <= quantile(values, std::max(low, high)));
        RC_ASSERT(quantile(values, 0) == summarise(values).minimum);
        RC_ASSERT(quantile(values, 1) == summarise(values).maximum);
    }));
}

TEST_CASE("a correlation uses the pairs that are complete, and is unknown without variation") {
    const std::vector<double> x = {1, 2, missing, 4, 5}, y = {2, 1, 7, 4, missing};
    CHECK(correlation(x, y) ==
          doctest::Approx(0.7857142857142856).epsilon(1e-14));  // R: cor(c(1,2,4), c(2,1,4))
    CHECK(correlation(x, x) == doctest::Approx(1));
    CHECK(std::isnan(correlation(x, std::vector<double>{3, 3, 3, 3, 3})));
}
