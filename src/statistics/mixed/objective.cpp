#include "statistics/mixed/objective.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

// dSigma / d entry for Sigma = Lambda Lambda'.
Eigen::MatrixXd covariance_slope(const Matrix& factor, const FreeEntry& entry) {
    Eigen::MatrixXd slope = Eigen::MatrixXd::Zero(index(factor.rows), index(factor.rows));
    slope.row(index(entry.row)) += view(factor).col(index(entry.column)).transpose();
    slope.col(index(entry.row)) += view(factor).col(index(entry.column));
    return slope;
}

}  // namespace

ObjectivePoint::ObjectivePoint(const Kernel& kernel, const RandomEffects& effects,
                               const ObjectiveSetting& setting, std::vector<double> entries)
    : kernel_(kernel),
      effects_(effects),
      setting_(setting),
      entries_(std::move(entries)),
      factors_(factors_of(effects, entries_)),
      point_(kernel.at(factors_)) {
    profile();
}

void ObjectivePoint::profile() {
    const auto products = view(std::as_const(point_->products));
    const Eigen::Index fixed = products.rows() - 1;
    const Eigen::LLT<Eigen::MatrixXd> cholesky(products.topLeftCorner(fixed, fixed));
    const Eigen::VectorXd half = cholesky.matrixL().solve(products.col(fixed).head(fixed));
    const Eigen::VectorXd solution = cholesky.matrixU().solve(half);
    coefficients_.assign(solution.begin(), solution.end());
    inverse_fixed_ = Matrix(static_cast<std::size_t>(fixed), static_cast<std::size_t>(fixed));
    view(inverse_fixed_) = cholesky.solve(Eigen::MatrixXd::Identity(fixed, fixed));
    // An outcome that the model explains entirely must stay a number; the caller refuses it.
    constexpr double nothing_left = 1e-290;
    residual_squares_ = std::max(products(fixed, fixed) - half.squaredNorm(), nothing_left);
    const bool reml = setting_.criterion == Criterion::reml;
    degrees_ = static_cast<double>(setting_.rows) - (reml ? static_cast<double>(fixed) : 0.0);
    value_ = point_->log_determinant - setting_.log_weights +
             degrees_ * (1 + std::log(2 * std::numbers::pi * residual_squares_ / degrees_));
    if (reml) {
        const Eigen::MatrixXd lower = cholesky.matrixL();
        value_ += 2 * (lower.diagonal().array().log().sum() + setting_.log_triangle);
    }
}

Matrix ObjectivePoint::weight() const {
    const Eigen::Index fixed = index(coefficients_.size());
    Eigen::VectorXd contrast(fixed + 1);
    contrast << -view(coefficients_), 1.0;
    Matrix weight(coefficients_.size() + 1, coefficients_.size() + 1);
    view(weight) = (degrees_ / residual_squares_) * contrast * contrast.transpose();
    if (setting_.criterion == Criterion::reml) {
        view(weight).topLeftCorner(fixed, fixed) += view(inverse_fixed_);
    }
    return weight;
}

const Derivatives& ObjectivePoint::derivatives() {
    if (!derivatives_) {
        derivatives_ = point_->derivatives(weight());
    }
    return *derivatives_;
}

const std::vector<double>& ObjectivePoint::gradient() {
    if (!gradient_.empty() || entries_.empty()) {
        return gradient_;
    }
    const Matrix k = weight();
    const std::vector<BlockSums>& blocks = derivatives().blocks;
    for (const FreeEntry& entry : effects_.entries) {
        const BlockSums& sums = blocks[entry.block];
        const std::size_t width = sums.scaled_trace.rows;
        const double inner = view(sums.cross[entry.row + width * entry.column]).cwiseProduct(view(k)).sum();
        gradient_.push_back(2 * (sums.scaled_trace(entry.column, entry.row) - inner));
    }
    return gradient_;
}

Matrix ObjectivePoint::products_slope(std::size_t entry) {
    const FreeEntry& free = effects_.entries[entry];
    const BlockSums& sums = derivatives().blocks[free.block];
    const Matrix& half = sums.cross[free.row + sums.scaled_trace.rows * free.column];
    Matrix slope(half.rows, half.columns);
    view(slope) = -(view(half) + view(half).transpose());
    return slope;
}

