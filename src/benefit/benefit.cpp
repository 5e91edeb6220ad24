#include "benefit/benefit.h"

#include <algorithm>

#include "benefit/analysis.h"
#include "benefit/policy.h"
#include "benefit/summaries.h"
#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

std::size_t smallest_arm(const Study& study) {
    std::vector<std::size_t> sizes(study.arms.size(), 0);
    for (const std::size_t at : study.complete_people()) {
        ++sizes[static_cast<std::size_t>(study.people[at].arm)];
    }
    return *std::min_element(sizes.begin(), sizes.end());
}

void begin_findings(const Study& study, const ModeratorScale& scale, Findings& findings) {
    findings.question = study.question;
    findings.outcome_name = study.outcome_name;
    findings.moderator_name = study.moderator_name;
    findings.design = study.design;
    findings.people = study.complete_people().size();
    findings.rows = findings.people;
    findings.arms = arm_summaries(study);
    findings.moderator_mean = scale.mean;
    findings.moderator_sd = scale.standard_deviation;
    findings.warnings = warnings_of(study);
    findings.means = means_over_time(study);
    findings.reliable_change = reliable_changes(study);
    if (study.has_moderator) {
        findings.starting_scores = starting_scores(study, scale);
    }
}

void take_verdict(const Study& study, Analysis& analysis) {
    VerdictInputs& inputs = analysis.inputs;
    Findings& findings = analysis.findings;
    inputs.design = study.design;
    inputs.outcome_name = study.outcome_name;
    inputs.moderator_name = study.moderator_name;
    inputs.has_moderator = study.has_moderator;
    inputs.people = findings.people;
    inputs.smallest_arm = smallest_arm(study);
    inputs.arms = study.arms;
    inputs.allocation = study.question.allocation;
    inputs.better = study.question.better;
    inputs.control_arm = study.question.control_arm;
    inputs.naive = findings.naive;
    inputs.adjusted = findings.adjusted;
    findings.verdict = judge(inputs);
    if (findings.people < fewest_for_change) {  // numbers stay for those who can weigh them; words do not
        findings.naive_words = "Too few people: nothing is said about change.";
        findings.adjusted_words = findings.naive_words;
        if (findings.regression_to_the_mean) {
            findings.regression_to_the_mean->words = findings.naive_words;
        }
    }
}

}  // namespace

Result<Findings> find_benefit(const table::Frame& frame, const Question& question) {
    const Study study = TRY(read_study(frame, question));
    const ModeratorScale scale = moderator_scale(study);
    Analysis analysis;
    begin_findings(study, scale, analysis.findings);
    if (study.design == Design::two_occasions) {
        TRY_DO(analyse_two_occasions(study, scale, analysis));
    } else {
        TRY_DO(analyse_repeated_measures(study, scale, analysis));
    }
    analysis.findings.policy = TRY(judge_policies(study, scale));
    take_verdict(study, analysis);
    analysis.findings.methods = methods_of(study, analysis.findings);
    for (const ModelTable& model : analysis.findings.models) {
        if (model.certificate && model.certificate->status == "not-certified") {
            analysis.findings.warnings.push_back(
                "The model \"" + model.title +
                "\" could not be proven to be at its optimum: " + model.certificate->words);
        }
    }
    return std::move(analysis.findings);
}

}  // namespace groundwork::benefit
