// People made by the tests themselves, whose truth is known.
#include "benefit/benefit.h"

#include <doctest/doctest.h>

#include "benefit/test_people.h"

using namespace groundwork;
using namespace groundwork::benefit;
using namespace groundwork::benefit::test;

namespace {

Findings found(const table::Frame& frame, const Question& question) {
    const auto findings = find_benefit(frame, question);
    REQUIRE_MESSAGE(findings.has_value(), (findings ? "" : findings.error().describe()));
    return *findings;
}

// The same people with one row for each occasion.
table::Frame as_long(const table::Frame& wide) {
    std::vector<double> id, time, outcome, start;
    std::vector<std::string> arm;
    for (std::size_t row = 0; row < wide.rows(); ++row) {
        for (const auto& [when, column] : {std::pair(2.0, "before"), {10.0, "after"}}) {
            id.push_back(static_cast<double>(row));
            time.push_back(when);
            outcome.push_back(wide.find_numbers(column).value()->numbers()[row]);
            start.push_back(wide.find_numbers("start").value()->numbers()[row]);
            arm.push_back(wide.find("arm").value()->text(row));
        }
    }
    return frame_of({numbers("id", id), numbers("week", time), numbers("score", outcome),
                     numbers("start", start), texts("arm", arm)});
}

}  // namespace

TEST_CASE("true moderation in a large drawn trial is supported, with its region and its people") {
    const Findings findings = found(simulate({.people = 1000, .by_moderator = 0.4}), question_of_trial());
    CHECK(findings.verdict.status == VerdictStatus::supports);
    const Effect& product = effect_called(findings, "arm_by_moderator");
    CHECK(product.interval.low < 0.4);
    CHECK(product.interval.high > 0.4);
    std::size_t people = 0;
    for (const Region& region : findings.regions) {
        people += region.people;
    }
    CHECK(people == findings.people);
    CHECK(findings.regions.front().sign == -1);
    CHECK(findings.regions.back().sign == 1);
    CHECK(findings.regions.front().to == findings.regions[1].from);
    REQUIRE(findings.moderation.size() == 1);
    CHECK(findings.moderation.front().curve.size() == 41);
    CHECK(findings.moderation.front().curve.front().moderator == findings.regions.front().from);
    CHECK(findings.moderation.front().curve.back().moderator == doctest::Approx(findings.regions.back().to));
}

TEST_CASE(
    "a large trial without moderation contradicts it, a small one cannot say, thirty people say nothing") {
    Trial trial{.people = 8000, .effect = 0.3};
    CHECK(found(simulate(trial), question_of_trial()).verdict.status == VerdictStatus::contradicts);
    trial.people = 260;
    CHECK(found(simulate(trial), question_of_trial()).verdict.status == VerdictStatus::cannot_say);
    trial.people = 28;
    const Findings few = found(simulate(trial), question_of_trial());
    CHECK(few.verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(few.naive_words, "nothing is said"));
}

TEST_CASE("regression to the mean alone fools the naive analysis and not the verdict") {
    const Trial trial{.people = 600, .error = 0.7};  // nobody changes
    const Findings one_arm = found(simulate(trial), without_arms(question_of_trial()));
    CHECK(one_arm.naive->estimate.p < 0.001);
    CHECK(one_arm.adjusted->estimate.p > 0.05);
    CHECK(one_arm.verdict.status == VerdictStatus::cannot_say);
    CAPTURE(one_arm.verdict.words);
    CAPTURE(one_arm.naive_words);
    CHECK(contains(one_arm.verdict.words, "Explained by where depression started"));
    CHECK(contains(one_arm.verdict.words, "cannot be told apart"));

    // The curve is right where the stability is the true one: var(truth) / var(measured) = 1 / 1.49.
    const RegressionToTheMean& curve = *one_arm.regression_to_the_mean;
    const double expected = (1 / 1.49 - 1) * curve.baseline_slope;
    CHECK(one_arm.naive->interval.low < expected);
    CHECK(one_arm.naive->interval.high > expected);
    CHECK(curve.curve.front().stability == 0.5);
    CHECK(curve.curve.back().stability == doctest::Approx(0.9));
    CHECK(curve.curve.front().slope == doctest::Approx(-0.5 * curve.baseline_slope));

    const Findings two_arms = found(simulate(trial), question_of_trial());
    CHECK(two_arms.naive->estimate.p < 0.05);
    CHECK(contains(two_arms.verdict.words, "Explained by"));
}

