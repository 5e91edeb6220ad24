// How far the estimates would scatter: refits to simulated or resampled data of the same design; with one
// grouping factor from the cross-products alone, no row touched after the first fit.
#pragma once

#include "statistics/mixed/mixed_model.h"
#include "statistics/progress.h"

namespace groundwork::statistics {

enum class BootstrapKind {
    parametric,  // new random effects and residuals from the fitted model (Efron & Tibshirani 1993, ch. 6)
    cases,       // whole groups drawn with replacement: no assumption about their distribution
    wild         // each group's residuals kept, their sign turned at random (Cameron, Gelbach & Miller 2008)
};

struct BootstrapOptions {
    BootstrapKind kind = BootstrapKind::parametric;
    std::size_t replicates = 1'000;
    std::uint64_t seed = 1;
    double level = 0.95;
    ProgressObserver progress = {};
};

struct BootstrappedNumber {
    std::string term;
    double estimate = unknown;        // of the model itself
    double standard_error = unknown;  // standard deviation over the replicates
    double bias = unknown;            // mean over the replicates less the estimate
    Interval percentile;              // quantiles of the replicates, the (R + 1) p th in order
    Interval basic;                   // the same turned about the estimate
};

struct Bootstrap {
    std::vector<BootstrappedNumber> fixed;
    std::vector<BootstrappedNumber> random;  // standard deviations and correlations, and last the residual's
    std::size_t replicates = 0;
    std::size_t singular = 0;  // replicates whose best fit lies on the boundary: an answer like any other
    std::size_t not_certified = 0;                  // left out
    std::vector<std::vector<double>> coefficients;  // by replicate, parallel to fixed
};

// Several grouping factors only with the parametric one. Replicate k depends on the seed and k alone, so the
// same bytes come out of any number of threads. options.degrees_of_freedom is not used.
Result<Bootstrap> bootstrap_mixed_model(std::string_view formula, const Data& data,
                                        const MixedModelOptions& options, const BootstrapOptions& bootstrap);

}  // namespace groundwork::statistics
