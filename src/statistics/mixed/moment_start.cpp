#include <cmath>

#include "statistics/eigen_views.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

namespace {

// The Cholesky factor and inverse of one level's A, in place; false where it is close to singular.
class LevelInverse {
  public:
    explicit LevelInverse(std::size_t width)
        : width_(width), lower_(width * width), inverse_(width * width) {}

    bool set(const LevelProducts& products, std::size_t level) {
        constexpr double nearly_singular = 1e-3;
        for (std::size_t j = 0; j < width_; ++j) {
            for (std::size_t i = j; i < width_; ++i) {
                double value = products.a(level, i, j);
                for (std::size_t k = 0; k < j; ++k) {
                    value -= at(i, k) * at(j, k);
                }
                if (i == j && !(value > nearly_singular * products.a(level, i, i))) {
                    return false;
                }
                at(i, j) = i == j ? std::sqrt(value) : value / at(j, j);
            }
        }
        return true;
    }

    // Lower solve, then upper solve.
    void solve(double* x) const {
        for (std::size_t i = 0; i < width_; ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                x[i] -= lower_[i * width_ + k] * x[k];
            }
            x[i] /= lower_[i * width_ + i];
        }
        for (std::size_t i = width_; i-- > 0;) {
            for (std::size_t k = i + 1; k < width_; ++k) {
                x[i] -= lower_[k * width_ + i] * x[k];
            }
            x[i] /= lower_[i * width_ + i];
        }
    }

    void add_inverse_to(Eigen::MatrixXd& target) {
        for (std::size_t column = 0; column < width_; ++column) {
            double* const x = inverse_.data();
            for (std::size_t i = 0; i < width_; ++i) {
                x[i] = i == column ? 1.0 : 0.0;
            }
            solve(x);
            for (std::size_t i = 0; i < width_; ++i) {
                target(index(i), index(column)) += x[i];
            }
        }
    }

  private:
    double& at(std::size_t i, std::size_t j) { return lower_[i * width_ + j]; }
    std::size_t width_;
    std::vector<double> lower_, inverse_;
};

struct LevelMoments {
    Eigen::MatrixXd spread, error;  // mean of b b', mean of A^-1
    double residual_squares = 0;    // left by the levels' own fits, for the levels looked at
    double levels = 0;
};

LevelMoments level_moments(const LevelProducts& products) {
    constexpr std::size_t enough = 512;
    const std::size_t width = products.width(), outcome = products.columns() - 1;
    const std::size_t stride = 1 + products.levels() / enough;
    LevelMoments moments{Eigen::MatrixXd::Zero(index(width), index(width)),
                         Eigen::MatrixXd::Zero(index(width), index(width))};
    LevelInverse inverse(width);
    std::vector<double> effects(width);
    for (std::size_t level = 0; level < products.levels(); level += stride) {
        if (!inverse.set(products, level)) {
            continue;
        }
        for (std::size_t i = 0; i < width; ++i) {
            effects[i] = products.b(level, i, outcome);
        }
        inverse.solve(effects.data());
        inverse.add_inverse_to(moments.error);
        for (std::size_t i = 0; i < width; ++i) {
            moments.residual_squares += effects[i] * products.b(level, i, outcome);  // explained, for now
            for (std::size_t j = 0; j < width; ++j) {
                moments.spread(index(i), index(j)) += effects[i] * effects[j];
            }
        }
        moments.levels += 1;
    }
    moments.spread /= moments.levels;
    moments.error /= moments.levels;
    // From what these levels explain to what all leave.
    moments.residual_squares = products.total(outcome, outcome) - moments.residual_squares *
                                                                      static_cast<double>(products.levels()) /
                                                                      moments.levels;
    return moments;
}

}  // namespace

std::vector<double> moment_start(const RandomEffects& effects, const LevelProducts& products,
                                 std::size_t rows) {
    constexpr double fewest_levels = 5;
    const std::size_t width = products.width(), used = products.levels() * width;
    const LevelMoments moments = level_moments(products);
    if (!(moments.levels >= fewest_levels) || rows <= used) {
        return usual_start(effects);
    }
    const double variance = moments.residual_squares / static_cast<double>(rows - used);
    if (!(variance > 0)) {
        return usual_start(effects);
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(
        Eigen::MatrixXd(moments.spread / variance - moments.error));
    if (eigen.info() != Eigen::Success) {
        return usual_start(effects);
    }
    // Inside the boundary, so that the search can go either way.
    constexpr double least = 1e-3;
    const Eigen::MatrixXd covariance = eigen.eigenvectors() *
                                       eigen.eigenvalues().cwiseMax(least).cwiseMin(1 / least).asDiagonal() *
                                       eigen.eigenvectors().transpose();
    std::vector<double> start(effects.entries.size());
    for (const BlockTerm& term : effects.terms) {
        const Eigen::MatrixXd piece =
            covariance.block(index(term.first), index(term.first), index(term.width), index(term.width));
        const Eigen::MatrixXd lower = piece.llt().matrixL();
        for (std::size_t k = 0; k < start.size(); ++k) {
            const FreeEntry& entry = effects.entries[k];
            if (entry.row >= term.first && entry.row < term.first + term.width) {
                start[k] = lower(index(entry.row - term.first), index(entry.column - term.first));
            }
        }
    }
    return start;
}

}  // namespace groundwork::statistics
