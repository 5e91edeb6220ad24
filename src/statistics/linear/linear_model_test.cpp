#include "statistics/linear/linear_model.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "statistics/moderation/johnson_neyman.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Longley (1967), as in NIST's Statistical Reference Datasets.
TestTable longley() {
    return test_table_of_csv(
        "y,deflator,gnp,unemployed,forces,population,year\n"
        "60323,83,234289,2356,1590,107608,1947\n61122,88.5,259426,2325,1456,108632,1948\n"
        "60171,88.2,258054,3682,1616,109773,1949\n61187,89.5,284599,3351,1650,110929,1950\n"
        "63221,96.2,328975,2099,3099,112075,1951\n63639,98.1,346999,1932,3594,113270,1952\n"
        "64989,99,365385,1870,3547,115094,1953\n63761,100,363112,3578,3350,116219,1954\n"
        "66019,101.2,397469,2904,3048,117388,1955\n67857,104.6,419180,2822,2857,118734,1956\n"
        "68169,108.4,442769,2936,2798,120445,1957\n66513,110.8,444546,4681,2637,121950,1958\n"
        "68655,112.6,482704,3813,2552,123366,1959\n69564,114.2,502601,3931,2514,125368,1960\n"
        "69331,115.7,518173,4806,2572,127852,1961\n70551,116.9,554894,4007,2827,130081,1962\n");
}

TestTable two_arms() {
    TestTable table;
    table.add("arm", std::vector<std::string>{"MM", "LKM", "MM", "LKM", "MM", "LKM", "MM", "LKM"});
    table.add("pre", std::vector<double>{1, 2, 3, 4, 5, 6, 7, 9});
    table.add("post", std::vector<double>{2, 2, 5, 3, 6, 7, 6, 9});
    return table;
}

}  // namespace

TEST_CASE("Longley's ill-conditioned data give NIST's certified values") {
    const LinearModel model =
        fit_linear_model("y ~ deflator + gnp + unemployed + forces + population + year", longley().data())
            .value();
    const double certified[7][2] = {{-3482258.63459582, 890420.383607373},
                                    {15.0618722713733, 84.9149257747669},
                                    {-0.358191792925910E-01, 0.334910077722432E-01},
                                    {-2.02022980381683, 0.488399681651699},
                                    {-1.03322686717359, 0.214274163161675},
                                    {-0.511041056535807E-01, 0.226073200069370},
                                    {1829.15146461355, 455.478499142212}};
    for (std::size_t k = 0; k < 7; ++k) {
        CHECK(model.fixed[k].estimate == doctest::Approx(certified[k][0]).epsilon(1e-9));
        CHECK(model.fixed[k].standard_error == doctest::Approx(certified[k][1]).epsilon(1e-9));
    }
    CHECK(model.sigma == doctest::Approx(304.854073561965).epsilon(1e-11));
    CHECK(model.r_squared == doctest::Approx(0.995479004577296).epsilon(1e-13));
    CHECK(model.residual_degrees_of_freedom == 9);
    CHECK(model.find("year")->p == doctest::Approx(0.003036803341630362).epsilon(1e-9));  // R: summary(lm)
}

TEST_CASE("rows with a missing value are left out and the rest is named") {
    TestTable table = two_arms();
    table.add("x", std::vector<double>{1, missing, 2, 2, 1, 3, 0, 1});
    const LinearModel model = fit_linear_model("post ~ pre + x", table.data()).value();
    CHECK(model.rows_used == 7);
    CHECK(model.used == std::vector<std::size_t>{0, 2, 3, 4, 5, 6, 7});
    CHECK(model.fitted.size() == 7);
    CHECK(model.fitted[1] + model.residuals[1] == doctest::Approx(5));
}

TEST_CASE("columns that others determine are dropped by name, the later first, as R does") {
    TestTable table = two_arms();
    table.add("twice", std::vector<double>{2, 4, 6, 8, 10, 12, 14, 18});
    table.add("constant", std::vector<double>(8, 3.0));
    const LinearModel model = fit_linear_model("post ~ pre + twice + constant + arm", table.data()).value();
    CHECK(model.dropped == std::vector<std::string>{"twice", "constant"});
    const LinearModel plain = fit_linear_model("post ~ pre + arm", table.data()).value();
    REQUIRE(model.fixed.size() == 3);
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(model.fixed[k].term == plain.fixed[k].term);
        CHECK(model.fixed[k].estimate == doctest::Approx(plain.fixed[k].estimate).epsilon(1e-12));
    }
}