double ObjectivePoint::residual_slope(std::size_t entry) {
    const Matrix slope = products_slope(entry);
    Eigen::VectorXd contrast(index(slope.rows));
    contrast << -view(coefficients_), 1.0;
    return contrast.dot(view(slope) * contrast);
}

// With E_j = dSigma/dj, C = (X'H^-1X)^-1, v = (-beta, 1), nu = n or n - p, s = rss:
//   sum over levels of tr(E_j (2 G - S) E_k S)-like products + tr((S - G) E_jk) - [REML] tr(C dP_j C dP_k)
//   - 2 nu/s (dP_j v)' C (dP_k v) - nu/s^2 ds_j ds_k
std::optional<Matrix> ObjectivePoint::exact_hessian() {
    const std::optional<CurvatureSums>& sums = derivatives().curvature;
    if (!sums) {
        return std::nullopt;
    }
    const std::size_t count = entries_.size();
    const Eigen::Index width = index(sums->slope.rows), fixed = index(coefficients_.size());
    const Matrix& factor = factors_.front();
    Eigen::VectorXd contrast(fixed + 1);
    contrast << -view(coefficients_), 1.0;
    std::vector<Eigen::MatrixXd> covariance_slopes, inverse_slopes;
    std::vector<Eigen::VectorXd> fixed_slopes;
    std::vector<double> residual_slopes;
    for (std::size_t k = 0; k < count; ++k) {
        const Matrix slope = products_slope(k);
        covariance_slopes.push_back(covariance_slope(factor, effects_.entries[k]));
        inverse_slopes.push_back(view(inverse_fixed_) * view(slope).topLeftCorner(fixed, fixed));
        const Eigen::VectorXd moved = view(slope) * contrast;
        fixed_slopes.push_back(moved.head(fixed));
        residual_slopes.push_back(contrast.dot(moved));
    }
    Matrix hessian(count, count);
    const bool reml = setting_.criterion == Criterion::reml;
    for (std::size_t k = 0; k < count; ++k) {
        // Products of E_k with every pair of components: R_bc' = sum over a, d of E_k(d, a) (2 G - S)_ab
        // S_cd.
        Eigen::MatrixXd partial = Eigen::MatrixXd::Zero(width, width);
        for (Eigen::Index a = 0; a < width; ++a) {
            for (Eigen::Index d = 0; d < width; ++d) {
                const double e = covariance_slopes[k](d, a);
                if (e == 0) {
                    continue;
                }
                for (Eigen::Index b = 0; b < width; ++b) {
                    for (Eigen::Index c = 0; c < width; ++c) {
                        partial(b, c) += e * view(sums->products)(a + width * b, c + width * d);
                    }
                }
            }
        }
        for (std::size_t j = 0; j <= k; ++j) {
            double value = covariance_slopes[j].cwiseProduct(partial).sum();
            const FreeEntry &first = effects_.entries[j], &second = effects_.entries[k];
            if (first.column == second.column) {
                value += 2 * sums->slope(first.row, second.row);
            }
            if (reml) {
                value -= inverse_slopes[j].cwiseProduct(inverse_slopes[k].transpose()).sum();
            }
            value -= 2 * degrees_ / residual_squares_ *
                     fixed_slopes[j].dot(view(inverse_fixed_) * fixed_slopes[k]);
            value -=
                degrees_ / (residual_squares_ * residual_squares_) * residual_slopes[j] * residual_slopes[k];
            hessian(j, k) = hessian(k, j) = value;
        }
    }
    return hessian;
}

