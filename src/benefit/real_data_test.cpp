// Real people's data, and reference values made with R 4.2.2 (lm, lme4, lmerTest). Run where the shared data
// is.
#include <doctest/doctest.h>

#include "benefit/analysis.h"
#include "benefit/models.h"
#include "benefit/reliability_correction.h"
#include "benefit/test_people.h"

using namespace groundwork;
using namespace groundwork::benefit;
using namespace groundwork::benefit::test;

namespace {

table::Frame read(const std::string& path) {
    const auto frame = table::read_table(path);
    REQUIRE_MESSAGE(frame.has_value(), (frame ? "" : frame.error().describe()));
    return *frame;
}

Findings found(const table::Frame& frame, const Question& question) {
    const auto findings = find_benefit(frame, question);
    REQUIRE_MESSAGE(findings.has_value(), (findings ? "" : findings.error().describe()));
    return *findings;
}

// Equal to the digits that are written in the reference.
void check_digits(double value, double reference, double half_a_digit) {
    CHECK_MESSAGE(std::abs(value - reference) <= half_a_digit, value << " is not " << reference);
}

void check(const statistics::Estimate& one, double estimate, double error, double p) {
    CAPTURE(one.term);
    check_digits(one.estimate, estimate, 1e-8);
    check_digits(one.standard_error, error, 1e-8);
    check_digits(one.p, p, 1e-6);
}

const statistics::Estimate& term(const Findings& findings, const std::string& model,
                                 const std::string& name) {
    for (const ModelTable& table : findings.models) {
        for (const statistics::Estimate& one : table.fixed) {
            if (table.id == model && one.term == name) {
                return one;
            }
        }
    }
    FAIL("no term " << name << " in " << model);
    return findings.models.front().fixed.front();
}

table::Frame roca(const std::string& path) {
    table::Frame frame = read(path);
    REQUIRE(table::mutate(frame,
                          "scs = (scs_common_humanity_pre + scs_isolation_rev_pre + scs_mindfulness_pre + "
                          "scs_overident_rev_pre + scs_self_judgment_rev_pre + scs_self_kindness_pre) / 6")
                .has_value());
    return frame;
}

Question roca_question() {
    Question question;
    question.outcome = "dass_depression_post";
    question.baseline = "dass_depression_pre";
    question.arm = "program";
    question.moderator = "scs";
    return question;
}

}  // namespace

TEST_CASE("two programmes, 278 people: the numbers, the filled-in rows and the verdict") {
    const std::string path = shared_data("roca_cct_mbsr_prepost.csv");
    if (path.empty()) {
        MESSAGE("skipped: no shared data");
        return;
    }
    const Findings findings = found(roca(path), roca_question());
    CHECK(findings.people == 278);
    CHECK(findings.arms[0].arm == "MBSR");
    CHECK(findings.arms[0].people == 182);

    check(term(findings, "ancova", "(Intercept)"), 0.989207105, 0.212972204, 5.2988576e-06);
    check(term(findings, "ancova", "dass_depression_pre"), 0.299811047, 0.034533197, 3.6081438e-16);
    check(term(findings, "ancova", "programCCT"), -0.118366751, 0.268810281, 6.6004246e-01);
    check(findings.adjusted->estimate, -0.086783341, 0.231678526, 7.0825981e-01);
    check(effect_called(findings, "arm_by_moderator").estimate, 0.225429001, 0.343364373, 5.1203620e-01);
    check_digits(effect_called(findings, "arm_by_moderator").interval.low, -0.4505496, 1e-7);
    check_digits(effect_called(findings, "arm_by_moderator").interval.high, 0.9014076, 1e-7);

    const std::vector<std::pair<std::string, double>> naive = {
        {"(Intercept)", 4.140989132},       {"time", -1.910267740},
        {"programCCT", -0.204423276},       {"scs_c", -2.646475877},
        {"time:programCCT", 0.024768169},   {"time:scs_c", 1.766249833},
        {"programCCT:scs_c", -0.145977303}, {"time:programCCT:scs_c", 0.327640696}};
    for (const auto& [name, value] : naive) {
        CAPTURE(name);
        check_digits(term(findings, "naive", name).estimate, value, 1e-6);
    }
    check_digits(findings.naive->estimate.statistic, 5.250582594, 1e-5);
    check_digits(effect_called(findings, "time_by_arm_by_moderator").estimate.statistic, 0.603951502, 1e-5);
    check_digits(effect_called(findings, "change:CCT").estimate.statistic, -4.6658, 1e-4);
    check_digits(effect_called(findings, "change:MBSR").estimate.statistic, -7.3311, 1e-4);

    CHECK(contains(findings.warnings.front(), "62 of 278 rows look filled in"));
    bool repeated = false;
    for (const Sensitivity& one : findings.sensitivity) {
        if (one.id == "without_imputed" && one.effect.id == "arm_by_moderator") {
            repeated = true;
            CHECK(one.people == 216);
            check(one.effect.estimate, 0.44847060, 0.42315251, 2.9043270e-01);
        }
    }
    CHECK(repeated);

    const RegressionToTheMean& curve = *findings.regression_to_the_mean;
    check_digits(curve.baseline_slope, -2.707575, 1e-6);
    check_digits(curve.curve[2].slope, 1.08, 0.005);  // stability .6
    check_digits(curve.curve[6].slope, 0.54, 0.005);  // stability .8

    CHECK(findings.verdict.status == VerdictStatus::cannot_say);
    CHECK(
        findings.verdict.words.starts_with("Explained by where depression started: regression to the mean, a "
                                           "floor, or people with more symptoms having "
                                           "more to gain. Without an untreated group these cannot be told "
                                           "apart. No evidence that self-compassion "
                                           "mattered."));
    CHECK_FALSE(contains(findings.verdict.words, "moderates"));
    REQUIRE(findings.starting_scores.has_value());
    CHECK(findings.starting_scores->lowest == 1);
    std::size_t in_bands = 0;
    for (const ScoreBand& band : findings.starting_scores->bands) {
        in_bands += band.people;
    }
    CHECK(in_bands == 278);
    REQUIRE(findings.policy.size() == 1);
    CHECK(contains(findings.policy.front().words, "Cannot be judged"));
}