TEST_CASE("the drawn contrast of 400 trials without moderation is supported in about 5 % of them") {
    int supported = 0;
    Question question = question_of_trial();
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        const Findings findings = found(simulate({.people = 220, .effect = 0.3, .seed = seed}), question);
        supported += findings.verdict.status == VerdictStatus::supports ? 1 : 0;
    }
    CHECK(supported <= 34);  // 5 % and 3.2 standard errors
    CHECK(supported >= 6);
}

TEST_CASE("whether it helped is answered by the untreated arm of a drawn trial") {
    Question question = question_of_trial();
    question.moderator.clear();
    question.control_arm = "A";
    question.better = Better::lower;
    const Findings helped = found(simulate({.people = 300, .effect = -0.6}), question);
    CHECK(helped.verdict.status == VerdictStatus::supports);
    CHECK(helped.adjusted->id == "arm");
    CHECK(found(simulate({.people = 300, .effect = 0.6}), question).verdict.status ==
          VerdictStatus::contradicts);
    question.control_arm.reset();
    CHECK(found(simulate({.people = 300, .effect = -0.6}), question).verdict.status ==
          VerdictStatus::cannot_say);
}

TEST_CASE("one programme without a moderator: the mean change, and that it shows nothing") {
    Question question = question_of_trial();
    question.arm.clear();
    question.moderator.clear();
    const Findings findings = found(simulate({.people = 100, .effect = -1}), question);
    CHECK(findings.verdict.status == VerdictStatus::cannot_say);
    const Effect& change = effect_called(findings, "change");
    CHECK(findings.naive->estimate.estimate == doctest::Approx(change.estimate.estimate));
    CHECK(findings.naive->estimate.statistic == doctest::Approx(change.estimate.statistic).epsilon(1e-6));
}

TEST_CASE("two occasions say the same whether they stand side by side or below one another") {
    const table::Frame wide = simulate({.people = 240, .effect = 0.2, .by_moderator = 0.3});
    const Findings side = found(wide, question_of_trial());
    Question question = question_of_trial();
    question.outcome = "score";
    question.baseline.clear();
    question.time = "week";
    question.id = "id";
    const Findings below = found(as_long(wide), question);
    CHECK(below.design == Design::repeated_measures);
    for (const char* id :
         {"moderator", "arm", "arm_by_moderator", "time_by_moderator", "time_by_arm_by_moderator"}) {
        CAPTURE(id);
        const auto& one = effect_called(side, id).estimate;
        const auto& other = effect_called(below, id).estimate;
        CHECK(other.estimate == doctest::Approx(one.estimate).epsilon(1e-8));
        CHECK(other.standard_error == doctest::Approx(one.standard_error).epsilon(1e-6));
    }
    CHECK(below.people == side.people);
    CHECK(below.means.size() == side.means.size());
    CHECK(below.means.front().mean == doctest::Approx(side.means.front().mean));
}

TEST_CASE("the arm by moderator product does not depend on the reference, but for its sign") {
    const table::Frame frame = simulate({.people = 300, .by_moderator = 0.3});
    Question question = question_of_trial();
    const Findings one = found(frame, question);
    question.reference_arm = "B";
    const Findings other = found(frame, question);
    CHECK(effect_called(one, "arm_by_moderator").estimate.estimate ==
          doctest::Approx(-effect_called(other, "arm_by_moderator").estimate.estimate));
    CHECK(effect_called(one, "moderator_in:B").estimate.estimate ==
          doctest::Approx(effect_called(other, "moderator").estimate.estimate));
    CHECK(effect_called(one, "moderator_in:B").estimate.standard_error ==
          doctest::Approx(effect_called(other, "moderator").estimate.standard_error));
    CHECK(one.verdict.status == other.verdict.status);
}

