// Multiple imputation by chained equations, and what becomes of its answer if the missing differ from the
// seen.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/formula/data.h"
#include "statistics/missing/pooling.h"

namespace groundwork::statistics {

enum class ImputationMethod {
    predictive_mean_matching,  // an observed value of one of the five people predicted nearest
    linear_normal,             // Bayesian linear regression
    logistic,                  // Bayesian logistic regression, for 0 and 1
};

struct ImputationColumn {
    std::string name;
    std::span<const double> values;  // NaN is missing
    ImputationMethod method = ImputationMethod::predictive_mean_matching;
};

struct ImputationOptions {
    int imputations = 20;  // 2 or more
    int iterations = 10;
    std::uint64_t seed = 1;
    // Added to every value imputed in column `shifted_column` (its position) in row i while the chain runs:
    // what the missing are assumed to differ by (van Buuren 2018, section 9.2). Empty: nothing is added.
    std::size_t shifted_column = 0;
    std::vector<double> shifts{};
};

// imputed[m][column]: that column complete, in the m-th data set.
using ImputedData = std::vector<std::vector<std::vector<double>>>;

// Fully conditional specification (van Buuren, Brand, Groothuis-Oudshoorn & Rubin 2006): each incomplete
// column from all others in turn, starting from values drawn among the observed. Parameters are drawn from
// their posterior (Rubin 1987, pp. 166-170); matching compares predictions of the least-squares coefficients
// for the observed with those of the drawn coefficients for the missing ("type 1", van Buuren 2018,
// section 3.4); logistic draws are guarded against separation by White, Daniel & Royston's (2010) augmented
// rows. Each imputation has its own random stream: results depend on the seed alone. Errors: infinite values,
// a column without three different people observed, a logistic column that is not 0 and 1.
Result<ImputedData> impute(std::span<const ImputationColumn> columns, const ImputationOptions& options = {});

// The formula fitted to each data set by least squares, pooled by term. Terms as fit_linear_model's. `data`
// holds at least the formula's columns; those named as in `columns` are replaced by the imputed ones.
Result<std::vector<PooledEstimate>> pooled_linear_model(std::string_view formula, const Data& data,
                                                        std::span<const ImputationColumn> columns,
                                                        const ImputedData& imputed);

struct SensitivityPoint {
    double delta = 0;
    PooledEstimate estimate;  // of the term asked for
};
struct Sensitivity {
    std::vector<SensitivityPoint> points;  // in the order of the grid
    // The delta between grid points nearest to zero at which the term's p crosses .05 (linear in p); unknown
    // where it does not cross.
    double tipping_point = unknown;
};

// Repeats imputation and analysis for each delta: rows where in_arm is true get delta added to what is
// imputed in column `shifted` (delta-adjusted MNAR; Rubin 1987, section 6.2; tipping point: Yan, Lee & Li
// 2009).
Result<Sensitivity> delta_sensitivity(std::string_view formula, const Data& data,
                                      std::span<const ImputationColumn> columns, std::size_t shifted,
                                      const std::vector<bool>& in_arm, std::span<const double> deltas,
                                      std::string_view term, const ImputationOptions& options = {});

}  // namespace groundwork::statistics
