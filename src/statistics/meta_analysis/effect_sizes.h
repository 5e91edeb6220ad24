// Effect sizes with their sampling variances, from what studies report. Measures and the names of what they
// need are metafor's, so that published code lists carry over.
//
// Sources: Hedges 1981, 1982 and Hedges & Olkin 1985 (standardised differences, exact gamma correction);
// Bonett 2009 (SMDH); Gibbons, Hedeker & Davis 1993 and Becker 1988 (SMCC, SMCR); Bonett 2008 (SMCRH);
// Morris 2008 (PPC1, PPC2); Hedges, Gurevitch & Curtis 1999 (ROM); Lajeunesse 2011 (ROMC); Fleiss & Berlin
// 2009 (RR, OR, RD); Yusuf et al. 1985 (PETO); Rücker et al. 2009 (AS); Fisher 1921 (ZCOR); Bonett 2002 and
// 2010, Hakstian & Whalen 1976 (ARAW, ABT, AHW).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::statistics {

// Which tables of counts get `add` in every cell (for rates and proportions: to every count).
enum class ZeroCells { only_tables_with_zeros, all_if_any_has_zeros, all, none };

enum class VarianceFormula {
    large_sample,  // LS
    unbiased,      // UB; for SMD
};

struct EffectSizeOptions {
    double add = 0.5;  // >= 0
    ZeroCells to = ZeroCells::only_tables_with_zeros;
    bool drop_double_zeros = false;  // leave out tables without any, or with nothing but, events
    VarianceFormula variance = VarianceFormula::large_sample;
};

struct EffectMeasure {
    std::string_view name;                 // "SMD"
    std::string_view title;                // "standardised mean difference (Hedges g)"
    std::vector<std::string_view> inputs;  // "m1i", "sd1i", ... in the order of the formula
};

// Every measure, in the order of the manual.
const std::vector<EffectMeasure>& effect_measures();
Result<const EffectMeasure*> find_effect_measure(std::string_view name);

// What a name stands for: "m1i" -> "mean of the first group".
std::string_view effect_input_title(std::string_view input);

// One column of the data under its name. NaN is missing. Counts and sizes are numbers too.
struct EffectInput {
    std::string_view name;
    std::span<const double> values;
};

struct EffectSizes {
    std::vector<double> effects;  // NaN where an input is missing or the table is dropped
    std::vector<double> variances;
};

// One row for each row of the inputs, which are of one length. 2x2 tables: b and d may be replaced by n1i and
// n2i. Refuses: an input that the measure needs and does not get, or gets and does not need; a value out of
// its range, with its row as a spreadsheet counts (the first study is row 2).
Result<EffectSizes> effect_sizes(std::string_view measure, std::span<const EffectInput> inputs,
                                 const EffectSizeOptions& options = {});

// The factor that makes a standardised mean difference with m degrees of freedom unbiased:
// gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)) (Hedges 1981, eq. 6e). m > 1.
double hedges_correction(double degrees);

}  // namespace groundwork::statistics
