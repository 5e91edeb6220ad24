// exp and the logistic likelihood along vectors: the only transcendental functions of the inner loops. Plain
// arithmetic without branches, so that the compiler fills vector lanes; built for two instruction sets and
// chosen when the program runs. Both give the same bits, because no multiplication is fused with an addition.
#pragma once

#include <span>

namespace groundwork::statistics {

// e^x, relative error below 1e-15. Arguments beyond -700 .. 700 count as the nearer of the two. NaN stays
// NaN.
void exponentials(std::span<const double> x, std::span<double> result);

// Where the derivatives of each row's log-likelihood in its linear predictor go; all of one length.
struct RowSlopes {
    std::span<double> value, first, second, third;
};

// y x - m log(1 + e^x) and its three derivatives in x: `successes` y out of `trials` m at log odds x. No
// digits are lost where the probability is near 0 or 1.
void logistic_rows(std::span<const double> log_odds, std::span<const double> successes,
                   std::span<const double> trials, const RowSlopes& rows);

// y x - e^x and its three derivatives in x.
void poisson_rows(std::span<const double> log_mean, std::span<const double> counts, const RowSlopes& rows);

}  // namespace groundwork::statistics
