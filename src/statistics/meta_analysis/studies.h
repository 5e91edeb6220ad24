// What a meta-analysis is made of: one effect with its sampling variance for each study, and what may explain
// the differences between them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/formula/data.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

struct Studies {
    std::vector<double> effects;     // finite
    std::vector<double> variances;   // of the effects, finite and > 0
    Matrix design;                   // one row a study, columns independent; the first is 1 with an intercept
    std::vector<std::string> terms;  // the design's columns: "(Intercept)", "ablat", "allocrandom"
    bool has_intercept = true;
    std::vector<std::size_t> used;     // the rows of the data that these are, ascending
    std::vector<std::string> dropped;  // columns that earlier ones determine, by name

    std::size_t count() const { return effects.size(); }
    std::size_t coefficients() const { return terms.size(); }
};

// Studies with the intercept as the only term. Refuses: no study, unequal lengths, values that are not
// finite, variances that are not positive; the error's row counts as a spreadsheet does, the first study is
// row 2.
Result<Studies> make_studies(std::span<const double> effects, std::span<const double> variances);

// The same with moderators, by the right side of a formula as R understands it: "ablat + alloc", "0 + alloc".
// Rows of `data` whose effect, variance or a moderator is missing (NaN, no level) are left out. Further
// refuses random terms, offsets, and what formula.h refuses.
Result<Studies> make_studies(std::span<const double> effects, std::span<const double> variances,
                             std::string_view moderators, const Data& data);

// Those at these places (ascending places in `studies`), with the columns that stay independent among them.
Studies subset(const Studies& studies, std::span<const std::size_t> places);

// With one more column at the end of the design; `values` has one number for each study. If the other columns
// determine it, its name is in `dropped`.
Studies with_column(const Studies& studies, std::string name, std::span<const double> values);

}  // namespace groundwork::statistics
