#include "report/scale.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "report/axes.h"

namespace {

using namespace groundwork::report;

Extent extent(double low, double high) {
    Extent result;
    result.include(low);
    result.include(high);
    return result;
}

TEST_CASE("an extent passes over what is not a number") {
    Extent result;
    result.include(std::numeric_limits<double>::quiet_NaN());
    result.include(std::numeric_limits<double>::infinity());
    CHECK(result.empty());
    result.include(3);
    CHECK(result.low() == 3);
    CHECK(result.padded(0.1).width() == 1);
    CHECK(extent(0, 10).padded(0.1).low() == doctest::Approx(-1));
}

TEST_CASE("a scale maps the ends of its domain to the ends of its range, up or down") {
    const Scale down(extent(1, 5), 300, 20);
    CHECK(down(1) == doctest::Approx(300));
    CHECK(down(5) == doctest::Approx(20));
    CHECK(down(3) == doctest::Approx(160));
    CHECK(std::isfinite(Scale(extent(2, 2), 0, 10)(2)));
}

TEST_CASE("ticks are round numbers with the places they need") {
    const Ticks scores = nice_ticks(extent(1, 5), 4);
    CHECK(scores.at == std::vector<double>{1, 2, 3, 4, 5});
    CHECK(scores.places == 0);
    const Ticks halves = nice_ticks(extent(-0.7, 1.3), 4);
    CHECK(halves.at == std::vector<double>{-0.5, 0, 0.5, 1});
    CHECK(halves.places == 1);
    CHECK(nice_ticks(extent(0, 0.11), 5).places == 2);
    CHECK(nice_ticks(extent(0, 900), 5).at == std::vector<double>{0, 200, 400, 600, 800});
}

TEST_CASE("ticks lie inside, ascend, and are neither too few nor too many") {
    CHECK(rc::check([](int low, unsigned width, unsigned char places) {
        const double unit = std::pow(10.0, -(places % 6));
        const double from = (low % 100000) * unit;
        const Extent all = extent(from, from + (1 + width % 100000) * unit);
        const Ticks ticks = nice_ticks(all, 5);
        RC_ASSERT(ticks.at.size() >= 2U);
        RC_ASSERT(ticks.at.size() <= 12U);
        const double slack = 1e-6 * all.width();
        for (std::size_t i = 0; i < ticks.at.size(); ++i) {
            RC_ASSERT(ticks.at[i] >= all.low() - slack);
            RC_ASSERT(ticks.at[i] <= all.high() + slack);
            const bool ascends = i == 0 || ticks.at[i] > ticks.at[i - 1];  // RC_ASSERT would read both sides
            RC_ASSERT(ascends);
        }
    }));
}

TEST_CASE("labels keep their order and clear of one another, and stay inside where they fit") {
    CHECK(rc::check([](const std::vector<unsigned char>& wanted) {
        std::vector<Block> blocks;
        for (std::size_t i = 0; i < std::min<std::size_t>(wanted.size(), 8); ++i) {
            blocks.push_back({static_cast<double>(wanted[i]), 20.0 + static_cast<double>(i)});
        }
        const std::vector<double> tops = spread(blocks, 0, 260);
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            RC_ASSERT(tops[i] >= -1e-9);
            RC_ASSERT(tops[i] + blocks[i].height <= 260 + 1e-9);
            for (std::size_t j = 0; j < blocks.size(); ++j) {
                if (i == j) {
                    continue;
                }
                const bool apart = tops[i] + blocks[i].height <= tops[j] + 1e-9 ||
                                   tops[j] + blocks[j].height <= tops[i] + 1e-9;
                RC_ASSERT(apart);
            }
        }
    }));
    CHECK(spread({{100, 20}}, 0, 300) == std::vector<double>{90});
}

}  // namespace
