// The only file that includes Boost.Math (7 s of compile time).
#include "statistics/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "foundation/foundation.h"

namespace groundwork::statistics {

namespace {

namespace bm = boost::math;
// Values beyond the range of a double become 0 or infinity rather than exceptions.
using Policy = bm::policies::policy<bm::policies::overflow_error<bm::policies::ignore_error>,
                                    bm::policies::underflow_error<bm::policies::ignore_error>>;
using Normal = bm::normal_distribution<double, Policy>;
using StudentT = bm::students_t_distribution<double, Policy>;
using FisherF = bm::fisher_f_distribution<double, Policy>;
using NoncentralT = bm::non_central_t_distribution<double, Policy>;
using ChiSquare = bm::chi_squared_distribution<double, Policy>;

}  // namespace

double normal_probability_below(double z) {
    ENSURE(!std::isnan(z));
    return std::isinf(z) ? (z > 0 ? 1.0 : 0.0) : bm::cdf(Normal(), z);
}

double student_t_probability_below(double t, double degrees) {
    ENSURE(!std::isnan(t) && degrees > 0);
    if (std::isinf(degrees) || std::isinf(t)) {
        return normal_probability_below(t);
    }
    return bm::cdf(StudentT(degrees), t);
}

double student_t_two_sided_p(double t, double degrees) {
    return 2.0 * student_t_probability_below(-std::abs(t), degrees);
}

double student_t_quantile(double p, double degrees) {
    ENSURE(p > 0 && p < 1 && degrees > 0);
    return std::isinf(degrees) ? normal_quantile(p) : bm::quantile(StudentT(degrees), p);
}

double f_probability_above(double f, double numerator_degrees, double denominator_degrees) {
    ENSURE(f >= 0 && numerator_degrees > 0 && denominator_degrees > 0);
    if (std::isinf(f)) {
        return 0.0;
    }
    if (std::isinf(denominator_degrees)) {
        if (std::isinf(numerator_degrees)) {
            return f > 1 ? 0.0 : 1.0;
        }
        return chi_square_probability_above(f * numerator_degrees, numerator_degrees);
    }
    if (std::isinf(numerator_degrees)) {  // then d2 / F is chi-square with d2 degrees
        return f == 0 ? 1.0
                      : 1.0 - chi_square_probability_above(denominator_degrees / f, denominator_degrees);
    }
    return bm::cdf(bm::complement(FisherF(numerator_degrees, denominator_degrees), f));
}

double f_quantile(double p, double numerator_degrees, double denominator_degrees) {
    ENSURE(p > 0 && p < 1 && numerator_degrees > 0 && denominator_degrees > 0);
    ENSURE(std::isfinite(numerator_degrees) && std::isfinite(denominator_degrees));
    return bm::quantile(FisherF(numerator_degrees, denominator_degrees), p);
}

double noncentral_t_probability_below(double t, double degrees, double noncentrality) {
    ENSURE(std::isfinite(t) && std::isfinite(degrees) && degrees > 0 && std::abs(noncentrality) <= 1000);
    return bm::cdf(NoncentralT(degrees, noncentrality), t);
}

double chi_square_probability_above(double x, double degrees) {
    ENSURE(x >= 0 && degrees > 0);
    return std::isinf(x) ? 0.0 : bm::cdf(bm::complement(ChiSquare(degrees), x));
}

double chi_square_quantile(double p, double degrees) {
    ENSURE(p > 0 && p < 1 && degrees > 0);
    return bm::quantile(ChiSquare(degrees), p);
}

double log_gamma(double x) {
    ENSURE(x > 0);
    return bm::lgamma(x, Policy());
}

double digamma(double x) {
    ENSURE(x > 0);
    return bm::digamma(x, Policy());
}

}  // namespace groundwork::statistics
