// The curvature of the random effects, H = I + A'WA, factored and inverted where it has entries.
//
// A row touches one level ("unit") of every grouping factor. Factors are eliminated level by level, largest
// first, as long as the levels of the next one stay unconnected: always the first, and each that the earlier
// ones are nested in, so that nested designs cost a number of operations proportional to their levels. What
// is left (crossed factors) is one dense matrix. Entries of the inverse follow by Takahashi's recursion
// (Takahashi, Fagan & Chin 1973).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "statistics/matrix.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

class EffectSystem {
  public:
    // Only codes, levels and widths of the blocks are read. No block at all is fine: H is empty then.
    EffectSystem(const std::vector<Block>& blocks, std::size_t rows);

    std::size_t effects() const { return effects_; }
    // Columns of A that a row touches: the blocks' widths together.
    std::size_t row_width() const { return row_width_; }
    std::size_t blocks() const { return width_.size(); }
    std::size_t width(std::size_t block) const { return width_[block]; }
    std::size_t offset(std::size_t block) const { return offset_[block]; }  // of a block within a row
    std::size_t first(std::size_t block) const { return first_[block]; }    // of a block among the effects
    // Where the effects of the row's level of the block begin.
    std::size_t position(std::size_t row, std::size_t block) const {
        return positions_[row * width_.size() + block];
    }

    // `weights`: one a row. `scaled`: A, row by row, row_width() entries each. False if H is not positive
    // definite (only possible with negative weights).
    bool factorise(std::span<const double> weights, std::span<const double> scaled);
    double log_determinant() const { return log_determinant_; }
    // x becomes H^-1 x.
    void solve(std::span<double> x) const;
    // Makes ready row_inverse(): the entries of H^-1 where rows touch.
    void invert();
    // H^-1 between the effects that one row touches, times the row of A. `scaled` and `result`: row_width()
    // entries.
    void row_inverse(std::size_t row, const double* scaled, double* result) const;
    // The lower factor of a level of block 0; meaningful for quadrature, where there is one block.
    double level_factor(std::size_t level, std::size_t row, std::size_t column) const {
        return values_[start_[level] + row + column * stride_[level]];
    }

  private:
    struct Patterns;
    void number_effects(const std::vector<Block>& blocks, std::size_t rows);
    Patterns find_patterns(std::size_t rows);
    void lay_out(const Patterns& patterns);
    void find_slots(std::size_t rows);
    std::size_t entry(std::size_t row, std::size_t column) const;
    bool eliminate(std::size_t unit);
    void subtract_from_rest(std::size_t unit);
    bool factor_tail();
    void invert_tail();
    void invert_unit(std::size_t unit);

    std::size_t effects_ = 0, row_width_ = 0, units_ = 0;
    std::vector<std::size_t> width_, levels_, offset_, first_, first_unit_;  // by block
    std::vector<std::uint32_t> positions_;                                   // rows x blocks
    std::size_t eliminated_blocks_ = 0, eliminated_units_ = 0;
    std::size_t tail_first_ = 0, tail_ = 0,
                tail_start_ = 0;  // effects before it, in it; where its values begin
    // By eliminated unit: a column block of `values_` with the unit's own rows, then those of what it meets.
    std::vector<std::size_t> start_, stride_, unit_first_, unit_width_;
    std::vector<std::size_t> meets_start_;      // into meets_
    std::vector<std::uint32_t> meets_;          // effects, ascending
    std::vector<std::uint8_t> meets_tail_run_;  // whether all of them are neighbours in the tail
    std::vector<std::uint32_t> unit_of_;        // by eliminated effect
    std::vector<std::size_t> slots_;            // rows x pairs of blocks: where their product stands
    std::vector<std::uint32_t> slot_stride_;    // parallel to slots_ by (row, first block)
    std::vector<double> values_, inverse_, work_;
    double log_determinant_ = 0;
};

}  // namespace groundwork::statistics
