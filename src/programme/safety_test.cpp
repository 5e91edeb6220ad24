#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

constexpr std::size_t cesd = 0;
constexpr std::size_t phq9 = 1;
constexpr std::size_t pc_ptsd_5 = 2;

ScreenAnswers scored(double score) {
    return {.is_asked = true, .score = to_points(score), .lowest_possible = to_points(score), .items = {}};
}

// Nine answers of which the last is item 9's; the score is their sum.
ScreenAnswers phq9_with_item_9(int item_9, int score) {
    ScreenAnswers screen = scored(score);
    screen.items.assign(9, 0);
    screen.items[8] = item_9;
    return screen;
}

SafetyAnswers answers(double cesd_score) {
    SafetyAnswers each;
    each.screens.resize(3);
    each.screens[cesd] = scored(cesd_score);
    return each;
}

SafetyStatus status_of(const SafetyAnswers& each) { return assess_safety(shipped_protocol(), each).status; }

}  // namespace

TEST_CASE("CES-D: to 15 starts, from 16 a talk is suggested, from 27 talking comes first") {
    CHECK(status_of(answers(0)) == SafetyStatus::start);
    CHECK(status_of(answers(15)) == SafetyStatus::start);
    CHECK(status_of(answers(16)) == SafetyStatus::suggest_talking);
    CHECK(status_of(answers(26)) == SafetyStatus::suggest_talking);
    CHECK(status_of(answers(26.6)) == SafetyStatus::suggest_talking);
    CHECK(status_of(answers(27)) == SafetyStatus::talk_first);
    CHECK(status_of(answers(60)) == SafetyStatus::talk_first);
    CHECK(assess_safety(shipped_protocol(), answers(27)).rules ==
          std::vector<std::string>{"cesd-27", "cesd-16"});
}

TEST_CASE("PHQ-9: from 10 a talk is suggested, from 20 or with any answer to item 9 talking comes first") {
    SafetyAnswers each = answers(0);
    each.screens[phq9] = phq9_with_item_9(0, 9);
    CHECK(status_of(each) == SafetyStatus::start);
    each.screens[phq9] = phq9_with_item_9(0, 10);
    CHECK(status_of(each) == SafetyStatus::suggest_talking);
    each.screens[phq9] = phq9_with_item_9(0, 19);
    CHECK(status_of(each) == SafetyStatus::suggest_talking);
    each.screens[phq9] = phq9_with_item_9(0, 20);
    CHECK(status_of(each) == SafetyStatus::talk_first);
    each.screens[phq9] = phq9_with_item_9(1, 1);
    CHECK(assess_safety(shipped_protocol(), each).rules == std::vector<std::string>{"phq9-item-9"});
}

TEST_CASE("PC-PTSD-5: from 4 a talk is suggested") {
    SafetyAnswers each = answers(0);
    each.screens[pc_ptsd_5] = scored(3);
    CHECK(status_of(each) == SafetyStatus::start);
    each.screens[pc_ptsd_5] = scored(4);
    CHECK(status_of(each) == SafetyStatus::suggest_talking);
}

TEST_CASE("without any answers nobody is screened") {
    CHECK(status_of({}) == SafetyStatus::not_screened);
    SafetyAnswers each;
    each.screens.resize(3);
    CHECK(status_of(each) == SafetyStatus::not_screened);
}

TEST_CASE("PC-PTSD-5 alone does not count as screened") {
    SafetyAnswers each;
    each.screens.resize(3);
    each.screens[pc_ptsd_5] = scored(0);
    CHECK(status_of(each) == SafetyStatus::not_screened);
}

TEST_CASE("a screen in the file that this person left out makes them not screened, whatever the others say") {
    SafetyAnswers each = answers(5);
    each.screens[pc_ptsd_5].is_asked = true;
    const SafetyAssessment assessment = assess_safety(shipped_protocol(), each);
    CHECK(assessment.status == SafetyStatus::not_screened);
    CHECK(assessment.missing == std::vector<std::string>{"pc-ptsd-5"});
}

TEST_CASE("a score without item 9 leaves the person not screened") {
    SafetyAnswers each = answers(0);
    each.screens[phq9] = scored(3);
    const SafetyAssessment assessment = assess_safety(shipped_protocol(), each);
    CHECK(assessment.status == SafetyStatus::not_screened);
    CHECK(assessment.missing == std::vector<std::string>{"phq9 item 9"});
}

TEST_CASE("a talk-first rule that already holds wins over missing answers") {
    SafetyAnswers each;
    each.screens.resize(3);
    each.screens[cesd].is_asked = true;
    each.screens[cesd].lowest_possible = to_points(31);  // too many gaps for a score, but 31 at the least
    CHECK(status_of(each) == SafetyStatus::talk_first);
    each.screens[cesd].lowest_possible = to_points(20);
    CHECK(status_of(each) == SafetyStatus::not_screened);
}

TEST_CASE("the on-device list sends to talk first, and a missing answer to it is not a start") {
    SafetyAnswers each = answers(0);
    each.list = ListAnswer::proceed;
    CHECK(status_of(each) == SafetyStatus::start);
    each.list = ListAnswer::missing;
    CHECK(status_of(each) == SafetyStatus::not_screened);
    each.list = ListAnswer::talk_first;
    CHECK(assess_safety(shipped_protocol(), each).rules == std::vector<std::string>{"on-device-list"});
    CHECK(status_of(each) == SafetyStatus::talk_first);
}

TEST_CASE("kindness feels unsafe from any answer of 3, and unanswered items leave the person not screened") {
    SafetyAnswers each = answers(0);
    each.kindness = {2, 2, 2};
    CHECK_FALSE(assess_safety(shipped_protocol(), each).kindness_feels_unsafe);
    CHECK(status_of(each) == SafetyStatus::start);
    each.kindness = {0, 3, 0};
    CHECK(assess_safety(shipped_protocol(), each).kindness_feels_unsafe);
    CHECK(status_of(each) == SafetyStatus::start);
    each.kindness = {4, std::nullopt, std::nullopt};
    CHECK(assess_safety(shipped_protocol(), each).kindness_feels_unsafe);
    CHECK(status_of(each) == SafetyStatus::start);
    each.kindness = {0, std::nullopt, 0};
    CHECK_FALSE(assess_safety(shipped_protocol(), each).kindness_feels_unsafe);
    CHECK(status_of(each) == SafetyStatus::not_screened);
}
