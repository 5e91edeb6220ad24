#include "statistics/mixed/level_products.h"

#include <algorithm>

#include "foundation/foundation.h"
#include "statistics/processor.h"

namespace groundwork::statistics {

namespace {

constexpr std::size_t longest_piece = 256;  // rows at a time: their columns stay in the nearest cache

// The lower triangle of columns' columns for `rows` rows, added to `target` (all columns one after another,
// stride longest_piece).
GROUNDWORK_EACH_PROCESSOR void add_products(const double* columns, std::size_t count, std::size_t rows,
                                            double* target) {
    for (std::size_t i = 0; i < count; ++i) {
        const double* const x = columns + i * longest_piece;
        for (std::size_t j = 0; j <= i; ++j) {
            const double* const y = columns + j * longest_piece;
            double part[8] = {};
            for (std::size_t row = 0; row < rows; row += 8) {  // rows beyond the last are zero
                for (std::size_t k = 0; k < 8; ++k) {
                    part[k] += x[row + k] * y[row + k];
                }
            }
            target[i * (i + 1) / 2 + j] +=
                ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
        }
    }
}

// change' products change, exactly symmetric.
Matrix changed_products(const Matrix& products, const Matrix& change) {
    Matrix half(products.rows, change.columns);
    for (std::size_t column = 0; column < change.columns; ++column) {
        for (std::size_t k = 0; k < products.rows; ++k) {
            for (std::size_t row = 0; row < products.rows; ++row) {
                half(row, column) += products(row, k) * change(k, column);
            }
        }
    }
    Matrix result(change.columns, change.columns);
    for (std::size_t column = 0; column < change.columns; ++column) {
        for (std::size_t row = 0; row <= column; ++row) {
            double value = 0;
            for (std::size_t k = 0; k < products.rows; ++k) {
                value += change(k, row) * half(k, column);
            }
            result(row, column) = result(column, row) = value;
        }
    }
    return result;
}

// Rows of one piece after another, products of one level after another.
class Pass {
  public:
    Pass(const RowSource& random, const RowSource& fixed)
        : random_(random),
          fixed_(fixed),
          count_(random.columns + fixed.columns),
          columns_(count_ * longest_piece),
          level_(count_ * (count_ + 1) / 2) {
        total.assign(fixed.columns * (fixed.columns + 1) / 2, 0.0);
    }

    void add_level(std::size_t level, std::size_t first, std::size_t last, LevelProducts& products) {
        std::fill(level_.begin(), level_.end(), 0.0);
        for (std::size_t from = first; from < last; from += longest_piece) {
            add_piece(from, std::min(longest_piece, last - from));
        }
        const std::size_t width = random_.columns;
        for (std::size_t i = 0; i < width; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                products.a(level, i, j) = level_[i * (i + 1) / 2 + j];
            }
        }
        std::size_t at = 0;
        for (std::size_t i = 0; i < fixed_.columns; ++i) {
            const double* const row = level_.data() + (width + i) * (width + i + 1) / 2;
            for (std::size_t effect = 0; effect < width; ++effect) {
                products.b(level, effect, i) = row[effect];
            }
            for (std::size_t j = 0; j <= i; ++j) {
                if (!products.outer.empty()) {
                    products.outer[level * total.size() + at] = row[width + j];
                }
                total[at++] += row[width + j];
            }
        }
    }

    std::vector<double> total;  // lower triangle, row by row

  private:
    void add_piece(std::size_t from, std::size_t rows) {
        const std::size_t padded = (rows + 7) / 8 * 8;
        for (std::size_t column = 0; column < count_; ++column) {
            const std::span<double> target(columns_.data() + column * longest_piece, rows);
            if (column < random_.columns) {
                random_.fill(column, from, target);
            } else {
                fixed_.fill(column - random_.columns, from, target);
            }
            std::fill(target.data() + rows, target.data() + padded, 0.0);
        }
        add_products(columns_.data(), count_, rows, level_.data());
    }

    const RowSource& random_;
    const RowSource& fixed_;
    std::size_t count_;
    std::vector<double> columns_, level_;
};

}  // namespace

