#include "statistics/generalized/likelihood.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace groundwork::statistics {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double sum_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}
double product_of(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void multiply(const Matrix& matrix, const double* coefficients, std::vector<double>& result) {
    const Eigen::Map<const Eigen::MatrixXd> columns(matrix.values.data(),
                                                    static_cast<Eigen::Index>(matrix.rows),
                                                    static_cast<Eigen::Index>(matrix.columns));
    const Eigen::Map<const Eigen::VectorXd> by(coefficients, static_cast<Eigen::Index>(matrix.columns));
    Eigen::Map<Eigen::VectorXd>(result.data(), static_cast<Eigen::Index>(result.size())).noalias() +=
        columns * by;
}

void multiply_small(const Matrix& matrix, const double* vector, double* result) {
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        result[r] = 0;
        for (std::size_t c = 0; c < matrix.columns; ++c) {
            result[r] += matrix(r, c) * vector[c];
        }
    }
}

}  // namespace

GeneralizedLikelihood::GeneralizedLikelihood(const GeneralizedProblem& problem)
    : problem_(problem), rows_(problem.outcome), system_(problem.effects.blocks, problem.outcome.rows()) {
    const std::size_t rows = problem.outcome.rows(), width = system_.row_width();
    columns_.resize(rows * width);
    scaled_.resize(rows * width);
    for (std::size_t block = 0; block < system_.blocks(); ++block) {
        const Matrix& columns = problem.effects.blocks[block].columns;
        for (std::size_t c = 0; c < columns.columns; ++c) {
            for (std::size_t row = 0; row < rows; ++row) {
                columns_[row * width + system_.offset(block) + c] = columns(row, c);
            }
        }
    }
    base_.resize(rows);
    predictor_.resize(rows);
    weights_.resize(rows);
    zero_log_odds_.resize(problem.outcome.zero_inflated ? rows : 0);
    effects_.resize(system_.effects());
    slope_.resize(system_.effects());
    step_.resize(system_.effects());
    previous_.resize(system_.effects());
    if (problem.quadrature_points > 1) {
        rule_ = gauss_hermite(problem.quadrature_points);
    }
}

LevelQuadrature GeneralizedLikelihood::at_mode() {
    return {system_, rows_, rule_, columns_, scaled_, predictor_, effects_};
}

void GeneralizedLikelihood::set_parameters(const std::vector<double>& parameters) {
    ENSURE(parameters.size() == problem_.parameters());
    parameters_ = parameters;
    const std::size_t entries = problem_.effects.entries.size();
    factors_ = factors_of(
        problem_.effects,
        std::vector<double>(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(entries)));
    base_ = problem_.offset;
    multiply(problem_.fixed, parameters.data() + problem_.first_fixed(), base_);
    Shape shape;
    if (problem_.sized()) {
        shape.log_size = parameters[problem_.size_at()];
    }
    if (problem_.outcome.zero_inflated) {
        std::fill(zero_log_odds_.begin(), zero_log_odds_.end(), 0.0);
        multiply(problem_.zero, parameters.data() + problem_.first_zero(), zero_log_odds_);
        shape.zero_log_odds = zero_log_odds_;
    }
    rows_.set_shape(shape);
    scale_rows();
}

void GeneralizedLikelihood::scale_rows() {
    const std::size_t width = system_.row_width();
    for (std::size_t row = 0; row < base_.size(); ++row) {
        const double* z = columns_.data() + row * width;
        double* a = scaled_.data() + row * width;
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            const Matrix& factor = factors_[block];
            const std::size_t offset = system_.offset(block);
            for (std::size_t c = 0; c < factor.columns; ++c) {
                double sum = 0;
                for (std::size_t r = c; r < factor.rows; ++r) {
                    sum += factor(r, c) * z[offset + r];
                }
                a[offset + c] = sum;
            }
        }
    }
}

double GeneralizedLikelihood::joint(Detail detail) {
    ++passes_;
    const std::size_t width = system_.row_width();
    for (std::size_t row = 0; row < base_.size(); ++row) {
        const double* a = scaled_.data() + row * width;
        double sum = base_[row];
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            const double* u = effects_.data() + system_.position(row, block);
            for (std::size_t c = 0; c < system_.width(block); ++c) {
                sum += a[system_.offset(block) + c] * u[c];
            }
        }
        predictor_[row] = sum;
    }
    rows_.evaluate(predictor_, detail, terms_);
    return -sum_of(terms_.value) + 0.5 * product_of(effects_, effects_);
}

