// Linear mixed models by formula (Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1), eqs. 13-48).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "statistics/data.h"
#include "statistics/estimate.h"

namespace groundwork::statistics {

enum class Criterion { reml, maximum_likelihood };
enum class DegreesOfFreedom { satterthwaite, none };

struct MixedModelOptions {
    Criterion criterion = Criterion::reml;
    DegreesOfFreedom degrees_of_freedom = DegreesOfFreedom::satterthwaite;
};

struct RandomTerm {
    std::string group;                      // "id"
    std::vector<std::string> terms;         // "(Intercept)", "week"
    std::vector<double> standard_deviations;
    std::vector<double> correlations;       // lower triangle without the diagonal, row by row
    std::size_t levels = 0;
};

struct Certificate {
    std::string status;               // "certified", "certified-singular", "not-certified"
    double gradient = unknown;        // largest |slope| of the objective at the answer, in its own units
    double remaining_deviance = unknown;  // estimate of how much lower the objective could still go
    std::string words;                // what this means, for a reader who is no statistician
};

struct MixedModel {
    Criterion criterion = Criterion::reml;
    std::size_t rows_used = 0;
    std::vector<std::size_t> used;
    double objective = unknown;       // REML criterion or -2 log likelihood at the optimum
    double log_likelihood = unknown;
    double sigma = unknown;
    std::vector<double> theta;        // relative Cholesky factors, lme4's order
    std::vector<RandomTerm> random;
    std::vector<Estimate> fixed;
    std::vector<double> covariance;   // of the fixed effects, row by row
    std::vector<std::string> dropped;
    Certificate certificate;
    const Estimate* find(std::string_view term) const;
};

Result<MixedModel> fit_mixed_model(std::string_view formula, const Data& data, const MixedModelOptions& options = {});

}  // namespace groundwork::statistics
