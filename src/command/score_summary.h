// Scores of many people on one instrument, and what a group of them looks like. Private to command/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/answers.h"

namespace groundwork::command {

// The scores of each person, one for each scale in the instrument's order.
Result<std::vector<std::vector<instrument::Score>>> score_people(const instrument::Instrument& instrument,
                                                                 const AnswerSheet& sheet);

struct BandCount {
    std::string id, label;
    std::size_t n = 0;
};

struct ScaleSummary {
    const instrument::Scale* scale = nullptr;
    std::size_t n = 0;                          // people with a score
    std::size_t missing = 0;                    // people without
    double mean = 0, sd = 0, min = 0, max = 0;  // NaN where n is too small
    double alpha = 0;                 // Cronbach's, of the items as they count; NaN for scales of scales
    std::vector<double> percentiles;  // at `percentile_points`
    std::vector<BandCount> bands;
};

inline constexpr int percentile_points[] = {10, 25, 50, 75, 90};

struct GroupSummary {
    std::optional<std::string> name;  // nothing: everybody
    std::size_t n = 0;                // people
    std::vector<ScaleSummary> scales;
    std::optional<double>
        halves;  // correlation of `positive` and `negative_reversed`, where the instrument has them
};

// One group for each value of the column `group` in the order of their first appearance, or one of everybody
// when it is empty. Rows without a value form the group "(none)".
Result<std::vector<GroupSummary>> summarise_groups(const table::Frame& frame, const std::string& group,
                                                   const instrument::Instrument& instrument,
                                                   const AnswerSheet& sheet,
                                                   const std::vector<std::vector<instrument::Score>>& scores);

}  // namespace groundwork::command
