#include "programme/core/command.h"

#include <array>

#include "programme/core/described.h"
#include "programme/core/json_form.h"

namespace groundwork::programme {

BOOST_DESCRIBE_STRUCT(Launch, (), (cohort, protocol, variant, expected_people, is_rehearsal))
BOOST_DESCRIBE_STRUCT(Amend, (), (protocol, reason, applies_to))
BOOST_DESCRIBE_STRUCT(CloseEnrolment, (), ())
BOOST_DESCRIBE_STRUCT(CloseCohort, (), ())
BOOST_DESCRIBE_STRUCT(PauseArm, (), (arm, why))
BOOST_DESCRIBE_STRUCT(ResumeArm, (), (arm, reviewed_by))
BOOST_DESCRIBE_STRUCT(Tick, (), ())
BOOST_DESCRIBE_STRUCT(Enrol, (), (code_digest, zone, shift, anchor_minute))
BOOST_DESCRIBE_STRUCT(GiveConsent, (), (version, is_of_age))
BOOST_DESCRIBE_STRUCT(SetProfile, (), (zone, shift, anchor_minute))
BOOST_DESCRIBE_STRUCT(Answer, (),
                      (prompt, answered_at, is_time_uncertain, is_refused, instruments, questions))
BOOST_DESCRIBE_STRUCT(Correct, (), (prompt, instruments, questions))
BOOST_DESCRIBE_STRUCT(RecordPractice, (), (practice, kind, minutes, started_at))
BOOST_DESCRIBE_STRUCT(ReportHarm, (), (level))
BOOST_DESCRIBE_STRUCT(ResumePractice, (), ())
BOOST_DESCRIBE_STRUCT(AskForHelp, (), ())
BOOST_DESCRIBE_STRUCT(RecordCare, (), (state, may_start))
BOOST_DESCRIBE_STRUCT(ChooseArm, (), (arm, kind))
BOOST_DESCRIBE_STRUCT(ChooseNextStep, (), (step))
BOOST_DESCRIBE_STRUCT(PausePrompts, (), (hours))
BOOST_DESCRIBE_STRUCT(ResumePrompts, (), ())
BOOST_DESCRIBE_STRUCT(NoteIntercurrent, (), (kind, day))
BOOST_DESCRIBE_STRUCT(StopMessages, (), ())
BOOST_DESCRIBE_STRUCT(ResumeMessages, (), ())
BOOST_DESCRIBE_STRUCT(Withdraw, (), ())
BOOST_DESCRIBE_STRUCT(Return, (), ())
BOOST_DESCRIBE_STRUCT(Erase, (), ())
BOOST_DESCRIBE_STRUCT(Replan, (), ())

namespace {

constexpr std::array type_names = {std::string_view("Launch"),         std::string_view("Amend"),
                                   std::string_view("CloseEnrolment"), std::string_view("CloseCohort"),
                                   std::string_view("PauseArm"),       std::string_view("ResumeArm"),
                                   std::string_view("Tick"),           std::string_view("Enrol"),
                                   std::string_view("GiveConsent"),    std::string_view("SetProfile"),
                                   std::string_view("Answer"),         std::string_view("Correct"),
                                   std::string_view("RecordPractice"), std::string_view("ReportHarm"),
                                   std::string_view("ResumePractice"), std::string_view("AskForHelp"),
                                   std::string_view("RecordCare"),     std::string_view("ChooseArm"),
                                   std::string_view("ChooseNextStep"), std::string_view("PausePrompts"),
                                   std::string_view("ResumePrompts"),  std::string_view("NoteIntercurrent"),
                                   std::string_view("StopMessages"),   std::string_view("ResumeMessages"),
                                   std::string_view("Withdraw"),       std::string_view("Return"),
                                   std::string_view("Erase"),          std::string_view("Replan")};
static_assert(type_names.size() == std::variant_size_v<CommandPayload>);

}  // namespace

std::string_view type_name(const CommandPayload& payload) { return type_names[payload.index()]; }

std::string write_command(const Command& command) {
    std::string out =
        fmt::format("{{\"type\":\"{}\",\"id\":\"{}\"", type_name(command.payload), to_text(command.id));
    if (command.person) {
        out += fmt::format(",\"of\":\"{}\"", to_text(*command.person));
    }
    bool is_first = false;
    std::visit([&](const auto& payload) { json_form::write_members(out, payload, is_first); },
               command.payload);
    out += '}';
    return out;
}

}  // namespace groundwork::programme
