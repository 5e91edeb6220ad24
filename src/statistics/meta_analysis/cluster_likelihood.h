// The likelihood of effects in clusters, with its slopes and curvature in the two variances; O(effects).
//
// Within a cluster V = D + between 1 1', D = diag(variance + within), so that with w = 1 / D and c = sum w
// V^-1 = diag(w) - between / (1 + between c) w w' (Sherman & Morrison 1950).
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "statistics/meta_analysis/studies.h"

namespace groundwork::statistics {

struct ClusterVariances {
    double between = 0;
    double within = 0;
};

struct ClusterSlopes {
    Eigen::Vector2d slope;     // of the log-likelihood in (between, within)
    Eigen::Matrix2d observed;  // minus its second derivatives
    Eigen::Matrix2d expected;  // their expectation
    Eigen::Vector2d scale;     // the size of what cancels in `slope`
};

class ClusterLikelihood {
  public:
    // codes: one for each study, 0 .. clusters - 1
    ClusterLikelihood(const Studies& studies, const std::vector<std::int32_t>& codes, bool restricted);

    double log_likelihood(const ClusterVariances& at);
    ClusterSlopes slopes(const ClusterVariances& at);

    struct Coefficients {
        Eigen::VectorXd estimates;
        Eigen::MatrixXd covariance;
    };
    Coefficients coefficients(const ClusterVariances& at);

    std::size_t clusters() const { return begins_.size() - 1; }

  private:
    // V^-1 applied to every column of `columns`, which are sorted by cluster.
    Eigen::MatrixXd solve(const Eigen::MatrixXd& columns) const;
    // Each cluster's sums of the columns.
    Eigen::MatrixXd sums(const Eigen::MatrixXd& columns) const;
    void regress(const ClusterVariances& at);

    bool restricted_;
    Eigen::VectorXd variances_;  // sorted by cluster, as everything here
    Eigen::VectorXd rest_;       // what least squares leaves of the effects
    Eigen::MatrixXd basis_, triangle_;
    Eigen::VectorXd start_;
    std::vector<Eigen::Index> begins_;  // of each cluster, and the end

    Eigen::VectorXd weights_;  // w
    Eigen::VectorXd shrink_;   // for each cluster, between / (1 + between c)
    double log_determinant_ = 0;
    Eigen::MatrixXd solved_basis_;
    Eigen::VectorXd solved_rest_;  // Py
    Eigen::VectorXd step_;
    Eigen::LLT<Eigen::MatrixXd> factor_;
};

}  // namespace groundwork::statistics
