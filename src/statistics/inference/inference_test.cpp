#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "statistics/distributions.h"
#include "statistics/inference/inference_reference.h"
#include "statistics/inference/marginal.h"
#include "statistics/inference/type_three.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

struct Fitted {
    Coefficients coefficients;
    Predictors predictors;
};

Fitted fitted(const Data& data, const std::string& formula) {
    Predictors predictors = Predictors::of(formula, data).value();
    if (has_random_terms(formula).value()) {
        return {coefficients_of(fit_mixed_model(formula, data).value()), std::move(predictors)};
    }
    return {coefficients_of(fit_linear_model(formula, data).value()), std::move(predictors)};
}

std::string formula_of(const std::string& name) {
    if (name == "growth") {
        return "mood ~ day * arm * start + (day | id)";
    }
    if (name == "factors") {
        return "mood ~ arm * site + day + (1 | id)";
    }
    if (name == "mixture") {
        return "mood ~ site * day + arm * start + (1 | id)";
    }
    if (name == "curve") {
        return "mood ~ arm * (day + I(day^2)) + (1 | id)";
    }
    if (name == "cellmeans") {
        return "mood ~ 0 + arm + day:arm + (1 | id)";
    }
    if (name == "three") {
        return "mood ~ arm * rater * start + (1 | id)";
    }
    return "mood ~ arm * site + day";  // least
}

void check_type_three(const Fitted& model, const std::string& name, bool p_known) {
    for (const TermTest& term : type_three_tests(model.coefficients, model.predictors)) {
        check_reference(term.test.statistic, name, "type3 F " + term.term, 1e-5);
        check_reference(term.test.denominator_degrees, name, "type3 df " + term.term, 1e-5);
        check_reference(term.test.numerator_degrees, name, "type3 q " + term.term, 0);
        if (p_known) {
            check_reference(term.test.p, name, "type3 p " + term.term, 1e-4);
        }
    }
}

Along along(const Fitted& model, const std::string& name, std::vector<double> values = {}) {
    return {model.predictors.find(name).value(), std::move(values)};
}

void check_table(const MarginalTable& table, const std::string& name, const std::string& what,
                 double relative = 1e-6) {
    for (const MarginalCell& cell : table.cells) {
        const std::string label = what + " " + cell.estimate.term;
        check_reference(cell.estimate.estimate, name, label + " estimate", relative);
        check_reference(cell.estimate.standard_error, name, label + " se", relative);
        check_reference(cell.estimate.degrees_of_freedom, name, label + " df", 1e-5);
    }
}

}  // namespace

TEST_CASE("type III tests agree with lmerTest, whatever the terms") {
    const TestTable diary = reference_diary();
    for (const char* name : {"growth", "factors", "mixture", "curve", "cellmeans", "three"}) {
        check_type_three(fitted(diary.data(), formula_of(name)), name, true);
    }
}

TEST_CASE("type III tests leave out what an empty cell makes untestable") {
    const std::string text = reference_text("diary.csv");
    std::string kept;
    for (const std::string_view line : split(text, '\n')) {
        if (line.find(",LKM,") == std::string_view::npos || line.find(",a,") == std::string_view::npos) {
            kept += std::string(line) + "\n";
        }
    }
    TestTable table = test_table_of_csv(kept);
    table.set_reference("arm", "MM");
    const Fitted model = fitted(table.data(), "mood ~ arm * site + (1 | id)");
    check_type_three(model, "empty", false);
    const MarginalTable means =
        marginal_table(model.coefficients, model.predictors, {}, {along(model, "arm"), along(model, "site")})
            .value();
    std::size_t untold = 0;
    for (const MarginalCell& cell : means.cells) {
        const bool empty_cell = cell.at == std::vector<std::string>{"LKM", "a"};
        CHECK(cell.weights.empty() == empty_cell);
        CHECK(std::isnan(cell.estimate.estimate) == empty_cell);
        untold += empty_cell ? 1 : 0;
    }
    CHECK(untold == 1);
}

TEST_CASE("a term that others determine altogether has nothing to test") {
    TestTable diary = reference_diary();
    std::vector<std::string> classes;  // within arms
    const Variable& arm = *diary.data().find("arm").value();
    for (std::size_t row = 0; row < diary.data().rows; ++row) {
        const auto level = static_cast<std::size_t>(arm.codes[row]);
        classes.push_back(arm.levels[level] + (diary.numbers("id")[row] > 20 ? "late" : "early"));
    }
    diary.add("class", classes);
    const Fitted model = fitted(diary.data(), "mood ~ arm + class + day");
    const std::vector<TermTest> tests = type_three_tests(model.coefficients, model.predictors);
    CHECK(tests[0].term == "arm");
    CHECK(std::isnan(tests[0].test.statistic));
    CHECK(tests[1].test.numerator_degrees == 2);
    CHECK(tests[2].test.numerator_degrees == 1);
}

