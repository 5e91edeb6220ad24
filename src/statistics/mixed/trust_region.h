// Newton's method with a trust region on the profiled objective.
//
// No bounds are needed: the objective is symmetric in the sign of each factor's columns, so a variance of
// zero is an ordinary stationary point, a minimum exactly if the one-sided slopes there are positive, and
// negative curvature leads away from it if they are not.
#pragma once

#include <memory>

#include "statistics/mixed/objective.h"

namespace groundwork::statistics {

struct Minimum {
    std::unique_ptr<ObjectivePoint> point;
    Matrix hessian;  // at the point: exact, or by differences of the exact gradient
    OptimisationRecord record;
};

Minimum minimise(const Kernel& kernel, const RandomEffects& effects, const ObjectiveSetting& setting,
                 std::vector<double> start);

// The diagonal entries 1, the others 0: as much variance as the residual, for standardised columns.
std::vector<double> usual_start(const RandomEffects& effects);

// For one grouping factor, from the spread of the levels' own least-squares effects about nothing, less what
// their errors explain of it (Henderson 1953, method of moments; as Laird, Lange & Stram 1987 start). Costs a
// fraction of one evaluation and saves several. usual_start where the levels say too little.
std::vector<double> moment_start(const RandomEffects& effects, const LevelProducts& products,
                                 std::size_t rows);

}  // namespace groundwork::statistics
