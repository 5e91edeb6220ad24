#include "statistics/generalized/generalized_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>

#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

std::string reference_text(const std::string& file) {
    return read_file(std::string(GROUNDWORK_SOURCE_DIR) + "/tests/reference/" + file).value();
}

// 60 people, 6 days; made by tests/reference/generalized_models.R.
TestTable practice() {
    TestTable table = test_table_of_csv(reference_text("generalized.csv"));
    table.set_reference("arm", "MM");
    return table;
}

GeneralizedModel fitted(const Data& data, const std::string& formula,
                        const GeneralizedModelOptions& options) {
    const Result<GeneralizedModel> model = fit_generalized_model(formula, data, options);
    if (!model) {
        FAIL(model.error().describe());
    }
    return *model;
}

std::string trouble(const Data& data, const std::string& formula, const GeneralizedModelOptions& options) {
    const Result<GeneralizedModel> model = fit_generalized_model(formula, data, options);
    return model ? "none" : model.error().describe();
}

GeneralizedModelOptions family(Family which) {
    GeneralizedModelOptions options;
    options.family = which;
    return options;
}
const GeneralizedModelOptions binomial = family(Family::binomial), poisson = family(Family::poisson),
                              negative_binomial = family(Family::negative_binomial);

void check_table_is_defined(const GeneralizedModel& model) {
    for (const std::vector<Estimate>* table : {&model.fixed, &model.zero_part}) {
        for (const Estimate& one : *table) {
            CHECK(std::isfinite(one.estimate));
            CHECK(std::isfinite(one.standard_error));
        }
    }
    CHECK(std::isfinite(model.log_likelihood));
    CHECK(!model.certificate.words.empty());
}

struct Peer {
    double estimate = 0, standard_error = 0;
};

// glmmTMB's estimates stop where its log-likelihood gains less than about 1e-7; ours may only lie above.
void check_against(const GeneralizedModel& model, const std::string& what, double expected) {
    const std::size_t space = what.find(' ');
    const std::string key = what.substr(0, space),
                      term = space == std::string::npos ? "" : what.substr(space + 1);
    if (what == "logLik") {
        CHECK(model.log_likelihood > expected - 1e-7);
        CHECK(model.log_likelihood < expected + 1e-4);
    } else if (what == "dispersion") {
        CHECK(model.dispersion == doctest::Approx(expected).epsilon(2e-3));
    } else if (key == "theta") {
        CHECK(std::abs(model.theta[0] - expected) < 2e-5);
    } else if (key == "sd") {
        std::vector<double> all;
        for (const RandomTerm& random : model.random) {
            all.insert(all.end(), random.standard_deviations.begin(), random.standard_deviations.end());
        }
        const auto nearest = std::min_element(all.begin(), all.end(), [&](double a, double b) {
            return std::abs(a - expected) < std::abs(b - expected);
        });
        REQUIRE(nearest != all.end());
        CHECK(std::abs(*nearest - expected) < 2e-3);
    } else {
        const bool zero = key.starts_with("zero");
        const Estimate* estimate = nullptr;
        for (const Estimate& one : zero ? model.zero_part : model.fixed) {
            estimate = one.term == term ? &one : estimate;
        }
        REQUIRE(estimate != nullptr);
        const bool is_error = key.ends_with("se");
        const double ours = is_error ? estimate->standard_error : estimate->estimate;
        CHECK(std::abs(ours - expected) < (is_error ? 2e-3 * expected : 2e-3 * estimate->standard_error));
    }
}

}  // namespace

TEST_CASE("generalised models of our own data come out as in glmmTMB and lme4") {
    TestTable table = practice();
    std::string key;
    std::optional<GeneralizedModel> model;
    const std::string text = reference_text("generalized_models.csv");
    std::size_t checked = 0;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> cells = split(trim(line), ';');
        if (cells.size() != 7 || cells[0] == "formula") {
            continue;
        }
        const std::string now(line.substr(0, line.size() - cells[5].size() - cells[6].size()));
        CAPTURE(line);
        if (now != key) {
            key = now;
            GeneralizedModelOptions options;
            options.family = cells[1] == "binomial"  ? Family::binomial
                             : cells[1] == "poisson" ? Family::poisson
                                                     : Family::negative_binomial;
            options.quadrature_points = static_cast<std::size_t>(*to_integer(cells[2]));
            options.weights = std::string(cells[3]);
            if (!cells[4].empty()) {
                options.zero_inflation = std::string(cells[4]);
            }
            model = fitted(table.data(), std::string(cells[0].substr(1, cells[0].size() - 2)), options);
            CHECK(model->certificate.status != "not-certified");
            check_table_is_defined(*model);
        }
        check_against(*model, std::string(cells[5]), *to_number(cells[6]));
        ++checked;
    }
    CHECK(checked > 150);
}

