// What is asked of the data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::benefit {

enum class Allocation { not_stated, randomised, not_randomised };
enum class Better { not_stated, higher, lower };

struct Question {
    std::string outcome;    // column: after (two occasions) or at every occasion (repeated measures)
    std::string baseline;   // column: the same outcome before; empty with `time` = the first occasion
    std::string arm;        // column: the programme; empty where there was one only
    std::string moderator;  // column: where each person started, e.g. self-compassion; may be empty
    std::string id;         // column; needed with `time`
    std::string time;       // column; empty = one row a person, two occasions
    std::vector<std::string> covariates;  // columns
    std::optional<std::string>
        control_arm;  // the arm that got nothing yet: a waiting list, an untreated group
    std::optional<std::string> reference_arm;  // default: the control arm, else the arm with most people in
                                               // the file (ties: the first in the alphabet)
    Allocation allocation = Allocation::not_stated;  // only a randomised contrast may be said to "moderate"
    Better better = Better::not_stated;
    std::optional<double> outcome_reliability;  // for reliable change and the errors-in-variables sensitivity
    std::optional<double> moderator_reliability;
    std::string outcome_name;    // for words, e.g. "depression"; empty = made from the column's name
    std::string moderator_name;  // e.g. "self-compassion"; empty = made from the column's name
    // The smallest difference that matters, in standard deviations of the outcome before for one standard
    // deviation of the moderator. At .1, two people one standard deviation either side of the mean differ in
    // benefit by .2, the conventional "small" effect (Cohen 1988).
    double smallest_difference = 0.1;
};

// A `usage` error where the question cannot be asked of any data: no outcome, a column in two roles, no
// baseline without time, no id with it, a reliability outside 0 to 1.
Result<void> check_question(const Question& question);

}  // namespace groundwork::benefit
