#include "benefit/imputed.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "foundation/foundation.h"

using namespace groundwork;
using groundwork::benefit::values_off_grid;

namespace {

std::vector<double> whole_numbers(std::size_t count) {
    RandomStream random(3, 1);
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
        values.push_back(static_cast<double>(random.next_below(20)));
    }
    return values;
}

}  // namespace

TEST_CASE("values between whole numbers are found, each and no other") {
    std::vector<double> values = whole_numbers(100);
    values[7] = 3.2891;
    values[40] = -0.8226;
    values[99] = 12.0013;
    const auto off = values_off_grid(values);
    REQUIRE(off.has_value());
    CHECK(off->step == 1);
    CHECK(off->at == std::vector<std::size_t>{7, 40, 99});
}

TEST_CASE("a scale of half points is a finer scale, not a filled-in one") {
    std::vector<double> values = whole_numbers(100);
    for (std::size_t i = 0; i < 30; ++i) {
        values[i] += 0.5;
    }
    CHECK_FALSE(values_off_grid(values).has_value());
}

TEST_CASE("means of twelve items lie on twelfths, and a value between them is found") {
    std::vector<double> values;
    for (const double sum : whole_numbers(100)) {
        values.push_back((12 + sum) / 12);
    }
    CHECK_FALSE(values_off_grid(values).has_value());
    values[5] = 1.9137;
    const auto off = values_off_grid(values);
    REQUIRE(off.has_value());
    CHECK(off->at == std::vector<std::size_t>{5});
}

TEST_CASE("measured quantities have no grid, even with many zeros among them") {
    RandomStream random(5, 1);
    std::vector<double> values;
    for (std::size_t i = 0; i < 200; ++i) {
        values.push_back(i % 4 == 0 ? random.next_normal() : 0);
    }
    CHECK_FALSE(values_off_grid(values).has_value());
}

TEST_CASE("missing values and few values are no evidence") {
    std::vector<double> values = whole_numbers(30);
    values[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(values_off_grid(values).has_value());
    CHECK_FALSE(values_off_grid(std::vector<double>{1, 2, 3, 4.37}).has_value());
}

TEST_CASE("a third of imputed values among whole numbers is still found") {
    std::vector<double> values = whole_numbers(300);
    RandomStream random(9, 1);
    for (std::size_t i = 0; i < 100; ++i) {
        values[3 * i] = 5 + random.next_normal();
    }
    const auto off = values_off_grid(values);
    REQUIRE(off.has_value());
    CHECK(off->at.size() == 100);
}
