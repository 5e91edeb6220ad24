#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "instrument/instrument.h"
#include "programme/core/decide.h"
#include "programme/core/event_text.h"
#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

Instant at(std::string_view text) { return parse_instant(text).value(); }

constexpr auto an_hour = std::chrono::hours(1);
constexpr auto a_day = std::chrono::days(1);

// A cohort that is driven command by command and keeps every event.
struct Driven {
    explicit Driven(std::uint64_t seed = 1, std::string protocol = shipped_text()) : chance(seed, 0) {
        run({id_of(7, next_command++), std::nullopt,
             Launch{id_of(1, 1), std::move(protocol), "", 217, true}});
    }

    std::vector<Event> run(const Command& command) {
        auto decided = decide(cohort, command, now, chance);
        REQUIRE_MESSAGE(decided.has_value(), decided.error().describe());
        for (const Event& event : *decided) {
            REQUIRE(apply(cohort, event).has_value());
            events.push_back(event);
        }
        return *decided;
    }
    std::vector<Event> run(const Id& person, CommandPayload payload) {
        return run({id_of(8, next_command++), person, std::move(payload)});
    }
    std::string refusal(const Id& person, CommandPayload payload) {
        const auto decided =
            decide(cohort, {id_of(8, next_command++), person, std::move(payload)}, now, chance);
        REQUIRE_FALSE(decided.has_value());
        return decided.error().describe();
    }
    std::vector<Event> tick() { return run({Id{}, std::nullopt, Tick{}}); }

    // Lets time pass, with a tick at every instant at which something is due.
    void advance_to(Instant until) {
        while (!cohort.due.empty() && cohort.due.begin()->first <= until) {
            now = std::max(now, cohort.due.begin()->first);
            tick();
        }
        now = until;
    }

    const Participant& person(const Id& id) const { return cohort.people.at(id); }

    // The prompt of a form that is open now.
    std::uint32_t open(const Id& id, std::string_view form) const {
        for (const OpenPrompt& prompt : person(id).prompts) {
            if (prompt.is_open && prompt.window.form == form) {
                return prompt.window.prompt;
            }
        }
        return 0;
    }

    std::size_t count(std::string_view type) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            events, [&](const Event& event) { return type_name(event.payload) == type; }));
    }

    Cohort cohort;
    std::vector<Event> events;
    SeededChance chance;
    Instant now = at("2026-01-05T15:00:00Z");
    std::uint64_t next_command = 1;
};

const Id ada = id_of(100, 1);
const Id ben = id_of(100, 2);

InstrumentAnswers all(std::string_view instrument, int answer) {
    const auto definition = instrument::find_instrument(instrument).value();
    return {std::string(instrument), std::vector<std::optional<int>>(definition.items.size(), answer)};
}

// The same CES-D answer everywhere does not give what it seems to: four items are reversed.
InstrumentAnswers cesd(int symptom) {
    InstrumentAnswers answers = all("cesd", symptom);
    for (const std::size_t item : {3UL, 7UL, 11UL, 15UL}) {
        answers.answers[item] = 3 - symptom;
    }
    return answers;
}

Answer before_form(Driven& driven, const Id& id, int symptom = 0, int list = 0) {
    return {.prompt = driven.open(id, "before"),
            .answered_at = driven.now,
            .instruments = {all("scs", 3),
                            cesd(symptom),
                            all("ucla3", 2),
                            all("who5", 3),
                            {"kindness-unsafe", {0, 0, 0}}},
            .questions = {{"past-programmes", 0}, {"on-device-list", list}, {"asks-for-help", 0}}};
}

void enrol(Driven& driven, const Id& id, std::string code = "code") {
    driven.run(id, Enrol{code + to_text(id), "America/New_York", Shift::day, 18 * 60});
    driven.run(id, GiveConsent{"1.0.0", true});
}

// Enrolled, screened, and at day 0 with the start form answered.
void bring_to_start(Driven& driven, const Id& id) {
    enrol(driven, id);
    driven.run(id, before_form(driven, id));
    driven.advance_to(driven.now + 14 * a_day + 12 * an_hour);
    REQUIRE(driven.open(id, "start") != 0);
    driven.run(id, Answer{.prompt = driven.open(id, "start"),
                          .answered_at = driven.now,
                          .instruments = {cesd(1), all("ucla3", 2), all("who5", 2)},
                          .questions = {{"other-help", 0}}});
}

