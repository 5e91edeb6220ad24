// The findings as the document that `groundwork benefit --json` prints.
#pragma once

#include "benefit/benefit.h"
#include "foundation/json.h"

namespace groundwork::command {

json::value findings_as_json(const benefit::Findings& findings);

}  // namespace groundwork::command
