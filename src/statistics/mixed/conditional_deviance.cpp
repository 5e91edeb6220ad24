#include "statistics/mixed/conditional_deviance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/mixed/refit.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double infinite = std::numeric_limits<double>::infinity();

// log|H| and what is left of the outcome at one value of the factors, before the residual variance and the
// held coefficient are decided.
struct Evaluated {
    std::unique_ptr<KernelPoint> kernel;
    MatrixXd inverse;    // (W'H^-1 W)^-1
    VectorXd solution;   // coefficients of W beside the least-squares fit
    double squares = 0;  // v'P v at the solution, v = (-solution, 1)
};

Evaluated evaluate(const Kernel& kernel, const Factors& factors) {
    Evaluated result;
    result.kernel = kernel.at(factors);
    const auto products = view(std::as_const(result.kernel->products));
    const Eigen::Index fixed = products.rows() - 1;
    const Eigen::LLT<MatrixXd> cholesky(products.topLeftCorner(fixed, fixed));
    const VectorXd cross = products.col(fixed).head(fixed);
    result.solution = cholesky.solve(cross);
    result.inverse = cholesky.solve(MatrixXd::Identity(fixed, fixed));
    result.squares = products(fixed, fixed) - cross.dot(result.solution);
    return result;
}

// The slopes of log|H| + scale v'P v in the free entries, v held (the envelope theorem's right, where it is
// best).
VectorXd slopes(const Evaluated& at, const VectorXd& solution, double scale, const RandomEffects& effects) {
    VectorXd contrast(solution.size() + 1);
    contrast << -solution, 1.0;
    Matrix weight(static_cast<std::size_t>(contrast.size()), static_cast<std::size_t>(contrast.size()));
    view(weight) = scale * contrast * contrast.transpose();
    const Derivatives derivatives = at.kernel->derivatives(weight);
    VectorXd gradient(index(effects.entries.size()));
    for (std::size_t k = 0; k < effects.entries.size(); ++k) {
        const FreeEntry& entry = effects.entries[k];
        const BlockSums& sums = derivatives.blocks[entry.block];
        const std::size_t width = sums.scaled_trace.rows;
        const double inner =
            view(sums.cross[entry.row + width * entry.column]).cwiseProduct(view(weight)).sum();
        gradient(index(k)) = 2 * (sums.scaled_trace(entry.column, entry.row) - inner);
    }
    return gradient;
}

double log_two_pi(double variance) { return std::log(2 * std::numbers::pi * variance); }

std::vector<double> list_of(const VectorXd& values) { return {values.begin(), values.end()}; }

// A coefficient c'gamma of W's coefficients gamma. The residual variance takes its best value; the
// coordinates are the free entries.
class HeldCoefficient final : public ConditionalDeviance {
  public:
    HeldCoefficient(const Problem& problem, const ObjectivePoint& point, std::size_t column)
        : problem_(problem), rows_(static_cast<double>(problem.setting.rows)) {
        VectorXd unit = VectorXd::Zero(index(problem.side.names.size()));
        unit(index(column)) = 1;
        contrast_ = view(problem.side.triangle).transpose().triangularView<Eigen::Lower>().solve(unit);
        base_ = contrast_.dot(view(problem.side.coefficients));
        name = problem.side.names[column];
        start = view(point.entries());
        optimum = base_ + contrast_.dot(view(point.coefficients()));
        step = std::sqrt(contrast_.dot(view(point.inverse_fixed()) * contrast_) * point.residual_squares() /
                         point.degrees());
        lowest = -infinite;
        highest = infinite;
    }

    DeviancePoint at(double held, const VectorXd& coordinates) const override {
        const RandomEffects& effects = problem_.coordinates.effects;
        const Evaluated found = evaluate(*problem_.kernel, factors_of(effects, list_of(coordinates)));
        const VectorXd direction = found.inverse * contrast_;
        const double spread = contrast_.dot(direction);
        const double away = held - base_ - contrast_.dot(found.solution);
        const double squares = found.squares + away * away / spread;
        const VectorXd solution = found.solution + direction * (away / spread);
        DeviancePoint result;
        result.value = found.kernel->log_determinant - problem_.setting.log_weights +
                       rows_ * (1 + log_two_pi(squares / rows_));
        result.gradient = slopes(found, solution, rows_ / squares, effects);
        result.slope = rows_ / squares * 2 * away / spread;
        return result;
    }

  private:
    const Problem& problem_;
    double rows_;
    VectorXd contrast_;
    double base_ = 0;  // of the least-squares fit
};

// One grouping factor's effects in coordinates in which a number of interest is a single entry of the factor:
// the columns as written, but for their lengths, and two of a term changed in order.
struct Turned {
    RandomEffects effects;
    std::unique_ptr<LevelProducts> products;  // which the kernel reads
    std::unique_ptr<Kernel> kernel;
    std::vector<double> entries;  // at the optimum
    double length = 1;            // of the first column: its effects are `length` times as large as written
    std::size_t first_entry = 0;  // where the term's triangle begins
    std::size_t width = 0;        // of the term
};

