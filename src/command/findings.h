// How findings are shown, by every command that has some. Private to command/.
#pragma once

#include <string>
#include <vector>

#include "command/console.h"
#include "foundation/json.h"
#include "instrument/instrument.h"

namespace groundwork::command {

json::array findings_as_json(const std::vector<instrument::Finding>& findings);

// Prints all findings, as lines or as {"findings": [...]}; an `unacceptable` error if one of them is an
// error.
Result<void> report_findings(Console& console, const std::string& file,
                             const std::vector<instrument::Finding>& findings);

}  // namespace groundwork::command
