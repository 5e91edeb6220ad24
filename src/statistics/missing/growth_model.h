// A latent growth curve by full-information maximum likelihood: everybody counts with the occasions they
// have.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

enum class ResidualVariance { equal, by_occasion };

struct GrowthOptions {
    ResidualVariance residuals = ResidualVariance::equal;
    bool saturated = true;  // also fit the unrestricted model, for chi-square
};

struct GrowthModel {
    std::size_t people = 0;           // with every covariate and at least one occasion
    std::size_t patterns = 0;         // distinct sets of answered occasions
    double log_likelihood = unknown;  // of the outcomes given the covariates
    std::size_t parameters = 0;
    double saturated_log_likelihood = unknown;
    double chi_square = unknown, degrees_of_freedom = unknown, p = unknown;
    // intercept and slope means and regressions: i~1, i~x, ..., s~1, s~x, ...; statistics are z.
    std::vector<Estimate> regressions;
    // i~~i, s~~s, i~~s, then the residual variances: "e~~e" or "t0~~t0", ...
    std::vector<Estimate> variances;
    // False where the estimated covariance of intercepts and slopes is not a covariance matrix (a variance at
    // or below zero, or a correlation beyond one): the data want less variation than none.
    bool proper = true;
    int steps = 0;
    double largest_slope = unknown;  // of the log-likelihood in any parameter, at the answer
    const Estimate* find(std::string_view term) const;  // nullptr where there is none
};

// y_it = i_i + s_i time_t + e_it, (i_i, s_i) = Gamma (1, x_i) + normal with free 2 x 2 covariance, e normal
// (Meredith & Tisak 1990, Psychometrika 55; likelihood by pattern of missing occasions: Arbuckle 1996). Means
// and covariances of each pattern are enough; Newton from moments, Fisher's information where the observed
// one is not positive definite; standard errors from the observed information, as lavaan's growth(missing =
// "ml"). outcomes[t]: one span for each occasion; covariates: names and spans; all of one length; NaN is
// missing; rows without a covariate or without any outcome are left out. Errors: fewer than three occasions,
// times not all different, infinite values, too few people, covariates that determine one another, no
// optimum.
struct Covariate {
    std::string name;
    std::span<const double> values;
};
Result<GrowthModel> fit_growth(std::span<const std::span<const double>> outcomes,
                               std::span<const double> times, std::span<const Covariate> covariates,
                               const GrowthOptions& options = {});

}  // namespace groundwork::statistics
