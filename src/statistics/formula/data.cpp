#include "statistics/formula/data.h"

#include <algorithm>

namespace groundwork::statistics {

Result<const Variable*> Data::find(std::string_view name) const {
    const auto found = std::find_if(variables.begin(), variables.end(),
                                    [&](const Variable& variable) { return variable.name == name; });
    if (found != variables.end()) {
        return &*found;
    }
    std::vector<std::string> names;
    for (const Variable& variable : variables) {
        names.push_back(variable.name);
    }
    return fail(unacceptable("is no column of the data." + suggestion(name, names)).value(std::string(name)));
}

}  // namespace groundwork::statistics
