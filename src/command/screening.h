// From a table of screening answers to the people that a protocol matches. Private to command/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/answers.h"
#include "programme/programme.h"

namespace groundwork::command {

struct ScreeningColumns {
    std::string items;  // of the moderator; empty = found by their names
    std::string id;     // may be empty
    // Where safety answers stand, as "what=columns": what is an instrument of the protocol's screens, or
    // kindness_unsafe, on_device or asks_for_help. Columns are a template ("cesd_{}"), a list (a,b,c), the
    // one column that holds the score, or "none". What is not named is found by its usual columns: cesd_1 to
    // cesd_20, ...
    std::vector<std::string> safety;
};

struct Screening {
    std::vector<programme::Person> people;
    std::optional<double>
        halves_correlation;          // of the moderator's two halves in this file, where it has them
    std::vector<std::string> found;  // what was read, in words: "cesd from cesd_1 to cesd_20"
};

Result<Screening> read_screening(const table::Frame& frame, const programme::Protocol& protocol,
                                 const ScreeningColumns& columns);

// The lowest score that this person can have, whatever their missing answers are: a lower bound by which
// "talk to someone first" can hold although the scale cannot be scored.
Result<double> lowest_possible_score(const instrument::Instrument& instrument, std::size_t scale,
                                     const instrument::Answers& answers);

}  // namespace groundwork::command
