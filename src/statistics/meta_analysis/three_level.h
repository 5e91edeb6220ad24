// Several effects from one study: they vary within their cluster and clusters vary between one another
// (Konstantopoulos 2011; Van den Noortgate et al. 2013). What metafor calls rma.mv with random = ~ 1 |
// cluster/effect: y = X beta + u_cluster + w_effect + e, sampling errors independent.
#pragma once

#include "statistics/meta_analysis/meta_analysis.h"

namespace groundwork::statistics {

struct ThreeLevelMeta {
    std::size_t effects = 0;
    std::size_t clusters = 0;
    HeterogeneityMethod method = HeterogeneityMethod::restricted_likelihood;
    double between = 0;           // variance between clusters
    double within = 0;            // variance between a cluster's effects
    double se_between = unknown;  // asymptotic, from the expected information; unknown at the boundary
    double se_within = unknown;
    Interval between_interval;  // by profile likelihood; unknown where the data cannot bound it
    Interval within_interval;
    double i2_between = unknown;  // percent of the variance of estimates
    double i2_within = unknown;
    double log_likelihood = unknown;
    JointTest heterogeneity;  // Q, as if every effect were its own study
    JointTest moderators;
    std::vector<Estimate> fixed;
    std::vector<Interval> intervals;
    Matrix covariance;
    std::vector<std::string> dropped;
    Interval prediction;          // of a true effect in a new cluster; intercept only, unknown otherwise
    MetaCertificate certificate;  // gradient: the larger slope of the log-likelihood in relative terms
    std::vector<std::string> remarks;
};

// `clusters` has one code for each row of the data (studies.used says which are used), none of them negative.
// Only REML and ML; tests are z or t (k - p degrees). Newton with exact first and second derivatives in both
// variances at once, O(effects) a step, from three starting points.
// Refuses: other methods and tests; no more effects than coefficients; fewer than two clusters; as many
// clusters as effects (then the two variances cannot be told apart).
Result<ThreeLevelMeta> fit_three_level(const Studies& studies, std::span<const std::int32_t> clusters,
                                       const MetaOptions& options = {});

}  // namespace groundwork::statistics
