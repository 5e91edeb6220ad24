// Courses at random: people who do anything at any time, and what must hold whatever they do. A failure names
// its seed, which repeats it exactly.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "instrument/instrument.h"
#include "programme/core/decide.h"
#include "programme/core/event_text.h"
#include "programme/core/state_text.h"
#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

class RandomCohort {
  public:
    RandomCohort(std::uint64_t seed, std::string protocol)
        : random_(seed, 1), chance_(seed, 2), now_(parse_instant("2026-02-20T09:00:00Z").value()) {
        must({id_of(1, ++commands_), std::nullopt, Launch{id_of(1, 1), std::move(protocol), "", 60, true}});
    }

    // One simulated day: ticks at random moments, and people who do things between them.
    void live_a_day(std::size_t people_max) {
        const Instant end = now_ + std::chrono::days(1);
        while (now_ < end) {
            now_ += std::chrono::minutes(1 + random_.next_below(240));
            if (random_.next_below(10) != 0) {  // the server is down now and then
                must({Id{}, std::nullopt, Tick{}});
            }
            if (random_.next_below(6) == 0 && ids_.size() < people_max) {
                enrol();
            }
            for (const Id& id : ids_) {
                if (random_.next_below(4) == 0) {
                    act(id);
                }
            }
        }
    }

    const Cohort& cohort() const { return cohort_; }
    const std::vector<Event>& events() const { return events_; }
    const std::vector<Id>& erased() const { return erased_; }

  private:
    void must(const Command& command) {
        const auto decided = decide(cohort_, command, now_, chance_);
        REQUIRE_MESSAGE(decided.has_value(), decided.error().describe());
        take(*decided);
        repeat(command);
    }

    // What may be refused; then nothing has happened.
    void may(const Id& id, CommandPayload payload) {
        const Command command{id_of(2, ++commands_), id, std::move(payload)};
        const auto decided = decide(cohort_, command, now_, chance_);
        if (decided) {
            take(*decided);
            repeat(command);
        }
    }

    // A double click.
    void repeat(const Command& command) {
        if (random_.next_below(20) == 0 && !std::holds_alternative<Erase>(command.payload)) {
            const auto again = decide(cohort_, command, now_, chance_);
            REQUIRE(again.has_value());
            CHECK((again->empty() || !again->front().command.has_value()));
        }
    }

    void take(const std::vector<Event>& decided) {
        for (const Event& event : decided) {
            REQUIRE(apply(cohort_, event).has_value());
            events_.push_back(event);
        }
    }

    void enrol() {
        const Id id = id_of(100, ids_.size() + 1);
        constexpr std::array zones = {"America/New_York", "Europe/Madrid", "Asia/Kathmandu", "Pacific/Apia"};
        may(id, Enrol{to_text(id), zones[random_.next_below(zones.size())], Shift::night,
                      static_cast<int>(random_.next_below(1440))});
        ids_.push_back(id);
    }

    InstrumentAnswers answers_to(const std::string& id) {
        InstrumentAnswers answers{id, {}};
        const auto& instruments = instrument::shipped_instruments();
        const auto& definition = *std::ranges::find(instruments, id, &instrument::Instrument::id);
        for (const instrument::Item& item : definition.items) {
            const instrument::Responses& responses = definition.responses_of(item.number);
            const auto choices = static_cast<std::uint64_t>(responses.maximum - responses.minimum + 1);
            const bool is_left_out = random_.next_below(200) == 0;
            answers.answers.push_back(
                is_left_out
                    ? std::nullopt
                    : std::optional<int>(responses.minimum + static_cast<int>(random_.next_below(choices))));
        }
        return answers;
    }

