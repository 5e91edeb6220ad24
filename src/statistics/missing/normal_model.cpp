#include "statistics/missing/normal_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "statistics/descriptive.h"
#include "statistics/eigen_views.h"
#include "statistics/missing/patterns.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

constexpr int most_steps = 20'000;

struct Normal {
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
};

Eigen::MatrixXd block(const Eigen::MatrixXd& matrix, const std::vector<Eigen::Index>& rows,
                      const std::vector<Eigen::Index>& columns) {
    Eigen::MatrixXd part(index(rows.size()), index(columns.size()));
    for (Eigen::Index j = 0; j < part.cols(); ++j) {
        for (Eigen::Index i = 0; i < part.rows(); ++i) {
            part(i, j) = matrix(rows[static_cast<std::size_t>(i)], columns[static_cast<std::size_t>(j)]);
        }
    }
    return part;
}

Eigen::VectorXd pick(const Eigen::VectorXd& vector, const std::vector<Eigen::Index>& rows) {
    Eigen::VectorXd part(index(rows.size()));
    for (Eigen::Index i = 0; i < part.size(); ++i) {
        part(i) = vector(rows[static_cast<std::size_t>(i)]);
    }
    return part;
}

// One EM step; also the log-likelihood at the point it starts from. NaN where the covariance is singular.
struct Step {
    Normal next;
    double log_likelihood = 0;
};
Step em_step(const std::vector<MissingPattern>& patterns, const Normal& at) {
    const Eigen::Index count = at.mean.size();
    Step step{{Eigen::VectorXd::Zero(count), Eigen::MatrixXd::Zero(count, count)}, 0};
    Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(count, count);  // about at.mean
    double n = 0;
    for (const MissingPattern& pattern : patterns) {
        std::vector<Eigen::Index> absent;
        for (Eigen::Index column = 0; column < count; ++column) {
            if (!std::binary_search(pattern.present.begin(), pattern.present.end(), column)) {
                absent.push_back(column);
            }
        }
        const Eigen::LLT<Eigen::MatrixXd> factor(block(at.covariance, pattern.present, pattern.present));
        if (factor.info() != Eigen::Success) {
            step.log_likelihood = unknown;
            return step;
        }
        const Eigen::VectorXd away = pattern.mean - pick(at.mean, pattern.present);
        const Eigen::MatrixXd second = pattern.covariance + away * away.transpose();
        const auto present = index(pattern.present.size());
        step.log_likelihood -=
            pattern.n / 2 *
            (static_cast<double>(present) * std::log(2 * std::numbers::pi) +
             2 * factor.matrixLLT().diagonal().array().log().sum() + factor.solve(second).trace());
        // All columns given the present ones: regression B, and what it leaves.
        Eigen::MatrixXd regression = Eigen::MatrixXd::Zero(count, present);
        for (Eigen::Index i = 0; i < present; ++i) {
            regression(pattern.present[static_cast<std::size_t>(i)], i) = 1;
        }
        const Eigen::MatrixXd cross = block(at.covariance, pattern.present, absent);
        Eigen::MatrixXd predict(index(absent.size()), present);
        if (!absent.empty()) {  // Eigen's solver takes the address of a first element
            predict = factor.solve(cross).transpose();
        }
        for (std::size_t i = 0; i < absent.size(); ++i) {
            regression.row(absent[i]) = predict.row(index(i));
        }
        step.next.mean += pattern.n * (regression * away);
        squares += pattern.n * (regression * second * regression.transpose());
        const Eigen::MatrixXd left = block(at.covariance, absent, absent) - predict * cross;
        for (std::size_t i = 0; i < absent.size(); ++i) {
            for (std::size_t j = 0; j < absent.size(); ++j) {
                squares(absent[i], absent[j]) += pattern.n * left(index(i), index(j));
            }
        }
        n += pattern.n;
    }
    const Eigen::VectorXd moved = step.next.mean / n;
    step.next.mean = at.mean + moved;
    step.next.covariance = squares / n - moved * moved.transpose();
    return step;
}

Normal combine(const Normal& a, const Normal& b, const Normal& c, double alpha) {
    // a - 2 alpha r + alpha^2 v with r = b - a, v = c - 2 b + a
    const auto mix = [alpha](const auto& x, const auto& y, const auto& z) {
        return (x - 2 * alpha * (y - x) + alpha * alpha * (z - 2 * y + x)).eval();
    };
    return {mix(a.mean, b.mean, c.mean), mix(a.covariance, b.covariance, c.covariance)};
}

