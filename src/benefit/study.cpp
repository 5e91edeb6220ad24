#include "benefit/study.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "benefit/model_data.h"
#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double occasion_width =
    0.1;  // of the time from first to last: what counts as the first and last occasion

// "dass_depression" of dass_depression_post and dass_depression_pre: what both occasions have in common.
std::string common_stem(const std::string& outcome, const std::string& baseline) {
    const auto [end, unused] =
        std::mismatch(outcome.begin(), outcome.end(), baseline.begin(), baseline.end());
    std::string stem(outcome.begin(), end);
    while (!stem.empty() && (stem.back() == '_' || stem.back() == '.' || stem.back() == ' ')) {
        stem.pop_back();
    }
    return stem.size() >= 3 ? stem : outcome;
}

ModelNames name_columns(const Question& question, std::vector<std::string>& taken) {
    const auto named = [&](const std::string& column, const std::string& otherwise) {
        return identifier(column.empty() ? otherwise : column, taken);
    };
    ModelNames names;
    names.outcome = named(question.outcome, "");
    names.baseline = named(question.baseline, "baseline");
    names.arm = named(question.arm, "arm");
    names.moderator = named(question.moderator.empty() ? "" : question.moderator + "_c", "moderator_c");
    names.time = named(question.time, "time");
    names.id = named(question.id, "id");
    const std::string stem = common_stem(question.outcome, question.baseline);
    names.stacked = stem == question.outcome ? names.outcome : identifier(stem, taken);
    return names;
}

// ---- cells
// --------------------------------------------------------------------------------------------------------

Result<std::vector<double>> numbers_of(const table::Frame& frame, const std::string& column) {
    const table::Column* found = TRY(frame.find_numbers(column));
    return std::vector<double>(found->numbers().begin(), found->numbers().end());
}

// The arm of each row as an index into the values in the order of the alphabet.
struct Groups {
    std::vector<int> codes;  // -1 missing
    std::vector<std::string> levels;
};

Result<Groups> groups_of(const table::Frame& frame, const std::string& column) {
    const table::Column* found = TRY(frame.find(column));
    std::set<std::string> values;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        if (!found->is_missing(row)) {
            values.insert(found->text(row));
        }
    }
    Groups groups;
    groups.levels.assign(values.begin(), values.end());
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        const auto at = std::lower_bound(groups.levels.begin(), groups.levels.end(), found->text(row));
        groups.codes.push_back(found->is_missing(row) ? -1 : static_cast<int>(at - groups.levels.begin()));
    }
    return groups;
}

// The frame's columns of the question, one entry a row.
struct Cells {
    std::vector<double> outcome, baseline, moderator, time;  // empty where the question has no such column
    Groups arm;
};

Result<Cells> read_cells(const table::Frame& frame, const Question& question) {
    const auto read = [&](const std::string& column) -> Result<std::vector<double>> {
        return column.empty() ? std::vector<double>{} : numbers_of(frame, column);
    };
    Cells cells;
    cells.outcome = TRY(read(question.outcome));
    cells.baseline = TRY(read(question.baseline));
    cells.moderator = TRY(read(question.moderator));
    cells.time = TRY(read(question.time));
    if (!question.arm.empty()) {
        cells.arm = TRY(groups_of(frame, question.arm));
    }
    for (const auto& [column, values] : {std::pair(&question.outcome, &cells.outcome),
                                         {&question.baseline, &cells.baseline},
                                         {&question.moderator, &cells.moderator},
                                         {&question.time, &cells.time}}) {
        for (std::size_t row = 0; row < values->size(); ++row) {
            if (std::isinf((*values)[row])) {
                return fail(
                    unacceptable("is not a finite number").at(frame.place(row, *column)).value("Inf"));
            }
        }
    }
    return cells;
}

Result<std::vector<Covariate>> read_covariates(const table::Frame& frame, const Question& question,
                                               std::vector<std::string>& taken) {
    std::vector<Covariate> covariates;
    for (const std::string& column : question.covariates) {
        const table::Column* found = TRY(frame.find(column));
        Covariate covariate;
        covariate.name = identifier(column, taken);
        if (found->kind() == table::ColumnKind::text) {
            covariate.codes.assign(found->codes().begin(), found->codes().end());
            covariate.levels = found->levels();
        } else {
            covariate.numbers.assign(found->numbers().begin(), found->numbers().end());
        }
        covariates.push_back(std::move(covariate));
    }
    return covariates;
}