    Answer answer_to(const Participant& person, std::uint32_t prompt, const std::string& form_id) {
        const Protocol& protocol = *cohort_.core.protocols[person.protocol];
        const Form& form = *protocol.course->find_form(form_id);
        Answer answer;
        answer.prompt = prompt;
        answer.answered_at = now_ - std::chrono::minutes(random_.next_below(3000));
        answer.is_time_uncertain = random_.next_below(20) == 0;
        answer.is_refused = random_.next_below(30) == 0;
        for (const std::string& id : instruments_asked(protocol, form)) {
            answer.instruments.push_back(answers_to(id));
        }
        for (const std::string& id : form.questions) {
            const Question& question = *protocol.course->find_question(id);
            answer.questions.push_back(
                {id, static_cast<int>(random_.next_below(static_cast<std::uint64_t>(question.maximum) + 1))});
        }
        if (std::holds_alternative<AtEnrolment>(form.timing)) {
            answer.instruments.push_back({"kindness-unsafe", {0, 1, 2}});
            answer.questions.push_back({"on-device-list", random_.next_below(10) == 0 ? 1 : 0});
            answer.questions.push_back({"asks-for-help", random_.next_below(10) == 0 ? 1 : 0});
        }
        return answer;
    }

    void act(const Id& id) {
        const Participant* person = cohort_.find_person(id);
        if (person == nullptr) {
            may(id, StopMessages{});
            return;
        }
        switch (random_.next_below(24)) {
            case 0: may(id, GiveConsent{"1.0.0", true}); break;
            case 1: may(id, SetProfile{"Australia/Lord_Howe", Shift::day, 120}); break;
            case 2: may(id, PausePrompts{static_cast<int>(1 + random_.next_below(100))}); break;
            case 3: may(id, ResumePrompts{}); break;
            case 4: may(id, ReportHarm{static_cast<int>(random_.next_below(4))}); break;
            case 5: may(id, ResumePractice{}); break;
            case 6: may(id, RecordCare{CareState::contacted, true}); break;
            case 7: may(id, AskForHelp{}); break;
            case 8:
                may(id, random_.next_below(2) == 0 ? CommandPayload(StopMessages{}) : ResumeMessages{});
                break;
            case 9:
                if (random_.next_below(8) == 0) {
                    may(id, Withdraw{});
                }
                break;
            case 10: may(id, Return{}); break;
            case 11:
                if (random_.next_below(60) == 0) {
                    may(id, Erase{});
                    erased_.push_back(id);
                }
                break;
            case 12: may(id, NoteIntercurrent{Intercurrent::critical_incident, Day{}}); break;
            case 13: may(id, ChooseNextStep{NextStep::augment}); break;
            case 14: may(id, Replan{}); break;
            case 15:
                if (random_.next_below(20) == 0) {
                    may(id, ChooseArm{"layered", AllocationKind::chosen});
                }
                break;
            case 16: may(id, RecordPractice{"breath", PracticeKind::informal, 3, now_}); break;
            case 17:
                if (!person->past.empty()) {
                    const PastPrompt& past = person->past[random_.next_below(person->past.size())];
                    const Answer answer = answer_to(*person, past.window.prompt, past.window.form);
                    if (random_.next_below(2) == 0) {
                        may(id, answer);
                    } else {
                        may(id, Correct{answer.prompt, answer.instruments, answer.questions});
                    }
                }
                break;
            default:
                if (!person->prompts.empty()) {
                    const OpenPrompt& prompt = person->prompts[random_.next_below(person->prompts.size())];
                    may(id, answer_to(*person, prompt.window.prompt, prompt.window.form));
                }
        }
    }

    RandomStream random_;
    SeededChance chance_;
    Instant now_;
    Cohort cohort_;
    std::vector<Event> events_;
    std::vector<Id> ids_, erased_;
    std::uint64_t commands_ = 0;
};