double distance(const Normal& a, const Normal& b) {
    return std::sqrt((a.mean - b.mean).squaredNorm() + (a.covariance - b.covariance).squaredNorm());
}

}  // namespace

Result<NormalModel> fit_normal(std::span<const std::span<const double>> columns) {
    ENSURE(!columns.empty());
    const auto count = index(columns.size());
    const auto rows = index(columns.front().size());
    Eigen::MatrixXd data(rows, count);
    Eigen::VectorXd centre(count), scale(count);
    for (Eigen::Index column = 0; column < count; ++column) {
        const std::span<const double> values = columns[static_cast<std::size_t>(column)];
        ENSURE(index(values.size()) == rows);
        const Summary summary = summarise(values);
        if (!is_usable(summary.mean) || !(summary.standard_deviation > 0) ||
            !is_usable(summary.standard_deviation)) {
            return fail(unacceptable(fmt::format("Column {} has no finite, varying values.", column + 1)));
        }
        centre(column) = summary.mean;
        scale(column) = summary.standard_deviation;
        for (Eigen::Index row = 0; row < rows; ++row) {
            data(row, column) =
                (values[static_cast<std::size_t>(row)] - summary.mean) / summary.standard_deviation;
        }
    }
    const std::vector<MissingPattern> patterns = missing_patterns(data);
    NormalModel model;
    model.patterns = patterns.size();
    Eigen::MatrixXd together = Eigen::MatrixXd::Zero(count, count);
    for (const MissingPattern& pattern : patterns) {
        model.rows_used += pattern.rows.size();
        for (const Eigen::Index i : pattern.present) {
            for (const Eigen::Index j : pattern.present) {
                together(i, j) += pattern.n;
            }
        }
    }
    if (!(together.minCoeff() > 2)) {
        return fail(
            unacceptable("Two columns were hardly ever seen together, so their covariance is unknown.")
                .remedy("Leave one of them out."));
    }
    Normal at{Eigen::VectorXd::Zero(count), Eigen::MatrixXd::Identity(count, count)};
    double best = -std::numeric_limits<double>::infinity();
    int quiet = 0;
    while (model.steps < most_steps && quiet < 2) {
        const Step one = em_step(patterns, at);
        const Step two = em_step(patterns, one.next);
        model.steps += 2;
        if (std::isnan(one.log_likelihood) || std::isnan(two.log_likelihood)) {
            return fail(
                unacceptable("The columns determine one another, so that their covariance is singular."));
        }
        const double r = distance(one.next, at);
        const double v =
            std::sqrt((two.next.mean - 2 * one.next.mean + at.mean).squaredNorm() +
                      (two.next.covariance - 2 * one.next.covariance + at.covariance).squaredNorm());
        Normal next = two.next;
        if (v > 0 && r > 0) {
            const Normal far = combine(at, one.next, two.next, std::min(-1.0, -r / v));
            const Step check = em_step(patterns, far);
            ++model.steps;
            if (check.log_likelihood >= two.log_likelihood) {
                next = check.next;
            }
        }
        const double gained = two.log_likelihood - best;
        quiet = gained < 1e-11 * (1 + std::abs(best)) && r < 1e-8 ? quiet + 1 : 0;
        best = two.log_likelihood;
        at = std::move(next);
    }
    model.log_likelihood = em_step(patterns, at).log_likelihood;
    for (Eigen::Index column = 0; column < count; ++column) {
        model.log_likelihood -= static_cast<double>(summarise(columns[static_cast<std::size_t>(column)]).n) *
                                std::log(scale(column));
    }
    const Eigen::VectorXd mean = at.mean.cwiseProduct(scale) + centre;
    const Eigen::MatrixXd covariance = scale.asDiagonal() * at.covariance * scale.asDiagonal();
    model.mean.assign(mean.begin(), mean.end());
    model.covariance = Matrix(columns.size(), columns.size());
    std::copy(covariance.data(), covariance.data() + covariance.size(), model.covariance.values.begin());
    return model;
}

}  // namespace groundwork::statistics
