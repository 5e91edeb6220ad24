// What a rehearsal's people said, in rows, and what became of them: for the files it writes and for asking
// whether the truth comes back.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "programme/programme.h"
#include "table/table.h"

namespace groundwork::rehearsal {

class RehearsalRecord {
  public:
    explicit RehearsalRecord(const programme::Protocol& protocol) : protocol_(protocol) {}

    // Every event once, in order. Of an erased person nothing stays but their tombstone.
    void see(const programme::Event& event);

    struct AnswerRow {
        std::uint32_t prompt = 0;
        std::string form;
        int day = 0;
        programme::AnswerStatus status = programme::AnswerStatus::complete;
        Instant answered_at;
        std::vector<programme::ScoreTaken> scores;
        std::vector<programme::QuestionAnswer> questions;
    };
    struct Person {
        Id id;
        programme::ProfileSet profile;
        std::optional<programme::PersonAllocated> allocation;
        std::optional<Instant> allocated_at;
        std::map<std::uint32_t, std::pair<std::string, int>> planned;  // form and day by prompt
        std::vector<AnswerRow> answers;
        int practices = 0, practice_minutes = 0;
        std::optional<programme::SafetyAssessed> safety;  // at enrolment
        std::optional<programme::MiddleJudged> middle;
        std::optional<programme::Reassessed> reassessed;
        bool was_found_worse = false;
        bool is_erased = false;

        // The first counted score on a form, if there is one.
        std::optional<programme::Points> score(std::string_view form, std::string_view instrument,
                                               std::string_view scale) const;
    };
    const std::vector<Person>& people() const { return people_; }

    // One row a person: arm as drawn, probability, the moderator, each outcome on each of its occasions.
    Result<table::Frame> outcomes() const;
    // One row a score, one row an answer to a question of the diary.
    Result<table::Frame> scores() const;
    Result<table::Frame> diary() const;
    Result<table::Frame> allocations() const;

  private:
    const programme::Protocol& protocol_;
    std::vector<Person> people_;
    std::unordered_map<Id, std::size_t> numbers_;
};

}  // namespace groundwork::rehearsal
