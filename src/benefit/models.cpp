#include "benefit/models.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

// "arm * moderator_c", "arm", "moderator_c" or nothing, with `time` in front where it is named.
std::string products(const Study& study, const std::string& time) {
    std::vector<std::string> parts;
    if (!time.empty()) {
        parts.push_back(time);
    }
    if (study.has_arms) {
        parts.push_back(study.names.arm);
    }
    if (study.has_moderator) {
        parts.push_back(study.names.moderator);
    }
    return join(parts, " * ");
}

std::string sum_of(const std::vector<std::string>& parts) {
    std::vector<std::string> present;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(present),
                 [](const auto& one) { return !one.empty(); });
    return present.empty() ? "1" : join(present, " + ");
}

std::string covariate_names(const Study& study) {
    std::vector<std::string> names;
    for (const Covariate& covariate : study.covariates) {
        names.push_back(covariate.name);
    }
    return join(names, " + ");
}

// Arm and centred moderator of `who`, one entry a row of the model.
void add_person_columns(const Study& study, const ModeratorScale& scale, const std::vector<std::size_t>& who,
                        ModelData& data) {
    std::vector<std::int32_t> arms;
    std::vector<double> moderators;
    for (const std::size_t at : who) {
        arms.push_back(study.people[at].arm);
        moderators.push_back(study.people[at].moderator - scale.mean);
    }
    if (study.has_arms) {
        data.add_factor(study.names.arm, std::move(arms), study.arms);
    }
    if (study.has_moderator) {
        data.add_numbers(study.names.moderator, std::move(moderators));
    }
}

void add_ids(const Study& study, const std::vector<std::size_t>& who, ModelData& data) {
    std::vector<std::string> levels;
    for (std::size_t i = 0; i < study.people.size(); ++i) {
        levels.push_back(std::to_string(i + 1));
    }
    data.add_factor(study.names.id, std::vector<std::int32_t>(who.begin(), who.end()), std::move(levels));
}

// The covariates at `rows` (people in two occasions, answers in repeated measures).
void add_covariates(const Study& study, const std::vector<std::size_t>& rows, ModelData& data) {
    for (const Covariate& covariate : study.covariates) {
        if (covariate.numbers.empty()) {
            std::vector<std::int32_t> codes;
            for (const std::size_t row : rows) {
                codes.push_back(covariate.codes[row]);
            }
            data.add_factor(covariate.name, std::move(codes), covariate.levels);
        } else {
            std::vector<double> numbers;
            for (const std::size_t row : rows) {
                numbers.push_back(covariate.numbers[row]);
            }
            data.add_numbers(covariate.name, std::move(numbers));
        }
    }
}

Result<Fitted> fit_least_squares(const ModelData& data, const std::string& formula, std::string id,
                                 std::string title, Family family) {
    statistics::LinearModel model = TRY(statistics::fit_linear_model(formula, data.view()));
    Fitted fitted;
    fitted.table = table_of(model, id, std::move(title), formula);
    fitted.family = std::move(family);
    fitted.family.effects = fixed_effects(model);
    fitted.family.model = std::move(id);
    fitted.linear = std::move(model);
    return fitted;
}

Result<Fitted> fit_mixed(const ModelData& data, const std::string& formula, std::string id, std::string title,
                         Family family) {
    const statistics::MixedModel model = TRY(statistics::fit_mixed_model(formula, data.view()));
    Fitted fitted;
    fitted.table = table_of(model, id, std::move(title), formula);
    fitted.family = std::move(family);
    fitted.family.effects = fixed_effects(model);
    fitted.family.model = std::move(id);
    return fitted;
}

// "change in mood per week", or "change in mood" where time is before and after.
std::string change_words(const Study& study) {
    return "change in " + study.outcome_name +
           (study.before_and_after ? "" : " per unit of " + study.question.time);
}

std::string adjusted_words(const Study& study) {
    return study.outcome_name + " after, adjusted for " + study.outcome_name + " before";
}

struct Rows {
    std::vector<std::size_t> people;  // of each row
    std::vector<std::size_t> answers;
    std::vector<double> outcome, time, baseline;
    std::set<double> times;
    std::size_t most_for_one_person = 0;
};

Rows gather(const Study& study, const KeepAnswer& keep) {
    Rows rows;
    std::vector<std::size_t> count(study.people.size(), 0);
    for (std::size_t i = 0; i < study.answers.size(); ++i) {
        const Answer& answer = study.answers[i];
        const Person& person = study.people[answer.person];
        if (!study.is_complete(person) || !keep(answer)) {
            continue;
        }
        rows.people.push_back(answer.person);
        rows.answers.push_back(i);
        rows.outcome.push_back(answer.outcome);
        rows.time.push_back(answer.time);
        rows.baseline.push_back(person.baseline);
        rows.times.insert(answer.time);
        rows.most_for_one_person = std::max(rows.most_for_one_person, ++count[answer.person]);
    }
    return rows;
}

// With two answers a person a random slope could not be told from the residual.
std::string random_term(const Study& study, const Rows& rows) {
    const bool slope = rows.most_for_one_person > 2 && rows.times.size() > 1;
    return "(" + (slope ? study.names.time : "1") + " | " + study.names.id + ")";
}