TEST_CASE(
    "a joint test of several contrasts has lmerTest's degrees of freedom, and repeated rows do not count") {
    const TestTable diary = reference_diary();
    const Fitted model = fitted(diary.data(), formula_of("growth"));
    Matrix contrasts(2, 8), repeated(3, 8);
    contrasts(0, 1) = contrasts(0, 4) = repeated(0, 1) = repeated(0, 4) = 1;
    contrasts(1, 2) = contrasts(1, 3) = repeated(1, 2) = repeated(1, 3) = 1;
    contrasts(1, 6) = repeated(1, 6) = 0.5;
    repeated(2, 1) = repeated(2, 4) = 2;
    CHECK(joint_test(model.coefficients, repeated).numerator_degrees == 2);
    check_reference(joint_test(model.coefficients, repeated).statistic, "growth", "contest F", 1e-5);
    const FTest test = joint_test(model.coefficients, contrasts);
    CHECK(test.numerator_degrees == 2);
    check_reference(test.statistic, "growth", "contest F", 1e-5);
    check_reference(test.denominator_degrees, "growth", "contest df", 1e-5);
}

TEST_CASE("marginal means, trends and their differences agree with emmeans") {
    const TestTable diary = reference_diary();
    const auto table = [&](const Fitted& model, const Focal& focal, const std::vector<Along>& by,
                           Averaging averaging = Averaging::equal) {
        return marginal_table(model.coefficients, model.predictors, focal, by, {averaging}).value();
    };
    const Fitted factors = fitted(diary.data(), formula_of("factors"));
    const MarginalTable sites = table(factors, {}, {along(factors, "site")});
    check_table(sites, "factors", "site");
    check_table(table(factors, {}, {along(factors, "arm"), along(factors, "site")}), "factors",
                "arm by site");
    check_table(table(factors, {}, {along(factors, "site")}, Averaging::proportional), "factors",
                "site proportional");
    using Kind = std::pair<Adjustment, std::string>;
    for (const auto& [adjustment, word] :
         {Kind{Adjustment::none, "none"}, Kind{Adjustment::holm, "holm"}, Kind{Adjustment::tukey, "tukey"},
          Kind{Adjustment::bonferroni, "bonferroni"}}) {
        for (const Comparison& one : pairwise(factors.coefficients, sites, 1, adjustment)) {
            const std::string label = "pairs " + word + " " + one.estimate.term;
            check_reference(one.estimate.estimate, "factors", label + " estimate", 1e-6);
            check_reference(one.adjusted_p, "factors", label + " p", 1e-5);
        }
    }
    const Fitted growth = fitted(diary.data(), formula_of("growth"));
    check_table(table(growth, {}, {along(growth, "arm")}), "growth", "arm");
    const Focal day = {{growth.predictors.find("day").value()}};
    check_table(table(growth, day, {along(growth, "arm")}), "growth", "trend day by arm");
    check_table(table(growth, day, {along(growth, "arm"), along(growth, "start", {-1, 0, 1})}), "growth",
                "trend at");
    const Fitted curve = fitted(diary.data(), formula_of("curve"));
    const MarginalTable third = table(curve, {}, {along(curve, "day", {3}), along(curve, "arm")});
    check_reference(third.cells[0].estimate.estimate, "curve", "arm MM estimate", 1e-6);
    check_reference(third.cells[1].estimate.standard_error, "curve", "arm LKM se", 1e-6);
    check_table(table(curve, {{curve.predictors.find("day").value()}},
                      {along(curve, "arm"), along(curve, "day", {1, 6})}),
                "curve", "trend day", 1e-5);  // R takes a one-sided difference quotient here; ours is exact
    const Fitted least = fitted(diary.data(), formula_of("least"));
    check_table(table(least, {}, {along(least, "arm")}), "least", "arm");
    check_table(table(least, {}, {along(least, "arm")}, Averaging::proportional), "least",
                "arm proportional");
    const MarginalTable least_sites = table(least, {}, {along(least, "site")});
    for (const Comparison& one : pairwise(least.coefficients, least_sites, 1, Adjustment::tukey)) {
        check_reference(one.adjusted_p, "least", "pairs tukey " + one.estimate.term + " p", 1e-5);
    }
}

TEST_CASE("the studentized range has R's tail probabilities") {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    for (const std::size_t groups : {2, 3, 5, 10}) {
        for (const double degrees : {5.0, 12.5, 60.0, infinite}) {
            for (const double q : {1.0, 2.5, 4.0, 6.0}) {
                const std::string label = shortest(q) + " " + std::to_string(groups) + " " +
                                          (std::isinf(degrees) ? "Inf" : shortest(degrees));
                // R's algorithm loses digits where degrees are few: at two groups and two degrees it is off
                // by 1e-5.
                check_reference(studentized_range_probability_above(q, groups, degrees), "ptukey", label,
                                5e-6);
            }
        }
    }
    // Two groups: |t| sqrt(2), exactly.
    for (const double degrees : {1.0, 2.0, 7.5, 200.0, 1e5}) {
        CHECK(std::abs(studentized_range_probability_above(3, 2, degrees) -
                       student_t_two_sided_p(3 / std::sqrt(2.0), degrees)) < 1e-9);
    }
}
