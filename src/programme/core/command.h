// What can be asked of a cohort. A command carries an id that its client made: the same command twice is the
// same as once, and the same id with other words is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "programme/core/event.h"

namespace groundwork::programme {

// ---- of the cohort ----

struct Launch {
    Id cohort;
    std::string protocol;  // the file's text
    std::string variant;
    int expected_people = 0;  // 0: as the protocol says
    bool is_rehearsal = false;
};
struct Amend {
    std::string protocol, reason;
    AppliesTo applies_to = AppliesTo::new_people;
};
struct CloseEnrolment {};
struct CloseCohort {};
struct PauseArm {
    std::string arm, why;
};
struct ResumeArm {
    std::string arm, reviewed_by;
};
// Time passes: everything that is due happens.
struct Tick {};

// ---- of a person ----

struct Enrol {
    std::string code_digest;
    std::string zone;
    Shift shift = Shift::day;
    int anchor_minute = 0;
};
struct GiveConsent {
    std::string version;
    bool is_of_age = false;
};
struct SetProfile {
    std::string zone;
    Shift shift = Shift::day;
    int anchor_minute = 0;
};
// What the form at enrolment asks besides its instruments and questions, by the names that answers give it.
inline constexpr std::string_view kindness_items = "kindness-unsafe";
inline constexpr std::string_view on_device_list = "on-device-list";  // 0 proceed, 1 talk first
inline constexpr std::string_view help_question = "asks-for-help";    // 1 yes

// Answers to a prompt. With nothing in it and `is_refused`, the person would rather not.
struct Answer {
    std::uint32_t prompt = 0;
    Instant answered_at;
    bool is_time_uncertain = false;  // the device's clock could not be compared
    bool is_refused = false;
    std::vector<InstrumentAnswers> instruments;
    std::vector<QuestionAnswer> questions;
};
struct Correct {
    std::uint32_t prompt = 0;
    std::vector<InstrumentAnswers> instruments;
    std::vector<QuestionAnswer> questions;
};
struct RecordPractice {
    std::string practice;
    PracticeKind kind = PracticeKind::formal;
    int minutes = 0;
    Instant started_at;
};
struct ReportHarm {
    int level = 0;
};
struct ResumePractice {};
struct AskForHelp {};
struct RecordCare {
    CareState state = CareState::contacted;
    bool may_start = false;
};
// The person's own choice of an arm, or a clinician's.
struct ChooseArm {
    std::string arm;
    AllocationKind kind = AllocationKind::chosen;
};
struct ChooseNextStep {
    NextStep step = NextStep::go_on;
};
struct PausePrompts {
    int hours = 0;
};
struct ResumePrompts {};
// Pauses prompts for as long as the protocol says and marks the analysis.
struct NoteIntercurrent {
    Intercurrent kind = Intercurrent::therapy;
    Day day;
};
struct StopMessages {};
struct ResumeMessages {};
struct Withdraw {};
struct Return {};
struct Erase {};
// The system's time-zone data changed: windows not yet opened are planned anew.
struct Replan {};

using CommandPayload =
    std::variant<Launch, Amend, CloseEnrolment, CloseCohort, PauseArm, ResumeArm, Tick, Enrol, GiveConsent,
                 SetProfile, Answer, Correct, RecordPractice, ReportHarm, ResumePractice, AskForHelp,
                 RecordCare, ChooseArm, ChooseNextStep, PausePrompts, ResumePrompts, NoteIntercurrent,
                 StopMessages, ResumeMessages, Withdraw, Return, Erase, Replan>;

struct Command {
    Id id;  // made by the client; of a Tick it does not matter
    std::optional<Id> person;
    CommandPayload payload;
};

// The kinds' names, in the order of CommandPayload's alternatives.
std::string_view type_name(const CommandPayload& payload);

// One line of JSON, from which the digest of CommandMark is made.
std::string write_command(const Command& command);

}  // namespace groundwork::programme
