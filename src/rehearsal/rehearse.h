// A whole programme in a second: the real core and the real ledger, with people, clock, network, mail and
// disk that are not. The same plan gives the same bytes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rehearsal/crowd.h"
#include "rehearsal/faults.h"
#include "rehearsal/rehearsal_record.h"

namespace groundwork::rehearsal {

struct RehearsalPlan {
    std::string protocol;       // the file's text
    std::string protocol_name;  // for messages
    std::string variant;
    std::size_t people = 217;
    std::uint64_t seed = 1;
    std::vector<Fault> faults;
    ProgrammeTruth truth;
    Instant start = Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2)) + std::chrono::hours(8);
    std::size_t power_trials = 200;        // simulated trials of the same people's number; 0: none
    std::function<void(double)> progress;  // told the share that is done; may be empty
};

struct PromptTotals {
    int planned = 0, due = 0, sent = 0, reminded = 0, answered = 0, late = 0, refused = 0, expired = 0,
        other = 0;
};

// How a flag of the protocol fared against the truth, which a rehearsal knows.
struct FlagTotals {
    int rightly = 0, wrongly = 0, missed = 0;
};

// Whether an effect that is there comes back.
struct Recovered {
    std::string what;
    double truth = 0, estimate = 0, standard_error = 0, low = 0, high = 0, p = 1;
    int people = 0;
    double power = 0, power_low = 0, power_high = 0;  // of trials like this one; 0 to 0 where none were made
};

struct ArmTotals {
    std::string stratum, arm;
    double planned = 0;  // people, by the planned probabilities
    int people = 0;
};

struct WeekTotals {
    int week = 0;  // of the calendar, from the launch
    int enrolled = 0, allocated = 0, opened = 0, answered = 0, expired = 0, practices = 0, harms = 0,
        left = 0;
};

struct RehearsalOutcome {
    std::string protocol, version, protocol_hash;
    std::size_t people = 0;
    Instant began, ended;
    std::uint64_t events = 0;
    std::map<std::string, int> kinds;     // of events
    std::map<std::string, int> commands;  // carried out, by kind
    std::map<std::string, int> refused;   // by kind
    PromptTotals prompts;
    std::map<std::string, PromptTotals> forms;
    double minutes_a_week = 0, minutes_a_week_most = 0;  // of answering, by person
    std::vector<ArmTotals> allocations;
    std::map<std::string, int> allocation_kinds;
    std::map<std::string, FlagTotals> flags;
    std::vector<WeekTotals> weeks;
    std::map<std::string, std::map<std::string, int>> faults;  // by fault, then by kind of command
    std::uint64_t write_points = 0;
    std::size_t checked = 0;
    std::vector<std::string> violations;
    std::vector<Recovered> recovered;
    std::string head;  // of the chain

    table::Frame outcomes, scores, diary, allocation_ledger;
    std::map<std::string, std::string> files;  // of the data directory, by name
    std::string programme_key;                 // in hexadecimal
};

Result<RehearsalOutcome> rehearse(const RehearsalPlan& plan);

}  // namespace groundwork::rehearsal
