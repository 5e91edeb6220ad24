// Coefficients without a finite best value: some combination of columns tells failures from successes, or
// zeros from counts, without error (Albert & Anderson 1984).
#pragma once

#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/generalized/likelihood.h"

namespace groundwork::statistics {

// The best coefficients of the fixed columns alone, from which a search for the whole model starts; `fixed`
// columns of mean square about 1. Refuses separation, naming the columns by `names`, of which `to_columns`
// (coefficients by coordinates) tells the coordinates apart.
Result<std::vector<double>> starting_coefficients(const GeneralizedProblem& problem,
                                                  const std::vector<std::string>& names,
                                                  const Matrix& to_columns);

}  // namespace groundwork::statistics
