#include "benefit/study.h"

#include <doctest/doctest.h>

#include "benefit/test_people.h"

using namespace groundwork;
using namespace groundwork::benefit;
using namespace groundwork::benefit::test;

namespace {

const double missing = std::nan("");

// What find_benefit says against the question, or "" where it answers.
std::string complaint(const table::Frame& frame, const Question& question) {
    const Result<Findings> findings = find_benefit(frame, question);
    return findings ? "" : findings.error().describe();
}

std::vector<double> ramp(std::size_t count, double step = 1) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
        values.push_back(static_cast<double>(i * i % 17) * step);
    }
    return values;
}

std::vector<double> ascending(std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
        values.push_back(static_cast<double>(i));
    }
    return values;
}

Question two_occasions() {
    Question question;
    question.outcome = "after";
    question.baseline = "before";
    question.moderator = "start";
    return question;
}

Question diary() {
    Question question;
    question.outcome = "mood";
    question.time = "day";
    question.id = "id";
    question.moderator = "start";
    return question;
}

}  // namespace

TEST_CASE("a column that is not there is named, with the one most likely meant") {
    const auto frame = frame_of(
        {numbers("before", ramp(40)), numbers("after", ascending(40)), numbers("start", ramp(40, 0.5))});
    Question question = two_occasions();
    question.outcome = "aftr";
    CHECK(contains(complaint(frame, question), "after"));
}

TEST_CASE("what never varies, or is missing for all, is refused by name") {
    const std::vector<double> same(40, 3.0);
    const std::vector<double> none(40, missing);
    const auto check = [&](std::vector<double> before, std::vector<double> after, std::vector<double> start,
                           const std::string& column, const std::string& words) {
        const std::string said =
            complaint(frame_of({numbers("before", before), numbers("after", after), numbers("start", start)}),
                      two_occasions());
        CHECK_MESSAGE(contains(said, column), said);
        CHECK_MESSAGE(contains(said, words), said);
    };
    check(same, ascending(40), ramp(40), "before", "the same for everyone");
    check(ramp(40), same, ascending(40), "after", "the same for everyone");
    check(ramp(40), ascending(40), same, "start", "the same for everyone");
    check(none, ascending(40), ramp(40), "after", "no row has the outcome before and after");
    check(ramp(40), none, ascending(40), "after", "no row has the outcome before and after");
}

TEST_CASE("too few people for the model is an error, not a number") {
    const auto frame = frame_of(
        {numbers("before", ramp(4)), numbers("after", ascending(4)), numbers("start", ramp(4, 0.5))});
    CHECK(contains(complaint(frame, two_occasions()), "only 4 people can be analysed"));
}

TEST_CASE("one arm is no comparison") {
    const auto frame =
        frame_of({numbers("before", ramp(40)), numbers("after", ascending(40)),
                  numbers("start", ramp(40, 0.5)), texts("arm", std::vector<std::string>(40, "MM"))});
    Question question = two_occasions();
    question.arm = "arm";
    CHECK(contains(complaint(frame, question), "one arm only (MM)"));
}

TEST_CASE("an unknown arm is refused with what there is") {
    const table::Frame frame = simulate({});
    Question question = question_of_trial();
    question.control_arm = "C";
    CHECK(contains(complaint(frame, question), "no arm \"C\""));
    question.control_arm = "A";
    question.reference_arm = "B";
    CHECK(contains(complaint(frame, question), "Leave --reference out"));
}

TEST_CASE("a person with two rows needs a column of time, and the row is named") {
    std::vector<double> ids = ascending(40);
    ids[17] = 5;
    const auto frame = frame_of({numbers("id", ids), numbers("before", ramp(40)),
                                 numbers("after", ascending(40)), numbers("start", ramp(40, 0.5))});
    Question question = two_occasions();
    question.id = "id";
    const std::string said = complaint(frame, question);
    CHECK_MESSAGE(contains(said, "row 19"), said);
    CHECK_MESSAGE(contains(said, "row 7"), said);
    CHECK_MESSAGE(contains(said, "--time"), said);
}

TEST_CASE("a question that cannot be asked is a wrong command line") {
    const table::Frame frame = simulate({});
    Question question = question_of_trial();
    question.baseline.clear();
    REQUIRE_FALSE(find_benefit(frame, question).has_value());
    CHECK(find_benefit(frame, question).error().kind() == ErrorKind::usage);
    question.baseline = "after";
    CHECK(contains(complaint(frame, question), "named both as outcome and as baseline"));
    question = question_of_trial();
    question.time = "day";
    CHECK(contains(complaint(frame, question), "--id"));
    question = question_of_trial();
    question.outcome_reliability = 1.2;
    CHECK(contains(complaint(frame, question), "between 0 and 1"));
}

