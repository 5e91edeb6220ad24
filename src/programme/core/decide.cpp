#include "programme/core/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "programme/core/decision.h"
#include "programme/core/event_text.h"

namespace groundwork::programme {

namespace {

constexpr int minutes_of_a_day = 24 * 60;
constexpr int pause_hours_max = 24 * 28;
constexpr int practice_minutes_max = 24 * 60;

Error not_possible(std::string why) { return unacceptable(std::move(why)); }

class CommandDecision {
  public:
    CommandDecision(Decision& decision, const Command& command) : decision_(decision), command_(command) {}

    Result<void> decide() {
        return std::visit([this](const auto& payload) { return carry_out(payload); }, command_.payload);
    }

  private:
    const CohortCore& core() const { return decision_.core(); }
    const Id& id() const { return *command_.person; }
    const Participant& person() { return decision_.person(id()); }
    const Protocol& protocol() { return decision_.protocol_of(person()); }

    Result<void> emit(Payload payload) { return decision_.emit(command_.person, std::move(payload)); }

    Result<void> require_taking_part() {
        if (person().stage == Stage::taking_part) {
            return {};
        }
        return fail(not_possible(person().stage == Stage::enrolled ? "consent comes first"
                                                                   : "this person is not taking part"));
    }

    static Result<void> check_profile(const std::string& zone, int anchor_minute) {
        TRY(find_time_zone(zone));
        if (anchor_minute < 0 || anchor_minute >= minutes_of_a_day) {
            return fail(not_possible("is not a minute of the day").value(std::to_string(anchor_minute)));
        }
        return {};
    }

    // ---- the cohort ----

    Result<void> carry_out(const Launch& launch) {
        if (core().is_launched) {
            return fail(not_possible("this cohort was launched already"));
        }
        const Protocol locked = TRY(parse_protocol(launch.protocol, "protocol"));
        if (!locked.course) {
            return fail(not_possible("a programme cannot run by a protocol without a course"));
        }
        if (!launch.variant.empty() && locked.find_variant(launch.variant) == nullptr) {
            return fail(not_possible("is not a variant of this protocol").value(launch.variant));
        }
        return decision_.emit(
            std::nullopt, CohortLaunched{launch.cohort, launch.protocol, locked.content_hash, launch.variant,
                                         launch.expected_people > 0 ? launch.expected_people
                                                                    : locked.course->expected_people,
                                         launch.is_rehearsal, time_zone_data_version()});
    }

    // What people in flight rest on: the arms, the outcomes that decide or are tested, and every form that
    // may be open or planned for somebody.
    static bool keeps_what_people_rest_on(const Protocol& before, const Protocol& amended) {
        const bool keeps_arms = std::ranges::equal(before.arms, amended.arms, {}, &Arm::id, &Arm::id);
        const bool keeps_outcomes = std::ranges::all_of(before.course->outcomes, [&](const Outcome& outcome) {
            const Outcome* kept = amended.course->find_outcome(outcome.id);
            const auto points = [](const Outcome& each) {
                return each.reliable_change ? each.reliable_change->points : Points{0};
            };
            return outcome.role == OutcomeRole::secondary ||
                   (kept != nullptr && kept->role == outcome.role && kept->instrument == outcome.instrument &&
                    kept->scale == outcome.scale && points(*kept) == points(outcome));
        });
        const bool keeps_forms = std::ranges::all_of(before.course->forms, [&](const Form& form) {
            return amended.course->find_form(form.id) != nullptr;
        });
        return before.id == amended.id && keeps_arms && keeps_outcomes && keeps_forms;
    }

    Result<void> carry_out(const Amend& amend) {
        const Protocol amended = TRY(parse_protocol(amend.protocol, "protocol"));
        const Protocol& current = *core().protocols.back();
        if (trim(amend.reason).empty()) {
            return fail(not_possible("an amendment needs a reason"));
        }
        const bool keeps_all =
            amended.course && std::ranges::all_of(core().protocols, [&](const auto& before) {
                return keeps_what_people_rest_on(*before, amended);
            });
        if (!keeps_all) {
            return fail(
                not_possible("an amendment keeps the protocol's id, its arms, its forms and its primary "
                             "outcomes; others are another programme"));
        }
        if (amended.version == current.version) {
            return fail(
                not_possible("is the version already; an amendment is a new one").value(amended.version));
        }
        TRY_DO(decision_.emit(std::nullopt, ProtocolAmended{amend.protocol, amended.content_hash,
                                                            amend.reason, amend.applies_to}));
        if (amend.applies_to == AppliesTo::new_people) {
            return {};
        }
        for (const Id& each : everyone()) {
            TRY_DO(apply_amendment(each, amended));
        }
        return {};
    }

