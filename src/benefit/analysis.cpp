#include "benefit/analysis.h"

#include <algorithm>
#include <cmath>

#include "benefit/models.h"
#include "benefit/regression_to_the_mean.h"
#include "benefit/reliability_correction.h"
#include "benefit/summaries.h"
#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

double baseline_sd(const Study& study) {
    std::vector<double> values;
    for (const std::size_t at : study.complete_people()) {
        values.push_back(study.people[at].baseline);
    }
    return statistics::summarise(values).standard_deviation;
}

void append(std::vector<Effect>& effects, std::vector<Effect> more) {
    std::move(more.begin(), more.end(), std::back_inserter(effects));
}

std::optional<Effect> found(const std::vector<Effect>& effects, const std::string& id) {
    const Effect* effect = find_effect(effects, id);
    return effect == nullptr ? std::nullopt : std::optional(*effect);
}

// "time" of a model of change: in the reference arm, at the mean of the moderator.
void add_time_effect(const Family& family, const Study& study, const std::string& id,
                     std::vector<Effect>& effects) {
    if (const statistics::Estimate* time = family.effects.find(study.names.time)) {
        effects.push_back(effect(id,
                                 sentence(family.measure) +
                                     (study.has_arms ? ", in " + study.arms.front() : "") +
                                     (study.has_moderator ? ", at the mean of " + study.moderator_name : ""),
                                 *time, family.model));
    }
}

// What the verdict weighs: each arm against the reference, by moderator and at its mean. `span` is the time
// over which a difference "per unit of time" adds up.
void take_contrasts(const Family& family, const Study& study, const ModeratorScale& scale, double span,
                    const std::optional<Family>& without_imputed, VerdictInputs& inputs) {
    const double smallest = study.question.smallest_difference * baseline_sd(study) / span;
    const auto again = [&](const std::string& term) -> std::optional<double> {
        const statistics::Estimate* other = without_imputed ? without_imputed->effects.find(term) : nullptr;
        return other == nullptr ? std::nullopt : std::optional(other->estimate);
    };
    for (std::size_t arm = 1; arm < study.arms.size(); ++arm) {
        const std::string main = arm_term(family, study, arm);
        if (const statistics::Estimate* one = family.effects.find(main)) {
            inputs.between_arms.push_back({study.arms[arm], study.arms.front(), *one, smallest, again(main)});
        }
        const std::string product = arm_by_moderator_term(family, study, arm);
        if (const statistics::Estimate* one = family.effects.find(product)) {
            inputs.by_moderator.push_back({study.arms[arm], study.arms.front(), *one,
                                           smallest / scale.standard_deviation, again(product)});
        }
    }
    inputs.measure = family.measure;
}

// The findings' key numbers once more, from `family`.
void add_sensitivity(const Family& family, const Study& study, const ModeratorScale& scale,
                     std::size_t people_then, const std::string& id, const std::string& label,
                     const std::string& words, Findings& findings) {
    for (Effect& one : effects_of(family, study, scale)) {
        const std::string name = one.id.substr(family.id_prefix.size());
        const bool is_key = name == "moderator" || name.starts_with("arm_by_moderator") ||
                            (!study.has_moderator && name.starts_with("arm"));
        if (is_key) {
            one.model = family.model;
            findings.sensitivity.push_back({id, label, people_then, std::move(one), words});
        }
    }
}

std::string slopes_in_other_arms(const Findings& findings, const Study& study, const std::string& prefix) {
    std::string words;
    for (std::size_t arm = 1; arm < study.arms.size(); ++arm) {
        if (const Effect* one = find_effect(findings.effects, prefix + "moderator_in:" + study.arms[arm])) {
            words += "; in " + study.arms[arm] + " " + said(*one);
        }
    }
    return words;
}