TEST_CASE("in long data arm and moderator are one value a person, and the row that differs is named") {
    std::vector<double> id, day, mood, start;
    std::vector<std::string> arm;
    for (int person = 0; person < 30; ++person) {
        for (int when = 0; when < 5; ++when) {
            id.push_back(person);
            day.push_back(when);
            mood.push_back((person * 7 + when * 3) % 11);
            start.push_back(person % 6);
            arm.push_back(person % 2 == 0 ? "A" : "B");
        }
    }
    const auto check = [&](const std::vector<double>& starts, const std::vector<std::string>& arms,
                           const std::string& words) {
        Question question = diary();
        question.arm = "arm";
        const std::string said =
            complaint(frame_of({numbers("id", id), numbers("day", day), numbers("mood", mood),
                                numbers("start", starts), texts("arm", arms)}),
                      question);
        CHECK_MESSAGE(contains(said, words), said);
        CHECK_MESSAGE(contains(said, "row 13"), said);
    };
    std::vector<double> other_start = start;
    other_start[11] = 99;
    check(other_start, arm, "start must be one value a person");
    std::vector<std::string> other_arm = arm;
    other_arm[11] = "B";
    check(start, other_arm, "arm must be one value a person");
}

TEST_CASE("one time only is no change") {
    const auto frame = frame_of({numbers("id", ascending(40)), numbers("day", std::vector<double>(40, 2.0)),
                                 numbers("mood", ramp(40)), numbers("start", ascending(40))});
    CHECK(contains(complaint(frame, diary()), "at one time only"));
}

TEST_CASE("a row that says nobody's name is refused") {
    std::vector<double> ids = ascending(40);
    ids[3] = missing;
    const auto frame = frame_of({numbers("id", ids), numbers("day", ramp(40)), numbers("mood", ramp(40)),
                                 numbers("start", ascending(40))});
    const std::string said = complaint(frame, diary());
    CHECK(contains(said, "row 5"));
}

TEST_CASE("odd column names and arm names are carried") {
    const table::Frame plain = simulate({.people = 300, .by_moderator = 0.4});
    std::vector<table::Column> columns;
    for (const table::Column& column : plain.columns()) {
        columns.push_back(column.renamed(column.name() == "before"  ? "1st score (before)"
                                         : column.name() == "after" ? "time"
                                         : column.name() == "start" ? "start~ ü"
                                                                    : "arm:x"));
    }
    Question question = question_of_trial();
    question.outcome = "time";
    question.baseline = "1st score (before)";
    question.moderator = "start~ ü";
    question.arm = "arm:x";
    const auto findings = find_benefit(frame_of(columns), question);
    REQUIRE_MESSAGE(findings.has_value(), (findings ? "" : findings.error().describe()));
    const auto expected = find_benefit(plain, question_of_trial());
    CHECK(effect_called(*findings, "arm_by_moderator").estimate.estimate ==
          effect_called(*expected, "arm_by_moderator").estimate.estimate);
}

TEST_CASE("people without arm, moderator or outcome are counted, not guessed") {
    const table::Frame trial = simulate({.people = 200});
    std::vector<double> after(trial.find_numbers("after").value()->numbers().begin(),
                              trial.find_numbers("after").value()->numbers().end());
    for (std::size_t i = 0; i < 60; i += 2) {
        after[i] = missing;  // arm A loses 30 of 100
    }
    table::Frame frame = trial;
    REQUIRE(frame.set(numbers("after", after)).has_value());
    const auto findings = find_benefit(frame, question_of_trial());
    REQUIRE(findings.has_value());
    CHECK(findings->people == 170);
    CHECK(findings->arms[0].people == 100);
    CHECK(findings->arms[0].with_outcome == 70);
    CHECK(findings->arms[1].with_outcome == 100);
    const auto warned = [&](const std::string& words) {
        return std::any_of(findings->warnings.begin(), findings->warnings.end(),
                           [&](const std::string& one) { return contains(one, words); });
    };
    CHECK(warned("30 of 100 in A"));
    CHECK(warned("lost different shares"));
}

TEST_CASE("the reference is the arm with most people, the one asked for, or the one that went without") {
    const auto frame = frame_of({texts("arm", {"B", "B", "B", "A", "A", "B", "A", "B", "A", "B", "B", "A"}),
                                 numbers("before", ramp(12)), numbers("after", ascending(12))});
    Question question;
    question.outcome = "after";
    question.baseline = "before";
    question.arm = "arm";
    CHECK(read_study(frame, question)->arms == std::vector<std::string>{"B", "A"});
    question.reference_arm = "A";
    CHECK(read_study(frame, question)->arms == std::vector<std::string>{"A", "B"});
    question.reference_arm.reset();
    question.control_arm = "A";
    CHECK(read_study(frame, question)->arms == std::vector<std::string>{"A", "B"});
}
