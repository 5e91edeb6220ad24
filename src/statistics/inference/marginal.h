// What a model says on average: estimated marginal means, trends and simple effects at chosen values, as
// emmeans reports them (Searle, Speed & Milliken 1980; Lenth 2016).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "statistics/inference/coefficients.h"
#include "statistics/inference/multiple_comparisons.h"
#include "statistics/inference/predictors.h"

namespace groundwork::statistics {

// Over the levels of factors that are not asked for: each the same, or as often as they (together) occur in
// the rows. Numbers that are not asked for stand at their mean over rows.
enum class Averaging { equal, proportional };

// What is estimated at each place. No parts: the mean. A number: its slope. A factor: the difference between
// a level and another. Both: the difference between slopes; and so on for several factors.
struct FocalPart {
    std::size_t predictor = 0;
    std::size_t level = 0, versus = 0;  // of a factor
};
using Focal = std::vector<FocalPart>;

// "week", "arm LKM - MM", "week, arm LKM - MM"; "mean" without parts.
std::string effect_name(const Predictors& predictors, const Focal& focal);

// A variable held at one value.
struct Held {
    std::size_t predictor = 0;
    double value = 0;  // a number, or the place of a level
};

// The effect as weights on the columns of the model matrix. A slope is the central difference quotient,
// extrapolated (Richardson), so exact to rounding for terms up to the fourth power.
Result<std::vector<double>> effect_weights(const Predictors& predictors, const Focal& focal,
                                           const std::vector<Held>& held, Averaging averaging);

// A variable and the values to go through; a factor without values: every level.
struct Along {
    std::size_t predictor = 0;
    std::vector<double> values;
};

struct MarginalCell {
    std::vector<std::string> at;  // parallel to the names of what was gone through
    Estimate estimate;            // all unknown where the data cannot tell it
    Interval interval;
    std::vector<double> weights;  // on the coefficients; empty where the data cannot tell it
};

struct MarginalTable {
    std::string effect;           // effect_name
    std::vector<std::string> by;  // names of what was gone through
    std::vector<MarginalCell> cells;
};

struct MarginalOptions {
    Averaging averaging = Averaging::equal;
    double level = 0.95;
};

// One cell for each combination; the first variable changes fastest.
Result<MarginalTable> marginal_table(const Coefficients& coefficients, const Predictors& predictors,
                                     const Focal& focal, const std::vector<Along>& along,
                                     const MarginalOptions& options = {});

struct Comparison {
    std::vector<std::string> at;  // of the variables after the first `compared` ones
    Estimate estimate;            // term "a - b"
    double adjusted_p = unknown;
};

// All pairs among the combinations of the first `compared` variables, apart for each combination of the
// others, each such family adjusted by itself.
std::vector<Comparison> pairwise(const Coefficients& coefficients, const MarginalTable& table,
                                 std::size_t compared, Adjustment adjustment);

}  // namespace groundwork::statistics
