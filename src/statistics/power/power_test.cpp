#include "statistics/power/power.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

std::vector<PowerPoint> points_of(const PowerDesign& design, const std::vector<PowerEffect>& effects,
                                  const PowerOptions& options) {
    const Result<std::vector<PowerPoint>> points = power_of_design(design, effects, options);
    if (!points) {
        FAIL(points.error().describe());
    }
    return *points;
}

}  // namespace

TEST_CASE("an effect of nothing is found as often as the level says") {
    PowerDesign design;
    design.people = {100};
    design.days = 42;
    for (const DegreesOfFreedom degrees :
         {DegreesOfFreedom::satterthwaite, DegreesOfFreedom::kenward_roger}) {
        const std::vector<PowerPoint> points =
            points_of(design, {{"week:arm:moderator", {0.0}}, {"arm", {0.0}}},
                      {.simulations = 2000, .seed = 3, .degrees_of_freedom = degrees});
        for (const PowerPoint& point : points) {
            CHECK(point.power > 0.03);  // 2000 simulations know 5 % to half a per cent
            CHECK(point.power < 0.07);
            CHECK(point.interval.low < point.power);
            CHECK(point.interval.high > point.power);
        }
    }
}

TEST_CASE("power grows with people and effect, and agrees with the normal approximation") {
    PowerDesign design;
    design.people = {100, 400};
    const std::vector<PowerPoint> points =
        points_of(design, {{"week:arm:moderator", {0.01, 0.02, 0.04}}}, {.simulations = 2000, .seed = 8});
    REQUIRE(points.size() == 6);
    for (std::size_t at = 0; at < 6; ++at) {
        const double z = points[at].effect / points[at].standard_error;
        const double expected = 0.5 * std::erfc(-(z - 1.96) / std::sqrt(2.0));
        CHECK(points[at].power == doctest::Approx(expected).epsilon(0.1).scale(1));
        CHECK((at % 3 == 0 || points[at].power > points[at - 1].power));
        CHECK((at < 3 || points[at].power > points[at - 3].power));
    }
    CHECK(points[0].exaggeration > 1.5);  // what is found with little power is too large
}

TEST_CASE("power has the same bytes for any number of threads") {
    PowerDesign design;
    design.people = {60};
    const std::vector<PowerEffect> effects = {{"week:arm", {0.03}}};
    const auto one = points_of(design, effects, {.simulations = 200, .threads = 1});
    const auto three = points_of(design, effects, {.simulations = 200, .threads = 3});
    CHECK(one[0].power == three[0].power);
    CHECK(one[0].standard_error == three[0].standard_error);
}

TEST_CASE("groups taught together cost power by the design effect") {
    PowerDesign alone, taught;
    alone.people = taught.people = {100};
    taught.group_size = 11;
    taught.group_correlation = 0.05;
    const std::vector<PowerEffect> effects = {{"week:arm", {0.03}}, {"week", {0.03}}};
    const auto without = points_of(alone, effects, {.simulations = 200});
    const auto with = points_of(taught, effects, {.simulations = 200});
    CHECK(with[0].standard_error == doctest::Approx(std::sqrt(1.5) * without[0].standard_error));
    CHECK(with[1].standard_error == doctest::Approx(without[1].standard_error));
}

TEST_CASE("what cannot be simulated is refused in words") {
    PowerDesign design;
    const auto trouble = [](const PowerDesign& asked, const char* term) {
        const auto points = power_of_design(asked, {{term, {0.1}}}, {});
        return points ? std::string("none") : points.error().describe();
    };
    CHECK(trouble(design, "week:arms").find("week:arm") != std::string::npos);
    design.missing = 1.2;
    CHECK(trouble(design, "week:arm").find("between 0 and 1") != std::string::npos);
    design.missing = 0;
    design.people = {3};
    CHECK(trouble(design, "week:arm").find("between 10") != std::string::npos);
}
