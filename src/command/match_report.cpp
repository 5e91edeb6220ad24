#include "command/match_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <ostream>
#include "foundation/json.h"

namespace groundwork::command {

namespace {

using programme::Allocation;
using programme::Kind;
using programme::Matching;
using programme::Protocol;
using programme::SafetyStatus;

constexpr const char* without_score = "not-scored";
constexpr std::array all_statuses = {SafetyStatus::not_screened, SafetyStatus::start,
                                     SafetyStatus::suggest_talking, SafetyStatus::talk_first};

double as_share(int probability) { return probability / double{programme::certain}; }

std::string stratum_name(const Protocol& protocol, const Allocation& allocation) {
    return allocation.stratum ? protocol.strata[*allocation.stratum].id : without_score;
}

// "now" or "delayed"; empty where nobody may start yet.
std::string start_of(const Allocation& allocation) {
    if (allocation.start) {
        return allocation.start->is_delayed ? "delayed" : "now";
    }
    const bool may_start =
        allocation.kind == Kind::drawn && allocation.safety.status != SafetyStatus::not_screened;
    return may_start ? "now" : "";
}

std::size_t count_where(const Matching& matching, auto condition) {
    return static_cast<std::size_t>(std::ranges::count_if(matching.allocations, condition));
}

std::size_t count_kind(const Matching& matching, Kind kind) {
    return count_where(matching, [&](const Allocation& each) { return each.kind == kind; });
}

std::size_t count_status(const Matching& matching, SafetyStatus status) {
    return count_where(matching, [&](const Allocation& each) { return each.safety.status == status; });
}

// How many of a stratum (by index, or without one) went to an arm (by index, or to none).
std::size_t count_cell(const Matching& matching, std::optional<std::size_t> stratum,
                       std::optional<std::size_t> arm) {
    return count_where(matching, [&](const Allocation& each) {
        const bool is_in_arm = arm ? each.draw && each.draw->arm == *arm : !each.draw;
        return each.stratum == stratum && is_in_arm;
    });
}

std::size_t count_stratum(const Matching& matching, std::optional<std::size_t> stratum) {
    return count_where(matching, [&](const Allocation& each) { return each.stratum == stratum; });
}

json::object allocation_as_json(const Protocol& protocol, const Allocation& allocation) {
    json::object object{{"id", allocation.id},
                        {"stratum", stratum_name(protocol, allocation)},
                        {"arm", nullptr},
                        {"probability", nullptr},
                        {"planned", nullptr},
                        {"draw", nullptr},
                        {"rule", allocation.rule},
                        {"kind", programme::name_of(allocation.kind)},
                        {"safety", programme::name_of(allocation.safety.status)},
                        {"safety_rules", json::value_from(allocation.safety.rules)},
                        {"start", nullptr},
                        {"start_draw", nullptr},
                        {"reason", allocation.reason}};
    if (allocation.draw) {
        const programme::ArmDraw& draw = *allocation.draw;
        object["arm"] = protocol.drawn_arms()[draw.arm]->id;
        object["probability"] = as_share(draw.conditional[draw.arm]);
        object["planned"] = as_share(draw.planned[draw.arm]);
        object["draw"] = draw.draw;
    }
    if (const std::string start = start_of(allocation); !start.empty()) {
        object["start"] = start;
    }
    if (allocation.start) {
        object["start_draw"] = allocation.start->draw;
    }
    return object;
}

json::object summary_as_json(const MatchReport& report) {
    const Matching& matching = report.matching;
    const Protocol& protocol = report.protocol;
    json::object safety;
    for (const SafetyStatus status : all_statuses) {
        safety[programme::name_of(status)] = count_status(matching, status);
    }
    const bool is_provisional = count_status(matching, SafetyStatus::not_screened) > 0;
    return {{"status",
             is_provisional ? json::string(programme::provisional) : json::string("screened for safety")},
            {"hypothesis", json::value_from(protocol.hypotheses)},
            {"evidence", json::value_from(protocol.evidence)},
            {"drawn", count_kind(matching, Kind::drawn)},
            {"talk_first", count_kind(matching, Kind::safety)},
            {"not_scored", count_kind(matching, Kind::not_scored)},
            {"safety", safety},
            {"delayed_start", matching.delayed_start},
            {"draws_from", matching.entropy},
            {"read", json::value_from(report.found)},
            {"purpose", protocol.purpose}};
}

std::vector<std::optional<std::string>> text_cells(const Matching& matching, auto cell_of) {
    std::vector<std::optional<std::string>> cells;
    for (const Allocation& allocation : matching.allocations) {
        const std::string cell = cell_of(allocation);
        cells.push_back(cell.empty() ? std::nullopt : std::optional(cell));
    }
    return cells;
}

std::vector<double> probability_cells(const Matching& matching,
                                      programme::Probabilities programme::ArmDraw::* member) {
    std::vector<double> cells;
    for (const Allocation& allocation : matching.allocations) {
        cells.push_back(allocation.draw ? as_share(((*allocation.draw).*member)[allocation.draw->arm])
                                        : std::numeric_limits<double>::quiet_NaN());
    }
    return cells;
}

void print_table(std::ostream& out, const MatchReport& report) {
    const Protocol& protocol = report.protocol;
    const Matching& matching = report.matching;
    const auto arms = protocol.drawn_arms();
    std::vector<std::optional<std::size_t>> rows;
    std::size_t width = std::string_view("stratum").size();
    for (std::size_t i = 0; i < protocol.strata.size(); ++i) {
        rows.emplace_back(i);
        width = std::max(width, protocol.strata[i].id.size());
    }
    if (count_stratum(matching, std::nullopt) > 0) {
        rows.emplace_back(std::nullopt);
        width = std::max(width, std::string_view(without_score).size());
    }
    out << fmt::format("  {:<{}}  {:>7}", "stratum", width, "people");
    for (const programme::Arm* arm : arms) {
        out << fmt::format("  {:>8}", arm->id);
    }
    out << fmt::format("  {:>8}\n", "no draw");
    for (const auto& row : rows) {
        out << fmt::format("  {:<{}}  {:>7}", row ? protocol.strata[*row].id : without_score, width,
                           count_stratum(matching, row));
        for (std::size_t arm = 0; arm < arms.size(); ++arm) {
            out << fmt::format("  {:>{}}", count_cell(matching, row, arm),
                               std::max<std::size_t>(8, arms[arm]->id.size()));
        }
        out << fmt::format("  {:>8}\n", count_cell(matching, row, std::nullopt));
    }
}

void print_list(std::ostream& out, std::string_view title, const std::vector<std::string>& sentences) {
    out << '\n' << title << '\n';
    for (const std::string& sentence : sentences) {
        out << "  - " << sentence << '\n';
    }
}

}  // namespace

json::object match_as_json(const MatchReport& report) {
    const Protocol& protocol = report.protocol;
    const Matching& matching = report.matching;
    json::array strata;
    for (std::size_t i = 0; i < protocol.strata.size(); ++i) {
        strata.push_back(json::object{{"id", protocol.strata[i].id}, {"n", count_stratum(matching, i)}});
    }
    if (const std::size_t unscored = count_stratum(matching, std::nullopt); unscored > 0) {
        strata.push_back(json::object{{"id", without_score}, {"n", unscored}});
    }
    json::array arms;
    const auto drawn = protocol.drawn_arms();
    for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
        const std::size_t people =
            count_where(matching, [&](const Allocation& each) { return each.draw && each.draw->arm == arm; });
        arms.push_back(json::object{{"id", drawn[arm]->id},
                                    {"label", drawn[arm]->label},
                                    {"name", drawn[arm]->name.at("en")},
                                    {"n", people}});
    }
    json::array allocations;
    for (const Allocation& allocation : matching.allocations) {
        allocations.push_back(allocation_as_json(protocol, allocation));
    }
    json::object document{{"protocol", fmt::format("{}@{}", protocol.id, protocol.version)},
                          {"variant", nullptr},
                          {"people", matching.allocations.size()},
                          {"strata", strata},
                          {"arms", arms},
                          {"allocations", allocations},
                          {"summary", summary_as_json(report)},
                          {"warnings", json::value_from(report.warnings)}};
    if (!report.variant.empty()) {
        document["variant"] = report.variant;
    }
    return document;
}

