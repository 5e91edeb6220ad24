// The columns by which a factor's levels enter a model.
#pragma once

#include <string>
#include <vector>

#include "statistics/formula/data.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

// levels x (levels - 1), as R's contr.treatment (the first level is the reference), contr.sum (each against
// the mean; the last level is minus the others), contr.helmert (each against the mean of those before) and
// contr.poly (orthonormal polynomials over equally spaced scores). levels >= 2.
Matrix contrast_matrix(Contrasts contrasts, std::size_t levels);

// What R appends to the factor's name: the level, a number from 1, or .L .Q .C ^4 ...
std::vector<std::string> contrast_names(Contrasts contrasts, const std::vector<std::string>& levels);

}  // namespace groundwork::statistics
