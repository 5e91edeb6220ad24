// Counts of what happened in a rehearsal, by kind, form, stratum and week.
#pragma once

#include "rehearsal/rehearse.h"

namespace groundwork::rehearsal {

class RehearsalTotals {
  public:
    RehearsalTotals(const programme::Protocol& protocol, Instant start)
        : protocol_(protocol), start_(start) {}

    void see(const programme::Event& event, Instant now);
    void carried_out(const std::string& kind) { ++commands_[kind]; }
    void refused(const std::string& kind) { ++refused_[kind]; }

    void write_into(RehearsalOutcome& outcome) const;

  private:
    void see_prompt(const programme::Event& event, const Id& person, WeekTotals& week);
    void see_allocation(const programme::PersonAllocated& allocation);
    WeekTotals& week_of(Instant now);

    const programme::Protocol& protocol_;
    Instant start_;
    std::map<std::string, int> kinds_, commands_, refused_;
    std::map<std::string, PromptTotals> forms_;
    std::map<std::pair<std::string, std::string>, ArmTotals> arms_;
    std::map<std::string, int> allocation_kinds_;
    std::vector<WeekTotals> weeks_;
    struct Person {
        std::unordered_map<std::uint32_t, std::string> forms;  // by prompt
        double seconds = 0;                                    // of answering
        Instant first{}, last{};
    };
    std::unordered_map<Id, Person> people_;
};

}  // namespace groundwork::rehearsal
