#include "statistics/mixed/small_systems.h"

#include <cmath>

namespace groundwork::statistics {

void factor_small(double* m, std::size_t size) {
    for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t i = j; i < size; ++i) {
            double value = m[j * size + i];
            for (std::size_t k = 0; k < j; ++k) {
                value -= m[k * size + i] * m[k * size + j];
            }
            m[j * size + i] = i == j ? std::sqrt(value) : value / m[j * size + j];
        }
    }
}

void solve_lower(const double* lower, std::size_t size, double* x, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = 0; i < size; ++i) {
            double value = x[i * columns + c];
            for (std::size_t k = 0; k < i; ++k) {
                value -= lower[k * size + i] * x[k * columns + c];
            }
            x[i * columns + c] = value / lower[i * size + i];
        }
    }
}

void solve_upper(const double* lower, std::size_t size, double* x, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = size; i-- > 0;) {
            double value = x[i * columns + c];
            for (std::size_t k = i + 1; k < size; ++k) {
                value -= lower[i * size + k] * x[k * columns + c];
            }
            x[i * columns + c] = value / lower[i * size + i];
        }
    }
}

void scale_rows(const Matrix& factor, bool transposed, double* x, std::size_t columns) {
    const std::size_t width = factor.rows;
    if (width == 1) {
        for (std::size_t c = 0; c < columns; ++c) {
            x[c] *= factor.values[0];
        }
        return;
    }
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t step = 0; step < width; ++step) {  // each row before what it is made of changes
            const std::size_t row = transposed ? step : width - 1 - step;
            double value = 0;
            for (std::size_t k = transposed ? row : 0; k < (transposed ? width : row + 1); ++k) {
                value += (transposed ? factor(k, row) : factor(row, k)) * x[k * columns + c];
            }
            x[row * columns + c] = value;
        }
    }
}

}  // namespace groundwork::statistics
