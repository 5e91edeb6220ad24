// Permutation tests of a synthesis (Higgins & Thompson 2004; Follmann & Proschan 1999): no distribution is
// assumed for the effects.
#pragma once

#include <cstdint>

#include "statistics/meta_analysis/meta_analysis.h"

namespace groundwork::statistics {

struct PermutationOptions {
    std::size_t permutations = 1000;  // at least 1; where no more exist, each is taken once
    std::uint64_t seed = 1;
};

struct PermutationTest {
    std::size_t permutations = 0;  // the data as they are among them
    bool exact = false;            // every one there is
    std::vector<double> p;         // of each coefficient, two-sided: the share of statistics as large as ours
    double moderators_p = unknown;  // of the joint test
};

// Without moderators the effects' signs are turned, with moderators their rows are dealt to the studies anew
// (then the intercept's p belongs to that scheme too). tau2 is estimated each time. The same seed gives the
// same answer on any machine. Refuses what fit_meta_analysis refuses, and permutations that cannot be fitted.
Result<PermutationTest> permutation_test(const Studies& studies, const MetaOptions& options,
                                         const PermutationOptions& permutation = {});

}  // namespace groundwork::statistics
