// The door of benefit/: from a table to findings about who benefits, in plain language.
#pragma once

#include "benefit/findings.h"
#include "benefit/question.h"
#include "table/table.h"

namespace groundwork::benefit {

// Answers the question from the frame. An `unacceptable` error names the column, row and value where the data
// cannot carry the question (a baseline missing for all, one person, an outcome that never varies, ...).
Result<Findings> find_benefit(const table::Frame& frame, const Question& question);

}  // namespace groundwork::benefit
