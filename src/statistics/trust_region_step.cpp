#include "statistics/trust_region_step.h"

#include <algorithm>
#include <cmath>

namespace groundwork::statistics {

TrustRegionStep trust_region_step(const Eigen::VectorXd& gradient, const Eigen::MatrixXd& hessian,
                                  double radius) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(hessian);
    const Eigen::VectorXd& values = eigen.eigenvalues();
    const Eigen::VectorXd along = eigen.eigenvectors().transpose() * gradient;
    const double largest = std::max(values.cwiseAbs().maxCoeff(), 1e-300);
    const double flat = 1e-10 * largest;  // a curvature that rounding cannot tell from none
    const auto step_for = [&](double shift) {
        Eigen::VectorXd step(values.size());
        for (Eigen::Index k = 0; k < values.size(); ++k) {
            const double curvature = values(k) + shift;
            const bool nothing_there = std::abs(curvature) < flat && std::abs(along(k)) < flat;
            step(k) = nothing_there ? 0.0 : -along(k) / std::max(curvature, 1e-300);
        }
        return step;
    };
    const double lowest = values.minCoeff();
    Eigen::VectorXd step = step_for(std::max(0.0, -lowest));
    if (lowest < -flat || step.norm() > radius) {
        double low = std::max(0.0, -lowest), high = low + gradient.norm() / radius + largest;
        for (int halving = 0; halving < 200 && high - low > 1e-14 * high; ++halving) {
            const double middle = (low + high) / 2;
            (step_for(middle).norm() > radius ? low : high) = middle;
        }
        step = step_for(high);
        const double missing = radius * radius - step.squaredNorm();
        if (lowest < -flat &&
            missing > 0.01 * radius * radius) {  // the slope hides the way down: take it ourselves
            Eigen::Index at = 0;
            values.minCoeff(&at);
            step(at) += std::copysign(std::sqrt(missing), step(at));
        }
    }
    TrustRegionStep result;
    result.predicted = -(along.dot(step) + 0.5 * step.dot(values.cwiseProduct(step)));
    result.step = eigen.eigenvectors() * step;
    return result;
}

}  // namespace groundwork::statistics
