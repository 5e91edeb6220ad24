// What looks wrong in a file of answers, beyond cells that are not answers at all. Private to command/.
#pragma once

#include <vector>

#include "command/answers.h"

namespace groundwork::command {

// Errors: cells that are not answers, missing and duplicate ids. Warnings: rows without any answer, the same
// answer to every item although some are reversed, columns in which everybody answered the same, reversed
// items that look reversed already, answers behind a closed gate.
std::vector<instrument::Finding> lint_answers(const table::Frame& frame,
                                              const instrument::Instrument& instrument,
                                              const AnswerSheet& sheet);

}  // namespace groundwork::command