// slope = -dg/du = A'l' - u
void GeneralizedLikelihood::mode_slope() {
    const std::size_t width = system_.row_width();
    for (std::size_t k = 0; k < slope_.size(); ++k) {
        slope_[k] = -effects_[k];
    }
    for (std::size_t row = 0; row < base_.size(); ++row) {
        const double* a = scaled_.data() + row * width;
        const double first = terms_.first[row];
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            double* target = slope_.data() + system_.position(row, block);
            for (std::size_t c = 0; c < system_.width(block); ++c) {
                target[c] += first * a[system_.offset(block) + c];
            }
        }
    }
}

// Factors H, or, where the curvature is not positive (zero inflation, far from the mode), its positive part;
// true if it was H itself.
bool GeneralizedLikelihood::factorise() {
    for (std::size_t row = 0; row < weights_.size(); ++row) {
        weights_[row] = -terms_.second[row];
    }
    if (system_.factorise(weights_, scaled_)) {
        return true;
    }
    for (double& weight : weights_) {
        weight = std::isfinite(weight) ? std::max(weight, 0.0) : 0.0;
    }
    const bool done = system_.factorise(weights_, scaled_);
    has_factor_ = has_factor_ && done;
    return false;
}

// Newton's method; the first step uses the factor of the last parameters, which costs no new one and is as
// good as predicting the mode's way by the implicit function theorem.
bool GeneralizedLikelihood::find_mode() {
    constexpr double close_enough = 1e-20, tolerable = 1e-13;  // squared length of the next step, in H
    constexpr int most_steps = 100;
    double here = joint(Detail::predictor);
    if (!std::isfinite(here)) {
        std::fill(effects_.begin(), effects_.end(), 0.0);
        has_factor_ = false;
        here = joint(Detail::predictor);
        if (!std::isfinite(here)) {
            return false;
        }
    }
    bool chord = has_factor_ && !effects_.empty();
    double last_length = infinity;
    for (int steps = 0; steps < most_steps; ++steps) {
        mode_slope();
        const bool is_true = chord || factorise();
        step_ = slope_;
        system_.solve(step_);
        const double length = product_of(step_, slope_);
        if (!std::isfinite(length)) {
            return false;
        }
        const bool stalled = length < tolerable && length > 0.25 * last_length;
        if (!chord && (length <= close_enough || stalled)) {
            has_factor_ = true;
            return is_true;
        }
        previous_ = effects_;
        double share = 1;
        const double rounding = 1e-12 * (1 + std::abs(here));
        double there = infinity;
        for (int halving = 0; halving < 40; ++halving, share /= 2) {
            for (std::size_t k = 0; k < effects_.size(); ++k) {
                effects_[k] = previous_[k] + share * step_[k];
            }
            there = joint(Detail::predictor);
            if (there <= here + rounding || chord) {
                break;
            }
        }
        if (!(there <= here + rounding)) {
            effects_ = previous_;
            here = joint(Detail::predictor);
            if (!chord) {
                return false;
            }
        } else {
            here = there;
        }
        last_length = chord ? infinity : length;
        chord = false;
    }
    return false;
}

double GeneralizedLikelihood::value(const std::vector<double>& parameters) {
    set_parameters(parameters);
    if (!find_mode()) {
        std::fill(effects_.begin(), effects_.end(), 0.0);
        has_factor_ = false;
        return infinity;
    }
    if (problem_.quadrature_points > 1) {
        return level_quadrature(at_mode(), nullptr) - 2 * problem_.outcome.constant;
    }
    const double result = 2 * (0.5 * product_of(effects_, effects_) - sum_of(terms_.value)) +
                          system_.log_determinant() - 2 * problem_.outcome.constant;
    return std::isfinite(result) ? result : infinity;
}

