// groundwork protocol check|show: what is wrong with a protocol, and what it says.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "command/commands.h"
#include "command/findings.h"
#include "foundation/json.h"
#include "programme/programme.h"

namespace groundwork::command {

namespace {

using programme::Ground;
using programme::Protocol;

std::string odds_of(const Protocol& protocol, const programme::Probabilities& planned) {
    std::vector<std::string> parts;
    const auto arms = protocol.drawn_arms();
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        parts.push_back(
            fmt::format("{} {}", arms[arm]->id, shortest(planned[arm] / double{programme::certain})));
    }
    return join(parts, ", ");
}

std::string bounds_of(const programme::Stratum& stratum) {
    std::vector<std::string> parts;
    const auto add = [&](std::string_view words, const std::optional<programme::Points>& cut) {
        if (cut) {
            parts.push_back(fmt::format("{} {}", words, shortest(programme::to_score(*cut))));
        }
    };
    add("at least", stratum.at_least);
    add("above", stratum.above);
    add("at most", stratum.at_most);
    add("below", stratum.below);
    return parts.empty() ? "every score" : join(parts, ", ");
}

void print_ground(std::ostream& out, const Ground& ground) {
    out << fmt::format("      [{}] {}\n", programme::letter_of(ground.standing), ground.reason);
}

void print_arms(std::ostream& out, const Protocol& protocol) {
    out << "\nArms\n";
    for (const programme::Arm& arm : protocol.arms) {
        const bool is_drawn = arm.entered_by == programme::EnteredBy::draw;
        out << fmt::format(
            "  {}  {} ({}), entered by {}{}\n      {}\n", arm.label, arm.name.at("en"), arm.id,
            is_drawn ? "draw" : "choice",
            arm.expected_at_least ? fmt::format(", from {} expected people", *arm.expected_at_least) : "",
            arm.description.at("en"));
        print_ground(out, arm.ground);
    }
}

void print_matching(std::ostream& out, const Protocol& protocol) {
    out << fmt::format("\nMatching on {} {}\n", protocol.moderator.instrument, protocol.moderator.scale);
    print_ground(out, protocol.moderator.ground);
    for (const programme::Stratum& stratum : protocol.strata) {
        out << fmt::format("  {} ({}): {}\n", stratum.id, bounds_of(stratum),
                           odds_of(protocol, stratum.planned));
        print_ground(out, stratum.ground);
    }
    if (protocol.near_a_cut) {
        out << fmt::format("  within {} of a cut: {}\n",
                           shortest(programme::to_score(protocol.near_a_cut->distance)),
                           odds_of(protocol, protocol.near_a_cut->planned));
        print_ground(out, protocol.near_a_cut->ground);
    }
    if (protocol.kindness) {
        out << fmt::format("  kindness feels unsafe (any answer from {}): {}\n", protocol.kindness->flag_from,
                           odds_of(protocol, protocol.kindness->planned));
        print_ground(out, protocol.kindness->ground);
    }
    const programme::Limits& limits = protocol.coin.limits;
    out << fmt::format("  no probability leaves {} to {}, nor falls below {} of the planned one\n",
                       shortest(limits.lowest / double{programme::certain}),
                       shortest(limits.highest / double{programme::certain}),
                       shortest(limits.least_share_of_planned / double{programme::certain}));
    print_ground(out, protocol.limits_ground);
    out << fmt::format("  coin: zhang-hu-2009, gamma {}, {} starting people\n", protocol.coin.gamma,
                       protocol.coin.starting_people);
    print_ground(out, protocol.coin_ground);
}

void print_rules(std::ostream& out, std::string_view title, const std::vector<programme::SafetyRule>& rules) {
    out << "  " << title << '\n';
    for (const programme::SafetyRule& rule : rules) {
        out << fmt::format("    {}{} at least {} ({})\n", rule.instrument,
                           rule.item ? fmt::format(" item {}", *rule.item) : "",
                           shortest(programme::to_score(rule.at_least)), rule.id);
        print_ground(out, rule.ground);
    }
}

void print_safety(std::ostream& out, const Protocol& protocol) {
    const programme::Safety& safety = protocol.safety;
    out << "\nSafety, before any draw\n";
    out << (safety.responder
                ? fmt::format("  responder: {}, {}; replies within {} hours; deputy {}\n",
                              safety.responder->name, safety.responder->hours,
                              shortest(safety.responder->reply_within_hours), safety.responder->deputy)
                : "  responder: nobody, so no risk item is asked\n");
    print_rules(out, "talk to someone first", safety.talk_first);
    if (safety.on_device_list) {
        out << fmt::format("    yes to the on-device list ({})\n",
                           join(safety.on_device_list->topics.at("en"), ", "));
        print_ground(out, safety.on_device_list->ground);
    }
    print_rules(out, "suggest talking, still start", safety.suggest_talking);
    if (protocol.delayed_start) {
        const programme::DelayedStart& delay = *protocol.delayed_start;
        out << fmt::format("\nComparison: a start {} weeks later with probability {}, from {} people\n",
                           delay.weeks, shortest(delay.probability / double{programme::certain}),
                           delay.from_people);
        print_ground(out, delay.ground);
    }
}

std::string when_in_words(const programme::Timing& timing) {
    if (const auto* on_day = std::get_if<programme::OnDay>(&timing)) {
        return fmt::format("day {}", on_day->day);
    }
    if (const auto* weekly = std::get_if<programme::OnWeekday>(&timing)) {
        return fmt::format("day {} of weeks {} to {}", weekly->day_of_week, weekly->from_week,
                           weekly->to_week);
    }
    if (const auto* random = std::get_if<programme::OnRandomDays>(&timing)) {
        return fmt::format("{} days drawn in each of weeks {} to {}", random->days_a_week, random->from_week,
                           random->to_week);
    }
    return "at enrolment";
}

void print_forms(std::ostream& out, const Protocol& protocol) {
    out << "\nWhat is asked when (day 0 is the first of week 1; there is no week 0)\n";
    for (const programme::Form& form : protocol.course->forms) {
        std::vector<std::string> asked = instruments_asked(protocol, form);
        asked.insert(asked.end(), form.questions.begin(), form.questions.end());
        out << fmt::format("  {}: {}, {} s, open {} h\n      {}\n", form.id, when_in_words(form.timing),
                           form.seconds, form.open_hours, join(asked, ", "));
        print_ground(out, form.ground);
    }
}

void print_course(std::ostream& out, const Protocol& protocol) {
    const programme::Course& course = *protocol.course;
    out << fmt::format("\nCourse: {} weeks before, {} of training, {} after; {} people expected\n",
                       course.weeks_before, course.weeks, course.weeks_after, course.expected_people);
    print_ground(out, course.ground);
    print_forms(out, protocol);
    out << "\nOutcomes\n";
    for (const programme::Outcome& outcome : course.outcomes) {
        out << fmt::format("  {}: {} {}, {} to {}, {} is better\n", outcome.id, outcome.instrument,
                           outcome.scale, outcome.before, outcome.after,
                           outcome.better == programme::Better::lower ? "lower" : "higher");
        if (outcome.reliable_change) {
            out << fmt::format("      reliable change: {} points{}; {}\n",
                               shortest(programme::to_score(outcome.reliable_change->points)),
                               outcome.reliable_change->decides ? "" : " (never decides)",
                               outcome.reliable_change->source);
        }
    }
    if (course.second_draw) {
        out << "\nThe draw at the middle, among people whom it is not helping yet\n  ";
        for (std::size_t i = 0; i < course.second_draw->options.size(); ++i) {
            out << fmt::format("{}{} {}", i == 0 ? "" : ", ", name_of(course.second_draw->options[i]),
                               shortest(course.second_draw->planned[i] / double{programme::certain}));
        }
        out << '\n';
        print_ground(out, course.second_draw->ground);
    }
    if (course.arm_pause) {
        const programme::ArmPause& pause = *course.arm_pause;
        out << fmt::format("\nAn arm pauses when P(impairing harm > {}) > {} under Beta({}, {})\n",
                           shortest(pause.rate), shortest(pause.certainty), shortest(pause.prior_harmed),
                           shortest(pause.prior_unharmed));
        print_ground(out, pause.ground);
    }
    out << fmt::format("\nReports: groups of at least {}, after {}\n", course.reporting.smallest_group,
                       join(course.reporting.released_after, " and "));
    print_ground(out, course.reporting.ground);
}

void print_protocol(std::ostream& out, const Protocol& protocol) {
    out << fmt::format("{} ({} {})\n{}\ncontent hash {}\n", protocol.title.at("en"), protocol.id,
                       protocol.version, protocol.purpose, protocol.content_hash);
    print_arms(out, protocol);
    print_matching(out, protocol);
    print_safety(out, protocol);
    if (protocol.course) {
        print_course(out, protocol);
    }
    for (const programme::Variant& variant : protocol.variants) {
        out << fmt::format("\nVariant {}: {}\n", variant.id, odds_of(protocol, variant.planned));
        print_ground(out, variant.ground);
    }
    out << "\nHypothesis\n";
    for (const std::string& sentence : protocol.hypotheses) {
        out << "  - " << sentence << '\n';
    }
    out << "Evidence\n";
    for (const std::string& sentence : protocol.evidence) {
        out << "  - " << sentence << '\n';
    }
    out << "\n[E] supported by published evidence, [C] computed, [K] professional knowledge: your clinical "
           "lead confirms "
           "each K.\n";
}

class ProtocolCommand : public Command {
  public:
    std::string name() const override { return "protocol"; }
    std::string summary() const override { return "Check a protocol, or show what it says and why"; }
    std::string manual() const override {
        return "Example: groundwork protocol check my-protocol.json\n"
               "         groundwork protocol show matched-six-week\n"
               "check finds what is wrong or unwise: probabilities outside their limits, strata with gaps or "
               "overlaps,\n"
               "arms that nobody can reach, safety rules on instruments that are not asked, risk items "
               "without a\n"
               "responder, numbers without a reason. Exit status 1 if there is an error; warnings leave it "
               "0.\n"
               "show prints every number with its standing and its reason.";
    }
    void declare(Options& options) override {
        options.positional("ACTION", action_, Need::required, "check or show");
        options.positional("PROTOCOL", protocol_, Need::required,
                           "a protocol file, or the id of one that ships");
    }

    Result<void> run(Console& console) override {
        if (action_ != "check" && action_ != "show") {
            const std::vector<std::string> actions = {"check", "show"};
            return fail(usage_error("is not something that can be done with a protocol." +
                                    suggestion(action_, actions))
                            .value(action_));
        }
        const programme::ProtocolSource source = TRY(programme::find_protocol_source(protocol_));
        const auto findings = programme::check_protocol(source.text, source.name);
        if (action_ == "check") {
            return report_findings(console, source.name, findings);
        }
        const Protocol protocol = TRY(programme::parse_protocol(source.text, source.name));
        if (console.wants_json()) {
            console.print_json(json::object{{"protocol", TRY(parse_json(source.text, source.name))},
                                            {"findings", findings_as_json(findings)}});
        } else {
            print_protocol(console.out(), protocol);
        }
        return {};
    }

  private:
    std::string action_, protocol_;
};

}  // namespace

std::unique_ptr<Command> make_protocol_command() { return std::make_unique<ProtocolCommand>(); }

}  // namespace groundwork::command
