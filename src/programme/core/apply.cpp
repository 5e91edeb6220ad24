#include <algorithm>

#include "programme/core/cohort.h"

namespace groundwork::programme {

namespace {

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

std::vector<OpenPrompt>::iterator prompt_numbered(Participant& person, std::uint32_t number) {
    const auto found = std::ranges::find_if(
        person.prompts, [&](const OpenPrompt& prompt) { return prompt.window.prompt == number; });
    ENSURE(found != person.prompts.end());
    return found;
}

// Moves a prompt to the past and forgets the past that no answer can reach any more.
void put_behind(Participant& person, const CohortCore& core, std::uint32_t number, bool is_answered,
                Instant at) {
    const auto prompt = prompt_numbered(person, number);
    const std::chrono::days grace(core.protocols[person.protocol]->course->grace_days);
    std::erase_if(person.past, [&](const PastPrompt& past) { return past.window.expires + grace < at; });
    person.past.push_back({std::move(prompt->window), is_answered});
    person.prompts.erase(prompt);
}

void plan(Participant& person, const std::vector<PlannedWindow>& windows) {
    for (const PlannedWindow& window : windows) {
        person.prompts.push_back({window, false, 0});
        person.prompts_made = std::max(person.prompts_made, window.prompt);
    }
    person.counts.planned += static_cast<int>(windows.size());
}

void count_closing(PromptCounts& counts, Unanswered why) {
    switch (why) {
        case Unanswered::expired: ++counts.expired; break;
        case Unanswered::paused: ++counts.paused; break;
        case Unanswered::withdrawn: ++counts.withdrawn; break;
        case Unanswered::not_offered: ++counts.not_offered; break;
    }
}

void count_answer(PromptCounts& counts, AnswerStatus status) {
    switch (status) {
        case AnswerStatus::complete:
        case AnswerStatus::partial: ++counts.answered; break;
        case AnswerStatus::refused: ++counts.refused; break;
        case AnswerStatus::arrived_late: ++counts.late; break;
        case AnswerStatus::kept_unscored: ++counts.kept; break;
    }
}

const std::string& form_of(const Participant& person, std::uint32_t number) {
    for (const OpenPrompt& prompt : person.prompts) {
        if (prompt.window.prompt == number) {
            return prompt.window.form;
        }
    }
    for (const PastPrompt& prompt : person.past) {
        if (prompt.window.prompt == number) {
            return prompt.window.form;
        }
    }
    ENSURE(false);
    return person.consent_version;
}

void take_answer(Participant& person, const CohortCore& core, const PromptAnswered& answer, Instant at) {
    count_answer(person.counts, answer.status);
    if (answer.status == AnswerStatus::kept_unscored) {
        return;
    }
    if (answer.status == AnswerStatus::complete || answer.status == AnswerStatus::partial ||
        answer.status == AnswerStatus::arrived_late) {
        person.results[form_of(person, answer.prompt)] = std::make_shared<const FormResult>(
            FormResult{answer.answered_at, answer.questions, answer.scores});
    }
    if (answer.status == AnswerStatus::arrived_late) {
        const auto past = std::ranges::find_if(
            person.past, [&](const PastPrompt& prompt) { return prompt.window.prompt == answer.prompt; });
        ENSURE(past != person.past.end());
        past->is_answered = true;
    } else {
        put_behind(person, core, answer.prompt, true, at);
    }
}

}  // namespace

std::optional<Points> FormResult::score_of(std::string_view instrument, std::string_view scale) const {
    for (const ScoreTaken& score : scores) {
        if (score.instrument == instrument && score.scale == scale) {
            return score.points;
        }
    }
    return std::nullopt;
}

std::optional<int> FormResult::answer_to(std::string_view question) const {
    for (const QuestionAnswer& answer : questions) {
        if (answer.question == question) {
            return answer.answer;
        }
    }
    return std::nullopt;
}

const FormResult* Participant::find_result(const std::string& form) const {
    const auto found = results.find(form);
    return found == results.end() ? nullptr : found->second.get();
}

const Participant* Cohort::find_person(const Id& id) const {
    const auto found = people.find(id);
    return found == people.end() ? nullptr : &found->second;
}

std::optional<Id> subject_of(const Event& event) {
    if (event.person) {
        return event.person;
    }
    return std::visit(
        []<class Event>(const Event& payload) -> std::optional<Id> {
            if constexpr (requires { payload.person; }) {
                return payload.person;
            } else {
                return std::nullopt;
            }
        },
        event.payload);
}

Result<void> apply_to_core(CohortCore& core, const Event& event) {
    // Protocols are read again from the text that the ledger keeps: it was checked when it was locked.
    const auto lock = [&](const std::string& text) -> Result<void> {
        core.protocols.push_back(
            std::make_shared<const Protocol>(TRY(read_protocol(text, "the ledger's protocol"))));
        core.protocol_texts.push_back(std::make_shared<const std::string>(text));
        return {};
    };
    if (const auto* launched = std::get_if<CohortLaunched>(&event.payload)) {
        TRY_DO(lock(launched->protocol));
        const Protocol& protocol = core.launched_protocol();
        core.id = launched->cohort;
        core.is_launched = true;
        core.is_rehearsal = launched->is_rehearsal;
        core.variant = launched->variant;
        core.expected_people = launched->expected_people;
        const Variant* variant = protocol.find_variant(core.variant);
        for (const Stratum& stratum : protocol.strata) {
            core.coins.emplace_back(protocol.coin, variant == nullptr ? stratum.planned : variant->planned);
        }
    } else if (const auto* amended = std::get_if<ProtocolAmended>(&event.payload)) {
        TRY_DO(lock(amended->protocol));
    } else {
        std::visit(Overloaded{
                       [&](const PersonAllocated& allocated) {
                           ++core.allocated[allocated.arm];
                           if (allocated.kind == AllocationKind::drawn) {
                               const Protocol& protocol = core.launched_protocol();
                               const auto drawn = protocol.drawn_arms();
                               for (std::size_t stratum = 0; stratum < protocol.strata.size(); ++stratum) {
                                   for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
                                       if (protocol.strata[stratum].id == allocated.stratum &&
                                           drawn[arm]->id == allocated.arm) {
                                           core.coins[stratum].record(allocated.planned, arm);
                                       }
                                   }
                               }
                           }
                       },
                       [&](const ImpairingHarmCounted& harm) { ++core.harmed[harm.arm]; },
                       [&](const ArmPaused& paused) { core.paused_arms[paused.arm] = paused; },
                       [&](const ArmResumed& resumed) { core.paused_arms.erase(resumed.arm); },
                       [&](const EnrolmentClosed&) { core.is_enrolment_closed = true; },
                       [&](const CohortClosed&) { core.is_closed = true; },
                       [](const auto&) {},
                   },
                   event.payload);
    }
    core.clock = std::max(core.clock, event.at);
    return {};
}

