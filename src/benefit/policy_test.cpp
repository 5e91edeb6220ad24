#include "benefit/policy.h"

#include <doctest/doctest.h>

#include "benefit/analysis.h"
#include "benefit/test_people.h"

using namespace groundwork;
using namespace groundwork::benefit;
using namespace groundwork::benefit::test;

namespace {

std::vector<Policy> policies_of(const Trial& trial, const Question& question) {
    const Study study = read_study(simulate(trial), question).value();
    return judge_policies(study, moderator_scale(study)).value();
}

Question with_direction() {
    Question question = question_of_trial();
    question.better = Better::higher;
    return question;
}

}  // namespace

TEST_CASE("the smallest detectable difference between slopes is the one of the founding study's size") {
    CHECK(detectable_slope_difference(109, 108) == doctest::Approx(0.38).epsilon(0.01));
    CHECK(detectable_slope_difference(200, 200) == doctest::Approx(0.28).epsilon(0.01));
    CHECK(detectable_slope_difference(500, 500) == doctest::Approx(0.177).epsilon(0.01));
}

TEST_CASE("below 300 an arm a rule cannot be judged, and the entry says with how many") {
    const auto policies = policies_of({.people = 598, .by_moderator = 0.5}, with_direction());
    REQUIRE(policies.size() == 1);
    CHECK_FALSE(policies.front().value.has_value());
    CHECK(contains(policies.front().words, "Cannot be judged"));
    CHECK(contains(policies.front().words, "299 in A and 299 in B"));
}

TEST_CASE("without a draw, or without a direction, a rule cannot be judged either") {
    Question question = with_direction();
    question.allocation = Allocation::not_stated;
    CHECK(contains(policies_of({.people = 600}, question).front().words, "not drawn by lot"));
    question = question_of_trial();
    CHECK(contains(policies_of({.people = 600}, question).front().words, "more or less"));
}

TEST_CASE("a rule that is worth something shows it, with the value that the truth gives") {
    // B adds .6 x moderator: choosing the better arm for each adds .6 E|m|/2 = .6 * .3989 = .239 over either
    // arm.
    const auto policies = policies_of({.people = 3000, .by_moderator = 0.6}, with_direction());
    REQUIRE(policies.size() == 3);
    CHECK(*policies[0].value == doctest::Approx(0.239).epsilon(0.25));
    CHECK(std::abs(*policies[1].value) < 0.1);
    CHECK(std::abs(*policies[2].value) < 0.1);
    CHECK(contains(policies[0].words, "did better in people the rule had not seen"));
}

TEST_CASE("a rule that is worth nothing is seldom praised") {
    int praised = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const auto policies = policies_of({.people = 600, .effect = 0.2, .seed = seed}, with_direction());
        praised += contains(policies[0].words, "did better") ? 1 : 0;
    }
    CHECK(praised <= 6);
}
