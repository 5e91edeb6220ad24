#include "benefit/analysis.h"
#include "benefit/policy.h"
#include "benefit/summaries.h"
#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

const ModelTable* find_model(const Findings& findings, const std::string& id) {
    for (const ModelTable& model : findings.models) {
        if (model.id == id) {
            return &model;
        }
    }
    return nullptr;
}

std::string two_occasions(const Findings& findings) {
    std::string words;
    if (const ModelTable* model = find_model(findings, "ancova")) {
        words +=
            "People are compared with others who started at the same outcome: analysis of covariance by "
            "least "
            "squares, " +
            model->formula + ", on " + people(model->people) +
            " with both answers (Vickers & Altman 2001, BMJ 323, 1123). ";
    }
    if (const ModelTable* model = find_model(findings, "naive")) {
        words +=
            "Beside it stands what is often reported instead, the change over everyone, not adjusted: a "
            "linear "
            "mixed model of both occasions, " +
            model->formula + ", restricted maximum likelihood, Satterthwaite's degrees of freedom.";
    }
    return words;
}

std::string repeated_measures(const Study& study, const Findings& findings) {
    std::string words;
    if (const ModelTable* model = find_model(findings, "growth")) {
        words +=
            "Change over time: a linear mixed model, " + model->formula + ", on " +
            std::to_string(model->rows) + " answers of " + people(model->people) +
            ", restricted maximum likelihood, Satterthwaite's degrees of freedom. Everyone with at least one "
            "answer counts; answers missing at random given the others do no harm. ";
    }
    if (const ModelTable* model = find_model(findings, "growth_given_baseline")) {
        words += "The same given where each person's outcome started (" + model->formula + "). ";
        words += study.baseline_from_first_occasion
                     ? "The start is the mean of a person's answers in the first tenth of the time; these "
                       "answers are "
                       "then no outcome."
                     : "The start is the column " + study.question.baseline + ".";
    }
    if (study.before_and_after) {
        words += " The two times are counted as 0 and 1.";
    }
    return words;
}

std::string moderator_words(const Study& study, const Findings& findings) {
    return sentence(study.moderator_name) + " is centred at its mean among the analysed people, " +
           fixed(findings.moderator_mean, 4) + " (standard deviation " + fixed(findings.moderator_sd, 4) +
           "); products of arm and moderator do not depend on that, the other terms are for a person at the "
           "mean." +
           (study.has_arms ? " Arms are compared with " + study.arms.front() +
                                 (study.question.control_arm     ? ", which went without."
                                  : study.question.reference_arm ? ", as asked."
                                                                 : ", the one with most people.")
                           : "");
}

}  // namespace

std::vector<std::string> methods_of(const Study& study, const Findings& findings) {
    std::vector<std::string> methods;
    methods.push_back(study.design == Design::two_occasions ? two_occasions(findings)
                                                            : repeated_measures(study, findings));
    if (study.has_moderator) {
        methods.push_back(moderator_words(study, findings));
        methods.push_back(
            "Regression to the mean alone: if nobody changed and two measurements of an unchanged person "
            "agreed with "
            "correlation s, the change would go with the moderator by (s - 1) times the slope of the outcome "
            "before "
            "on the moderator, here " +
            fixed(findings.regression_to_the_mean ? findings.regression_to_the_mean->baseline_slope : 0, 4) +
            " (Campbell & Kenny 1999). It is drawn for s from .5 to .9.");
    }
    if (study.has_moderator && study.has_arms) {
        methods.push_back(
            "Where along the moderator the arms differ: the interval of their difference at every value "
            "(Johnson & "
            "Neyman 1936; Bauer & Curran 2005), within the observed range only. The word \"moderates\" is "
            "kept for "
            "people drawn into arms by lot.");
    }
    if (study.design == Design::two_occasions && !findings.sensitivity.empty()) {
        methods.push_back(
            "A start measured with error is adjusted for too little. The sensitivity to that takes the "
            "error out of the cross-products at an assumed or given reliability (Fuller 1987, Measurement "
            "Error Models, section 2.2), with standard errors by the sandwich.");
    }
    if (count_imputed(study) > 0) {
        methods.push_back(
            "A row looks filled in if its outcome lies off the coarsest grid of 1, 1/2, ..., 1/40 that "
            "carries at least 60 % of the values, and these values share no finer grid.");
    }
    if (!findings.reliable_change.empty()) {
        methods.push_back(
            "Reliable change: a person's change counts when it exceeds 1.96 times the standard error of a "
            "difference, the standard deviation before times the root of 2 (1 - reliability) (Jacobson & "
            "Truax 1991). " +
            std::string(study.question.outcome_reliability
                            ? "The reliability was given."
                            : "The reliability is not known here: shares are shown for three assumed "
                              "values."));
    }
    methods.push_back(
        "The verdict follows fixed rules: nothing about change below 30 people; nothing about who benefits "
        "more below 100 an arm; \"supports\" only where people were drawn by lot and the 95 % interval "
        "excludes zero; \"contradicts\" where the 90 % interval lies within " +
        shortest(study.question.smallest_difference) +
        " standard deviations of the outcome for one of the moderator (two one-sided tests; Schuirmann "
        "1987); otherwise it cannot be said yet. With several arms the 5 % are shared (Bonferroni).");
    methods.push_back(
        "Education and programme evaluation. Not for diagnosis, treatment, triage or fitness for duty.");
    return methods;
}

}  // namespace groundwork::benefit
