#include "statistics/meta_analysis/meta_analysis.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "statistics/meta_analysis/effect_sizes.h"
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
        const Case key{std::string(cells[0]), std::string(cells[1]), std::string(cells[2]), std::string(cells[3]), {}};
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
    numbers["egger vi"] =
        egger_test(studies, options, EggerModel::mixed_effects, EggerPredictor::variance).value().slope.statistic;
    for (const auto& [name, estimator] : {std::pair("L0", TrimEstimator::l0), std::pair("R0", TrimEstimator::r0)}) {
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
        return {{"egger", egger.slope.statistic}, {"egger p", egger.slope.p}, {"egger limit", egger.limit.estimate}};
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
    CHECK(compared > 3000);
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
