#include "statistics/generalized/separation.h"
#include "statistics/eigen_views.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

// Counts are started as Poisson, whatever else is to be estimated: their log-likelihood has one maximum.
Outcome plain(const Outcome& outcome) {
    Outcome result = outcome;
    result.zero_inflated = false;
    if (outcome.family == Family::negative_binomial) {
        result.family = Family::poisson;
    }
    return result;
}

struct Climb {
    VectorXd coefficients, predictor;
    MatrixXd information;
    double value = 0;
};

// Newton's method on a concave log-likelihood, with halving.
Climb climb(const GeneralizedProblem& problem) {
    const Outcome outcome = plain(problem.outcome);
    RowLikelihood rows(outcome);
    RowTerms terms;
    const auto columns = view(problem.fixed);
    const Eigen::Map<const VectorXd> offset(problem.offset.data(), index(problem.offset.size()));
    Climb at;
    at.coefficients = VectorXd::Zero(columns.cols());
    const auto evaluate = [&](const VectorXd& coefficients) {
        at.predictor = offset + columns * coefficients;
        rows.evaluate({at.predictor.data(), static_cast<std::size_t>(at.predictor.size())}, Detail::predictor,
                      terms);
        return std::accumulate(terms.value.begin(), terms.value.end(), 0.0);
    };
    at.value = evaluate(at.coefficients);
    constexpr int most_steps = 60;
    for (int step = 0; step < most_steps; ++step) {
        const Eigen::Map<const VectorXd> first(terms.first.data(), columns.rows());
        const Eigen::Map<const VectorXd> second(terms.second.data(), columns.rows());
        const VectorXd slope = columns.transpose() * first;
        at.information = columns.transpose() * (-second).asDiagonal() * columns;
        const double ridge = 1e-14 * (1 + at.information.diagonal().maxCoeff());
        MatrixXd curvature = at.information;
        curvature.diagonal().array() += ridge;
        VectorXd move = curvature.ldlt().solve(slope);
        const double gain = move.dot(slope);
        const double farthest = (columns * move).cwiseAbs().maxCoeff();
        if (!(gain > 1e-16 * (1 + std::abs(at.value))) || !std::isfinite(farthest)) {
            break;
        }
        move *= std::min(1.0, 5 / farthest);  // in log odds or log counts
        const VectorXd before = at.coefficients;
        const double old = at.value;
        for (int halving = 0; halving < 30; ++halving, move /= 2) {
            at.coefficients = before + move;
            at.value = evaluate(at.coefficients);
            if (at.value >= old) {
                break;
            }
        }
        if (!(at.value >= old)) {
            at.coefficients = before;
            at.value = evaluate(before);
            break;
        }
    }
    return at;
}

// Rows whose fitted value runs to the edge that they are on.
std::size_t rows_at_edge(const GeneralizedProblem& problem, const VectorXd& predictor) {
    constexpr double far = 14;  // log odds or log counts; a probability below one in a million
    std::size_t count = 0;
    for (std::size_t row = 0; row < problem.outcome.rows(); ++row) {
        const double at = predictor(index(row)) - problem.offset[row];
        const bool zero = problem.outcome.values[row] == 0 && at < -far;
        const bool full = problem.outcome.family == Family::binomial && at > far &&
                          problem.outcome.values[row] == problem.outcome.trials[row];
        count += zero || full ? 1 : 0;
    }
    return count;
}

Error separated(const Climb& at, std::size_t rows, const GeneralizedProblem& problem,
                const std::vector<std::string>& names, const MatrixXd& to_columns) {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(at.information);
    const VectorXd direction = to_columns * eigen.eigenvectors().col(0);
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    VectorXd share(direction.size());  // in the columns' own spread
    const MatrixXd back = to_columns.inverse();
    for (Eigen::Index k = 0; k < share.size(); ++k) {
        share(k) = std::abs(direction(k)) * back.col(k).norm();
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return share(index(a)) > share(index(b)) * (1 + 1e-9); });
    std::vector<std::string> columns;
    for (const std::size_t k : order) {
        if (columns.size() < 3 && share(index(k)) > 0.2 * share.maxCoeff()) {
            columns.push_back(names[k]);
        }
    }
    if (columns.size() > 1) {  // with other columns the intercept only sets where they cut
        std::erase(columns, "(Intercept)");
    }
    const bool binomial = problem.outcome.family == Family::binomial;
    return unacceptable(
               fmt::format("is {} by {}: in {} of the rows the fitted {} runs to its edge, so the best "
                           "coefficient is infinite and has no standard error.",
                           binomial ? "separated without error" : "always zero where decided",
                           fmt::join(columns, ", "), rows, binomial ? "probability" : "count"))
        .at("", problem.outcome.name)
        .remedy("Leave that column out, or join its category with another.");
}

}  // namespace

Result<std::vector<double>> starting_coefficients(const GeneralizedProblem& problem,
                                                  const std::vector<std::string>& names,
                                                  const Matrix& to_columns) {
    if (names.empty()) {
        return std::vector<double>{};
    }
    const Climb at = climb(problem);
    const std::size_t edge = rows_at_edge(problem, at.predictor);
    if (edge > 0 && !names.empty()) {
        const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(at.information);
        constexpr double nothing = 1e-4;  // information that rows at the edge leave along a direction
        if (eigen.eigenvalues()(0) < nothing) {
            return fail(separated(at, edge, problem, names, view(to_columns)));
        }
    }
    return std::vector<double>(at.coefficients.begin(), at.coefficients.end());
}

}  // namespace groundwork::statistics
