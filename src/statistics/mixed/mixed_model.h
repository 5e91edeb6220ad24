// Linear mixed models by formula (Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1), eqs. 13-48).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/formula/data.h"

namespace groundwork::statistics {

struct Block;
struct BlockTerm;
struct Matrix;

enum class Criterion { reml, maximum_likelihood };
enum class DegreesOfFreedom { satterthwaite, kenward_roger, none };

struct MixedModelOptions {
    Criterion criterion = Criterion::reml;
    DegreesOfFreedom degrees_of_freedom = DegreesOfFreedom::satterthwaite;
    std::string weights = {};  // a column of prior weights: a row's residual variance is sigma^2 / weight
    // A column of times: residuals of a group correlate by phi^|difference| (AR(1), or CAR(1) at fractional
    // times), and one of categories, in each of which residuals have a variance of their own
    // (residual_structure.h). Satterthwaite's degrees of freedom know that both are estimated; Kenward and
    // Roger's take them as known.
    std::string serial_time = {};
    std::string residual_strata = {};
    // The outcome of row i is taken from this many rows before it, round the end: another outcome for the
    // same design.
    std::size_t outcome_moved_by = 0;
    unsigned threads = 0;  // 0 = as many as the machine has cores; the results are the same for any number
};

struct RandomTerm {
    std::string group;               // "id"
    std::vector<std::string> terms;  // "(Intercept)", "week"
    std::vector<double> standard_deviations;
    std::vector<double>
        correlations;  // lower triangle without the diagonal, row by row; unknown beside a zero
    std::size_t levels = 0;
};

// The rows of one value of MixedModelOptions::residual_strata.
struct ResidualStratum {
    std::string level;
    double standard_deviation = unknown;
};

struct Certificate {
    std::string status;         // "certified", "certified-singular", "not-certified"
    double gradient = unknown;  // largest |slope| of the objective at the answer, in its own units
    double remaining_deviance =
        unknown;                    // estimate of how much lower the objective could still go: g' H^-1 g / 2
    std::vector<double> curvature;  // eigenvalues of the Hessian, ascending
    std::string words;              // what this means, for a reader who is no statistician
};

// How the optimum was found, in the optimiser's own standardised coordinates.
struct OptimisationRecord {
    std::vector<double> start, end;
    double start_objective = unknown;
    int steps = 0;        // Newton steps taken
    int evaluations = 0;  // of the objective
};

// What degrees of freedom of any combination of the coefficients need (Satterthwaite 1946; Fai & Cornelius
// 1996; Kenward & Roger 1997).
struct CovarianceUncertainty {
    std::vector<double> covariance;  // of the variance parameters, square, row by row; empty if not wanted
    std::vector<std::vector<double>> slopes;  // of the unadjusted covariance with each parameter
    // Kenward and Roger's method reports an adjusted covariance, but its degrees of freedom rest on the usual
    // one; empty where MixedModel::covariance is the usual one itself.
    std::vector<double> unadjusted;
};

struct MixedModel {
    Criterion criterion = Criterion::reml;
    std::size_t rows_used = 0;
    std::vector<std::size_t> used;
    double objective = unknown;  // REML criterion or -2 log likelihood at the optimum
    double log_likelihood = unknown;
    double sigma = unknown;
    double residual_correlation =
        unknown;  // phi, of residuals one unit of time apart; unknown without serial_time
    std::vector<ResidualStratum> residual_strata;  // the first one's is sigma; empty without
    std::vector<double> theta;  // relative Cholesky factors, lme4's order (terms by falling number of levels)
    std::vector<RandomTerm> random;
    std::vector<Estimate> fixed;
    std::vector<double> covariance;    // of the fixed effects, row by row
    std::vector<std::string> dropped;  // fixed columns left out because others determine them, by name
    Certificate certificate;
    OptimisationRecord optimisation;
    CovarianceUncertainty uncertainty;
    const Estimate* find(std::string_view term) const;
    bool has_residual_structure() const {  // beyond independence and prior weights
        return !residual_strata.empty() || residual_correlation == residual_correlation;
    }
};

// `formula` with at least one random term, e.g. "pos ~ week * arm * scc + (week | id)" (formula.h). Rows with
// a missing value are left out. Refuses infinite values, a grouping factor of one level or with as many
// effects as rows, and an outcome that leaves no residual. Pure: the same input gives the same bytes on one
// machine.
Result<MixedModel> fit_mixed_model(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options = {});

// One term's standard deviations and correlations from its block's factor, times sigma.
RandomTerm describe_term(const BlockTerm& term, const Block& block, const Matrix& factor, double sigma);

// Whether a formula is one for fit_mixed_model rather than fit_linear_model.
Result<bool> has_random_terms(std::string_view formula);

// A weighted sum of the coefficients, e.g. a simple slope, with its own degrees of freedom.
// weights.size() == model.fixed.size().
Estimate combination(const MixedModel& model, std::span<const double> weights, std::string name);

}  // namespace groundwork::statistics
