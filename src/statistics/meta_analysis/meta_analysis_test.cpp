#include "statistics/meta_analysis/meta_analysis.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "statistics/meta_analysis/effect_sizes.h"
#include "statistics/meta_analysis/permutation.h"
#include "statistics/meta_analysis/reference_for_tests.h"
#include "statistics/meta_analysis/small_studies.h"
#include "statistics/meta_analysis/subgroups.h"
#include "statistics/meta_analysis/three_level.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

struct Case {
    std::string set, method, test, moderators;
    std::map<std::string, double> values;
};

std::vector<Case> reference_cases() {
    const std::string text = read_file(GROUNDWORK_SOURCE_DIR "/tests/reference/meta_analysis.csv").value();
    std::vector<Case> cases;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> cells = split(line, ',');
        if (cells.size() != 6 || cells[0] == "set") {
            continue;
        }
        const Case key{
            std::string(cells[0]), std::string(cells[1]), std::string(cells[2]), std::string(cells[3]), {}};
        if (cases.empty() || cases.back().set != key.set || cases.back().method != key.method ||
            cases.back().test != key.test || cases.back().moderators != key.moderators) {
            cases.push_back(key);
        }
        cases.back().values[std::string(cells[4])] = to_number(cells[5]).value();
    }
    return cases;
}

// The rows of one set of tests/reference/meta_studies.csv.
TestTable reference_studies(const std::string& set) {
    const std::string text = read_file(GROUNDWORK_SOURCE_DIR "/tests/reference/meta_studies.csv").value();
    std::string chosen = std::string(split(text, '\n').front()) + "\n";
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(set + ",")) {
            chosen += std::string(line) + "\n";
        }
    }
    return test_table_of_csv(chosen);
}

Studies studies_of(TestTable& table, const std::string& moderators) {
    const auto effects = table.numbers("effect"), variances = table.numbers("variance");
    return moderators.empty() ? make_studies(effects, variances).value()
                              : make_studies(effects, variances, moderators, table.data()).value();
}

void add_small_study_numbers(const Studies& studies, const MetaOptions& options,
                             std::map<std::string, double>& numbers) {
    const EggerTest egger = egger_test(studies, options, EggerModel::mixed_effects).value();
    numbers["egger"] = egger.slope.statistic;
    numbers["egger p"] = egger.slope.p;
    numbers["egger limit"] = egger.limit.estimate;
    numbers["egger vi"] = egger_test(studies, options, EggerModel::mixed_effects, EggerPredictor::variance)
                              .value()
                              .slope.statistic;
    for (const auto& [name, estimator] :
         {std::pair("L0", TrimEstimator::l0), std::pair("R0", TrimEstimator::r0)}) {
        const TrimAndFill filled = trim_and_fill(studies, options, estimator).value();
        numbers[std::string("missing ") + name] = static_cast<double>(filled.missing);
        numbers[std::string("missing se ") + name] = filled.standard_error;
        numbers[std::string("filled ") + name] = filled.model.fixed.front().estimate;
    }
    const auto without = leave_one_out(studies, options);
    numbers["without 3"] = without.at(2).value().fixed.front().estimate;
    numbers["without 3 tau2"] = without.at(2).value().tau2;
}

std::map<std::string, double> our_numbers(const Studies& studies, const Case& one) {
    if (one.method == "lm") {
        const EggerTest egger = egger_test(studies, {}, EggerModel::weighted_lm).value();
        return {{"egger", egger.slope.statistic},
                {"egger p", egger.slope.p},
                {"egger limit", egger.limit.estimate}};
    }
    const MetaOptions options{heterogeneity_method(one.method).value(), test_named(one.test), 0.95};
    const MetaAnalysis model = fit_meta_analysis(studies, options).value();
    CHECK(model.certificate.status != "not-certified");
    std::map<std::string, double> numbers = named_numbers(model);
    numbers["R2"] = moderated_share(studies, model, options);
    const Interval interval = q_profile_interval(studies);
    numbers["tau2_low"] = interval.low;
    numbers["tau2_high"] = interval.high;
    if (one.values.contains("egger")) {
        add_small_study_numbers(studies, options, numbers);
    }
    return numbers;
}

}  // namespace

TEST_CASE("metafor's numbers: every estimator, test and kind of moderator") {
    std::size_t compared = 0;
    for (const Case& one : reference_cases()) {
        if (one.values.contains("between")) {
            continue;
        }
        CAPTURE(one.set);
        CAPTURE(one.method);
        CAPTURE(one.test);
        CAPTURE(one.moderators);
        TestTable table = reference_studies(one.set);
        const std::map<std::string, double> ours = our_numbers(studies_of(table, one.moderators), one);
        for (const auto& [what, value] : one.values) {
            const bool found = ours.contains(what);
            const double number = found ? ours.at(what) : unknown;
            // Its search for the interval's ends stops at 1e-14 of the whole range.
            const bool loose = what == "tau2_low" || what == "tau2_high";
            // Of no variance between studies it calls the share explained 0; we call it unknown.
            const bool nothing = what == "R2" && value == 0 && std::isnan(number);
            const bool same = nothing || agrees(number, value, loose ? 1e-8 : 1e-10);
            CHECK_MESSAGE(same, what << ": " << shortest(number) << " for " << shortest(value));
            ++compared;
        }
    }
    CHECK(compared > 2000);
}