    Result<void> apply_amendment(const Id& each, const Protocol& amended) {
        if (decision_.person(each).stage == Stage::finished) {
            return {};
        }
        TRY_DO(decision_.emit(each, ProtocolApplied{amended.version}));
        const std::string& agreed = decision_.person(each).consent_version;
        const bool asks_again = !agreed.empty() && agreed != amended.course->consent.version;
        return asks_again ? decision_.emit(each, ConsentAskedAgain{amended.course->consent.version})
                          : Result<void>();
    }

    // In an order that no hash table decides.
    std::vector<Id> everyone() const {
        std::vector<Id> ids;
        for (const auto& [each, person] : decision_.cohort().people) {
            ids.push_back(each);
        }
        std::ranges::sort(ids);
        return ids;
    }

    Result<void> carry_out(const CloseEnrolment&) {
        return core().is_enrolment_closed ? Result<void>() : decision_.emit(std::nullopt, EnrolmentClosed{});
    }

    Result<void> carry_out(const CloseCohort&) {
        if (core().is_closed) {
            return {};
        }
        for (const Id& each : everyone()) {
            if (decision_.person(each).stage == Stage::taking_part) {
                return fail(
                    not_possible("somebody is still taking part; a cohort closes when everyone is done"));
            }
        }
        if (!core().is_enrolment_closed) {
            TRY_DO(decision_.emit(std::nullopt, EnrolmentClosed{}));
        }
        return decision_.emit(std::nullopt, CohortClosed{});
    }

    Result<void> check_arm(const std::string& arm) const {
        const Protocol& launched = core().launched_protocol();
        if (std::ranges::find(launched.arms, arm, &Arm::id) == launched.arms.end()) {
            return fail(not_possible("is not an arm of this protocol").value(arm));
        }
        return {};
    }

    Result<void> carry_out(const PauseArm& pause) {
        TRY_DO(check_arm(pause.arm));
        if (core().paused_arms.contains(pause.arm)) {
            return {};
        }
        return decision_.emit(std::nullopt, ArmPaused{pause.arm, 0, 0, pause.why});
    }

    Result<void> carry_out(const ResumeArm& resume) {
        TRY_DO(check_arm(resume.arm));
        if (!core().paused_arms.contains(resume.arm)) {
            return {};
        }
        if (trim(resume.reviewed_by).empty()) {
            return fail(not_possible("only whoever reviewed the harms can let an arm go on: say who"));
        }
        TRY_DO(decision_.emit(std::nullopt, ArmResumed{resume.arm, resume.reviewed_by}));
        for (const Id& each : everyone()) {
            TRY_DO(allocate(each));
        }
        return {};
    }

    Result<void> allocate(const Id& each) {
        const bool was_allocated = decision_.person(each).allocation.has_value();
        TRY_DO(allocate_if_ready(decision_, each));
        const Participant& now = decision_.person(each);
        return !was_allocated && now.allocation ? look_at_arm(decision_, now.arm) : Result<void>();
    }

    Result<void> carry_out(const Tick&) { return let_all_due_happen(decision_); }

    // ---- a person ----

    Result<void> carry_out(const Enrol& enrol) {
        if (decision_.knows(id()) || decision_.cohort().tombstones.contains(id())) {
            return fail(not_possible("is enrolled already").value(to_text(id())));
        }
        if (decision_.cohort().used_codes.contains(enrol.code_digest)) {
            return fail(not_possible("this code was used already; a code enrols once"));
        }
        if (core().is_enrolment_closed || core().is_closed) {
            return fail(not_possible("enrolment is closed"));
        }
        TRY_DO(check_profile(enrol.zone, enrol.anchor_minute));
        TRY_DO(emit(PersonEnrolled{id(), enrol.code_digest}));
        return emit(ProfileSet{enrol.zone, enrol.shift, enrol.anchor_minute});
    }

