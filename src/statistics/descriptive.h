// Descriptions of one or several columns. NaN is missing and left out unless a function says otherwise.
#pragma once

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

}  // namespace groundwork::statistics
