// What happens by itself: planning, opening, reminding, expiring, resuming (docs/scheduling.md).
#include <algorithm>
#include <set>

#include "programme/core/decision.h"

namespace groundwork::programme {

namespace {

const PlannedWindow& window_of(const Participant& person, std::uint32_t number) {
    const auto found = std::ranges::find_if(
        person.prompts, [&](const OpenPrompt& prompt) { return prompt.window.prompt == number; });
    ENSURE(found != person.prompts.end());
    return found->window;
}

Result<void> close(Decision& decision, const Id& id, std::uint32_t number, Unanswered why) {
    const std::string form = window_of(decision.person(id), number).form;
    TRY_DO(decision.emit(id, PromptClosed{number, why}));
    return follow_up(decision, id, form);
}

Result<void> open(Decision& decision, const Id& id, std::uint32_t number) {
    const Participant& person = decision.person(id);
    const PlannedWindow& window = window_of(person, number);
    // The window may be over before anything could be done: then it was never offered, and is counted so.
    if (decision.now() >= window.expires) {
        return close(decision, id, number, Unanswered::not_offered);
    }
    const bool is_paused =
        (person.paused_until && window.opens < *person.paused_until) || person.is_asked_again;
    if (is_paused) {
        return close(decision, id, number, Unanswered::paused);
    }
    return decision.emit(id, PromptOpened{number, !person.are_messages_stopped});
}

// Reminders are for the present: one that comes too late to help, or after another of the same prompt, is
// one.
Result<void> remind(Decision& decision, const Id& id, std::uint32_t number) {
    const PlannedWindow& window = window_of(decision.person(id), number);
    if (decision.now() >= window.expires) {
        return close(decision, id, number, Unanswered::expired);
    }
    return decision.emit(id, PromptReminded{number});
}

Anchor anchor_of(const Participant& person, const TimeZone& zone) {
    return {*person.day_zero, person.profile.anchor_minute, zone};
}

}  // namespace

Result<void> plan_next(Decision& decision, const Id& id) {
    const Participant& person = decision.person(id);
    const Course& course = *decision.protocol_of(person).course;
    ENSURE(person.day_zero.has_value());
    const Anchor anchor = anchor_of(person, TRY(find_time_zone(person.profile.zone)));
    int week = person.planned_week == 0 ? first_week(course) : person.planned_week + 1;
    if (week == 0) {
        week = 1;
    }
    PromptsPlanned planned;
    planned.week = week;
    std::uint32_t number = person.prompts_made;
    for (PlannedPrompt& prompt : plan_week(course, week, anchor, [&] { return decision.chance().bits(); })) {
        planned.prompts.push_back({++number, course.forms[prompt.form].id, prompt.day, prompt.opens,
                                   prompt.expires, std::move(prompt.reminders)});
    }
    if (week < last_week(course)) {
        const int next = week == -1 ? 1 : week + 1;
        // A day ahead, so that a server that was down for an hour misses nothing.
        planned.plan_again_at = anchor.zone.instant_of(
            {anchor.day_zero + std::chrono::days(first_day_of_week(next) - 1), anchor.anchor_minute});
    }
    return decision.emit(id, std::move(planned));
}

namespace {

// One thing that is due, if one is.
Result<bool> let_one_happen(Decision& decision, const Id& id) {
    const std::optional<Due> due = next_due(decision.person(id));
    if (!due || due->at > decision.now()) {
        return false;
    }
    switch (due->action) {
        case DueAction::resume: TRY_DO(decision.emit(id, PromptsResumed{})); break;
        case DueAction::close: TRY_DO(close(decision, id, due->prompt, Unanswered::expired)); break;
        case DueAction::plan: TRY_DO(plan_next(decision, id)); break;
        case DueAction::open: TRY_DO(open(decision, id, due->prompt)); break;
        case DueAction::remind: TRY_DO(remind(decision, id, due->prompt)); break;
    }
    TRY_DO(finish_if_over(decision, id));
    return true;
}

}  // namespace

Result<void> finish_if_over(Decision& decision, const Id& id) {
    const Participant& person = decision.person(id);
    // Somebody who never answered the form at enrolment has no plan, and never will.
    const bool is_over = person.stage == Stage::taking_part && person.prompts_made > 0 &&
                         !person.plan_again_at && person.prompts.empty();
    return is_over ? decision.emit(id, CourseFinished{}) : Result<void>();
}

Result<void> let_due_happen(Decision& decision, const Id& id) {
    while (TRY(let_one_happen(decision, id))) {
    }
    return {};
}

Result<void> let_all_due_happen(Decision& decision) {
    std::set<std::pair<Instant, Id>> waiting;
    for (const auto& entry : decision.cohort().due) {
        if (entry.first > decision.now()) {
            break;
        }
        waiting.insert(entry);
    }
    while (!waiting.empty()) {
        const Id id = waiting.begin()->second;
        waiting.erase(waiting.begin());
        TRY(let_one_happen(decision, id));
        if (const std::optional<Due> due = next_due(decision.person(id)); due && due->at <= decision.now()) {
            waiting.insert({due->at, id});
        }
    }
    return {};
}

}  // namespace groundwork::programme
