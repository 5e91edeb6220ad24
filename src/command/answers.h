// From a table to people's answers on one instrument. Shared by the commands that read answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "command/console.h"
#include "instrument/instrument.h"
#include "table/table.h"

namespace groundwork::command {

// One row of the table = one person, in the table's order.
struct AnswerSheet {
    std::vector<std::string> columns;  // the column of each item, in item order
    std::vector<std::string> ids;      // as in the file; "1", "2", ... without an id column
    std::vector<instrument::Answers> answers;
    std::vector<Error> troubles;  // every cell that is not an answer and every id that is not one, by row
};

// The columns of the items. `items` is a template or a list; when empty, columns named after the instrument
// (scs_1, scs_2, ...) or the only family of columns with exactly as many numbers as items. A template that
// fits more columns than there are items is refused: it is probably another instrument's.
Result<std::vector<std::string>> find_item_columns(const table::Frame& frame,
                                                   const instrument::Instrument& instrument,
                                                   const std::string& items);

// Reads what can be read; cells in trouble are left missing and listed. `id_column` may be empty.
Result<AnswerSheet> collect_answers(const table::Frame& frame, const instrument::Instrument& instrument,
                                    const std::string& items, const std::string& id_column);

// The same, but any trouble is an error: the first twenty, and how many more there are.
Result<AnswerSheet> read_answers(const table::Frame& frame, const instrument::Instrument& instrument,
                                 const std::string& items, const std::string& id_column);

// The ids of the rows: of `id_column`, each there once, or "1", "2", ... when it is empty.
Result<std::vector<std::string>> read_ids(const table::Frame& frame, const std::string& id_column);

// A data file in which the cells of `missing` (separated by commas, e.g. "-99,999") are missing as well; the
// id column, if any, is kept as text.
Result<table::Frame> read_people(const std::string& file, const std::string& missing,
                                 const std::string& id_column);

// Tells an employer at the terminal what may not reach them. Once for each command that reads people's
// answers.
void note_about_health_answers(Console& console);

}  // namespace groundwork::command