TEST_CASE("three levels: metafor's numbers, and a likelihood that is never lower") {
    std::size_t compared = 0;
    for (const Case& one : reference_cases()) {
        if (!one.values.contains("between")) {
            continue;
        }
        CAPTURE(one.set);
        CAPTURE(one.method);
        CAPTURE(one.moderators);
        TestTable table = reference_studies(one.set);
        std::vector<std::int32_t> clusters;
        for (const double cluster : table.numbers("cluster")) {
            clusters.push_back(static_cast<std::int32_t>(cluster));
        }
        const Studies studies = studies_of(table, one.moderators);
        const MetaOptions options{heterogeneity_method(one.method).value(), test_named(one.test), 0.95};
        const ThreeLevelMeta model = fit_three_level(studies, clusters, options).value();
        CHECK(model.certificate.status.starts_with("certified"));
        MetaAnalysis same_names;
        same_names.fixed = model.fixed;
        same_names.intervals = model.intervals;
        same_names.heterogeneity = model.heterogeneity;
        same_names.moderators = model.moderators;
        same_names.prediction = model.prediction;
        std::map<std::string, double> ours = named_numbers(same_names);
        ours["between"] = model.between;
        ours["within"] = model.within;
        ours["logLik"] = model.log_likelihood;
        ours["between_low"] = model.between_interval.low;
        ours["between_high"] = model.between_interval.high;
        ours["within_low"] = model.within_interval.low;
        ours["within_high"] = model.within_interval.high;
        CHECK(model.log_likelihood >= one.values.at("logLik") - 1e-10);
        for (const auto& [what, value] : one.values) {
            // Its optimiser stops where the likelihood no longer changes: 7 digits of the variances.
            const bool interval = what.ends_with("_low") || what.ends_with("_high");
            const bool same = agrees(ours.at(what), value, interval ? 1e-3 : what == "logLik" ? 1e-11 : 3e-6);
            CHECK_MESSAGE(same, what << ": " << shortest(ours.at(what)) << " for " << shortest(value));
            ++compared;
        }
    }
    CHECK(compared > 200);
}

TEST_CASE("one study gives its own effect, two are warned of") {
    const MetaAnalysis one =
        fit_meta_analysis(make_studies(std::vector{0.5}, std::vector{0.04}).value()).value();
    CHECK(one.fixed.front().estimate == 0.5);
    CHECK(one.fixed.front().standard_error == doctest::Approx(0.2));
    CHECK(one.remarks.at(0).starts_with("One study"));
    const Studies two = make_studies(std::vector{0.5, 0.1}, std::vector{0.04, 0.01}).value();
    CHECK(fit_meta_analysis(two).value().remarks.at(0).find("--knha") != std::string::npos);
    CHECK(fit_meta_analysis(two, {.test = CoefficientTest::knapp_hartung}).value().degrees == 1);
}

TEST_CASE("a variance between studies that is zero is certified as such, and said") {
    const Studies close =
        make_studies(std::vector{0.30, 0.31, 0.29, 0.30, 0.32, 0.28}, std::vector<double>(6, 0.04)).value();
    for (const std::string& name : heterogeneity_method_names()) {
        CAPTURE(name);
        const MetaAnalysis model = fit_meta_analysis(close, {.method = *heterogeneity_method(name)}).value();
        if (name != "SJ") {  // which is above zero by construction
            CHECK(model.tau2 == 0);
        }
        CHECK(model.fixed.front().estimate == doctest::Approx(0.3));
        if (name == "REML") {
            CHECK(model.certificate.status == "certified-singular");
            CHECK(model.remarks.at(0).starts_with("tau2 is estimated as zero"));
        }
    }
    CHECK(q_profile_interval(close).high == 0);
}

TEST_CASE("effects that are all the same leave no test by Knapp-Hartung, but no nonsense either") {
    const Studies same =
        make_studies(std::vector<double>(6, 0.3), std::vector{0.1, 0.2, 0.1, 0.3, 0.1, 0.1}).value();
    for (const std::string& name : heterogeneity_method_names()) {
        const MetaAnalysis model = fit_meta_analysis(same, {.method = *heterogeneity_method(name),
                                                            .test = CoefficientTest::knapp_hartung})
                                       .value();
        CHECK(model.fixed.front().estimate == doctest::Approx(0.3));
        CHECK(std::isnan(model.fixed.front().statistic));
        CHECK_FALSE(model.remarks.empty());
    }
}