Answer middle_form(Driven& driven, const Id& id, int symptom, int helping) {
    return {.prompt = driven.open(id, "week-3"),
            .answered_at = driven.now,
            .instruments = {cesd(symptom), all("ucla3", 2), all("who5", 3)},
            .questions = {{"harm", 0}, {"helping", helping}, {"preference", 0}}};
}

std::string state_of(const Cohort& cohort) {
    std::string text = fmt::format("{} {} {}\n", to_text(cohort.core.clock), cohort.used_codes.size(),
                                   cohort.commands.size());
    for (const auto& [arm, people] : cohort.core.allocated) {
        text += fmt::format("{} {}\n", arm, people);
    }
    for (const auto& [arm, people] : cohort.core.harmed) {
        text += fmt::format("harmed {} {}\n", arm, people);
    }
    for (const Stratum& stratum : cohort.core.launched_protocol().strata) {
        const auto index = static_cast<std::size_t>(&stratum - cohort.core.launched_protocol().strata.data());
        for (const int probability : cohort.core.coins[index].probabilities(stratum.planned)) {
            text += fmt::format("{} ", probability);
        }
    }
    std::map<Id, const Participant*> people;
    for (const auto& [id, person] : cohort.people) {
        people[id] = &person;
    }
    for (const auto& [id, person] : people) {
        text += fmt::format("{} {} {} {} {} {} {} {}\n", to_text(id), static_cast<int>(person->stage),
                            person->prompts.size(), person->past.size(), person->counts.answered, person->arm,
                            person->commands.size(), person->practice_minutes);
        for (const OpenPrompt& prompt : person->prompts) {
            text += fmt::format("  {} {} {} {} {}\n", prompt.window.prompt, prompt.window.form,
                                to_text(prompt.window.opens), prompt.is_open, prompt.reminded);
        }
        for (const auto& [form, result] : person->results) {
            text += fmt::format("  {} {} {}\n", form, to_text(result->answered_at), result->scores.size());
        }
    }
    for (const auto& [id, stone] : cohort.tombstones) {
        text += fmt::format("erased {} {} {} {}\n", to_text(id), to_text(stone.erased_at), stone.stratum,
                            stone.arm);
    }
    for (const auto& [instant, id] : cohort.due) {
        text += fmt::format("due {} {}\n", to_text(instant), to_text(id));
    }
    return text;
}

Cohort replay(const std::vector<Event>& events, const std::set<Id>& unreadable = {}) {
    Cohort cohort;
    for (const Event& event : events) {
        if (!event.person || !unreadable.contains(*event.person)) {
            const auto read = read_event(write_event(event));
            REQUIRE(read.has_value());
            REQUIRE(apply(cohort, *read).has_value());
        }
    }
    return cohort;
}

}  // namespace

TEST_CASE("from code to allocation: each step opens the next") {
    Driven driven;
    driven.run(ada, Enrol{"code", "America/New_York", Shift::day, 18 * 60});
    CHECK(driven.refusal(ada, before_form(driven, ada)).find("consent comes first") != std::string::npos);
    CHECK(driven.refusal(ada, GiveConsent{"1.0.0", false}).find("18 years") != std::string::npos);
    CHECK(driven.refusal(ada, GiveConsent{"0.9.0", true}).find("1.0.0") != std::string::npos);
    driven.run(ada, GiveConsent{"1.0.0", true});
    REQUIRE(driven.open(ada, "before") == 1);
    driven.run(ada, before_form(driven, ada));
    CHECK(driven.person(ada).safety->status == "start");
    CHECK(to_text(*driven.person(ada).day_zero) == "2026-01-19");
    CHECK_FALSE(driven.person(ada).allocation.has_value());
    driven.advance_to(at("2026-01-19T23:30:00Z"));
    REQUIRE(driven.open(ada, "start") != 0);
    driven.run(ada, Answer{.prompt = driven.open(ada, "start"),
                           .answered_at = driven.now,
                           .instruments = {cesd(0), all("ucla3", 2), all("who5", 3)},
                           .questions = {{"other-help", 0}}});
    REQUIRE(driven.person(ada).allocation.has_value());
    const PersonAllocated& allocated = *driven.person(ada).allocation;
    CHECK(allocated.kind == AllocationKind::drawn);
    CHECK(allocated.stratum == "2.5-3.5");
    CHECK(allocated.rule == "matched-six-week@1.0.0#2.5-3.5");
    CHECK(allocated.planned == std::vector<int>{5000, 5000});
    CHECK(allocated.start_was_drawn);
    const Protocol protocol = shipped_protocol();
    const auto arms = protocol.drawn_arms();
    CHECK(allocated.arm == arms[arm_of_draw(allocated.conditional, allocated.draw)]->id);
}

