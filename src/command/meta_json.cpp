#include <cmath>

#include "command/meta_report.h"
#include "command/output.h"

namespace groundwork::command {

namespace {

using statistics::Estimate;
using statistics::Interval;
using statistics::JointTest;

json::value as_json(const Interval& interval) {
    if (std::isnan(interval.low) && std::isnan(interval.high)) {
        return nullptr;
    }
    return json::array{interval.low, interval.high};
}

json::object as_json(const Estimate& one, const Interval& interval) {
    return {{"term", one.term},           {"estimate", one.estimate},
            {"se", one.standard_error},   {"df", one.degrees_of_freedom},
            {"statistic", one.statistic}, {"p", one.p},
            {"ci", as_json(interval)}};
}

json::array as_json(const std::vector<Estimate>& estimates, const std::vector<Interval>& intervals) {
    json::array list;
    for (std::size_t k = 0; k < estimates.size(); ++k) {
        list.push_back(as_json(estimates[k], intervals[k]));
    }
    return list;
}

json::object as_json(const JointTest& test) {
    return {{"statistic", test.statistic},
            {"df", test.degrees},
            {"df2", test.denominator_degrees},
            {"p", test.p}};
}

json::object as_json(const statistics::MetaCertificate& certificate) {
    return {{"status", certificate.status},
            {"gradient", certificate.gradient},
            {"last_step", certificate.last_step},
            {"steps", certificate.steps},
            {"words", certificate.words}};
}

std::string test_name(statistics::CoefficientTest test) {
    switch (test) {
        case statistics::CoefficientTest::normal: return "z";
        case statistics::CoefficientTest::student_t: return "t";
        case statistics::CoefficientTest::knapp_hartung: return "knha";
        case statistics::CoefficientTest::knapp_hartung_at_least_one: return "adhoc";
    }
    ENSURE(false);
    return "";
}

// What a synthesis of two levels and one of three have in common.
template <class Model>
void add_findings(json::object& document, const Model& model) {
    document["Q"] = model.heterogeneity.statistic;
    document["Q_df"] = model.heterogeneity.degrees;
    document["Qp"] = model.heterogeneity.p;
    document["QM"] = model.moderators.statistic;
    document["QM_df"] = model.moderators.degrees;
    document["QM_df2"] = model.moderators.denominator_degrees;
    document["QMp"] = model.moderators.p;
    document["logLik"] = model.log_likelihood;
    document["fixed"] = as_json(model.fixed, model.intervals);
    document["prediction"] = as_json(model.prediction);
    document["dropped"] = list_of(model.dropped);
    document["certificate"] = as_json(model.certificate);
    document["remarks"] = list_of(model.remarks);
}

// The numbers of one synthesis; also of a subgroup, and of what is left when a study is left out.
json::object as_json(const statistics::MetaAnalysis& model) {
    json::object document = {{"k", model.studies},
                             {"method", statistics::short_name(model.method)},
                             {"test", test_name(model.test)},
                             {"tau2", model.tau2},
                             {"se_tau2", model.se_tau2},
                             {"tau", std::sqrt(model.tau2)},
                             {"I2", model.i2},
                             {"H2", model.h2}};
    add_findings(document, model);
    return document;
}

json::object as_json(const statistics::ThreeLevelMeta& model, const MetaFindings& findings) {
    const double total = model.between + model.within;
    json::object document = {
        {"k", model.effects},
        {"clusters", model.clusters},
        {"method", statistics::short_name(model.method)},
        {"test", test_name(findings.model.test)},
        {"tau2", total},
        {"se_tau2", nullptr},
        {"tau", std::sqrt(total)},
        {"I2", model.i2_between + model.i2_within},
        {"H2", statistics::heterogeneity_share(findings.studies, total).h2},
        {"sigma2", json::array{model.between, model.within}},
        {"levels", json::array{json::object{{"group", findings.cluster},
                                            {"variance", model.between},
                                            {"se", model.se_between},
                                            {"ci", as_json(model.between_interval)},
                                            {"I2", model.i2_between}},
                               json::object{{"group", "effect within " + findings.cluster},
                                            {"variance", model.within},
                                            {"se", model.se_within},
                                            {"ci", as_json(model.within_interval)},
                                            {"I2", model.i2_within}}}}};
    add_findings(document, model);
    return document;
}

json::array studies_as_json(const MetaFindings& findings) {
    json::array list;
    const auto predictions = statistics::predict_studies(findings.studies, findings.model, findings.level);
    for (std::size_t study = 0; study < findings.studies.count(); ++study) {
        json::object one = {{"label", findings.labels[study]},
                            {"yi", findings.studies.effects[study]},
                            {"vi", findings.studies.variances[study]}};
        if (!findings.three_level) {
            one["weight"] = predictions[study].weight;
            one["fitted"] = predictions[study].fitted;
            one["se"] = predictions[study].standard_error;
            one["ci"] = as_json(predictions[study].confidence);
            one["prediction"] = as_json(predictions[study].prediction);
        }
        list.push_back(std::move(one));
    }
    return list;
}

json::object as_json(const statistics::EggerTest& test) {
    json::object document = {{"statistic", test.slope.statistic},
                             {"df", test.slope.degrees_of_freedom},
                             {"p", test.slope.p},
                             {"slope", test.slope.estimate},
                             {"se", test.slope.standard_error},
                             {"limit", nullptr},
                             {"limit_ci", nullptr}};
    if (!std::isnan(test.limit.estimate)) {
        document["limit"] = test.limit.estimate;
        document["limit_ci"] = as_json(test.limit_interval);
    }
    return document;
}

json::array left_out_as_json(const MetaFindings& findings) {
    json::array list;
    for (std::size_t study = 0; study < findings.left_out.size(); ++study) {
        json::object one = {{"label", findings.labels[study]}};
        if (const auto& model = findings.left_out[study]) {
            for (const auto& [key, value] : as_json(*model)) {
                one[key] = value;
            }
        } else {
            one["error"] = model.error().describe();
        }
        list.push_back(std::move(one));
    }
    return list;
}

json::object as_json(const statistics::Subgroups& subgroups, const std::string& column) {
    json::array groups;
    for (const statistics::Subgroup& group : subgroups.groups) {
        json::object one = {{"group", group.name}};
        for (const auto& [key, value] : as_json(group.model)) {
            one[key] = value;
        }
        groups.push_back(std::move(one));
    }
    json::object common = as_json(subgroups.between_common);
    common["tau2"] = subgroups.common_tau2;
    return {{"column", column},
            {"groups", groups},
            {"between", as_json(subgroups.between)},
            {"between_common_tau2", common}};
}

json::object as_json(const statistics::TrimAndFill& filled) {
    json::object document = {{"side", filled.side == statistics::FunnelSide::left ? "left" : "right"},
                             {"missing", filled.missing},
                             {"se", filled.standard_error},
                             {"p", filled.p},
                             {"filled_yi", list_of(filled.filled_effects)},
                             {"filled_vi", list_of(filled.filled_variances)},
                             {"model", as_json(filled.model)}};
    return document;
}

}  // namespace

json::object meta_as_json(const MetaFindings& findings) {
    json::object document =
        findings.three_level ? as_json(*findings.three_level, findings) : as_json(findings.model);
    document["level"] = findings.level;
    document["measure"] = findings.measure.empty() ? json::value(nullptr) : json::value(findings.measure);
    if (!findings.three_level) {
        document["tau2_interval"] = as_json(findings.tau2_interval);
        const auto low = statistics::heterogeneity_share(findings.studies, findings.tau2_interval.low);
        const auto high = statistics::heterogeneity_share(findings.studies, findings.tau2_interval.high);
        document["I2_interval"] = as_json(Interval{low.i2, high.i2});
        document["H2_interval"] = as_json(Interval{low.h2, high.h2});
        document["R2"] = findings.r2;
    }
    if (findings.egger) {
        document["egger"] =
            json::object{{"rma", as_json(*findings.egger)}, {"lm", as_json(*findings.egger_lm)}};
    }
    if (findings.filled) {
        document["trim_fill"] = as_json(*findings.filled);
    }
    if (findings.subgroups) {
        document["subgroups"] = as_json(*findings.subgroups, findings.subgroup);
    }
    if (findings.permutation) {
        document["permutation"] = json::object{{"permutations", findings.permutation->permutations},
                                               {"exact", findings.permutation->exact},
                                               {"p", list_of(findings.permutation->p)},
                                               {"QMp", findings.permutation->moderators_p}};
    }
    if (!findings.left_out.empty()) {
        document["leave_one_out"] = left_out_as_json(findings);
    }
    document["studies"] = studies_as_json(findings);
    document["seconds"] = json::object{
        {"read", findings.seconds.read}, {"fit", findings.seconds.fit}, {"total", findings.seconds.total}};
    return document;
}

}  // namespace groundwork::command
