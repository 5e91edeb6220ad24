// The two designs: each fills the findings' numbers and what the verdict needs.
#pragma once

#include "benefit/family.h"
#include "benefit/verdict.h"

namespace groundwork::benefit {

struct Analysis {
    Findings findings;
    VerdictInputs inputs;
};

// The analysed people's moderator; all zero without one.
ModeratorScale moderator_scale(const Study& study);

Result<void> analyse_two_occasions(const Study& study, const ModeratorScale& scale, Analysis& analysis);
Result<void> analyse_repeated_measures(const Study& study, const ModeratorScale& scale, Analysis& analysis);

// How it was done, in paragraphs with their sources.
std::vector<std::string> methods_of(const Study& study, const Findings& findings);

}  // namespace groundwork::benefit
