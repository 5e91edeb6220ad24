#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>

#include "statistics/missing/growth_model.h"
#include "statistics/missing/imputation.h"
#include "statistics/missing/normal_model.h"
#include "statistics/missing/pooling.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
doctest::Approx near(double value, double digits) { return doctest::Approx(value).epsilon(digits); }

std::string reference_text(const std::string& file) {
    return read_file(std::string(GROUNDWORK_SOURCE_DIR) + "/tests/reference/" + file).value();
}

// lavaan's estimate and standard error, by "model term".
std::map<std::string, std::pair<double, double>> growth_references() {
    std::map<std::string, std::pair<double, double>> values;
    const std::string text = reference_text("growth_values.csv");
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> cells = split(trim(line), ',');
        if (cells.size() == 4 && cells[0] != "model") {
            values[std::string(cells[0]) + " " + std::string(cells[1])] = {to_number(trim(cells[2])).value(),
                                                                           to_number(trim(cells[3])).value()};
        }
    }
    return values;
}

std::vector<double> copy(std::span<const double> values) { return {values.begin(), values.end()}; }

// Before and after of two arms; after depends on before, and is missing more often where before is high.
struct Trial {
    TestTable table;
    std::vector<ImputationColumn> columns;
    std::vector<bool> in_treatment;
    double truth = 0.5;

    explicit Trial(std::size_t people, double missing_share, ImputationMethod method) {
        RandomStream random(42, 3);
        std::vector<double> before, after, arm;
        for (std::size_t person = 0; person < people; ++person) {
            before.push_back(random.next_normal());
            arm.push_back(static_cast<double>(person % 2));
            const double value = 0.6 * before.back() + truth * arm.back() + 0.7 * random.next_normal();
            const bool gone = random.next_uniform() < missing_share * (before.back() > 0 ? 1.5 : 0.5);
            after.push_back(gone ? missing : value);
            in_treatment.push_back(person % 2 == 1);
        }
        table.add("before", before);
        table.add("after", after);
        table.add("arm", arm);
        for (const char* name : {"before", "after", "arm"}) {
            columns.push_back({name, table.numbers(name), method});
        }
    }
};

}  // namespace

TEST_CASE("the growth model is lavaan's, residuals equal and free") {
    TestTable table = test_table_of_csv(reference_text("growth_data.csv"));
    std::vector<std::span<const double>> outcomes;
    for (int t = 0; t < 5; ++t) {
        outcomes.push_back(table.numbers("t" + std::to_string(t)));
    }
    const std::vector<double> times = {0, 1, 2, 4, 6};
    const std::vector<Covariate> covariates = {{"x", table.numbers("x")}, {"arm", table.numbers("arm")}};
    auto references = growth_references();
    for (const bool equal : {true, false}) {
        const std::string name = equal ? "equal " : "free ";
        const GrowthModel model =
            fit_growth(outcomes, times, covariates,
                       {equal ? ResidualVariance::equal : ResidualVariance::by_occasion, true})
                .value();
        CHECK(model.proper);
        CHECK(model.largest_slope < 1e-6);
        CHECK(model.log_likelihood == near(references[name + "logl"].first, 1e-9));
        CHECK(model.chi_square == near(references[name + "chisq"].first, 1e-6));
        CHECK(model.degrees_of_freedom == references[name + "df"].first);
        for (const auto* list : {&model.regressions, &model.variances}) {
            for (const Estimate& one : *list) {
                const auto found = references.find(name + (one.term == "e~~e" ? "t0~~t0" : one.term));
                REQUIRE(found != references.end());
                CHECK(std::abs(one.estimate - found->second.first) < 1e-5);
                CHECK(one.standard_error == near(found->second.second, 1e-4));
            }
        }
    }
}

