#include "command/benefit_json.h"
#include "foundation/json.h"

namespace groundwork::command {

namespace {

using namespace benefit;

// NaN becomes null when the document is written.
json::object estimate_as_json(const statistics::Estimate& estimate) {
    return {{"term", estimate.term},           {"estimate", estimate.estimate},
            {"se", estimate.standard_error},   {"df", estimate.degrees_of_freedom},
            {"statistic", estimate.statistic}, {"p", estimate.p}};
}

json::object effect_as_json(const Effect& effect) {
    json::object entry{{"id", effect.id}, {"label", effect.label}};
    for (auto& pair : estimate_as_json(effect.estimate)) {
        entry.insert(pair);
    }
    entry["low"] = effect.interval.low;
    entry["high"] = effect.interval.high;
    entry["model"] = effect.model;
    return entry;
}

json::value key_effect_as_json(const std::optional<Effect>& effect, const std::string& words) {
    if (!effect) {
        return nullptr;
    }
    json::object entry = effect_as_json(*effect);
    entry["words"] = words;
    return entry;
}

template <class Item, class Convert>
json::array list(const std::vector<Item>& items, Convert convert) {
    json::array result;
    for (const Item& item : items) {
        result.push_back(convert(item));
    }
    return result;
}

json::array texts(const std::vector<std::string>& items) {
    return list(items, [](const std::string& item) { return json::value(item); });
}

const char* name_of(VerdictStatus status) {
    switch (status) {
        case VerdictStatus::supports: return "supports";
        case VerdictStatus::contradicts: return "contradicts";
        case VerdictStatus::cannot_say: return "cannot-say";
    }
    ENSURE(false);
    return "";
}

json::value region_as_json(const Region& region) {
    return json::object{{"arm", region.arm},       {"from", region.from},
                        {"to", region.to},         {"sign", region.sign},
                        {"people", region.people}, {"share_of_people", region.share_of_people}};
}

json::value policy_as_json(const Policy& policy) {
    json::object entry{{"rule", policy.rule}, {"value", nullptr}, {"low", nullptr}, {"high", nullptr}};
    if (policy.value) {
        entry["value"] = *policy.value;
    }
    if (policy.interval) {
        entry["low"] = policy.interval->low;
        entry["high"] = policy.interval->high;
    }
    entry["words"] = policy.words;
    return entry;
}

json::value mean_as_json(const MeanAt& mean) {
    return json::object{{"arm", mean.arm},
                        {"time", mean.time},
                        {"n", mean.people},
                        {"mean", mean.mean},
                        {"sd", mean.standard_deviation},
                        {"low", mean.interval.low},
                        {"high", mean.interval.high}};
}

json::value change_as_json(const ReliableChange& change, Better better) {
    json::object entry{{"arm", change.arm},
                       {"reliability", change.reliability},
                       {"source", change.source},
                       {"sd", change.standard_deviation},
                       {"criterion", change.criterion},
                       {"rose", change.rose},
                       {"unchanged", change.unchanged},
                       {"fell", change.fell}};
    if (better != Better::not_stated) {
        entry["improved"] = change.improved;
        entry["worse"] = change.worse;
    }
    return entry;
}

json::value sensitivity_as_json(const Sensitivity& sensitivity) {
    return json::object{{"id", sensitivity.id},
                        {"label", sensitivity.label},
                        {"people", sensitivity.people},
                        {"effect", effect_as_json(sensitivity.effect)}};
}

json::value regression_as_json(const std::optional<RegressionToTheMean>& regression) {
    if (!regression) {
        return nullptr;
    }
    return json::object{{"baseline_slope", regression->baseline_slope},
                        {"observed", regression->observed},
                        {"curve", list(regression->curve,
                                       [](const RegressionToTheMean::Point& point) {
                                           return json::value(json::object{{"stability", point.stability},
                                                                           {"slope", point.slope}});
                                       })},
                        {"words", regression->words}};
}

json::value model_as_json(const ModelTable& model) {
    json::object entry{
        {"id", model.id},
        {"title", model.title},
        {"formula", model.formula},
        {"rows", model.rows},
        {"people", model.people},
        {"fixed", list(model.fixed,
                       [](const statistics::Estimate& one) { return json::value(estimate_as_json(one)); })},
        {"random", list(model.random, [](const statistics::RandomTerm& term) {
             return json::value(json::object{{"group", term.group},
                                             {"terms", texts(term.terms)},
                                             {"sd", json::value_from(term.standard_deviations)},
                                             {"corr", json::value_from(term.correlations)}});
         })}};
    if (model.sigma) {
        entry["sigma"] = *model.sigma;
    }
    if (model.objective) {
        entry["objective"] = *model.objective;
    }
    if (model.certificate) {
        entry["certificate"] = json::object{{"status", model.certificate->status},
                                            {"gradient", model.certificate->gradient},
                                            {"remaining_deviance", model.certificate->remaining_deviance},
                                            {"words", model.certificate->words}};
    }
    entry["notes"] = texts(model.notes);
    return entry;
}

json::value moderation_as_json(const Moderation& moderation) {
    return json::object{{"arm", moderation.arm},
                        {"reference_arm", moderation.reference_arm},
                        {"scale", moderation.scale},
                        {"curve", list(moderation.curve, [](const ModerationPoint& point) {
                             return json::value(json::object{{"moderator", point.moderator},
                                                             {"difference", point.difference},
                                                             {"low", point.interval.low},
                                                             {"high", point.interval.high}});
                         })}};
}

}  // namespace

json::value findings_as_json(const Findings& findings) {
    const Better better = findings.question.better;
    return json::object{
        {"people", findings.people},
        {"rows", findings.rows},
        {"design", findings.design == Design::two_occasions ? "two-occasions" : "repeated"},
        {"outcome_name", findings.outcome_name},
        {"moderator_name", findings.moderator_name},
        {"arms", list(findings.arms,
                      [](const ArmSummary& arm) {
                          return json::value(json::object{
                              {"arm", arm.arm}, {"people", arm.people}, {"with_outcome", arm.with_outcome}});
                      })},
        {"moderator", json::object{{"mean", findings.moderator_mean}, {"sd", findings.moderator_sd}}},
        {"verdict", json::object{{"status", name_of(findings.verdict.status)},
                                 {"headline", findings.verdict.headline},
                                 {"words", findings.verdict.words}}},
        {"effects",
         list(findings.effects, [](const Effect& one) { return json::value(effect_as_json(one)); })},
        {"naive", key_effect_as_json(findings.naive, findings.naive_words)},
        {"adjusted", key_effect_as_json(findings.adjusted, findings.adjusted_words)},
        {"regression_to_the_mean", regression_as_json(findings.regression_to_the_mean)},
        {"sensitivity", list(findings.sensitivity, sensitivity_as_json)},
        {"regions", list(findings.regions, region_as_json)},
        {"moderation", list(findings.moderation, moderation_as_json)},
        {"means", list(findings.means, mean_as_json)},
        {"reliable_change",
         list(findings.reliable_change,
              [better](const ReliableChange& one) { return change_as_json(one, better); })},
        {"policy", list(findings.policy, policy_as_json)},
        {"models", list(findings.models, model_as_json)},
        {"methods", texts(findings.methods)},
        {"warnings", texts(findings.warnings)}};
}

}  // namespace groundwork::command
