// Borders: the last second of a window, of a grace, the exact threshold of each rule.
#include <doctest/doctest.h>

#include <algorithm>

#include "instrument/instrument.h"
#include "programme/core/decide.h"
#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

constexpr auto a_second = std::chrono::seconds(1);
constexpr auto a_day = std::chrono::days(1);

// Bits of which all are the same: 0 draws the first arm and every delayed start, the highest the last and
// none.
class FixedChance : public Chance {
  public:
    explicit FixedChance(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t bits() override { return bits_; }

  private:
    std::uint64_t bits_;
};

// One cohort, driven at instants that the test names.
struct DrivenCourse {
    explicit DrivenCourse(std::uint64_t bits = ~std::uint64_t{0}, std::string protocol = shipped_text())
        : chance(bits) {
        run(std::nullopt, Launch{id_of(1, 1), std::move(protocol), "", 217, true});
    }

    std::vector<Event> run(std::optional<Id> person, CommandPayload payload) {
        auto decided = decide(cohort, {id_of(2, ++commands), person, std::move(payload)}, now, chance);
        REQUIRE_MESSAGE(decided.has_value(), decided.error().describe());
        for (const Event& event : *decided) {
            REQUIRE(apply(cohort, event).has_value());
        }
        return *decided;
    }

    void advance_to(Instant until) {
        while (!cohort.due.empty() && cohort.due.begin()->first <= until) {
            now = std::max(now, cohort.due.begin()->first);
            run(std::nullopt, Tick{});
        }
        now = until;
    }

    // Enrolled and screened; CES-D and WHO-5 as given.
    void screen(const Id& id, int cesd_sum, int list = 0, int asks = 0) {
        run(id, Enrol{to_text(id), "America/New_York", Shift::day, 18 * 60});
        run(id, GiveConsent{"1.0.0", true});
        run(id,
            Answer{.prompt = 1,
                   .answered_at = now,
                   .instruments = {all("scs", 3),
                                   cesd(cesd_sum),
                                   all("ucla3", 2),
                                   who5(10),
                                   {"kindness-unsafe", {0, 0, 0}}},
                   .questions = {{"past-programmes", 0}, {"on-device-list", list}, {"asks-for-help", asks}}});
    }

    void answer(const Id& id, std::string_view form, int cesd_sum, int who5_sum, int helping = 0) {
        const OpenPrompt& prompt = open(id, form);
        Answer given{.prompt = prompt.window.prompt, .answered_at = now, .instruments = {}, .questions = {}};
        if (form == "week-6") {
            given.instruments.push_back(all("scs", 3));
        }
        given.instruments.insert(given.instruments.end(), {cesd(cesd_sum), all("ucla3", 2), who5(who5_sum)});
        if (form != "start") {
            given.questions = {{"harm", 0}, {"helping", helping}};
        }
        run(id, given);
    }

    void reach(const Id& id, std::string_view form) {
        for (int days = 0; days < 120; ++days) {
            for (const OpenPrompt& prompt : person(id).prompts) {
                if (prompt.is_open && prompt.window.form == form) {
                    return;
                }
            }
            advance_to(now + a_day);
        }
        FAIL("never opened: ", form);
    }

    const Participant& person(const Id& id) const { return cohort.people.at(id); }

    const OpenPrompt& open(const Id& id, std::string_view form) const {
        const auto found = std::ranges::find_if(person(id).prompts, [&](const OpenPrompt& prompt) {
            return prompt.is_open && prompt.window.form == form;
        });
        REQUIRE(found != person(id).prompts.end());
        return *found;
    }

    static InstrumentAnswers all(std::string_view instrument, int answer) {
        const auto definition = instrument::find_instrument(instrument).value();
        return {std::string(instrument), std::vector<std::optional<int>>(definition.items.size(), answer)};
    }

    // Answers that sum to `sum` on the CES-D, four of whose items are reversed.
    static InstrumentAnswers cesd(int sum) {
        InstrumentAnswers answers = all("cesd", 0);
        for (std::size_t item = 0; item < answers.answers.size(); ++item) {
            const bool is_reversed = item == 3 || item == 7 || item == 11 || item == 15;
            const int part = std::min(3, sum);
            sum -= part;
            answers.answers[item] = is_reversed ? 3 - part : part;
        }
        return answers;
    }

    // Answers whose total is four times `sum`.
    static InstrumentAnswers who5(int sum) {
        InstrumentAnswers answers = all("who5", 0);
        for (auto& answer : answers.answers) {
            answer = std::min(5, sum);
            sum -= *answer;
        }
        return answers;
    }

