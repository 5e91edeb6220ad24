#include "statistics/generalized/likelihood.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "foundation/foundation.h"
#include "statistics/generalized/level_quadrature.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

Block block(std::string group, std::size_t levels, std::vector<std::int32_t> codes, std::size_t width,
            RandomStream& random) {
    Block result;
    result.group = std::move(group);
    result.levels = levels;
    result.codes = std::move(codes);
    result.columns = Matrix(result.codes.size(), width);
    for (std::size_t row = 0; row < result.codes.size(); ++row) {
        result.columns(row, 0) = 1;
        for (std::size_t c = 1; c < width; ++c) {
            result.columns(row, c) = random.next_normal();
        }
    }
    result.names.assign(width, "x");
    return result;
}

enum class Design { none, single, slopes, crossed, nested, mixed };

RandomEffects effects_of(Design design, std::size_t rows, RandomStream& random) {
    RandomEffects effects;
    std::vector<std::int32_t> fine, coarse, other;
    for (std::size_t row = 0; row < rows; ++row) {
        fine.push_back(static_cast<std::int32_t>(row % 12));
        coarse.push_back(static_cast<std::int32_t>(row % 12 / 3));
        other.push_back(static_cast<std::int32_t>(random.next_below(5)));
    }
    for (std::int32_t k = 0; k < 5; ++k) {
        other[static_cast<std::size_t>(k)] = k;
    }
    const bool wide = design == Design::slopes || design == Design::mixed;
    if (design != Design::none) {
        effects.blocks.push_back(block("fine", 12, fine, wide ? 2 : 1, random));
    }
    if (design == Design::crossed || design == Design::mixed) {
        effects.blocks.push_back(block("other", 5, other, design == Design::mixed ? 2 : 1, random));
    }
    if (design == Design::nested || design == Design::mixed) {
        effects.blocks.push_back(block("coarse", 4, coarse, 1, random));
    }
    for (std::size_t b = 0; b < effects.blocks.size(); ++b) {
        const std::size_t width = effects.blocks[b].width();
        effects.terms.push_back({b, 0, width, true});
        for (std::size_t column = 0; column < width; ++column) {
            for (std::size_t row = column; row < width; ++row) {
                effects.entries.push_back({b, row, column});
            }
        }
    }
    return effects;
}

GeneralizedProblem problem_of(Design design, Family family, bool zeros, bool weighted) {
    constexpr std::size_t rows = 90;
    RandomStream random(7, 1);
    GeneralizedProblem problem;
    problem.effects = effects_of(design, rows, random);
    problem.fixed = Matrix(rows, 2);
    problem.zero = zeros ? Matrix(rows, 2) : Matrix(rows, 0);
    problem.outcome.family = family;
    problem.outcome.zero_inflated = zeros;
    problem.outcome.constant = -3;
    for (std::size_t row = 0; row < rows; ++row) {
        problem.fixed(row, 0) = 1;
        problem.fixed(row, 1) = random.next_normal();
        if (zeros) {
            problem.zero(row, 0) = 1;
            problem.zero(row, 1) = random.next_normal();
        }
        problem.offset.push_back(0.3 * random.next_normal());
        problem.outcome.trials.push_back(family == Family::binomial ? 3 : 0);
        problem.outcome.values.push_back(
            static_cast<double>(random.next_below(family == Family::binomial ? 4 : 6)));
        if (weighted) {
            problem.outcome.weights.push_back(0.5 + random.next_uniform());
        }
    }
    return problem;
}

std::vector<double> some_point(const GeneralizedProblem& problem) {
    std::vector<double> point;
    for (std::size_t k = 0; k < problem.parameters(); ++k) {
        point.push_back(0.6 - 0.23 * static_cast<double>(k % 5));
    }
    return point;
}

void check_gradient(const GeneralizedProblem& problem) {
    GeneralizedLikelihood likelihood(problem);
    const std::vector<double> point = some_point(problem);
    REQUIRE(std::isfinite(likelihood.value(point)));
    const std::vector<double> gradient = likelihood.gradient();
    constexpr double distance = 1e-4;
    for (std::size_t k = 0; k < point.size(); ++k) {
        const auto at = [&](double move) {
            std::vector<double> moved = point;
            moved[k] += move;
            return likelihood.value(moved);
        };
        const double slope =
            (8 * (at(distance) - at(-distance)) - (at(2 * distance) - at(-2 * distance))) / (12 * distance);
        CAPTURE(k);
        CHECK(std::abs(gradient[k] - slope) < 1e-7 * (1 + std::abs(slope)));
    }
}

}  // namespace

TEST_CASE("the gradient is that of the value, for every family, design and approximation") {
    for (const Design design :
         {Design::none, Design::single, Design::slopes, Design::crossed, Design::nested, Design::mixed}) {
        CAPTURE(static_cast<int>(design));
        for (const bool zeros : {false, true}) {
            for (const Family family : {Family::binomial, Family::poisson, Family::negative_binomial}) {
                if (zeros && family == Family::binomial) {
                    continue;
                }
                CAPTURE(static_cast<int>(family));
                CAPTURE(zeros);
                GeneralizedProblem problem = problem_of(design, family, zeros, family != Family::binomial);
                check_gradient(problem);
                if (design == Design::single || design == Design::slopes) {
                    for (const std::size_t points : {2, 5}) {
                        CAPTURE(points);
                        problem.quadrature_points = points;
                        check_gradient(problem);
                    }
                }
            }
        }
    }
}

TEST_CASE("quadrature with one point is Laplace's approximation, with many it converges") {
    GeneralizedProblem problem = problem_of(Design::slopes, Family::binomial, false, false);
    const std::vector<double> point = some_point(problem);
    const double laplace = GeneralizedLikelihood(problem).value(point);
    std::vector<double> values;
    for (const std::size_t points : {11, 17, 25}) {
        problem.quadrature_points = points;
        values.push_back(GeneralizedLikelihood(problem).value(point));
    }
    CHECK(values[1] == doctest::Approx(values[2]).epsilon(1e-10));
    CHECK(std::abs(laplace - values[2]) > 1e-4);
    CHECK(std::abs(laplace - values[2]) < 1);
}

TEST_CASE("Gauss and Hermite's rule integrates polynomials exactly") {
    for (const std::size_t points : {1, 2, 5, 25, 100}) {
        const GaussHermite rule = gauss_hermite(points);
        double weight = 0, square = 0;
        for (std::size_t k = 0; k < points; ++k) {
            const double w = std::exp(rule.log_weights[k] - rule.nodes[k] * rule.nodes[k]);
            weight += w;
            square += w * rule.nodes[k] * rule.nodes[k];
        }
        CHECK(weight == doctest::Approx(std::sqrt(std::acos(-1.0))).epsilon(1e-12));
        if (points > 1) {
            CHECK(square == doctest::Approx(std::sqrt(std::acos(-1.0)) / 2).epsilon(1e-12));
        }
    }
}
