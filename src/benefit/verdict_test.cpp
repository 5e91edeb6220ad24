// Each row of the table of rules in docs/benefit.md.
#include "benefit/verdict.h"

#include <doctest/doctest.h>

#include "benefit/contrast.h"
#include "benefit/test_people.h"

using namespace groundwork::benefit;
using namespace groundwork::benefit::test;
using groundwork::statistics::make_estimate;

namespace {

Effect effect_of(double estimate, double error) {
    return effect("x", "x", make_estimate("x", estimate, error, 300), "m");
}

// A randomised trial of two programmes whose difference clearly changes with the moderator.
VerdictInputs clear_case() {
    VerdictInputs inputs;
    inputs.outcome_name = "depression";
    inputs.moderator_name = "self-compassion";
    inputs.measure = "depression after, adjusted for depression before";
    inputs.has_moderator = true;
    inputs.people = 300;
    inputs.smallest_arm = 150;
    inputs.arms = {"MM", "LKM"};
    inputs.allocation = Allocation::randomised;
    inputs.naive = effect_of(0.1, 0.3);
    inputs.adjusted = effect_of(0.1, 0.3);
    inputs.by_moderator = {{"LKM", "MM", make_estimate("p", 1.0, 0.2, 295), 0.3, std::nullopt}};
    inputs.between_arms = {{"LKM", "MM", make_estimate("a", 0.1, 0.2, 295), 0.3, std::nullopt}};
    return inputs;
}

void set_product(VerdictInputs& inputs, double estimate, double error) {
    inputs.by_moderator.front().estimate = make_estimate("p", estimate, error, 295);
}

bool says_moderates(const Verdict& verdict) {
    return contains(verdict.words, "moderates") || contains(verdict.headline, "moderates");
}

}  // namespace

TEST_CASE(
    "a drawn comparison that changes with the moderator supports, and only then the word moderates falls") {
    const Verdict verdict = judge(clear_case());
    CHECK(verdict.status == VerdictStatus::supports);
    CHECK(says_moderates(verdict));
}

TEST_CASE("below 30 people nothing is said about change") {
    VerdictInputs inputs = clear_case();
    inputs.people = 29;
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.words, "nothing is said about change"));
    CHECK_FALSE(contains(verdict.words, "depression"));
}

TEST_CASE("below 100 people in an arm nothing is said about who benefits more") {
    VerdictInputs inputs = clear_case();
    inputs.smallest_arm = 99;
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.words, "99 people of at least 100"));
    CHECK_FALSE(says_moderates(verdict));
}

TEST_CASE("without a draw a difference is an association and never moderates") {
    for (const Allocation allocation : {Allocation::not_stated, Allocation::not_randomised}) {
        VerdictInputs inputs = clear_case();
        inputs.allocation = allocation;
        const Verdict verdict = judge(inputs);
        CHECK(verdict.status == VerdictStatus::cannot_say);
        CHECK(contains(verdict.words, "As an association only"));
        CHECK_FALSE(says_moderates(verdict));
    }
}

TEST_CASE("one programme alone cannot say who benefits") {
    VerdictInputs inputs = clear_case();
    inputs.arms = {""};
    inputs.by_moderator.clear();
    inputs.between_arms.clear();
    inputs.adjusted = effect_of(-0.9, 0.2);
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.words, "nobody to compare with"));
    CHECK(contains(verdict.words, "an association"));
    CHECK_FALSE(says_moderates(verdict));
}

TEST_CASE("an interval within the differences that do not matter contradicts, though it may exclude zero") {
    VerdictInputs inputs = clear_case();
    set_product(inputs, 0.05, 0.1);
    CHECK(judge(inputs).status == VerdictStatus::contradicts);
    set_product(inputs, 0.15, 0.05);
    CHECK(judge(inputs).status == VerdictStatus::contradicts);
}

TEST_CASE("an interval that holds both zero and differences that matter cannot say yet") {
    VerdictInputs inputs = clear_case();
    set_product(inputs, 0.3, 0.2);
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.headline, "Cannot say yet"));
    CHECK_FALSE(says_moderates(verdict));
}

TEST_CASE("a finding that filled-in rows carry is none") {
    VerdictInputs inputs = clear_case();
    inputs.by_moderator.front().without_imputed = 0.7;
    CHECK(judge(inputs).status == VerdictStatus::supports);
    inputs.by_moderator.front().without_imputed = 0.4;
    CHECK(judge(inputs).status == VerdictStatus::cannot_say);
    inputs.by_moderator.front().without_imputed = -1.0;
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.words, "look filled in"));
}

TEST_CASE("several arms share the 5 %") {
    VerdictInputs inputs = clear_case();
    set_product(inputs, 0.5, 0.23);  // p = .03
    CHECK(judge(inputs).status == VerdictStatus::supports);
    inputs.arms.push_back("wait");
    inputs.by_moderator.push_back({"wait", "MM", make_estimate("q", 0.1, 0.3, 295), 0.3, std::nullopt});
    CHECK(judge(inputs).status == VerdictStatus::cannot_say);
}

