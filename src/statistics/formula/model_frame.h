// A formula's variables evaluated on data, and the rows on which all of them are present (R's model.frame
// with na.omit and drop.unused.levels).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "statistics/formula/data.h"
#include "statistics/formula/formula.h"

namespace groundwork::statistics {

// One variable over the used rows only.
struct ModelVariable {
    std::string name;  // as the formula writes it: "week", "I(week^2)"
    Variable::Kind kind = Variable::Kind::numeric;
    std::vector<double> numbers;      // numeric
    std::vector<std::int32_t> codes;  // factor: index into levels, never -1
    std::vector<std::string> levels;  // factor: those that occur, in the data's order
    Contrasts contrasts = Contrasts::treatment;
};

struct ModelFrame {
    std::vector<std::size_t> used;     // rows of the data, ascending
    ModelVariable response;            // numeric; offsets are already subtracted
    std::vector<ModelVariable> fixed;  // parallel to Formula::fixed.variables
    // For each random part: its variables, and the combination of group factors as one code for each row.
    std::vector<std::vector<ModelVariable>> random;
    std::vector<std::vector<std::int32_t>> group_codes;
    std::vector<std::size_t> group_levels;  // how many combinations occur; codes are 0 .. levels - 1
    std::vector<double> root_weights;       // square roots of the prior weights; empty without
    double log_weights = 0;                 // sum of their logarithms
    std::vector<double> times;              // empty without
    ModelVariable strata;                   // a factor; without levels if there are none
};

// Refuses: unknown columns, a text outcome, infinite values, weights that are not above zero, no row without
// a missing value.
Result<ModelFrame> make_model_frame(const Formula& formula, const Data& data);

// Brings the rows into ascending order of the first random part's codes; equal codes by time where there are
// times, and else as they stood.
void order_by_group(ModelFrame& frame);

}  // namespace groundwork::statistics
