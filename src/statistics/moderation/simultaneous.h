// Critical values that hold for all points of a curve or surface at once.
#pragma once

#include <cstdint>

#include "statistics/inference/coefficients.h"

namespace groundwork::statistics {

// For a line b0 + b1 m with covariance (v00, v01, v11) over low <= m <= high: the k for which
// P(max over m of |estimate - truth| / standard error <= k) = level, exactly, for normal estimates and an
// independent variance estimate on `degrees` degrees of freedom (Wynn & Bloomfield 1971; the two-dimensional
// case of Naiman 1986). With psi the angle that the standardised line sweeps and R^2 / 2 ~ F(2, degrees):
// P(max > k) = psi/pi P(R > k) + 2/pi * integral over 0 <= a <= (pi - psi)/2 of P(R cos a > k).
struct LineCovariance {
    double v00 = 0, v01 = 0, v11 = 0;
};
double simultaneous_critical_value(const LineCovariance& covariance, double low, double high, double degrees,
                                   double level);

// The same for any set of weighted sums (rows of `weights`, on the coefficients) by simulation: the `level`
// quantile of max |t| over `draws` draws. Draw d uses its own random stream, so the value depends on the seed
// alone. Monte Carlo error of the level: sqrt(level (1 - level) / draws).
double simulated_critical_value(const Matrix& weights, const Matrix& covariance, double degrees, double level,
                                std::size_t draws, std::uint64_t seed);

}  // namespace groundwork::statistics