TEST_CASE("what cannot be fitted says why") {
    TestTable table = two_arms();
    table.add("wrong", std::vector<double>{1, 2, 3, std::numeric_limits<double>::infinity(), 5, 6, 7, 8});
    table.add("same", std::vector<std::string>(8, "A"));
    table.add("never", std::vector<double>(8, missing));
    const auto trouble = [&](const std::string& formula) {
        return fit_linear_model(formula, table.data()).error().describe();
    };
    CHECK(trouble("post ~ wrong").find("infinite in data row 4") != std::string::npos);
    CHECK(trouble("post ~ same").find("only the value \"A\"") != std::string::npos);
    CHECK(trouble("post ~ never").find("no row") != std::string::npos);
    CHECK(trouble("post ~ prr").find("Did you mean \"pre\"?") != std::string::npos);
    CHECK(trouble("arm ~ pre").find("must hold numbers") != std::string::npos);
    CHECK(trouble("post ~ log(arm)").find("text") != std::string::npos);
    CHECK(trouble("post ~ pre + (1 | arm)").find("random") != std::string::npos);
    CHECK(trouble("post ~ 0").find("nothing to estimate") != std::string::npos);
}

TEST_CASE("as many coefficients as rows leave the errors unknown instead of wrong") {
    TestTable table;
    table.add("y", std::vector<double>{1, 4});
    table.add("x", std::vector<double>{0, 1});
    const LinearModel model = fit_linear_model("y ~ x", table.data()).value();
    CHECK(model.find("x")->estimate == doctest::Approx(3));
    CHECK(std::isnan(model.find("x")->p));
    CHECK(std::isnan(model.sigma));
}

TEST_CASE("an offset is subtracted and I() computes") {
    TestTable table = two_arms();
    const LinearModel direct = fit_linear_model("I(post - pre) ~ arm", table.data()).value();
    const LinearModel offset = fit_linear_model("post ~ arm + offset(pre)", table.data()).value();
    CHECK(direct.find("armMM")->estimate == doctest::Approx(offset.find("armMM")->estimate).epsilon(1e-14));
    const LinearModel squared = fit_linear_model("post ~ I(pre^2 / 2)", table.data()).value();
    CHECK(squared.find("I(pre^2/2)") != nullptr);
}

TEST_CASE("a combination of coefficients is the coefficient of a shifted variable") {
    TestTable table = two_arms();
    const LinearModel model = fit_linear_model("post ~ pre * arm", table.data()).value();
    const LinearModel shifted = fit_linear_model("post ~ I(pre - 4) * arm", table.data()).value();
    const Estimate at_4 = combination(model, std::vector<double>{0, 0, 1, 4}, "arm at pre = 4");
    CHECK(at_4.estimate == doctest::Approx(shifted.find("armMM")->estimate).epsilon(1e-12));
    CHECK(at_4.standard_error == doctest::Approx(shifted.find("armMM")->standard_error).epsilon(1e-12));
}

TEST_CASE("rescaling a variable rescales its coefficient and changes nothing else") {
    CHECK(rc::check([] {
        const auto factor = *rc::gen::inRange(1, 1000);
        TestTable table = two_arms();
        std::vector<double> scaled;
        for (const double value : table.numbers("pre")) {
            scaled.push_back(value * factor);
        }
        table.add("scaled", scaled);
        const LinearModel a = fit_linear_model("post ~ pre * arm", table.data()).value();
        const LinearModel b = fit_linear_model("post ~ scaled * arm", table.data()).value();
        RC_ASSERT(std::abs(b.fixed[1].estimate * factor - a.fixed[1].estimate) < 1e-10);
        RC_ASSERT(std::abs(b.fixed[1].p - a.fixed[1].p) < 1e-10);
        RC_ASSERT(std::abs(b.sigma - a.sigma) < 1e-10);
    }));
}