// Every window has exactly one outcome or is still to come; opened once, before its outcome; reminded only
// while open.
void check_windows(const RandomCohort& random) {
    enum class Window { planned, open, over };
    std::map<std::pair<Id, std::uint32_t>, Window> windows;
    std::map<Id, PromptCounts> counts;
    std::set<Id> allocated;
    Instant last{};
    for (const Event& event : random.events()) {
        CHECK(event.at >= last);
        last = event.at;
        const Id id = subject_of(event).value_or(Id{});
        if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
            for (const PlannedWindow& window : planned->prompts) {
                CHECK(windows.emplace(std::pair(id, window.prompt), Window::planned).second);
                CHECK(window.opens < window.expires);
            }
        } else if (const auto* opened = std::get_if<PromptOpened>(&event.payload)) {
            CHECK(windows.at({id, opened->prompt}) == Window::planned);
            windows.at({id, opened->prompt}) = Window::open;
        } else if (const auto* reminded = std::get_if<PromptReminded>(&event.payload)) {
            CHECK(windows.at({id, reminded->prompt}) == Window::open);
        } else if (const auto* closed = std::get_if<PromptClosed>(&event.payload)) {
            CHECK(windows.at({id, closed->prompt}) != Window::over);
            CHECK((closed->why != Unanswered::expired || windows.at({id, closed->prompt}) == Window::open));
            windows.at({id, closed->prompt}) = Window::over;
        } else if (const auto* answered = std::get_if<PromptAnswered>(&event.payload)) {
            const bool counts_now = answered->status != AnswerStatus::kept_unscored &&
                                    answered->status != AnswerStatus::arrived_late;
            CHECK((windows.at({id, answered->prompt}) == (counts_now ? Window::open : Window::over)));
            windows.at({id, answered->prompt}) = Window::over;
            CHECK((answered->status != AnswerStatus::kept_unscored || answered->scores.empty()));
        } else if (const auto* allocation = std::get_if<PersonAllocated>(&event.payload)) {
            CHECK(allocated.insert(id).second);
            if (allocation->kind == AllocationKind::drawn) {
                for (const int probability : allocation->conditional) {
                    CHECK((probability >= 2000 && probability <= 8000));
                }
            }
        }
    }
    for (const auto& [id, person] : random.cohort().people) {
        const PromptCounts& c = person.counts;
        CHECK(c.planned == c.answered + c.refused + c.expired + c.paused + c.withdrawn + c.not_offered +
                               static_cast<int>(person.prompts.size()));
        CHECK((person.allocation.has_value() == allocated.contains(id)));
    }
}

// The state's text says all of it: what is read back is the same, and one member changed is not.
void check_state_text(const Cohort& cohort) {
    auto read = read_cohort(write_cohort(cohort));
    REQUIRE_MESSAGE(read.has_value(), read.error().describe());
    for (const auto& [id, person] : cohort.people) {
        auto same = read_person(write_person(person));
        REQUIRE_MESSAGE(same.has_value(), same.error().describe());
        CHECK(is_same_person(*same, person));
        add_person(*read, *std::move(same));
    }
    CHECK(is_same_cohort(*read, cohort));
    read->people.begin()->second.counts.reminded += 1;
    CHECK(!is_same_cohort(*read, cohort));
}

Cohort replay(const RandomCohort& random, bool without_erased) {
    Cohort cohort;
    const std::set<Id> erased(random.erased().begin(), random.erased().end());
    for (const Event& event : random.events()) {
        if (without_erased && event.person && erased.contains(*event.person)) {
            continue;
        }
        const auto read = read_event(write_event(event));
        REQUIRE(read.has_value());
        REQUIRE(apply(cohort, *read).has_value());
    }
    return cohort;
}

}  // namespace

TEST_CASE(
    "whatever people do: one outcome for each window, one draw for each person, replay equals the living "
    "state") {
    const std::string matched = shipped_text();
    const std::string waiting = find_protocol_source("waitlist").value().text;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        RandomCohort random(seed, seed % 3 == 0 ? waiting : matched);
        for (int day = 0; day < 120; ++day) {
            random.live_a_day(12);
        }
        if (seed % 3 != 0) {
            check_windows(random);
        }
        CHECK(is_same_cohort(replay(random, false), random.cohort()));
        CHECK(is_same_cohort(replay(random, true), random.cohort()));
        check_state_text(random.cohort());
        CHECK(random.events().size() > 1000);
    }
}
