// Residuals that are not all alike: those of a group resemble the ones shortly before, or vary more in some
// strata than in others.
#pragma once

#include <memory>
#include <optional>

#include "statistics/mixed/coefficient_covariance.h"
#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

// The covariance of two residuals of a group is s_i s_j phi^|difference of their times|, times sigma^2; s is
// 1 over the square root of the row's prior weight, times the ratio of its stratum (Pinheiro & Bates 2000,
// sections 5.2 and 5.3.1: AR(1) at whole times, where phi may be negative, else CAR(1)). Each row is divided
// by s and made independent of the one before by its own conditional distribution, so one pass over the rows
// gives the criterion for one value of phi and the ratios. These are sought by Newton's method on differences
// of that criterion, phi first on a grid and by Brent's method, since it may have two valleys.
struct ResidualFit {
    std::unique_ptr<Problem> problem;  // minimum keeps references to it
    Minimum minimum;
    std::optional<double> phi;
    std::vector<std::string> strata;
    std::vector<double> ratios;  // of each stratum's standard deviation to the first one's, which is sigma
    std::string runs_off;        // the parameter that runs to the end of its range; empty if none does
    double largest_slope = 0, remaining_deviance = 0;  // of the criterion in phi and log ratios at the answer
    ResidualUncertainty uncertainty;
};

// What options.serial_time and options.residual_strata ask for. Refuses serial correlation with several
// grouping factors, equal times within a group, groups of which none has two rows, and a single stratum.
Result<ResidualFit> fit_residual_structure(const Formula& formula, const Data& data,
                                           const MixedModelOptions& options);

}  // namespace groundwork::statistics
