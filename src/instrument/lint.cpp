#include "instrument/lint.h"

#include "instrument/check_definition.h"

namespace groundwork::instrument {

std::vector<Finding> lint_instrument(std::string_view text, std::string_view file) {
    return check_definition(text, file).findings;
}

}  // namespace groundwork::instrument
