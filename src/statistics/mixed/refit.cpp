#include "statistics/mixed/refit.h"

#include <algorithm>
#include <cmath>

#include "statistics/eigen_views.h"
#include "statistics/mixed/certificate.h"
#include "statistics/simulation.h"

namespace groundwork::statistics {

namespace {

// L of a positive semidefinite matrix with as few columns as its rank, by pivoted Cholesky.
std::vector<double> thin_root(Eigen::MatrixXd matrix, std::size_t& rank) {
    constexpr double nothing = 1e-10;  // of a column's own square
    const Eigen::Index size = matrix.rows();
    const Eigen::VectorXd scale = matrix.diagonal();
    std::vector<Eigen::VectorXd> columns;
    for (Eigen::Index step = 0; step < size; ++step) {
        Eigen::Index pivot = -1;
        double largest = nothing;
        for (Eigen::Index k = 0; k < size; ++k) {
            const double share = scale(k) > 0 ? matrix(k, k) / scale(k) : 0;
            if (share > largest) {
                largest = share;
                pivot = k;
            }
        }
        if (pivot < 0) {
            break;
        }
        columns.emplace_back(matrix.col(pivot) / std::sqrt(matrix(pivot, pivot)));
        matrix -= columns.back() * columns.back().transpose();
    }
    rank = columns.size();
    std::vector<double> root(static_cast<std::size_t>(size) * rank);
    for (std::size_t row = 0; row < static_cast<std::size_t>(size); ++row) {
        for (std::size_t k = 0; k < rank; ++k) {
            root[row * rank + k] = columns[k](index(row));
        }
    }
    return root;
}

}  // namespace

std::vector<double> column_coefficients(const FixedSide& side, const std::vector<double>& of_basis) {
    const Eigen::VectorXd solved = view(side.triangle).triangularView<Eigen::Upper>().solve(view(of_basis));
    return {solved.begin(), solved.end()};
}

std::vector<double> random_numbers(const Problem& problem, const ObjectivePoint& point) {
    const double sigma = std::sqrt(point.residual_squares() / point.degrees());
    const Factors factors = original_factors(problem.coordinates, point.factors());
    std::vector<double> numbers;
    for (const BlockTerm& term : problem.coordinates.effects.terms) {
        const auto factor = view(factors[term.block]);
        for (std::size_t k = term.first; k < term.first + term.width; ++k) {
            numbers.push_back(sigma * factor.row(index(k)).norm());
        }
        for (std::size_t k = term.first; k < term.first + term.width; ++k) {
            for (std::size_t j = term.first; j < k; ++j) {
                const double scale = factor.row(index(k)).norm() * factor.row(index(j)).norm();
                numbers.push_back(scale > 0 ? factor.row(index(k)).dot(factor.row(index(j))) / scale
                                            : unknown);
            }
        }
    }
    numbers.push_back(sigma);
    return numbers;
}

std::vector<std::string> random_names(const Problem& problem) {
    const RandomEffects& effects = problem.coordinates.effects;
    std::vector<std::string> names;
    for (const BlockTerm& term : effects.terms) {
        const Block& block = effects.blocks[term.block];
        for (std::size_t k = term.first; k < term.first + term.width; ++k) {
            names.push_back("sd " + block.names[k] + " | " + block.group);
        }
        for (std::size_t k = term.first; k < term.first + term.width; ++k) {
            for (std::size_t j = term.first; j < k; ++j) {
                names.push_back("cor " + block.names[j] + ", " + block.names[k] + " | " + block.group);
            }
        }
    }
    names.emplace_back("sigma");
    return names;
}

Refit refit(const Problem& problem, const Kernel& kernel, const std::vector<double>& base,
            const std::vector<double>& start) {
    const RandomEffects& effects = problem.coordinates.effects;
    Minimum minimum = minimise(kernel, effects, problem.setting, start);
    const ObjectivePoint& point = *minimum.point;
    std::vector<double> of_basis = point.coefficients();
    for (std::size_t k = 0; k < of_basis.size(); ++k) {
        of_basis[k] += base[k];
    }
    Refit result;
    result.coefficients = column_coefficients(problem.side, of_basis);
    result.random = random_numbers(problem, point);
    result.status = certify(minimum, effects, original_factors(problem.coordinates, point.factors())).status;
    return result;
}

OutcomeSimulator::OutcomeSimulator(const LevelProducts& products, std::vector<std::size_t> rows)
    : rows_(std::move(rows)) {
    ENSURE(!products.outer.empty() && rows_.size() == products.levels());
    const std::size_t width = products.width(), fixed = products.columns() - 1, size = width + fixed;
    for (std::size_t level = 0; level < products.levels(); ++level) {
        Eigen::MatrixXd joint(index(size), index(size));
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                const double value = i < width   ? products.a(level, i, j)
                                     : j < width ? products.b(level, j, i - width)
                                                 : products.outer_at(level, i - width, j - width);
                joint(index(i), index(j)) = joint(index(j), index(i)) = value;
            }
        }
        Level one;
        one.root = thin_root(std::move(joint), one.rank);
        one.rank = std::min(one.rank, rows_[level]);
        levels_.push_back(std::move(one));
    }
}

