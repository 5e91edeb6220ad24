// Made-up findings that look like real ones, for tests and for looking at the report. All people and numbers
// are invented; only the sizes resemble studies that exist.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "benefit/benefit.h"

namespace groundwork::report::samples {

inline benefit::Effect effect(std::string id, std::string label, double estimate, double standard_error,
                              double p, std::string model) {
    const double half = 1.97 * standard_error;
    return {id,
            std::move(label),
            {id, estimate, standard_error, 271, estimate / standard_error, p},
            {estimate - half, estimate + half},
            std::move(model)};
}

inline benefit::MeanAt mean(std::string arm, double time, std::size_t people, double value,
                            double deviation) {
    const double half = 1.97 * deviation / std::sqrt(static_cast<double>(people));
    return {std::move(arm), time, people, value, deviation, {value - half, value + half}};
}

// Scores between 1 and 5 in twelfths, thick in the middle: the sum of three slow waves is near enough to a
// bell.
inline std::vector<double> scores(std::size_t people, double average) {
    std::vector<double> result;
    for (std::size_t i = 0; i < people; ++i) {
        const auto step = static_cast<double>(i);
        const double wave = std::fmod(step * 0.6180339887, 1) + std::fmod(step * 0.7548776662, 1) +
                            std::fmod(step * 0.5698402910, 1) - 1.5;
        result.push_back(std::round(12 * std::fmin(5, std::fmax(1, average + 1.35 * wave))) / 12);
    }
    return result;
}

// A straight line with the hyperbolic band of a regression around its middle.
inline benefit::Moderation moderation(std::string arm, std::string reference, std::string scale,
                                      double at_middle, double slope, double error,
                                      const std::vector<double>& people, double middle) {
    benefit::Moderation result{std::move(arm), std::move(reference), std::move(scale), {}, people};
    for (int i = 0; i <= 80; ++i) {
        const double score = 1.2 + 3.6 * i / 80;
        const double difference = at_middle + slope * (score - middle);
        const double half = 1.97 * error * std::sqrt(1 + std::pow((score - middle) / 0.66, 2));
        result.curve.push_back({score, difference, {difference - half, difference + half}});
    }
    return result;
}

inline benefit::StartingScores starting_scores(const std::vector<double>& people) {
    benefit::StartingScores result{people,
                                   1.0,
                                   5.0,
                                   {{"low", 1, 2.5, 0}, {"middle", 2.5, 3.5, 0}, {"high", 3.5, 5, 0}},
                                   "strata of the protocol matched-six-week: a convention, not a norm"};
    for (const double score : people) {
        ++result.bands[score < 2.5 ? 0 : score < 3.5 ? 1 : 2].people;
    }
    return result;
}

// One row a person, two programmes not drawn at random, 278 people, before and after.
inline benefit::Findings two_occasions() {
    benefit::Findings findings;
    findings.question.outcome = "dep_post";
    findings.question.baseline = "dep_pre";
    findings.question.arm = "program";
    findings.question.moderator = "scs_total_pre";
    findings.question.allocation = benefit::Allocation::not_randomised;
    findings.question.better = benefit::Better::lower;
    findings.outcome_name = "depression";
    findings.moderator_name = "self-compassion";
    findings.people = findings.rows = 278;
    findings.arms = {{"MBSR", 182, 182}, {"CCT", 96, 96}};
    findings.moderator_mean = 3.028;
    findings.moderator_sd = 0.655;
    findings.verdict = {
        benefit::VerdictStatus::cannot_say, "The change is explained by where depression started",
        "Explained by where depression started: regression to the mean, a floor, or people with more "
        "symptoms having more to gain. Without an untreated group these cannot be told apart. No "
        "evidence that self-compassion mattered."};
    findings.naive =
        effect("naive", "Change by starting score, everyone together", 1.77, 0.336, 0.0000003, "naive");
    findings.naive_words = "Taken alone, people with a lower starting score seem to have improved more.";
    findings.adjusted = effect("adjusted", "The same, adjusted for dep_pre", -0.087, 0.232, 0.708, "ancova");
    findings.adjusted_words =
        "They had also begun with more symptoms. Comparing people who began alike, the starting "
        "score makes no difference that can be told from chance.";
    findings.effects = {
        effect("arm", "Difference between CCT and MBSR after", -0.118, 0.291, 0.685, "ancova"),
        effect("arm_by_moderator", "Change of that difference for each point of self-compassion", 0.225,
               0.343, 0.512, "ancova")};
    findings.regression_to_the_mean = {-2.69, {}, 1.77, ""};
    for (int i = 0; i <= 8; ++i) {
        const double stability = 0.5 + 0.05 * i;
        findings.regression_to_the_mean->curve.push_back({stability, 2.69 * (1 - stability)});
    }
    findings.regression_to_the_mean->words =
        "The change seen is larger than regression to the mean alone gives at any stability assumed here, so "
        "a floor "
        "or more room to gain may play a part. These data cannot tell.";
    findings.means = {mean("MBSR", 0, 182, 4.198, 4.02), mean("MBSR", 1, 182, 2.250, 2.61),
                      mean("CCT", 0, 96, 3.823, 3.75), mean("CCT", 1, 96, 2.023, 2.42)};
    const std::vector<double> people = scores(278, 3.03);
    findings.starting_scores = starting_scores(people);
    findings.moderation = {
        moderation("CCT", "MBSR", "points of depression", -0.118, 0.225, 0.24, people, 3.03)};
    findings.regions = {{"CCT", 1.2, 4.8, 0, 1.0, 278}};
    findings.reliable_change = {{"MBSR", 0.88, 4.02, 3.86, 6, 129, 47, 47, 6, "given"},
                                {"CCT", 0.88, 3.75, 3.60, 2, 72, 22, 22, 2, "given"}};
    findings.sensitivity = {{"without_imputed", "Without 62 rows that look filled in", 216,
                             effect("arm_by_moderator", "", 0.45, 0.42, 0.29, "ancova"),
                             "62 rows hold values that nobody can have "
                             "answered, such as fractions of a point on a whole-number scale; they look "
                             "filled in by a computer."},
                            {"reliability_corrected", "Corrected for measurement error in dep_pre", 278,
                             effect("adjusted", "", 0.11, 0.27, 0.68, "ancova"), ""}};
    findings.policy = {
        {"by scs_total_pre", std::nullopt, std::nullopt,
         "Not enough people to say what choosing a programme by starting score would be worth: at least "
         "100 in each programme are needed, and 96 were in CCT."}};
    benefit::ModelTable ancova{"ancova",
                               "Outcome after, adjusted for the same outcome before",
                               "dep_post ~ dep_pre + program * scs_total_pre_c",
                               278,
                               278,
                               {},
                               {},
                               2.31,
                               std::nullopt,
                               std::nullopt,
                               {}};
    ancova.fixed = {{"(Intercept)", 0.98921, 0.2431, 273, 4.07, 0.00006},
                    {"dep_pre", 0.29981, 0.0412, 273, 7.28, 4e-12},
                    {"programCCT", -0.11837, 0.291, 273, -0.41, 0.685},
                    {"scs_total_pre_c", -0.08678, 0.232, 273, -0.37, 0.708},
                    {"programCCT:scs_total_pre_c", 0.22543, 0.34336, 273, 0.66, 0.512}};
    findings.models = {ancova};
    findings.methods = {
        "The outcome after was modelled from the same outcome before, the programme, the starting "
        "score and their product (analysis of covariance; ordinary least squares).",
        "Regions come from the Johnson-Neyman technique (Johnson and Neyman 1936; Bauer and Curran "
        "2005); intervals are pointwise."};
    findings.warnings = {
        "62 of 278 rows look filled in (imputed). The analysis is repeated without them below.",
        "People were not drawn into the programmes at random."};
    return findings;
}

// 217 people drawn into two programmes, seven weekly occasions.
inline benefit::Findings repeated_measures() {
    benefit::Findings findings;
    findings.design = benefit::Design::repeated_measures;
    findings.question.outcome = "positive_emotion";
    findings.question.arm = "arm";
    findings.question.moderator = "self_compassion";
    findings.question.id = "id";
    findings.question.time = "week";
    findings.question.allocation = benefit::Allocation::randomised;
    findings.question.better = benefit::Better::higher;
    findings.outcome_name = "positive emotion";
    findings.moderator_name = "self-compassion";
    findings.people = 217;
    findings.rows = 1432;
    findings.arms = {{"mindfulness", 108, 101}, {"loving-kindness", 109, 98}};
    findings.moderator_mean = 2.96;
    findings.moderator_sd = 0.68;
    findings.verdict = {
        benefit::VerdictStatus::supports,
        "Loving-kindness suited people who started high; mindfulness those who started low",
        "People were drawn into the programmes. The difference between them in change per week grows "
        "by 0.06 for each point of self-compassion. One study; whether choosing by score would help "
        "has not been tested."};
    findings.effects = {
        effect("change_by_arm", "Difference in change per week between loving-kindness and mindfulness",
               0.004, 0.0121, 0.741, "growth"),
        effect("change_by_arm_by_moderator", "Change of that difference for each point of self-compassion",
               0.0612, 0.0184, 0.001, "growth")};
    for (int week = 0; week <= 6; ++week) {
        const auto missing = static_cast<std::size_t>(week);
        findings.means.push_back(mean("mindfulness", week, 108 - missing, 2.11 + 0.045 * week, 0.82));
        findings.means.push_back(mean("loving-kindness", week, 109 - 2 * missing,
                                      2.08 + 0.052 * week + 0.03 * std::sin(week), 0.85));
    }
    const std::vector<double> people = scores(217, 2.96);
    findings.starting_scores = benefit::StartingScores{people, std::nullopt, std::nullopt, {}, ""};
    findings.moderation = {moderation("loving-kindness", "mindfulness", "positive emotion per week", 0.004,
                                      0.0612, 0.0121, people, 2.96)};
    findings.regions = {{"loving-kindness", 1.2, 2.41, -1, 0.21, 46},
                        {"loving-kindness", 2.41, 3.36, 0, 0.51, 110},
                        {"loving-kindness", 3.36, 4.8, 1, 0.28, 61}};
    findings.sensitivity = {{"without_late", "Without people who joined late", 201,
                             effect("change_by_arm_by_moderator", "", 0.0587, 0.0191, 0.002, "growth"), ""},
                            {"baseline_covariate", "Adjusted for positive emotion at the start", 217,
                             effect("change_by_arm_by_moderator", "", 0.0309, 0.0201, 0.126, "growth"), ""}};
    benefit::ModelTable growth{"growth",
                               "Course over time",
                               "positive_emotion ~ week * arm * self_compassion + "
                               "(1 + week | id)",
                               1432,
                               217,
                               {},
                               {},
                               0.4127,
                               2187.4031,
                               std::nullopt,
                               {}};
    growth.fixed = {{"(Intercept)", 2.10981, 0.0712, 213.2, 29.6, 1e-20},
                    {"week", 0.04489, 0.0083, 208.1, 5.4, 1e-7},
                    {"armloving-kindness", -0.0281, 0.1004, 213, -0.28, 0.78},
                    {"week:armloving-kindness:self_compassion", 0.06123, 0.0184, 207.4, 3.33, 0.001}};
    growth.random = {{"id", {"(Intercept)", "week"}, {0.6912, 0.0611}, {-0.214}, 217}};
    growth.certificate.emplace();
    growth.certificate->status = "certified";
    growth.certificate->words =
        "The optimum was checked: the slope is zero in every direction and no step improves it.";
    findings.models = {growth};
    findings.methods = {
        "A linear mixed model with a random intercept and slope for each person, fitted by restricted "
        "maximum likelihood; degrees of freedom after Satterthwaite."};
    return findings;
}

// What a careless or hostile file might bring: `arms` programmes whose names hold markup, quotes, other
// scripts and hundreds of letters, and numbers that are not numbers.
inline benefit::Findings hostile(std::size_t arms) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const double endless = std::numeric_limits<double>::infinity();
    const std::string markup = "<script>alert(\"1\")</script>' onload='x";
    const std::string endless_word(300, 'W');
    benefit::Findings findings = two_occasions();
    findings.outcome_name = markup;
    findings.moderator_name = endless_word;
    findings.question.covariates = {markup, endless_word};
    findings.verdict.headline = markup + " & \x01 \xff";
    findings.warnings = {endless_word, "]]> --> </style></title>",
                         "\u4E2D\u6587 \u0639\u0631\u0628\u064A \U0001F9D8"};
    findings.arms.clear();
    findings.means.clear();
    findings.moderation.clear();
    findings.regions.clear();
    findings.reliable_change.clear();
    const std::vector<std::string> names{markup, endless_word, "\u51A5\u60F3\u30D7\u30ED\u30B0\u30E9\u30E0",
                                         "", "a b"};
    for (std::size_t i = 0; i < arms; ++i) {
        const std::string name = names[i % names.size()] + (i < names.size() ? "" : std::to_string(i));
        findings.arms.push_back({name, i, i});
        findings.means.push_back(mean(name, 0, i + 1, 1e9 * static_cast<double>(i), 4e8));
        findings.means.push_back(mean(name, 1, i + 1, i % 7 == 3 ? none : 2e9, 4e8));
        findings.reliable_change.push_back(
            {name, none, endless, none, i % 3, i % 5, i % 2, i % 3, i % 2, markup});
        if (i == 0) {
            continue;
        }
        findings.moderation.push_back(moderation(name, names[0], markup, 0, 0.1, 1e-9, {none, 2, 3}, 3));
        findings.moderation.back().curve[3] = {none, none, {none, endless}};
        findings.regions.push_back({name, -endless, endless, 1, none, 0});
    }
    findings.naive = effect("naive", markup, none, none, none, markup);
    findings.adjusted = effect("adjusted", endless_word, endless, 1, none, "");
    findings.sensitivity[0].label = markup + endless_word;
    findings.sensitivity[0].effect.interval = {none, none};
    findings.regression_to_the_mean->observed = none;
    findings.regression_to_the_mean->curve[2].slope = none;
    findings.starting_scores->people.push_back(none);
    findings.starting_scores->bands[1].label = markup;
    findings.models[0].fixed[1] = {markup, none, endless, -endless, none, none};
    return findings;
}

}  // namespace groundwork::report::samples
