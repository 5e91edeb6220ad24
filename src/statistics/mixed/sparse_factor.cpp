#include "statistics/mixed/sparse_factor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/processor.h"

namespace groundwork::statistics {

namespace {

// A product of two packed strips: 8 rows of one by 4 columns of the other fill the vector registers. A strip
// holds, for each term of the inner products, its 8 or 4 values side by side; what is missing is zero.
constexpr std::size_t strip_rows = 8, strip_columns = 4;
constexpr std::size_t rows_together = 64;  // of a panel, in one piece of work

using Lanes = double __attribute__((vector_size(32)));

[[gnu::always_inline]] inline void add_strip_product(const double* left, const double* right,
                                                     std::size_t terms, double* target) {
    Lanes sums[strip_columns][2] = {};
    for (std::size_t term = 0; term < terms; ++term) {
        Lanes top, bottom;
        std::memcpy(&top, left + term * strip_rows, sizeof top);
        std::memcpy(&bottom, left + term * strip_rows + 4, sizeof bottom);
        for (std::size_t column = 0; column < strip_columns; ++column) {
            const double factor = right[term * strip_columns + column];
            const Lanes same = {factor, factor, factor, factor};
            sums[column][0] += top * same;
            sums[column][1] += bottom * same;
        }
    }
    std::memcpy(target, sums, sizeof sums);
}

// Products of one left strip with consecutive right strips; each gives 8 x 4 values, column by column.
GROUNDWORK_EACH_PROCESSOR void strip_products(const double* left, const double* right, std::size_t terms,
                                              std::size_t strips, double* target) {
    for (std::size_t strip = 0; strip < strips; ++strip) {
        add_strip_product(left, right + strip * terms * strip_columns, terms,
                          target + strip * strip_rows * strip_columns);
    }
}

// Rows first .. last of a panel are replaced by X with X L' = rows, L the panel's triangle on top.
GROUNDWORK_EACH_PROCESSOR void divide_by_transpose(double* panel, std::size_t height, std::size_t width,
                                                   std::size_t first, std::size_t last) {
    for (std::size_t column = 0; column < width; ++column) {
        double* const target = panel + column * height;
        for (std::size_t before = 0; before < column; ++before) {
            const double* const from = panel + before * height;
            const double factor = from[column];
            for (std::size_t row = first; row < last; ++row) {
                target[row] -= from[row] * factor;
            }
        }
        const double divisor = target[column];
        for (std::size_t row = first; row < last; ++row) {
            target[row] /= divisor;
        }
    }
}

// rows (height x width) is replaced by X with X L = rows, L a panel's triangle.
GROUNDWORK_EACH_PROCESSOR void divide(double* rows, std::size_t height, const double* panel,
                                      std::size_t panel_height, std::size_t width, std::size_t first,
                                      std::size_t last) {
    for (std::size_t column = width; column-- > 0;) {
        double* const target = rows + column * height;
        for (std::size_t after = column + 1; after < width; ++after) {
            const double* const from = rows + after * height;
            const double factor = panel[after + column * panel_height];
            for (std::size_t row = first; row < last; ++row) {
                target[row] -= from[row] * factor;
            }
        }
        const double divisor = panel[column + column * panel_height];
        for (std::size_t row = first; row < last; ++row) {
            target[row] /= divisor;
        }
    }
}

GROUNDWORK_EACH_PROCESSOR void factor_triangle(double* panel, std::size_t height, std::size_t width) {
    for (std::size_t column = 0; column < width; ++column) {
        double* const target = panel + column * height;
        for (std::size_t before = 0; before < column; ++before) {
            const double* const from = panel + before * height;
            const double factor = from[column];
            for (std::size_t row = column; row < width; ++row) {
                target[row] -= from[row] * factor;
            }
        }
        const double root = std::sqrt(target[column]);
        target[column] = root;
        for (std::size_t row = column + 1; row < width; ++row) {
            target[row] /= root;
        }
    }
}

std::size_t strips_of(std::size_t count, std::size_t size) { return (count + size - 1) / size; }

// Column `which` of strips of `size`, from `count` values that stand one beside the other.
void pack(const double* values, std::size_t count, std::size_t size, std::size_t terms, std::size_t which,
          double* target) {
    for (std::size_t k = 0; k < count; ++k) {
        target[((k / size) * terms + which) * size + k % size] = values[k];
    }
}

// In how many pieces to do work: one where starting a thread would cost more.
unsigned worth_threads(std::size_t multiplications, unsigned threads) {
    constexpr std::size_t enough = 400'000;
    return multiplications < enough ? 1 : threads;
}

}  // namespace

SparseFactor::SparseFactor(const FactorPlan& plan, FactorStorage storage, unsigned threads)
    : plan_(plan), threads_(threads), storage_(std::move(storage)) {
    storage_.values.resize(plan.values);
    for (const FactorPanel& panel : plan.panels) {
        factor_panel(panel);
    }
}

void SparseFactor::factor_panel(const FactorPanel& panel) {
    const std::size_t width = panel.width, height = panel.height(), below = panel.rows.size();
    double* const values = storage_.values.data() + panel.at;
    for (std::size_t k = 0; k < width; ++k) {
        const double* const column = storage_.lower.column(panel.begin + k).data();
        std::copy(column + panel.begin + k, column + panel.begin + width, values + k * height + k);
        for (std::size_t row = 0; row < below; ++row) {
            values[k * height + width + row] = column[panel.rows[row]];
        }
    }
    factor_triangle(values, height, width);
    for_each_part(strips_of(below, rows_together), worth_threads(below * width * width / 2, threads_),
                  [&](std::size_t part) {
                      const std::size_t first = width + part * rows_together;
                      divide_by_transpose(values, height, width, first,
                                          std::min(first + rows_together, height));
                  });
    // The later columns less the products of the panel's rows.
    const std::size_t right_strips = strips_of(below, strip_columns);
    storage_.packed.assign(right_strips * width * strip_columns, 0);
    for (std::size_t k = 0; k < width; ++k) {
        pack(values + k * height + width, below, strip_columns, width, k, storage_.packed.data());
    }
    // The last rows have the most products: they come first.
    const std::size_t parts = strips_of(below, rows_together);
    for_each_part(parts, worth_threads(below * below * width / 2, threads_), [&](std::size_t part) {
        const std::size_t begin = (parts - 1 - part) * rows_together,
                          end = std::min(begin + rows_together, below);
        std::vector<double> left(width * strip_rows), products(right_strips * strip_rows * strip_columns);
        for (std::size_t first = begin; first < end; first += strip_rows) {
            const std::size_t count = std::min(strip_rows, end - first);
            std::fill(left.begin(), left.end(), 0.0);
            for (std::size_t k = 0; k < width; ++k) {
                pack(values + k * height + width + first, count, strip_rows, width, k, left.data());
            }
            strip_products(left.data(), storage_.packed.data(), width,
                           strips_of(first + count, strip_columns), products.data());
            for (std::size_t column = 0; column < first + count; ++column) {
                double* const target = storage_.lower.column(panel.rows[column]).data();
                const double* const from = products.data() + column * strip_rows;
                for (std::size_t row = column < first ? 0 : column - first; row < count; ++row) {
                    target[panel.rows[first + row]] -= from[row];
                }
            }
        }
    });
}

double SparseFactor::log_determinant() const {
    double sum = 0;
    for (const FactorPanel& panel : plan_.panels) {
        for (std::size_t k = 0; k < panel.width; ++k) {
            sum += std::log(storage_.values[panel.at + k * (panel.height() + 1)]);
        }
    }
    return 2 * sum;
}

void SparseFactor::solve_lower(double* right, std::size_t columns) const {
    for (const FactorPanel& panel : plan_.panels) {
        for (std::size_t k = 0; k < panel.width; ++k) {
            const double* const factor = storage_.values.data() + panel.at + k * panel.height();
            double* const solved = right + (panel.begin + k) * columns;
            for (std::size_t c = 0; c < columns; ++c) {
                solved[c] /= factor[k];
            }
            for (std::size_t row = k + 1; row < panel.height(); ++row) {
                const std::size_t place =
                    row < panel.width ? panel.begin + row : panel.rows[row - panel.width];
                for (std::size_t c = 0; c < columns; ++c) {
                    right[place * columns + c] -= factor[row] * solved[c];
                }
            }
        }
    }
}

void SparseFactor::solve_upper(double* right, std::size_t columns) const {
    for (auto panel = plan_.panels.rbegin(); panel != plan_.panels.rend(); ++panel) {
        for (std::size_t k = panel->width; k-- > 0;) {
            const double* const factor = storage_.values.data() + panel->at + k * panel->height();
            double* const solved = right + (panel->begin + k) * columns;
            for (std::size_t row = k + 1; row < panel->height(); ++row) {
                const std::size_t place =
                    row < panel->width ? panel->begin + row : panel->rows[row - panel->width];
                for (std::size_t c = 0; c < columns; ++c) {
                    solved[c] -= factor[row] * right[place * columns + c];
                }
            }
            for (std::size_t c = 0; c < columns; ++c) {
                solved[c] /= factor[k];
            }
        }
    }
}

const Matrix& SparseFactor::invert() {
    for (auto panel = plan_.panels.rbegin(); panel != plan_.panels.rend(); ++panel) {
        invert_panel(*panel);
    }
    return storage_.lower;
}

void SparseFactor::invert_panel(const FactorPanel& panel) {
    const std::size_t width = panel.width, height = panel.height(), below = panel.rows.size();
    const double* const values = storage_.values.data() + panel.at;
    // On top L^-1, below W: both are the panel with unit rows on top, divided by L.
    storage_.divided.assign(values, values + width * height);
    for (std::size_t k = 0; k < width; ++k) {
        std::fill_n(storage_.divided.data() + k * height, width, 0.0);
        storage_.divided[k * height + k] = 1;
    }
    for_each_part(strips_of(height, rows_together), worth_threads(height * width * width / 2, threads_),
                  [&](std::size_t part) {
                      const std::size_t first = part * rows_together;
                      divide(storage_.divided.data(), height, values, height, width, first,
                             std::min(first + rows_together, height));
                  });
    const std::size_t right_strips = strips_of(width, strip_columns);
    storage_.packed.assign(right_strips * below * strip_columns, 0);
    for (std::size_t k = 0; k < width; ++k) {
        for (std::size_t row = 0; row < below; ++row) {
            storage_.packed[((k / strip_columns) * below + row) * strip_columns + k % strip_columns] =
                storage_.divided[k * height + width + row];
        }
    }
    for_each_part(
        strips_of(below, rows_together), worth_threads(below * below * width, threads_),
        [&](std::size_t part) {
            const std::size_t begin = part * rows_together, end = std::min(begin + rows_together, below);
            std::vector<double> left(below * strip_rows), products(right_strips * strip_rows * strip_columns);
            for (std::size_t first = begin; first < end; first += strip_rows) {
                const std::size_t count = std::min(strip_rows, end - first);
                std::fill(left.begin(), left.end(), 0.0);
                for (std::size_t row = 0; row < count;
                     ++row) {  // Z_RR is symmetric, of which we have one half
                    const std::size_t here = panel.rows[first + row];
                    const double* const column = storage_.lower.column(here).data();
                    for (std::size_t term = first + row; term < below; ++term) {
                        left[term * strip_rows + row] = column[panel.rows[term]];
                    }
                }
                for (std::size_t term = 0; term < first + count; ++term) {
                    const double* const column = storage_.lower.column(panel.rows[term]).data();
                    for (std::size_t row = term < first ? 0 : term - first; row < count; ++row) {
                        left[term * strip_rows + row] = column[panel.rows[first + row]];
                    }
                }
                strip_products(left.data(), storage_.packed.data(), below, right_strips, products.data());
                for (std::size_t k = 0; k < width; ++k) {
                    double* const target = storage_.lower.column(panel.begin + k).data();
                    for (std::size_t row = 0; row < count; ++row) {
                        target[panel.rows[first + row]] = -products[k * strip_rows + row];
                    }
                }
            }
        });
    // Z_JJ in one product: [L^-1; W]' [L^-1; -Z_RJ].
    storage_.packed.assign(right_strips * height * strip_columns, 0);
    std::vector<double> left(strips_of(width, strip_rows) * height * strip_rows, 0.0);
    std::vector<double> products(right_strips * strip_rows * strip_columns);
    for (std::size_t k = 0; k < width; ++k) {
        const double* const column = storage_.lower.column(panel.begin + k).data();
        const double* const from = storage_.divided.data() + k * height;
        double* const right_to =
            storage_.packed.data() + (k / strip_columns) * height * strip_columns + k % strip_columns;
        double* const left_to = left.data() + (k / strip_rows) * height * strip_rows + k % strip_rows;
        for (std::size_t term = 0; term < height; ++term) {
            left_to[term * strip_rows] = from[term];
            right_to[term * strip_columns] = term < width ? from[term] : -column[panel.rows[term - width]];
        }
    }
    for (std::size_t first = 0; first < width; first += strip_rows) {
        const std::size_t count = std::min(strip_rows, width - first);
        strip_products(left.data() + first * height, storage_.packed.data(), height, right_strips,
                       products.data());
        for (std::size_t k = 0; k < first + count; ++k) {
            double* const target = storage_.lower.column(panel.begin + k).data() + panel.begin + first;
            for (std::size_t row = k < first ? 0 : k - first; row < count; ++row) {
                target[row] = products[k * strip_rows + row];
            }
        }
    }
}

}  // namespace groundwork::statistics
