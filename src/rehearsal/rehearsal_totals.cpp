#include "rehearsal/rehearsal_totals.h"

#include <algorithm>

namespace groundwork::rehearsal {

using namespace programme;

WeekTotals& RehearsalTotals::week_of(Instant now) {
    const auto index =
        static_cast<std::size_t>(std::max<std::int64_t>(0, (now - start_) / std::chrono::hours(24 * 7)));
    while (weeks_.size() <= index) {
        weeks_.push_back({.week = static_cast<int>(weeks_.size()) + 1});
    }
    return weeks_[index];
}

void RehearsalTotals::see(const Event& event, Instant now) {
    ++kinds_[std::string(type_name(event.payload))];
    WeekTotals& week = week_of(now);
    if (const auto* allocation = std::get_if<PersonAllocated>(&event.payload)) {
        ++week.allocated;
        see_allocation(*allocation);
    } else if (std::holds_alternative<PersonEnrolled>(event.payload)) {
        ++week.enrolled;
    } else if (std::holds_alternative<PracticeRecorded>(event.payload)) {
        ++week.practices;
    } else if (std::holds_alternative<HarmReported>(event.payload)) {
        ++week.harms;
    } else if (std::holds_alternative<PersonWithdrew>(event.payload) ||
               std::holds_alternative<PersonErased>(event.payload)) {
        ++week.left;
    } else if (event.person) {
        see_prompt(event, *event.person, week);
    }
}

void RehearsalTotals::see_allocation(const PersonAllocated& allocation) {
    static constexpr std::array names = {"drawn", "chosen", "safety", "clinician"};
    ++allocation_kinds_[names[static_cast<std::size_t>(allocation.kind)]];
    if (allocation.kind != AllocationKind::drawn) {
        return;
    }
    const auto drawn = protocol_.drawn_arms();
    for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
        ArmTotals& totals = arms_[{allocation.stratum, drawn[arm]->id}];
        totals.stratum = allocation.stratum;
        totals.arm = drawn[arm]->id;
        totals.planned += allocation.planned[arm] / static_cast<double>(certain);
        totals.people += drawn[arm]->id == allocation.arm ? 1 : 0;
    }
}

void RehearsalTotals::see_prompt(const Event& event, const Id& id, WeekTotals& week) {
    Person& person = people_[id];
    const auto form = [&](std::uint32_t prompt) -> PromptTotals& { return forms_[person.forms[prompt]]; };
    if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
        for (const PlannedWindow& window : planned->prompts) {
            person.forms[window.prompt] = window.form;
            ++forms_[window.form].planned;
        }
    } else if (const auto* opened = std::get_if<PromptOpened>(&event.payload)) {
        ++form(opened->prompt).due;
        form(opened->prompt).sent += opened->is_announced ? 1 : 0;
        ++week.opened;
    } else if (const auto* reminded = std::get_if<PromptReminded>(&event.payload)) {
        ++form(reminded->prompt).reminded;
    } else if (const auto* closed = std::get_if<PromptClosed>(&event.payload)) {
        const bool is_expired = closed->why == Unanswered::expired;
        ++(is_expired ? form(closed->prompt).expired : form(closed->prompt).other);
        week.expired += is_expired ? 1 : 0;
    } else if (const auto* answered = std::get_if<PromptAnswered>(&event.payload)) {
        PromptTotals& totals = form(answered->prompt);
        const bool counts =
            answered->status == AnswerStatus::complete || answered->status == AnswerStatus::partial;
        totals.answered += counts ? 1 : 0;
        totals.late += answered->status == AnswerStatus::arrived_late ? 1 : 0;
        totals.refused += answered->status == AnswerStatus::refused ? 1 : 0;
        week.answered += counts ? 1 : 0;
        if (counts) {
            person.seconds += protocol_.course->find_form(person.forms[answered->prompt])->seconds;
            person.first = person.first == Instant{} ? event.at : person.first;
            person.last = event.at;
        }
    }
}

void RehearsalTotals::write_into(RehearsalOutcome& outcome) const {
    outcome.kinds = kinds_;
    outcome.commands = commands_;
    outcome.refused = refused_;
    outcome.forms = forms_;
    outcome.weeks = weeks_;
    outcome.allocation_kinds = allocation_kinds_;
    for (const auto& [id, totals] : forms_) {
        PromptTotals& all = outcome.prompts;
        all.planned += totals.planned;
        all.due += totals.due;
        all.sent += totals.sent;
        all.reminded += totals.reminded;
        all.answered += totals.answered;
        all.late += totals.late;
        all.refused += totals.refused;
        all.expired += totals.expired;
        all.other += totals.other;
    }
    for (const auto& [place, totals] : arms_) {
        outcome.allocations.push_back(totals);
    }
    std::size_t counted = 0;
    double sum = 0;
    for (const auto& [id, person] : people_) {
        const auto weeks = static_cast<double>((person.last - person.first) / std::chrono::hours(24)) / 7;
        if (weeks < 1) {
            continue;
        }
        const double minutes_a_week = person.seconds / 60 / weeks;
        sum += minutes_a_week;
        outcome.minutes_a_week_most = std::max(outcome.minutes_a_week_most, minutes_a_week);
        ++counted;
    }
    outcome.minutes_a_week = counted == 0 ? 0 : sum / static_cast<double>(counted);
}

}  // namespace groundwork::rehearsal
