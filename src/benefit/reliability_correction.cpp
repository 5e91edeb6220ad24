#include "benefit/reliability_correction.h"

#include <Eigen/Dense>
#include <cmath>

namespace groundwork::benefit {

namespace {

// One person's row of the model, and which of its entries share one error.
struct Matrices {
    std::vector<std::string> terms;
    Eigen::MatrixXd x;
    Eigen::VectorXd y;
    Eigen::Index baseline = 1;
    std::vector<Eigen::Index> arms;  // columns of the arms after the reference
    Eigen::Index moderator = -1;
    std::vector<Eigen::Index> products;  // of the same arms with the moderator
    std::vector<int> arm_of;             // each row's
};

void add_covariate_columns(const Study& study, std::vector<std::string>& terms,
                           std::vector<std::pair<const Covariate*, std::int32_t>>& columns) {
    for (const Covariate& covariate : study.covariates) {
        if (covariate.levels.empty()) {
            terms.push_back(covariate.name);
            columns.emplace_back(&covariate, -1);
        }
        for (std::size_t level = 1; level < covariate.levels.size(); ++level) {
            terms.push_back(covariate.name + covariate.levels[level]);
            columns.emplace_back(&covariate, static_cast<std::int32_t>(level));
        }
    }
}

Matrices lay_out(const Study& study, const ModeratorScale& scale) {
    Matrices design;
    Family family;
    design.terms = {"(Intercept)", study.names.baseline};
    const auto add = [&](std::string term) {
        design.terms.push_back(std::move(term));
        return static_cast<Eigen::Index>(design.terms.size()) - 1;
    };
    for (std::size_t arm = 1; arm < study.arms.size(); ++arm) {
        design.arms.push_back(add(arm_term(family, study, arm)));
    }
    if (study.has_moderator) {
        design.moderator = add(moderator_term(family, study));
        for (std::size_t arm = 1; arm < study.arms.size(); ++arm) {
            design.products.push_back(add(arm_by_moderator_term(family, study, arm)));
        }
    }
    const std::size_t first_covariate = design.terms.size();
    std::vector<std::pair<const Covariate*, std::int32_t>> covariates;
    add_covariate_columns(study, design.terms, covariates);

    const std::vector<std::size_t> who = study.complete_people();
    design.x = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(who.size()),
                                     static_cast<Eigen::Index>(design.terms.size()));
    design.y.resize(design.x.rows());
    for (Eigen::Index row = 0; row < design.x.rows(); ++row) {
        const std::size_t at = who[static_cast<std::size_t>(row)];
        const Person& person = study.people[at];
        const double moderator = person.moderator - scale.mean;
        design.y(row) = person.after;
        design.x(row, 0) = 1;
        design.x(row, design.baseline) = person.baseline;
        design.arm_of.push_back(person.arm);
        if (person.arm > 0) {
            design.x(row, design.arms[static_cast<std::size_t>(person.arm) - 1]) = 1;
        }
        if (study.has_moderator) {
            design.x(row, design.moderator) = moderator;
            if (person.arm > 0) {
                design.x(row, design.products[static_cast<std::size_t>(person.arm) - 1]) = moderator;
            }
        }
        for (std::size_t i = 0; i < covariates.size(); ++i) {
            const auto& [covariate, level] = covariates[i];
            design.x(row, static_cast<Eigen::Index>(first_covariate + i)) = level < 0 ? covariate->numbers[at]
                                                                            : covariate->codes[at] == level
                                                                                ? 1.0
                                                                                : 0.0;
        }
    }
    return design;
}

double error_variance(const Eigen::MatrixXd& x, Eigen::Index column, double reliability) {
    const Eigen::VectorXd centred = x.col(column).array() - x.col(column).mean();
    return (1 - reliability) * centred.squaredNorm() / static_cast<double>(x.rows() - 1);
}

}  // namespace

Result<FixedEffects> reliability_corrected(const Study& study, const ModeratorScale& scale,
                                           const AssumedReliability& reliability) {
    const Matrices design = lay_out(study, scale);
    const Eigen::MatrixXd& x = design.x;
    const Eigen::Index rows = x.rows();
    const Eigen::Index columns = x.cols();
    const double baseline_error = error_variance(x, design.baseline, reliability.baseline);
    const double moderator_error =
        design.moderator < 0 ? 0 : error_variance(x, design.moderator, reliability.moderator);

    // The error's covariance in one row: E_i = baseline_error u u' + moderator_error g_i g_i'.
    const auto error_times = [&](Eigen::Index row, const Eigen::VectorXd& b) {
        Eigen::VectorXd result = Eigen::VectorXd::Zero(columns);
        result(design.baseline) = baseline_error * b(design.baseline);
        if (design.moderator >= 0) {
            const int arm = design.arm_of[static_cast<std::size_t>(row)];
            const Eigen::Index product = arm > 0 ? design.products[static_cast<std::size_t>(arm) - 1] : -1;
            const double sum = b(design.moderator) + (product < 0 ? 0 : b(product));
            result(design.moderator) = moderator_error * sum;
            if (product >= 0) {
                result(product) = moderator_error * sum;
            }
        }
        return result;
    };
    Eigen::MatrixXd corrected = x.transpose() * x;
    for (Eigen::Index column = 0; column < columns; ++column) {
        const Eigen::VectorXd unit = Eigen::VectorXd::Unit(columns, column);
        for (Eigen::Index row = 0; row < rows; ++row) {
            corrected.col(column) -= error_times(row, unit);
        }
    }
    if (rows <= columns || Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(x).rank() < columns) {
        return fail(unacceptable("the columns of the model determine one another"));
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(corrected);
    if (factor.info() != Eigen::Success) {
        return fail(unacceptable("a reliability that low contradicts the data"));
    }
    const Eigen::VectorXd b = factor.solve(x.transpose() * design.y);
    const Eigen::VectorXd residuals = design.y - x * b;
    Eigen::MatrixXd meat = Eigen::MatrixXd::Zero(columns, columns);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const Eigen::VectorXd score = x.row(row).transpose() * residuals(row) + error_times(row, b);
        meat += score * score.transpose();
    }
    const double freedom = static_cast<double>(rows - columns);
    const Eigen::MatrixXd half = factor.solve(meat);
    const Eigen::MatrixXd covariance = factor.solve(half.transpose()) * (static_cast<double>(rows) / freedom);

    FixedEffects effects;
    for (Eigen::Index i = 0; i < columns; ++i) {
        effects.fixed.push_back(statistics::make_estimate(design.terms[static_cast<std::size_t>(i)], b(i),
                                                          std::sqrt(covariance(i, i)), freedom));
        for (Eigen::Index j = 0; j < columns; ++j) {
            effects.covariance.push_back(covariance(i, j));
        }
    }
    return effects;
}

}  // namespace groundwork::benefit
