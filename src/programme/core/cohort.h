// The state of a cohort: what its events add up to. Values only, no references, nothing that a clock or
// chance could change; the same events always give the same state.
//
// What stands in Cohort itself rests on events under the cohort's key alone; what stands in a Participant
// rests on that person's events too and becomes a tombstone when they are erased. So a replay that cannot
// read an erased person's events comes to the same state.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "programme/core/event.h"
#include "programme/protocol.h"

namespace groundwork::programme {

// A window that is still to be answered.
struct OpenPrompt {
    PlannedWindow window;
    bool is_open = false;
    std::size_t reminded = 0;  // how many of its reminders lie behind
};

// A window that is over, kept as long as an answer given in time may still arrive.
struct PastPrompt {
    PlannedWindow window;
    bool is_answered = false;
};

// The latest counted answer to a form.
struct FormResult {
    Instant answered_at;
    std::vector<QuestionAnswer> questions;
    std::vector<ScoreTaken> scores;

    std::optional<Points> score_of(std::string_view instrument, std::string_view scale) const;
    std::optional<int> answer_to(std::string_view question) const;
};

struct PromptCounts {
    int planned = 0, opened = 0, reminded = 0, answered = 0, late = 0, kept = 0, refused = 0, expired = 0,
        paused = 0, withdrawn = 0, not_offered = 0;
};

enum class Stage {
    enrolled,  // has not consented yet
    taking_part,
    finished,
    withdrawn,
    erased,
};

struct Participant {
    Id id;
    Stage stage = Stage::enrolled;
    Instant enrolled_at;
    std::size_t protocol = 0;  // index into Cohort::protocols
    ProfileSet profile;
    std::string consent_version;  // empty: none given
    bool is_asked_again = false;  // a changed consent text waits for an answer

    std::optional<Day> day_zero;
    int planned_week = 0;  // the last week that was planned
    std::optional<Instant> plan_again_at;
    std::uint32_t prompts_made = 0;
    std::vector<OpenPrompt> prompts;
    std::vector<PastPrompt> past;
    std::map<std::string, std::shared_ptr<const FormResult>> results;  // by form; shared by copies
    PromptCounts counts;
    std::optional<Instant> paused_until;
    bool are_messages_stopped = false;

    std::optional<SafetyAssessed> safety;
    bool may_start = false;  // a human has replied
    bool asks_for_help = false;
    bool awaits_allocation = false;  // day 0 has come
    std::optional<PersonAllocated> allocation;
    std::optional<Instant> allocated_at;
    std::string arm;  // now; the allocation keeps the first
    std::optional<PersonReallocated> reallocation;
    std::optional<MiddleJudged> middle;
    std::optional<Reassessed> reassessed;

    std::map<int, int> practices;  // by week of the course
    int practice_minutes = 0;
    bool is_practice_paused = false;
    bool had_impairing_harm = false;
    int some_harms_in_a_row = 0;
    std::optional<HumanOffered> human;
    std::optional<CareState> care;
    std::vector<IntercurrentNoted> intercurrent;

    std::vector<CommandMark> commands;

    const FormResult* find_result(const std::string& form) const;  // nullptr where there is none
};

// What is left of an erased person.
struct Tombstone {
    Instant enrolled_at, erased_at;
    std::optional<Instant> allocated_at;
    std::string stratum, arm;
};

// What the cohort itself remembers.
struct CohortCore {
    Id id;
    bool is_launched = false, is_enrolment_closed = false, is_closed = false;
    bool is_rehearsal = false;
    std::string variant;
    int expected_people = 0;
    Instant clock{};  // the latest event's time: commands never act before it
    std::vector<std::shared_ptr<const Protocol>> protocols;          // as launched, then each amendment
    std::vector<std::shared_ptr<const std::string>> protocol_texts;  // the same, as their files say it
    std::vector<Coin> coins;                                         // one for each stratum
    std::map<std::string, int> allocated, harmed;                    // people by arm
    std::map<std::string, ArmPaused> paused_arms;

    const Protocol& launched_protocol() const { return *protocols.front(); }
};

struct Cohort {
    CohortCore core;
    // Apart from `core`, which decisions copy: these grow with everyone who enrols.
    std::unordered_set<std::string> used_codes;
    std::unordered_map<Id, Id> commands;  // digests by id, of commands that began with the cohort's events
    std::unordered_map<Id, Participant> people;
    std::map<Id, Tombstone> tombstones;
    std::set<std::pair<Instant, Id>> due;  // each person's next instant at which something happens by itself

    const Participant* find_person(const Id& id) const;
};

// Applies one event. The event must have been decided on this state; anything that does not fit it is
// `unacceptable` (a ledger that was put together wrongly) and changes nothing.
Result<void> apply(Cohort& cohort, const Event& event);

// The parts of `apply`, for deciding on copies: what the event does to the cohort's own memory, and to the
// person it is about.
Result<void> apply_to_core(CohortCore& core, const Event& event);
void apply_to_person(Participant& person, const CohortCore& core, const Event& event);

// The person an event is about, whoever's key it is sealed under.
std::optional<Id> subject_of(const Event& event);

// What happens by itself to a person next, if anything.
enum class DueAction { resume, close, plan, open, remind };  // at one instant, in this order
struct Due {
    Instant at;
    DueAction action = DueAction::open;
    std::uint32_t prompt = 0;
    friend auto operator<=>(const Due&, const Due&) = default;
};
std::optional<Due> next_due(const Participant& person);

}  // namespace groundwork::programme