    Result<void> carry_out(const GiveConsent& consent) {
        const Course& course = *protocol().course;
        if (!consent.is_of_age) {
            return fail(not_possible(
                fmt::format("people take part from {} years on", course.eligibility.minimum_age)));
        }
        if (consent.version != course.consent.version) {
            return fail(not_possible("is not the consent text that applies")
                            .value(consent.version)
                            .remedy(fmt::format("Ask with version {}.", course.consent.version)));
        }
        if (person().consent_version == consent.version && !person().is_asked_again) {
            return {};
        }
        const bool is_first = person().stage == Stage::enrolled;
        TRY_DO(emit(ConsentGiven{consent.version, to_text(digest_of(course.consent.text.at("en")))}));
        return is_first ? open_enrolment_form() : Result<void>();
    }

    Result<void> open_enrolment_form() {
        const Course& course = *protocol().course;
        for (std::size_t form = 0; form < course.forms.size(); ++form) {
            if (std::holds_alternative<AtEnrolment>(course.forms[form].timing)) {
                PlannedPrompt prompt =
                    prompt_opening_at(course, form, -7 * course.weeks_before, decision_.now());
                const std::uint32_t number = person().prompts_made + 1;
                TRY_DO(emit(PromptsPlanned{0,
                                           {{number, course.forms[form].id, prompt.day, prompt.opens,
                                             prompt.expires, std::move(prompt.reminders)}},
                                           std::nullopt}));
                return emit(PromptOpened{number, false});
            }
        }
        return {};
    }

    Result<void> carry_out(const SetProfile& profile) {
        TRY_DO(check_profile(profile.zone, profile.anchor_minute));
        TRY_DO(emit(ProfileSet{profile.zone, profile.shift, profile.anchor_minute}));
        return replan("profile");
    }

    // Windows that have not opened move to the person's clock as it is now.
    Result<void> replan(std::string why) {
        if (!person().day_zero) {
            return {};
        }
        const Course& course = *protocol().course;
        const Anchor anchor{*person().day_zero, person().profile.anchor_minute,
                            TRY(find_time_zone(person().profile.zone))};
        PromptsReplanned replanned{std::move(why), {}};
        for (const OpenPrompt& prompt : person().prompts) {
            if (prompt.is_open) {
                continue;
            }
            const auto form =
                static_cast<std::size_t>(course.find_form(prompt.window.form) - course.forms.data());
            const PlannedPrompt moved = prompt_on_day(course, form, prompt.window.day, anchor);
            if (moved.opens != prompt.window.opens) {
                replanned.prompts.push_back({prompt.window.prompt, prompt.window.form, prompt.window.day,
                                             moved.opens, moved.expires, moved.reminders});
            }
        }
        return replanned.prompts.empty() ? Result<void>() : emit(std::move(replanned));
    }

    Result<void> carry_out(const Replan&) { return replan("time-zone data " + time_zone_data_version()); }

    Result<void> carry_out(const Answer& answer) {
        if (person().stage != Stage::finished) {  // their last answers may still be on the way
            TRY_DO(require_taking_part());
        }
        TRY_DO(let_due_happen(decision_, id()));
        const bool was_allocated = person().allocation.has_value();
        TRY_DO(decide_answer(decision_, id(), answer));
        if (!was_allocated && person().allocation) {
            TRY_DO(look_at_arm(decision_, person().arm));
        }
        return finish_if_over(decision_, id());
    }

    Result<void> carry_out(const Correct& correct) { return decide_correction(decision_, id(), correct); }

    Result<void> carry_out(const RecordPractice& practice) {
        TRY_DO(require_taking_part());
        if (practice.minutes < 0 || practice.minutes > practice_minutes_max) {
            return fail(not_possible("is not a number of minutes").value(std::to_string(practice.minutes)));
        }
        PracticeRecorded recorded{practice.practice, practice.kind, practice.minutes,
                                  std::min(practice.started_at, decision_.now()), std::nullopt};
        if (person().day_zero) {
            const TimeZone zone = TRY(find_time_zone(person().profile.zone));
            recorded.day =
                static_cast<int>((zone.wall_time(recorded.started_at).day - *person().day_zero).count());
        }
        return emit(std::move(recorded));
    }

