// The cross-products of a model with several grouping factors, in the order in which their effects are
// eliminated. Private to this folder. The effects of block 0, the largest, are eliminated level by level;
// those of all others ("rest") have places 0 .. rest - 1 in an order that keeps the factor of what remains
// sparse.
#pragma once

#include <cstdint>
#include <vector>

#include "statistics/matrix.h"
#include "statistics/mixed/random_effects.h"
#include "statistics/mixed/sparse_factor.h"

namespace groundwork::statistics {

// A level of one of the rest blocks; its effects stand side by side.
struct RestUnit {
    std::size_t block = 0;
    std::size_t level = 0;
    std::size_t place = 0;  // of its first effect
};

// A block of A = Z'Z between two levels of different rest blocks.
struct RestMeeting {
    std::size_t unit = 0, other = 0;
    std::size_t at = 0;  // in rest_products: width of unit x width of other, row by row
};

struct SchurProducts {
    std::vector<std::size_t> levels, width;     // by block
    std::size_t columns = 0;                    // of [W r]
    Matrix total;                               // [W r]'[W r]
    std::vector<std::vector<double>> diagonal;  // by block: width x width for each level
    std::vector<std::vector<double>> right;     // Z'[W r] by block: row level * width + effect, row by row
    std::size_t rest = 0;
    std::vector<RestUnit> units;                 // every level of the rest, by place
    std::vector<std::vector<std::size_t>> unit;  // by block and level: which unit it is
    // By level of block 0, the rest effects in rows where it has any, in ascending order of their places:
    std::vector<std::size_t> begin, unit_begin;  // where a level's effects and units begin
    std::vector<std::uint32_t> places;           // of the effects
    std::vector<std::uint32_t> meets;            // the units
    std::vector<double> across;                  // of A, a row of width[0] for each effect
    std::vector<RestMeeting> meetings;
    std::vector<double> rest_products;
    FactorPlan plan;
};

SchurProducts make_schur_products(const std::vector<Block>& blocks, const Matrix& fixed,
                                  const std::vector<double>& outcome);

// By block and effect, the variance over that of the residual, so that the sums of squares between levels are
// as large as expected (Henderson 1953, method 1: for effects without covariance, and as if the fixed columns
// cost nothing). Empty where the equations have no answer.
std::vector<std::vector<double>> moment_variances(const SchurProducts& products, std::size_t rows);

}  // namespace groundwork::statistics
