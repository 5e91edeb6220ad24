// The verdict: from numbers to what may be said. The rules stand as a table in docs/benefit.md, row by row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benefit/findings.h"

namespace groundwork::benefit {

inline constexpr std::size_t fewest_for_change = 30;  // people analysed; below, nothing is said about change
inline constexpr std::size_t fewest_per_arm = 100;    // below, nothing about who benefits more
inline constexpr double level_of_significance = 0.05;

// One arm against the reference: how their difference changes with the moderator, or, without a moderator,
// their difference itself.
struct ArmContrast {
    std::string arm;
    std::string reference_arm;
    statistics::Estimate estimate;
    double margin = 0;  // differences smaller than this (in the estimate's unit) do not matter
    std::optional<double> without_imputed;  // the same estimate without the rows that look filled in
};

struct VerdictInputs {
    Design design = Design::two_occasions;
    std::string outcome_name, moderator_name;
    std::string measure;  // what the contrasts are differences in
    bool has_moderator = false;
    std::size_t people = 0;         // analysed
    std::size_t smallest_arm = 0;   // people analysed in it
    std::vector<std::string> arms;  // the reference first; one nameless where there are none
    Allocation allocation = Allocation::not_stated;
    Better better = Better::not_stated;
    std::optional<std::string> control_arm;
    std::optional<Effect> naive;            // change by moderator
    std::optional<Effect> adjusted;         // the same, given where the outcome started
    std::vector<ArmContrast> by_moderator;  // empty without arms or moderator
    std::vector<ArmContrast> between_arms;  // differences at the mean of the moderator; the reference is the
                                            // control arm where there is one
};

Verdict judge(const VerdictInputs& inputs);

}  // namespace groundwork::benefit
