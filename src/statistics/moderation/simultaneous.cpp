#include "statistics/moderation/simultaneous.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "foundation/foundation.h"
#include "foundation/random.h"
#include "statistics/distributions.h"
#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

double radius_above(double k, double degrees) {
    return std::isinf(degrees) ? std::exp(-k * k / 2) : std::pow(1 + k * k / degrees, -degrees / 2);
}

double exceeds(double k, double angle, double degrees) {
    constexpr int pieces = 512;  // Simpson's rule on a smooth function: exact to about 1e-12
    const double end = (std::numbers::pi - angle) / 2;
    double sum = 0;
    for (int i = 0; i <= pieces; ++i) {
        const double a = end * i / pieces;
        const double weight = i == 0 || i == pieces ? 1 : i % 2 == 1 ? 4 : 2;
        const double cosine = std::cos(a);
        sum += weight * (cosine > 1e-12 ? radius_above(k / cosine, degrees) : 0.0);
    }
    const double beside = 2 / std::numbers::pi * sum * end / pieces / 3;
    return angle / std::numbers::pi * radius_above(k, degrees) + beside;
}

}  // namespace

double simultaneous_critical_value(const LineCovariance& covariance, double low, double high, double degrees,
                                   double level) {
    ENSURE(low <= high && degrees > 0 && level > 0 && level < 1);
    const auto product = [&](double a, double b) {
        return covariance.v00 + (a + b) * covariance.v01 + a * b * covariance.v11;
    };
    const double scale = std::sqrt(product(low, low) * product(high, high));
    const double determinant =
        std::max(covariance.v00 * covariance.v11 - covariance.v01 * covariance.v01, 0.0);
    const double angle =
        scale > 0 ? std::atan2((high - low) * std::sqrt(determinant), product(low, high)) : 0.0;
    double below = 0, above = 1;
    while (exceeds(above, angle, degrees) > 1 - level) {
        above *= 2;
    }
    for (int step = 0; step < 100 && above - below > 1e-13 * above; ++step) {
        const double middle = (below + above) / 2;
        (exceeds(middle, angle, degrees) > 1 - level ? below : above) = middle;
    }
    return (below + above) / 2;
}

double simulated_critical_value(const Matrix& weights, const Matrix& covariance, double degrees, double level,
                                std::size_t draws, std::uint64_t seed) {
    ENSURE(weights.rows > 0 && weights.columns == covariance.rows && draws > 0 && degrees > 0);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen{Eigen::MatrixXd(view(covariance))};
    const Eigen::VectorXd roots = eigen.eigenvalues().cwiseMax(0).cwiseSqrt();
    const Eigen::MatrixXd spread = view(weights) * (eigen.eigenvectors() * roots.asDiagonal());
    // The sums live in few dimensions: rows of unit length in coordinates of those.
    Eigen::MatrixXd unit = spread;
    for (Eigen::Index row = 0; row < unit.rows(); ++row) {
        const double length = unit.row(row).norm();
        unit.row(row) *= length > 0 ? 1 / length : 0.0;
    }
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> triangular(unit.transpose());
    triangular.setThreshold(1e-10);
    const Eigen::Index rank = triangular.rank();
    const Eigen::MatrixXd q =
        Eigen::MatrixXd(triangular.householderQ()).leftCols(std::max<Eigen::Index>(rank, 1));
    const Eigen::MatrixXd reduced = unit * q;
    std::vector<double> largest;
    largest.reserve(draws);
    Eigen::VectorXd z(reduced.cols());
    for (std::size_t draw = 0; draw < draws; ++draw) {
        RandomStream stream(seed, draw);
        for (double& one : z) {
            one = stream.next_normal();
        }
        const double divisor = std::isinf(degrees)
                                   ? 1
                                   : std::sqrt(chi_square_quantile(stream.next_uniform(), degrees) / degrees);
        largest.push_back((reduced * z).cwiseAbs().maxCoeff() / divisor);
    }
    const auto place = static_cast<std::size_t>(std::ceil(level * static_cast<double>(draws))) - 1;
    std::nth_element(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(place), largest.end());
    return largest[place];
}

}  // namespace groundwork::statistics