bool covariates_known(const std::vector<Covariate>& covariates, std::size_t row) {
    return std::all_of(covariates.begin(), covariates.end(), [&](const Covariate& one) {
        return one.numbers.empty() ? one.codes[row] >= 0 : std::isfinite(one.numbers[row]);
    });
}

void keep_rows(std::vector<Covariate>& covariates, const std::vector<std::size_t>& rows) {
    for (Covariate& covariate : covariates) {
        Covariate kept{covariate.name, {}, {}, covariate.levels};
        for (const std::size_t row : rows) {
            if (covariate.numbers.empty()) {
                kept.codes.push_back(covariate.codes[row]);
            } else {
                kept.numbers.push_back(covariate.numbers[row]);
            }
        }
        covariate = std::move(kept);
    }
}

// ---- two occasions
// ------------------------------------------------------------------------------------------------

Result<void> refuse_repeated_people(const table::Frame& frame, const Question& question) {
    const table::Column* found = TRY(frame.find(question.id));
    std::unordered_map<std::string, std::size_t> first_row;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        if (found->is_missing(row)) {
            continue;  // a row is a person here, with or without a name
        }
        const auto [held, fresh] = first_row.emplace(found->text(row), row);
        if (!fresh) {
            return fail(unacceptable("stands in row " + std::to_string(frame.source_row(held->second)) +
                                     " too, and "
                                     "without --time each person has one row")
                            .at(frame.place(row, question.id))
                            .value(found->text(row))
                            .remedy("Name the column of time with --time, or keep one row a person."));
        }
    }
    return {};
}

Result<void> read_two_occasions(const table::Frame& frame, const Cells& cells, Study& study) {
    if (!study.question.id.empty()) {
        TRY_DO(refuse_repeated_people(frame, study.question));
    }
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        Person person;
        person.row = row;
        person.arm = study.has_arms ? cells.arm.codes[row] : 0;
        person.moderator = study.has_moderator ? cells.moderator[row] : 0;
        person.baseline = cells.baseline[row];
        person.after = cells.outcome[row];
        person.has_covariates = covariates_known(study.covariates, row);
        study.people.push_back(person);
    }
    for (const std::vector<double>* values : {&cells.outcome, &cells.baseline}) {
        if (const auto off = values_off_grid(*values)) {
            for (const std::size_t row : off->at) {
                study.people[row].looks_imputed = true;
            }
        }
    }
    return {};
}

// ---- repeated measures
// --------------------------------------------------------------------------------------------

Error differs_within_person(const table::Frame& frame, const std::string& column, std::size_t first,
                            std::size_t row, const std::string& value) {
    return unacceptable("differs from row " + std::to_string(frame.source_row(first)) +
                        " of the same person, and " + column + " must be one value a person")
        .at(frame.place(row, column))
        .value(value)
        .remedy("Write where the person started into every row of theirs, for example with --mutate.");
}

// One number a person, from the rows in which it is known.
Result<void> take_constant(const table::Frame& frame, const std::string& column, double value,
                           std::size_t row, double& held, std::size_t& held_row) {
    if (std::isnan(value)) {
        return {};
    }
    if (std::isnan(held)) {
        held = value;
        held_row = row;
    } else if (held != value) {
        return fail(differs_within_person(frame, column, held_row, row, shortest(value)));
    }
    return {};
}

