// From terms and variables to numbers: R's model.matrix, with its names and its coding of factors.
#pragma once

#include <string>
#include <vector>

#include "statistics/formula/formula.h"
#include "statistics/matrix.h"
#include "statistics/formula/model_frame.h"

namespace groundwork::statistics {

inline constexpr std::size_t most_columns = 2'000;

struct ModelMatrix {
    Matrix values;                   // one row for each used row
    std::vector<std::string> names;  // "(Intercept)", "week", "armLKM", "week:armLKM:scc"
};

// A factor in a term is coded by treatment contrasts where a term before it, or the intercept, already
// carries the rest of that term; otherwise by one column for each level (Chambers & Hastie 1992, p. 38).
// Without an intercept the first factor gets one column for each level. `variables` are parallel to
// terms.variables. Refuses a factor of one level that would need contrasts, and more than most_columns
// columns.
Result<ModelMatrix> make_model_matrix(const TermSet& terms, const std::vector<ModelVariable>& variables,
                                      std::size_t rows);

}  // namespace groundwork::statistics
