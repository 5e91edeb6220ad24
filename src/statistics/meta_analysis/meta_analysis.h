// One synthesis: a weighted mean of studies or a regression on their moderators, with the variance between
// studies, tests and intervals.
//
// Sources: Hedges & Olkin 1985; Viechtbauer 2010 (J. Stat. Softw. 36(3)); Higgins & Thompson 2002 (I2, H2);
// Knapp & Hartung 2003; Riley, Higgins & Deeks 2011 (prediction interval).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/meta_analysis/heterogeneity.h"
#include "statistics/meta_analysis/studies.h"

namespace groundwork::statistics {

enum class CoefficientTest {
    normal,                      // z, and chi-square for several together
    student_t,                   // t with k - p degrees, and F
    knapp_hartung,               // the same, with the covariance scaled by q(tau2) / (k - p)
    knapp_hartung_at_least_one,  // the same, but never scaled down
};

struct MetaOptions {
    HeterogeneityMethod method = HeterogeneityMethod::restricted_likelihood;
    CoefficientTest test = CoefficientTest::normal;
    double level = 0.95;  // of intervals, 0 < level < 1
};

// Chi-square where denominator_degrees is infinite, otherwise F.
struct JointTest {
    double statistic = unknown;
    double degrees = unknown;
    double denominator_degrees = unknown;
    double p = unknown;
};

struct MetaCertificate {
    std::string status;    // "certified", "certified-singular" (tau2 = 0 at the boundary), "not-certified"
    double gradient = 0;   // of what the search made zero
    double last_step = 0;  // how far tau2 would still move
    int steps = 0;
    std::string words;
};

struct MetaAnalysis {
    std::size_t studies = 0;
    HeterogeneityMethod method = HeterogeneityMethod::restricted_likelihood;
    CoefficientTest test = CoefficientTest::normal;
    double tau2 = 0;
    double se_tau2 = unknown;
    double i2 = unknown;  // percent of the variance between estimates that is between studies; residual with
                          // moderators
    double h2 = unknown;
    JointTest heterogeneity;  // Q with weights 1 / variance; of the residuals where there are moderators
    JointTest moderators;     // QM: every coefficient but the intercept; all of them without an intercept
    double log_likelihood = unknown;  // restricted for REML, otherwise not; every constant included
    std::vector<Estimate> fixed;
    std::vector<Interval> intervals;  // of `fixed`
    Matrix covariance;                // of `fixed`
    std::vector<std::string> dropped;
    Interval prediction;       // of the true effect in a new study; intercept only, unknown otherwise
    double degrees = unknown;  // k - p for t and F, infinite for z
    double r2 = unknown;       // filled in by moderated_share()
    MetaCertificate certificate;
    std::vector<std::string> remarks;  // whole sentences about what limits these numbers
};

// Refuses: more coefficients than studies; as many, unless effects are taken as equal and the test is z.
// One study gives its own effect, with a remark, whatever the method.
Result<MetaAnalysis> fit_meta_analysis(const Studies& studies, const MetaOptions& options = {});

// What the model says of each study.
struct StudyPrediction {
    double fitted = unknown;
    double standard_error = unknown;
    Interval confidence;
    Interval prediction;      // of a true effect with these moderators
    double weight = unknown;  // percent of the sum of weights
};
std::vector<StudyPrediction> predict_studies(const Studies& studies, const MetaAnalysis& model,
                                             double level = 0.95);

// By how much the moderators lower tau2, in percent, never below 0 (Raudenbush 2009); unknown where tau2 is 0
// without them, there is no intercept or nothing to compare.
double moderated_share(const Studies& studies, const MetaAnalysis& model, const MetaOptions& options);

// I2 and H2 that belong to another tau2 of the same studies, e.g. to the ends of its interval.
struct HeterogeneityShare {
    double i2 = unknown;
    double h2 = unknown;
};
HeterogeneityShare heterogeneity_share(const Studies& studies, double tau2);

}  // namespace groundwork::statistics
