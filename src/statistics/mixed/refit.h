// Fits to other outcomes, or other selections of groups, of one design.
#pragma once

#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

struct Refit {
    std::vector<double> coefficients;  // of the formula's columns
    std::vector<double> random;        // standard deviations and correlations as described, then sigma
    std::string status;                // of the certificate
};

// Fits `kernel` (of the problem's columns and effects) from `start`. base are the coefficients of W that its
// outcome is without.
Refit refit(const Problem& problem, const Kernel& kernel, const std::vector<double>& base,
            const std::vector<double>& start);

// The numbers of Refit::random at a minimum, and their names.
std::vector<double> random_numbers(const Problem& problem, const ObjectivePoint& point);
std::vector<std::string> random_names(const Problem& problem);

// Coefficients of the formula's columns from those of W.
std::vector<double> column_coefficients(const FixedSide& side, const std::vector<double>& of_basis);

// Draws an outcome from the model: random effects with relative factor `factor` and residuals, both times
// sigma; the fixed part is left at nothing, since every fit is equivariant in it. Exact: Z'y, W'y and y'y of
// a level have the distribution they would have had by rows.
class OutcomeSimulator {
  public:
    // products.outer must be there; `rows` by level.
    OutcomeSimulator(const LevelProducts& products, std::vector<std::size_t> rows);
    void draw(RandomStream& random, const Matrix& factor, double sigma, LevelProducts& target) const;

  private:
    struct Level {
        std::size_t rank = 0;
        std::vector<double> root;  // (width + fixed) x rank, row by row: root root' = [Z W]'[Z W]
    };
    std::vector<Level> levels_;
    std::vector<std::size_t> rows_;
};

// The same by rows, for several grouping factors.
std::vector<double> draw_outcome(RandomStream& random, const CrossedRows& rows, const Factors& factors,
                                 double sigma);

}  // namespace groundwork::statistics
