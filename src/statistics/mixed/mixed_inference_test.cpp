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
    std::string time = {}, strata = {};
    bool few = false;  // only twelve people
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = [] {
        std::vector<Case> list;
        for (const char* formula :
             {"mood ~ day * arm + (day | id)", "mood ~ day * arm * start + (1 | id)",
              "mood ~ day + start + (day || id)", "mood ~ day * arm + (1 | id) + (1 | rater)",
              "mood ~ day + arm + (day | id) + (1 | rater)"}) {
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
        const std::string usual = "mood ~ day * arm + (1 | id)";
        list.push_back({"car1", usual, none, "", {}, {}, "hours"});
        list.push_back({"by arm", usual, none, "", {}, {}, "", "arm"});
        list.push_back({"by site with ar1", usual, none, "", {}, {}, "day", "site"});
        list.push_back({"by arm with weights", usual, none, "precision", {}, {}, "", "arm"});
        const std::string of_few = "few_moods ~ day * arm + (1 | id)";
        list.push_back({"few by arm", of_few, satterthwaite, "", {}, {}, "", "arm", true});
        list.push_back({"few ar1", of_few, satterthwaite, "", {}, {}, "day", "", true});
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
    options.residual_strata = one.strata;
    if (one.few) {
        const std::span<const double> people = (*table.data().find("id"))->numbers;
        std::vector<double> mood((*table.data().find("mood"))->numbers.begin(),
                                 (*table.data().find("mood"))->numbers.end());
        for (std::size_t row = 0; row < mood.size(); ++row) {
            mood[row] = people[row] <= 12 ? mood[row] : std::numeric_limits<double>::quiet_NaN();
        }
        table.add("few_moods", mood);
    }
    const Result<MixedModel> model = fit_mixed_model(one.formula, table.data(), options);
    if (!model) {
        FAIL(model.error().describe());
    }
    return *model;
}

}  // namespace

TEST_CASE("Kenward-Roger, prior weights, contrasts and residuals of several kinds come out as in R") {
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
            const bool searched = !one.time.empty() || !one.strata.empty();
            CHECK(value == doctest::Approx(expected).epsilon(cells[1] == "df" || searched ? 2e-5 : 1e-6));
            ++checked;
        }
    }
    CHECK(checked > 120);
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

TEST_CASE("residual variances that differ come back, whatever stratum is the first") {
    TestTable table;
    std::vector<double> group, mood;
    std::vector<std::string> kind, other;
    RandomStream random(5, 2);
    for (int g = 0; g < 300; ++g) {
        const double start = random.next_normal();
        for (int row = 0; row < 20; ++row) {
            const int which = row % 3;
            group.push_back(g);
            kind.push_back(which == 0 ? "calm" : which == 1 ? "rough" : "still");
            other.push_back(which == 0 ? "z" : which == 1 ? "y" : "x");
            mood.push_back(1 + start + (which == 0 ? 1.0 : which == 1 ? 2.5 : 0.3) * random.next_normal());
        }
    }
    table.add("group", group);
    table.add("mood", mood);
    table.add("kind", kind);
    table.add("other", other);
    MixedModelOptions options;
    options.residual_strata = "kind";
    const MixedModel model = fit_mixed_model("mood ~ 1 + (1 | group)", table.data(), options).value();
    CHECK(model.certificate.status == "certified");
    REQUIRE(model.residual_strata.size() == 3);
    CHECK(model.residual_strata[0].standard_deviation == doctest::Approx(1.0).epsilon(0.06));
    CHECK(model.residual_strata[1].standard_deviation == doctest::Approx(2.5).epsilon(0.06));
    CHECK(model.residual_strata[2].standard_deviation == doctest::Approx(0.3).epsilon(0.06));
    CHECK(model.sigma == model.residual_strata[0].standard_deviation);
    options.residual_strata = "other";
    const MixedModel turned = fit_mixed_model("mood ~ 1 + (1 | group)", table.data(), options).value();
    REQUIRE(turned.residual_strata.size() == 3);
    CHECK(turned.objective == doctest::Approx(model.objective).epsilon(1e-11));
    for (std::size_t k = 0; k < 3; ++k) {
        const std::size_t same = turned.residual_strata[k].level == "z"   ? 0
                                 : turned.residual_strata[k].level == "y" ? 1
                                                                          : 2;
        CHECK(turned.residual_strata[k].standard_deviation ==
              doctest::Approx(model.residual_strata[same].standard_deviation).epsilon(1e-7));
    }
    CHECK(turned.fixed[0].degrees_of_freedom ==
          doctest::Approx(model.fixed[0].degrees_of_freedom).epsilon(1e-6));
}

TEST_CASE("a stratum without variation, or alone, is not taken for an answer") {
    TestTable table;
    table.add("group", std::vector<double>{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4});
    table.add("mood", std::vector<double>{2, 2, 1.2, 3.1, 2, 2, 0.9, 2.6, 2, 2, 1.4, 1.9, 2, 2, 3.0, 2.4});
    table.add("kind", std::vector<std::string>{"a", "a", "b", "b", "a", "a", "b", "b", "a", "a", "b", "b",
                                               "a", "a", "b", "b"});
    table.add("same", std::vector<std::string>(16, "a"));
    MixedModelOptions options;
    options.residual_strata = "kind";
    const Result<MixedModel> model = fit_mixed_model("mood ~ 1 + (1 | group)", table.data(), options);
    if (model) {
        CHECK(model->certificate.status == "not-certified");
        CHECK(model->certificate.words.find("kind is") != std::string::npos);
    }
    options.residual_strata = "same";
    const Result<MixedModel> alone = fit_mixed_model("mood ~ 1 + (1 | group)", table.data(), options);
    REQUIRE(!alone);
    CHECK(alone.error().describe().find("one value only") != std::string::npos);
}