Result<std::vector<std::size_t>> gather_people(const table::Frame& frame, const Cells& cells, Study& study) {
    const Question& question = study.question;
    const table::Column* id = TRY(frame.find(question.id));
    std::unordered_map<std::string, std::size_t> person_of;
    std::vector<std::size_t> person_of_row(frame.rows());
    std::vector<std::size_t> moderator_row, baseline_row;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        if (id->is_missing(row)) {
            return fail(unacceptable("does not say whose row it is")
                            .at(frame.place(row, question.id))
                            .remedy("Write the person's id, or leave the row out with --where."));
        }
        const auto [held, fresh] = person_of.emplace(id->text(row), study.people.size());
        if (fresh) {
            Person person;
            person.row = row;
            person.arm = study.has_arms ? -1 : 0;
            person.moderator = study.has_moderator ? missing : 0;
            person.baseline = person.after = missing;
            study.people.push_back(person);
            moderator_row.push_back(row);
            baseline_row.push_back(row);
        }
        const std::size_t at = held->second;
        Person& person = study.people[at];
        person_of_row[row] = at;
        if (study.has_arms && cells.arm.codes[row] >= 0) {
            if (person.arm >= 0 && person.arm != cells.arm.codes[row]) {
                return fail(
                    differs_within_person(frame, question.arm, person.row, row,
                                          cells.arm.levels[static_cast<std::size_t>(cells.arm.codes[row])]));
            }
            person.arm = cells.arm.codes[row];
        }
        if (study.has_moderator) {
            TRY_DO(take_constant(frame, question.moderator, cells.moderator[row], row, person.moderator,
                                 moderator_row[at]));
        }
        if (!question.baseline.empty()) {
            TRY_DO(take_constant(frame, question.baseline, cells.baseline[row], row, person.baseline,
                                 baseline_row[at]));
        }
    }
    return person_of_row;
}

// The mean of each person's answers that `belongs` accepts, NaN for those without.
template <class Belongs>
std::vector<double> mean_of_answers(const Study& study, Belongs belongs) {
    std::vector<double> sum(study.people.size(), 0.0);
    std::vector<double> count(study.people.size(), 0.0);
    for (const Answer& answer : study.answers) {
        if (belongs(answer)) {
            sum[answer.person] += answer.outcome;
            count[answer.person] += 1;
        }
    }
    std::transform(sum.begin(), sum.end(), count.begin(), sum.begin(),
                   [](double total, double n) { return n > 0 ? total / n : missing; });
    return sum;
}

Result<void> place_in_time(const table::Frame& frame, Study& study) {
    std::set<double> times;
    for (const Answer& answer : study.answers) {
        times.insert(answer.time);
    }
    if (times.size() < 2) {
        return fail(
            unacceptable("has the answers at one time only, and change needs two")
                .at(frame.source(), study.question.time)
                .remedy("Where the file has one row a person, leave --time out and name --baseline."));
    }
    if (times.size() == 2) {  // before and after
        for (Answer& answer : study.answers) {
            answer.time = answer.time == *times.begin() ? 0 : 1;
        }
        times = {0, 1};
        study.before_and_after = true;
    }
    study.first_time = *times.begin();
    study.last_time = *times.rbegin();
    const double width = occasion_width * (study.last_time - study.first_time);
    const double first_ends = study.first_time + width;
    const double last_begins = study.last_time - width;
    study.baseline_from_first_occasion = study.question.baseline.empty();
    if (study.baseline_from_first_occasion) {
        for (Answer& answer : study.answers) {
            answer.is_baseline = answer.time <= first_ends;
        }
        const auto first = mean_of_answers(study, [](const Answer& answer) { return answer.is_baseline; });
        for (std::size_t i = 0; i < study.people.size(); ++i) {
            study.people[i].baseline = first[i];
        }
    }
    const auto last =
        mean_of_answers(study, [&](const Answer& answer) { return answer.time >= last_begins; });
    for (std::size_t i = 0; i < study.people.size(); ++i) {
        study.people[i].after = last[i];
    }
    return {};
}

Result<void> read_repeated_measures(const table::Frame& frame, const Cells& cells, Study& study) {
    const std::vector<std::size_t> person_of_row = TRY(gather_people(frame, cells, study));
    std::vector<std::size_t> rows;
    std::vector<double> outcomes;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        if (std::isnan(cells.outcome[row]) || std::isnan(cells.time[row])) {
            continue;
        }
        study.answers.push_back({person_of_row[row], cells.time[row], cells.outcome[row], false, false});
        ++study.people[person_of_row[row]].answers;
        rows.push_back(row);
        outcomes.push_back(cells.outcome[row]);
    }
    keep_rows(study.covariates, rows);
    if (study.answers.empty()) {
        return fail(unacceptable("has no answer at all that has its time")
                        .at(frame.source(), study.question.outcome));
    }
    if (const auto off = values_off_grid(outcomes)) {
        for (const std::size_t at : off->at) {
            study.answers[at].looks_imputed = true;
            study.people[study.answers[at].person].looks_imputed = true;
        }
    }
    return place_in_time(frame, study);
}

