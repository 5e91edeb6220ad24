#include "table/header.h"

#include <fmt/format.h>

#include <unordered_map>

namespace groundwork::table {

Result<std::vector<std::string>> checked_header(std::vector<std::string> names, std::string_view source,
                                                std::size_t header_row) {
    std::unordered_map<std::string_view, std::size_t> seen;
    std::size_t unnamed = 0;
    seen.reserve(names.size());
    for (std::size_t column = 0; column < names.size(); ++column) {
        std::string& name = names[column];
        if (name.empty()) {
            if (++unnamed > 1) {
                return fail(
                    unacceptable(fmt::format("has a second column without a name: the {}th", column + 1))
                        .at(std::string(source), header_row, "")
                        .remedy("Give every column a name."));
            }
            name = row_name;
        }
        const auto [first, is_new] = seen.try_emplace(name, column);
        if (!is_new) {
            return fail(
                unacceptable(fmt::format("is the name of columns {} and {}", first->second + 1, column + 1))
                    .at(std::string(source), header_row, "")
                    .value(name)
                    .remedy("Rename one: every column needs a name of its own."));
        }
    }
    return names;
}

}  // namespace groundwork::table
