#include "statistics/meta_analysis/effect_sizes.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

using Columns = std::vector<std::pair<std::string, std::vector<double>>>;

Result<EffectSizes> compute(const std::string& measure, const Columns& columns,
                            const EffectSizeOptions& options = {}) {
    std::vector<EffectInput> inputs;
    for (const auto& [name, values] : columns) {
        inputs.push_back({name, values});
    }
    return effect_sizes(measure, inputs, options);
}

void check(const Result<EffectSizes>& sizes, std::size_t row, double effect, double variance) {
    REQUIRE(sizes);
    CHECK(sizes->effects.at(row) == doctest::Approx(effect).epsilon(1e-13));
    CHECK(sizes->variances.at(row) == doctest::Approx(variance).epsilon(1e-13));
}

const Columns tables = {{"ai", {0, 4}}, {"bi", {10, 6}}, {"ci", {3, 2}}, {"di", {9, 10}}};
const Columns groups = {{"m1i", {10.5}}, {"sd1i", {2}}, {"n1i", {12}},
                        {"m2i", {9}},    {"sd2i", {3}}, {"n2i", {15}}};
const Columns pairs = {{"m1i", {10.5}}, {"sd1i", {2}}, {"m2i", {9}},
                       {"sd2i", {3}},   {"ni", {15}},  {"ri", {0.6}}};

Columns without(Columns columns, const std::string& name) {
    std::erase_if(columns, [&](const auto& column) { return column.first == name; });
    return columns;
}

}  // namespace

// The numbers here are those of escalc() in metafor 3.8-1 (R 4.2.2), and by hand where said.
TEST_CASE("effects of 2x2 tables, with one half added where a cell is zero") {
    check(compute("RR", tables), 0, -1.77885606439215, 2.117882117882118);
    check(compute("RR", tables), 1, 0.87546873735390, 0.566666666666667);
    check(compute("OR", tables), 0, -2.04599360761230, 2.48621553884712);
    check(compute("OR", tables), 1, 1.20397280432594, 1.01666666666667);
    check(compute("RD", tables), 0, -0.223776223776224, 0.0190786767147469);
    check(compute("RD", tables), 1, 0.233333333333333, 0.0355740740740741);
    check(compute("AS", tables), 0, -0.523598775598299, 0.0458333333333333);
    check(compute("PETO", tables), 0, -1.54405594405594, 1.158041958041958);
    check(compute("RR", tables, {.to = ZeroCells::all}), 1, 0.754840749565285, 0.454390054390054);
    check(compute("RR", tables, {.to = ZeroCells::all_if_any_has_zeros}), 1, 0.754840749565285,
          0.454390054390054);
    check(compute("RD", tables, {.to = ZeroCells::none}), 0, -0.25, 0.015625);
    check(compute("RR", {{"ai", {0}}, {"bi", {10}}, {"ci", {0}}, {"di", {12}}}), 0, 0.167054084663167,
          3.83216783216783);
}

TEST_CASE("a table's second cell may come from the group's size") {
    const Columns sizes = {{"ai", {4}}, {"n1i", {10}}, {"ci", {2}}, {"n2i", {12}}};
    check(compute("RR", sizes), 0, 0.87546873735390, 0.566666666666667);
    const Result<EffectSizes> more = compute("RR", {{"ai", {11}}, {"n1i", {10}}, {"ci", {2}}, {"n2i", {12}}});
    REQUIRE_FALSE(more);
    CHECK(more.error().describe() == "row 2: \"11\" events in a group of 10.");
}

TEST_CASE("tables without events in both groups can be left out") {
    const Columns none = {{"ai", {0, 1}}, {"bi", {10, 9}}, {"ci", {0, 2}}, {"di", {12, 10}}};
    const EffectSizes sizes = compute("RR", none, {.drop_double_zeros = true}).value();
    CHECK(std::isnan(sizes.effects[0]));
    CHECK(std::isfinite(sizes.effects[1]));
}

TEST_CASE("differences of means, raw and standardised") {
    check(compute("MD", groups), 0, 1.5, 0.933333333333333);
    check(compute("SMD", groups), 0, 0.557763158367356, 0.155761106311702);
    check(compute("SMD", groups, {.variance = VarianceFormula::unbiased}), 0, 0.557763158367356,
          0.156687976126046);
    check(compute("SMDH", groups), 0, 0.57048943058464, 0.152142146590907);
    check(compute("SMD1", without(groups, "sd1i")), 0, 0.472643864653405, 0.157446407426484);
    check(compute("ROM", groups), 0, 0.154150679827258, 0.0104308390022676);
}

TEST_CASE("change within people, by the change's and by the raw standard deviation") {
    check(compute("MC", pairs), 0, 1.5, 0.386666666666667);
    check(compute("SMCC", pairs), 0, 0.588764048101022, 0.0782214368112101);
    check(compute("SMCR", without(pairs, "sd2i")), 0, 0.708965796980108, 0.0700877500429213);
    check(compute("SMCRH", pairs), 0, 0.708965796980108, 0.108588805402211);
    check(compute("ROMC", pairs), 0, 0.154150679827258, 0.00474678760393046);
}

