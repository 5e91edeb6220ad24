// Distribution functions and quantiles. Degrees of freedom may be infinite (t: normal; F: chi-square over its
// own).
#pragma once

namespace groundwork::statistics {

double normal_probability_below(double z);

// P(T <= t) and the two-sided P(|T| >= |t|), which keeps its digits far out in the tails. degrees > 0.
double student_t_probability_below(double t, double degrees);
double student_t_two_sided_p(double t, double degrees);

// The t with P(T <= t) = p. 0 < p < 1, degrees > 0.
double student_t_quantile(double p, double degrees);

// P(F >= f). f >= 0, both degrees > 0; either may be infinite.
double f_probability_above(double f, double numerator_degrees, double denominator_degrees);

// The f with P(F <= f) = p. 0 < p < 1, both degrees > 0 and finite.
double f_quantile(double p, double numerator_degrees, double denominator_degrees);

// P(T <= t) of the noncentral t. degrees > 0 and finite, |noncentrality| <= 1000.
double noncentral_t_probability_below(double t, double degrees, double noncentrality);

// P(X >= x) and the x with P(X <= x) = p. degrees > 0.
double chi_square_probability_above(double x, double degrees);
double chi_square_quantile(double p, double degrees);

// log Gamma(x) and its derivative. x > 0.
double log_gamma(double x);
double digamma(double x);

}  // namespace groundwork::statistics
