// The covariance of the coefficients, and how uncertain it is itself: what degrees of freedom rest on.
#pragma once

#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

struct CoefficientCovariance {
    Matrix covariance;  // to report: Kenward and Roger's adjusted one, or the usual (X'V^-1 X)^-1
    CovarianceUncertainty uncertainty;
};

// What further parameters, those of the residuals, have to do with the others, at the optimum.
struct ResidualUncertainty {
    Matrix curvature;  // of the criterion, the factors held and sigma profiled out; empty without parameters
    std::vector<std::vector<double>> gradient_slopes;  // of the criterion's gradient, for each parameter
    std::vector<double> squares_slopes;                // of the residual sum of squares
    std::vector<Matrix> covariance_slopes;             // of relative_covariance
};

// The covariance of the coefficients in the formula's columns, over sigma^2.
Matrix relative_covariance(const Problem& problem, const ObjectivePoint& point);

// Satterthwaite: the parameters are the free entries, sigma and those of the residuals, their covariance
// twice the inverse Hessian of the criterion (Giesbrecht & Burns 1985; as lmerTest, Kuznetsova et al. 2017).
// Kenward & Roger (1997): the parameters are the (co)variances and sigma^2, in which V is linear, their
// covariance twice the inverse of the expected information (their eqs. 4, 5 and appendix; as pbkrtest,
// Halekoh & Hojsgaard 2014); the residuals' parameters are taken as known. From sums over levels: nothing of
// the size of the rows is formed. Refuses it for maximum likelihood, and for crossed factors of too many
// effects.
Result<CoefficientCovariance> coefficient_covariance(const Problem& problem, Minimum& minimum,
                                                     DegreesOfFreedom method,
                                                     const ResidualUncertainty& residuals = {});

}  // namespace groundwork::statistics
