// The question's columns, read and checked: people, their arm, where they started, what was measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benefit/findings.h"
#include "benefit/imputed.h"
#include "benefit/question.h"
#include "table/table.h"

namespace groundwork::benefit {

struct Person {
    std::size_t row = 0;      // the first in the frame
    int arm = -1;             // index into Study::arms; 0 where the question has no arm; -1 missing
    double moderator = 0;     // NaN missing; 0 where the question has none
    double baseline = 0;      // the outcome before; NaN missing
    double after = 0;         // the outcome after, or the mean of the answers in the last tenth of the time
    std::size_t answers = 0;  // repeated measures: how many
    bool has_covariates = true;
    bool looks_imputed = false;  // baseline or an outcome lies off the grid of the others
};

// One measurement of the outcome in repeated measures.
struct Answer {
    std::size_t person = 0;
    double time = 0;
    double outcome = 0;
    bool is_baseline = false;  // belongs to the first occasion, from which the baseline was made
    bool looks_imputed = false;
};

struct Covariate {
    std::string name;                 // as a formula can carry it
    std::vector<double> numbers;      // one a person, or one an answer in repeated measures; or else
    std::vector<std::int32_t> codes;  // codes with their levels
    std::vector<std::string> levels;
};

// The columns' names as formulas carry them, all different.
struct ModelNames {
    std::string outcome, baseline, arm, moderator, time, id;
    std::string stacked;  // the outcome of both occasions in one column
};

struct Study {
    Design design = Design::two_occasions;
    Question question;
    ModelNames names;
    std::string outcome_name, moderator_name;  // in words
    std::vector<std::string> arms;  // the reference first; one nameless arm where the question has none
    bool has_arms = false;
    bool has_moderator = false;
    std::vector<Person> people;   // in the order of the file
    std::vector<Answer> answers;  // repeated measures: every row with person, time and outcome
    std::vector<Covariate> covariates;
    double first_time = 0, last_time = 1;
    bool before_and_after = false;  // long data with two times only, which are then 0 and 1
    bool baseline_from_first_occasion = false;
    std::vector<std::string> notes;  // warnings of the reading: rows left out and why

    // Two occasions: everything there. Repeated measures: arm and moderator there and at least one answer.
    bool is_complete(const Person& person) const;
    std::vector<std::size_t> complete_people() const;
};

// Reads the columns. Errors name the column, and the row and value where one cell is to blame.
Result<Study> read_study(const table::Frame& frame, const Question& question);

}  // namespace groundwork::benefit