// The term's column `first` comes first, and `second` second.
Turned turn(const Problem& problem, const ObjectivePoint& point, std::size_t term_number, std::size_t first,
            std::size_t second, unsigned threads) {
    const Coordinates& coordinates = problem.coordinates;
    const BlockTerm& term = coordinates.effects.terms[term_number];
    const Eigen::Index width = index(problem.products->width());
    MatrixXd squares = MatrixXd::Zero(width, width);
    for (std::size_t level = 0; level < problem.products->levels(); ++level) {
        for (Eigen::Index i = 0; i < width; ++i) {
            for (Eigen::Index j = 0; j < width; ++j) {
                squares(i, j) +=
                    problem.products->a(level, static_cast<std::size_t>(i), static_cast<std::size_t>(j));
            }
        }
    }
    // Z as written = Z as standardised * back.
    const MatrixXd back = view(coordinates.to_original.front()).inverse();
    const VectorXd lengths =
        ((back.transpose() * squares * back).diagonal() / static_cast<double>(problem.setting.rows))
            .cwiseSqrt();
    std::vector<Eigen::Index> order;
    for (Eigen::Index k = 0; k < width; ++k) {
        order.push_back(k);
    }
    const auto at = [&](std::size_t place) { return order.begin() + index(term.first + place); };
    std::iter_swap(at(0), std::find(at(0), at(term.width), index(first)));
    if (term.width > 1) {
        std::iter_swap(at(1), std::find(at(1), at(term.width), index(second)));
    }
    MatrixXd columns(width, width), effects(width, width);  // what turns columns, and effects
    for (Eigen::Index k = 0; k < width; ++k) {
        columns.col(k) =
            back.col(order[static_cast<std::size_t>(k)]) / lengths(order[static_cast<std::size_t>(k)]);
        effects.row(k) = lengths(order[static_cast<std::size_t>(k)]) *
                         view(coordinates.to_original.front()).row(order[static_cast<std::size_t>(k)]);
    }
    Turned result;
    result.products = std::make_unique<LevelProducts>(*problem.products);
    result.products->change_effects(to_matrix(columns));
    result.effects = coordinates.effects;
    result.kernel = make_single_kernel(*result.products, threads);
    const Coordinates turned{coordinates.effects, {to_matrix(effects)}};
    result.entries = entries_of(result.effects, original_factors(turned, point.factors()));
    result.length = lengths(index(first));
    result.width = term.width;
    while (result.effects.entries[result.first_entry].row != term.first ||
           result.effects.entries[result.first_entry].column != term.first) {
        ++result.first_entry;
    }
    return result;
}

// The standard deviation of the first effect: sigma times the first entry. Inner scale: times the column's
// length. In place of that entry the coordinates hold log sigma.
class HeldDeviation final : public ConditionalDeviance {
  public:
    HeldDeviation(const Problem& problem, Turned turned, double sigma)
        : turned_(std::move(turned)),
          rows_(static_cast<double>(problem.setting.rows)),
          log_weights_(problem.setting.log_weights) {
        const Eigen::Index place = index(turned_.first_entry);
        start = view(turned_.entries);
        optimum = sigma * start(place);
        start(place) = std::log(sigma);
        step = optimum > 0 ? optimum / std::sqrt(2.0 * static_cast<double>(problem.products->levels()))
                           : sigma / std::sqrt(rows_);
        lowest = 0;
        highest = infinite;
    }
    double outer(double held) const override { return held / turned_.length; }

    DeviancePoint at(double held, const VectorXd& coordinates) const override {
        const Eigen::Index place = index(turned_.first_entry);
        const double sigma = std::exp(coordinates(place)), variance = sigma * sigma;
        VectorXd entries = coordinates;
        entries(place) = held / sigma;
        const Evaluated found = evaluate(*turned_.kernel, factors_of(turned_.effects, list_of(entries)));
        DeviancePoint result;
        result.value = found.kernel->log_determinant - log_weights_ + rows_ * log_two_pi(variance) +
                       found.squares / variance;
        result.gradient = slopes(found, found.solution, 1 / variance, turned_.effects);
        const double along = result.gradient(place);
        result.slope = along / sigma;
        result.gradient(place) = 2 * rows_ - 2 * found.squares / variance - held / sigma * along;
        return result;
    }

  private:
    Turned turned_;
    double rows_, log_weights_;
};

// The correlation of the first two effects: the second row of the factor is kappa (sin a, cos a). Inner
// scale: a. The residual variance takes its best value; the coordinates are the entries without (2, 1), and
// kappa for (2, 2).
class HeldCorrelation final : public ConditionalDeviance {
  public:
    HeldCorrelation(const Problem& problem, Turned turned)
        : turned_(std::move(turned)),
          rows_(static_cast<double>(problem.setting.rows)),
          log_weights_(problem.setting.log_weights) {
        cross_ = index(turned_.first_entry) + 1;
        own_ = index(turned_.first_entry + turned_.width);  // entries go down the triangle's columns
        const VectorXd entries = view(turned_.entries);
        const double kappa = std::hypot(entries(cross_), entries(own_));
        optimum = std::atan2(entries(cross_), entries(own_));
        start.resize(entries.size() - 1);
        start << entries.head(cross_), entries.tail(entries.size() - cross_ - 1);
        start(own_ - 1) = kappa;
        step = 1 / std::sqrt(static_cast<double>(problem.products->levels()));
        lowest = -std::numbers::pi / 2;
        highest = std::numbers::pi / 2;
    }
    double outer(double held) const override { return std::sin(held); }

