// Generalised linear mixed models by formula: binomial (logit), Poisson (log), negative binomial (log;
// variance mu + mu^2 / dispersion, estimated with everything else), counts with surplus zeros; without random
// terms a generalised linear model. Maximum likelihood by Laplace's approximation or adaptive Gauss-Hermite
// quadrature (likelihood.h names the sources).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/formula/data.h"
#include "statistics/generalized/family.h"
#include "statistics/generalized/outcome.h"
#include "statistics/mixed/mixed_model.h"

namespace groundwork::statistics {

struct GeneralizedModelOptions : GeneralizedSetting {
    std::size_t quadrature_points = 1;  // of each effect; 1: Laplace's approximation
};

struct GeneralizedModel {
    Family family = Family::binomial;
    std::size_t quadrature_points = 1;
    std::size_t rows_used = 0;
    std::vector<std::size_t> used;
    double objective = unknown;  // -2 log likelihood, with every constant
    double log_likelihood = unknown;
    double dispersion = unknown;  // negative binomial: the size; larger is closer to Poisson
    std::vector<double> theta;    // factors of the random effects' covariance, lme4's order
    std::vector<RandomTerm> random;
    std::vector<Estimate> fixed;  // on the scale of the link; z statistics
    std::vector<double>
        covariance;  // of the fixed effects, row by row: from the inverse of the joint Hessian of
                     // -log L in all parameters, so that it knows the variances were estimated
    std::vector<Estimate> zero_part;  // log odds of a sure zero; z statistics
    std::vector<std::string> dropped;
    std::string success;  // binomial with categories: what counts as success
    Certificate certificate;
    OptimisationRecord optimisation;
    int passes = 0;  // over the rows
    const Estimate* find(std::string_view term) const;
};

// `formula` as in fit_mixed_model, or without random terms; the outcome as outcome.h says. Rows with a
// missing value are left out; columns that earlier ones determine are dropped by name. Refuses what outcome.h
// and random_effects.h refuse, separation (coefficients without bound, naming the columns), quadrature with
// more than one grouping factor or more than two effects a group. Pure: the same input gives the same bytes
// on one machine.
Result<GeneralizedModel> fit_generalized_model(std::string_view formula, const Data& data,
                                               const GeneralizedModelOptions& options);

}  // namespace groundwork::statistics
