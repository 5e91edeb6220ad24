// The likelihood of a growth model from each missing pattern's moments (not part of the door).
#pragma once

#include <Eigen/Core>
#include <span>
#include <utility>
#include <vector>

namespace groundwork::statistics {

// Parameters: regressions of the intercept on (1, covariates), then of the slope; variance of intercepts, of
// slopes, their covariance; residual variance(s).
struct GrowthPoint {
    Eigen::VectorXd parameters, slope;
    Eigen::MatrixXd observed, expected;  // information: second derivatives of value, and their expectation
    double value = 0;                    // minus the log-likelihood
    bool valid = false;                  // every pattern's covariance is positive definite
};

class GrowthLikelihood {
  public:
    // outcomes: people x occasions with NaN; covariates: people x any, complete.
    GrowthLikelihood(const Eigen::MatrixXd& outcomes, const Eigen::MatrixXd& covariates,
                     std::span<const double> times, bool equal_residuals);

    GrowthPoint evaluate(const Eigen::VectorXd& parameters) const;
    Eigen::VectorXd start() const;  // from least squares
    Eigen::Index parameters() const { return 2 * width_ + 3 + (equal_residuals_ ? 1 : occasions_); }
    std::size_t patterns() const { return patterns_.size(); }
    double people() const { return people_; }

  private:
    struct Pattern {
        std::vector<Eigen::Index> present;
        Eigen::MatrixXd loadings;    // occasions x 2: 1, time
        Eigen::MatrixXd yy, yz, zz;  // sums of products of outcomes and (1, covariates)
        double n = 0;
    };
    using Places = std::vector<std::pair<Eigen::Index, Eigen::Index>>;
    // Where variance parameter k stands in the covariance matrix's factor (intercept, slope, residuals).
    Places places_of(Eigen::Index k, const Pattern& pattern) const;
    bool add_pattern(const Pattern& pattern, GrowthPoint& point) const;

    std::vector<Pattern> patterns_;
    std::vector<double> times_;
    Eigen::Index occasions_, width_;
    bool equal_residuals_;
    double people_ = 0;
};

}  // namespace groundwork::statistics
