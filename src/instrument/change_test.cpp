#include "instrument/change.h"

#include <doctest/doctest.h>

#include "instrument/library.h"

using namespace groundwork::instrument;

// Jacobson & Truax 1991 worked by R: s <- .7662 * sqrt(1 - .88); sqrt(2) * s; 1.96 * sqrt(2) * s
TEST_CASE("the smallest reliable change of the SCS at SD .7662 and alpha .88 is .7357") {
    const ChangeCriterion criterion = change_criterion({.standard_deviation = .7662, .reliability = .88});
    CHECK(criterion.standard_error_of_measurement == doctest::Approx(.265419465752).epsilon(1e-11));
    CHECK(criterion.standard_error_of_difference == doctest::Approx(.375359808184).epsilon(1e-11));
    CHECK(criterion.smallest_reliable_change == doctest::Approx(.735705224041).epsilon(1e-11));
}

TEST_CASE("a change counts only beyond the criterion, and in the direction that is better for the scale") {
    const ChangeCriterion criterion{.smallest_reliable_change = 2};
    CHECK(classify_change(10, 12, criterion, BetterWhen::higher) == Change::unchanged);
    CHECK(classify_change(10, 12.5, criterion, BetterWhen::higher) == Change::improved);
    CHECK(classify_change(10, 12.5, criterion, BetterWhen::lower) == Change::worse);
    CHECK(classify_change(10, 7.5, criterion, BetterWhen::higher) == Change::worse);
    CHECK(classify_change(10, 7.5, criterion, BetterWhen::lower) == Change::improved);
}

TEST_CASE("a subscale that counts its items the other way than the total is better when lower") {
    const auto scs = find_instrument("scs");
    REQUIRE(scs.has_value());
    CHECK(better_when(*scs, scs->scales.front()) == BetterWhen::higher);
    CHECK(better_when(*scs, *scs->find_scale("total_of_subscales")) == BetterWhen::higher);
    CHECK(better_when(*scs, *scs->find_scale("self_kindness")) == BetterWhen::higher);
    CHECK(better_when(*scs, *scs->find_scale("self_judgment")) == BetterWhen::lower);
    CHECK(better_when(*scs, *scs->find_scale("negative_reversed")) == BetterWhen::higher);
    const auto cesd = find_instrument("cesd");
    REQUIRE(cesd.has_value());
    CHECK(better_when(*cesd, cesd->scales.front()) == BetterWhen::lower);
}