// ---- arms
// ---------------------------------------------------------------------------------------------------------

Result<void> check_arm_name(const table::Frame& frame, const Question& question,
                            const std::vector<std::string>& levels, const std::optional<std::string>& name) {
    if (name && std::find(levels.begin(), levels.end(), *name) == levels.end()) {
        return fail(unacceptable("has no arm \"" + *name + "\"." + suggestion(*name, levels))
                        .at(frame.source(), question.arm));
    }
    return {};
}

// The reference first, then the alphabet; arms in which nobody can be analysed are left out with a note.
Result<void> order_arms(const table::Frame& frame, const std::vector<std::string>& levels, Study& study) {
    const Question& question = study.question;
    TRY_DO(check_arm_name(frame, question, levels, question.reference_arm));
    TRY_DO(check_arm_name(frame, question, levels, question.control_arm));
    std::vector<std::size_t> everyone(levels.size(), 0), complete(levels.size(), 0);
    for (const Person& person : study.people) {
        if (person.arm >= 0) {
            ++everyone[static_cast<std::size_t>(person.arm)];
            complete[static_cast<std::size_t>(person.arm)] += study.is_complete(person) ? 1 : 0;
        }
    }
    const auto named = question.reference_arm ? question.reference_arm : question.control_arm;
    std::size_t reference =
        named
            ? static_cast<std::size_t>(std::find(levels.begin(), levels.end(), *named) - levels.begin())
            : static_cast<std::size_t>(std::max_element(everyone.begin(), everyone.end()) - everyone.begin());
    std::vector<std::size_t> order = {reference};
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (i != reference) {
            order.push_back(i);
        }
    }
    std::vector<int> place(levels.size(), -1);
    for (const std::size_t level : order) {
        if (complete[level] == 0) {
            study.notes.push_back("Arm " + levels[level] + " is left out: none of its " +
                                  people(everyone[level]) + " has everything that the analysis needs.");
            continue;
        }
        place[level] = static_cast<int>(study.arms.size());
        study.arms.push_back(levels[level]);
    }
    for (Person& person : study.people) {
        person.arm = person.arm < 0 ? -1 : place[static_cast<std::size_t>(person.arm)];
    }
    if (study.arms.size() < 2) {
        return fail(
            unacceptable(study.arms.empty()
                             ? std::string("has nobody with everything that the analysis needs")
                             : "holds one arm only (" + study.arms.front() + ")")
                .at(frame.source(), question.arm)
                .remedy("Two are needed to compare; where there was one programme, leave --arm out."));
    }
    if (place[reference] != 0 ||
        (question.control_arm &&
         std::find(study.arms.begin(), study.arms.end(), *question.control_arm) == study.arms.end())) {
        return fail(
            unacceptable("has nobody with everything that the analysis needs in the arm the others are "
                         "compared with")
                .at(frame.source(), question.arm)
                .value(levels[reference]));
    }
    return {};
}

// ---- what must vary
// -----------------------------------------------------------------------------------------------

Result<void> check_varies(const table::Frame& frame, const std::string& column,
                          const std::vector<double>& values) {
    double low = missing;
    double high = missing;
    for (const double value : values) {
        low = std::fmin(low, value);
        high = std::fmax(high, value);
    }
    if (std::isnan(low)) {
        return fail(unacceptable("is missing for everyone who has the rest")
                        .at(frame.source(), column)
                        .remedy("Check that the column holds what was asked, and that rows match."));
    }
    if (low == high) {
        return fail(unacceptable("is the same for everyone, so nothing can be learned from it")
                        .at(frame.source(), column)
                        .value(shortest(low)));
    }
    return {};
}