table::Frame match_as_table(const MatchReport& report) {
    const Protocol& protocol = report.protocol;
    const Matching& matching = report.matching;
    table::Frame frame("match");
    const auto add = [&](table::Column column) { ENSURE(frame.set(std::move(column)).has_value()); };
    const auto add_text = [&](const char* name, auto cell_of) {
        add(table::Column::of_text(name, text_cells(matching, cell_of)));
    };
    add_text("id", [](const Allocation& each) { return each.id; });
    add_text("stratum", [&](const Allocation& each) { return stratum_name(protocol, each); });
    add_text("arm", [&](const Allocation& each) {
        return each.draw ? protocol.drawn_arms()[each.draw->arm]->id : std::string();
    });
    add(table::Column::of_numbers("probability",
                                  probability_cells(matching, &programme::ArmDraw::conditional)));
    add(table::Column::of_numbers("planned", probability_cells(matching, &programme::ArmDraw::planned)));
    // As text, because a draw has more digits than a double.
    add_text("draw", [](const Allocation& each) {
        return each.draw ? std::to_string(each.draw->draw) : std::string();
    });
    add_text("rule", [](const Allocation& each) { return each.rule; });
    add_text("kind", [](const Allocation& each) { return std::string(programme::name_of(each.kind)); });
    add_text("safety",
             [](const Allocation& each) { return std::string(programme::name_of(each.safety.status)); });
    add_text("safety_rules", [](const Allocation& each) { return join(each.safety.rules, " "); });
    add_text("start", start_of);
    add_text("start_draw", [](const Allocation& each) {
        return each.start ? std::to_string(each.start->draw) : std::string();
    });
    add_text("reason", [](const Allocation& each) { return each.reason; });
    return frame;
}

void print_match(std::ostream& out, const MatchReport& report) {
    const Protocol& protocol = report.protocol;
    out << fmt::format("{} ({} {}{}{}): {} people, draws from {}\n\n", protocol.title.at("en"), protocol.id,
                       protocol.version, report.variant.empty() ? "" : ", variant ", report.variant,
                       report.matching.allocations.size(), report.matching.entropy);
    print_table(out, report);
    out << "\n  safety:";
    for (const SafetyStatus status : all_statuses) {
        if (const std::size_t people = count_status(report.matching, status); people > 0) {
            out << fmt::format(" {} {}", programme::name_of(status), people);
        }
    }
    out << fmt::format("\n  read: {}\n  {}\n", join(report.found, "; "), report.matching.delayed_start);
    print_list(out, "Hypothesis (this programme can test it)", protocol.hypotheses);
    print_list(out, "Evidence", protocol.evidence);
    if (!report.warnings.empty()) {
        print_list(out, "Notice", report.warnings);
    }
    out << '\n' << protocol.purpose << '\n';
}

}  // namespace groundwork::command
