// Small dense systems of one level, in place.
#pragma once

#include <cstddef>

#include "statistics/matrix.h"

namespace groundwork::statistics {

// The Cholesky factor of a positive definite matrix, lower triangle; columns of `size`.
void factor_small(double* m, std::size_t size);

// L^-1 x and L'^-1 x; x has `columns` in each of its rows.
void solve_lower(const double* lower, std::size_t size, double* x, std::size_t columns);
void solve_upper(const double* lower, std::size_t size, double* x, std::size_t columns);

// A lower triangular factor or its transpose times x.
void scale_rows(const Matrix& factor, bool transposed, double* x, std::size_t columns);

inline void add_scaled(double* target, double factor, const double* source, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        target[k] += factor * source[k];
    }
}

// target += a x for a symmetric a.
inline void add_product(const double* a, std::size_t size, const double* x, std::size_t columns,
                        double* target) {
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t k = 0; k < size; ++k) {
            add_scaled(target + i * columns, a[k * size + i], x + k * columns, columns);
        }
    }
}

}  // namespace groundwork::statistics
