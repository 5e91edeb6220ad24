// The deviance -2 log L of a generalised linear mixed model and its exact gradient, a function of all
// parameters together: the free entries of the factors, the coefficients, the log size, the zero part's
// coefficients.
//
// With spherical effects u, A = Z Lambda, linear predictor eta = X beta + A u + offset, rows' log-likelihoods
// l(eta) and g(u) = -sum l + u'u / 2, whose minimum is the mode and whose Hessian there is H = I + A'WA, W =
// -l'':
//   Laplace:    2 g(mode) + log|H|                                     (Tierney & Kadane 1986; Bates et al.
//   2015) quadrature: -2 sum over levels of log(pi^(-q/2) |C| sum_k w_k e^(z_k'z_k) e^(-g(mode + sqrt(2) C
//   z_k))), CC' =
//               H^-1, with the nodes z and weights w of Gauss and Hermite (Liu & Pierce 1994; Pinheiro &
//               Bates 1995)
// The gradient follows the mode (and the nodes) as the parameters move, by the implicit function theorem; one
// solve with H gives it for every parameter at once.
#pragma once

#include <span>
#include <vector>

#include "statistics/generalized/effect_system.h"
#include "statistics/generalized/family.h"
#include "statistics/generalized/level_quadrature.h"
#include "statistics/matrix.h"
#include "statistics/mixed/random_effects.h"

namespace groundwork::statistics {

// Everything that does not change during the search; columns in the optimiser's coordinates.
struct GeneralizedProblem {
    Outcome outcome;
    Matrix fixed;                // rows x coefficients
    Matrix zero;                 // rows x the zero part's coefficients; no column without zero inflation
    std::vector<double> offset;  // one a row
    RandomEffects effects;
    std::size_t quadrature_points = 1;  // of each effect; 1: Laplace. More need one block of width 1 or 2.

    bool sized() const { return outcome.family == Family::negative_binomial; }
    std::size_t first_fixed() const { return effects.entries.size(); }
    std::size_t size_at() const { return first_fixed() + fixed.columns; }
    std::size_t first_zero() const { return size_at() + (sized() ? 1 : 0); }
    std::size_t parameters() const { return first_zero() + zero.columns; }
};

// Evaluates along a path: each mode is sought from the last one. Keeps what it allocates.
class GeneralizedLikelihood {
  public:
    explicit GeneralizedLikelihood(const GeneralizedProblem& problem);

    // -2 log L; infinite where it cannot be computed. parameters.size() == problem.parameters().
    double value(const std::vector<double>& parameters);
    // At the parameters of the last value(), which was finite.
    std::vector<double> gradient();

    const std::vector<double>& predictor() const { return predictor_; }  // at the mode
    int passes() const { return passes_; }                               // over the rows, so far

  private:
    void set_parameters(const std::vector<double>& parameters);
    void scale_rows();
    bool find_mode();
    double joint(Detail detail);  // predictor and terms at effects_; g
    void mode_slope();
    bool factorise();
    LevelQuadrature at_mode();
    struct Sums {  // while gradient() goes over the rows
        DirectSlopes direct;
        std::vector<double> spread, along, pulled, result;
        std::vector<Matrix> factors;
    };
    void add_curvature_slopes(Sums& sums) const;
    void add_row_slopes(Sums& sums) const;

    const GeneralizedProblem& problem_;
    RowLikelihood rows_;
    EffectSystem system_;
    std::vector<double> parameters_, zero_log_odds_;
    Factors factors_;
    std::vector<double> columns_, scaled_;  // Z and A, row by row
    std::vector<double> base_, predictor_;  // without and with the effects
    RowTerms terms_;
    std::vector<double> effects_, slope_, step_, previous_, weights_;
    GaussHermite rule_;
    bool has_factor_ = false;
    int passes_ = 0;
};

}  // namespace groundwork::statistics