TEST_CASE("what cannot be estimated is refused in words") {
    const std::vector<double> effects = {0.1, 0.5, 0.2}, variances = {0.01, 0.02, 0.03};
    TestTable table;
    table.add("x", std::vector<double>{1, 2, 4});
    table.add("z", std::vector<double>{1, 0, 1});
    table.add("w", std::vector<double>{2, 1, 2});
    const Studies full = make_studies(effects, variances, "x + z", table.data()).value();
    CHECK(fit_meta_analysis(full).error().describe().find("needs more studies than coefficients") !=
          std::string::npos);
    CHECK(fit_meta_analysis(full, {.method = HeterogeneityMethod::equal_effects}));
    const Studies aliased = make_studies(effects, variances, "z + w", table.data()).value();
    CHECK(aliased.dropped == std::vector<std::string>{"w"});
    CHECK(make_studies(effects, std::vector{0.01, -1.0, 0.02})
              .error()
              .describe()
              .starts_with("row 3: \"-1\" is no"));
    CHECK_FALSE(make_studies(std::vector{unknown}, std::vector{1.0}));
    CHECK_FALSE(make_studies(effects, variances, "x + (1 | z)", table.data()));
    const Studies plain = make_studies(effects, variances).value();
    CHECK_FALSE(egger_test(make_studies(effects, std::vector<double>(3, 0.1)).value(), {},
                           EggerModel::mixed_effects));
    CHECK_FALSE(fit_three_level(plain, std::vector<std::int32_t>{0, 1, 2}));
    CHECK_FALSE(fit_three_level(plain, std::vector<std::int32_t>{0, 0, 0}));
    CHECK_FALSE(compare_subgroups(plain, std::vector<std::int32_t>{0, 0, 0}, {"a"}, {}));
    CHECK_FALSE(fit_meta_analysis(plain, {.level = 1.5}));
}

TEST_CASE("the slopes of the likelihood vanish at REML and ML, whatever the scale of the effects") {
    TestTable table = reference_studies("spread");
    for (const double scale : {1e-6, 1.0, 1e6}) {
        std::vector<double> effects, variances;
        for (std::size_t row = 0; row < table.data().rows; ++row) {
            effects.push_back(scale * table.numbers("effect")[row]);
            variances.push_back(scale * scale * table.numbers("variance")[row]);
        }
        const MetaAnalysis plain = fit_meta_analysis(studies_of(table, "")).value();
        const MetaAnalysis model = fit_meta_analysis(make_studies(effects, variances).value()).value();
        CHECK(model.certificate.status == "certified");
        CHECK(model.tau2 == doctest::Approx(scale * scale * plain.tau2).epsilon(1e-13));
        CHECK(std::abs(model.certificate.last_step) <= 1e-14 * model.tau2);
    }
}

TEST_CASE("the interval of tau2 covers it as often as it says") {
    RandomStream random(20261123, 9);
    const int trials = 2000;
    int covered = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> effects, variances;
        for (int study = 0; study < 12; ++study) {
            variances.push_back(0.02 + 0.1 * random.next_uniform());
            effects.push_back(0.3 + std::sqrt(variances.back() + 0.05) * random.next_normal());
        }
        const Interval interval = q_profile_interval(make_studies(effects, variances).value());
        covered += interval.low <= 0.05 && 0.05 <= interval.high ? 1 : 0;
    }
    CHECK(covered > trials * 0.95 - 4 * std::sqrt(trials * 0.95 * 0.05));
    CHECK(covered < trials * 0.95 + 4 * std::sqrt(trials * 0.95 * 0.05));
}

TEST_CASE("a permutation test of few studies takes every permutation once") {
    const Studies four = make_studies(std::vector{0.4, 0.5, 0.3, 0.6}, std::vector<double>(4, 0.05)).value();
    const PermutationTest test = permutation_test(four, {}, {.permutations = 100}).value();
    CHECK(test.exact);
    CHECK(test.permutations == 16);
    CHECK(test.p.at(0) == 2.0 / 16);  // all signs as they are, and all turned
    TestTable table = reference_studies("spread");
    const Studies studies = studies_of(table, "x");
    const PermutationTest drawn = permutation_test(studies, {}, {.permutations = 200, .seed = 3}).value();
    const PermutationTest again = permutation_test(studies, {}, {.permutations = 200, .seed = 3}).value();
    CHECK_FALSE(drawn.exact);
    CHECK(drawn.p == again.p);
}

TEST_CASE("groups are compared with their own tau2 and with a common one") {
    TestTable table = reference_studies("spread");
    const Studies studies = studies_of(table, "");
    const Variable* group = table.data().find("g").value();
    const Subgroups groups = compare_subgroups(studies, group->codes, group->levels, {}).value();
    CHECK(groups.groups.size() == 3);
    CHECK(groups.between.degrees == 2);
    const MetaAnalysis moderated = fit_meta_analysis(studies_of(table, "g")).value();
    CHECK(groups.between_common.statistic == doctest::Approx(moderated.moderators.statistic).epsilon(1e-12));
    CHECK(groups.common_tau2 == doctest::Approx(moderated.tau2).epsilon(1e-12));
}