TEST_CASE("the classic data sets come out at least as likely as in glmer and glmmTMB") {
    struct Classic {
        const char *file, *formula;
        Family family;
        double log_likelihood;  // the higher of the two
    };
    const Classic classics[] = {
        {"VerbAgg.csv", "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", Family::binomial,
         -4075.699859878},
        {"Contraception.csv", "use ~ age + I(age^2) + urban + livch + (1 + urban | district)",
         Family::binomial, -1180.305142719},
        {"cbpp.csv", "cbind(incidence, I(size - incidence)) ~ factor(period) + (1 | herd)", Family::binomial,
         -92.02628186476},
        {"grouseticks.csv",
         "TICKS ~ factor(YEAR) + scale(HEIGHT) + "
         "(1 | BROOD) + (1 | INDEX) + (1 | LOCATION)",
         Family::poisson, -890.2713301002}};
    for (const Classic& classic : classics) {
        const std::optional<TestTable> table = shared_table(classic.file);
        if (!table) {
            continue;
        }
        CAPTURE(classic.file);
        const GeneralizedModel model = fitted(table->data(), classic.formula, family(classic.family));
        CHECK(model.certificate.status == "certified");
        CHECK(model.log_likelihood > classic.log_likelihood - 1e-8);
        CHECK(model.log_likelihood < classic.log_likelihood + 1e-6);
    }
}

TEST_CASE("adaptive quadrature of the cattle herds gives glmer's coefficients") {
    const std::optional<TestTable> table = shared_table("cbpp.csv");
    if (!table) {
        return;
    }
    GeneralizedModelOptions options = binomial;
    options.quadrature_points = 25;
    const GeneralizedModel model =
        fitted(table->data(), "cbind(incidence, I(size - incidence)) ~ factor(period) + (1 | herd)", options);
    const double expected[4] = {-1.3992304386, -0.9914036636, -1.1278194746, -1.5794707861};
    const double errors[4] = {0.2335115403, 0.3067679232, 0.3267683075, 0.4275943672};
    for (std::size_t k = 0; k < 4; ++k) {
        CHECK(model.fixed[k].estimate == doctest::Approx(expected[k]).epsilon(1e-6));
        CHECK(model.fixed[k].standard_error == doctest::Approx(errors[k]).epsilon(1e-5));
    }
    CHECK(model.theta[0] == doctest::Approx(0.647518473819).epsilon(1e-6));
}

TEST_CASE("a binomial outcome may be written in every way that R knows") {
    TestTable table = practice();
    GeneralizedModelOptions shares = binomial;
    shares.weights = "trials";
    const GeneralizedModel pairs =
        fitted(table.data(), "cbind(successes, failures) ~ arm + (1 | id)", binomial);
    const GeneralizedModel proportions = fitted(table.data(), "share ~ arm + (1 | id)", shares);
    CHECK(pairs.log_likelihood == doctest::Approx(proportions.log_likelihood).epsilon(1e-12));
    CHECK(pairs.fixed[1].estimate == doctest::Approx(proportions.fixed[1].estimate).epsilon(1e-9));
    const GeneralizedModel words = fitted(table.data(), "practised ~ arm", binomial);
    CHECK(words.success == "yes");
    CHECK(words.rows_used == 351);
}

TEST_CASE("one proportion is its log odds, with the textbook's standard error") {
    TestTable table;
    table.add("y", std::vector<double>{1, 1, 1, 0});
    const GeneralizedModel model = fitted(table.data(), "y ~ 1", binomial);
    CHECK(model.fixed[0].estimate == doctest::Approx(std::log(3.0)).epsilon(1e-12));
    CHECK(model.fixed[0].standard_error == doctest::Approx(std::sqrt(1 / 3.0 + 1)).epsilon(1e-6));
    CHECK(model.log_likelihood == doctest::Approx(3 * std::log(0.75) + std::log(0.25)).epsilon(1e-12));
    CHECK(model.certificate.status == "certified");
}

TEST_CASE("a variance of zero is proven, and counts that vary too little are Poisson") {
    TestTable table;
    std::vector<double> group, y;
    for (int g = 0; g < 8; ++g) {
        for (const double value : {0.0, 1.0, 1.0, 2.0, 1.0}) {
            group.push_back(g);
            y.push_back(value);
        }
    }
    table.add("g", group);
    table.add("y", y);
    const GeneralizedModel model = fitted(table.data(), "y ~ 1 + (1 | g)", poisson);
    CHECK(model.certificate.status == "certified-singular");
    CHECK(model.theta[0] == 0);
    CHECK(model.fixed[0].estimate == doctest::Approx(0).epsilon(1e-9));
    const GeneralizedModel wide = fitted(table.data(), "y ~ 1", negative_binomial);
    CHECK(wide.certificate.status == "certified-singular");
    CHECK(wide.certificate.words.find("Poisson") != std::string::npos);
    CHECK(wide.log_likelihood ==
          doctest::Approx(fitted(table.data(), "y ~ 1", poisson).log_likelihood).epsilon(1e-6));
    check_table_is_defined(wide);
}

