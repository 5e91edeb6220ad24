// The studies' effects regressed on their moderators with weights 1 / (variance + tau2), as often as a search
// for tau2 asks: everything in O(studies x coefficients^2) and without a matrix of studies by studies.
//
// Notation: W the weights, V the sampling variances, P = W - W X (X'WX)^-1 X'W.
#pragma once

#include <Eigen/Dense>
#include <span>

#include "statistics/meta_analysis/studies.h"

namespace groundwork::statistics {

// At one tau2. y'Py is the weighted residual sum of squares (the generalised Q).
struct WeightedMoments {
    double q = 0;                // y'Py
    double slope = 0;            // y'PPy = -dq/dtau2
    double curvature = 0;        // y'PPPy
    double weights = 0;          // sum of w
    double squared_weights = 0;  // sum of w^2
    double trace = 0;            // tr P
    double trace_of_square = 0;  // tr PP
};

// For weights a that need not be 1 / (v + tau2): moments of y'P_a y when the effects have variance v + tau2.
struct QuadraticMoments {
    double q = 0;                         // y'Py
    double trace = 0;                     // tr P: its expectation rises by this for each unit of tau2
    double trace_v = 0;                   // tr PV: its expectation at tau2 = 0
    double trace_square = 0;              // tr PP
    double trace_pvp = 0;                 // tr PVP
    double trace_pvpv = 0;                // tr PVPV
    double variance(double tau2) const {  // of y'Py (normal effects)
        return 2 * trace_pvpv + 4 * tau2 * trace_pvp + 2 * tau2 * tau2 * trace_square;
    }
};

class WeightedRegression {
  public:
    // Copies what it needs. The design must have full rank and no more columns than studies.
    explicit WeightedRegression(const Studies& studies);

    std::size_t studies() const { return static_cast<std::size_t>(effects_.size()); }
    std::size_t coefficients() const { return static_cast<std::size_t>(basis_.cols()); }
    double spare() const { return static_cast<double>(effects_.size() - basis_.cols()); }  // k - p

    // q and slope only; the others stay 0.
    WeightedMoments residual_moments(double tau2);
    // Besides these, weights, squared_weights and trace.
    WeightedMoments slope_moments(double tau2);
    WeightedMoments all_moments(double tau2);

    // weights.size() == studies(), all > 0
    QuadraticMoments quadratic_moments(std::span<const double> weights);

    // Log-likelihoods with every constant.
    double log_likelihood(double tau2);
    double restricted_log_likelihood(double tau2);

    struct Coefficients {
        Eigen::VectorXd estimates;   // of the design's columns
        Eigen::MatrixXd covariance;  // (X'WX)^-1
    };
    Coefficients coefficients_at(double tau2);

    std::span<const double> variances() const {
        return {variances_.data(), static_cast<std::size_t>(variances_.size())};
    }
    double smallest_variance() const { return variances_.minCoeff(); }
    double variance_of_effects() const;  // about their mean, divided by k - 1

  private:
    // Weighted least squares with weights_: information_, factor_, residuals_.
    void regress();

    Eigen::VectorXd effects_, variances_;
    Eigen::MatrixXd basis_;     // columns with the design's span
    Eigen::MatrixXd triangle_;  // design = basis_ * triangle_
    Eigen::VectorXd start_;     // least-squares coefficients of the basis
    Eigen::VectorXd rest_;      // what least squares leaves of the effects
    double log_basis_ = 0;      // log |basis'basis|

    Eigen::VectorXd weights_, residuals_, step_;
    Eigen::VectorXd twice_;
    Eigen::MatrixXd weighted_, information_;
    Eigen::MatrixXd second_, third_;  // (X'WX)^-1 X'WWX and (X'WX)^-1 X'WWWX
    Eigen::LLT<Eigen::MatrixXd> factor_;
};

}  // namespace groundwork::statistics
