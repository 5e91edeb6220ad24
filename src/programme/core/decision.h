// One decision in the making: a copy of what it may touch, to which each event is applied as it is decided,
// so that the next sees it. Private to programme/core/.
#pragma once

#include <unordered_map>

#include "programme/core/decide.h"

namespace groundwork::programme {

class Decision {
  public:
    Decision(const Cohort& cohort, Instant now, Chance& chance);

    Instant now() const { return now_; }
    const CohortCore& core() const { return core_ ? *core_ : cohort_.core; }
    const Cohort& cohort() const { return cohort_; }
    Chance& chance() const { return chance_; }

    // The person as the events so far have made them.
    const Participant& person(const Id& id);
    bool knows(const Id& id) const;

    // The protocol that applies to somebody.
    const Protocol& protocol_of(const Participant& person) const {
        return *core().protocols[person.protocol];
    }

    // Adds an event, sealed for the person or, where its kind belongs to the cohort, for the cohort.
    Result<void> emit(std::optional<Id> person, Payload payload);

    // The events, the first of them marked as the command's.
    std::vector<Event> take(std::optional<CommandMark> mark);

  private:
    const Cohort& cohort_;
    Instant now_;
    Chance& chance_;
    std::optional<CohortCore> core_;  // copied when first changed
    std::unordered_map<Id, Participant> people_;
    std::vector<Event> events_;
};

// What happens by itself to one person, or to everyone, up to the decision's time: ordered by (instant,
// person, prompt). It happens now, however late.
Result<void> let_due_happen(Decision& decision, const Id& id);
Result<void> let_all_due_happen(Decision& decision);

// Prompts of the weeks that have come, and the next time to plan.
Result<void> plan_next(Decision& decision, const Id& id);

// After the last window of the last week the course is over.
Result<void> finish_if_over(Decision& decision, const Id& id);

// Allocates whoever waits for it and may start.
Result<void> allocate_if_ready(Decision& decision, const Id& id);

// What the protocol wants done after an answer to a form was counted or its window closed.
Result<void> follow_up(Decision& decision, const Id& id, const std::string& form);

// A harm of this level, by itself or with a prompt.
Result<void> report_harm(Decision& decision, const Id& id, int level, std::uint32_t prompt);

// Whether an arm's harms are looked at now, and if they are too many, its pausing.
Result<void> look_at_arm(Decision& decision, const std::string& arm);

// Brings a human, if one is on duty, and says so if none is.
Result<void> offer_human(Decision& decision, const Id& id, HumanReason reason);

Result<void> decide_answer(Decision& decision, const Id& id, const Answer& answer);
Result<void> decide_correction(Decision& decision, const Id& id, const Correct& correct);

}  // namespace groundwork::programme