void apply_to_person(Participant& person, const CohortCore& core, const Event& event) {
    if (event.command && event.person) {
        person.commands.push_back(*event.command);
    }
    std::visit(Overloaded{
                   [&](const PersonEnrolled& enrolled) {
                       person.id = enrolled.person;
                       person.enrolled_at = event.at;
                       person.protocol = core.protocols.size() - 1;
                   },
                   [&](const PersonAllocated& allocated) {
                       person.allocation = allocated;
                       person.allocated_at = event.at;
                       person.arm = allocated.arm;
                       person.awaits_allocation = false;
                   },
                   [&](const PersonReallocated& again) {
                       person.reallocation = again;
                       person.arm = again.arm;
                   },
                   [&](const ProfileSet& profile) { person.profile = profile; },
                   [&](const ConsentGiven& consent) {
                       person.consent_version = consent.version;
                       person.is_asked_again = false;
                       if (person.stage == Stage::enrolled) {
                           person.stage = Stage::taking_part;
                       }
                   },
                   [&](const ProtocolApplied&) { person.protocol = core.protocols.size() - 1; },
                   [&](const ConsentAskedAgain&) { person.is_asked_again = true; },
                   [&](const DayZeroSet& zero) { person.day_zero = zero.day_zero; },
                   [&](const PromptsPlanned& planned) {
                       plan(person, planned.prompts);
                       person.planned_week = planned.week;
                       person.plan_again_at = planned.plan_again_at;
                   },
                   [&](const PromptsReplanned& replanned) {
                       for (const PlannedWindow& window : replanned.prompts) {
                           prompt_numbered(person, window.prompt)->window = window;
                       }
                   },
                   [&](const PromptOpened& opened) {
                       prompt_numbered(person, opened.prompt)->is_open = true;
                       ++person.counts.opened;
                   },
                   [&](const PromptReminded& reminded) {
                       const auto prompt = prompt_numbered(person, reminded.prompt);
                       // A tick that comes late reminds once, whatever it missed.
                       prompt->reminded = static_cast<std::size_t>(std::ranges::count_if(
                           prompt->window.reminders, [&](Instant reminder) { return reminder <= event.at; }));
                       ++person.counts.reminded;
                   },
                   [&](const PromptClosed& closed) {
                       count_closing(person.counts, closed.why);
                       put_behind(person, core, closed.prompt, false, event.at);
                   },
                   [&](const PromptAnswered& answer) { take_answer(person, core, answer, event.at); },
                   [&](const AnswerCorrected& corrected) {
                       const std::string& form = form_of(person, corrected.prompt);
                       const FormResult* before = person.find_result(form);
                       person.results[form] = std::make_shared<const FormResult>(
                           FormResult{before == nullptr ? event.at : before->answered_at, corrected.questions,
                                      corrected.scores});
                   },
                   [&](const SafetyAssessed& assessed) { person.safety = assessed; },
                   [&](const AllocationAwaited&) { person.awaits_allocation = true; },
                   [&](const PracticeRecorded& practice) {
                       if (practice.day) {
                           ++person.practices[week_of_day(*practice.day)];
                       }
                       person.practice_minutes += practice.minutes;
                   },
                   [&](const HarmReported& harm) {
                       const HarmRules& rules = *core.protocols[person.protocol]->course->harms;
                       const bool is_some = harm.level >= rules.some_from && harm.level < rules.pause_from;
                       person.some_harms_in_a_row = is_some ? person.some_harms_in_a_row + 1 : 0;
                       const auto& pause = core.protocols[person.protocol]->course->arm_pause;
                       person.had_impairing_harm |= pause && harm.level >= pause->harm_from;
                   },
                   [&](const PracticePaused&) { person.is_practice_paused = true; },
                   [&](const PracticeResumed&) { person.is_practice_paused = false; },
                   [&](const MiddleJudged& judged) { person.middle = judged; },
                   [&](const Reassessed& reassessed) { person.reassessed = reassessed; },
                   [&](const HumanOffered& offered) {
                       person.human = offered;
                       person.care = CareState::asked;
                       person.asks_for_help |= offered.reason == HumanReason::asked;
                   },
                   [&](const CareRecorded& care) {
                       person.care = care.state;
                       person.may_start |= care.may_start;
                   },
                   [&](const IntercurrentNoted& noted) { person.intercurrent.push_back(noted); },
                   [&](const PromptsPaused& paused) { person.paused_until = paused.until; },
                   [&](const PromptsResumed&) { person.paused_until.reset(); },
                   [&](const MessagesStopped&) { person.are_messages_stopped = true; },
                   [&](const MessagesResumed&) { person.are_messages_stopped = false; },
                   [&](const PersonWithdrew&) {
                       person.stage = Stage::withdrawn;
                       person.plan_again_at.reset();
                   },
                   [&](const PersonReturned&) { person.stage = Stage::taking_part; },
                   [&](const CourseFinished&) { person.stage = Stage::finished; },
                   [](const auto&) {},
               },
               event.payload);
}

