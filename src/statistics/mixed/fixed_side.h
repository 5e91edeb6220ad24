// The fixed columns as an orthonormal basis W, and the outcome as what W explains and the rest r.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "statistics/formula/basis.h"
#include "statistics/formula/model_matrix.h"
#include "statistics/mixed/level_products.h"

namespace groundwork::statistics {

struct FixedSide {
    std::vector<std::string> names;    // of the kept columns
    std::vector<std::string> dropped;  // left out because earlier ones determine them
    Matrix triangle;                   // kept columns = W * triangle
    std::vector<double> coefficients;  // of W, by (weighted) least squares
    double log_triangle = 0;           // log of the triangle's determinant
    double squares_left = 0;           // r'r
};

// From cross-products alone: products holds [X y - shift] and becomes [W r], by the Cholesky factor of X'X
// scaled to unit length. Nothing, and products as before, where that would lose digits: columns close to
// dependent, or an outcome that they nearly explain. `shift` was subtracted from y, where the first column is
// the intercept.
std::optional<FixedSide> project_products(LevelProducts& products, const std::vector<std::string>& names,
                                          double shift);

// By Householder reflections on the rows, for any conditioning. `rest` receives r.
struct ProjectedRows {
    FixedSide side;
    Matrix basis;              // W
    std::vector<double> rest;  // r
};
ProjectedRows project_rows(const ModelMatrix& matrix, const std::vector<double>& outcome);

}  // namespace groundwork::statistics
