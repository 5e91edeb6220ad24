#include "statistics/generalized/level_quadrature.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace groundwork::statistics {

namespace {

constexpr std::size_t most = 2;  // effects a level
using Pair = std::array<double, most>;

// C with C C' = H^-1 for one level: the inverse of its lower factor, transposed.
struct Spread {
    std::array<Pair, most> c{};  // c[row][column], upper triangular
};

Spread spread_of(const EffectSystem& system, std::size_t level, std::size_t width) {
    Spread spread;
    const double first = system.level_factor(level, 0, 0);
    spread.c[0][0] = 1 / first;
    if (width == 2) {
        const double below = system.level_factor(level, 1, 0), second = system.level_factor(level, 1, 1);
        spread.c[0][1] = -below / (first * second);
        spread.c[1][1] = 1 / second;
    }
    return spread;
}

// All nodes of all levels: where they are, what they weigh, and the sums over rows there.
class Nodes {
  public:
    Nodes(const LevelQuadrature& at)
        : at_(at),
          width_(at.system.width(0)),
          levels_(at.system.effects() / width_),
          side_(at.rule.nodes.size()),
          count_(width_ == 2 ? side_ * side_ : side_) {
        for (std::size_t level = 0; level < levels_; ++level) {
            spread_.push_back(spread_of(at.system, level, width_));
        }
        predictor_.resize(at.predictor.size());
        level_of_.resize(at.predictor.size());
        for (std::size_t row = 0; row < level_of_.size(); ++row) {
            level_of_[row] = (at.system.position(row, 0) - at.system.first(0)) / width_;
        }
        effects_.resize(levels_);
    }

    double integrate() {
        height_.assign(levels_ * count_, 0.0);
        double result =
            at_.system.log_determinant() + static_cast<double>(levels_ * width_) * std::log(std::numbers::pi);
        for (std::size_t k = 0; k < count_; ++k) {
            move_to(k, Detail::predictor);
            for (std::size_t row = 0; row < level_of_.size(); ++row) {
                height_[level_of_[row] * count_ + k] += terms_.value[row];
            }
            for (std::size_t level = 0; level < levels_; ++level) {
                double& height = height_[level * count_ + k];
                for (std::size_t c = 0; c < width_; ++c) {
                    height -= 0.5 * effects_[level][c] * effects_[level][c];
                    height += at_.rule.log_weights[place(k, c)];
                }
            }
        }
        for (std::size_t level = 0; level < levels_; ++level) {
            double* heights = height_.data() + level * count_;
            const double top = *std::max_element(heights, heights + count_);
            double sum = 0;
            for (std::size_t k = 0; k < count_; ++k) {
                heights[k] = std::exp(heights[k] - top);
                sum += heights[k];
            }
            for (std::size_t k = 0; k < count_; ++k) {
                heights[k] /= sum;  // from here on the node's share
            }
            result -= 2 * (top + std::log(sum));
        }
        return result;
    }

    void slopes(DirectSlopes& out) {
        const std::size_t rows = level_of_.size();
        out.first.assign(rows, 0.0);
        out.size.assign(rows, 0.0);
        out.zero.assign(rows, 0.0);
        out.factor = Matrix(width_, width_);
        pull_.assign(levels_, Pair{});
        product_.assign(levels_, {});
        for (std::size_t k = 0; k < count_; ++k) {
            add_node(k, out);
        }
        out.pull.clear();
        out.kernel.clear();
        for (std::size_t level = 0; level < levels_; ++level) {
            for (std::size_t c = 0; c < width_; ++c) {
                out.pull.push_back(-2 * pull_[level][c]);
            }
            out.kernel.push_back(kernel(level));
        }
    }

  private:
    std::size_t place(std::size_t node, std::size_t component) const {
        return component == 0 ? node % side_ : node / side_;
    }

    // Effects, predictor and terms at the k-th node of every level.
    void move_to(std::size_t k, Detail detail) {
        Pair z{};
        for (std::size_t c = 0; c < width_; ++c) {
            z[c] = std::numbers::sqrt2 * at_.rule.nodes[place(k, c)];
        }
        for (std::size_t level = 0; level < levels_; ++level) {
            for (std::size_t r = 0; r < width_; ++r) {
                effects_[level][r] = spread_[level].c[r][0] * z[0] + spread_[level].c[r][1] * z[1];
            }
        }
        for (std::size_t row = 0; row < level_of_.size(); ++row) {
            double shift = 0;
            for (std::size_t c = 0; c < width_; ++c) {
                shift += at_.scaled[row * width_ + c] * effects_[level_of_[row]][c];
            }
            predictor_[row] = at_.predictor[row] + shift;
        }
        for (std::size_t level = 0; level < levels_; ++level) {
            for (std::size_t c = 0; c < width_; ++c) {
                effects_[level][c] += at_.effects[level * width_ + c];
            }
        }
        at_.rows.evaluate(predictor_, detail, terms_);
    }