    Result<void> carry_out(const ReportHarm& harm) {
        const auto& rules = protocol().course->harms;
        if (!rules) {
            return fail(not_possible("this protocol asks about no harms"));
        }
        const Question& question = *protocol().course->find_question(rules->question);
        if (harm.level < question.minimum || harm.level > question.maximum) {
            return fail(not_possible(fmt::format("is outside the answers {} to {}", question.minimum,
                                                 question.maximum))
                            .value(std::to_string(harm.level)));
        }
        return report_harm(decision_, id(), harm.level, 0);
    }

    Result<void> carry_out(const ResumePractice&) {
        return person().is_practice_paused ? emit(PracticeResumed{}) : Result<void>();
    }

    Result<void> carry_out(const AskForHelp&) { return offer_human(decision_, id(), HumanReason::asked); }

    Result<void> carry_out(const RecordCare& care) {
        if (!person().human) {
            return fail(not_possible("nobody was offered to this person"));
        }
        TRY_DO(emit(CareRecorded{care.state, care.may_start}));
        return allocate(id());
    }

    Result<void> carry_out(const ChooseArm& choice) {
        TRY_DO(require_taking_part());
        TRY_DO(check_arm(choice.arm));
        if (choice.kind == AllocationKind::drawn) {
            return fail(not_possible("a draw is not chosen"));
        }
        if (person().arm == choice.arm) {
            return {};
        }
        if (person().allocation) {  // the draw is kept: analyses go by it
            return emit(PersonReallocated{id(), choice.kind, NextStep::change, choice.arm, {}, 0});
        }
        PersonAllocated allocated;
        allocated.person = id();
        allocated.kind = choice.kind;
        allocated.rule =
            fmt::format("{}@{}#chosen", core().launched_protocol().id, core().launched_protocol().version);
        allocated.arm = choice.arm;
        return emit(std::move(allocated));
    }

    Result<void> carry_out(const ChooseNextStep& choice) {
        TRY_DO(require_taking_part());
        if (person().arm.empty()) {
            return fail(not_possible("there is no training yet to go on from"));
        }
        return emit(PersonReallocated{id(), AllocationKind::chosen, choice.step, person().arm, {}, 0});
    }

    Result<void> carry_out(const PausePrompts& pause) {
        TRY_DO(require_taking_part());
        if (pause.hours < 1 || pause.hours > pause_hours_max) {
            return fail(not_possible(fmt::format("prompts pause for 1 to {} hours", pause_hours_max))
                            .value(std::to_string(pause.hours)));
        }
        return pause_for(pause.hours);
    }

    Result<void> pause_for(int hours) {
        const Instant until = decision_.now() + std::chrono::hours(hours);
        if (person().paused_until && *person().paused_until >= until) {
            return {};
        }
        TRY_DO(emit(PromptsPaused{until}));
        TRY_DO(close_open_prompts(Unanswered::paused));
        return finish_if_over(decision_, id());
    }

    Result<void> close_open_prompts(Unanswered why) {
        std::vector<std::uint32_t> open;
        for (const OpenPrompt& prompt : person().prompts) {
            // The form at enrolment waits through a pause: without it nothing would ever begin.
            const bool is_pausable = prompt.is_open && person().day_zero.has_value();
            if (is_pausable || why == Unanswered::withdrawn) {
                open.push_back(prompt.window.prompt);
            }
        }
        for (const std::uint32_t prompt : open) {
            TRY_DO(emit(PromptClosed{prompt, why}));
        }
        return {};
    }

    Result<void> carry_out(const ResumePrompts&) {
        return person().paused_until ? emit(PromptsResumed{}) : Result<void>();
    }

    Result<void> carry_out(const NoteIntercurrent& noted) {
        TRY_DO(emit(IntercurrentNoted{noted.kind, noted.day}));
        const int hours = protocol().course->critical_incident_hours;
        return noted.kind == Intercurrent::critical_incident && hours > 0 &&
                       person().stage == Stage::taking_part
                   ? pause_for(hours)
                   : Result<void>();
    }

