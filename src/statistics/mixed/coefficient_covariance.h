// The covariance of the coefficients, and how uncertain it is itself: what degrees of freedom rest on.
#pragma once

#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

struct CoefficientCovariance {
    Matrix covariance;  // to report: Kenward and Roger's adjusted one, or the usual (X'V^-1 X)^-1
    CovarianceUncertainty uncertainty;
};

// Satterthwaite: the parameters are the free entries and sigma, their covariance twice the inverse Hessian of
// the criterion (Giesbrecht & Burns 1985; as lmerTest, Kuznetsova et al. 2017).
// Kenward & Roger (1997): the parameters are the (co)variances and sigma^2, in which V is linear, their
// covariance twice the inverse of the expected information (their eqs. 4, 5 and appendix; as pbkrtest,
// Halekoh & Hojsgaard 2014). From sums over levels: nothing of the size of the rows is formed. Refuses it for
// maximum likelihood, and for crossed factors of too many effects.
Result<CoefficientCovariance> coefficient_covariance(const Problem& problem, Minimum& minimum,
                                                     DegreesOfFreedom method);

}  // namespace groundwork::statistics
