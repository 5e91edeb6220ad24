// From a formula, data and a family to everything the likelihood needs, with R's conventions (?family, ?glm):
// cbind(successes, failures); 0/1; proportions whose weights are the trials; categories, of which the first
// counts as failure and every other as success; counts; offset() in the linear predictor; prior weights.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/formula/data.h"
#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/formula/model_matrix.h"
#include "statistics/generalized/family.h"

namespace groundwork::statistics {

struct GeneralizedSetting {
    Family family = Family::binomial;
    std::string weights;                        // a column; empty: none
    std::optional<std::string> zero_inflation;  // "~ 1", "~ arm + scc": the zero part, without random terms
};

struct GeneralizedFrame {
    Formula formula;
    ModelFrame frame;  // `response` of it is not used
    Outcome outcome;
    std::vector<double> offset;
    ModelMatrix fixed, zero;
};

// Rows with a missing value in any variable are left out. Refuses, naming the data row (counted without the
// header) and the value: outcomes that the family cannot have, negative weights, proportions that are no
// whole number of successes; and an outcome that does not vary.
Result<GeneralizedFrame> make_generalized_frame(std::string_view formula, const Data& data,
                                                const GeneralizedSetting& setting);

}  // namespace groundwork::statistics
