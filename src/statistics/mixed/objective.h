// The profiled deviance (ML) or REML criterion as a function of the free entries of the factors, with its
// exact derivatives; a pure function of them.
//   ML:   log|H| + n (1 + log(2 pi rss / n)),       rss = the generalised residual sum of squares
//   REML: log|H| + log|X'H^-1 X| + (n - p) (1 + log(2 pi rss / (n - p)))
// With prior weights the rows stand divided by their standard deviations, and both are less the sum of the
// logarithms of the weights.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "statistics/mixed/kernel.h"
#include "statistics/mixed/mixed_model.h"

namespace groundwork::statistics {

struct ObjectiveSetting {
    Criterion criterion = Criterion::reml;
    std::size_t rows = 0;
    double log_triangle = 0;  // log of the determinant of the basis' triangle: X = W * triangle
    double log_weights = 0;   // sum of the logarithms of the rows' prior weights
};

// The objective at one point. Derivatives are computed when first asked for.
class ObjectivePoint {
  public:
    ObjectivePoint(const Kernel& kernel, const RandomEffects& effects, const ObjectiveSetting& setting,
                   std::vector<double> entries);

    const std::vector<double>& entries() const { return entries_; }
    double value() const { return value_; }
    const std::vector<double>& gradient();
    // Exact in closed form, or nothing where the kernel has none.
    std::optional<Matrix> exact_hessian();
    // The average of the observed and the expected curvature, in which the traces that are dear cancel
    // (Gilmour, Thompson & Cullis 1995); or nothing where the kernel has no part in it.
    std::optional<Matrix> average_hessian();
    // exact_hessian, or else differences of the exact gradient.
    Matrix hessian();

    double residual_squares() const { return residual_squares_; }   // rss
    double degrees() const { return degrees_; }                     // n or n - p
    const Matrix& inverse_fixed() const { return inverse_fixed_; }  // (W'H^-1 W)^-1
    const std::vector<double>& coefficients() const {
        return coefficients_;
    }  // of W, beside the least-squares fit
    Matrix products_slope(std::size_t entry);  // dP / d entry, outcome last
    double residual_slope(std::size_t entry);  // d rss / d entry
    const KernelPoint& kernel_point() const { return *point_; }
    const Factors& factors() const { return factors_; }

  private:
    void profile();
    Matrix weight() const;  // K with d objective = d log|H| + tr(K dP)
    const Derivatives& derivatives();
    std::optional<std::vector<Matrix>> covariance_gradients();  // sums of S - G, by block

    const Kernel& kernel_;
    const RandomEffects& effects_;
    ObjectiveSetting setting_;
    std::vector<double> entries_;
    Factors factors_;
    std::unique_ptr<KernelPoint> point_;
    std::optional<Derivatives> derivatives_;
    double value_ = 0, degrees_ = 0, residual_squares_ = 0;
    std::vector<double> coefficients_;
    Matrix inverse_fixed_;
    std::vector<double> gradient_;
};

}  // namespace groundwork::statistics
