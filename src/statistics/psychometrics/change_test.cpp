#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "statistics/distributions.h"
#include "statistics/psychometrics/clinical_change.h"
#include "statistics/psychometrics/mean_difference.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
doctest::Approx near(double value, double digits = 1e-10) { return doctest::Approx(value).epsilon(digits); }
}  // namespace

TEST_CASE("the reliable change indices are their authors' formulas") {
    using Method = ReliableChangeMethod;
    const ChangeGroup group{.mean_before = 28,
                            .standard_deviation_before = 7.5,
                            .mean_after = 22,
                            .standard_deviation_after = 8,
                            .reliability = 0.85,
                            .reliability_after = 0.8,
                            .correlation = 0.5};
    const auto index = [&](Method method) { return reliable_change_index(method, group, 30, 20); };
    // SEm 2.90473750966, SE of the difference 4.10791918129.
    CHECK(index(Method::jacobson_truax) == near(-2.4343224778));
    CHECK(index(Method::gulliksen_lord_novick) == near((20 - 28 - 0.85 * 2) / (7.5 * std::sqrt(1 - 0.7225))));
    CHECK(index(Method::hsu_linn_lord) == near((20 - 22 - 0.85 * 2) / (8 * std::sqrt(1 - 0.7225))));
    CHECK(index(Method::edwards_nunnally) == near((20 - 29.7) / 2.90473750966));
    CHECK(index(Method::nunnally_kotsch) == near(-9.7 / std::sqrt(0.7225 * 8.4375 + 64 * 0.2)));
    const double rdd = (56.25 * 0.85 + 64 * 0.8 - 60) / (56.25 + 64 - 60);
    CHECK(index(Method::hageman_arrindell) ==
          near((-10 * rdd - 6 * (1 - rdd)) / (std::sqrt(rdd) * std::sqrt(8.4375 + 12.8))));
    CHECK(usual_threshold(Method::hageman_arrindell) == 1.65);
    CHECK(name_of(Method::edwards_nunnally) == "Edwards-Nunnally");
}

TEST_CASE("a method that lacks what it needs says so before it computes") {
    using Method = ReliableChangeMethod;
    const ChangeGroup little{.standard_deviation_before = 7.5, .reliability = 0.85};
    CHECK(can_compute(Method::jacobson_truax, little));
    for (const Method method :
         {Method::gulliksen_lord_novick, Method::hsu_linn_lord, Method::edwards_nunnally,
          Method::nunnally_kotsch, Method::hageman_arrindell}) {
        CHECK_FALSE(can_compute(method, little));
    }
    CHECK_FALSE(can_compute(Method::jacobson_truax, {.standard_deviation_before = 1, .reliability = 1}));
}

TEST_CASE("cut-offs a, b and c, and the classes on both sides") {
    const ReferenceGroups groups{.mean_unwell = 30,
                                 .standard_deviation_unwell = 6,
                                 .mean_well = 10,
                                 .standard_deviation_well = 4,
                                 .higher_is_well = false};
    CHECK(cut_off(CutOff::a, groups) == 18);
    CHECK(cut_off(CutOff::b, groups) == 18);
    CHECK(cut_off(CutOff::c, groups) == near(18));
    const ReferenceGroups closer{.mean_unwell = 30,
                                 .standard_deviation_unwell = 6,
                                 .mean_well = 18,
                                 .standard_deviation_well = 3,
                                 .higher_is_well = false};
    CHECK(cut_off(CutOff::c, closer) == near((6 * 18.0 + 3 * 30) / 9));
    CHECK(classify(-2.5, 1.96, 25, 12, 18, false) == ClinicalChange::recovered);
    CHECK(classify(-2.5, 1.96, 35, 22, 18, false) == ClinicalChange::improved);
    CHECK(classify(-1.5, 1.96, 20, 15, 18, false) == ClinicalChange::unchanged);
    CHECK(classify(2.5, 1.96, 20, 30, 18, false) == ClinicalChange::deteriorated);
    CHECK(classify(2.5, 1.96, 15, 30, 18, false) == ClinicalChange::harmed);
    CHECK(classify(2.5, 1.96, 15, 30, 18, true) == ClinicalChange::recovered);
    CHECK(name_of(ClinicalChange::harmed) == "harmed");
}

