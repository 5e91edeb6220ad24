// Finding the contradictions that published scale libraries contain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::instrument {

enum class Severity { error, warning };

struct Finding {
    Severity severity = Severity::error;
    std::string where;    // JSON path or file place
    std::string message;  // what contradicts what, and what would be right
};

// All findings of a definition file, not just the first.
std::vector<Finding> lint_instrument(std::string_view text, std::string_view file);

}  // namespace groundwork::instrument
