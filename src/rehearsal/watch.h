// Invariants: what must hold of a cohort's events whatever people, clocks, networks and disks do. The watch
// sees every event in the ledger's order and keeps its own record, apart from the core's state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "programme/programme.h"

namespace groundwork::rehearsal {

class Watch {
  public:
    explicit Watch(const programme::Protocol& launched) : launched_(launched) {}

    // Each event once, in order.
    void see(const programme::Event& event);

    // Compares what people's counts say with what was seen.
    void look_at(const programme::Cohort& cohort);

    // A check made elsewhere.
    void note(bool holds, const std::string& what);

    std::size_t checked() const { return checked_; }
    const std::vector<std::string>& violations() const { return violations_; }

  private:
    enum class Window { planned, open, over };
    struct Prompt {
        programme::PlannedWindow window;
        Window state = Window::planned;
        bool is_answered = false;
        std::size_t reminders = 0;
    };
    struct Person {
        bool is_erased = false, is_allocated = false, are_messages_stopped = false;
        std::map<std::uint32_t, Prompt> prompts;
        std::set<std::pair<std::string, int>> planned;  // form and day
        int answered = 0, over = 0, made = 0;
    };

    void check(bool holds, const programme::Event& event, std::string_view what);
    void see_person(Person& person, const programme::Event& event);
    void see_prompt(Person& person, const programme::Event& event);
    void see_answer(Person& person, const programme::PromptAnswered& answer, const programme::Event& event);
    void see_allocation(Person& person, const programme::PersonAllocated& allocation,
                        const programme::Event& event);

    const programme::Protocol& launched_;
    std::unordered_map<Id, Person> people_;
    Instant last_{};
    std::size_t checked_ = 0;
    std::vector<std::string> violations_;  // the first hundred
};

// Stands in every text that people type, with whose it is: found nowhere once they are erased.
inline constexpr std::string_view canary = "canary-";

// Whether a payload that could be read holds what somebody in `erased` (ids as text) typed.
bool is_trace_of(const std::set<std::string>& erased, std::string_view payload);

}  // namespace groundwork::rehearsal
