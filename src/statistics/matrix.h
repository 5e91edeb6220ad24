// A plain matrix of doubles, column by column, so that headers need no linear-algebra library.
#pragma once

#include <span>
#include <vector>

#include "foundation/ensure.h"

namespace groundwork::statistics {

struct Matrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;  // rows * columns; element (i, j) at i + j * rows

    Matrix() = default;
    Matrix(std::size_t row_count, std::size_t column_count)
        : rows(row_count), columns(column_count), values(row_count * column_count, 0.0) {}

    double& operator()(std::size_t row, std::size_t column) { return values[row + column * rows]; }
    double operator()(std::size_t row, std::size_t column) const { return values[row + column * rows]; }
    std::span<double> column(std::size_t index) { return {values.data() + index * rows, rows}; }
    std::span<const double> column(std::size_t index) const { return {values.data() + index * rows, rows}; }
};

}  // namespace groundwork::statistics
