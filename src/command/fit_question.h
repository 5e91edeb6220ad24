// The written form of a question about a model: 'week by arm by scc=-1,0,1'.
#pragma once

#include <string>
#include <vector>

#include "statistics/statistics.h"

namespace groundwork::command {

// One variable after "by", with the values asked for (none: every level, or chosen by the command).
struct QuestionAlong {
    std::size_t predictor = 0;
    std::vector<double> values;  // numbers, or places of levels
};

struct Question {
    std::string text;
    std::vector<std::string> focal;  // names before the first "by", apart at ':'
    std::vector<QuestionAlong> by;   // "at" means the same as "by"
};

// `option` names the option in messages. Refuses unknown variables and levels, and naming the one most likely
// meant.
Result<Question> read_question(const std::string& text, const statistics::Predictors& predictors,
                               const std::string& option);

// The effects that the focal names mean. A number: its slope. A factor: each level less the first; "arm=LKM"
// or "armLKM" one of them.
Result<std::vector<statistics::Focal>> focal_effects(const Question& question,
                                                     const statistics::Predictors& predictors);

// "week + 0.5 * week:armLKM, armLKM - scc": weighted sums of coefficients by their names, each one row.
Result<statistics::Matrix> read_contrasts(const std::string& text, const std::vector<std::string>& names);

}  // namespace groundwork::command
