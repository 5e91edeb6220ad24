// Standard errors, degrees of freedom, weights and contrasts against R (tests/reference/mixed_inference.R).
#include <doctest/doctest.h>

#include <cmath>

#include "statistics/mixed/mixed_model.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

std::string reference_text(const std::string& name) {
    const Result<std::string> text = read_file(std::string(GROUNDWORK_SOURCE_DIR "/tests/reference/") + name);
    REQUIRE(text);
    return *text;
}

struct Case {
    std::string name, formula;
    DegreesOfFreedom degrees = DegreesOfFreedom::kenward_roger;
    std::string weights;
    std::optional<Contrasts> arm, site;
    std::string time = {};
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = [] {
        std::vector<Case> list;
        for (const char* formula : {"mood ~ day * arm + (day | id)", "mood ~ day * arm * start + (1 | id)",
                                    "mood ~ day + start + (day || id)"}) {
            list.push_back({.name = formula, .formula = formula, .weights = {}, .arm = {}, .site = {}});
        }
        const DegreesOfFreedom satterthwaite = DegreesOfFreedom::satterthwaite;
        list.push_back({"weights", "mood ~ day * arm + (day | id)", satterthwaite, "precision", {}, {}});
        list.push_back({"sum", "mood ~ day * arm + (1 | id)", satterthwaite, "", Contrasts::sum, {}});
        const std::string by_site = "mood ~ day + site + (1 | id)";
        list.push_back({"polynomial", by_site, satterthwaite, "", {}, Contrasts::polynomial});
        list.push_back({"helmert", by_site, satterthwaite, "", {}, Contrasts::helmert});
        const DegreesOfFreedom none = DegreesOfFreedom::none;
        list.push_back({"ar1", "mood ~ day * arm + (1 | id)", none, "", {}, {}, "day"});
        list.push_back({"car1", "mood ~ day * arm + (1 | id)", none, "", {}, {}, "hours"});
        return list;
    }();
    return all;
}

TestTable diary() {
    TestTable table = test_table_of_csv(reference_text("diary.csv"));
    table.set_reference("arm", "MM");
    std::vector<double> precision;
    for (const double day : (*table.data().find("day"))->numbers) {
        precision.push_back(1 + std::fmod(day, 3));
    }
    table.add("precision", precision);
    std::vector<double> hours;
    const std::span<const double> days = (*table.data().find("day"))->numbers;
    const std::span<const double> people = (*table.data().find("id"))->numbers;
    for (std::size_t row = 0; row < days.size(); ++row) {
        hours.push_back(days[row] + 0.25 * std::fmod(people[row], 3) * std::fmod(days[row], 2));
    }
    table.add("hours", hours);
    return table;
}

MixedModel fitted(const Case& one) {
    TestTable table = diary();
    if (one.arm) {
        table.set_contrasts("arm", *one.arm);
    }
    if (one.site) {
        table.set_contrasts("site", *one.site);
    }
    MixedModelOptions options;
    options.degrees_of_freedom = one.degrees;
    options.weights = one.weights;
    options.serial_time = one.time;
    const Result<MixedModel> model = fit_mixed_model(one.formula, table.data(), options);
    if (!model) {
        FAIL(model.error().describe());
    }
    return *model;
}

}  // namespace

TEST_CASE("Kenward-Roger, prior weights, contrasts and serial correlation come out as in R") {
    const std::string text = reference_text("mixed_inference.csv");
    std::size_t checked = 0;
    for (const Case& one : cases()) {
        const MixedModel model = fitted(one);
        CHECK(model.certificate.status == "certified");
        for (const std::string_view line : split(text, '\n')) {
            const std::vector<std::string_view> cells = split(trim(line), ',');
            if (cells.size() != 4 || cells[0] != one.name) {
                continue;
            }
            CAPTURE(line);
            const double expected = *to_number(cells[3]);
            if (cells[1] == "logLik") {
                CHECK(model.log_likelihood > expected - 1e-8);
                CHECK(model.log_likelihood == doctest::Approx(expected).epsilon(1e-8));
                continue;
            }
            if (cells[1] == "phi") {
                CHECK(model.residual_correlation == doctest::Approx(expected).epsilon(2e-5));
                continue;
            }
            const Estimate* const estimate = model.find(cells[2]);
            REQUIRE(estimate != nullptr);
            const double value = cells[1] == "estimate" ? estimate->estimate
                                 : cells[1] == "se"     ? estimate->standard_error
                                                        : estimate->degrees_of_freedom;
            CHECK(value == doctest::Approx(expected).epsilon(cells[1] == "df"   ? 2e-5
                                                             : one.time.empty() ? 1e-6
                                                                                : 2e-5));
            ++checked;
        }
    }
    CHECK(checked > 90);
}

TEST_CASE("Kenward and Roger's method refuses maximum likelihood") {
    TestTable table = diary();
    MixedModelOptions options;
    options.criterion = Criterion::maximum_likelihood;
    options.degrees_of_freedom = DegreesOfFreedom::kenward_roger;
    const Result<MixedModel> model = fit_mixed_model("mood ~ day + (1 | id)", table.data(), options);
    REQUIRE(!model);
    CHECK(model.error().describe().find("need REML") != std::string::npos);
}

TEST_CASE("the answer has the same bytes for any number of threads") {
    TestTable table;  // enough levels for several shards
    std::vector<double> group, day, mood;
    RandomStream random(7, 1);
    for (int g = 0; g < 1500; ++g) {
        const double start = random.next_normal(), slope = 0.2 * random.next_normal();
        for (int d = 0; d < 40; ++d) {
            group.push_back(g);
            day.push_back(d);
            mood.push_back(start + slope * d + random.next_normal());
        }
    }
    table.add("id", group);
    table.add("day", day);
    table.add("mood", mood);
    MixedModelOptions options;
    options.threads = 1;
    const Result<MixedModel> alone = fit_mixed_model("mood ~ day + (day | id)", table.data(), options);
    options.threads = 3;
    const Result<MixedModel> together = fit_mixed_model("mood ~ day + (day | id)", table.data(), options);
    REQUIRE(alone);
    REQUIRE(together);
    CHECK(alone->objective == together->objective);
    CHECK(alone->theta == together->theta);
    CHECK(alone->covariance == together->covariance);
    CHECK(alone->certificate.status == "certified");
}

TEST_CASE("a weight of nothing is refused with its row") {
    TestTable table = diary();
    std::vector<double> zero(table.data().rows, 1.0);
    zero[9] = 0;
    table.add("zero", zero);
    MixedModelOptions options;
    options.weights = "zero";
    const Result<MixedModel> model = fit_mixed_model("day ~ start + (1 | id)", table.data(), options);
    REQUIRE(!model);
    CHECK(model.error().describe().find("data row 10") != std::string::npos);
}

TEST_CASE("serial correlation refuses what has no order in time") {
    TestTable table = diary();
    table.add("same", std::vector<double>(table.data().rows, 1.0));
    const auto trouble = [&](const char* formula, const char* time) {
        MixedModelOptions options;
        options.serial_time = time;
        const Result<MixedModel> model = fit_mixed_model(formula, table.data(), options);
        return model ? std::string("none") : model.error().describe();
    };
    CHECK(trouble("mood ~ day + (1 | id)", "same").find("same in two rows of a group") != std::string::npos);
    CHECK(trouble("mood ~ day + (1 | id) + (1 | rater)", "day").find("single grouping factor") !=
          std::string::npos);
    CHECK(trouble("mood ~ day + (1 | id)", "dya").find("\"dya\" is no column") != std::string::npos);
}
