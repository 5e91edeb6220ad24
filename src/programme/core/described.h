// The members of events, commands and state by name, for writing and reading them as JSON. One list for each
// type; the compiler refuses a name that is not there. Private to programme/core/.
#pragma once

#include <boost/describe.hpp>

#include "programme/core/event.h"

namespace groundwork::programme {

BOOST_DESCRIBE_ENUM(Shift, day, night)
BOOST_DESCRIBE_ENUM(AppliesTo, new_people, everyone)
BOOST_DESCRIBE_ENUM(AllocationKind, drawn, chosen, safety, clinician)
BOOST_DESCRIBE_ENUM(NextStep, go_on, augment, change, refer)
BOOST_DESCRIBE_ENUM(Unanswered, expired, paused, withdrawn, not_offered)
BOOST_DESCRIBE_ENUM(AnswerStatus, complete, partial, refused, arrived_late, kept_unscored)
BOOST_DESCRIBE_ENUM(PracticeKind, formal, informal)
BOOST_DESCRIBE_ENUM(MiddleFinding, helping_or_unsure, not_helping_yet, cannot_be_judged)
BOOST_DESCRIBE_ENUM(HumanReason, talk_first, asked, harm, worsening)
BOOST_DESCRIBE_ENUM(CareState, asked, contacted, handed_over, declined)
BOOST_DESCRIBE_ENUM(Intercurrent, therapy, medication, critical_incident, deployment, leave, left_agency,
                    died)

BOOST_DESCRIBE_STRUCT(CohortLaunched, (),
                      (cohort, protocol, protocol_hash, variant, expected_people, is_rehearsal,
                       time_zone_data))
BOOST_DESCRIBE_STRUCT(ProtocolAmended, (), (protocol, protocol_hash, reason, applies_to))
BOOST_DESCRIBE_STRUCT(PersonEnrolled, (), (person, code_digest))
BOOST_DESCRIBE_STRUCT(PersonAllocated, (),
                      (person, kind, rule, stratum, arm, planned, conditional, draw, start_was_drawn,
                       is_delayed, start_draw))
BOOST_DESCRIBE_STRUCT(PersonReallocated, (), (person, kind, step, arm, planned, draw))
BOOST_DESCRIBE_STRUCT(ImpairingHarmCounted, (), (arm))
BOOST_DESCRIBE_STRUCT(ArmPaused, (), (arm, harmed, people, why))
BOOST_DESCRIBE_STRUCT(ArmResumed, (), (arm, reviewed_by))
BOOST_DESCRIBE_STRUCT(EnrolmentClosed, (), ())
BOOST_DESCRIBE_STRUCT(CohortClosed, (), ())
BOOST_DESCRIBE_STRUCT(PersonErased, (), (person, enrolled_at, allocated_at, stratum, arm))
BOOST_DESCRIBE_STRUCT(ProfileSet, (), (zone, shift, anchor_minute))
BOOST_DESCRIBE_STRUCT(ConsentGiven, (), (version, text_hash))
BOOST_DESCRIBE_STRUCT(ProtocolApplied, (), (version))
BOOST_DESCRIBE_STRUCT(ConsentAskedAgain, (), (version))
BOOST_DESCRIBE_STRUCT(DayZeroSet, (), (day_zero))
BOOST_DESCRIBE_STRUCT(PlannedWindow, (), (prompt, form, day, opens, expires, reminders))
BOOST_DESCRIBE_STRUCT(PromptsPlanned, (), (week, prompts, plan_again_at))
BOOST_DESCRIBE_STRUCT(PromptsReplanned, (), (why, prompts))
BOOST_DESCRIBE_STRUCT(PromptOpened, (), (prompt, is_announced))
BOOST_DESCRIBE_STRUCT(PromptReminded, (), (prompt))
BOOST_DESCRIBE_STRUCT(PromptClosed, (), (prompt, why))
BOOST_DESCRIBE_STRUCT(ScoreTaken, (), (instrument, version, scale, points))
BOOST_DESCRIBE_STRUCT(InstrumentAnswers, (), (instrument, answers))
BOOST_DESCRIBE_STRUCT(QuestionAnswer, (), (question, answer))
BOOST_DESCRIBE_STRUCT(PromptAnswered, (),
                      (prompt, status, answered_at, received_at, is_time_uncertain, instruments, questions,
                       scores))
BOOST_DESCRIBE_STRUCT(AnswerCorrected, (), (prompt, instruments, questions, scores))
BOOST_DESCRIBE_STRUCT(SafetyAssessed, (), (status, rules, missing, kindness_feels_unsafe))
BOOST_DESCRIBE_STRUCT(AllocationAwaited, (), ())
BOOST_DESCRIBE_STRUCT(AllocationExplained, (), (moderator, reason))
BOOST_DESCRIBE_STRUCT(PracticeRecorded, (), (practice, kind, minutes, started_at, day))
BOOST_DESCRIBE_STRUCT(HarmReported, (), (level, prompt))
BOOST_DESCRIBE_STRUCT(PracticePaused, (), ())
BOOST_DESCRIBE_STRUCT(PracticeResumed, (), ())
BOOST_DESCRIBE_STRUCT(MiddleJudged, (), (finding, has_adequate_dose))
BOOST_DESCRIBE_STRUCT(Reassessed, (), (finding, offers))
BOOST_DESCRIBE_STRUCT(HumanOffered, (), (reason, reply_by))
BOOST_DESCRIBE_STRUCT(CareRecorded, (), (state, may_start))
BOOST_DESCRIBE_STRUCT(IntercurrentNoted, (), (kind, day))
BOOST_DESCRIBE_STRUCT(PromptsPaused, (), (until))
BOOST_DESCRIBE_STRUCT(PromptsResumed, (), ())
BOOST_DESCRIBE_STRUCT(MessagesStopped, (), ())
BOOST_DESCRIBE_STRUCT(MessagesResumed, (), ())
BOOST_DESCRIBE_STRUCT(PersonWithdrew, (), ())
BOOST_DESCRIBE_STRUCT(PersonReturned, (), ())
BOOST_DESCRIBE_STRUCT(CourseFinished, (), ())

}  // namespace groundwork::programme
