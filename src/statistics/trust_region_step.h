// A step of a minimiser that trusts its quadratic model only nearby. For .cpp files: Eigen stays out of other
// headers.
#pragma once

#include <Eigen/Dense>

namespace groundwork::statistics {

struct TrustRegionStep {
    Eigen::VectorXd step;
    double predicted = 0;  // by how much the quadratic model falls
};

// The minimum of g's + s'Hs/2 within |s| <= radius, in the eigenbasis of H, which may be indefinite: then the
// step goes to the boundary, also where the slope hides the way down (More & Sorensen 1983).
TrustRegionStep trust_region_step(const Eigen::VectorXd& gradient, const Eigen::MatrixXd& hessian,
                                  double radius);

}  // namespace groundwork::statistics
