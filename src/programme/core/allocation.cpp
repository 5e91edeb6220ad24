// Who is allocated when, by which rule, and what follows at the middle.
#include <fmt/format.h>

#include <algorithm>

#include "programme/core/decision.h"
#include "programme/matching.h"
#include "programme/matching_words.h"

namespace groundwork::programme {

namespace {

const Form* enrolment_form(const Course& course) {
    const auto found = std::ranges::find_if(
        course.forms, [](const Form& form) { return std::holds_alternative<AtEnrolment>(form.timing); });
    return found == course.forms.end() ? nullptr : &*found;
}

std::optional<Points> moderator_of(const Protocol& protocol, const Participant& person) {
    const Form* form = enrolment_form(*protocol.course);
    const FormResult* result = person.find_result(form->id);
    return result == nullptr ? std::nullopt
                             : result->score_of(protocol.moderator.instrument, protocol.moderator.scale);
}

bool may_be_drawn(const CohortCore& core, const Participant& person) {
    if (!person.awaits_allocation || person.allocation || person.stage != Stage::taking_part ||
        !person.safety || !core.paused_arms.empty()) {
        return false;
    }
    const std::string& status = person.safety->status;
    return person.may_start || status == name_of(SafetyStatus::start) ||
           status == name_of(SafetyStatus::suggest_talking);
}

struct Rule {
    std::string name;
    const Probabilities* planned;
};

Rule rule_for(const Protocol& protocol, const std::string& variant_id, const Participant& person,
              const Stratum& stratum, Points score) {
    if (const Variant* variant = protocol.find_variant(variant_id)) {
        return {stratum.id, &variant->planned};
    }
    if (person.safety->kindness_feels_unsafe && protocol.kindness) {
        return {"kindness-feels-unsafe", &protocol.kindness->planned};
    }
    if (is_near_a_cut(protocol, score)) {
        return {"near-a-cut", &protocol.near_a_cut->planned};
    }
    return {stratum.id, &stratum.planned};
}

bool may_wait(const CohortCore& core, const Protocol& protocol, const Participant& person) {
    if (!protocol.delayed_start || core.expected_people < protocol.delayed_start->from_people ||
        person.asks_for_help || person.may_start) {
        return false;
    }
    return std::ranges::none_of(person.safety->rules, [&](const std::string& rule) {
        return std::ranges::find(protocol.delayed_start->never_when, rule) !=
               protocol.delayed_start->never_when.end();
    });
}

SafetyAssessment assessment_of(const Participant& person) {
    SafetyAssessment assessment;
    assessment.kindness_feels_unsafe = person.safety->kindness_feels_unsafe;
    assessment.status = person.safety->status == name_of(SafetyStatus::suggest_talking)
                            ? SafetyStatus::suggest_talking
                            : SafetyStatus::start;
    return assessment;
}

}  // namespace

Result<void> allocate_if_ready(Decision& decision, const Id& id) {
    const CohortCore& core = decision.core();
    const Participant& person = decision.person(id);
    if (!may_be_drawn(core, person)) {
        return {};
    }
    // The allocation rule is the one that was locked at launch, whatever was amended since.
    const Protocol& protocol = core.launched_protocol();
    const std::optional<Points> score = moderator_of(protocol, person);
    const std::optional<std::size_t> stratum = score ? stratum_of(protocol, *score) : std::nullopt;
    if (!stratum) {
        return {};  // without the moderator there is no draw: the person may correct the answers, or choose
    }
    const Rule rule = rule_for(protocol, core.variant, person, protocol.strata[*stratum], *score);
    ArmDraw drawn;
    drawn.planned = *rule.planned;
    drawn.conditional = core.coins[*stratum].probabilities(drawn.planned);
    drawn.draw = decision.chance().bits();
    drawn.arm = arm_of_draw(drawn.conditional, drawn.draw);

    PersonAllocated allocated;
    allocated.person = id;
    allocated.rule = fmt::format("{}@{}{}{}#{}", protocol.id, protocol.version,
                                 core.variant.empty() ? "" : "+", core.variant, rule.name);
    allocated.stratum = protocol.strata[*stratum].id;
    allocated.arm = protocol.drawn_arms()[drawn.arm]->id;
    allocated.planned = drawn.planned;
    allocated.conditional = drawn.conditional;
    allocated.draw = drawn.draw;
    if (may_wait(core, protocol, person)) {
        allocated.start_was_drawn = true;
        allocated.start_draw = decision.chance().bits();
        allocated.is_delayed = happens(protocol.delayed_start->probability, allocated.start_draw);
    }
    TRY_DO(decision.emit(id,
                         AllocationExplained{score, reason_of_draw(protocol, drawn, assessment_of(person))}));
    return decision.emit(id, std::move(allocated));
}

namespace {

bool has_adequate_dose(const Course& course, const Participant& person, int weeks) {
    int enough = 0;
    for (int week = 1; week <= weeks; ++week) {
        const auto practices = person.practices.find(week);
        enough +=
            practices != person.practices.end() && practices->second >= course.adequate_dose.practices_a_week
                ? 1
                : 0;
    }
    return enough * certain >= course.adequate_dose.share_of_weeks * weeks;
}

// The change for the better of an outcome between two forms, if both were scored.
struct Change {
    Points before = 0, better = 0;
};
std::optional<Change> change_in(const Participant& person, const Outcome& outcome, const std::string& form) {
    const FormResult* before = person.find_result(outcome.before);
    const FormResult* after = person.find_result(form);
    if (before == nullptr || after == nullptr) {
        return std::nullopt;
    }
    const auto first = before->score_of(outcome.instrument, outcome.scale);
    const auto second = after->score_of(outcome.instrument, outcome.scale);
    if (!first || !second) {
        return std::nullopt;
    }
    return Change{*first, outcome.better == Better::lower ? *first - *second : *second - *first};
}

NextStep step_of(Offer offer) {
    switch (offer) {
        case Offer::continue_: return NextStep::go_on;
        case Offer::augment: return NextStep::augment;
        case Offer::switch_: return NextStep::change;
        case Offer::refer: return NextStep::refer;
    }
    ENSURE(false);
    return NextStep::go_on;
}

// Where a change of training leads: the next arm of the draw.
std::string other_arm(const Protocol& protocol, const std::string& arm) {
    const auto drawn = protocol.drawn_arms();
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        if (drawn[i]->id == arm) {
            return drawn[(i + 1) % drawn.size()]->id;
        }
    }
    return drawn.front()->id;
}

Result<void> judge_middle(Decision& decision, const Id& id) {
    const Participant& person = decision.person(id);
    const Course& course = *decision.protocol_of(person).course;
    const NotHelpingYet& rule = *course.not_helping_yet;
    MiddleJudged judged;
    const int weeks = std::get<OnDay>(course.find_form(rule.form)->timing).day / 7;
    judged.has_adequate_dose = has_adequate_dose(course, person, weeks);
    const auto first = change_in(person, *course.find_outcome(rule.outcome), rule.form);
    const auto second = change_in(person, *course.find_outcome(rule.second_outcome), rule.form);
    const auto says = person.find_result(rule.form)->answer_to(rule.question);
    if (!first || !second || !says || first->before < rule.began_from || !judged.has_adequate_dose) {
        judged.finding = MiddleFinding::cannot_be_judged;
    } else {
        const bool fell_little = first->better * certain < first->before * rule.fell_less_than;
        const bool gained_little = second->better < rule.gained_less_than;
        judged.finding = fell_little && gained_little && *says <= rule.says_so_to
                             ? MiddleFinding::not_helping_yet
                             : MiddleFinding::helping_or_unsure;
    }
    TRY_DO(decision.emit(id, judged));
    // Safety is never drawn: somebody who waits for a human is not.
    const bool waits_for_human = person.care == CareState::asked;
    if (judged.finding != MiddleFinding::not_helping_yet || !course.second_draw || waits_for_human ||
        decision.person(id).is_practice_paused || decision.person(id).arm.empty()) {
        return {};
    }
    const SecondDraw& draw = *course.second_draw;
    PersonReallocated again;
    again.person = id;
    again.planned = draw.planned;
    again.draw = decision.chance().bits();
    again.step = step_of(draw.options[arm_of_draw(draw.planned, again.draw)]);
    again.arm = again.step == NextStep::change
                    ? other_arm(decision.core().launched_protocol(), decision.person(id).arm)
                    : decision.person(id).arm;
    return decision.emit(id, std::move(again));
}

CourseFinding finding_of(const Course& course, const Participant& person, const std::string& form,
                         bool has_dose) {
    bool is_one_judged = false;
    bool is_better = false;
    bool is_worse = false;
    for (const Outcome& outcome : course.outcomes) {
        if (!outcome.reliable_change || !outcome.reliable_change->decides) {
            continue;
        }
        if (const auto change = change_in(person, outcome, form)) {
            is_one_judged = true;
            is_better |= change->better >= outcome.reliable_change->points;
            is_worse |= -change->better >= outcome.reliable_change->points;
        }
    }
    if (!is_one_judged) {
        return CourseFinding::cannot_be_judged;
    }
    if (is_worse) {
        return CourseFinding::worse;
    }
    if (is_better) {
        return CourseFinding::improved;
    }
    return has_dose ? CourseFinding::unchanged_with_dose : CourseFinding::unchanged_without_dose;
}

Result<void> reassess(Decision& decision, const Id& id) {
    const Participant& person = decision.person(id);
    const Course& course = *decision.protocol_of(person).course;
    const Reassessment& rule = *course.reassessment;
    const CourseFinding finding =
        finding_of(course, person, rule.form, has_adequate_dose(course, person, course.weeks));
    Reassessed reassessed;
    reassessed.finding = name_of(finding);
    for (const Reassessment::Next& next : rule.next) {
        if (next.finding == finding) {
            std::ranges::transform(next.offers, std::back_inserter(reassessed.offers),
                                   [](Offer offer) { return std::string(name_of(offer)); });
        }
    }
    return decision.emit(id, std::move(reassessed));
}

// A rise of a scale since before. A human is offered at its first sign: the protocol wants it seen again
// within days, and nothing asks again yet (docs/limits.md).
Result<void> watch_worsening(Decision& decision, const Id& id, const std::string& form) {
    const Participant& person = decision.person(id);
    const Protocol& protocol = decision.protocol_of(person);
    const Form* first = enrolment_form(*protocol.course);
    const FormResult* before = person.find_result(first->id);
    const FormResult* now = person.find_result(form);
    if (form == first->id || before == nullptr || now == nullptr) {
        return {};
    }
    for (const Worsening& rule : protocol.course->worsening) {
        const auto start = before->score_of(rule.instrument, rule.scale);
        const auto score = now->score_of(rule.instrument, rule.scale);
        if (start && score && *score - *start >= rule.by && person.care != CareState::asked) {
            return offer_human(decision, id, HumanReason::worsening);
        }
    }
    return {};
}

}  // namespace

Result<void> follow_up(Decision& decision, const Id& id, const std::string& form_id) {
    const Course& course = *decision.protocol_of(decision.person(id)).course;
    const Form* form = course.find_form(form_id);
    if (form == nullptr) {
        return {};
    }
    const bool is_answered = decision.person(id).results.contains(form_id);
    if (form->moment == Moment::start) {
        TRY_DO(decision.emit(id, AllocationAwaited{}));
        TRY_DO(allocate_if_ready(decision, id));
    }
    if (!is_answered) {
        return {};
    }
    if (course.not_helping_yet && course.not_helping_yet->form == form_id && !decision.person(id).middle) {
        TRY_DO(judge_middle(decision, id));
    }
    if (course.reassessment && course.reassessment->form == form_id && !decision.person(id).reassessed) {
        TRY_DO(reassess(decision, id));
    }
    return watch_worsening(decision, id, form_id);
}

}  // namespace groundwork::programme
