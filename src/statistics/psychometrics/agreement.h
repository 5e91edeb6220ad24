// Agreement of several raters, occasions or forms: intraclass correlations.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

struct IntraclassCorrelation {
    std::string name;  // as Shrout & Fleiss: ICC(1,1), ICC(2,1), ICC(3,1), ICC(1,k), ICC(2,k), ICC(3,k)
    std::string words;
    double value = unknown;
    double f = unknown, df1 = unknown, df2 = unknown, p = unknown;  // against no differences between people
    Interval interval;
};

struct Agreement {
    std::size_t people = 0;  // rows rated by every rater
    std::size_t raters = 0;
    // Two-way analysis of variance: mean squares between people, between raters, residual, within people.
    double between_people = unknown, between_raters = unknown, residual = unknown, within_people = unknown;
    std::vector<IntraclassCorrelation> correlations;  // six, in the order above
};

// One span for each rater. Values: Shrout & Fleiss (1979, Psychol. Bull. 86, 420-428); intervals: McGraw &
// Wong (1996, Psychol. Methods 1, table 7). Complete rows only. Errors: fewer than two raters or three
// complete rows, nobody differing from anybody. 0 < level < 1.
Result<Agreement> intraclass_correlations(std::span<const std::span<const double>> raters,
                                          double level = 0.95);

}  // namespace groundwork::statistics