TEST_CASE("the growth model of the simulated study is lavaan's") {
    std::optional<TestTable> weekly = shared_table("study217_weekly.csv");
    if (!weekly) {
        return;
    }
    const std::span<const double> id = weekly->numbers("id"), week = weekly->numbers("week"),
                                  value = weekly->numbers("conn"), compassion = weekly->numbers("sc");
    const Variable& arm = *weekly->data().find("arm").value();
    std::vector<std::vector<double>> wide(9, std::vector<double>(217, missing));
    std::vector<double> lkm(217), scc(217), product(217);
    for (std::size_t row = 0; row < id.size(); ++row) {
        const auto person = static_cast<std::size_t>(id[row]) - 1;
        wide[static_cast<std::size_t>(week[row])][person] = value[row];
        scc[person] = compassion[row] - 3;
        lkm[person] = arm.levels[static_cast<std::size_t>(arm.codes[row])] == "LKM" ? 1 : 0;
        product[person] = lkm[person] * scc[person];
    }
    const std::vector<std::span<const double>> outcomes(wide.begin(), wide.end());
    const std::vector<double> times = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<Covariate> covariates = {{"lkm", lkm}, {"scc", scc}, {"x", product}};
    const GrowthModel model = fit_growth(outcomes, times, covariates).value();
    CHECK(model.people == 217);
    CHECK(model.parameters == 12);
    CHECK(model.log_likelihood == near(-1768.38581006, 1e-10));
    CHECK(model.chi_square == near(82.9677368017, 1e-6));
    const std::map<std::string, std::pair<double, double>> reference = {
        {"i~lkm", {-0.0821604260387, 0.122563218571}}, {"i~scc", {0.304937777653, 0.113183258102}},
        {"i~x", {-0.0609763899021, 0.166226825682}},   {"s~lkm", {0.021604644724, 0.016199483012}},
        {"s~scc", {0.0490703889672, 0.014869305208}},  {"s~x", {-0.00594363809125, 0.0216649757708}},
        {"e~~e", {0.360695581342, 0.0149267345988}},   {"i~~i", {0.63275955071, 0.0769498075813}},
        {"s~~s", {0.0054066497623, 0.00129887280555}}, {"i~~s", {-0.0120275968175, 0.00770166737963}},
        {"i~1", {4.58936261617, 0.0864552334259}},     {"s~1", {0.0559024837382, 0.0114895384815}}};
    for (const auto& [term, values] : reference) {
        REQUIRE(model.find(term) != nullptr);
        CHECK(std::abs(model.find(term)->estimate - values.first) <
              1e-6);  // lavaan stops at about six digits
        CHECK(model.find(term)->standard_error == near(values.second, 1e-5));
    }
}

TEST_CASE("without holes the normal model is the moments, with holes it is where its slope ends") {
    RandomStream random(7, 7);
    std::vector<std::vector<double>> columns(3, std::vector<double>(120));
    for (std::size_t row = 0; row < 120; ++row) {
        columns[0][row] = 50 + 10 * random.next_normal();
        columns[1][row] = 0.5 * columns[0][row] + 3 * random.next_normal();
        columns[2][row] = columns[0][row] - columns[1][row] + 4 * random.next_normal();
    }
    const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
    const NormalModel whole = fit_normal(spans).value();
    double mean = 0, square = 0;
    for (const double value : columns[1]) {
        mean += value / 120;
    }
    for (const double value : columns[1]) {
        square += (value - mean) * (value - mean) / 120;
    }
    CHECK(whole.mean[1] == near(mean, 1e-12));
    CHECK(whole.covariance(1, 1) == near(square, 1e-10));
    // Monotone holes: factored likelihood (Anderson 1957): the mean of the second is its regression on the
    // first, fitted where both are there, at the mean of the first.
    for (std::size_t row = 0; row < 120; ++row) {
        if (columns[0][row] > 52) {
            columns[1][row] = missing;
        }
    }
    const std::vector<std::span<const double>> two = {columns[0], columns[1]};
    const NormalModel holes = fit_normal(two).value();
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, all = 0;
    for (std::size_t row = 0; row < 120; ++row) {
        all += columns[0][row] / 120;
        if (!std::isnan(columns[1][row])) {
            ++n;
            x += columns[0][row];
            y += columns[1][row];
            xx += columns[0][row] * columns[0][row];
            xy += columns[0][row] * columns[1][row];
        }
    }
    const double slope = (xy - x * y / n) / (xx - x * x / n);
    CHECK(holes.mean[1] == near(y / n + slope * (all - x / n), 1e-8));
    CHECK(holes.covariance(0, 1) / holes.covariance(0, 0) == near(slope, 1e-7));
}

