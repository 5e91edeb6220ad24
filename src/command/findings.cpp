#include "command/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include "foundation/json.h"

namespace groundwork::command {

using instrument::Finding;
using instrument::Severity;

namespace {

std::string_view name_of(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

}  // namespace

json::array findings_as_json(const std::vector<Finding>& findings) {
    json::array list;
    for (const Finding& finding : findings) {
        list.push_back(json::object{
            {"severity", name_of(finding.severity)}, {"where", finding.where}, {"message", finding.message}});
    }
    return list;
}

Result<void> report_findings(Console& console, const std::string& file,
                             const std::vector<Finding>& findings) {
    if (console.wants_json()) {
        console.print_json(json::object{{"findings", findings_as_json(findings)}});
    } else if (findings.empty()) {
        console.out() << file << ": nothing found\n";
    } else {
        for (const Finding& finding : findings) {
            console.out() << fmt::format("{:<7}  {}{}{}\n", name_of(finding.severity), finding.where,
                                         finding.where.empty() ? "" : ": ", finding.message);
        }
    }
    const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
    if (errors > 0) {
        return fail(unacceptable(fmt::format("has {} error{}", errors, errors == 1 ? "" : "s")).at(file));
    }
    return {};
}

}  // namespace groundwork::command
