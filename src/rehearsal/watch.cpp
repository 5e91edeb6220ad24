#include "rehearsal/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace groundwork::rehearsal {

using namespace programme;

namespace {

constexpr std::size_t violations_max = 100;

bool is_answer_in_time(AnswerStatus status) {
    return status == AnswerStatus::complete || status == AnswerStatus::partial ||
           status == AnswerStatus::refused;
}

}  // namespace

void Watch::note(bool holds, const std::string& what) {
    ++checked_;
    if (!holds && violations_.size() < violations_max) {
        violations_.push_back(what);
    }
}

void Watch::check(bool holds, const Event& event, std::string_view what) {
    ++checked_;
    if (!holds && violations_.size() < violations_max) {
        const auto subject = subject_of(event);
        violations_.push_back(fmt::format("{} {} {}: {}", to_text(event.at), type_name(event.payload),
                                          subject ? to_text(*subject) : "", what));
    }
}

void Watch::see(const Event& event) {
    check(event.at >= last_, event, "is older than the event before it");
    last_ = std::max(last_, event.at);
    const std::optional<Id> subject = subject_of(event);
    if (!subject) {
        return;
    }
    const bool is_enrolment = std::holds_alternative<PersonEnrolled>(event.payload);
    check(people_.contains(*subject) != is_enrolment, event,
          is_enrolment ? "enrols somebody twice" : "is about nobody");
    Person& person = people_[*subject];
    check(!person.is_erased, event, "is about somebody who was erased");
    see_person(person, event);
}

void Watch::see_person(Person& person, const Event& event) {
    if (std::holds_alternative<PersonErased>(event.payload)) {
        person = {};
        person.is_erased = true;
    } else if (std::holds_alternative<PersonReturned>(event.payload)) {
        person.planned.clear();  // whoever comes back is asked anew
    } else if (std::holds_alternative<MessagesStopped>(event.payload)) {
        person.are_messages_stopped = true;
    } else if (std::holds_alternative<MessagesResumed>(event.payload)) {
        person.are_messages_stopped = false;
    } else if (const auto* allocation = std::get_if<PersonAllocated>(&event.payload)) {
        see_allocation(person, *allocation, event);
    } else {
        see_prompt(person, event);
    }
}

void Watch::see_prompt(Person& person, const Event& event) {
    const auto with_prompt = [&](std::uint32_t number, auto&& what) {
        const auto found = person.prompts.find(number);
        check(found != person.prompts.end(), event, "is about a prompt that was never planned");
        if (found != person.prompts.end()) {
            what(found->second);
        }
    };
    if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
        for (const PlannedWindow& window : planned->prompts) {
            check(person.prompts.emplace(window.prompt, Prompt{window}).second, event,
                  "plans a prompt twice");
            check(person.planned.emplace(window.form, window.day).second, event,
                  "asks a form twice on one day");
            check(window.opens < window.expires, event, "plans a window that never opens");
            ++person.made;
        }
    } else if (const auto* replanned = std::get_if<PromptsReplanned>(&event.payload)) {
        for (const PlannedWindow& window : replanned->prompts) {
            with_prompt(window.prompt, [&](Prompt& prompt) {
                check(prompt.state == Window::planned, event, "moves a window that was open already");
                prompt.window = window;
            });
        }
    } else if (const auto* opened = std::get_if<PromptOpened>(&event.payload)) {
        with_prompt(opened->prompt, [&](Prompt& prompt) {
            check(prompt.state == Window::planned, event, "opens a prompt twice: it would be sent twice");
            check(event.at >= prompt.window.opens && event.at < prompt.window.expires, event,
                  "opens outside its window");
            check(!opened->is_announced || !person.are_messages_stopped, event,
                  "is announced to somebody who stopped messages");
            prompt.state = Window::open;
        });
    } else if (const auto* reminded = std::get_if<PromptReminded>(&event.payload)) {
        with_prompt(reminded->prompt, [&](Prompt& prompt) {
            check(prompt.state == Window::open, event, "reminds of a prompt that is not open");
            check(++prompt.reminders <= prompt.window.reminders.size(), event, "reminds too often");
            check(!person.are_messages_stopped, event, "reminds somebody who stopped messages");
        });
    } else if (const auto* closed = std::get_if<PromptClosed>(&event.payload)) {
        with_prompt(closed->prompt, [&](Prompt& prompt) {
            check(prompt.state != Window::over, event, "closes a prompt twice");
            check(closed->why != Unanswered::expired || event.at >= prompt.window.expires, event,
                  "expires before its time");
            prompt.state = Window::over;
            ++person.over;
        });
    } else if (const auto* answered = std::get_if<PromptAnswered>(&event.payload)) {
        see_answer(person, *answered, event);
    }
}