LevelProducts::LevelProducts(std::size_t levels, std::size_t width, std::size_t columns)
    : total(columns, columns),
      levels_(levels),
      width_(width),
      columns_(columns),
      values_(chunks() * arrays() * lanes, 0.0) {}

void LevelProducts::change_columns(const Matrix& change) {
    ENSURE(change.rows == columns_);
    LevelProducts changed(levels_, width_, change.columns);
    for (std::size_t at = 0; at < chunks(); ++at) {
        const double* const from = chunk(at);
        double* const to = changed.chunk(at);
        std::copy(from, from + b_at(0, 0), to);
        for (std::size_t effect = 0; effect < width_; ++effect) {
            for (std::size_t column = 0; column < change.columns; ++column) {
                double* const target = to + changed.b_at(effect, column);
                for (std::size_t k = 0; k < columns_; ++k) {
                    if (change(k, column) != 0) {
                        add_scaled(target, change(k, column), from + b_at(effect, k));
                    }
                }
            }
        }
    }
    changed.total = changed_products(total, change);
    if (!outer.empty()) {
        changed.outer.reserve(levels_ * changed.outer_size());
        Matrix level_outer(columns_, columns_);
        for (std::size_t level = 0; level < levels_; ++level) {
            for (std::size_t i = 0; i < columns_; ++i) {
                for (std::size_t j = 0; j < columns_; ++j) {
                    level_outer(i, j) = outer_at(level, i, j);
                }
            }
            const Matrix other = changed_products(level_outer, change);
            for (std::size_t i = 0; i < change.columns; ++i) {
                for (std::size_t j = 0; j <= i; ++j) {
                    changed.outer.push_back(other(i, j));
                }
            }
        }
    }
    *this = std::move(changed);
}

void LevelProducts::change_effects(const Matrix& change) {
    ENSURE(change.rows == width_ && change.columns == width_);
    for (std::size_t at = 0; at < chunks(); ++at) {
        double* const target = chunk(at);
        const std::vector<double> from(target, target + arrays() * lanes);
        std::fill(target, target + arrays() * lanes, 0.0);
        for (std::size_t i = 0; i < width_; ++i) {
            for (std::size_t a = 0; a < width_; ++a) {
                for (std::size_t column = 0; column < columns_; ++column) {
                    add_scaled(target + b_at(i, column), change(a, i), from.data() + b_at(a, column));
                }
                for (std::size_t j = 0; j <= i; ++j) {
                    for (std::size_t b = 0; b < width_; ++b) {
                        add_scaled(target + a_at(i, j), change(a, i) * change(b, j),
                                   from.data() + a_at(a, b));
                    }
                }
            }
        }
    }
}

LevelProducts make_level_products(std::span<const std::size_t> begin, const RowSource& random,
                                  const RowSource& fixed, KeepOuter keep_outer, unsigned threads) {
    ENSURE(!begin.empty());
    const std::size_t levels = begin.size() - 1;
    LevelProducts products(levels, random.columns, fixed.columns);
    if (keep_outer == KeepOuter::yes) {
        products.outer.assign(levels * products.outer_size(), 0.0);
    }
    // Whole chunks of levels, and enough rows that a thread is worth it; the same parts for any number of
    // threads.
    constexpr std::size_t fewest_rows = 32'768;
    std::vector<std::size_t> first_level = {0};
    for (std::size_t level = lanes; level < levels; level += lanes) {
        if (begin[level] - begin[first_level.back()] >= fewest_rows) {
            first_level.push_back(level);
        }
    }
    first_level.push_back(levels);
    std::vector<std::vector<double>> totals(first_level.size() - 1);
    for_each_part(totals.size(), threads, [&](std::size_t part) {
        Pass pass(random, fixed);
        for (std::size_t level = first_level[part]; level < first_level[part + 1]; ++level) {
            pass.add_level(level, begin[level], begin[level + 1], products);
        }
        totals[part] = std::move(pass.total);
    });
    for (const std::vector<double>& total : totals) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < fixed.columns; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                products.total(i, j) += total[at++];
            }
        }
    }
    for (std::size_t i = 0; i < fixed.columns; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            products.total(j, i) = products.total(i, j);
        }
    }
    return products;
}

}  // namespace groundwork::statistics