Result<void> check_people(const table::Frame& frame, const Study& study) {
    const auto complete = study.complete_people();
    if (complete.empty()) {
        const std::string what = study.design == Design::two_occasions
                                     ? "no row has the outcome before and after"
                                     : "no person has an answer";
        return fail(
            unacceptable(what + (study.has_arms || study.has_moderator
                                     ? " together with arm, moderator and covariates"
                                     : ""))
                .at(frame.source(), study.question.outcome)
                .remedy("Check that the columns named are the right ones and that missing cells are few."));
    }
    std::size_t parameters =
        2 + study.covariates.size() + (study.has_moderator ? study.arms.size() : 0) + (study.arms.size() - 1);
    for (const Covariate& covariate : study.covariates) {
        parameters += covariate.levels.empty() ? 0 : covariate.levels.size() - 1;
    }
    if (complete.size() < parameters + 2) {
        return fail(unacceptable("only " + people(complete.size()) +
                                 " can be analysed, and the model needs at least " +
                                 std::to_string(parameters + 2))
                        .at(frame.source(), study.question.outcome)
                        .remedy("Gather more people, or ask a simpler question."));
    }
    std::vector<double> baseline, moderator, outcome;
    for (const std::size_t at : complete) {
        baseline.push_back(study.people[at].baseline);
        moderator.push_back(study.people[at].moderator);
        if (study.design == Design::two_occasions) {
            outcome.push_back(study.people[at].after);
        }
    }
    for (const Answer& answer : study.answers) {
        outcome.push_back(answer.outcome);
    }
    TRY_DO(check_varies(frame, study.question.outcome, outcome));
    if (!study.question.baseline.empty()) {
        TRY_DO(check_varies(frame, study.question.baseline, baseline));
    }
    return study.has_moderator ? check_varies(frame, study.question.moderator, moderator) : Result<void>{};
}

void note_people_left_out(Study& study) {
    const auto count = [&](auto predicate) {
        return static_cast<std::size_t>(std::count_if(study.people.begin(), study.people.end(), predicate));
    };
    const std::size_t armless = count([](const Person& person) { return person.arm < 0; });
    const std::size_t unplaced = count([](const Person& person) { return std::isnan(person.moderator); });
    if (study.has_arms && armless > 0) {
        study.notes.push_back(sentence(people(armless)) + " without a usable " + study.question.arm +
                              " cannot be analysed.");
    }
    if (unplaced > 0) {
        study.notes.push_back(sentence(people(unplaced)) + " without " + study.question.moderator +
                              " cannot be analysed.");
    }
}

}  // namespace

bool Study::is_complete(const Person& person) const {
    const bool placed = person.arm >= 0 && !std::isnan(person.moderator);
    if (design == Design::repeated_measures) {
        return placed && person.answers > 0;
    }
    return placed && !std::isnan(person.baseline) && !std::isnan(person.after) && person.has_covariates;
}

std::vector<std::size_t> Study::complete_people() const {
    std::vector<std::size_t> complete;
    for (std::size_t i = 0; i < people.size(); ++i) {
        if (is_complete(people[i])) {
            complete.push_back(i);
        }
    }
    return complete;
}

Result<Study> read_study(const table::Frame& frame, const Question& question) {
    TRY_DO(check_question(question));
    const Cells cells = TRY(read_cells(frame, question));
    Study study;
    study.question = question;
    study.design = question.time.empty() ? Design::two_occasions : Design::repeated_measures;
    study.has_arms = !question.arm.empty();
    study.has_moderator = !question.moderator.empty();
    study.outcome_name =
        question.outcome_name.empty() ? name_in_words(question.outcome) : question.outcome_name;
    study.moderator_name =
        question.moderator_name.empty() ? name_in_words(question.moderator) : question.moderator_name;
    std::vector<std::string> taken;
    study.names = name_columns(question, taken);
    study.covariates = TRY(read_covariates(frame, question, taken));
    if (study.design == Design::two_occasions) {
        TRY_DO(read_two_occasions(frame, cells, study));
    } else {
        TRY_DO(read_repeated_measures(frame, cells, study));
    }
    if (study.has_arms) {
        TRY_DO(order_arms(frame, cells.arm.levels, study));
    } else {
        study.arms = {""};
    }
    TRY_DO(check_people(frame, study));
    note_people_left_out(study);
    return study;
}

}  // namespace groundwork::benefit
