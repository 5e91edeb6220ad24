#include "statistics/missing/growth_likelihood.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "statistics/missing/patterns.h"

namespace groundwork::statistics {

GrowthLikelihood::GrowthLikelihood(const Eigen::MatrixXd& outcomes, const Eigen::MatrixXd& covariates,
                                   std::span<const double> times, bool equal_residuals)
    : times_(times.begin(), times.end()),
      occasions_(outcomes.cols()),
      width_(1 + covariates.cols()),
      equal_residuals_(equal_residuals) {
    for (const MissingPattern& found : missing_patterns(outcomes)) {
        Pattern pattern;
        pattern.present = found.present;
        pattern.n = found.n;
        people_ += found.n;
        const auto count = static_cast<Eigen::Index>(found.present.size());
        const auto rows = static_cast<Eigen::Index>(found.rows.size());
        pattern.loadings.resize(count, 2);
        Eigen::MatrixXd y(rows, count), z(rows, width_);
        for (Eigen::Index i = 0; i < count; ++i) {
            const Eigen::Index occasion = found.present[static_cast<std::size_t>(i)];
            pattern.loadings.row(i) << 1, times_[static_cast<std::size_t>(occasion)];
            for (Eigen::Index row = 0; row < rows; ++row) {
                y(row, i) = outcomes(found.rows[static_cast<std::size_t>(row)], occasion);
            }
        }
        for (Eigen::Index row = 0; row < rows; ++row) {
            z(row, 0) = 1;
            z.row(row).tail(width_ - 1) = covariates.row(found.rows[static_cast<std::size_t>(row)]);
        }
        pattern.yy = y.transpose() * y;
        pattern.yz = y.transpose() * z;
        pattern.zz = z.transpose() * z;
        patterns_.push_back(std::move(pattern));
    }
}

GrowthLikelihood::Places GrowthLikelihood::places_of(Eigen::Index k, const Pattern& pattern) const {
    switch (k) {
        case 0: return {{0, 0}};
        case 1: return {{1, 1}};
        case 2: return {{0, 1}, {1, 0}};
        default: break;
    }
    Places places;
    for (std::size_t i = 0; i < pattern.present.size(); ++i) {
        if (equal_residuals_ || pattern.present[i] == k - 3) {
            const auto at = static_cast<Eigen::Index>(2 + i);
            places.emplace_back(at, at);
        }
    }
    return places;
}

// The covariance is linear in its parameters, S = U F U' with U = (loadings, identity), so that every
// derivative is a trace of small products of B = U'S^-1 U and C = U'S^-1 R S^-1 U, R the residuals' products.
bool GrowthLikelihood::add_pattern(const Pattern& pattern, GrowthPoint& point) const {
    const Eigen::VectorXd& p = point.parameters;
    const Eigen::Index count = pattern.loadings.rows(), first = 2 * width_;
    Eigen::MatrixXd regressions(2, width_);
    regressions << p.head(width_).transpose(), p.segment(width_, width_).transpose();
    Eigen::Matrix2d growth;
    growth << p(first), p(first + 2), p(first + 2), p(first + 1);
    Eigen::MatrixXd covariance = pattern.loadings * growth * pattern.loadings.transpose();
    for (Eigen::Index i = 0; i < count; ++i) {
        const Eigen::Index occasion = pattern.present[static_cast<std::size_t>(i)];
        covariance(i, i) += p(first + 3 + (equal_residuals_ ? 0 : occasion));
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
    if (factor.info() != Eigen::Success) {
        return false;
    }
    const Eigen::MatrixXd mean = pattern.loadings * regressions;  // times (1, covariates)
    const Eigen::MatrixXd rz = pattern.yz - mean * pattern.zz;
    const Eigen::MatrixXd rr = pattern.yy - mean * pattern.yz.transpose() - rz * mean.transpose();
    Eigen::MatrixXd u(count, 2 + count);
    u << pattern.loadings, Eigen::MatrixXd::Identity(count, count);
    const Eigen::MatrixXd wu = factor.solve(u), b = u.transpose() * wu, c = wu.transpose() * rr * wu;
    const Eigen::MatrixXd v = wu.transpose() * rz;
    point.value += pattern.n / 2 *
                       (static_cast<double>(count) * std::log(2 * std::numbers::pi) +
                        2 * factor.matrixLLT().diagonal().array().log().sum()) +
                   wu.rightCols(count).cwiseProduct(rr).sum() / 2;
    for (Eigen::Index part = 0; part < 2; ++part) {
        point.slope.segment(part * width_, width_) -= v.row(part).transpose();
        for (Eigen::Index other = 0; other < 2; ++other) {
            const Eigen::MatrixXd block = b(part, other) * pattern.zz;
            point.observed.block(part * width_, other * width_, width_, width_) += block;
            point.expected.block(part * width_, other * width_, width_, width_) += block;
        }
    }
    const Eigen::Index variances = p.size() - first;
    std::vector<Places> places;
    for (Eigen::Index k = 0; k < variances; ++k) {
        places.push_back(places_of(k, pattern));
    }
    for (Eigen::Index j = 0; j < variances; ++j) {
        for (const auto& [x, y] : places[static_cast<std::size_t>(j)]) {
            point.slope(first + j) += (pattern.n * b(y, x) - c(y, x)) / 2;
            for (Eigen::Index part = 0; part < 2; ++part) {
                const Eigen::VectorXd cross = b(part, x) * v.row(y).transpose();
                point.observed.block(part * width_, first + j, width_, 1) += cross;
                point.observed.block(first + j, part * width_, 1, width_) += cross.transpose();
            }
            for (Eigen::Index k = 0; k < variances; ++k) {
                for (const auto& [s, t] : places[static_cast<std::size_t>(k)]) {
                    const double expected = pattern.n / 2 * b(y, s) * b(t, x);
                    point.expected(first + j, first + k) += expected;
                    point.observed(first + j, first + k) += b(y, s) * c(t, x) - expected;
                }
            }
        }
    }
    return true;
}

GrowthPoint GrowthLikelihood::evaluate(const Eigen::VectorXd& parameters) const {
    GrowthPoint point;
    const Eigen::Index count = parameters.size();
    point.parameters = parameters;
    point.slope = Eigen::VectorXd::Zero(count);
    point.observed = point.expected = Eigen::MatrixXd::Zero(count, count);
    point.valid = std::all_of(patterns_.begin(), patterns_.end(),
                              [&](const Pattern& pattern) { return add_pattern(pattern, point); });
    point.valid = point.valid && std::isfinite(point.value);
    if (point.valid) {
        point.observed = ((point.observed + point.observed.transpose()) / 2).eval();
    }
    return point;
}

Eigen::VectorXd GrowthLikelihood::start() const {
    // Pooled least squares for the means; half of what is left to people, half to residuals.
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(2 * width_, 2 * width_);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(2 * width_);
    double total = 0, count = 0, time_squares = 0;
    for (const Pattern& pattern : patterns_) {
        const Eigen::MatrixXd products = pattern.loadings.transpose() * pattern.loadings;
        const Eigen::MatrixXd weighted = pattern.loadings.transpose() * pattern.yz;
        for (Eigen::Index part = 0; part < 2; ++part) {
            right.segment(part * width_, width_) += weighted.row(part).transpose();
            for (Eigen::Index other = 0; other < 2; ++other) {
                normal.block(part * width_, other * width_, width_, width_) +=
                    products(part, other) * pattern.zz;
            }
        }
        total += pattern.yy.trace();
        count += pattern.n * static_cast<double>(pattern.loadings.rows());
        time_squares += pattern.n * products(1, 1);
    }
    Eigen::VectorXd start = Eigen::VectorXd::Zero(parameters());
    start.head(2 * width_) = normal.ldlt().solve(right);
    const double left = std::max(total - start.head(2 * width_).dot(right), 0.0) / count;
    start(2 * width_) = left / 2;
    start(2 * width_ + 1) = left / 10 / std::max(time_squares / count, 1e-12);
    start.tail(start.size() - 2 * width_ - 3).setConstant(left / 2);
    return start;
}

}  // namespace groundwork::statistics