TEST_CASE("separation is refused, naming the columns") {
    TestTable table;
    std::vector<double> x, y, g, counts;
    std::vector<std::string> arm;
    for (int k = 0; k < 40; ++k) {
        x.push_back(k);
        y.push_back(k >= 20 ? 1 : 0);
        g.push_back(k % 8);
        arm.emplace_back(k % 2 == 0 ? "a" : "b");
        counts.push_back(k % 2 == 0 ? k % 5 : 0);
    }
    table.add("x", x);
    table.add("y", y);
    table.add("g", g);
    table.add("arm", arm);
    table.add("count", counts);
    CHECK(trouble(table.data(), "y ~ x", binomial).find("separated without error by x") != std::string::npos);
    CHECK(trouble(table.data(), "y ~ x + (1 | g)", binomial).find("separated") != std::string::npos);
    CHECK(trouble(table.data(), "count ~ arm + x + (1 | g)", poisson).find("armb") != std::string::npos);
    CHECK(trouble(table.data(), "count ~ arm", negative_binomial).find("armb") != std::string::npos);
}

TEST_CASE("outcomes that the family cannot have are refused with row and value") {
    TestTable table;
    table.add("y", std::vector<double>{0, 1, 2, 0, 1, -1});
    table.add("half", std::vector<double>{0, 1, 0.5, 0, 1, 1});
    table.add("zero", std::vector<double>(6, 0.0));
    table.add("one", std::vector<double>(6, 1.0));
    table.add("x", std::vector<double>{1, 2, 3, 4, 5, 7});
    table.add("text", std::vector<std::string>{"a", "a", "a", "a", "a", "a"});
    table.add("minus", std::vector<double>{1, 1, 1, 1, -2, 1});
    const auto says = [&](const std::string& formula, const GeneralizedModelOptions& options,
                          const std::string& words) {
        const std::string text = trouble(table.data(), formula, options);
        CAPTURE(text);
        CHECK(text.find(words) != std::string::npos);
    };
    says("y ~ x", poisson, "\"-1\" is no count (0, 1, 2, ... up to 1e9) in data row 6");
    says("half ~ x", poisson, "\"0.5\" is no count");
    says("y ~ x", binomial, "\"2\" is neither 0 nor 1");
    says("half ~ x", binomial, "whole number of successes");
    says("cbind(y, x) ~ 1", binomial, "number of successes");
    says("cbind(x, y) ~ 1", poisson, "cbind() is the outcome of a binomial model");
    says("zero ~ x", poisson, "nothing to explain");
    says("one ~ x", binomial, "nothing to explain");
    says("text ~ x", binomial, "nothing to explain");
    says("text ~ x", poisson, "must hold numbers");
    says("half ~ x + (1 | nothing)", binomial, "no column");
    GeneralizedModelOptions weighted = poisson;
    weighted.weights = "minus";
    says("one ~ x", weighted, "negative weight in data row 5");
    GeneralizedModelOptions inflated = binomial;
    inflated.zero_inflation = "~ 1";
    says("one ~ x", inflated, "belongs to counts");
    GeneralizedModelOptions points = poisson;
    points.quadrature_points = 5;
    TestTable groups = practice();
    CHECK(
        trouble(groups.data(), "count ~ day + (1 | id) + (1 | rater)", points).find("one grouping factor") !=
        std::string::npos);
}

TEST_CASE("degenerate data give an answer or a reason, never an undefined number") {
    RandomStream random(11, 3);
    for (int round = 0; round < 150; ++round) {
        CAPTURE(round);
        const std::size_t rows = 2 + random.next_below(40);
        TestTable table;
        std::vector<double> x, z, g, h, y, trials;
        const double size = std::pow(10.0, static_cast<double>(random.next_below(13)) - 4);
        const std::uint64_t kind = random.next_below(6), levels = 1 + random.next_below(rows);
        for (std::size_t row = 0; row < rows; ++row) {
            x.push_back(random.next_normal() * size);
            z.push_back(kind == 0 ? 3 * x.back() : kind == 1 ? 5.0 : random.next_normal());
            g.push_back(static_cast<double>(random.next_below(levels)));
            h.push_back(static_cast<double>(random.next_below(3)));
            y.push_back(static_cast<double>(random.next_below(kind == 2 ? 100'000 : kind == 3 ? 1 : 4)));
            trials.push_back(static_cast<double>(random.next_below(5)));
        }
        table.add("x", x);
        table.add("z", z);
        table.add("g", g);
        table.add("h", h);
        table.add("y", y);
        table.add("t", trials);
        const char* formulas[] = {"y ~ x + z + (1 | g)",       "y ~ x * z",         "y ~ z + (x | g)",
                                  "y ~ z + (1 | g) + (1 | h)", "y ~ 0 + (1 | g/h)", "y ~ x + offset(z)"};
        GeneralizedModelOptions options;
        options.family = static_cast<Family>(random.next_below(3));
        if (options.family != Family::binomial && random.next_below(3) == 0) {
            options.zero_inflation = random.next_below(2) == 0 ? "~ 1" : "~ z";
        }
        std::string formula = formulas[random.next_below(6)];
        if (options.family == Family::binomial) {
            formula = "cbind(y, t)" + formula.substr(1);
        }
        CAPTURE(formula);
        const Result<GeneralizedModel> model = fit_generalized_model(formula, table.data(), options);
        if (model) {
            check_table_is_defined(*model);
        } else {
            CHECK(!model.error().describe().empty());
        }
    }
}
