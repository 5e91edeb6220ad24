// A test of moderation that rests on exchangeability instead of on distributions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "statistics/estimate.h"
#include "statistics/formula/data.h"
#include "statistics/progress.h"

namespace groundwork::statistics {

struct ModeratorPermutationOptions {
    std::size_t permutations = 999;
    std::uint64_t seed = 1;
    unsigned threads = 0;  // 0 = as many as the machine has cores; the results are the same for any number
    std::string unit =
        {};  // column of who keeps one value of the moderator ("id"); empty: every row for itself
    std::string within =
        {};  // a factor that is constant within units; values are exchanged inside its levels; empty: all
    ProgressObserver progress = {};
};

struct ModeratorPermutation {
    double statistic = unknown;  // |t| of the term in the data as they are
    double p = unknown;          // (1 + how many permutations reach it) / (1 + permutations)
    std::size_t as_extreme = 0;
    std::size_t permutations = 0;
};

// Exchanges the moderator's values between units and refits (fit_mixed_model or fit_linear_model, as the
// formula needs); compares |t| of `term`. Exact if the moderator has nothing to do with the outcome (within
// the levels of `within`); as the statistic is studentised, also right for large samples where only `term` is
// zero and other effects of the moderator are not (Chung & Romano 2013). Permutation b uses random stream b
// of the seed. Refuses a moderator that varies within a unit, and whatever the fit refuses.
Result<ModeratorPermutation> permute_moderator(std::string_view formula, const Data& data,
                                               const std::string& moderator, const std::string& term,
                                               const ModeratorPermutationOptions& options = {});

}  // namespace groundwork::statistics
