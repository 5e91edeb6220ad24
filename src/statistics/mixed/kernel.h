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
#include "statistics/mixed/level_products.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

// For one block, sums over its levels (q = width; columns = fixed columns and, last, the outcome). t_a is the
// level's row of T for effect a, u_c that of Lambda' T for component c.
struct BlockSums {
    Matrix scaled_trace;        // q x q: sum of Lambda' S
    std::vector<Matrix> cross;  // entry a + q c, for a >= c: sum of t_a' u_c, columns x columns
};

// Sums over the levels of a single block that its second derivatives need.
struct CurvatureSums {
    Matrix slope;     // q x q: sum of S - G, with G = T K T'
    Matrix products;  // q^2 x q^2: entry (a + q b, c + q d) is the sum of (2 G_ab - S_ab) S_cd
};

struct Derivatives {
    std::vector<BlockSums> blocks;
    std::optional<CurvatureSums> curvature;  // where a kernel has a closed form for it
};

// Sums for the covariance of the coefficients in small samples (Kenward & Roger 1997), over pairs of effects
// of all blocks: effect a of block k has the number first[k] + a. For pairs of effects i = (a, b), j = (c, d)
// within a block each:
struct SmallSampleSums {
    std::vector<std::size_t> first;  // by block
    std::size_t effects = 0;         // in all
    Matrix inner;                    // effects x effects (within blocks): sum of S_ab
    Matrix inner_pairs;  // effects^2 x effects^2: entry (a + effects b, c + effects d) the sum of S_bc S_da
    // Entry (a + effects b, c + effects d): sum of t_a' S_bc t_d over the fixed columns, for each pair.
    std::vector<Matrix> outer_pairs;
    std::vector<Matrix> outer;  // entry a + effects b: sum of t_a' t_b over the fixed columns
};

// At one value of the factors.
class KernelPoint {
  public:
    virtual ~KernelPoint() = default;
    double log_determinant = 0;  // log|H|
    Matrix products;             // P, outcome last
    // For the weight K in tr(K P).
    virtual Derivatives derivatives(const Matrix& weight) const = 0;
    // After derivatives: w_j' S w_k over all levels, w_j = dSigma/dj T contrast with j the free entries. What
    // the average information needs (Gilmour, Thompson & Cullis 1995); nothing where a kernel has curvature.
    virtual std::optional<Matrix> working_information(const RandomEffects&,
                                                      const std::vector<double>&) const {
        return std::nullopt;
    }
    // Nothing where there are too many effects for it.
    virtual std::optional<SmallSampleSums> small_sample_sums() const = 0;
};

class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual std::unique_ptr<KernelPoint> at(const Factors& factors) const = 0;
    // Variances by the method of moments, by block and effect, over the residual's: where to begin. Empty
    // where they are not known.
    virtual std::vector<std::vector<double>> moments(std::size_t) const { return {}; }
};

// One grouping factor: H falls into one small block for each level. Linear in levels.
std::unique_ptr<Kernel> make_single_kernel(const LevelProducts& products, unsigned threads = 1);

// Several grouping factors, crossed or nested: the largest is eliminated level by level, the others form a
// Schur complement, whose sparsity is used. At worst cubic in the number of the others' effects.
std::unique_ptr<Kernel> make_schur_kernel(const std::vector<Block>& blocks, const Matrix& fixed,
                                          const std::vector<double>& outcome, unsigned threads = 1);

}  // namespace groundwork::statistics
