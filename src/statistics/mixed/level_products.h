// All that one grouping factor's likelihood needs of the data: for each level A = Z'Z and B = Z'[W r], and
// over all rows [W r]'[W r]. About (q (q + 1) / 2 + q columns) numbers for each level, however many rows.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "statistics/matrix.h"
#include "statistics/mixed/lanes.h"

namespace groundwork::statistics {

class LevelProducts {
  public:
    LevelProducts() = default;
    LevelProducts(std::size_t levels, std::size_t width, std::size_t columns);

    std::size_t levels() const { return levels_; }
    std::size_t width() const { return width_; }
    std::size_t columns() const { return columns_; }
    std::size_t chunks() const { return (levels_ + lanes - 1) / lanes; }
    std::size_t arrays() const { return width_ * (width_ + 1) / 2 + width_ * columns_; }

    // Where an array of `lanes` levels stands within a chunk.
    std::size_t a_at(std::size_t i, std::size_t j) const {
        return (i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i) * lanes;
    }
    std::size_t b_at(std::size_t effect, std::size_t column) const {
        return (width_ * (width_ + 1) / 2 + effect * columns_ + column) * lanes;
    }
    const double* chunk(std::size_t at) const { return values_.data() + at * arrays() * lanes; }
    double* chunk(std::size_t at) { return values_.data() + at * arrays() * lanes; }

    double& a(std::size_t level, std::size_t i, std::size_t j) {
        return chunk(level / lanes)[a_at(i, j) + level % lanes];
    }
    double& b(std::size_t level, std::size_t effect, std::size_t column) {
        return chunk(level / lanes)[b_at(effect, column) + level % lanes];
    }
    double a(std::size_t level, std::size_t i, std::size_t j) const {
        return chunk(level / lanes)[a_at(i, j) + level % lanes];
    }
    double b(std::size_t level, std::size_t effect, std::size_t column) const {
        return chunk(level / lanes)[b_at(effect, column) + level % lanes];
    }

    Matrix total;  // [W r]'[W r]

    // For resampling: [W r]'[W r] of each level, lower triangle row by row; empty unless asked for.
    std::vector<double> outer;
    std::size_t outer_size() const { return columns_ * (columns_ + 1) / 2; }
    double outer_at(std::size_t level, std::size_t i, std::size_t j) const {
        return outer[level * outer_size() + (i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i)];
    }

    // B, outer and total for other columns: [W r] = [X y] change, change being columns x columns.
    void change_columns(const Matrix& change);
    // A and B for other effects: Z = (Z as it was) change, change being width x width.
    void change_effects(const Matrix& change);

  private:
    std::size_t levels_ = 0, width_ = 0, columns_ = 0;
    std::vector<double> values_;  // chunk by chunk; levels beyond the last are zero and add nothing
};

// Rows in the order of their levels, made when they are needed: fill(column, first_row, target) writes rows
// first_row, first_row + 1, ...
struct RowSource {
    std::size_t columns = 0;
    std::function<void(std::size_t column, std::size_t first_row, std::span<double> target)> fill;
};

// One pass over the rows. begin[level] .. begin[level + 1] are the rows of a level. `random` gives Z, `fixed`
// the columns [W r] or [X y]. The same bytes for any number of threads.
enum class KeepOuter { no, yes };
LevelProducts make_level_products(std::span<const std::size_t> begin, const RowSource& random,
                                  const RowSource& fixed, KeepOuter keep_outer, unsigned threads);

}  // namespace groundwork::statistics