void put_key_effects_into_words(const Study& study, const std::string& naive_prefix,
                                const std::string& adjusted_prefix, Findings& findings) {
    const std::string where = study.has_arms && study.has_moderator ? " in " + study.arms.front() : "";
    if (findings.naive) {
        findings.naive_words =
            study.has_moderator
                ? "The change in " + study.outcome_name + " for each point of " + study.moderator_name +
                      ", not adjusted for where " + study.outcome_name + " started" + where + ": " +
                      said(*findings.naive) + slopes_in_other_arms(findings, study, naive_prefix) +
                      ". This foretells; it is exposed to regression to the mean and to the ends of the "
                      "scale."
                : "The mean change in " + study.outcome_name +
                      (study.has_arms ? " in " + study.arms.front() : "") + ": " + said(*findings.naive) +
                      ". It says nothing about what caused it.";
    }
    if (findings.adjusted) {
        findings.adjusted_words = study.has_moderator
                                      ? "The same between people who started at the same " +
                                            study.outcome_name + where + ": " + said(*findings.adjusted) +
                                            slopes_in_other_arms(findings, study, adjusted_prefix) + "."
                                      : "The difference between arms for people who started at the same " +
                                            study.outcome_name + ": " + said(*findings.adjusted) + ".";
    }
}

void add_moderation(const Family& family, const Study& study, const ModeratorScale& scale,
                    Findings& findings) {
    findings.moderation = moderation_of(family, study, scale);
    findings.regions = regions_of(family, study, scale);
}

// ---- two occasions: the two sensitivities
// -------------------------------------------------------------------------

Result<std::optional<Family>> repeat_without_imputed(const Study& study, const ModeratorScale& scale,
                                                     Findings& findings) {
    if (count_imputed(study) == 0) {
        return std::nullopt;
    }
    const auto real = [](const Person& person) { return !person.looks_imputed; };
    const Result<Fitted> fitted = fit_adjusted(study, scale, real, "ancova_without_imputed");
    if (!fitted) {
        findings.warnings.push_back(
            "Without the rows that look filled in too few are left to repeat the analysis: " +
            fitted.error().problem() + ".");
        return std::nullopt;
    }
    findings.models.push_back(fitted->table);
    findings.models.back().title += ", without the rows that look filled in";
    add_sensitivity(fitted->family, study, scale, fitted->table.people, "without_imputed",
                    "Without the rows that look filled in", "", findings);
    return fitted->family;
}

std::string correction_label(const Study& study, const AssumedReliability& reliability) {
    std::string label = "If " + study.outcome_name + " before was measured with reliability " +
                        fixed(reliability.baseline, 2);
    if (reliability.moderator < 1) {
        label += " and " + study.moderator_name + " with " + fixed(reliability.moderator, 2);
    }
    return label + (study.question.outcome_reliability ? "" : " (assumed)");
}

void add_reliability_corrections(const Study& study, const ModeratorScale& scale, Findings& findings) {
    const std::vector<double> reliabilities = study.question.outcome_reliability
                                                  ? std::vector<double>{*study.question.outcome_reliability}
                                                  : std::vector<double>{0.7, 0.8, 0.9, 0.95};
    for (const double baseline : reliabilities) {
        const AssumedReliability reliability{baseline, study.question.moderator_reliability.value_or(1)};
        Result<FixedEffects> corrected = reliability_corrected(study, scale, reliability);
        if (!corrected) {
            findings.warnings.push_back(correction_label(study, reliability) + ": cannot be computed, " +
                                        corrected.error().problem() + ".");
            continue;
        }
        Family family;
        family.effects = std::move(*corrected);
        family.model = "reliability_corrected";
        family.measure = study.outcome_name + " after, adjusted for " + study.outcome_name + " before";
        add_sensitivity(family, study, scale, findings.people, "reliability_corrected",
                        correction_label(study, reliability), "", findings);
    }
}

// ---- repeated measures
// --------------------------------------------------------------------------------------------

Result<std::optional<Family>> repeat_growth_without_imputed(const Study& study, const ModeratorScale& scale,
                                                            Findings& findings) {
    if (count_imputed(study) == 0) {
        return std::nullopt;
    }
    const auto real = [](const Answer& answer) { return !answer.looks_imputed; };
    const Result<Fitted> fitted = fit_growth(study, scale, real, "growth_without_imputed");
    if (!fitted) {
        findings.warnings.push_back(
            "Without the answers that look filled in the analysis cannot be repeated: " +
            fitted.error().problem() + ".");
        return std::nullopt;
    }
    findings.models.push_back(fitted->table);
    findings.models.back().title += ", without the answers that look filled in";
    add_sensitivity(fitted->family, study, scale, fitted->table.people, "without_imputed",
                    "Without the answers that look filled in", "", findings);
    return fitted->family;
}

