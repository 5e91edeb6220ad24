// Descriptions of one or several columns. NaN is missing and left out unless a function says otherwise.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace groundwork::statistics {

struct Summary {
    std::size_t n = 0;
    double mean, standard_deviation, minimum, maximum;  // NaN where n is too small; sd with divisor n - 1
};
Summary summarise(std::span<const double> values);

// Quantile of type 7 (R's default; Hyndman & Fan 1996). 0 <= p <= 1.
double quantile(std::span<const double> values, double p);

double correlation(std::span<const double> x, std::span<const double> y);  // pairwise complete

// Cronbach's alpha (1951, eq. 2) from the covariance matrix of the rows without a missing value. Each item is one span;
// reversed items must have been reversed. NaN with fewer than two items or three complete rows.
double cronbach_alpha(std::span<const std::span<const double>> items);

// McDonald's omega total of a one-factor model (maximum likelihood or minres), same conventions.
double omega_total(std::span<const std::span<const double>> items);

}  // namespace groundwork::statistics
