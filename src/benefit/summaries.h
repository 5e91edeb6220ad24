// What can be said without a model: who was there, means before and after, reliable change, what the reader
// should be warned of.
#pragma once

#include "benefit/family.h"

namespace groundwork::benefit {

std::vector<ArmSummary> arm_summaries(const Study& study);

// The analysed people's moderator. Self-compassion between 1 and 5 is taken to be on the Self-Compassion
// Scale and gets its range and bands.
StartingScores starting_scores(const Study& study, const ModeratorScale& scale);

// Two occasions: the complete people before (time 0) and after (time 1). Repeated measures: each time, or at
// most 12 windows of equal length at the mean time of their answers; a person counts once in each, with the
// mean of theirs.
std::vector<MeanAt> means_over_time(const Study& study);

// The mean change of every arm's complete people, by Student's paired t: "change:ARM". Says nothing about the
// cause.
std::vector<Effect> mean_changes(const Study& study);

// By arm, from before to after (repeated measures: the first to the last occasion), with the baseline's
// standard deviation over all arms; at the reliability given, or at .7, .8 and .9.
std::vector<ReliableChange> reliable_changes(const Study& study);

// Rows that look filled in, many at the scale's end, unequal or selective loss, unknown allocation, few
// people.
std::vector<std::string> warnings_of(const Study& study);

// Rows (two occasions) or answers (repeated measures) that look filled in.
std::size_t count_imputed(const Study& study);

}  // namespace groundwork::benefit