TEST_CASE("growth models that cannot be fitted say why") {
    const std::vector<double> a = {1, 2, 3, 4, 5, 6}, b = {2, 2, 3, 5, 5, 7}, bad = {1, 2, 3, 4, 5, INFINITY};
    const std::vector<double> times = {0, 1, 2};
    const auto trouble = [&](std::vector<std::span<const double>> outcomes, std::vector<double> when) {
        return fit_growth(outcomes, when, {}).error().describe();
    };
    CHECK(trouble({a, b}, {0, 1}).find("three occasions") != std::string::npos);
    CHECK(trouble({a, b, a}, {0, 1, 1}).find("different") != std::string::npos);
    CHECK(trouble({a, b, bad}, {0, 1, 2}).find("infinite") != std::string::npos);
    const std::vector<double> few = {1, missing, missing, missing, missing, missing};
    CHECK(trouble({few, few, few}, {0, 1, 2}).find("Only 1 people") != std::string::npos);
    const std::vector<double> flat(6, 2.0);
    CHECK_FALSE(trouble({flat, flat, flat}, {0, 1, 2}).empty());
}

TEST_CASE("pooling is Rubin's rules with Barnard and Rubin's degrees") {
    // R: mice::pool.scalar(Q = c(1.2, .9, 1.4, 1.1), U = c(.04, .05, .045, .038), n = 60, k = 2)
    const std::vector<double> q = {1.2, 0.9, 1.4, 1.1};
    const std::vector<double> se = {std::sqrt(0.04), std::sqrt(0.05), std::sqrt(0.045), std::sqrt(0.038)};
    const PooledEstimate pooled = pool("x", q, se, 58);
    CHECK(pooled.estimate.estimate == near(1.15, 1e-14));
    CHECK(pooled.within == near(0.04325, 1e-14));
    CHECK(pooled.between == near(0.0433333333333333, 1e-12));
    CHECK(pooled.estimate.degrees_of_freedom == near(6.98285960097493, 1e-10));
    CHECK(pooled.missing_information == near(0.644977093946031, 1e-10));
    CHECK(pool("x", q, se, std::numeric_limits<double>::infinity()).estimate.degrees_of_freedom ==
          near(3 * std::pow(1 + 0.04325 / (1.25 * 0.0433333333333333), 2), 1e-10));
}

TEST_CASE("imputation recovers the effect, repeats itself, and keeps what was seen") {
    for (const ImputationMethod method :
         {ImputationMethod::predictive_mean_matching, ImputationMethod::linear_normal}) {
        const Trial trial(600, 0.3, method);
        const ImputedData imputed = impute(trial.columns, {.imputations = 10, .seed = 5}).value();
        CHECK(impute(trial.columns, {.imputations = 10, .seed = 5}).value() == imputed);
        CHECK(impute(trial.columns, {.imputations = 3, .seed = 5}).value()[2] == imputed[2]);
        CHECK(impute(trial.columns, {.imputations = 10, .seed = 6}).value() != imputed);
        const std::vector<double> seen = copy(trial.columns[1].values);
        for (std::size_t row = 0; row < seen.size(); ++row) {
            CHECK(std::isfinite(imputed[0][1][row]));
            if (!std::isnan(seen[row])) {
                CHECK(imputed[0][1][row] == seen[row]);
            } else if (method == ImputationMethod::predictive_mean_matching) {
                CHECK(std::find(seen.begin(), seen.end(), imputed[0][1][row]) != seen.end());
            }
        }
        const auto pooled =
            pooled_linear_model("after ~ before + arm", trial.table.data(), trial.columns, imputed).value();
        REQUIRE(pooled.size() == 3);
        CHECK(std::abs(pooled[2].estimate.estimate - trial.truth) < 4 * pooled[2].estimate.standard_error);
        CHECK(std::abs(pooled[1].estimate.estimate - 0.6) < 4 * pooled[1].estimate.standard_error);
        CHECK(pooled[2].missing_information > 0.05);
        CHECK(pooled[2].missing_information < 0.7);
    }
}

