#include "command/rehearsal_report.h"

#include <fmt/format.h>

#include <ostream>

#include "foundation/time.h"

namespace groundwork::command {

namespace {

using namespace rehearsal;

json::object as_json(const PromptTotals& totals) {
    return {{"planned", totals.planned},   {"due", totals.due},           {"sent", totals.sent},
            {"reminded", totals.reminded}, {"answered", totals.answered}, {"late", totals.late},
            {"refused", totals.refused},   {"expired", totals.expired},   {"other", totals.other}};
}

json::object counts(const std::map<std::string, int>& map) {
    json::object object;
    for (const auto& [name, count] : map) {
        object[name] = count;
    }
    return object;
}

std::string faults_of(const RehearsalPlan& plan) {
    std::string text;
    for (const Fault fault : plan.faults) {
        text += (text.empty() ? "" : ", ") + std::string(name_of(fault));
    }
    return text.empty() ? "none" : text;
}

std::string share(int part, int whole) {
    return whole == 0 ? "-" : fmt::format("{:.0f} %", 100.0 * part / whole);
}

std::string day_of(Instant instant) { return to_text(instant).substr(0, 10); }

void print_timeline(std::ostream& out, const RehearsalOutcome& outcome) {
    out << fmt::format("\n{:>4} {:>9} {:>10} {:>8} {:>9} {:>8} {:>10} {:>6} {:>5}\n", "week", "enrolled",
                       "allocated", "opened", "answered", "expired", "practices", "harms", "left");
    for (const WeekTotals& week : outcome.weeks) {
        out << fmt::format("{:>4} {:>9} {:>10} {:>8} {:>9} {:>8} {:>10} {:>6} {:>5}\n", week.week,
                           week.enrolled, week.allocated, week.opened, week.answered, week.expired,
                           week.practices, week.harms, week.left);
    }
}

void print_prompts(std::ostream& out, const RehearsalOutcome& outcome) {
    out << fmt::format("\n{:<12} {:>8} {:>7} {:>7} {:>9} {:>9} {:>5} {:>8} {:>8} {:>8}\n", "form", "planned",
                       "opened", "sent", "reminded", "answered", "late", "refused", "expired", "answered");
    const auto line = [&](const std::string& form, const PromptTotals& totals) {
        out << fmt::format("{:<12} {:>8} {:>7} {:>7} {:>9} {:>9} {:>5} {:>8} {:>8} {:>8}\n", form,
                           totals.planned, totals.due, totals.sent, totals.reminded, totals.answered,
                           totals.late, totals.refused, totals.expired, share(totals.answered, totals.due));
    };
    for (const auto& [form, totals] : outcome.forms) {
        line(form, totals);
    }
    line("all", outcome.prompts);
    out << fmt::format("Answering took {:.1f} minutes a week for each person, {:.1f} at most.\n",
                       outcome.minutes_a_week, outcome.minutes_a_week_most);
}

void print_allocations(std::ostream& out, const RehearsalOutcome& outcome) {
    out << fmt::format("\n{:<14} {:<20} {:>8} {:>10}\n", "stratum", "arm", "people", "as planned");
    for (const ArmTotals& arm : outcome.allocations) {
        out << fmt::format("{:<14} {:<20} {:>8} {:>10.1f}\n", arm.stratum, arm.arm, arm.people, arm.planned);
    }
    for (const auto& [kind, people] : outcome.allocation_kinds) {
        out << fmt::format("{}: {}  ", kind, people);
    }
    out << '\n';
}

void print_flags(std::ostream& out, const RehearsalOutcome& outcome) {
    if (outcome.flags.empty()) {
        return;
    }
    out << fmt::format("\n{:<24} {:>8} {:>8} {:>7}   (against each person's true average)\n", "flag",
                       "rightly", "wrongly", "missed");
    for (const auto& [flag, totals] : outcome.flags) {
        out << fmt::format("{:<24} {:>8} {:>8} {:>7}\n", flag, totals.rightly, totals.wrongly, totals.missed);
    }
}

void print_recovered(std::ostream& out, const RehearsalPlan& plan, const RehearsalOutcome& outcome) {
    if (outcome.recovered.empty()) {
        out << "\nToo few people have both answers: whether the truth would come back cannot be said.\n";
        return;
    }
    out << fmt::format("\n{:<28} {:>8} {:>9} {:>18} {:>7} {:>7}\n", "does the truth come back?", "truth",
                       "estimate", "95 % interval", "p", "people");
    for (const Recovered& each : outcome.recovered) {
        out << fmt::format("{:<28} {:>8.2f} {:>9.2f} {:>18} {:>7.3f} {:>7}\n", each.what, each.truth,
                           each.estimate, fmt::format("{:.2f} to {:.2f}", each.low, each.high), each.p,
                           each.people);
        if (each.power_high > 0 || plan.power_trials > 0) {
            if (each.what.ends_with("moderation")) {
                out << fmt::format(
                    "Of {} trials like this one, {:.0f} % would tell it from zero (95 % interval "
                    "{:.0f} to {:.0f} %).\n",
                    plan.power_trials, 100 * each.power, 100 * each.power_low, 100 * each.power_high);
            }
        }
    }
    out << "Points of the outcome; moderation: for each point of the moderator. The people are simulated: "
           "this "
           "says what\nthe programme could find, nothing about training.\n";
}

void print_faults(std::ostream& out, const RehearsalOutcome& outcome) {
    for (const auto& [fault, by_command] : outcome.faults) {
        int all = 0;
        for (const auto& [command, count] : by_command) {
            all += count;
        }
        out << fmt::format("{}{} met {} commands", &fault == &outcome.faults.begin()->first ? "\n" : "",
                           fault, all);
        const char* between = ": ";
        for (const auto& [command, count] : by_command) {
            out << between << command << ' ' << count;
            between = ", ";
        }
        out << '\n';
    }
}

}  // namespace

json::object rehearsal_json(const RehearsalPlan& plan, const RehearsalOutcome& outcome) {
    json::object forms, flags, faults;
    for (const auto& [form, totals] : outcome.forms) {
        forms[form] = as_json(totals);
    }
    for (const auto& [flag, totals] : outcome.flags) {
        flags[flag] =
            json::object{{"rightly", totals.rightly}, {"wrongly", totals.wrongly}, {"missed", totals.missed}};
    }
    for (const auto& [fault, by_command] : outcome.faults) {
        faults[fault] = counts(by_command);
    }
    json::array allocations, recovered, weeks, violations;
    for (const ArmTotals& arm : outcome.allocations) {
        allocations.push_back(json::object{
            {"stratum", arm.stratum}, {"arm", arm.arm}, {"people", arm.people}, {"planned", arm.planned}});
    }
    for (const Recovered& each : outcome.recovered) {
        recovered.push_back(json::object{{"what", each.what},
                                         {"truth", each.truth},
                                         {"estimate", each.estimate},
                                         {"se", each.standard_error},
                                         {"lo", each.low},
                                         {"hi", each.high},
                                         {"p", each.p},
                                         {"people", each.people},
                                         {"power", each.power},
                                         {"power_lo", each.power_low},
                                         {"power_hi", each.power_high}});
    }
    for (const WeekTotals& week : outcome.weeks) {
        weeks.push_back(json::object{{"week", week.week},
                                     {"enrolled", week.enrolled},
                                     {"allocated", week.allocated},
                                     {"opened", week.opened},
                                     {"answered", week.answered},
                                     {"expired", week.expired},
                                     {"practices", week.practices},
                                     {"harms", week.harms},
                                     {"left", week.left}});
    }
    for (const std::string& violation : outcome.violations) {
        violations.emplace_back(violation);
    }
    return {{"protocol", outcome.protocol},
            {"version", outcome.version},
            {"protocol_hash", outcome.protocol_hash},
            {"people", outcome.people},
            {"seed", plan.seed},
            {"faults_asked", faults_of(plan)},
            {"began", to_text(outcome.began)},
            {"ended", to_text(outcome.ended)},
            {"events", outcome.events},
            {"kinds", counts(outcome.kinds)},
            {"commands", counts(outcome.commands)},
            {"refused", counts(outcome.refused)},
            {"prompts", as_json(outcome.prompts)},
            {"forms", forms},
            {"minutes_a_week", outcome.minutes_a_week},
            {"minutes_a_week_most", outcome.minutes_a_week_most},
            {"allocations", allocations},
            {"allocation_kinds", counts(outcome.allocation_kinds)},
            {"flags", flags},
            {"weeks", weeks},
            {"faults", faults},
            {"write_points", outcome.write_points},
            {"invariants", {{"checked", outcome.checked}, {"violated", outcome.violations.size()}}},
            {"violations", violations},
            {"recovered", recovered},
            {"head", outcome.head}};
}

void print_rehearsal(std::ostream& out, const RehearsalPlan& plan, const RehearsalOutcome& outcome,
                     double seconds) {
    out << fmt::format("{} {}: {} people who do not exist, {} to {} (seed {}, faults: {})\n",
                       outcome.protocol, outcome.version, outcome.people, day_of(outcome.began),
                       day_of(outcome.ended), plan.seed, faults_of(plan));
    print_timeline(out, outcome);
    print_prompts(out, outcome);
    print_allocations(out, outcome);
    print_flags(out, outcome);
    print_recovered(out, plan, outcome);
    print_faults(out, outcome);
    int refused = 0;
    for (const auto& [command, count] : outcome.refused) {
        refused += count;
    }
    out << fmt::format("\n{} events in {:.2f} s ({:.0f} a second); {} commands refused in words\n",
                       outcome.events, seconds, static_cast<double>(outcome.events) / seconds, refused);
    out << fmt::format("{} invariants checked, {} violated; head of the chain {}\n", outcome.checked,
                       outcome.violations.size(), outcome.head);
}

}  // namespace groundwork::command
