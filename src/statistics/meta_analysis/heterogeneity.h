// The variance between studies (tau2): every estimator that evaluators use, each in O(studies) a step.
//
// V: sampling variances, W: weights 1 / V, P = W - W X (X'WX)^-1 X'W, k studies, p coefficients.
// Sources: DerSimonian & Laird 1986 (moderators: Raudenbush 2009, eq. 16.28); Hedges & Olkin 1985, p. 194;
// Hunter & Schmidt 2004 with Viechtbauer 2005; Sidik & Jonkman 2005; Paule & Mandel 1982; Morris 1983 and
// Berkey et al. 1995 (empirical Bayes); Harville 1977 with Viechtbauer 2005 (likelihoods).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/meta_analysis/studies.h"

namespace groundwork::statistics {

enum class HeterogeneityMethod {
    equal_effects,             // FE, EE: tau2 = 0 by assumption
    dersimonian_laird,         // DL
    hedges,                    // HE (Hedges-Olkin, variance component)
    hunter_schmidt,            // HS
    hunter_schmidt_corrected,  // HSk: HS with its small-sample correction
    sidik_jonkman,             // SJ, started at the effects' variance (divided by k)
    paule_mandel,              // PM
    empirical_bayes,           // EB
    maximum_likelihood,        // ML
    restricted_likelihood,     // REML
};

// "REML" and so on, and back (nothing for an unknown name; EE and CE mean FE).
std::string_view short_name(HeterogeneityMethod method);
std::optional<HeterogeneityMethod> heterogeneity_method(std::string_view short_name);
const std::vector<std::string>& heterogeneity_method_names();

struct Heterogeneity {
    double tau2 = 0;
    double standard_error = unknown;  // of tau2, asymptotic; unknown for equal effects
    int steps = 0;                    // of the search; 0 for a closed form
    double slope = 0;          // what the search made zero, at the answer; at tau2 = 0 it may be negative
    double last_step = 0;      // how far one more Newton step would move tau2
    bool at_boundary = false;  // an estimate below zero was set to zero
    bool converged = true;
    double log_likelihood = unknown;  // at tau2; restricted for REML, otherwise not
};

class WeightedRegression;

// Needs more studies than coefficients, except for equal effects.
// PM and EB: Newton from the left on the convex q(tau2) = k - p, which cannot miss. ML and REML: Newton with
// the exact second derivative inside a bracket, ended when a step no longer changes tau2's digits; then the
// slope's sign is looked at over the whole range, and of several maxima the highest is taken.
Heterogeneity estimate_heterogeneity(WeightedRegression& regression, HeterogeneityMethod method);

// All tau2 >= 0 at which q(tau2), chi-square with k - p degrees, is not extreme (Viechtbauer 2007). [0, 0]
// when no tau2 >= 0 is that: the effects lie closer together than their sampling variances let expect.
// Needs more studies than coefficients; 0 < level < 1.
Interval q_profile_interval(const Studies& studies, double level = 0.95);

}  // namespace groundwork::statistics
