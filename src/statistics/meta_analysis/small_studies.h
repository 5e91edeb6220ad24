// Whether small studies say something else than large ones, and what is left if the missing ones are filled
// in.
//
// Sources: Egger et al. 1997; Sterne & Egger 2005; Moreno et al. 2009 (regression tests); Duval & Tweedie
// 2000a, 2000b (trim and fill).
#pragma once

#include "statistics/meta_analysis/meta_analysis.h"

namespace groundwork::statistics {

enum class EggerModel {
    mixed_effects,  // the standard error as one more moderator of the same meta-analysis
    weighted_lm,    // Egger's own: least squares with weights 1 / variance and a free scale; t with k - 2
};

enum class EggerPredictor { standard_error, variance };

struct EggerTest {
    EggerModel model = EggerModel::mixed_effects;
    Estimate slope;  // of the predictor: 0 where the funnel is symmetric
    // The effect at a standard error of zero; unknown where there are other moderators.
    Estimate limit;
    Interval limit_interval;
};

// Refuses: fewer than three studies (one more than coefficients otherwise), standard errors that are all
// equal.
Result<EggerTest> egger_test(const Studies& studies, const MetaOptions& options, EggerModel model,
                             EggerPredictor predictor = EggerPredictor::standard_error);

enum class FunnelSide {
    left,
    right,
    found
};  // where studies are missing; found: by the sign of Egger's slope
enum class TrimEstimator { l0, r0 };

struct TrimAndFill {
    FunnelSide side = FunnelSide::left;
    std::size_t missing = 0;          // studies that were filled in
    double standard_error = unknown;  // of `missing`
    double p = unknown;               // R0 only: that no study is missing
    std::vector<double> filled_effects;
    std::vector<double> filled_variances;
    MetaAnalysis model;  // of the studies and those filled in
};

// Refuses: moderators; fewer than three studies; an estimate that does not come to rest.
Result<TrimAndFill> trim_and_fill(const Studies& studies, const MetaOptions& options,
                                  TrimEstimator estimator = TrimEstimator::l0,
                                  FunnelSide side = FunnelSide::found);

// The same synthesis without each study in turn: one answer for each study, in order. Where what is left
// cannot be fitted the answer is its error.
std::vector<Result<MetaAnalysis>> leave_one_out(const Studies& studies, const MetaOptions& options);

}  // namespace groundwork::statistics
