#include "table/template.h"

#include <fmt/format.h>

#include <set>

namespace groundwork::table {

namespace {

constexpr std::string_view slot = "{}";

Result<std::vector<std::string>> numbered(std::string_view columns, std::size_t at, std::size_t count) {
    if (columns.find(slot, at + slot.size()) != std::string_view::npos ||
        columns.find(',') != std::string_view::npos) {
        return fail(usage_error("must be one name with one {}, or a list of names")
                        .value(std::string(columns))
                        .remedy("Write for example scs_{}, or scs_1,scs_2,scs_3."));
    }
    if (count == 0) {
        return fail(usage_error("does not say how many columns there are")
                        .value(std::string(columns))
                        .remedy("List the columns: a,b,c."));
    }
    std::vector<std::string> names;
    for (std::size_t number = 1; number <= count; ++number) {
        names.push_back(
            fmt::format("{}{}{}", columns.substr(0, at), number, columns.substr(at + slot.size())));
    }
    return names;
}

}  // namespace

Result<std::vector<std::string>> expand_template(std::string_view columns, std::size_t count) {
    columns = trim(columns);
    if (const auto at = columns.find(slot); at != std::string_view::npos) {
        return numbered(columns, at, count);
    }
    std::vector<std::string> names;
    std::set<std::string_view> seen;
    for (const std::string_view piece : split(columns, ',')) {
        const std::string_view name = trim(piece);
        if (name.empty()) {
            return fail(usage_error("has an empty column name")
                            .value(std::string(columns))
                            .remedy("Write for example scs_{}, or scs_1,scs_2,scs_3."));
        }
        if (!seen.insert(name).second) {
            return fail(
                usage_error(fmt::format("names the column {} twice", name)).value(std::string(columns)));
        }
        names.emplace_back(name);
    }
    if (count != 0 && names.size() != count) {
        return fail(usage_error(fmt::format("names {} column{} where {} are needed", names.size(),
                                            names.size() == 1 ? "" : "s", count))
                        .value(std::string(columns))
                        .remedy(fmt::format(
                            "List {} columns in item order, or write a template such as scs_{{}}.", count)));
    }
    return names;
}

}  // namespace groundwork::table