    Cohort cohort;
    FixedChance chance;
    Instant now = parse_instant("2026-01-05T15:00:00Z").value();
    std::uint64_t commands = 0;
};

const Id ada = id_of(100, 1);

AnswerStatus status_in(const std::vector<Event>& events) {
    for (const Event& event : events) {
        if (const auto* answered = std::get_if<PromptAnswered>(&event.payload)) {
            return answered->status;
        }
    }
    FAIL("nothing was answered");
    return AnswerStatus::refused;
}

Answer diary(std::uint32_t prompt, Instant answered_at) {
    return {.prompt = prompt,
            .answered_at = answered_at,
            .instruments = {},
            .questions = {{"felt-good", 5}, {"felt-bad", 1}, {"closeness", 5}, {"informal-practice", 0}}};
}

}  // namespace

TEST_CASE("the last second of a window is inside it, its end is not") {
    for (const bool is_inside : {true, false}) {
        DrivenCourse course;
        course.screen(ada, 0);
        const PlannedWindow window = course.person(ada).prompts.front().window;
        course.now = is_inside ? window.expires - a_second : window.expires;  // nothing ran since
        course.run(std::nullopt, Tick{});
        CHECK(course.person(ada).counts.opened == (is_inside ? 2 : 1));
        CHECK(course.person(ada).counts.not_offered == (is_inside ? 0 : 1));
    }
}

TEST_CASE("an answer may be on its way for seven days to the second") {
    for (const bool is_in_time : {true, false}) {
        DrivenCourse course;
        course.screen(ada, 0);
        const PlannedWindow window = course.person(ada).prompts.front().window;
        const Instant last = window.expires + 7 * a_day;
        course.advance_to(window.expires);
        course.now = is_in_time ? last : last + a_second;
        const AnswerStatus status = status_in(course.run(ada, diary(window.prompt, window.opens)));
        CHECK(status == (is_in_time ? AnswerStatus::arrived_late : AnswerStatus::kept_unscored));
    }
}

TEST_CASE("nobody who asked for help, or whom a human let start, is made to wait") {
    struct Row {
        int cesd, asks;
        bool is_drawn_to_wait;
    };
    // With bits of 0 every delayed start that is drawn delays.
    for (const Row& row : {Row{0, 0, true}, Row{0, 1, false}, Row{16, 0, true}}) {
        DrivenCourse course(0);
        course.screen(ada, row.cesd, 0, row.asks);
        course.reach(ada, "start");
        course.answer(ada, "start", 0, 10);
        CHECK(course.person(ada).allocation->start_was_drawn == row.is_drawn_to_wait);
        CHECK(course.person(ada).allocation->is_delayed == row.is_drawn_to_wait);
    }
    DrivenCourse course(0);
    course.screen(ada, 0, 1);  // the list on the device says: talk first
    course.run(ada, RecordCare{CareState::contacted, true});
    course.reach(ada, "start");
    course.answer(ada, "start", 0, 10);
    CHECK_FALSE(course.person(ada).allocation->start_was_drawn);
}

TEST_CASE("safety's thresholds: 15 starts, 16 is offered a talk, 27 talks first") {
    for (const auto& [sum, status] :
         {std::pair{15, "start"}, {16, "suggest-talking"}, {26, "suggest-talking"}, {27, "talk-first"}}) {
        DrivenCourse course;
        course.screen(ada, sum);
        CHECK(course.person(ada).safety->status == status);
    }
}

TEST_CASE(
    "not helping yet, at the exact numbers: began at 16, fell by a fifth, gained 10, two weeks of three") {
    struct Row {
        int began, week_3, who5, weeks_practised;
        MiddleFinding finding;
    };
    constexpr auto not_yet = MiddleFinding::not_helping_yet;
    constexpr auto helping = MiddleFinding::helping_or_unsure;
    constexpr auto unjudged = MiddleFinding::cannot_be_judged;
    const Row rows[] = {
        {16, 16, 10, 2, not_yet},   // dose: 2 of 3 weeks are at least 60 %
        {16, 16, 10, 1, unjudged},  // 1 of 3 is not
        {15, 15, 10, 3, unjudged},  // began in the ordinary range
        {20, 16, 10, 3, helping},   // fell by exactly a fifth
        {20, 17, 10, 3, not_yet},   // by less
        {20, 20, 12, 3, not_yet},   // WHO-5 40 to 48: gained less than 10
        {20, 20, 13, 3, helping},   // 40 to 52
    };
    for (const Row& row : rows) {
        CAPTURE(row.began);
        CAPTURE(row.week_3);
        CAPTURE(row.who5);
        DrivenCourse course;
        course.screen(ada, row.began);
        course.reach(ada, "start");
        course.answer(ada, "start", row.began, 10);
        const Instant start = course.now;
        for (int week = 0; week < row.weeks_practised; ++week) {
            course.advance_to(start + week * 7 * a_day);
            for (int practice = 0; practice < 3; ++practice) {
                course.run(ada, RecordPractice{"breath", PracticeKind::formal, 3, course.now});
            }
        }
        course.reach(ada, "week-3");
        course.answer(ada, "week-3", row.week_3, row.who5);
        CHECK(course.person(ada).middle->finding == row.finding);
    }
}

