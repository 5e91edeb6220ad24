// Likelihood intervals: all values of a parameter that the data do not contradict, whatever the other
// parameters are (Venzon & Moolgavkar 1988, Appl. Statist. 37, 87-94; for mixed models Bates et al. 2015,
// section 5.1). Unlike Wald intervals they are not symmetric, and stay inside a parameter's range.
#pragma once

#include "statistics/mixed/mixed_model.h"

namespace groundwork::statistics {

struct ProfiledNumber {
    std::string term;
    double estimate = unknown;  // by maximum likelihood
    // Where the deviance is the chi-square quantile above its minimum, or the end of the range if it never
    // gets there: 0 for a standard deviation, -1 or 1 for a correlation. Unknown where the number itself is,
    // and where the search found no answer.
    Interval interval;
};

struct Profile {
    double level = 0.95;
    double deviance = unknown;  // -2 log likelihood at its optimum
    std::vector<ProfiledNumber> fixed;
    std::vector<ProfiledNumber> random;  // standard deviations and correlations, and last the residual's
};

// For formulas with one grouping factor and independent residuals; refuses others. Always of the likelihood,
// also where options.criterion is REML, since REML criteria of different fixed parts do not compare. A model
// whose optimum is not certified is refused. 0 < level < 1.
Result<Profile> profile_mixed_model(std::string_view formula, const Data& data,
                                    const MixedModelOptions& options, double level = 0.95);

}  // namespace groundwork::statistics
