#include "statistics/missing/growth_model.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "statistics/distributions.h"
#include "statistics/missing/growth_likelihood.h"
#include "statistics/missing/normal_model.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

constexpr int most_steps = 200;

using Outcomes = std::span<const std::span<const double>>;

Result<void> check_input(Outcomes outcomes, std::span<const double> times,
                         std::span<const Covariate> covariates) {
    ENSURE(outcomes.size() == times.size());
    if (outcomes.size() < 3) {
        return fail(unacceptable("A growth model needs at least three occasions."));
    }
    if (std::set<double>(times.begin(), times.end()).size() != times.size() ||
        !std::all_of(times.begin(), times.end(), is_usable)) {
        return fail(unacceptable("The occasions' times must be different, finite numbers."));
    }
    const auto finite = [](std::span<const double> values) {
        return std::all_of(values.begin(), values.end(),
                           [](double value) { return std::isnan(value) || is_usable(value); });
    };
    for (std::size_t t = 0; t < outcomes.size(); ++t) {
        ENSURE(outcomes[t].size() == outcomes.front().size());
        if (!finite(outcomes[t])) {
            return fail(
                unacceptable(fmt::format("Occasion {} has a value that is infinite or beyond 1e50.", t + 1)));
        }
    }
    for (const Covariate& covariate : covariates) {
        ENSURE(covariate.values.size() == outcomes.front().size());
        if (!finite(covariate.values)) {
            return fail(
                unacceptable(fmt::format("{} has a value that is infinite or beyond 1e50.", covariate.name)));
        }
    }
    return {};
}

// The rows that count: outcomes and covariates, each less its mean.
struct Prepared {
    Eigen::MatrixXd outcomes, covariates;
    double outcome_mean = 0;
    Eigen::VectorXd covariate_means;
};

Result<Prepared> prepare(Outcomes outcomes, std::span<const Covariate> covariates) {
    std::vector<std::size_t> used;
    for (std::size_t row = 0; row < outcomes.front().size(); ++row) {
        const bool described = std::none_of(covariates.begin(), covariates.end(),
                                            [row](const auto& one) { return std::isnan(one.values[row]); });
        const bool answered = std::any_of(outcomes.begin(), outcomes.end(),
                                          [row](const auto& one) { return !std::isnan(one[row]); });
        if (described && answered) {
            used.push_back(row);
        }
    }
    if (used.size() < covariates.size() + 4) {
        return fail(
            unacceptable(fmt::format("Only {} people have every covariate and an outcome.", used.size())));
    }
    Prepared prepared;
    const auto n = static_cast<Eigen::Index>(used.size());
    prepared.outcomes.resize(n, static_cast<Eigen::Index>(outcomes.size()));
    prepared.covariates.resize(n, static_cast<Eigen::Index>(covariates.size()));
    double sum = 0, count = 0;
    for (Eigen::Index row = 0; row < n; ++row) {
        const std::size_t from = used[static_cast<std::size_t>(row)];
        for (std::size_t t = 0; t < outcomes.size(); ++t) {
            const double value = outcomes[t][from];
            prepared.outcomes(row, static_cast<Eigen::Index>(t)) = value;
            sum += std::isnan(value) ? 0 : value;
            count += std::isnan(value) ? 0 : 1;
        }
        for (std::size_t k = 0; k < covariates.size(); ++k) {
            prepared.covariates(row, static_cast<Eigen::Index>(k)) = covariates[k].values[from];
        }
    }
    prepared.outcome_mean = sum / count;
    prepared.outcomes.array() -= prepared.outcome_mean;
    prepared.covariate_means = prepared.covariates.colwise().mean();
    prepared.covariates.rowwise() -= prepared.covariate_means.transpose();
    return prepared;
}

struct Found {
    GrowthPoint point;
    int steps = 0;
};

Result<Found> maximise(const GrowthLikelihood& likelihood) {
    Found found{likelihood.evaluate(likelihood.start()), 0};
    GrowthPoint& point = found.point;
    if (!point.valid) {
        return fail(unacceptable("The outcomes do not vary enough for a growth model."));
    }
    for (; found.steps < most_steps; ++found.steps) {
        // Newton where the curvature is that of a minimum, Fisher's scoring elsewhere.
        const Eigen::LLT<Eigen::MatrixXd> newton(point.observed), scoring(point.expected);
        const bool convex = newton.info() == Eigen::Success;
        if (!convex && scoring.info() != Eigen::Success) {
            break;
        }
        Eigen::VectorXd step = convex ? newton.solve(-point.slope) : scoring.solve(-point.slope);
        const double decrement = -step.dot(point.slope);
        if (!std::isfinite(decrement)) {
            break;
        }
        if (convex && decrement < 1e-18 * likelihood.people()) {
            return found;
        }
        bool improved = false;
        for (int halving = 0; halving < 40 && !improved; ++halving, step /= 2) {
            GrowthPoint candidate = likelihood.evaluate(point.parameters + step);
            if (candidate.valid && (candidate.value < point.value || (convex && decrement < 1e-9))) {
                point = std::move(candidate);
                improved = true;
            }
        }
        if (!improved) {
            break;
        }
    }
    return fail(
        unacceptable("The growth model found no optimum in these data.")
            .remedy("Check that the covariates do not determine one another and that people have several "
                    "occasions."));
}