TEST_CASE("a window that is missed still brings day 0: whoever was screened is drawn") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada));
    driven.advance_to(at("2026-01-22T22:59:00Z"));
    CHECK_FALSE(driven.person(ada).allocation.has_value());
    driven.advance_to(at("2026-01-22T23:00:00Z"));  // 72 hours after 18:00 of day 0
    CHECK(driven.person(ada).allocation.has_value());
}

TEST_CASE("whoever talks to someone first is drawn only after a human has replied") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada, 2));  // CES-D 40
    CHECK(driven.person(ada).safety->status == "talk-first");
    CHECK(driven.person(ada).human->reason == HumanReason::talk_first);
    driven.advance_to(at("2026-01-25T12:00:00Z"));
    CHECK(driven.person(ada).awaits_allocation);
    CHECK_FALSE(driven.person(ada).allocation.has_value());
    driven.run(ada, RecordCare{CareState::contacted, false});
    CHECK_FALSE(driven.person(ada).allocation.has_value());
    driven.run(ada, RecordCare{CareState::handed_over, true});
    REQUIRE(driven.person(ada).allocation.has_value());
    CHECK_FALSE(driven.person(ada).allocation->start_was_drawn);  // people in distress do not wait

    enrol(driven, ben);
    driven.run(ben, before_form(driven, ben, 0, 1));  // the list on the device says: talk first
    CHECK(driven.person(ben).safety->status == "talk-first");
}

TEST_CASE("the same command twice is the same as once; the same id with other words is refused") {
    Driven driven;
    enrol(driven, ada);
    const Command command{id_of(9, 1), ada, before_form(driven, ada)};
    CHECK_FALSE(driven.run(command).empty());
    const std::string state = state_of(driven.cohort);
    CHECK(driven.run(command).empty());
    CHECK(state_of(driven.cohort) == state);
    Command other = command;
    std::get<Answer>(other.payload).questions[0].answer = 1;
    const auto refused = decide(driven.cohort, other, driven.now, driven.chance);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().describe().find("id of another command") != std::string::npos);
}

TEST_CASE("a code enrols once") {
    Driven driven;
    driven.run(ada, Enrol{"code", "America/New_York", Shift::day, 0});
    CHECK(driven.refusal(ben, Enrol{"code", "America/New_York", Shift::day, 0}).find("used already") !=
          std::string::npos);
    CHECK(driven.refusal(ada, Enrol{"other", "America/New_York", Shift::day, 0}).find("enrolled already") !=
          std::string::npos);
    driven.run({id_of(9, 1), std::nullopt, CloseEnrolment{}});
    CHECK(driven.refusal(ben, Enrol{"other", "America/New_York", Shift::day, 0}).find("closed") !=
          std::string::npos);
}