TEST_CASE("the ANCOVA of two programmes on real people comes out as published") {
    std::optional<TestTable> roca = shared_table("roca_cct_mbsr_prepost.csv");
    if (!roca) {
        return;
    }
    std::vector<double> compassion(roca->data().rows, 0.0);
    for (const char* scale : {"self_kindness", "common_humanity", "mindfulness", "self_judgment_rev",
                              "isolation_rev", "overident_rev"}) {
        const std::span<const double> values = roca->numbers("scs_" + std::string(scale) + "_pre");
        for (std::size_t row = 0; row < compassion.size(); ++row) {
            compassion[row] += values[row] / 6;
        }
    }
    double mean = 0;
    for (const double value : compassion) {
        mean += value / static_cast<double>(compassion.size());
    }
    for (double& value : compassion) {
        value -= mean;
    }
    roca->add("scs_c", compassion);
    roca->set_reference("program", "MBSR");
    const LinearModel model =
        fit_linear_model("dass_depression_post ~ dass_depression_pre + program*scs_c", roca->data()).value();
    CHECK(model.rows_used == 278);
    const double expected[5] = {.98921, .29981, -.11837, -.08678, .22543};
    for (std::size_t k = 0; k < 5; ++k) {
        CHECK(std::abs(model.fixed[k].estimate - expected[k]) < 6e-6);
    }
    CHECK(std::abs(model.find("scs_c")->p - .708) < 6e-4);
    CHECK(std::abs(model.find("programCCT:scs_c")->standard_error - .34336) < 6e-6);
    CHECK(std::abs(model.find("programCCT:scs_c")->p - .512) < 6e-4);
}

TEST_CASE("Johnson-Neyman boundaries are where the interval touches zero") {
    LinearSlope slope;
    slope.b0 = 0.055880561707;
    slope.b1 = 0.049092967228;
    slope.variance_b0 = 0.01160295015 * 0.01160295015;
    slope.variance_b1 = 0.01502024343 * 0.01502024343;
    slope.covariance = 2.0e-5;
    slope.degrees_of_freedom = std::numeric_limits<double>::infinity();
    const std::vector<double> boundaries = johnson_neyman_boundaries(slope);
    REQUIRE(boundaries.size() == 2);
    for (const double boundary : boundaries) {
        const SlopeAt at = slope_at(slope, boundary);
        CHECK(std::min(std::abs(at.interval.low), std::abs(at.interval.high)) < 1e-12);
    }
    slope.b0 = 0;
    slope.b1 = 0;
    CHECK(johnson_neyman_boundaries(slope).empty());
}

TEST_CASE("prior weights: as many rows as the weight says, and R's lm") {
    TestTable weighted = two_arms();
    weighted.add("times", std::vector<double>{1, 2, 3, 1, 2, 1, 2, 3});
    const LinearModel model =
        fit_linear_model("post ~ pre + arm", weighted.data(), {.weights = "times"}).value();
    // lm(post ~ pre + arm, weights = times), R 4.2.2
    const double expected[3][2] = {{0.7914458743376, 1.062811130979},
                                   {0.8648750946253, 0.1537471426053},
                                   {0.6578349735049, 0.8114753629357}};
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(model.fixed[k].estimate == doctest::Approx(expected[k][0]).epsilon(1e-10));
        CHECK(model.fixed[k].standard_error == doctest::Approx(expected[k][1]).epsilon(1e-10));
    }
    CHECK(model.sigma == doctest::Approx(1.49346291929).epsilon(1e-10));
    CHECK(model.r_squared == doctest::Approx(0.8668134061727).epsilon(1e-10));
    CHECK(model.fitted[3] + model.residuals[3] == doctest::Approx(3));

    TestTable repeated;
    std::vector<std::string> arm;
    std::vector<double> pre, post;
    const Data data = weighted.data();
    const std::span<const double> times = (*data.find("times"))->numbers;
    for (std::size_t row = 0; row < times.size(); ++row) {
        for (int copy = 0; copy < static_cast<int>(times[row]); ++copy) {
            arm.push_back(row % 2 == 0 ? "MM" : "LKM");
            pre.push_back((*data.find("pre"))->numbers[row]);
            post.push_back((*data.find("post"))->numbers[row]);
        }
    }
    repeated.add("arm", arm);
    repeated.add("pre", pre);
    repeated.add("post", post);
    const LinearModel whole = fit_linear_model("post ~ pre + arm", repeated.data()).value();
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(model.fixed[k].estimate == doctest::Approx(whole.fixed[k].estimate).epsilon(1e-10));
    }
    CHECK(model.r_squared == doctest::Approx(whole.r_squared).epsilon(1e-10));

    weighted.add("nothing", std::vector<double>{1, 2, 0, 1, 2, 1, 2, 3});
    const Result<LinearModel> refused =
        fit_linear_model("post ~ pre + arm", weighted.data(), {.weights = "nothing"});
    REQUIRE(!refused);
    CHECK(refused.error().describe().find("must be above zero") != std::string::npos);
}
