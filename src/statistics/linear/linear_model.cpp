#include "statistics/linear/linear_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/formula/basis.h"
#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/formula/model_matrix.h"

namespace groundwork::statistics {

namespace {

using ConstMap = Eigen::Map<const Eigen::MatrixXd>;

// About the weighted mean, which is what a column of the weights' roots explains.
double total_squares(const Eigen::VectorXd& weighted_outcome, const Eigen::VectorXd& roots, bool about_mean) {
    const double squares = weighted_outcome.squaredNorm();
    if (!about_mean) {
        return squares;
    }
    const double mean = roots.dot(weighted_outcome) / roots.squaredNorm();
    return (weighted_outcome - mean * roots).squaredNorm();
}

}  // namespace

const Estimate* LinearModel::find(std::string_view term) const {
    const auto found = std::find_if(fixed.begin(), fixed.end(),
                                    [&](const Estimate& estimate) { return estimate.term == term; });
    return found == fixed.end() ? nullptr : &*found;
}

Result<LinearModel> fit_linear_model(std::string_view formula, const Data& data,
                                     const LinearModelOptions& options) {
    Formula meaning = TRY(read_formula(formula));
    if (!meaning.random.empty()) {
        return fail(usage_error("The formula has random terms; this is a model without them."));
    }
    if (!options.weights.empty()) {
        meaning.weights.push_back(column_named(options.weights));
    }
    ModelFrame frame = TRY(make_model_frame(meaning, data));
    ModelMatrix matrix = TRY(make_model_matrix(meaning.fixed, frame.fixed, frame.used.size()));
    const Eigen::Index rows = index(frame.used.size());
    Eigen::VectorXd roots = Eigen::VectorXd::Ones(rows);
    if (!frame.root_weights.empty()) {
        roots = view(frame.root_weights);
        view(matrix.values).array().colwise() *= roots.array();
    }
    const Basis basis = householder_basis(matrix.values);
    if (basis.kept.empty()) {
        return fail(
            unacceptable("There is nothing to estimate: every column of the formula is zero or missing."));
    }
    const std::size_t rank = basis.kept.size();
    const Eigen::VectorXd outcome = roots.cwiseProduct(view(frame.response.numbers));
    const ConstMap q = view(basis.columns);
    const auto triangle = view(basis.triangle).triangularView<Eigen::Upper>();
    Eigen::VectorXd projected = q.transpose() * outcome;
    Eigen::VectorXd residuals = outcome - q * projected;
    const Eigen::VectorXd correction = q.transpose() * residuals;  // one refinement step takes up rounding
    projected += correction;
    residuals -= q * correction;
    const Eigen::VectorXd coefficients = triangle.solve(projected);
    const Eigen::MatrixXd inverse = triangle.solve(Eigen::MatrixXd::Identity(index(rank), index(rank)));

    LinearModel model;
    model.rows_used = frame.used.size();
    model.used = std::move(frame.used);
    model.residual_degrees_of_freedom = static_cast<double>(model.rows_used - rank);
    const double squares = residuals.squaredNorm();
    const bool has_spare = model.rows_used > rank;
    const double variance = has_spare ? squares / model.residual_degrees_of_freedom : unknown;
    model.sigma = std::sqrt(variance);
    const double total = total_squares(outcome, roots, meaning.fixed.intercept);
    model.r_squared = total > 0 ? 1 - squares / total : unknown;
    const Eigen::MatrixXd covariance = variance * inverse * inverse.transpose();
    model.covariance.assign(covariance.data(), covariance.data() + covariance.size());
    for (std::size_t k = 0; k < rank; ++k) {
        model.fixed.push_back(make_estimate(matrix.names[basis.kept[k]], coefficients(index(k)),
                                            std::sqrt(covariance(index(k), index(k))),
                                            model.residual_degrees_of_freedom));
    }
    for (const std::size_t column : basis.dropped) {
        model.dropped.push_back(matrix.names[column]);
    }
    residuals.array() /= roots.array();
    model.residuals.assign(residuals.begin(), residuals.end());
    const Eigen::VectorXd fitted = view(frame.response.numbers) - residuals;
    model.fitted.assign(fitted.begin(), fitted.end());
    return model;
}

Estimate combination(const LinearModel& model, std::span<const double> weights, std::string name) {
    ENSURE(weights.size() == model.fixed.size());
    const Eigen::Map<const Eigen::VectorXd> w(weights.data(), index(weights.size()));
    const ConstMap covariance(model.covariance.data(), w.size(), w.size());
    double estimate = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
        estimate += weights[k] * model.fixed[k].estimate;
    }
    return make_estimate(std::move(name), estimate, std::sqrt(std::max(w.dot(covariance * w), 0.0)),
                         model.residual_degrees_of_freedom);
}

}  // namespace groundwork::statistics
