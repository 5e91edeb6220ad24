#include "statistics/inference/type_three.h"

#include <algorithm>
#include <utility>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;

constexpr double rounding = 1e-8;  // of the largest pivot: below, a direction is zero

// The columns of one term with one column for every combination of levels, handed over one by one.
template <class Use>
void every_level_columns(const Term& term, const std::vector<ModelVariable>& variables, std::size_t rows,
                         const Use& use) {
    std::vector<const ModelVariable*> factors;
    std::vector<double> product(rows, 1.0);
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (!term[v]) {
            continue;
        }
        if (variables[v].kind == Variable::Kind::factor) {
            factors.push_back(&variables[v]);
            continue;
        }
        for (std::size_t row = 0; row < rows; ++row) {
            product[row] *= variables[v].numbers[row];
        }
    }
    std::vector<std::size_t> at(factors.size(), 0);
    while (true) {
        std::vector<double> column = product;
        for (std::size_t f = 0; f < factors.size(); ++f) {
            for (std::size_t row = 0; row < rows; ++row) {
                column[row] = static_cast<std::size_t>(factors[f]->codes[row]) == at[f] ? column[row] : 0.0;
            }
        }
        use(column);
        std::size_t f = 0;
        while (f < factors.size() && ++at[f] == factors[f]->levels.size()) {
            at[f++] = 0;
        }
        if (f == factors.size()) {
            return;
        }
    }
}

struct Overparameterised {
    MatrixXd weights;  // coefficients x columns: each column in terms of the model's own columns
    std::vector<std::pair<Eigen::Index, Eigen::Index>> terms;  // first column and how many
};

Overparameterised every_level(const Predictors& predictors) {
    const TermSet& terms = predictors.formula().fixed;
    const std::vector<ModelVariable>& variables = predictors.frame().fixed;
    const std::size_t rows = predictors.frame().used.size();
    std::vector<double> weights;
    Eigen::Index columns = 0;
    const auto use = [&](const std::vector<double>& column) {
        const std::vector<double> one = predictors.solve(column);
        weights.insert(weights.end(), one.begin(), one.end());
        ++columns;
    };
    if (terms.intercept) {
        use(std::vector<double>(rows, 1.0));
    }
    Overparameterised result;
    for (const Term& term : terms.terms) {
        const Eigen::Index first = columns;
        every_level_columns(term, variables, rows, use);
        result.terms.emplace_back(first, columns - first);
    }
    result.weights = Eigen::Map<const MatrixXd>(weights.data(), index(predictors.coefficients()), columns);
    return result;
}

bool contains(const Term& larger, const Term& smaller, const std::vector<ModelVariable>& variables) {
    if (larger == smaller || (smaller & ~larger).any()) {
        return false;
    }
    for (std::size_t v = 0; v < variables.size(); ++v) {
        if (variables[v].kind == Variable::Kind::numeric && larger[v] != smaller[v]) {
            return false;
        }
    }
    return true;
}

MatrixXd columns_of(const Overparameterised& all, const std::vector<char>& chosen) {
    MatrixXd result(all.weights.rows(), 0);
    for (Eigen::Index column = 0; column < all.weights.cols(); ++column) {
        if (chosen[static_cast<std::size_t>(column)]) {
            result.conservativeResize(Eigen::NoChange, result.cols() + 1);
            result.col(result.cols() - 1) = all.weights.col(column);
        }
    }
    return result;
}

// Orthonormal columns spanning every k with k' * matrix = 0.
MatrixXd left_null_space(const MatrixXd& matrix) {
    if (matrix.cols() == 0) {
        return MatrixXd::Identity(matrix.rows(), matrix.rows());
    }
    Eigen::ColPivHouseholderQR<MatrixXd> triangular(matrix);
    triangular.setThreshold(rounding);
    const MatrixXd q = triangular.householderQ();
    return q.rightCols(matrix.rows() - triangular.rank());
}

MatrixXd scaled_columns(MatrixXd matrix) {
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
        const double length = matrix.col(column).norm();
        matrix.col(column) *= length > 0 ? 1 / length : 1;
    }
    return matrix;
}

}  // namespace

std::vector<Matrix> type_three_contrasts(const Predictors& predictors) {
    const Overparameterised all = every_level(predictors);
    const std::vector<Term>& terms = predictors.formula().fixed.terms;
    const std::vector<ModelVariable>& variables = predictors.frame().fixed;
    std::vector<Matrix> contrasts;
    for (std::size_t t = 0; t < terms.size(); ++t) {
        std::vector<char> outside(static_cast<std::size_t>(all.weights.cols()), 1);
        std::vector<char> own(outside.size(), 0);
        for (std::size_t other = 0; other < terms.size(); ++other) {
            const auto [first, count] = all.terms[other];
            if (other == t || contains(terms[other], terms[t], variables)) {
                std::fill_n(outside.begin() + first, count, 0);
            }
            if (other == t) {
                std::fill_n(own.begin() + first, count, 1);
            }
        }
        std::vector<char> outside_or_own = outside;
        std::transform(own.begin(), own.end(), outside.begin(), outside_or_own.begin(),
                       [](char a, char b) { return static_cast<char>(a || b); });
        const MatrixXd allowed = left_null_space(scaled_columns(columns_of(all, outside)));
        const MatrixXd containing = left_null_space(scaled_columns(columns_of(all, outside_or_own)));
        // Within `allowed`, orthogonal (as functions of all the columns) to those of the containing terms
        // alone.
        const MatrixXd across =
            (allowed.transpose() * all.weights) * (containing.transpose() * all.weights).transpose();
        const MatrixXd hypothesis = (allowed * left_null_space(across)).transpose();
        Matrix rows(static_cast<std::size_t>(hypothesis.rows()), predictors.coefficients());
        rows.values.assign(hypothesis.data(), hypothesis.data() + hypothesis.size());
        contrasts.push_back(std::move(rows));
    }
    return contrasts;
}

std::vector<TermTest> type_three_tests(const Coefficients& coefficients, const Predictors& predictors) {
    ENSURE(coefficients.names.size() == predictors.coefficients());
    const TermSet& terms = predictors.formula().fixed;
    const std::vector<Matrix> contrasts = type_three_contrasts(predictors);
    std::vector<TermTest> tests;
    for (std::size_t t = 0; t < terms.terms.size(); ++t) {
        TermTest test;
        for (std::size_t v = 0; v < terms.variables.size(); ++v) {
            if (terms.terms[t][v]) {
                test.term += (test.term.empty() ? "" : ":") + deparse(terms.variables[v]);
            }
        }
        test.test = joint_test(coefficients, contrasts[t]);
        tests.push_back(std::move(test));
    }
    return tests;
}

}  // namespace groundwork::statistics