void OutcomeSimulator::draw(RandomStream& random, const Matrix& factor, double sigma,
                            LevelProducts& target) const {
    const std::size_t width = target.width(), outcome = target.columns() - 1, fixed = outcome;
    std::vector<double> effects(width), normal, products(width + fixed), sums(fixed, 0.0);
    double squares = 0;
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        const Level& one = levels_[level];
        const std::size_t stride = one.root.size() / products.size();
        normal.resize(one.rank);
        std::fill(effects.begin(), effects.end(), 0.0);
        for (std::size_t k = 0; k < width; ++k) {
            const double draw = sigma * random.next_normal();
            for (std::size_t row = k; row < width; ++row) {
                effects[row] += factor(row, k) * draw;
            }
        }
        double length = next_chi_square(random, rows_[level] - one.rank);
        for (double& value : normal) {
            value = random.next_normal();
            length += value * value;
        }
        squares += sigma * sigma * length;
        for (std::size_t row = 0; row < products.size(); ++row) {  // [Z W]'e
            products[row] = 0;
            for (std::size_t k = 0; k < one.rank; ++k) {
                products[row] += sigma * one.root[row * stride + k] * normal[k];
            }
        }
        for (std::size_t i = 0; i < width; ++i) {
            double with_effects = products[i];
            for (std::size_t j = 0; j < width; ++j) {
                with_effects += target.a(level, i, j) * effects[j];
            }
            squares += effects[i] * (with_effects + products[i]);  // b'Ab + 2 b'Z'e
            target.b(level, i, outcome) = with_effects;
        }
        for (std::size_t column = 0; column < fixed; ++column) {
            sums[column] += products[width + column];
            for (std::size_t i = 0; i < width; ++i) {
                sums[column] += target.b(level, i, column) * effects[i];
            }
        }
    }
    for (std::size_t column = 0; column < fixed; ++column) {
        target.total(column, outcome) = target.total(outcome, column) = sums[column];
    }
    target.total(outcome, outcome) = squares;
}

std::vector<double> draw_outcome(RandomStream& random, const CrossedRows& rows, const Factors& factors,
                                 double sigma) {
    std::vector<double> outcome(rows.basis.rows);
    for (double& value : outcome) {
        value = sigma * random.next_normal();
    }
    for (std::size_t b = 0; b < rows.blocks.size(); ++b) {
        const Block& block = rows.blocks[b];
        const std::size_t width = block.width();
        std::vector<double> effects(block.levels * width, 0.0);
        for (std::size_t level = 0; level < block.levels; ++level) {
            for (std::size_t k = 0; k < width; ++k) {
                const double draw = sigma * random.next_normal();
                for (std::size_t row = k; row < width; ++row) {
                    effects[level * width + row] += factors[b](row, k) * draw;
                }
            }
        }
        for (std::size_t k = 0; k < width; ++k) {
            for (std::size_t row = 0; row < outcome.size(); ++row) {
                outcome[row] +=
                    block.columns(row, k) * effects[static_cast<std::size_t>(block.codes[row]) * width + k];
            }
        }
    }
    return outcome;
}

}  // namespace groundwork::statistics