TEST_CASE(
    "a naive effect that goes when the start is adjusted for is explained by the start, in these words") {
    VerdictInputs inputs = clear_case();
    inputs.allocation = Allocation::not_stated;
    inputs.naive = effect_of(1.77, 0.34);
    inputs.adjusted = effect_of(-0.09, 0.23);
    set_product(inputs, 0.2, 0.34);
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(
        verdict.words.starts_with("Explained by where depression started: regression to the mean, a floor, "
                                  "or people with more symptoms having "
                                  "more to gain. Without an untreated group these cannot be told apart. No "
                                  "evidence that self-compassion "
                                  "mattered."));
    CHECK_FALSE(says_moderates(verdict));
}

TEST_CASE("an adjusted effect that is merely uncertain is not explained away") {
    VerdictInputs inputs = clear_case();
    inputs.naive = effect_of(1.77, 0.34);
    inputs.adjusted = effect_of(1.2, 0.7);
    set_product(inputs, 0.2, 0.34);
    CHECK_FALSE(contains(judge(inputs).words, "Explained by"));
}

TEST_CASE("where the arms seem to differ by start, no evidence is not said") {
    VerdictInputs inputs = clear_case();
    inputs.naive = effect_of(1.77, 0.34);
    inputs.adjusted = effect_of(-0.09, 0.23);
    const Verdict drawn = judge(inputs);
    CHECK(drawn.status == VerdictStatus::supports);
    CHECK_FALSE(contains(drawn.words, "No evidence"));
    CHECK(contains(drawn.words, "Explained by where depression started"));
    inputs.allocation = Allocation::not_randomised;
    CHECK_FALSE(contains(judge(inputs).words, "No evidence"));
}

TEST_CASE("an untreated group changes what can be told apart") {
    VerdictInputs inputs = clear_case();
    inputs.arms = {"wait", "MM"};
    inputs.control_arm = "wait";
    inputs.naive = effect_of(1.77, 0.34);
    inputs.adjusted = effect_of(-0.09, 0.23);
    set_product(inputs, 0.2, 0.34);
    const Verdict verdict = judge(inputs);
    CHECK_FALSE(contains(verdict.words, "cannot be told apart"));
    CHECK(contains(verdict.words, "the untreated group (wait)"));
}

TEST_CASE(
    "the words follow the outcome: a ceiling where more is better, worse off where it is no complaint") {
    VerdictInputs inputs = clear_case();
    inputs.outcome_name = "well-being";
    inputs.better = Better::higher;
    inputs.naive = effect_of(-1.77, 0.34);
    inputs.adjusted = effect_of(0.09, 0.23);
    set_product(inputs, 0.2, 0.34);
    CHECK(contains(judge(inputs).words, "a ceiling, or people who started worse off having more to gain"));
    inputs.better = Better::not_stated;
    CHECK(contains(judge(inputs).words, "a floor or ceiling"));
}

TEST_CASE("whether it helped needs an untreated arm and a draw") {
    VerdictInputs inputs = clear_case();
    inputs.has_moderator = false;
    inputs.by_moderator.clear();
    inputs.between_arms.front().estimate = make_estimate("a", -1.0, 0.2, 295);
    inputs.better = Better::lower;
    const Verdict active = judge(inputs);
    CHECK(active.status == VerdictStatus::cannot_say);
    CHECK(contains(active.words, "nobody is known to have gone without"));

    inputs.control_arm = "MM";
    CHECK(judge(inputs).status == VerdictStatus::supports);
    CHECK(contains(judge(inputs).words, "what the programme did"));
    inputs.allocation = Allocation::not_randomised;
    CHECK(judge(inputs).status == VerdictStatus::cannot_say);

    inputs.allocation = Allocation::randomised;
    inputs.better = Better::not_stated;  // nobody said that less is better
    CHECK(judge(inputs).status == VerdictStatus::cannot_say);
    inputs.better = Better::higher;
    CHECK(judge(inputs).status == VerdictStatus::contradicts);
    inputs.between_arms.front().estimate = make_estimate("a", 0.02, 0.1, 295);
    CHECK(judge(inputs).status == VerdictStatus::contradicts);
    inputs.between_arms.front().estimate = make_estimate("a", 0.4, 0.4, 295);
    CHECK(judge(inputs).status == VerdictStatus::cannot_say);
}

TEST_CASE("people without any comparison are told that change shows nothing") {
    VerdictInputs inputs = clear_case();
    inputs.has_moderator = false;
    inputs.arms = {""};
    inputs.by_moderator.clear();
    inputs.between_arms.clear();
    const Verdict verdict = judge(inputs);
    CHECK(verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(verdict.words, "scores also move on their own"));
}
