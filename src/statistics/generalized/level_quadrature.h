// Adaptive Gauss-Hermite quadrature: the likelihood of every level of one grouping factor, from nodes placed
// around its mode by its curvature.
#pragma once

#include <span>
#include <vector>

#include "statistics/generalized/effect_system.h"
#include "statistics/generalized/family.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

inline constexpr std::size_t most_quadrature_points = 100;         // with one effect a level
inline constexpr std::size_t most_quadrature_points_squared = 40;  // of each of two

struct GaussHermite {
    std::vector<double> nodes, log_weights;  // log of w e^(z^2), for integrals of e^(-z^2) f(z)
};

// By the eigenvalues of the Jacobi matrix (Golub & Welsch 1969). 1 <= points <= most_quadrature_points.
GaussHermite gauss_hermite(std::size_t points);

// The state at the mode. The system, of one block of width 1 or 2, is factored there.
struct LevelQuadrature {
    const EffectSystem& system;
    RowLikelihood& rows;
    const GaussHermite& rule;
    std::span<const double> columns, scaled;  // Z and A, row by row
    std::span<const double> predictor;        // at the mode
    std::span<const double> effects;          // the mode
};

// Of -2 log L: derivatives at fixed nodes, averaged over the nodes with their share in the integral, and the
// weights of what moves with the parameters (likelihood.cpp).
struct DirectSlopes {
    std::vector<double> first, size, zero;  // one a row; not yet times -2
    std::vector<double> pull;               // of the mode's change, one an effect
    Matrix factor;                          // of the factor's entries
    std::vector<Matrix> kernel;             // of the change of H, by level
};

// -2 log L without Outcome::constant; fills `slopes` unless it is null.
double level_quadrature(const LevelQuadrature& at, DirectSlopes* slopes);

}  // namespace groundwork::statistics