TEST_CASE("the reliability correction agrees with the same equations solved in R") {
    const std::string path = shared_data("roca_cct_mbsr_prepost.csv");
    if (path.empty()) {
        MESSAGE("skipped: no shared data");
        return;
    }
    const Study study = read_study(roca(path), roca_question()).value();
    const auto once = reliability_corrected(study, moderator_scale(study), {0.8, 1}).value();
    check_digits(once.find("scs_c")->estimate, 0.19768448769, 1e-9);
    check_digits(once.find("scs_c")->standard_error, 0.3177665755, 1e-9);
    check_digits(once.find("programCCT:scs_c")->estimate, 0.24111999883, 1e-9);
    check_digits(once.find("programCCT:scs_c")->standard_error, 0.4141172848, 1e-9);
    const auto both = reliability_corrected(study, moderator_scale(study), {0.8, 0.85}).value();
    check_digits(both.find("dass_depression_pre")->estimate, 0.41579517091, 1e-9);
    check_digits(both.find("dass_depression_pre")->standard_error, 0.07391324799, 1e-9);
    check_digits(both.find("programCCT:scs_c")->estimate, 0.27274679961, 1e-9);
    check_digits(both.find("programCCT:scs_c")->standard_error, 0.48653613971, 1e-9);
}

TEST_CASE("63 days, 217 people: the three-way product, and the same given where mood started") {
    const std::string path = shared_data("study217_daily.csv");
    if (path.empty()) {
        MESSAGE("skipped: no shared data");
        return;
    }
    table::Frame frame = read(path);
    REQUIRE(table::mutate(frame, "scc = sc - 3").has_value());
    Question question;
    question.outcome = "pos";
    question.time = "week";
    question.id = "id";
    question.arm = "arm";
    question.moderator = "scc";
    question.allocation = Allocation::randomised;
    const Findings findings = found(frame, question);
    CHECK(findings.design == Design::repeated_measures);
    CHECK(findings.people == 217);
    CHECK(findings.rows == 10900);
    CHECK(findings.arms[0].arm == "MM");
    check_digits(findings.moderator_mean, -0.09340659, 1e-8);

    const Effect& three_way = effect_called(findings, "time_by_arm_by_moderator");
    check_digits(three_way.estimate.estimate, 0.0225113401908, 1e-9);
    check_digits(three_way.estimate.standard_error, 0.011578540547, 1e-9);
    check_digits(three_way.estimate.degrees_of_freedom, 197.18, 0.05);
    check_digits(findings.naive->estimate.estimate, 0.0168960802, 1e-6);
    check_digits(effect_called(findings, "time_by_arm").estimate.estimate, 0.0117046705, 1e-6);
    check_digits(effect_called(findings, "adjusted_time_by_arm_by_moderator").estimate.estimate,
                 0.02634320734, 1e-6);
    check_digits(effect_called(findings, "adjusted_time_by_arm_by_moderator").estimate.standard_error,
                 0.01202288237, 1e-6);
    check_digits(findings.adjusted->estimate.estimate, 0.01587400424, 1e-6);
    CHECK(findings.verdict.status == VerdictStatus::cannot_say);
    CHECK(findings.means.size() == 24);
}

TEST_CASE(
    "a drawn trial against waiting: the mixed model's numbers, and that neuroticism is not shown to matter") {
    const std::string path = shared_data("mbct_esm_geschwind_bringmann.csv");
    if (path.empty()) {
        MESSAGE("skipped: no shared data");
        return;
    }
    Question question;
    question.outcome = "sad";
    question.time = "post";
    question.id = "pid";
    question.arm = "mbct";
    question.moderator = "neuroticism";
    question.control_arm = "0";
    question.allocation = Allocation::randomised;
    question.better = Better::lower;
    const Findings findings = found(read(path), question);
    CHECK(findings.people == 128);
    CHECK(findings.rows == 11684);
    check_digits(effect_called(findings, "time_by_arm").estimate.estimate, -0.41962594761, 1e-5);
    check_digits(effect_called(findings, "time_by_arm_by_moderator").estimate.estimate, -0.01906767382, 1e-6);
    check_digits(effect_called(findings, "time_by_arm_by_moderator").estimate.statistic, -0.977427953, 1e-4);
    CHECK(findings.verdict.status == VerdictStatus::cannot_say);
    CHECK(contains(findings.verdict.words, "what the programme did"));
}