TEST_CASE("what opens is reminded once, expires once, and every window has one outcome") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada));
    driven.advance_to(at("2026-07-01T00:00:00Z"));
    const PromptCounts& counts = driven.person(ada).counts;
    CHECK(driven.person(ada).stage == Stage::finished);
    CHECK(driven.person(ada).prompts.empty());
    CHECK(driven.cohort.due.empty());
    CHECK(counts.planned == 1 + 44 + 1 + 6 + 4);
    CHECK(counts.planned == counts.answered + counts.expired);
    CHECK(counts.opened == counts.planned);
    std::map<std::uint32_t, int> opened, closed;
    for (const Event& event : driven.events) {
        if (const auto* open = std::get_if<PromptOpened>(&event.payload)) {
            CHECK(++opened[open->prompt] == 1);
        }
        if (const auto* close = std::get_if<PromptClosed>(&event.payload)) {
            CHECK(++closed[close->prompt] == 1);
        }
    }
    // Reminders: diary 1, start 2, weekly 1, week-3 2, week-6 3, week-9 2, month-3 2.
    CHECK(counts.reminded == 44 + 2 + 6 + 2 + 3 + 2 + 2);
}

TEST_CASE("a server that was down: late prompts open late, missed ones are counted as not offered") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada));
    driven.now = at("2026-01-19T16:00:00Z");  // nothing ran for two weeks
    driven.tick();
    const PromptCounts& counts = driven.person(ada).counts;
    CHECK(counts.opened == 1);  // the form at enrolment
    CHECK(counts.not_offered == 8);
    CHECK(driven.tick().empty());
}

TEST_CASE("a clock that steps back neither repeats nor moves what happened") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada));
    driven.advance_to(at("2026-01-19T23:30:00Z"));
    const std::string state = state_of(driven.cohort);
    driven.now = at("2026-01-10T00:00:00Z");
    CHECK(driven.tick().empty());
    CHECK(state_of(driven.cohort) == state);
    const auto events = driven.run(ada, StopMessages{});
    CHECK(events.at(0).at >= at("2026-01-19T23:00:00Z"));
}

TEST_CASE("answers: in time, late, too late, twice, uncertain, not open") {
    Driven driven;
    enrol(driven, ada);
    driven.run(ada, before_form(driven, ada));
    const auto diary = [&](std::uint32_t prompt, Instant answered_at, bool is_uncertain = false) {
        return Answer{
            .prompt = prompt,
            .answered_at = answered_at,
            .is_time_uncertain = is_uncertain,
            .instruments = {},
            .questions = {{"felt-good", 5}, {"felt-bad", 1}, {"closeness", 5}, {"informal-practice", 0}}};
    };
    const auto status = [](const std::vector<Event>& events) {
        return std::get<PromptAnswered>(events.at(0).payload).status;
    };
    const std::uint32_t first = driven.person(ada).prompts.front().window.prompt;
    CHECK(driven.refusal(ada, diary(first, driven.now)).find("not open yet") != std::string::npos);
    CHECK(driven.refusal(ada, diary(999, driven.now)).find("not a prompt") != std::string::npos);
    const PlannedWindow window = driven.person(ada).prompts.front().window;
    driven.advance_to(window.opens + an_hour);
    CHECK(status(driven.run(ada, diary(first, driven.now))) == AnswerStatus::complete);
    CHECK(status(driven.run(ada, diary(first, driven.now))) ==
          AnswerStatus::kept_unscored);  // a second device
    // The next one is answered offline within its window and arrives a day late.
    const PlannedWindow second = driven.person(ada).prompts.front().window;
    driven.advance_to(second.expires + a_day);
    CHECK(driven.refusal(ada, Correct{second.prompt, {}, {}}).find("corrected") != std::string::npos);
    CHECK(status(driven.run(ada, diary(second.prompt, second.opens + an_hour, true))) ==
          AnswerStatus::kept_unscored);  // nobody knows when
    CHECK(status(driven.run(ada, diary(second.prompt, second.expires))) == AnswerStatus::kept_unscored);
    CHECK(status(driven.run(ada, diary(second.prompt, second.opens + an_hour))) ==
          AnswerStatus::arrived_late);
    CHECK(status(driven.run(ada, diary(second.prompt, second.opens + an_hour))) ==
          AnswerStatus::kept_unscored);
    CHECK(driven.person(ada).counts.late == 1);
    CHECK(driven.person(ada).counts.kept == 4);
    // An answer without all of it is a part.
    std::uint32_t open = 0;
    while (open == 0) {
        driven.advance_to(driven.now + an_hour);
        open = driven.open(ada, "diary");
    }
    CHECK(status(driven.run(ada, Answer{.prompt = open,
                                        .answered_at = driven.now,
                                        .instruments = {},
                                        .questions = {{"felt-good", 5}}})) == AnswerStatus::partial);
}

