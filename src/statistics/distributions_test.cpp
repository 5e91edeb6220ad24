#include "statistics/distributions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "statistics/estimate.h"

using namespace groundwork::statistics;

namespace {
constexpr double infinite = std::numeric_limits<double>::infinity();
doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-12).scale(0); }
}  // namespace

TEST_CASE("distributions agree with R") {  // R 4.2.2: pt, qt, pf, pchisq, qchisq, pnorm with digits = 16
    CHECK(student_t_two_sided_p(2.5, 10) == near(0.03144684423660878));
    CHECK(student_t_two_sided_p(-36.838307901, 17.00000174) == near(1.17088323529471e-17));
    CHECK(student_t_two_sided_p(1.96, infinite) == near(0.04999579029644086));
    CHECK(student_t_quantile(0.975, 10) == near(2.228138851986274));
    CHECK(student_t_quantile(0.975, 197.178) == near(1.972068030867094));
    CHECK(student_t_quantile(0.975, infinite) == near(1.959963984540054));
    CHECK(f_probability_above(3.78002796435, 1, 197.1781700) == near(5.329054892e-02).epsilon(1e-8));
    CHECK(f_probability_above(2.5, 3, infinite) == near(0.05755845197263641));
    CHECK(f_probability_above(infinite, 3, 4) == 0);
    CHECK(chi_square_probability_above(3.841458820694124, 1) == near(0.05));
    CHECK(chi_square_quantile(0.95, 1) == near(3.841458820694124));
    CHECK(normal_probability_below(-1.96) == near(0.02499789514822043));
}

TEST_CASE("an estimate carries its statistic, p and interval, and stays unknown where it must") {
    const Estimate estimate = make_estimate("week", 3, 1.5, 10);
    CHECK(estimate.statistic == 2);
    CHECK(estimate.p == near(0.07338803477074039));
    CHECK(confidence_interval(estimate).low == near(3 - 1.5 * 2.228138851986274));
    CHECK(std::isnan(make_estimate("week", 3, 0, 10).p));
    CHECK(std::isnan(confidence_interval(make_estimate("week", 3, unknown, 10)).low));
}