TEST_CASE("three arms are each compared with the reference") {
    const table::Frame trial = simulate({.people = 600, .by_moderator = 0.8});
    std::vector<std::string> arms;
    for (std::size_t i = 0; i < 600; ++i) {
        const std::string arm = trial.find("arm").value()->text(i);
        arms.push_back(arm == "A" && i % 4 == 0 ? "C" : arm);
    }
    table::Frame frame = trial;
    REQUIRE(frame.set(texts("arm", arms)).has_value());
    Question question = question_of_trial();
    question.reference_arm = "A";
    const Findings findings = found(frame, question);
    CHECK(findings.arms.size() == 3);
    CHECK(findings.moderation.size() == 2);
    CHECK(effect_called(findings, "arm_by_moderator:B").interval.low > 0);
    CHECK(effect_called(findings, "arm_by_moderator:C").interval.low < 0);
    CHECK(findings.verdict.status == VerdictStatus::supports);
}

TEST_CASE("values between the grid's are noticed, and the analysis is repeated without their rows") {
    const table::Frame trial = simulate({.people = 300});
    std::vector<double> before, after;
    for (std::size_t i = 0; i < 300; ++i) {
        before.push_back(std::round(10 + 4 * trial.find_numbers("before").value()->numbers()[i]));
        after.push_back(std::round(10 + 4 * trial.find_numbers("after").value()->numbers()[i]));
    }
    for (const std::size_t row : {4u, 50u, 51u}) {
        after[row] += 0.3719 + 0.001 * static_cast<double>(row);
    }
    before[4] += 0.123456;  // one person twice
    table::Frame frame = trial;
    REQUIRE(frame.set(numbers("before", before)).has_value());
    REQUIRE(frame.set(numbers("after", after)).has_value());
    const Findings findings = found(frame, question_of_trial());
    CHECK(contains(findings.warnings.front(), "3 of 300 rows look filled in"));
    std::size_t repeated = 0;
    for (const Sensitivity& one : findings.sensitivity) {
        if (one.id == "without_imputed") {
            ++repeated;
            CHECK(one.people == 297);
        }
    }
    CHECK(repeated >= 2);
}

TEST_CASE("reliable change counts everyone once and speaks of better only when told") {
    Question question = question_of_trial();
    question.outcome_reliability = 0.8;
    const table::Frame frame = simulate({.people = 300, .effect = -1});
    const Findings neutral = found(frame, question);
    REQUIRE(neutral.reliable_change.size() == 2);
    for (const ReliableChange& arm : neutral.reliable_change) {
        CHECK(arm.rose + arm.unchanged + arm.fell == 150);
        CHECK(arm.improved + arm.worse == 0);
        CHECK(arm.criterion == doctest::Approx(1.96 * arm.standard_deviation * std::sqrt(2 * 0.2)));
    }
    question.better = Better::lower;
    const Findings told = found(frame, question);
    CHECK(told.reliable_change[1].improved == neutral.reliable_change[1].fell);
    CHECK(told.reliable_change[1].fell > told.reliable_change[1].rose);
    question.outcome_reliability.reset();
    CHECK(found(frame, question).reliable_change.size() == 6);
}

TEST_CASE("a covariate enters the adjusted model") {
    const table::Frame trial = simulate({.people = 300});
    table::Frame frame = trial;
    std::vector<std::string> station;
    for (std::size_t i = 0; i < 300; ++i) {
        station.push_back(i % 3 == 0 ? "north" : i % 3 == 1 ? "south" : "west");
    }
    REQUIRE(frame.set(texts("station", station)).has_value());
    Question question = question_of_trial();
    question.covariates = {"station"};
    const Findings findings = found(frame, question);
    CHECK(findings.models.front().fixed.size() == 7);
    CHECK(findings.models.front().formula == "after ~ before + arm * start_c + station");
}
