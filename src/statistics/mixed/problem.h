// A model on its data, reduced to what the optimiser needs: the rows are not touched again.
#pragma once

#include <memory>

#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/mixed/fixed_side.h"
#include "statistics/mixed/kernel.h"
#include "statistics/mixed/objective.h"

namespace groundwork::statistics {

struct Problem {
    std::vector<std::size_t> used;  // rows of the data, ascending
    Coordinates coordinates;
    FixedSide side;
    std::unique_ptr<LevelProducts> products;  // with a single grouping factor
    std::unique_ptr<Kernel> kernel;
    ObjectiveSetting setting;
    std::string outcome;
    double outcome_squares = 0;  // about the mean
    double outcome_mean = 0;
};

// Refuses what make_model_frame, make_model_matrix and make_random_effects refuse, as many coefficients as
// rows, and an outcome that leaves no residual.
Result<Problem> make_problem(const Formula& formula, const Data& data, const MixedModelOptions& options,
                             KeepOuter keep_outer = KeepOuter::no);

// The same from the text of a formula. Also refuses one without a random term.
Result<Problem> make_mixed_problem(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options, KeepOuter keep_outer = KeepOuter::no);

// Where the search for the optimum begins.
std::vector<double> start_of(const Problem& problem);

// Refuses a residual of no more than rounding: then the variances have no scale.
Result<void> check_residual(const Problem& problem, double squares_left);

}  // namespace groundwork::statistics