void adjust_growth(const Study& study, const ModeratorScale& scale, Findings& findings) {
    const auto all = [](const Answer&) { return true; };
    const Result<Fitted> fitted = fit_growth_given_baseline(study, scale, all, "growth_given_baseline");
    if (!fitted) {
        findings.warnings.push_back("The model given where " + study.outcome_name +
                                    " started cannot be fitted: " + fitted.error().problem() + ".");
        return;
    }
    const Family& family = fitted->family;
    findings.models.push_back(fitted->table);
    if (!family.prefix.empty()) {
        add_time_effect(family, study, "adjusted_time", findings.effects);
    }
    append(findings.effects, effects_of(family, study, scale));
    findings.adjusted =
        found(findings.effects, family.id_prefix + (study.has_moderator ? "moderator" : "arm"));
}

}  // namespace

ModeratorScale moderator_scale(const Study& study) {
    ModeratorScale scale;
    if (!study.has_moderator) {
        return scale;
    }
    for (const std::size_t at : study.complete_people()) {
        scale.people.push_back(study.people[at].moderator);
    }
    const statistics::Summary summary = statistics::summarise(scale.people);
    scale.mean = summary.mean;
    scale.standard_deviation = summary.standard_deviation;
    return scale;
}

Result<void> analyse_two_occasions(const Study& study, const ModeratorScale& scale, Analysis& analysis) {
    Findings& findings = analysis.findings;
    const auto everyone = [](const Person&) { return true; };
    findings.effects = mean_changes(study);
    std::optional<Fitted> adjusted;
    if (study.has_arms || study.has_moderator) {
        adjusted = TRY(fit_adjusted(study, scale, everyone, "ancova"));
        findings.models.push_back(adjusted->table);
        if (const statistics::Estimate* baseline = adjusted->family.effects.find(study.names.baseline)) {
            findings.effects.push_back(effect("baseline",
                                              sentence(adjusted->family.measure) + ", for each point before",
                                              *baseline, "ancova"));
        }
        append(findings.effects, effects_of(adjusted->family, study, scale));
        findings.adjusted = found(findings.effects, study.has_moderator ? "moderator" : "arm");
        add_moderation(adjusted->family, study, scale, findings);
    }
    const Fitted naive = TRY(fit_naive(study, scale, everyone, "naive"));
    findings.models.push_back(naive.table);
    add_time_effect(naive.family, study, "time", findings.effects);
    append(findings.effects, effects_of(naive.family, study, scale));
    findings.naive = found(findings.effects, study.has_moderator ? "time_by_moderator" : "time");
    if (study.has_moderator && findings.naive) {
        findings.regression_to_the_mean = regression_to_the_mean(study, 1, findings.naive->estimate.estimate);
    }
    if (adjusted) {
        const std::optional<Family> real = TRY(repeat_without_imputed(study, scale, findings));
        take_contrasts(adjusted->family, study, scale, 1, real, analysis.inputs);
        add_reliability_corrections(study, scale, findings);
    }
    put_key_effects_into_words(study, "time_by_", "", findings);
    return {};
}

Result<void> analyse_repeated_measures(const Study& study, const ModeratorScale& scale, Analysis& analysis) {
    Findings& findings = analysis.findings;
    const auto all = [](const Answer&) { return true; };
    const Fitted growth = TRY(fit_growth(study, scale, all, "growth"));
    findings.models.push_back(growth.table);
    findings.rows = growth.table.rows;
    add_time_effect(growth.family, study, "time", findings.effects);
    append(findings.effects, effects_of(growth.family, study, scale));
    findings.naive = found(findings.effects, study.has_moderator ? "time_by_moderator" : "time");
    const double span = study.last_time - study.first_time;
    if (study.has_moderator && findings.naive) {
        findings.regression_to_the_mean =
            regression_to_the_mean(study, span, findings.naive->estimate.estimate);
    }
    const std::optional<Family> real = TRY(repeat_growth_without_imputed(study, scale, findings));
    if (study.has_arms || study.has_moderator) {
        adjust_growth(study, scale, findings);
        take_contrasts(growth.family, study, scale, span, real, analysis.inputs);
        add_moderation(growth.family, study, scale, findings);
    }
    append(findings.effects, mean_changes(study));
    const bool of_change = findings.adjusted && findings.adjusted->id.starts_with("adjusted_");
    put_key_effects_into_words(study, "time_by_", of_change ? "adjusted_time_by_" : "", findings);
    return {};
}

}  // namespace groundwork::benefit