Result<void> apply(Cohort& cohort, const Event& event) {
    const std::optional<Id> subject = subject_of(event);
    const bool is_enrolment = std::holds_alternative<PersonEnrolled>(event.payload);
    if (cohort.core.is_launched == std::holds_alternative<CohortLaunched>(event.payload)) {
        return fail(unacceptable("a cohort begins with its launch, and has one only"));
    }
    if (subject && cohort.people.contains(*subject) == is_enrolment) {
        return fail(unacceptable(is_enrolment ? "this person is enrolled already"
                                              : "this event is about somebody who is not enrolled")
                        .value(to_text(*subject)));
    }
    TRY_DO(apply_to_core(cohort.core, event));
    if (event.command && !event.person) {
        cohort.commands.emplace(event.command->id, event.command->digest);
    }
    if (!subject) {
        return {};
    }
    if (const auto* enrolled = std::get_if<PersonEnrolled>(&event.payload)) {
        cohort.used_codes.insert(enrolled->code_digest);
    }
    Participant& person = cohort.people[*subject];
    if (const std::optional<Due> due = next_due(person)) {
        cohort.due.erase({due->at, *subject});
    }
    if (const auto* erased = std::get_if<PersonErased>(&event.payload)) {
        cohort.people.erase(*subject);
        cohort.tombstones[*subject] = {erased->enrolled_at, event.at, erased->allocated_at, erased->stratum,
                                       erased->arm};
        return {};
    }
    apply_to_person(person, cohort.core, event);
    if (const std::optional<Due> due = next_due(person)) {
        cohort.due.insert({due->at, *subject});
    }
    return {};
}

std::optional<Due> next_due(const Participant& person) {
    if (person.stage != Stage::taking_part) {
        return std::nullopt;
    }
    std::optional<Due> next;
    const auto consider = [&](Due due) {
        if (!next || due < *next) {
            next = due;
        }
    };
    if (person.paused_until) {
        consider({*person.paused_until, DueAction::resume, 0});
    }
    if (person.plan_again_at) {
        consider({*person.plan_again_at, DueAction::plan, 0});
    }
    for (const OpenPrompt& prompt : person.prompts) {
        const PlannedWindow& window = prompt.window;
        if (!prompt.is_open) {
            consider({window.opens, DueAction::open, window.prompt});
            continue;
        }
        consider({window.expires, DueAction::close, window.prompt});
        if (!person.are_messages_stopped && prompt.reminded < window.reminders.size()) {
            consider({window.reminders[prompt.reminded], DueAction::remind, window.prompt});
        }
    }
    return next;
}

}  // namespace groundwork::programme
