// How likely a planned programme is to show an effect of a stated size: a diary of two arms in which a
// person's start may moderate the course,
//   outcome ~ week * arm * moderator + (week | person),   week = day / 7,  arm 0 or 1 by turns.
// Simulated from sufficient statistics alone: a person's days, weeks and their squares, and Z'y.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"
#include "statistics/mixed/mixed_model.h"
#include "statistics/progress.h"

namespace groundwork::statistics {

struct PowerDesign {
    std::vector<std::size_t> people = {217};
    std::size_t days = 63;
    double missing = 0.15;  // share of single days without an answer
    double dropout = 0.15;  // share of people who stop before the end, on a day drawn evenly
    double sd_intercept = 0.6, sd_slope = 0.05, correlation = -0.27, sigma = 0.54;
    double sd_moderator = 0.73;
    // Groups taught together share their course; 1 = alone. Variances of the arms' contrasts are multiplied
    // by the design effect 1 + (size - 1) icc (Donner & Klar 2000).
    double group_size = 1, group_correlation = 0;
};

struct PowerEffect {
    std::string term;  // of the formula: "week:arm:moderator"
    std::vector<double> sizes;
};

struct PowerOptions {
    std::size_t simulations = 1'000;
    std::uint64_t seed = 1;
    double alpha = 0.05;  // two-sided
    DegreesOfFreedom degrees_of_freedom = DegreesOfFreedom::satterthwaite;
    unsigned threads = 0;
    ProgressObserver progress = {};
};

struct PowerPoint {
    std::size_t people = 0;
    std::string term;
    double effect = 0;
    double power = unknown;           // share of simulations in which the effect is told from zero
    Interval interval;                // Wilson's 95 % interval of that share
    double standard_error = unknown;  // mean standard error of the estimate
    double wrong_sign = unknown;      // among those told from zero, the share with the wrong sign (type S)
    double exaggeration = unknown;    // and the mean of |estimate| / |effect| (type M; Gelman & Carlin 2014)
};

// The terms an effect may have.
const std::vector<std::string>& power_terms();

// One point for each number of people, effect and size. The same simulations serve every effect and size,
// since the estimate's error does not depend on them. Refuses designs that cannot be fitted, unknown terms,
// shares outside 0 .. 1. The same bytes for any number of threads.
Result<std::vector<PowerPoint>> power_of_design(const PowerDesign& design,
                                                const std::vector<PowerEffect>& effects,
                                                const PowerOptions& options);

}  // namespace groundwork::statistics