TEST_CASE("changes in two groups: Morris's example, by hand") {
    // Morris 2008, table 1, study 1: training 30.6 -> 38.5 (SD 15.0, n 20), control 23.1 -> 19.7 (13.8, 20).
    const Columns study = {{"m1post", {38.5}}, {"m1pre", {30.6}},  {"sd1pre", {15.0}},
                           {"n1i", {20}},      {"m2post", {19.7}}, {"m2pre", {23.1}},
                           {"sd2pre", {13.8}}, {"n2i", {20}},      {"ri", {0.5}}};
    // pooled sd sqrt((15^2 + 13.8^2) / 2) = 14.412494, g = .980184... * 11.3 / 14.412494
    const double g = hedges_correction(38) * 11.3 / std::sqrt((15.0 * 15.0 + 13.8 * 13.8) / 2);
    CHECK(g == doctest::Approx(0.77).epsilon(0.005));  // as printed there
    const double c2 = hedges_correction(38) * hedges_correction(38);
    check(compute("PPC2", study), 0, g, c2 * 0.1 * 38.0 / 36 * (1 + g * g / 0.1) - g * g);
    const double first = hedges_correction(19) * 7.9 / 15, second = hedges_correction(19) * -3.4 / 13.8;
    check(compute("PPC1", study), 0, first - second, 0.1 + (first * first + second * second) / 40);
}

TEST_CASE("correlations, reliabilities, proportions, rates, means") {
    check(compute("COR", {{"ri", {0.4}}, {"ni", {20}}}), 0, 0.4, 0.0371368421052632);
    check(compute("ZCOR", {{"ri", {0.4}}, {"ni", {20}}}), 0, 0.423648930193602, 0.0588235294117647);
    const Columns alpha = {{"ai", {0.8}}, {"mi", {10}}, {"ni", {60}}};
    check(compute("ARAW", alpha), 0, 0.8, 0.00153256704980843);
    check(compute("AHW", alpha), 0, 0.415196452357427, 0.00144208433866267);
    check(compute("ABT", alpha), 0, 1.6094379124341, 0.0383141762452107);
    const Columns events = {{"xi", {0, 5}}, {"ni", {20, 20}}};
    check(compute("PR", events), 0, 0.0238095238095238, 0.00110679192311845);
    check(compute("PLN", events), 1, -1.38629436111989, 0.15);
    check(compute("PLO", events), 0, -3.71357206670431, 2.048780487804878);
    const Columns rates = {{"x1i", {0, 5}}, {"x2i", {3, 4}}, {"t1i", {100, 110}}, {"t2i", {80, 90}}};
    check(compute("IRR", rates), 0, -2.1690537003695227, 2.28571428571429);
    check(compute("IRD", rates), 1, 0.00101010101010101, 0.000907050300989695);
    check(compute("MN", {{"mi", {12}}, {"sdi", {3}}, {"ni", {20}}}), 0, 12, 0.45);
    check(compute("MNLN", {{"mi", {12}}, {"sdi", {3}}, {"ni", {20}}}), 0, 2.484906649788, 0.003125);
}

TEST_CASE("the gamma correction, small and large") {
    CHECK(hedges_correction(2) == doctest::Approx(1 / std::sqrt(std::acos(-1.0))).epsilon(1e-15));
    CHECK(hedges_correction(10) == doctest::Approx(0.922745652761035).epsilon(1e-7));
    // Both ways of computing it meet at 400; beyond, 1 - 3 / (4m - 1) to the second order.
    CHECK(hedges_correction(400.0000001) == doctest::Approx(hedges_correction(400)).epsilon(1e-11));
    CHECK(hedges_correction(1e6) == doctest::Approx(1 - 3 / (4e6 - 1)).epsilon(1e-12));
    CHECK(std::isnan(hedges_correction(1)));
}

TEST_CASE("a missing number leaves its study out, an impossible one is refused with its row") {
    Columns some = {{"m1i", {10.5, std::nan("")}},
                    {"sd1i", {2, 2}},
                    {"n1i", {12, 12}},
                    {"m2i", {9, 9}},
                    {"sd2i", {3, 3}},
                    {"n2i", {15, 15}}};
    CHECK(std::isnan(compute("SMD", some).value().effects[1]));
    some[0].second[1] = 10;
    some[4].second[1] = -3;
    CHECK(compute("SMD", some).error().describe() ==
          "row 3: \"-3\" is not a number above 0, as sd2i (standard deviation of group (or occasion) 2) must "
          "be.");
    CHECK(compute("ZCOR", {{"ri", {1.2}}, {"ni", {20}}})
              .error()
              .describe()
              .find("correlation between -1 and 1") != std::string::npos);
    CHECK(compute("ZCOR", {{"ri", {0.2}}, {"ni", {3}}}).error().describe().find("ri = 0.2, ni = 3") !=
          std::string::npos);
    CHECK_FALSE(compute("RR", tables, {.to = ZeroCells::none}));
}

TEST_CASE("a measure says what it needs and what it does not know") {
    CHECK(compute("SMD", without(groups, "sd2i")).error().describe().find("needs sd2i") != std::string::npos);
    CHECK(compute("ZCOR", groups).error().describe().find("does not use m1i") != std::string::npos);
    CHECK(compute("SMDh", groups).error().describe().find("Did you mean \"SMDH\"") != std::string::npos);
    CHECK(compute("OR", without(tables, "bi")).error().describe().find("--n1i") != std::string::npos);
}
