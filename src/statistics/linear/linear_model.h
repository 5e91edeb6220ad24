// Ordinary least squares by formula: the ANCOVA of two occasions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/formula/data.h"

namespace groundwork::statistics {

struct LinearModelOptions {
    std::string weights = {};  // a column of prior weights: a row's residual variance is sigma^2 / weight
};

struct LinearModel {
    std::size_t rows_used = 0;
    std::vector<std::size_t> used;   // the rows of the data that had every variable, ascending
    std::vector<Estimate> fixed;     // t with residual degrees of freedom
    std::vector<double> covariance;  // of the estimates, fixed.size() squared, row by row
    double sigma = unknown;          // residual standard deviation
    double residual_degrees_of_freedom = unknown;
    double r_squared = unknown;     // about the (weighted) mean where there is an intercept, else about zero
    std::vector<double> fitted;     // one for each used row
    std::vector<double> residuals;  // outcome less fitted, also with weights
    std::vector<std::string> dropped;  // columns left out because others determine them, by name
    const Estimate* find(std::string_view term) const;  // nullptr where there is none
};

// `formula` without random terms, e.g. "post ~ pre + arm * scc" (formula.h says what is understood). Rows
// with a missing value are left out; columns that earlier ones determine are dropped by name, as R's lm does.
// By Householder QR. Refuses: random terms, infinite values, a factor of one level, no column left, weights
// that are not above zero.
Result<LinearModel> fit_linear_model(std::string_view formula, const Data& data,
                                     const LinearModelOptions& options = {});

// A weighted sum of the coefficients, e.g. a simple slope. weights.size() == model.fixed.size().
Estimate combination(const LinearModel& model, std::span<const double> weights, std::string name);

}  // namespace groundwork::statistics
