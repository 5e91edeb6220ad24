#include "statistics/psychometrics/factor_model.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "statistics/distributions.h"
#include "statistics/psychometrics/item_matrix.h"

namespace groundwork::statistics {

namespace {

constexpr double smallest_share = 0.005;  // of an item's variance that its residual keeps
constexpr int most_steps = 500;

// Loadings first, then residual variances.
struct Point {
    Eigen::VectorXd loadings, residuals;
};

Eigen::MatrixXd implied(const Point& at) {
    Eigen::MatrixXd sigma = at.loadings * at.loadings.transpose();
    sigma.diagonal() += at.residuals;
    return sigma;
}

// log|Sigma| + tr(Sigma^-1 C); the inverse in closed form (Sherman & Morrison 1950).
struct Fit {
    double value;
    Eigen::MatrixXd inverse;
};
Fit evaluate(const Point& at, const Eigen::MatrixXd& covariance) {
    const Eigen::VectorXd scaled = at.loadings.cwiseQuotient(at.residuals);
    const double one_more = 1 + at.loadings.dot(scaled);
    Fit fit;
    fit.inverse = -scaled * scaled.transpose() / one_more;
    fit.inverse.diagonal() += at.residuals.cwiseInverse();
    fit.value =
        at.residuals.array().log().sum() + std::log(one_more) + (fit.inverse.cwiseProduct(covariance)).sum();
    return fit;
}

// Half the slope of the criterion in (loadings, residuals).
Eigen::VectorXd half_gradient(const Point& at, const Fit& fit, const Eigen::MatrixXd& covariance) {
    const Eigen::MatrixXd excess = fit.inverse - fit.inverse * covariance * fit.inverse;
    Eigen::VectorXd gradient(2 * at.loadings.size());
    gradient << excess * at.loadings, excess.diagonal() / 2;
    return gradient;
}

// The expected information of one person: half the trace of W dS_i W dS_j.
Eigen::MatrixXd information(const Point& at, const Eigen::MatrixXd& w) {
    const Eigen::Index k = at.loadings.size();
    const Eigen::VectorXd wl = w * at.loadings;
    Eigen::MatrixXd result(2 * k, 2 * k);
    result.topLeftCorner(k, k) = w * at.loadings.dot(wl) + wl * wl.transpose();
    result.topRightCorner(k, k) = w * wl.asDiagonal();
    result.bottomLeftCorner(k, k) = result.topRightCorner(k, k).transpose();
    result.bottomRightCorner(k, k) = w.cwiseAbs2() / 2;
    return result;
}

Point start_of(const Eigen::MatrixXd& covariance) {
    // The centroid of the correlations, shrunk so that every residual is well inside its range.
    const Eigen::VectorXd sd = covariance.diagonal().cwiseSqrt();
    const Eigen::MatrixXd correlation = as_correlation(covariance);
    const auto k = static_cast<double>(sd.size());
    Eigen::VectorXd loadings = (correlation.rowwise().sum().array() - 1) / (k - 1);
    loadings = (loadings / std::sqrt(std::max(loadings.mean(), 0.05))).cwiseMax(-0.9).cwiseMin(0.9);
    return {loadings.cwiseProduct(sd),
            ((1 - loadings.array().square()) * covariance.diagonal().array()).matrix()};
}

// Moves along `step`, residuals held above their bounds.
Point moved(const Point& from, const Eigen::VectorXd& step, double length, const Eigen::VectorXd& bounds) {
    const Eigen::Index k = from.loadings.size();
    return {from.loadings + length * step.head(k), (from.residuals + length * step.tail(k)).cwiseMax(bounds)};
}

// The Fisher-scoring step; a residual at its bound that would go below stays where it is.
Eigen::VectorXd scoring_step(const Point& at, const Fit& fit, Eigen::VectorXd gradient,
                             const Eigen::VectorXd& bounds) {
    const Eigen::Index k = at.loadings.size();
    Eigen::MatrixXd curvature = information(at, fit.inverse);
    for (Eigen::Index i = k; i < 2 * k; ++i) {
        if (at.residuals(i - k) <= bounds(i - k) && gradient(i) >= 0) {
            curvature.row(i).setZero();
            curvature.col(i).setZero();
            curvature(i, i) = 1;
            gradient(i) = 0;
        }
    }
    return curvature.ldlt().solve(-gradient);
}

struct Optimum {
    Point point;
    Fit fit;
    bool found = false;
};

Optimum minimise_criterion(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& bounds) {
    Optimum best{start_of(covariance), {}, false};
    best.fit = evaluate(best.point, covariance);
    for (int iteration = 0; iteration < most_steps; ++iteration) {
        const Eigen::VectorXd gradient = half_gradient(best.point, best.fit, covariance);
        const Eigen::VectorXd step = scoring_step(best.point, best.fit, gradient, bounds);
        const double decrement = -step.dot(gradient);
        if (!std::isfinite(decrement)) {
            return best;
        }
        if (decrement < 1e-22) {
            best.found = true;
            return best;
        }
        double length = 1;
        bool improved = false;
        for (int halving = 0; halving < 40 && !improved; ++halving, length /= 2) {
            const Point candidate = moved(best.point, step, length, bounds);
            Fit fit = evaluate(candidate, covariance);
            // Near the end the criterion's own rounding is larger than what a step gains.
            if (fit.value < best.fit.value || (decrement < 1e-12 && fit.value < best.fit.value + 1e-12)) {
                best.point = candidate;
                best.fit = std::move(fit);
                improved = true;
            }
        }
        if (!improved) {
            best.found = decrement < 1e-10;
            return best;
        }
    }
    return best;
}

void add_fit_measures(OneFactorModel& model, const Eigen::MatrixXd& covariance, double criterion) {
    const auto n = static_cast<double>(model.people);
    const auto k = static_cast<double>(covariance.rows());
    const double log_determinant =
        2 * Eigen::LLT<Eigen::MatrixXd>(covariance).matrixLLT().diagonal().array().log().sum();
    model.log_likelihood = -n / 2 * (k * std::log(2 * std::numbers::pi) + criterion);
    model.chi_square = std::max(n * (criterion - log_determinant - k), 0.0);
    model.degrees_of_freedom = k * (k - 3) / 2;
    const double free_chi = n * (covariance.diagonal().array().log().sum() - log_determinant);
    const double free_degrees = k * (k - 1) / 2;
    if (model.degrees_of_freedom > 0) {
        const double df = model.degrees_of_freedom, excess = std::max(model.chi_square - df, 0.0);
        model.p = chi_square_probability_above(model.chi_square, df);
        model.approximation_error = std::sqrt(excess / (df * n));
        const double baseline = std::max({free_chi - free_degrees, excess, 0.0});
        model.comparative_fit = baseline > 0 ? 1 - excess / baseline : 1;
        const double ratio = free_chi / free_degrees;
        model.tucker_lewis = ratio != 1 ? (ratio - model.chi_square / df) / (ratio - 1) : unknown;
    }
}

void add_omega(OneFactorModel& model, const Point& at, const Eigen::MatrixXd& covariance,
               const Eigen::MatrixXd& variance_of_estimates) {
    const Eigen::Index k = at.loadings.size();
    const double sum = at.loadings.sum(), common = sum * sum, unique = at.residuals.sum();
    model.omega_total = common / (common + unique);
    model.omega_hierarchical = common / covariance.sum();
    // logit(omega) = 2 log(sum) - log(unique)
    Eigen::VectorXd slope(2 * k);
    slope << Eigen::VectorXd::Constant(k, 2 / sum), Eigen::VectorXd::Constant(k, -1 / unique);
    const double variance = slope.dot(variance_of_estimates * slope);
    if (common > 0 && variance > 0) {
        const double middle = std::log(common / unique), width = normal_quantile(0.975) * std::sqrt(variance);
        model.omega_interval = {1 / (1 + std::exp(width - middle)), 1 / (1 + std::exp(-width - middle))};
    }
}

}  // namespace

Result<OneFactorModel> fit_one_factor(Items items) {
    TRY_DO(check_items(items, 3));
    OneFactorModel model;
    model.people = static_cast<std::size_t>(complete_rows(items).rows());
    if (model.people <= items.size()) {
        return fail(
            unacceptable(fmt::format("One factor of {} items needs more than {} complete rows; there "
                                     "are {}.",
                                     items.size(), items.size(), model.people)));
    }
    const auto n = static_cast<double>(model.people);
    const Eigen::MatrixXd covariance = item_covariance(items, PartialRows::leave_out) * ((n - 1) / n);
    if (squared_multiple_correlations(as_correlation(covariance)).hasNaN()) {
        return fail(
            unacceptable("An item is the sum or a copy of others, so that no factor model can be fitted.")
                .remedy("Leave out items that repeat others."));
    }
    const Eigen::VectorXd bounds = smallest_share * covariance.diagonal();
    Optimum optimum = minimise_criterion(covariance, bounds);
    if (!optimum.found) {
        return fail(unacceptable("The one-factor model found no optimum in these answers.")
                        .remedy("Check that the items are reversed where they must be."));
    }
    Point& at = optimum.point;
    if (at.loadings.sum() < 0) {
        at.loadings = -at.loadings;
    }
    const Eigen::MatrixXd estimates_information = n * information(at, optimum.fit.inverse);
    const Eigen::Index k = at.loadings.size();
    const Eigen::MatrixXd variance =
        estimates_information.ldlt().solve(Eigen::MatrixXd::Identity(2 * k, 2 * k));
    const Eigen::VectorXd implied_sd = implied(at).diagonal().cwiseSqrt();
    for (Eigen::Index i = 0; i < k; ++i) {
        model.items.push_back({at.loadings(i), std::sqrt(variance(i, i)), at.residuals(i),
                               std::sqrt(variance(k + i, k + i)), at.loadings(i) / implied_sd(i)});
        if (at.residuals(i) <= bounds(i)) {
            model.at_bound.push_back(static_cast<std::size_t>(i));
        }
    }
    add_fit_measures(model, covariance, optimum.fit.value);
    add_omega(model, at, covariance, variance);
    return model;
}

}  // namespace groundwork::statistics
