// The random terms of a formula on data: which levels, which columns, which free entries of the covariance
// factors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

// One lower-triangular factor for each block: the relative covariance of a level's effects is factor *
// factor'.
using Factors = std::vector<Matrix>;

// All random terms of one grouping factor together: (1 | id) + (0 + week | id) makes one block of width 2.
struct Block {
    std::string group;
    std::size_t levels = 0;
    std::vector<std::int32_t> codes;  // one for each used row, 0 .. levels - 1, all of which occur
    Matrix columns;                   // rows x width
    std::vector<std::string> names;   // width
    std::size_t width() const { return names.size(); }
};

// One term as written, in lme4's order.
struct BlockTerm {
    std::size_t block = 0;
    std::size_t first = 0;  // its columns within the block
    std::size_t width = 0;
    bool intercept_first = false;
};

// A free entry of a factor; entries in the order of lme4's theta: term by term, column by column of the
// triangle.
struct FreeEntry {
    std::size_t block = 0;
    std::size_t row = 0;
    std::size_t column = 0;
    bool diagonal() const { return row == column; }
};

struct RandomEffects {
    std::vector<Block> blocks;  // by falling number of effects (levels x width)
    std::vector<BlockTerm> terms;
    std::vector<FreeEntry> entries;
};

// Refuses: a grouping factor of one level, as many effects as rows, terms that repeat a column, and so many
// effects that the dense part (all blocks but the largest) would pass most_dense_effects.
inline constexpr std::size_t most_dense_effects = 6'000;
inline constexpr std::size_t most_width = 30;
enum class ResidualKind {
    estimated,
    none
};  // without a residual to estimate, every row may have its own effect
Result<RandomEffects> make_random_effects(const Formula& formula, const ModelFrame& frame,
                                          ResidualKind residual = ResidualKind::estimated);

// The free entries as factors, and back.
Factors factors_of(const RandomEffects& effects, const std::vector<double>& entries);
std::vector<double> entries_of(const RandomEffects& effects, const Factors& factors);

// The optimiser's coordinates: each term's columns scaled to mean square 1 and, where the term has an
// intercept and its covariance is free, centred. Then starting values, steps and gradients do not depend on
// units or origins.
struct Coordinates {
    RandomEffects effects;  // with the changed columns
    std::vector<Matrix>
        to_original;  // by block: effects in original columns = this * effects in changed columns
};
Coordinates standardised(RandomEffects effects);

// The same without codes and columns, which only the rows need.
Coordinates without_rows(const Coordinates& coordinates);

// The factors in the original columns: lower-triangular, diagonal >= 0, spanning the same covariance.
Factors original_factors(const Coordinates& coordinates, const Factors& factors);

}  // namespace groundwork::statistics