TEST_CASE("answers that no form asks, or that no question allows, are refused whole") {
    Driven driven;
    enrol(driven, ada);
    Answer answer = before_form(driven, ada);
    answer.instruments[0].answers[4] = 6;
    CHECK(driven.refusal(ada, answer).find("6") != std::string::npos);
    answer = before_form(driven, ada);
    answer.instruments.push_back(all("phq8", 0));
    CHECK(driven.refusal(ada, answer).find("phq8") != std::string::npos);
    answer = before_form(driven, ada);
    answer.questions[0].answer = 4;
    CHECK(driven.refusal(ada, answer).find("0 to 3") != std::string::npos);
    answer = before_form(driven, ada);
    answer.questions.push_back({"past-programmes", 1});
    CHECK(driven.refusal(ada, answer).find("twice") != std::string::npos);
    answer = before_form(driven, ada);
    answer.instruments.back().answers.pop_back();
    CHECK(driven.refusal(ada, answer).find("3 items") != std::string::npos);
    CHECK(driven.person(ada).counts.answered == 0);
}

TEST_CASE("scores are taken with the instrument's version, and a correction changes no decision made") {
    Driven driven;
    bring_to_start(driven, ada);
    const FormResult& before = *driven.person(ada).find_result("before");
    CHECK(before.score_of("scs", "total") == 3'000'000);
    CHECK(before.score_of("cesd", "total") == 0);
    CHECK(before.score_of("who5", "total") == 60'000'000);
    const PersonAllocated allocation = *driven.person(ada).allocation;
    const std::uint32_t start = driven.person(ada).past.back().window.prompt;
    driven.run(ada, Correct{start, {cesd(2), all("ucla3", 2), all("who5", 2)}, {{"other-help", 1}}});
    CHECK(driven.person(ada).find_result("start")->score_of("cesd", "total") == 40'000'000);
    CHECK(driven.person(ada).allocation->draw == allocation.draw);
    CHECK(driven.person(ada).allocation->arm == allocation.arm);
}

TEST_CASE("the middle: not helping yet needs dose, symptoms, little change and the person's own word") {
    struct Row {
        int practices_a_week, symptom, helping;
        MiddleFinding finding;
    };
    const Row rows[] = {{3, 1, 0, MiddleFinding::not_helping_yet},
                        {3, 1, 1, MiddleFinding::helping_or_unsure},  // the person is not sure
                        {3, 0, 0, MiddleFinding::helping_or_unsure},  // fell by more than a fifth
                        {2, 1, 0, MiddleFinding::cannot_be_judged}};  // too little practice
    for (const Row& row : rows) {
        Driven driven;
        enrol(driven, ada);
        driven.run(ada, before_form(driven, ada, 1));  // CES-D 20: a talk is suggested, the person starts
        driven.advance_to(at("2026-01-19T23:30:00Z"));
        driven.run(ada, Answer{.prompt = driven.open(ada, "start"),
                               .answered_at = driven.now,
                               .instruments = {cesd(1), all("ucla3", 2), all("who5", 3)},
                               .questions = {{"other-help", 0}}});
        REQUIRE(driven.person(ada).allocation.has_value());
        for (int week = 0; week < 3; ++week) {
            for (int practice = 0; practice < row.practices_a_week; ++practice) {
                driven.advance_to(driven.now + a_day);
                driven.run(ada, RecordPractice{"breath", PracticeKind::formal, 10, driven.now});
            }
            driven.advance_to(at("2026-01-19T23:30:00Z") + (week + 1) * 7 * a_day);
        }
        driven.run(ada, middle_form(driven, ada, row.symptom, row.helping));
        REQUIRE(driven.person(ada).middle.has_value());
        CHECK(driven.person(ada).middle->finding == row.finding);
        CHECK(driven.person(ada).reallocation.has_value() == (row.finding == MiddleFinding::not_helping_yet));
    }
}

