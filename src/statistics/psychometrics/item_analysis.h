// The items of a scale one by one, and the scale without each of them.
#pragma once

#include <span>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"
#include "statistics/psychometrics/reliability.h"

namespace groundwork::statistics {

// Alpha and its relatives of one set of items. Unknown (NaN) where there are fewer than two items; lambda6
// also where the correlations are not positive definite.
struct AlphaCoefficients {
    double raw = unknown;              // Cronbach (1951): from covariances; Guttman's lambda 3
    double standardised = unknown;     // the same from correlations
    double lambda6 = unknown;          // Guttman (1945): from squared multiple correlations
    double average_r = unknown;        // mean correlation of two items
    double signal_to_noise = unknown;  // k r / (1 - r)
    double standard_error = unknown;   // of raw: Duhachek & Iacobucci (2004, J. Appl. Psychol. 89, eq. 3)
    double variance_r = unknown;       // of the correlations of two items
    double median_r = unknown;
};

struct ItemStatistics {
    std::size_t n = 0;  // answers
    double mean = unknown, standard_deviation = unknown;
    double total_r = unknown;         // with the mean of the answered items, itself included
    double standardised_r = unknown;  // with the sum of the standardised items
    double corrected_r = unknown;     // the same, with the item's own variance replaced by what it shares
    double rest_r = unknown;          // item-rest: with the sum of the other items, by covariances
    AlphaCoefficients if_dropped;     // of the scale without this item
};

struct ItemAnalysis {
    std::size_t people = 0;           // rows with at least one answer
    std::size_t complete_people = 0;  // rows with every answer
    AlphaCoefficients alpha;
    Interval feldt;   // of alpha.raw: Feldt, Woodruff & Salih (1987, Appl. Psychol. Meas. 11, eq. 12)
    Interval bonett;  // of alpha.raw: Bonett (2002, J. Educ. Behav. Stat. 27, eq. 5)
    double score_mean = unknown, score_standard_deviation = unknown;  // of the mean of the answered items
    std::vector<ItemStatistics> items;
    // Positions of items whose item-rest correlation is negative: probably to be reversed.
    std::vector<std::size_t> against_the_scale;
};

// `rows` says what covariances are made of; pairwise gives what R's psych::alpha gives. 0 < level < 1.
// Errors: fewer than two items, an item that does not vary, fewer than three complete rows, infinite values.
Result<ItemAnalysis> analyse_items(std::span<const std::span<const double>> items,
                                   PartialRows rows = PartialRows::pairwise, double level = 0.95);

}  // namespace groundwork::statistics
