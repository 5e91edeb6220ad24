// Kenward and Roger's F test of several contrasts of a linear mixed model, in small samples.
//
// After Kenward & Roger (1997), "Small sample inference for fixed effects from restricted maximum
// likelihood", Biometrics 53, 983-997, section 3 and its modification for the special cases; edge cases as in
// R's pbkrtest (Halekoh & Hojsgaard 2014, J. Stat. Softw. 59(9), section 4). With q contrasts L of the
// coefficients b, F the usual covariance (X'V^-1 X)^-1, F_A the adjusted one, W_ij the covariance of the
// variance parameters, D_i the slope of F with parameter i and M_i = (L F L')^-1 L D_i L':
//
//     A1 = sum W_ij tr(M_i) tr(M_j)      A2 = sum W_ij tr(M_i M_j)      B = (A1 + 6 A2) / (2 q)
//     g  = ((q + 1) A1 - (q + 4) A2) / ((q + 2) A2)                     d = 3 q + 2 (1 - g)
//     c1 = g / d      c2 = (q - g) / d      c3 = (q + 2 - g) / d
//     E* = 1 / (1 - A2 / q)              V* = (2 / q) (1 + c1 B) / ((1 - c2 B)^2 (1 - c3 B))
//     rho = V* / (2 E*^2)      m = 4 + (q + 2) / (q rho - 1)      lambda = m / (E* (m - 2))
//
// and lambda (L b)' (L F_A L')^-1 (L b) / q is compared with F on q and m degrees: its approximate mean E*
// and variance V* are those of that F. Exact where an exact F exists: balanced analyses of variance (lambda =
// 1) and Hotelling's T^2 (lambda = m / (m + q - 1)). One contrast has lambda = 1 and the degrees of
// combination() in mixed_model.h.
#pragma once

#include "statistics/inference/coefficients.h"

namespace groundwork::statistics {

// Whether the model was fitted with DegreesOfFreedom::kenward_roger.
bool has_kenward_roger(const MixedModel& model);

// The distribution of the unscaled statistic (L b)' (L F_A L')^-1 (L b) / q.
struct KenwardRogerScaling {
    double scaling = unknown;              // lambda
    double denominator_degrees = unknown;  // m; infinite where the covariance is known, A2 = 0
};

// a1 and a2 as above, neither negative; contrasts > 0.
KenwardRogerScaling kenward_roger_scaling(double a1, double a2, std::size_t contrasts);

// That contrasts * coefficients = 0. The contrasts have one column for each coefficient and full row rank;
// the cost depends on the number of coefficients and variance parameters alone. Statistic and p are unknown
// where the method's moments are those of no F distribution (m or lambda not above zero), as may be with
// hardly more groups than contrasts; pbkrtest then says p = 1.
FTest kenward_roger_test(const MixedModel& model, const Matrix& contrasts);

}  // namespace groundwork::statistics
