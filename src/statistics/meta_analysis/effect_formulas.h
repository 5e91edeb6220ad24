// One study's numbers turned into its effect; effect_sizes.cpp chooses and checks.
#pragma once

#include <string_view>
#include <vector>

#include "statistics/meta_analysis/effect_sizes.h"

namespace groundwork::statistics {

struct EffectSize {
    double effect = 0;
    double variance = 0;
};

// `values` in the order of the measure's inputs.
using EffectFunction = EffectSize (*)(const double* values, const EffectSizeOptions& options);

enum class Counts { none, two_by_two, rates, proportion };  // what `add` and `to` mean for a measure

struct EffectFormula {
    EffectMeasure measure;
    EffectFunction function;
    Counts counts = Counts::none;
};

const std::vector<EffectFormula>& effect_formulas();

}  // namespace groundwork::statistics