ModelData growth_data(const Study& study, const ModeratorScale& scale, const Rows& rows) {
    ModelData data;
    data.add_numbers(study.names.outcome, rows.outcome);
    data.add_numbers(study.names.time, rows.time);
    add_person_columns(study, scale, rows.people, data);
    add_covariates(study, rows.answers, data);
    add_ids(study, rows.people, data);
    return data;
}

}  // namespace

Result<Fitted> fit_adjusted(const Study& study, const ModeratorScale& scale, const Keep& keep,
                            std::string id) {
    std::vector<std::size_t> who;
    std::vector<double> before, after;
    for (const std::size_t at : study.complete_people()) {
        if (keep(study.people[at])) {
            who.push_back(at);
            before.push_back(study.people[at].baseline);
            after.push_back(study.people[at].after);
        }
    }
    ModelData data;
    data.add_numbers(study.names.outcome, std::move(after));
    data.add_numbers(study.names.baseline, std::move(before));
    add_person_columns(study, scale, who, data);
    add_covariates(study, who, data);
    const std::string formula = study.names.outcome + " ~ " +
                                sum_of({study.names.baseline, products(study, ""), covariate_names(study)});
    Family family;
    family.measure = adjusted_words(study);
    return fit_least_squares(
        data, formula, std::move(id),
        sentence(study.outcome_name) + " after, adjusted for " + study.outcome_name + " before",
        std::move(family));
}

Result<Fitted> fit_naive(const Study& study, const ModeratorScale& scale, const Keep& keep, std::string id) {
    std::vector<std::size_t> who;
    std::vector<double> outcome, time;
    for (std::size_t at = 0; at < study.people.size(); ++at) {
        const Person& person = study.people[at];
        if (person.arm < 0 || std::isnan(person.moderator) || !keep(person)) {
            continue;
        }
        for (const double when : {0.0, 1.0}) {
            who.push_back(at);
            time.push_back(when);
            outcome.push_back(when == 0 ? person.baseline : person.after);
        }
    }
    ModelData data;
    data.add_numbers(study.names.stacked, std::move(outcome));
    data.add_numbers(study.names.time, std::move(time));
    add_person_columns(study, scale, who, data);
    add_ids(study, who, data);
    const std::string formula =
        study.names.stacked + " ~ " + products(study, study.names.time) + " + (1 | " + study.names.id + ")";
    Family family;
    family.prefix = study.names.time + ":";
    family.id_prefix = "time_by_";
    family.measure = "change in " + study.outcome_name;
    return fit_mixed(data, formula, std::move(id),
                     "Change over everyone, not adjusted for where the outcome started", std::move(family));
}

Result<Fitted> fit_growth(const Study& study, const ModeratorScale& scale, const KeepAnswer& keep,
                          std::string id) {
    const Rows rows = gather(study, keep);
    const ModelData data = growth_data(study, scale, rows);
    const std::string formula =
        study.names.outcome + " ~ " +
        sum_of({products(study, study.names.time), covariate_names(study), random_term(study, rows)});
    Family family;
    family.prefix = study.names.time + ":";
    family.id_prefix = "time_by_";
    family.measure = change_words(study);
    return fit_mixed(data, formula, std::move(id), sentence(study.outcome_name) + " over time",
                     std::move(family));
}

Result<Fitted> fit_growth_given_baseline(const Study& study, const ModeratorScale& scale,
                                         const KeepAnswer& keep, std::string id) {
    Rows rows = gather(study, [&](const Answer& answer) {
        return keep(answer) && !answer.is_baseline && !std::isnan(study.people[answer.person].baseline);
    });
    if (rows.outcome.empty()) {
        return fail(unacceptable("no answer after the first occasion belongs to a person with one before"));
    }
    ModelData data = growth_data(study, scale, rows);
    double mean = 0;
    for (const double value : rows.baseline) {
        mean += value / static_cast<double>(rows.baseline.size());
    }
    std::transform(rows.baseline.begin(), rows.baseline.end(), rows.baseline.begin(),
                   [mean](double value) { return value - mean; });
    data.add_numbers(study.names.baseline, rows.baseline);
    const std::string title =
        sentence(study.outcome_name) + " after, given where each person's " + study.outcome_name + " started";
    Family family;
    if (rows.times.size() == 1) {
        family.measure = adjusted_words(study);
        const std::string fixed = study.names.outcome + " ~ " +
                                  sum_of({study.names.baseline, products(study, ""), covariate_names(study)});
        if (rows.most_for_one_person == 1) {
            return fit_least_squares(data, fixed, std::move(id), title, std::move(family));
        }
        return fit_mixed(data, fixed + " + " + random_term(study, rows), std::move(id), title,
                         std::move(family));
    }
    family.prefix = study.names.time + ":";
    family.id_prefix = "adjusted_time_by_";
    family.measure = change_words(study) + ", given where " + study.outcome_name + " started";
    const std::string formula =
        study.names.outcome + " ~ " +
        sum_of({products(study, study.names.time), study.names.time + " * " + study.names.baseline,
                covariate_names(study), random_term(study, rows)});
    return fit_mixed(data, formula, std::move(id), title, std::move(family));
}

}  // namespace groundwork::benefit