    Result<void> carry_out(const StopMessages&) {
        return person().are_messages_stopped ? Result<void>() : emit(MessagesStopped{});
    }
    Result<void> carry_out(const ResumeMessages&) {
        return person().are_messages_stopped ? emit(MessagesResumed{}) : Result<void>();
    }

    Result<void> carry_out(const Withdraw&) {
        if (person().stage == Stage::withdrawn) {
            return {};
        }
        TRY_DO(close_open_prompts(Unanswered::withdrawn));
        return emit(PersonWithdrew{});
    }

    Result<void> carry_out(const Return&) {
        if (person().stage != Stage::withdrawn) {
            return {};
        }
        if (person().consent_version.empty()) {
            return fail(not_possible("consent comes first"));
        }
        TRY_DO(emit(PersonReturned{}));
        if (!person().day_zero) {
            return open_enrolment_form();
        }
        if (person().planned_week < last_week(*protocol().course)) {
            TRY_DO(plan_next(decision_, id()));
        }
        return finish_if_over(decision_, id());
    }

    Result<void> carry_out(const Erase&) {
        PersonErased erased{id(), person().enrolled_at, person().allocated_at, "", ""};
        if (person().allocation) {
            erased.stratum = person().allocation->stratum;
            erased.arm = person().allocation->arm;
        }
        return emit(erased);
    }

    Decision& decision_;
    const Command& command_;
};

// Whether the command was carried out before, by the digest of the one that had its id.
Result<bool> is_repeated(const Id* done, const CommandMark& mark) {
    if (done != nullptr && *done != mark.digest) {
        return fail(unacceptable("is the id of another command that was carried out already")
                        .value(to_text(mark.id)));
    }
    return done != nullptr;
}

const Id* digest_of_done(const Cohort& cohort, const Id& command) {
    const auto done = cohort.commands.find(command);
    return done == cohort.commands.end() ? nullptr : &done->second;
}

const Id* digest_of_done(const Participant& person, const Id& command) {
    const auto done = std::ranges::find(person.commands, command, &CommandMark::id);
    return done == person.commands.end() ? nullptr : &done->digest;
}

}  // namespace

std::uint64_t OperatingSystemChance::bits() { return operating_system_entropy(); }

Result<std::vector<Event>> decide(const Cohort& cohort, const Command& command, Instant now, Chance& chance) {
    const bool is_tick = std::holds_alternative<Tick>(command.payload);
    const bool is_launch = std::holds_alternative<Launch>(command.payload);
    const bool is_enrolment = std::holds_alternative<Enrol>(command.payload);
    const bool is_of_a_person = command.payload.index() >= CommandPayload(Enrol{}).index();
    if (is_of_a_person != command.person.has_value()) {
        return fail(unacceptable(is_of_a_person ? "this command needs the person it is about"
                                                : "this command is about no single person"));
    }
    if (!cohort.core.is_launched && !is_launch) {
        return fail(unacceptable("this cohort was not launched yet"));
    }
    std::optional<CommandMark> mark;
    if (!is_tick) {
        mark = CommandMark{command.id, digest_of(write_command(command))};
        if (TRY(is_repeated(digest_of_done(cohort, command.id), *mark))) {
            return std::vector<Event>{};
        }
    }
    if (command.person && !is_enrolment) {
        if (cohort.tombstones.contains(*command.person)) {
            return fail(unacceptable("was erased").value(to_text(*command.person)));
        }
        const Participant* person = cohort.find_person(*command.person);
        if (person == nullptr) {
            return fail(unacceptable("is nobody in this cohort").value(to_text(*command.person)));
        }
        if (TRY(is_repeated(digest_of_done(*person, command.id), *mark))) {
            return std::vector<Event>{};
        }
    }
    if (cohort.core.is_closed && !std::holds_alternative<Erase>(command.payload) && !is_tick) {
        return fail(unacceptable("this cohort is closed"));
    }
    Decision decision(cohort, now, chance);
    TRY_DO(CommandDecision(decision, command).decide());
    return decision.take(mark);
}

}  // namespace groundwork::programme
