// The two quantities by which data enter the likelihood of a linear mixed model, and their derivatives.
//
// With W an orthonormal basis of the fixed columns, r the outcome less its least-squares fit, Z the random
// columns, Lambda the block-diagonal matrix of the factors and H = I + Z Lambda Lambda' Z' (the covariance of
// the rows over sigma^2), these are log|H| and P = [W r]' H^-1 [W r] (Bates et al. 2015, eqs. 13-48, in other
// words). With S = Z' H^-1 Z and T = Z' H^-1 [W r]:  d log|H| = tr(S dSigma),  dP = -T' dSigma T,  Sigma =
// Lambda Lambda'. Nothing of the size of the rows is touched after construction.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "statistics/matrix.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

// For one block, component by component of its effects: element (level, column) of component c stands at
// level + levels * (column + columns * c).
struct BlockSolution {
    std::size_t levels = 0;
    std::size_t columns = 0;  // fixed columns + 1 (the outcome, last)
    std::size_t width = 0;
    std::vector<double> solved;  // T
    std::vector<double> scaled;  // Lambda' T
    Matrix scaled_trace;         // sum over levels of Lambda' S, width x width
};

// Sums over the levels of a single block that its second derivatives need (q = width).
struct CurvatureSums {
    Matrix slope;     // q x q: sum of S - G, with G = T K T'
    Matrix products;  // q^2 x q^2: entry (a + q b, c + q d) is the sum of (2 G_ab - S_ab) S_cd
};

// At one value of the factors.
class KernelPoint {
  public:
    virtual ~KernelPoint() = default;
    double log_determinant = 0;  // log|H|
    Matrix products;             // P, outcome last
    virtual const std::vector<BlockSolution>& solutions() = 0;
    // For the weight K in tr(K P); nothing where a kernel has no closed form for it.
    virtual std::optional<CurvatureSums> curvature(const Matrix& weight) = 0;
};

class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual std::unique_ptr<KernelPoint> at(const Factors& factors) const = 0;
};

// One grouping factor: H falls into one small block for each level. Every element of the small matrices is an
// array over the levels, so that the arithmetic runs along vectors. Linear in levels.
std::unique_ptr<Kernel> make_single_kernel(const Block& block, const Matrix& fixed,
                                           const std::vector<double>& outcome);

// Several grouping factors, crossed or nested: the largest is eliminated level by level, the others form a
// dense Schur complement. Cubic in the number of the others' effects.
std::unique_ptr<Kernel> make_schur_kernel(const std::vector<Block>& blocks, const Matrix& fixed,
                                          const std::vector<double>& outcome);

}  // namespace groundwork::statistics
