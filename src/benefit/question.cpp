#include "benefit/question.h"

#include <map>

namespace groundwork::benefit {

Result<void> check_question(const Question& question) {
    if (question.outcome.empty()) {
        return fail(usage_error("the question names no outcome").remedy("Name its column with --outcome."));
    }
    if (question.time.empty() && question.baseline.empty()) {
        return fail(
            usage_error("without --time the file has one row a person, and the same outcome before is needed")
                .remedy("Name its column with --baseline; or name the column of time with --time."));
    }
    if (!question.time.empty() && question.id.empty()) {
        return fail(
            usage_error("with --time a person has several rows, and nothing says which rows are one person's")
                .remedy("Name the column of people with --id."));
    }
    std::map<std::string, std::string> role_of;
    const auto take = [&](const std::string& column, const std::string& role) -> Result<void> {
        if (column.empty()) {
            return {};
        }
        const auto [held, fresh] = role_of.emplace(column, role);
        if (!fresh) {
            return fail(
                usage_error("the column " + column + " is named both as " + held->second + " and as " + role)
                    .remedy("Each needs a column of its own."));
        }
        return {};
    };
    TRY_DO(take(question.outcome, "outcome"));
    TRY_DO(take(question.baseline, "baseline"));
    TRY_DO(take(question.arm, "arm"));
    TRY_DO(take(question.moderator, "moderator"));
    TRY_DO(take(question.id, "id"));
    TRY_DO(take(question.time, "time"));
    for (const std::string& covariate : question.covariates) {
        TRY_DO(take(covariate, "covariate"));
    }
    if (question.control_arm && question.reference_arm && *question.control_arm != *question.reference_arm) {
        return fail(usage_error("the untreated arm " + *question.control_arm +
                                " is what the others are compared with, "
                                "so the reference cannot be " +
                                *question.reference_arm)
                        .remedy("Leave --reference out."));
    }
    if (question.arm.empty() && (question.control_arm || question.reference_arm)) {
        return fail(
            usage_error("an arm is named, but not the column of the arms").remedy("Name it with --arm."));
    }
    const auto is_reliability = [](const std::optional<double>& value) {
        return !value || (*value > 0 && *value < 1);
    };
    if (!is_reliability(question.outcome_reliability) || !is_reliability(question.moderator_reliability)) {
        return fail(usage_error("a reliability lies between 0 and 1").remedy("Give it as .85, for example."));
    }
    if (!(question.smallest_difference > 0)) {
        return fail(usage_error("the smallest difference that matters must be above 0")
                        .remedy("Give it in standard deviations, for example .1."));
    }
    return {};
}

}  // namespace groundwork::benefit