// With d = a'Ka of a row, K the weight of dH in the criterion (H^-1 for Laplace), s = -l''' d, v = H^-1 (A's
// + pull) and t = Av (pull: the weight of the mode's own change, 0 for Laplace):
//   along the predictor  r = direct + s - Wt;  dF/dbeta = X'r
//   along a factor       sum of r z u' + (Z'l') v' + 2 Z'WA K
//   along a row's shape  direct - d l''_shape + t l'_shape
// where `direct` holds the derivatives at fixed u: -2 l' (averaged over the nodes in quadrature).
std::vector<double> GeneralizedLikelihood::gradient() {
    rows_.evaluate(predictor_, Detail::everything, terms_);
    system_.invert();
    Sums sums;
    sums.result.assign(problem_.parameters(), 0.0);
    sums.pulled.assign(effects_.size(), 0.0);
    for (const Matrix& factor : factors_) {
        sums.factors.emplace_back(factor.rows, factor.columns);
    }
    if (problem_.quadrature_points > 1) {
        level_quadrature(at_mode(), &sums.direct);
        sums.pulled = sums.direct.pull;
        sums.factors[0] = sums.direct.factor;
    }
    add_curvature_slopes(sums);
    system_.solve(sums.pulled);  // v
    add_row_slopes(sums);
    for (std::size_t c = 0; c < problem_.fixed.columns; ++c) {
        const std::span<const double> column = problem_.fixed.column(c);
        sums.result[problem_.first_fixed() + c] =
            std::inner_product(column.begin(), column.end(), sums.along.begin(), 0.0);
    }
    for (std::size_t k = 0; k < problem_.effects.entries.size(); ++k) {
        const FreeEntry& entry = problem_.effects.entries[k];
        sums.result[k] = sums.factors[entry.block](entry.row, entry.column);
    }
    return sums.result;
}

// d and s of every row, A's, and 2 Z'WA K.
void GeneralizedLikelihood::add_curvature_slopes(Sums& sums) const {
    const std::size_t rows = base_.size(), width = system_.row_width();
    const bool nodes = problem_.quadrature_points > 1;
    std::vector<double> own(width);
    sums.spread.resize(rows);
    sums.along.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const double* a = scaled_.data() + row * width;
        const double* z = columns_.data() + row * width;
        if (nodes) {
            multiply_small(sums.direct.kernel[system_.position(row, 0) / width], a, own.data());
        } else {
            system_.row_inverse(row, a, own.data());
        }
        const double d = std::inner_product(a, a + width, own.begin(), 0.0);
        sums.spread[row] = d;
        sums.along[row] = -terms_.third[row] * d;
        const double weight = -terms_.second[row];
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            const std::size_t offset = system_.offset(block);
            Matrix& slopes = sums.factors[block];
            double* pull = sums.pulled.data() + system_.position(row, block);
            for (std::size_t c = 0; c < slopes.columns; ++c) {
                pull[c] += sums.along[row] * a[offset + c];
                const double factor = 2 * weight * own[offset + c];
                for (std::size_t r = c; r < slopes.rows; ++r) {
                    slopes(r, c) += factor * z[offset + r];
                }
            }
        }
    }
}

// What is left once v is known; `along` becomes r.
void GeneralizedLikelihood::add_row_slopes(Sums& sums) const {
    const std::size_t width = system_.row_width();
    const bool nodes = problem_.quadrature_points > 1;
    for (std::size_t row = 0; row < base_.size(); ++row) {
        const double* a = scaled_.data() + row * width;
        const double* z = columns_.data() + row * width;
        double t = 0;
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            const double* v = sums.pulled.data() + system_.position(row, block);
            for (std::size_t c = 0; c < system_.width(block); ++c) {
                t += a[system_.offset(block) + c] * v[c];
            }
        }
        const double first = terms_.first[row];
        const double implicit = sums.along[row] + terms_.second[row] * t;
        const double by_effect = nodes ? implicit : implicit - 2 * first;
        for (std::size_t block = 0; block < system_.blocks(); ++block) {
            const std::size_t offset = system_.offset(block), at = system_.position(row, block);
            Matrix& slopes = sums.factors[block];
            for (std::size_t c = 0; c < slopes.columns; ++c) {
                const double factor = by_effect * effects_[at + c] + first * sums.pulled[at + c];
                for (std::size_t r = c; r < slopes.rows; ++r) {
                    slopes(r, c) += factor * z[offset + r];
                }
            }
        }
        sums.along[row] = implicit - 2 * (nodes ? sums.direct.first[row] : first);
        if (problem_.sized()) {
            sums.result[problem_.size_at()] += -2 * (nodes ? sums.direct.size[row] : terms_.size_value[row]) -
                                               sums.spread[row] * terms_.size_second[row] +
                                               t * terms_.size_first[row];
        }
        if (problem_.outcome.zero_inflated) {
            const double slope = -2 * (nodes ? sums.direct.zero[row] : terms_.zero_value[row]) -
                                 sums.spread[row] * terms_.zero_second[row] + t * terms_.zero_first[row];
            for (std::size_t c = 0; c < problem_.zero.columns; ++c) {
                sums.result[problem_.first_zero() + c] += problem_.zero(row, c) * slope;
            }
        }
    }
}

}  // namespace groundwork::statistics