TEST_CASE("the noncentral t distribution and its interval are R's") {
    // R 4.2.2: pt(2, 10, 1.5), pt(-1, 5, 0.7), pt(3.1, 60, 2)
    CHECK(noncentral_t_probability_below(2, 10, 1.5) == near(0.659154072442026, 1e-9));
    CHECK(noncentral_t_probability_below(-1, 5, 0.7) == near(0.0569580473658723, 1e-8));
    CHECK(noncentral_t_probability_below(3.1, 60, 2) == near(0.852271308021081, 1e-9));
    // R: uniroot over the noncentrality of pt(2.5, 18, .) at .975 and .025
    const Interval interval = noncentrality_interval(2.5, 18);
    CHECK(interval.low == near(0.349434646421812, 1e-7));
    CHECK(interval.high == near(4.59152043150182, 1e-7));
    const Interval mirrored = noncentrality_interval(-2.5, 18);
    CHECK(mirrored.low == near(-interval.high, 1e-9));
    for (const double t : {0.0, 0.3, 8.0, 40.0, 150.0}) {
        for (const double degrees : {1.0, 3.0, 50.0, 5000.0}) {
            const Interval range = noncentrality_interval(t, degrees);
            CHECK(range.low < t * 1.01 + 1);
            CHECK(range.high > t * 0.5);
            CHECK(noncentral_t_probability_below(t, degrees, range.low) == near(0.975, 1e-6));
        }
    }
}

TEST_CASE("standardised differences of independent groups") {
    const std::vector<double> first = {3, 5, 4, 6, 7, 5, missing}, second = {6, 8, 7, 5, 9};
    const MeanDifference result = independent_difference(first, second).value();
    CHECK(result.t == near(2.21564683762799, 1e-9));  // R: t.test(second, first, var.equal = TRUE)
    CHECK(result.p == near(0.0539459205094071, 1e-9));
    CHECK(result.find("d")->value == near(1.34164078649987, 1e-9));
    CHECK(result.find("g")->value == near(1.22609182858705, 1e-9));
    CHECK(result.find("d")->interval.low == near(-0.0219142360430614, 1e-6));
    CHECK(result.find("d")->interval.high == near(2.64744542791804, 1e-6));
    CHECK(result.find("glass_delta")->value == near(2 / std::sqrt(2.0), 1e-9));
    CHECK(result.find("nothing") == nullptr);
}

TEST_CASE("standardised differences of the same people") {
    const std::vector<double> before = {3, 5, 4, 6, 7, 5, 2}, after = {4, 8, 4, 7, 9, 8, missing};
    const MeanDifference result = paired_difference(before, after).value();
    CHECK(result.n1 == 6);
    CHECK(result.t == near(3.37099931231621, 1e-9));  // R: t.test(after, before, paired = TRUE)
    CHECK(result.find("d_z")->value == near(1.37620470640795, 1e-9));
    CHECK(result.find("d_rm")->value == near(0.751136079144477, 1e-9));
    CHECK(result.find("d_av")->value == near(0.912870929175277, 1e-9));
    CHECK(result.find("d_b")->value == near(1.17851130197758, 1e-9));
    CHECK(result.find("d_z")->interval.low == near(0.195518984959947, 1e-6));
    CHECK(result.find("d_z")->interval.high == near(2.49821801241588, 1e-6));
    CHECK(result.find("d_av")->interval.low ==
          near(0.195518984959947 * result.find("d_av")->value / result.find("d_z")->value, 1e-6));
    CHECK(result.find("g_av")->value == near(result.find("d_av")->value * hedges_factor(5), 1e-12));
}

TEST_CASE("differences that cannot be standardised say why") {
    const std::vector<double> one = {1}, same = {2, 2, 2}, values = {1, 2, 4}, shifted = {2, 3, 5};
    CHECK(independent_difference(one, values).error().describe().find("1 value") != std::string::npos);
    CHECK(independent_difference(same, same).error().describe().find("vary") != std::string::npos);
    CHECK(paired_difference(values, shifted).error().describe().find("same amount") != std::string::npos);
}