// The gradient of an entry of Lambda is 2 (D Lambda) with D = S - G symmetric; from its lower triangle D
// follows column by column, last first, where no diagonal entry is zero.
std::optional<std::vector<Matrix>> ObjectivePoint::covariance_gradients() {
    std::vector<Matrix> result;
    for (const Matrix& factor : factors_) {
        result.emplace_back(factor.rows, factor.rows);
    }
    std::vector<Matrix> slopes = result;
    for (std::size_t k = 0; k < entries_.size(); ++k) {
        const FreeEntry& entry = effects_.entries[k];
        slopes[entry.block](entry.row, entry.column) = gradient()[k] / 2;
    }
    for (std::size_t block = 0; block < factors_.size(); ++block) {
        const Matrix& factor = factors_[block];
        Matrix& d = result[block];
        for (std::size_t column = factor.rows; column-- > 0;) {
            if (factor(column, column) == 0) {
                return std::nullopt;
            }
            for (std::size_t row = factor.rows; row-- > column;) {
                double value = slopes[block](row, column);
                for (std::size_t k = column + 1; k < factor.rows; ++k) {
                    value -= d(row, k) * factor(k, column);
                }
                d(row, column) = d(column, row) = value / factor(column, column);
            }
        }
    }
    return result;
}

// With w_j = E_j T v:  nu/s (w_j' S w_k - (dP_j v)' C (dP_k v)) - nu/s^2 ds_j ds_k + tr((S - G) E_jk)
std::optional<Matrix> ObjectivePoint::average_hessian() {
    Eigen::VectorXd contrast(index(coefficients_.size()) + 1);
    contrast << -view(coefficients_), 1.0;
    derivatives();
    std::optional<Matrix> working =
        point_->working_information(effects_, std::vector<double>(contrast.begin(), contrast.end()));
    if (!working) {
        return std::nullopt;
    }
    const std::optional<std::vector<Matrix>> slopes = covariance_gradients();
    if (!slopes) {
        return std::nullopt;
    }
    const Eigen::Index count = index(entries_.size()), fixed = index(coefficients_.size());
    Eigen::MatrixXd fixed_slopes(fixed, count);
    Eigen::VectorXd residual_slopes(count);
    for (std::size_t k = 0; k < entries_.size(); ++k) {
        const Eigen::VectorXd moved = view(products_slope(k)) * contrast;
        fixed_slopes.col(index(k)) = moved.head(fixed);
        residual_slopes(index(k)) = contrast.dot(moved);
    }
    auto hessian = view(*working);
    hessian -= fixed_slopes.transpose() * view(inverse_fixed_) * fixed_slopes;
    hessian = (degrees_ / residual_squares_) *
              (hessian - residual_slopes * residual_slopes.transpose() / residual_squares_).eval();
    for (std::size_t k = 0; k < entries_.size(); ++k) {
        for (std::size_t j = 0; j < entries_.size(); ++j) {
            const FreeEntry &first = effects_.entries[j], &second = effects_.entries[k];
            if (first.block == second.block && first.column == second.column) {
                (*working)(j, k) += 2 * (*slopes)[first.block](first.row, second.row);
            }
        }
    }
    return working;
}

Matrix ObjectivePoint::hessian() {
    if (std::optional<Matrix> exact = exact_hessian()) {
        return *std::move(exact);
    }
    const std::size_t count = entries_.size();
    Matrix differences(count, count);
    const auto add_difference = [&](std::size_t k, double step, double share) {
        std::vector<double> moved = entries_;
        moved[k] += step;
        ObjectivePoint beside(kernel_, effects_, setting_, moved);
        for (std::size_t j = 0; j < count; ++j) {
            differences(j, k) += share * (beside.gradient()[j] - gradient()[j]) / (moved[k] - entries_[k]);
        }
    };
    for (std::size_t k = 0; k < count; ++k) {
        if (entries_[k] == 0) {  // from both sides, which are alike where a variance is zero
            constexpr double step = 1e-4;
            add_difference(k, step, 0.5);
            add_difference(k, -step, 0.5);
        } else {  // the gradient is known to rounding: so small a step leaves six digits from one side
            constexpr double step = 3e-7, least = 0.03;
            add_difference(k, step * std::max(least, std::abs(entries_[k])), 1);
        }
    }
    Matrix hessian(count, count);
    for (std::size_t j = 0; j < count; ++j) {
        for (std::size_t k = 0; k < count; ++k) {
            hessian(j, k) = (differences(j, k) + differences(k, j)) / 2;
        }
    }
    return hessian;
}

}  // namespace groundwork::statistics