TEST_CASE("logistic imputation gives zeros and ones in the right share, even where groups are separate") {
    RandomStream random(9, 9);
    std::vector<double> x, y;
    for (int person = 0; person < 800; ++person) {
        x.push_back(random.next_normal());
        y.push_back(random.next_uniform() < 1 / (1 + std::exp(-1.5 * x.back())) ? 1 : 0);
    }
    std::vector<double> holes = y;
    double truth = 0, gone = 0;
    for (std::size_t row = 0; row < 800; row += 3) {
        holes[row] = missing;
        truth += y[row];
        ++gone;
    }
    const std::vector<ImputationColumn> columns = {{"x", x}, {"y", holes, ImputationMethod::logistic}};
    const ImputedData imputed = impute(columns, {.imputations = 8, .iterations = 1}).value();
    double ones = 0;
    for (const auto& set : imputed) {
        for (std::size_t row = 0; row < 800; row += 3) {
            CHECK((set[1][row] == 0 || set[1][row] == 1));
            ones += set[1][row] / 8;
        }
    }
    CHECK(std::abs(ones - truth) / gone < 0.06);
    std::vector<double> separate;
    for (std::size_t row = 0; row < 800; ++row) {
        separate.push_back(row % 5 == 0 ? missing : x[row] > 0 ? 1 : 0);
    }
    const std::vector<ImputationColumn> clear = {{"x", x}, {"y", separate, ImputationMethod::logistic}};
    CHECK(impute(clear, {.imputations = 2, .iterations = 2}).has_value());
}

TEST_CASE("a shift of the treated's imputed values moves the effect by the share that is missing") {
    const Trial trial(400, 0.3, ImputationMethod::linear_normal);
    const std::vector<double> deltas = {-1.5, -1, -0.5, 0, 0.5};
    const Sensitivity sensitivity =
        delta_sensitivity("after ~ before + arm", trial.table.data(), trial.columns, 1, trial.in_treatment,
                          deltas, "arm", {.imputations = 5, .seed = 2})
            .value();
    REQUIRE(sensitivity.points.size() == 5);
    double gone = 0;
    const std::span<const double> after = trial.columns[1].values;
    for (std::size_t row = 1; row < after.size(); row += 2) {
        gone += std::isnan(after[row]) ? 1 : 0;
    }
    const double moved =
        sensitivity.points[3].estimate.estimate.estimate - sensitivity.points[1].estimate.estimate.estimate;
    CHECK(moved == doctest::Approx(gone / 200).epsilon(0.15));
    CHECK(sensitivity.tipping_point < 0);
    CHECK(delta_sensitivity("after ~ before + arm", trial.table.data(), trial.columns, 1, trial.in_treatment,
                            deltas, "arn", {.imputations = 2})
              .error()
              .describe()
              .find("Did you mean \"arm\"") != std::string::npos);
}

TEST_CASE("columns that cannot be imputed say why") {
    const std::vector<double> x = {1, 2, 3, 4}, same = {1, 1, missing, 1}, three = {0, 1, 2, missing},
                              infinite = {1, INFINITY, 2, missing};
    const auto trouble = [&](const std::vector<double>& y, ImputationMethod method) {
        return impute(std::vector<ImputationColumn>{{"x", x}, {"y", y, method}}).error().describe();
    };
    CHECK(trouble(same, ImputationMethod::linear_normal).find("column y") != std::string::npos);
    CHECK(trouble(three, ImputationMethod::logistic).find("0 and 1") != std::string::npos);
    CHECK(trouble(infinite, ImputationMethod::linear_normal).find("infinite") != std::string::npos);
}
