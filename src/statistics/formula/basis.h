// Columns as an orthonormal basis times a triangle, leaving out those that earlier ones determine, as R's lm
// does.
#pragma once

#include <vector>

#include "statistics/matrix.h"

namespace groundwork::statistics {

struct Basis {
    Matrix columns;   // rows x rank; orthonormal but for rounding: kept columns = columns * triangle
    Matrix triangle;  // rank x rank, upper triangular, positive diagonal
    std::vector<std::size_t> kept;  // ascending
    std::vector<std::size_t> dropped;
};

// A column is dropped if what the earlier ones leave of it is shorter than 1e-7 of it (LINPACK's dqrdc2, as R
// calls it). Householder reflections: exact to rounding for any conditioning.
Basis householder_basis(const Matrix& columns);

// The same, by the Cholesky factor of the cross-products where the columns are far from dependent (several
// times faster), otherwise by reflections. Then columns' columns are orthonormal to about 1e-10.
Basis fast_basis(const Matrix& columns);

}  // namespace groundwork::statistics