TEST_CASE("reliable change after the course, at the exact numbers") {
    struct Row {
        int cesd, who5;
        std::string_view finding;
    };
    // Before: CES-D 20, WHO-5 40; nine points of the one, ten of the other decide.
    const Row rows[] = {{11, 10, "improved"}, {12, 10, "unchanged-without-dose"},
                        {29, 10, "worse"},    {28, 10, "unchanged-without-dose"},
                        {20, 13, "improved"}, {20, 12, "unchanged-without-dose"},
                        {20, 7, "worse"},     {20, 8, "unchanged-without-dose"},
                        {11, 7, "worse"}};
    for (const Row& row : rows) {
        CAPTURE(row.cesd);
        CAPTURE(row.who5);
        DrivenCourse course;
        course.screen(ada, 20);
        course.reach(ada, "start");
        course.answer(ada, "start", 20, 10);
        course.reach(ada, "week-6");
        course.answer(ada, "week-6", row.cesd, row.who5);
        CHECK(course.person(ada).reassessed->finding == row.finding);
        const bool refers = std::ranges::find(course.person(ada).reassessed->offers, "refer") !=
                            course.person(ada).reassessed->offers.end();
        CHECK(refers == (row.finding == "worse"));
    }
}

TEST_CASE("an arm pauses at 5 of 20, looked at 20, 30, 40 people: the table of the protocol") {
    // The last number of harmed people under which the arm goes on, and the first that pauses it.
    struct Row {
        int people, harmed;
        bool is_paused;
    };
    for (const Row& row : {Row{20, 4, false}, Row{20, 5, true}, Row{19, 9, false}, Row{25, 12, false},
                           Row{30, 6, false}, Row{30, 7, true}}) {
        CAPTURE(row.people);
        CAPTURE(row.harmed);
        DrivenCourse course(0, find_protocol_source("waitlist").value().text);
        // All of one arm, as the protocol that has one.
        for (int i = 0; i < row.people; ++i) {
            const Id id = id_of(100, static_cast<std::uint64_t>(i) + 1);
            course.screen(id, 0);
        }
        course.run(std::nullopt, Tick{});
        course.advance_to(course.now + 15 * a_day);
        for (int i = 0; i < row.people; ++i) {
            const Id id = id_of(100, static_cast<std::uint64_t>(i) + 1);
            if (!course.person(id).allocation) {
                course.answer(id, "start", 0, 10);
            }
        }
        CHECK(course.cohort.core.allocated.at("mindfulness") == row.people);
        for (int i = 0; i < row.harmed; ++i) {
            course.run(id_of(100, static_cast<std::uint64_t>(i) + 1), ReportHarm{3});
        }
        CHECK(course.cohort.core.paused_arms.contains("mindfulness") == row.is_paused);
    }
}

TEST_CASE("what is so already is not said again") {
    DrivenCourse course;
    course.screen(ada, 0);
    CHECK(course.run(ada, StopMessages{}).size() == 1);
    CHECK(course.run(ada, StopMessages{}).empty());
    CHECK(course.run(ada, ResumeMessages{}).size() == 1);
    CHECK(course.run(ada, ResumeMessages{}).empty());
    CHECK(course.run(ada, ResumePractice{}).empty());
    CHECK(course.run(ada, ResumePrompts{}).empty());
    CHECK(course.run(ada, GiveConsent{"1.0.0", true}).empty());
    CHECK(course.run(ada, ReportHarm{0}).empty());
    CHECK_FALSE(course.run(ada, Withdraw{}).empty());
    CHECK(course.run(ada, Withdraw{}).empty());
    CHECK(course.run(std::nullopt, CloseEnrolment{}).size() == 1);
    CHECK(course.run(std::nullopt, CloseEnrolment{}).empty());
}