    DeviancePoint at(double held, const VectorXd& coordinates) const override {
        const double kappa = coordinates(own_ - 1), sine = std::sin(held), cosine = std::cos(held);
        VectorXd entries(coordinates.size() + 1);
        entries << coordinates.head(cross_), kappa * sine, coordinates.tail(coordinates.size() - cross_);
        entries(own_) = kappa * cosine;
        const Evaluated found = evaluate(*turned_.kernel, factors_of(turned_.effects, list_of(entries)));
        DeviancePoint result;
        result.value =
            found.kernel->log_determinant - log_weights_ + rows_ * (1 + log_two_pi(found.squares / rows_));
        const VectorXd gradient = slopes(found, found.solution, rows_ / found.squares, turned_.effects);
        result.slope = kappa * (cosine * gradient(cross_) - sine * gradient(own_));
        result.gradient.resize(coordinates.size());
        result.gradient << gradient.head(cross_), gradient.tail(coordinates.size() - cross_);
        result.gradient(own_ - 1) = sine * gradient(cross_) + cosine * gradient(own_);
        return result;
    }

  private:
    Turned turned_;
    double rows_, log_weights_;
    Eigen::Index cross_ = 0, own_ = 0;
};

// The residual standard deviation. Inner scale: its logarithm.
class HeldResidual final : public ConditionalDeviance {
  public:
    HeldResidual(const Problem& problem, const ObjectivePoint& point)
        : problem_(problem), rows_(static_cast<double>(problem.setting.rows)) {
        start = view(point.entries());
        optimum = 0.5 * std::log(point.residual_squares() / point.degrees());
        step = 1 / std::sqrt(2 * rows_);
        lowest = -infinite;
        highest = infinite;
    }
    double outer(double held) const override { return std::exp(held); }

    DeviancePoint at(double held, const VectorXd& coordinates) const override {
        const RandomEffects& effects = problem_.coordinates.effects;
        const Evaluated found = evaluate(*problem_.kernel, factors_of(effects, list_of(coordinates)));
        const double variance = std::exp(2 * held);
        DeviancePoint result;
        result.value = found.kernel->log_determinant - problem_.setting.log_weights +
                       rows_ * log_two_pi(variance) + found.squares / variance;
        result.gradient = slopes(found, found.solution, 1 / variance, effects);
        result.slope = 2 * rows_ - 2 * found.squares / variance;
        return result;
    }

  private:
    const Problem& problem_;
    double rows_;
};

}  // namespace

std::vector<std::unique_ptr<ConditionalDeviance>> hold_coefficients(const Problem& problem,
                                                                    const ObjectivePoint& optimum) {
    std::vector<std::unique_ptr<ConditionalDeviance>> held;
    for (std::size_t column = 0; column < problem.side.names.size(); ++column) {
        held.push_back(std::make_unique<HeldCoefficient>(problem, optimum, column));
    }
    return held;
}

std::vector<std::unique_ptr<ConditionalDeviance>> hold_random_numbers(const Problem& problem,
                                                                      const ObjectivePoint& optimum,
                                                                      unsigned threads) {
    const std::vector<double> numbers = random_numbers(problem, optimum);
    const std::vector<std::string> names = random_names(problem);
    const double sigma = numbers.back();
    std::vector<std::unique_ptr<ConditionalDeviance>> held;
    const RandomEffects& effects = problem.coordinates.effects;
    for (std::size_t number = 0; number < effects.terms.size(); ++number) {
        const BlockTerm& term = effects.terms[number];
        const std::size_t end = term.first + term.width;
        for (std::size_t k = term.first; k < end; ++k) {
            const std::size_t other = k == term.first ? k + 1 : term.first;
            held.push_back(std::make_unique<HeldDeviation>(
                problem, turn(problem, optimum, number, k, other, threads), sigma));
        }
        for (std::size_t k = term.first; k < end; ++k) {
            for (std::size_t j = term.first; j < k; ++j) {
                held.push_back(std::isfinite(numbers[held.size()])
                                   ? std::make_unique<HeldCorrelation>(
                                         problem, turn(problem, optimum, number, j, k, threads))
                                   : nullptr);
            }
        }
    }
    held.push_back(std::make_unique<HeldResidual>(problem, optimum));
    for (std::size_t k = 0; k < held.size(); ++k) {
        if (held[k]) {
            held[k]->name = names[k];
        }
    }
    return held;
}

}  // namespace groundwork::statistics