// From covariates less their means to covariates as they are: intercept less slopes times means.
Eigen::MatrixXd back_transformation(const GrowthLikelihood& likelihood, const Eigen::VectorXd& means) {
    const Eigen::Index count = likelihood.parameters();
    Eigen::MatrixXd transformation = Eigen::MatrixXd::Identity(count, count);
    for (Eigen::Index part = 0; part < 2; ++part) {
        const Eigen::Index first = part * (1 + means.size());
        transformation.row(first).segment(first + 1, means.size()) = -means.transpose();
    }
    return transformation;
}

void describe(GrowthModel& model, const Found& found, const GrowthLikelihood& likelihood,
              const Prepared& prepared, std::span<const Covariate> covariates, ResidualVariance residuals) {
    const Eigen::MatrixXd back = back_transformation(likelihood, prepared.covariate_means);
    Eigen::VectorXd estimates = back * found.point.parameters;
    const Eigen::Index count = estimates.size(), width = 1 + prepared.covariate_means.size();
    estimates(0) += prepared.outcome_mean;
    const Eigen::MatrixXd covariance =
        back * found.point.observed.llt().solve(Eigen::MatrixXd::Identity(count, count)) * back.transpose();
    const auto estimate = [&](Eigen::Index at, std::string name) {
        return make_estimate(std::move(name), estimates(at), std::sqrt(std::max(covariance(at, at), 0.0)),
                             std::numeric_limits<double>::infinity());
    };
    for (Eigen::Index part = 0; part < 2; ++part) {
        for (Eigen::Index k = 0; k < width; ++k) {
            const std::string to = k == 0 ? "1" : covariates[static_cast<std::size_t>(k - 1)].name;
            model.regressions.push_back(estimate(part * width + k, (part == 0 ? "i~" : "s~") + to));
        }
    }
    const char* names[3] = {"i~~i", "s~~s", "i~~s"};
    for (Eigen::Index k = 0; k < 3; ++k) {
        model.variances.push_back(estimate(2 * width + k, names[k]));
    }
    for (Eigen::Index t = 2 * width + 3; t < count; ++t) {
        const std::string name = "t" + std::to_string(t - 2 * width - 3);
        model.variances.push_back(
            estimate(t, residuals == ResidualVariance::equal ? "e~~e" : name + "~~" + name));
    }
    const double i = estimates(2 * width), s = estimates(2 * width + 1), both = estimates(2 * width + 2);
    model.proper = i > 0 && s > 0 && both * both <= i * s;
}

// The unrestricted likelihood of the outcomes given the covariates: that of both less that of the covariates.
void add_saturated(GrowthModel& model, const Prepared& prepared) {
    std::vector<std::span<const double>> all, given;
    const auto rows = static_cast<std::size_t>(prepared.outcomes.rows());
    for (Eigen::Index k = 0; k < prepared.covariates.cols(); ++k) {
        given.emplace_back(prepared.covariates.col(k).data(), rows);
    }
    all = given;
    for (Eigen::Index t = 0; t < prepared.outcomes.cols(); ++t) {
        all.emplace_back(prepared.outcomes.col(t).data(), rows);
    }
    const Result<NormalModel> joint = fit_normal(all);
    if (!joint) {
        return;  // an occasion that nobody shares with another: no chi-square
    }
    model.saturated_log_likelihood = joint->log_likelihood;
    if (!given.empty()) {
        const Result<NormalModel> covariates_only = fit_normal(given);
        if (!covariates_only) {
            return;
        }
        model.saturated_log_likelihood -= covariates_only->log_likelihood;
    }
    const auto t = static_cast<double>(prepared.outcomes.cols());
    const auto m = static_cast<double>(prepared.covariates.cols());
    model.chi_square = std::max(2 * (model.saturated_log_likelihood - model.log_likelihood), 0.0);
    model.degrees_of_freedom = t + t * (t + 1) / 2 + t * m - static_cast<double>(model.parameters);
    if (model.degrees_of_freedom > 0) {
        model.p = chi_square_probability_above(model.chi_square, model.degrees_of_freedom);
    }
}

}  // namespace

const Estimate* GrowthModel::find(std::string_view term) const {
    for (const auto* list : {&regressions, &variances}) {
        for (const Estimate& one : *list) {
            if (one.term == term) {
                return &one;
            }
        }
    }
    return nullptr;
}

Result<GrowthModel> fit_growth(Outcomes outcomes, std::span<const double> times,
                               std::span<const Covariate> covariates, const GrowthOptions& options) {
    TRY_DO(check_input(outcomes, times, covariates));
    const Prepared prepared = TRY(prepare(outcomes, covariates));
    const GrowthLikelihood likelihood(prepared.outcomes, prepared.covariates, times,
                                      options.residuals == ResidualVariance::equal);
    const Found found = TRY(maximise(likelihood));
    GrowthModel model;
    model.people = static_cast<std::size_t>(prepared.outcomes.rows());
    model.patterns = likelihood.patterns();
    model.log_likelihood = -found.point.value;
    model.parameters = static_cast<std::size_t>(likelihood.parameters());
    model.steps = found.steps;
    model.largest_slope = found.point.slope.cwiseAbs().maxCoeff();
    describe(model, found, likelihood, prepared, covariates, options.residuals);
    if (options.saturated) {
        add_saturated(model, prepared);
    }
    return model;
}

}  // namespace groundwork::statistics
