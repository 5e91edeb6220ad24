// The coefficients of a fitted model, whichever kind it is, as inference needs them: estimates, their
// covariance and the degrees of freedom of any weighted sum of them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "statistics/estimate.h"
#include "statistics/linear/linear_model.h"
#include "statistics/matrix.h"
#include "statistics/mixed/mixed_model.h"

namespace groundwork::statistics {

struct FTest {
    double statistic = unknown;
    double numerator_degrees = unknown;    // the rank of the contrasts
    double denominator_degrees = unknown;  // infinite for a chi-square test
    double p = unknown;
    // What Kenward and Roger's method multiplied the mean square by, already in `statistic`; unknown for
    // every other method.
    double scaling = unknown;
};

// A value of its own: nothing of the model it was made from needs to live on.
struct Coefficients {
    std::vector<std::string> names;
    std::vector<double> estimates;
    Matrix covariance;

    // Of the sum weighted by names.size() weights, not all zero.
    std::function<double(std::span<const double>)> degrees_of_freedom;

    // That contrasts * estimates = 0, for contrasts of full row rank, where the method has a test of its own
    // whose answer does not depend on how the hypothesis is written: Kenward and Roger's (kenward_roger.h)
    // and the cluster-robust one. Empty: by one-dimensional degrees of freedom (joint_test).
    std::function<FTest(const Matrix& contrasts)> own_test;
};

Coefficients coefficients_of(const LinearModel& model);
Coefficients coefficients_of(const MixedModel& model);

// weights.size() == coefficients.names.size()
Estimate combination(const Coefficients& coefficients, std::span<const double> weights, std::string name);

// That every row of `contrasts` (rows x names.size()) times the coefficients is zero; rows that others
// determine are left out, whatever their units. By the model's own test where it has one. Otherwise F = mean
// of the squared t of the principal contrasts (eigenvectors of L V L'); its denominator degrees d from
// theirs, E = sum d_m / (d_m - 2), d = 2 E / (E - q) (Fai & Cornelius 1996); 2 where one of them is not
// above 2. Unknown for contrasts that are zero throughout.
FTest joint_test(const Coefficients& coefficients, const Matrix& contrasts);

}  // namespace groundwork::statistics