void Watch::see_answer(Person& person, const PromptAnswered& answer, const Event& event) {
    const auto found = person.prompts.find(answer.prompt);
    check(found != person.prompts.end(), event, "answers a prompt that was never planned");
    if (found == person.prompts.end()) {
        return;
    }
    Prompt& prompt = found->second;
    check(answer.answered_at <= answer.received_at, event, "was received before it was given");
    if (is_answer_in_time(answer.status)) {
        check(prompt.state == Window::open, event, "counts although its window was not open");
        check(event.at < prompt.window.expires, event, "counts although its window was over");
        prompt.state = Window::over;
        prompt.is_answered = true;
        ++person.over;
    } else if (answer.status == AnswerStatus::arrived_late) {
        check(prompt.state == Window::over && !prompt.is_answered, event, "is a second answer that counts");
        check(answer.answered_at < prompt.window.expires, event, "was given after its window closed");
        prompt.is_answered = true;
    } else {
        check(prompt.state == Window::over, event, "is put aside although its window is open");
        check(answer.scores.empty(), event, "is put aside and scored");
    }
}

void Watch::see_allocation(Person& person, const PersonAllocated& allocation, const Event& event) {
    check(!person.is_allocated, event, "allocates somebody twice");
    person.is_allocated = true;
    check(!allocation.rule.empty(), event, "names no rule");
    if (allocation.kind != AllocationKind::drawn) {
        return;
    }
    const auto drawn = launched_.drawn_arms();
    const bool has_all =
        allocation.planned.size() == drawn.size() && allocation.conditional.size() == drawn.size();
    check(has_all, event, "does not log a probability for each arm");
    if (!has_all) {
        return;
    }
    check(std::accumulate(allocation.conditional.begin(), allocation.conditional.end(), 0) == certain, event,
          "logs probabilities that are not one together");
    for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
        const int probability = allocation.conditional[arm];
        const Limits& limits = launched_.coin.limits;
        const int planned = allocation.planned[arm];
        check(probability >= limits.lowest_for(planned) && probability <= limits.highest_for(planned), event,
              "leaves the limits of its probability");
    }
    check(drawn[arm_of_draw(allocation.conditional, allocation.draw)]->id == allocation.arm, event,
          "gives another arm than its draw");
}

void Watch::look_at(const Cohort& cohort) {
    for (const auto& [id, person] : cohort.people) {
        const auto seen = people_.find(id);
        const PromptCounts& counts = person.counts;
        const int over = counts.answered + counts.refused + counts.expired + counts.paused +
                         counts.withdrawn + counts.not_offered;
        const bool fits = seen != people_.end() && counts.planned == seen->second.made &&
                          over == seen->second.over &&
                          over + static_cast<int>(person.prompts.size()) == counts.planned;
        note(fits, fmt::format("{}: a window is without its outcome", to_text(id)));
    }
}

bool is_trace_of(const std::set<std::string>& erased, std::string_view payload) {
    constexpr std::size_t id_length = 32;
    for (std::size_t at = payload.find(canary); at != std::string_view::npos;
         at = payload.find(canary, at + 1)) {
        if (erased.contains(std::string(payload.substr(at + canary.size(), id_length)))) {
            return true;
        }
    }
    return false;
}

}  // namespace groundwork::rehearsal
