// Whether choosing the arm by the moderator would be worth it.
#pragma once

#include "benefit/family.h"

namespace groundwork::benefit {

// Fewer people in an arm cannot carry a rule that chooses between arms (Luedtke, Sadikova & Kessler 2019).
inline constexpr std::size_t fewest_per_arm_for_a_rule = 300;

// The smallest difference between two arms' slopes on the moderator that n1 and n2 people detect with 80 %
// power at two-sided 5 %, in standard deviations of the outcome for one of the moderator: (1.960 + 0.842)
// sqrt(1/n1 + 1/n2).
double detectable_slope_difference(std::size_t n1, std::size_t n2);

// Through the gate (randomised, a moderator, at least 300 complete people in every arm, and it is said which
// direction of the outcome is better): the mean outcome after if everyone were in one arm, and if each were
// in the arm that a regression on the moderator predicts to be better for them. Cross-fitted over 5 folds
// drawn by position within the arm, doubly robust: m_d(x) + 1(arm = d) / p_d * (y - m_d(x)), with p_d the
// arm's share (Robins, Rotnitzky & Zhao 1994; Athey & Wager 2021). 95 % intervals by the normal. Otherwise
// one entry that says why it cannot be judged.
Result<std::vector<Policy>> judge_policies(const Study& study, const ModeratorScale& scale);

}  // namespace groundwork::benefit
