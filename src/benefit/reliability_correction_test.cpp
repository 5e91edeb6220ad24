#include "benefit/reliability_correction.h"

#include <doctest/doctest.h>

#include "benefit/analysis.h"
#include "benefit/test_people.h"

using namespace groundwork;
using namespace groundwork::benefit;
using namespace groundwork::benefit::test;

TEST_CASE("without measurement error nothing is corrected") {
    const Study study =
        read_study(simulate({.people = 200, .by_moderator = 0.3}), question_of_trial()).value();
    const ModeratorScale scale = moderator_scale(study);
    const auto corrected = reliability_corrected(study, scale, {});
    const auto plain = fit_adjusted(study, scale, [](const Person&) { return true; }, "ancova");
    REQUIRE(corrected.has_value());
    REQUIRE(plain.has_value());
    for (const statistics::Estimate& one : plain->table.fixed) {
        REQUIRE(corrected->find(one.term) != nullptr);
        CHECK(corrected->find(one.term)->estimate == doctest::Approx(one.estimate).epsilon(1e-9));
    }
}

TEST_CASE(
    "the moderator's slope that an unreliable baseline leaves over is taken away at the true reliability") {
    // The moderator follows the true outcome; the baseline measures that with reliability .5. Nobody changes.
    RandomStream random(11, 2);
    std::vector<double> before, after, start;
    for (int i = 0; i < 4000; ++i) {
        const double truth = random.next_normal();
        before.push_back(truth + random.next_normal());
        after.push_back(truth + random.next_normal());
        start.push_back(0.6 * truth + 0.8 * random.next_normal());
    }
    Question question = without_arms(question_of_trial());
    const Study study =
        read_study(frame_of({numbers("before", before), numbers("after", after), numbers("start", start)}),
                   question)
            .value();
    const ModeratorScale scale = moderator_scale(study);
    const auto plain = fit_adjusted(study, scale, [](const Person&) { return true; }, "ancova");
    CHECK(plain->family.effects.find("start_c")->statistic > 5);
    const auto corrected = reliability_corrected(study, scale, {0.5, 1});
    REQUIRE(corrected.has_value());
    CHECK(std::abs(corrected->find("start_c")->statistic) < 2.5);
    CHECK(corrected->find("before")->estimate == doctest::Approx(1).epsilon(0.1));
}

TEST_CASE("a reliability that contradicts the data is refused") {
    const Study study =
        read_study(simulate({.people = 200, .correlation = -0.95}), question_of_trial()).value();
    CHECK_FALSE(reliability_corrected(study, moderator_scale(study), {0.05, 1}).has_value());
}