TEST_CASE("a frightening effect pauses practice at once and brings a human") {
    Driven driven;
    bring_to_start(driven, ada);
    driven.run(ada, ReportHarm{1});
    CHECK_FALSE(driven.person(ada).is_practice_paused);
    CHECK(driven.person(ada).some_harms_in_a_row == 1);
    driven.run(ada, ReportHarm{2});
    CHECK(driven.person(ada).is_practice_paused);
    CHECK(driven.person(ada).human->reason == HumanReason::harm);
    CHECK_FALSE(driven.person(ada).human->reply_by.has_value());  // nobody is on duty, and it says so
    CHECK(driven.cohort.core.harmed.empty());
    driven.run(ada, ReportHarm{3});
    driven.run(ada, ReportHarm{3});
    CHECK(driven.cohort.core.harmed.at(driven.person(ada).arm) == 1);  // a person counts once
    driven.run(ada, ResumePractice{});
    CHECK_FALSE(driven.person(ada).is_practice_paused);
}

TEST_CASE("a paused arm holds new draws until the safety monitor has looked") {
    Driven driven;
    driven.run({id_of(9, 1), std::nullopt, PauseArm{"mindfulness", "an admission"}});
    bring_to_start(driven, ada);
    CHECK_FALSE(driven.person(ada).allocation.has_value());
    driven.run({id_of(9, 2), std::nullopt, ResumeArm{"mindfulness", "Dr Rivera"}});
    CHECK(driven.person(ada).allocation.has_value());
}

TEST_CASE("after a critical incident nothing is asked for 72 hours, and the windows are counted as paused") {
    Driven driven;
    bring_to_start(driven, ada);
    const Instant incident = driven.now;
    driven.run(ada, NoteIntercurrent{Intercurrent::critical_incident, parse_day("2026-01-20").value()});
    CHECK(driven.person(ada).paused_until == incident + std::chrono::hours(72));
    driven.advance_to(incident + std::chrono::hours(71));
    for (const OpenPrompt& prompt : driven.person(ada).prompts) {
        CHECK_FALSE(prompt.is_open);
    }
    driven.advance_to(incident + std::chrono::hours(73));
    CHECK_FALSE(driven.person(ada).paused_until.has_value());
    CHECK(driven.person(ada).counts.paused > 0);
}

TEST_CASE("three separate acts: stop messages, withdraw, erase") {
    Driven driven;
    bring_to_start(driven, ada);
    driven.run(ada, StopMessages{});
    driven.advance_to(driven.now + 7 * a_day);
    for (const Event& event : driven.events) {
        if (const auto* opened = std::get_if<PromptOpened>(&event.payload)) {
            CHECK((event.at < at("2026-01-20T03:00:00Z") || !opened->is_announced));
        }
    }
    driven.run(ada, Withdraw{});
    CHECK(driven.person(ada).stage == Stage::withdrawn);
    CHECK(driven.person(ada).prompts.empty());
    CHECK(driven.person(ada).results.contains("before"));  // earlier answers stay
    CHECK(driven.cohort.due.empty());
    driven.run(ada, Return{});
    CHECK(driven.person(ada).stage == Stage::taking_part);
    CHECK_FALSE(driven.cohort.due.empty());
    const std::string arm = driven.person(ada).allocation->arm;
    driven.run(ada, Erase{});
    CHECK(driven.cohort.find_person(ada) == nullptr);
    CHECK(driven.cohort.tombstones.at(ada).arm == arm);
    CHECK(driven.cohort.due.empty());
    CHECK(driven.refusal(ada, StopMessages{}).find("was erased") != std::string::npos);
    CHECK(driven.cohort.core.allocated.at(arm) == 1);  // the coin remembers
}

TEST_CASE("another shift moves the windows that have not opened") {
    Driven driven;
    bring_to_start(driven, ada);
    driven.run(ada, SetProfile{"Europe/Madrid", Shift::night, 6 * 60});
    for (const OpenPrompt& prompt : driven.person(ada).prompts) {
        if (!prompt.is_open) {
            const TimeZone madrid = find_time_zone("Europe/Madrid").value();
            CHECK(madrid.wall_time(prompt.window.opens).minute == 6 * 60);
        }
    }
}

