// Reliability from halves of a scale.
#pragma once

#include <cstdint>
#include <span>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

struct SplitHalves {
    // Guttman (1945, Psychometrika 10, 255-282), from the items' correlations.
    double lambda1 = unknown, lambda2 = unknown, lambda3 = unknown;
    double lambda4 = unknown;  // the largest split half, = largest below
    double lambda5 = unknown, lambda6 = unknown;
    // Over the splits into halves (an odd number of items: halves that differ by one): 4 sum of the
    // correlations between the halves / sum of all correlations (Guttman's lambda 4 of that split).
    double largest = unknown;
    double smallest = unknown;  // "beta" where every split was looked at (Revelle 1979)
    double mean = unknown;      // exact, over all splits, however many
    std::uint64_t splits_examined = 0;
    bool every_split = false;  // otherwise a search: largest and smallest are what it found
    // First half against second half, and odd against even items: the correlation of the half scores stepped
    // up by Spearman (1910) and Brown (1910), 2 r / (1 + r), as for halves of equal length.
    double first_second_r = unknown, first_second_spearman_brown = unknown;
    double odd_even_r = unknown, odd_even_spearman_brown = unknown;
};

// Looks at every split of up to 26 items (5,200,300 splits); beyond, exchanges items between halves until no
// exchange helps, from `starts` random halves of a fixed seed, so the same input gives the same answer.
// Complete rows only. Errors: as analyse_items, and fewer than two items.
Result<SplitHalves> split_halves(std::span<const std::span<const double>> items, int starts = 200);

}  // namespace groundwork::statistics
