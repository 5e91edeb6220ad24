#include "programme/core/decision.h"

#include <algorithm>

namespace groundwork::programme {

Decision::Decision(const Cohort& cohort, Instant now, Chance& chance)
    : cohort_(cohort), now_(std::max(now, cohort.core.clock)), chance_(chance) {}

bool Decision::knows(const Id& id) const { return people_.contains(id) || cohort_.people.contains(id); }

const Participant& Decision::person(const Id& id) {
    const auto changed = people_.find(id);
    if (changed != people_.end()) {
        return changed->second;
    }
    const Participant* person = cohort_.find_person(id);
    ENSURE(person != nullptr);
    return *person;
}

Result<void> Decision::emit(std::optional<Id> person, Payload payload) {
    Event event{now_, belongs_to_cohort(payload) ? std::nullopt : person, std::nullopt, std::move(payload)};
    const bool changes_core = !event.person.has_value();
    if (changes_core) {
        if (!core_) {
            core_ = cohort_.core;
        }
        TRY_DO(apply_to_core(*core_, event));
    }
    if (const auto subject = subject_of(event);
        subject && !std::holds_alternative<PersonErased>(event.payload)) {
        auto place = people_.find(*subject);
        if (place == people_.end()) {
            const Participant* before = cohort_.find_person(*subject);
            place = people_.emplace(*subject, before == nullptr ? Participant{} : *before).first;
        }
        apply_to_person(place->second, core(), event);
    }
    events_.push_back(std::move(event));
    return {};
}

std::vector<Event> Decision::take(std::optional<CommandMark> mark) {
    if (mark && !events_.empty()) {
        events_.front().command = mark;
    }
    return std::move(events_);
}

}  // namespace groundwork::programme