    void add_node(std::size_t k, DirectSlopes& out) {
        move_to(k, Detail::everything);
        std::vector<Pair>& raw = raw_;
        std::vector<Pair>& slope = slope_;
        raw.assign(levels_, Pair{});
        slope.assign(levels_, Pair{});
        for (std::size_t row = 0; row < level_of_.size(); ++row) {
            const std::size_t level = level_of_[row];
            const double share = height_[level * count_ + k], first = terms_.first[row];
            out.first[row] += share * first;
            if (!terms_.size_value.empty()) {
                out.size[row] += share * terms_.size_value[row];
            }
            if (!terms_.zero_value.empty()) {
                out.zero[row] += share * terms_.zero_value[row];
            }
            for (std::size_t c = 0; c < width_; ++c) {
                raw[level][c] += first * at_.columns[row * width_ + c];
                slope[level][c] += first * at_.scaled[row * width_ + c];
            }
        }
        for (std::size_t level = 0; level < levels_; ++level) {
            const double share = height_[level * count_ + k];
            for (std::size_t c = 0; c < width_; ++c) {
                slope[level][c] -= effects_[level][c];
                pull_[level][c] += share * slope[level][c];
            }
            for (std::size_t r = 0; r < width_; ++r) {
                for (std::size_t c = 0; c < width_; ++c) {
                    out.factor(r, c) -= 2 * share * raw[level][r] * effects_[level][c];
                    product_[level][r][c] +=
                        share * std::numbers::sqrt2 * at_.rule.nodes[place(k, r)] * slope[level][c];
                }
            }
        }
    }

    // C (I + N + N') C', N the lower half of (sum of shares sqrt(2) z slope') C with half its diagonal: how C
    // moves with H (differential of the Cholesky factor; Smith 1995), seen through the nodes.
    Matrix kernel(std::size_t level) const {
        using Small = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 2, 2>;
        const auto width = static_cast<Eigen::Index>(width_);
        Small c(width, width), product(width, width);
        for (std::size_t i = 0; i < width_; ++i) {
            for (std::size_t j = 0; j < width_; ++j) {
                c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = spread_[level].c[i][j];
                product(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = product_[level][i][j];
            }
        }
        const Small turned = product * c;
        Small middle = turned.triangularView<Eigen::StrictlyLower>();
        middle += Small(middle.transpose());
        middle.diagonal() = turned.diagonal();
        middle += Small::Identity(width, width);
        const Small result = c * middle * c.transpose();
        Matrix plain(width_, width_);
        std::copy_n(result.data(), result.size(), plain.values.data());
        return plain;
    }

    const LevelQuadrature& at_;
    std::size_t width_, levels_, side_, count_;
    std::vector<Spread> spread_;
    std::vector<std::size_t> level_of_;
    std::vector<double> predictor_, height_;
    std::vector<Pair> effects_, pull_, raw_, slope_;
    std::vector<std::array<Pair, most>> product_;
    RowTerms terms_;
};

}  // namespace

GaussHermite gauss_hermite(std::size_t points) {
    ENSURE(points >= 1 && points <= most_quadrature_points);
    const auto count = static_cast<Eigen::Index>(points);
    Eigen::VectorXd diagonal = Eigen::VectorXd::Zero(count), beside(std::max<Eigen::Index>(count - 1, 0));
    for (Eigen::Index k = 0; k + 1 < count; ++k) {
        beside(k) = std::sqrt(static_cast<double>(k + 1) / 2);
    }
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen;
    eigen.computeFromTridiagonal(diagonal, beside, Eigen::EigenvaluesOnly);
    GaussHermite rule;
    for (Eigen::Index k = 0; k < count; ++k) {
        // The rule is symmetric; averaging the two halves takes up rounding.
        const double node = 0.5 * (eigen.eigenvalues()(k) - eigen.eigenvalues()(count - 1 - k));
        // Orthonormal Hermite functions: w e^(z^2) = 1 / (points * h_(points-1)(z)^2), h carrying e^(-z^2/2).
        double before = 0, current = std::pow(std::numbers::pi, -0.25) * std::exp(-node * node / 2);
        for (std::size_t degree = 1; degree < points; ++degree) {
            const auto n = static_cast<double>(degree);
            const double next = std::sqrt(2 / n) * node * current - std::sqrt((n - 1) / n) * before;
            before = current;
            current = next;
        }
        rule.nodes.push_back(node);
        rule.log_weights.push_back(-std::log(static_cast<double>(points)) - 2 * std::log(std::abs(current)));
    }
    return rule;
}

double level_quadrature(const LevelQuadrature& at, DirectSlopes* slopes) {
    ENSURE(at.system.blocks() == 1 && at.system.width(0) <= most);
    Nodes nodes(at);
    const double result = nodes.integrate();
    if (slopes != nullptr) {
        nodes.slopes(*slopes);
    }
    return result;
}

}  // namespace groundwork::statistics
