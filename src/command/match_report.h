// A finished match as JSON, as a table and as words. Private to command/.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "foundation/json.h"
#include "programme/programme.h"
#include "table/table.h"

namespace groundwork::command {

struct MatchReport {
    const programme::Protocol& protocol;
    const programme::Matching& matching;
    std::string variant;                // empty = none
    std::vector<std::string> warnings;  // all of them, the matching's own included
    std::vector<std::string> found;     // what was read from where
};

// The document of `groundwork match --json` (keys: docs/matching.md).
json::object match_as_json(const MatchReport& report);

// One row a person, for --out.
table::Frame match_as_table(const MatchReport& report);

void print_match(std::ostream& out, const MatchReport& report);

}  // namespace groundwork::command