TEST_CASE("an amendment applies safely to people in flight") {
    Driven driven;
    bring_to_start(driven, ada);
    std::string amended = shipped_text_with("\"version\": \"1.0.0\"", "\"version\": \"1.1.0\"");
    const auto amend = [&](std::string text, std::string reason) {
        return decide(driven.cohort,
                      {id_of(9, driven.next_command++), std::nullopt,
                       Amend{std::move(text), std::move(reason), AppliesTo::everyone}},
                      driven.now, driven.chance);
    };
    CHECK_FALSE(amend(amended, " ").has_value());
    CHECK_FALSE(amend(shipped_text(), "no new version").has_value());
    CHECK_FALSE(amend(find_protocol_source("waitlist").value().text, "another programme").has_value());
    std::string without_form = amended;
    without_form.replace(without_form.find("\"id\": \"week-9\""), 14, "\"id\": \"week-8\"");
    CHECK_FALSE(amend(without_form, "a form that may be open for somebody").has_value());
    std::string other_constant = amended;
    other_constant.replace(other_constant.find("\"points\": 9"), 11, "\"points\": 7");
    CHECK_FALSE(amend(other_constant, "reliable change is locked").has_value());
    // Without a change of consent it applies at once, to everyone in flight.
    CHECK(amend(amended, "shorter windows").has_value());
    {
        Driven other;
        bring_to_start(other, ada);
        other.run({id_of(9, 77), std::nullopt, Amend{amended, "shorter windows", AppliesTo::new_people}});
        CHECK(other.person(ada).protocol == 0);
        std::string again = amended;
        again.replace(again.find("\"version\": \"1.1.0\""), 18, "\"version\": \"1.2.0\"");
        other.run({id_of(9, 78), std::nullopt, Amend{again, "for everyone", AppliesTo::everyone}});
        CHECK(other.person(ada).protocol == 2);
        CHECK_FALSE(other.person(ada).is_asked_again);
    }
    // A changed consent text asks again and pauses until it is answered.
    const std::size_t consent = amended.find("\"consent\"");
    amended.replace(amended.find("\"version\": \"1.0.0\"", consent), 18, "\"version\": \"1.1.0\"");
    driven.run({id_of(9, driven.next_command++), std::nullopt,
                Amend{amended, "clearer words", AppliesTo::everyone}});
    CHECK(driven.person(ada).is_asked_again);
    const int paused_before = driven.person(ada).counts.paused;
    driven.advance_to(driven.now + 4 * a_day);
    CHECK(driven.person(ada).counts.paused > paused_before);
    driven.run(ada, GiveConsent{"1.1.0", true});
    CHECK_FALSE(driven.person(ada).is_asked_again);
}

TEST_CASE("replay from the written events comes to the same state, also without an erased person's key") {
    Driven driven(3);
    bring_to_start(driven, ada);
    enrol(driven, ben);
    driven.run(ben, before_form(driven, ben));
    driven.run(ada, ReportHarm{3});
    driven.advance_to(driven.now + 20 * a_day);
    CHECK(state_of(replay(driven.events)) == state_of(driven.cohort));
    driven.run(ada, Erase{});
    CHECK(state_of(replay(driven.events)) == state_of(driven.cohort));
    CHECK(state_of(replay(driven.events, {ada})) == state_of(driven.cohort));
    driven.advance_to(driven.now + 30 * a_day);
    CHECK(state_of(replay(driven.events, {ada})) == state_of(driven.cohort));
}

TEST_CASE("events that do not fit are refused") {
    Cohort cohort;
    Event event{at("2026-01-01T00:00:00Z"), std::nullopt, std::nullopt, EnrolmentClosed{}};
    CHECK_FALSE(apply(cohort, event).has_value());
    Driven driven;
    CHECK_FALSE(apply(driven.cohort, driven.events.front()).has_value());  // launched twice
    event.person = ada;
    event.payload = MessagesStopped{};
    CHECK_FALSE(apply(driven.cohort, event).has_value());  // nobody of that id
}
