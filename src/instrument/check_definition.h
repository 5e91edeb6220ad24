// From a definition's text to an instrument with everything that contradicts itself. Private to instrument/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/json.h"
#include "instrument/definition.h"
#include "instrument/lint.h"

namespace groundwork::instrument {

// A document that fits the schema, as types. What cannot be read in spite of that is added to `findings`.
Instrument read_definition(const json::object& document, std::vector<Finding>& findings);

// What stands alone: names, numbering, labels, licence and wording, references. Scores make sense only
// without errors here.
std::vector<Finding> check_structure(const Instrument& instrument);

// What can be computed: ranges, bands, norms, vectors. The structure must be free of errors.
std::vector<Finding> check_scores(const Instrument& instrument);

// Everything above: an instrument if the text could be read as one, and every finding.
struct CheckedDefinition {
    std::optional<Instrument> instrument;
    std::vector<Finding> findings;
};
CheckedDefinition check_definition(std::string_view text, std::string_view file);

bool has_errors(const std::vector<Finding>& findings);

}  // namespace groundwork::instrument
