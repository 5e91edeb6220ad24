// What can happen in a cohort. Events are facts: they carry every result (instants, scores, draws), so that
// applying them needs no clock, no time zone, no scoring and no chance. Their text form is the ledger's
// payload (event_text.h) and is kept readable for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "foundation/id.h"
#include "foundation/time.h"
#include "programme/coin.h"
#include "programme/ground.h"
#include "programme/schedule.h"

namespace groundwork::programme {

// ---- sealed under the cohort's key: what must outlive a person's erasure ----

struct CohortLaunched {
    Id cohort;
    std::string protocol;       // the file's text, whole
    std::string protocol_hash;  // BLAKE2b-256 of it
    std::string variant;        // of the planned probabilities; empty = the strata's own
    int expected_people = 0;
    bool is_rehearsal = false;  // for ever: such a cohort never takes real people
    std::string time_zone_data;
};

enum class AppliesTo { new_people, everyone };

struct ProtocolAmended {
    std::string protocol, protocol_hash, reason;
    AppliesTo applies_to = AppliesTo::new_people;
};

struct PersonEnrolled {
    Id person;
    std::string code_digest;  // keyed hash of the participation code, which is used up by this
};

// How somebody came to an arm. Only `drawn` is a random allocation; analyses keep them apart.
enum class AllocationKind { drawn, chosen, safety, clinician };

struct PersonAllocated {
    Id person;
    AllocationKind kind = AllocationKind::drawn;
    std::string rule;     // protocol@version#rule
    std::string stratum;  // empty where the moderator is missing
    std::string arm;
    std::vector<int> planned;      // of the arms of the draw, in ten-thousandths
    std::vector<int> conditional;  // what the coin made of them
    std::uint64_t draw = 0;
    bool start_was_drawn = false, is_delayed = false;
    std::uint64_t start_draw = 0;
};

// What somebody does after the middle.
enum class NextStep { go_on, augment, change, refer };

struct PersonReallocated {
    Id person;
    AllocationKind kind = AllocationKind::drawn;
    NextStep step = NextStep::go_on;
    std::string arm;  // from now on
    std::vector<int> planned;
    std::uint64_t draw = 0;
};

// One person's first impairing harm, counted for their arm without saying whose it was.
struct ImpairingHarmCounted {
    std::string arm;
};

struct ArmPaused {
    std::string arm;
    int harmed = 0, people = 0;
    std::string why;
};

struct ArmResumed {
    std::string arm, reviewed_by;
};

struct EnrolmentClosed {};
struct CohortClosed {};

// What stays of an erased person: the tombstone.
struct PersonErased {
    Id person;
    Instant enrolled_at;
    std::optional<Instant> allocated_at;
    std::string stratum, arm;
};

// ---- sealed under the person's own key ----

struct ProfileSet {
    std::string zone;
    Shift shift = Shift::day;
    int anchor_minute = 0;
};

struct ConsentGiven {
    std::string version, text_hash;
};

// The latest amended protocol applies to this person from now on; what was decided stays.
struct ProtocolApplied {
    std::string version;
};

// A changed text asks again; prompts pause until it is answered.
struct ConsentAskedAgain {
    std::string version;
};

// The person's day 0, from the day on which the form at enrolment was answered.
struct DayZeroSet {
    Day day_zero;
};

struct PlannedWindow {
    std::uint32_t prompt = 0;  // counted from 1 for each person, never used twice
    std::string form;
    int day = 0;
    Instant opens, expires;
    std::vector<Instant> reminders;
};

struct PromptsPlanned {
    int week = 0;  // 0: the form at enrolment
    std::vector<PlannedWindow> prompts;
    std::optional<Instant> plan_again_at;  // when the next week is to be planned; nothing: no more
};

// Windows that were planned and not opened yet, put elsewhere (another anchor, zone or time-zone data).
struct PromptsReplanned {
    std::string why;
    std::vector<PlannedWindow> prompts;
};

struct PromptOpened {
    std::uint32_t prompt = 0;
    bool is_announced = true;  // false: messages are stopped
};

struct PromptReminded {
    std::uint32_t prompt = 0;
};

enum class Unanswered { expired, paused, withdrawn, not_offered };

// The window closed without an answer.
struct PromptClosed {
    std::uint32_t prompt = 0;
    Unanswered why = Unanswered::expired;
};

enum class AnswerStatus {
    complete,
    partial,
    refused,        // the person would rather not
    arrived_late,   // answered in time, received after expiry within the grace: counts, changes no decision
    kept_unscored,  // answered or received too late, or on a second device: kept, never counted
};

struct ScoreTaken {
    std::string instrument, version, scale;
    std::optional<Points> points;
};

// The answers of one instrument in item order; nothing = not answered.
struct InstrumentAnswers {
    std::string instrument;
    std::vector<std::optional<int>> answers;
};

struct QuestionAnswer {
    std::string question;
    std::optional<int> answer;
};

struct PromptAnswered {
    std::uint32_t prompt = 0;
    AnswerStatus status = AnswerStatus::complete;
    Instant answered_at, received_at;
    bool is_time_uncertain = false;
    std::vector<InstrumentAnswers> instruments;
    std::vector<QuestionAnswer> questions;
    std::vector<ScoreTaken> scores;
};

// Corrected answers of one prompt. Decisions already made stand.
struct AnswerCorrected {
    std::uint32_t prompt = 0;
    std::vector<InstrumentAnswers> instruments;
    std::vector<QuestionAnswer> questions;
    std::vector<ScoreTaken> scores;
};

struct SafetyAssessed {
    std::string status;  // name_of(SafetyStatus)
    std::vector<std::string> rules, missing;
    bool kindness_feels_unsafe = false;
};

// Day 0 has come: the form that starts the course was answered or its window closed.
struct AllocationAwaited {};

// What decided the allocation and what the person is told.
struct AllocationExplained {
    std::optional<Points> moderator;
    std::string reason;
};

enum class PracticeKind { formal, informal };

struct PracticeRecorded {
    std::string practice;
    PracticeKind kind = PracticeKind::formal;
    int minutes = 0;
    Instant started_at;
    std::optional<int> day;  // of the person's course
};

struct HarmReported {
    int level = 0;             // the answer to the protocol's harm question
    std::uint32_t prompt = 0;  // 0: reported by itself
};

struct PracticePaused {};
struct PracticeResumed {};

enum class MiddleFinding { helping_or_unsure, not_helping_yet, cannot_be_judged };

struct MiddleJudged {
    MiddleFinding finding = MiddleFinding::cannot_be_judged;
    bool has_adequate_dose = false;
};

struct Reassessed {
    std::string finding;  // name_of(CourseFinding)
    std::vector<std::string> offers;
};

enum class HumanReason { talk_first, asked, harm, worsening };
enum class CareState { asked, contacted, handed_over, declined };

struct HumanOffered {
    HumanReason reason = HumanReason::asked;
    std::optional<Instant> reply_by;  // nothing: nobody is on duty, and the person was told so
};

struct CareRecorded {
    CareState state = CareState::contacted;
    bool may_start = false;  // training opens now
};

enum class Intercurrent {
    therapy,
    medication,
    critical_incident,
    deployment,
    leave,
    left_agency,
    died,
};

struct IntercurrentNoted {
    Intercurrent kind = Intercurrent::therapy;
    Day day;
};

struct PromptsPaused {
    Instant until;
};
struct PromptsResumed {};
struct MessagesStopped {};
struct MessagesResumed {};
struct PersonWithdrew {};  // earlier answers stay
struct PersonReturned {};
struct CourseFinished {};

using Payload =
    std::variant<CohortLaunched, ProtocolAmended, PersonEnrolled, PersonAllocated, PersonReallocated,
                 ImpairingHarmCounted, ArmPaused, ArmResumed, EnrolmentClosed, CohortClosed, PersonErased,
                 ProfileSet, ConsentGiven, ProtocolApplied, ConsentAskedAgain, DayZeroSet, PromptsPlanned,
                 PromptsReplanned, PromptOpened, PromptReminded, PromptClosed, PromptAnswered,
                 AnswerCorrected, SafetyAssessed, AllocationAwaited, AllocationExplained, PracticeRecorded,
                 HarmReported, PracticePaused, PracticeResumed, MiddleJudged, Reassessed, HumanOffered,
                 CareRecorded, IntercurrentNoted, PromptsPaused, PromptsResumed, MessagesStopped,
                 MessagesResumed, PersonWithdrew, PersonReturned, CourseFinished>;

// Which command an event belongs to: its client-made id, and a digest of what it said, so that the same id
// with other words is refused.
struct CommandMark {
    Id id, digest;
    friend bool operator==(const CommandMark&, const CommandMark&) = default;
};

struct Event {
    Instant at;
    std::optional<Id> person;            // under whose key it is sealed; nothing: the cohort's
    std::optional<CommandMark> command;  // on the first event of a command
    Payload payload;
};

// Whether events of this kind are sealed under the cohort's key although they name a person.
bool belongs_to_cohort(const Payload& payload);

}  // namespace groundwork::programme
