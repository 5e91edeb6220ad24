// Residuals that resemble those shortly before them: AR(1) within the groups, on the real time axis.
#pragma once

#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

// The correlation of two residuals of a group is phi^|difference of their times| (Pinheiro & Bates 2000,
// section 5.3.1: AR(1) at whole times, where phi may be negative, else CAR(1)). Each row is made independent
// of the one before by its own conditional distribution, so one pass over the rows gives the criterion for
// one phi; phi is then sought by Brent's method on a grid's best interval.
struct SerialFit {
    Problem problem;
    Minimum minimum;
    double phi = 0;
    double slope = 0, curvature = 0;  // of the criterion in phi at the answer, by differences
    bool at_bound = false;
};

// options.serial_time names the column of times. Refuses several grouping factors, prior weights, missing or
// equal times within a group, and groups of which none has two rows.
Result<SerialFit> fit_serial_correlation(const Formula& formula, const Data& data,
                                         const MixedModelOptions& options);

}  // namespace groundwork::statistics