TEST_CASE("the next week is planned a day before it begins") {
    DrivenCourse course;
    course.screen(ada, 0);
    // Day -14 is 5 January; week -1 begins on the 12th at 18:00 in New York.
    CHECK(to_text(*course.person(ada).plan_again_at) == "2026-01-11T23:00:00Z");
    course.advance_to(*course.person(ada).plan_again_at - a_second);
    CHECK(course.person(ada).planned_week == -2);
    course.advance_to(course.now + a_second);
    CHECK(course.person(ada).planned_week == -1);
    CHECK(to_text(*course.person(ada).plan_again_at) == "2026-01-18T23:00:00Z");
    course.advance_to(*course.person(ada).plan_again_at);
    CHECK(course.person(ada).planned_week == 1);
}

namespace {

void begin(DrivenCourse& course, const Id& id) {
    course.run(id, Enrol{to_text(id), "America/New_York", Shift::day, 18 * 60});
    course.run(id, GiveConsent{"1.0.0", true});
}

}  // namespace

TEST_CASE(
    "nobody is left taking part for ever: whoever never answers the first form is done when it closes") {
    DrivenCourse course;
    begin(course, ada);
    SUBCASE("it expires") { course.advance_to(course.now + 8 * a_day); }
    SUBCASE("it is refused") {
        course.run(ada, Answer{.prompt = 1,
                               .answered_at = course.now,
                               .is_refused = true,
                               .instruments = {},
                               .questions = {}});
    }
    SUBCASE("it waits through a pause, and expires") {
        course.run(ada, PausePrompts{48});
        CHECK(course.person(ada).prompts.size() == 1);
        course.advance_to(course.now + 8 * a_day);
    }
    CHECK(course.person(ada).stage == Stage::finished);
    CHECK(course.person(ada).counts.paused == 0);
    course.run(std::nullopt, CloseCohort{});
    CHECK(course.cohort.core.is_closed);
}

TEST_CASE("a pause that closes the last window of a course ends it") {
    DrivenCourse course;
    course.screen(ada, 10);
    course.reach(ada, "month-3");
    course.run(ada, PausePrompts{24 * 20});
    CHECK(course.person(ada).stage == Stage::finished);
}

TEST_CASE(
    "who comes back is asked where they left: the first form again, the weeks that are left, or nothing") {
    DrivenCourse course;
    SUBCASE("before the first form was answered") {
        begin(course, ada);
        course.run(ada, Withdraw{});
        course.advance_to(course.now + a_day);
        course.run(ada, Return{});
        CHECK(course.open(ada, "before").window.prompt == 2);
        course.advance_to(course.now + 8 * a_day);
        CHECK(course.person(ada).stage == Stage::finished);
    }
    SUBCASE("in the middle") {
        course.screen(ada, 10);
        course.reach(ada, "week-3");
        course.run(ada, Withdraw{});
        course.advance_to(course.now + a_day);
        course.run(ada, Return{});
        course.reach(ada, "week-6");
        CHECK(course.person(ada).stage == Stage::taking_part);
    }
    SUBCASE("after the last window") {
        course.screen(ada, 10);
        course.reach(ada, "month-3");
        course.run(ada, Withdraw{});
        course.advance_to(course.now + 30 * a_day);
        course.run(ada, Return{});
        CHECK(course.person(ada).stage == Stage::finished);
    }
}

TEST_CASE("the last answer of a course may still be on its way when the course is over") {
    DrivenCourse course;
    course.screen(ada, 10);
    course.reach(ada, "month-3");
    const PlannedWindow window = course.open(ada, "month-3").window;
    course.advance_to(window.expires + 2 * a_day);
    REQUIRE(course.person(ada).stage == Stage::finished);
    course.run(ada, Answer{.prompt = window.prompt,
                           .answered_at = window.expires - a_second,
                           .instruments = {DrivenCourse::all("scs", 3), DrivenCourse::cesd(4),
                                           DrivenCourse::all("ucla3", 2), DrivenCourse::who5(20)},
                           .questions = {{"harm-lasting", 0}, {"other-help", 0}}});
    CHECK(course.person(ada).counts.late == 1);
    CHECK(course.person(ada).find_result("month-3")->score_of("cesd", "total") == 4'000'000);
    CHECK(course.person(ada).stage == Stage::finished);
}
