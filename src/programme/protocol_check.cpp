#include "programme/protocol_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "instrument/instrument.h"
#include "programme/course_check.h"

namespace groundwork::programme {

using instrument::Finding;
using instrument::Instrument;
using instrument::Severity;

namespace {

std::string percent(int probability) { return shortest(probability / double{certain}); }

std::string score_in_words(Points points) { return shortest(to_score(points)); }

// What carries a reason, with its place in the file.
struct PlacedGround {
    std::string where;
    const Ground* ground;
};

std::vector<PlacedGround> grounds_of(const Protocol& protocol) {
    std::vector<PlacedGround> grounds;
    const auto add_each = [&](const auto& list, std::string_view path) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            grounds.push_back({fmt::format("{}[{}]", path, i), &list[i].ground});
        }
    };
    add_each(protocol.arms, "arms");
    grounds.push_back({"moderator", &protocol.moderator.ground});
    if (protocol.measurement_error) {
        grounds.push_back({"matching.measurement_error", &protocol.measurement_error->ground});
    }
    add_each(protocol.strata, "matching.strata");
    if (protocol.near_a_cut) {
        grounds.push_back({"matching.near_a_cut", &protocol.near_a_cut->ground});
    }
    grounds.push_back({"matching.limits", &protocol.limits_ground});
    grounds.push_back({"matching.coin", &protocol.coin_ground});
    if (protocol.kindness) {
        grounds.push_back({"kindness_unsafe", &protocol.kindness->ground});
    }
    add_each(protocol.safety.talk_first, "safety.talk_first");
    add_each(protocol.safety.suggest_talking, "safety.suggest_talking");
    if (protocol.safety.on_device_list) {
        grounds.push_back({"safety.on_device_list", &protocol.safety.on_device_list->ground});
    }
    if (protocol.delayed_start) {
        grounds.push_back({"comparison", &protocol.delayed_start->ground});
    }
    add_each(protocol.variants, "variants");
    return grounds;
}

struct PlacedPlan {
    std::string where;
    const Probabilities* planned;
};

std::vector<PlacedPlan> plans_of(const Protocol& protocol) {
    std::vector<PlacedPlan> plans;
    for (std::size_t i = 0; i < protocol.strata.size(); ++i) {
        plans.push_back({fmt::format("matching.strata[{}].planned", i), &protocol.strata[i].planned});
    }
    if (protocol.near_a_cut) {
        plans.push_back({"matching.near_a_cut.planned", &protocol.near_a_cut->planned});
    }
    if (protocol.kindness) {
        plans.push_back({"kindness_unsafe.planned", &protocol.kindness->planned});
    }
    for (std::size_t i = 0; i < protocol.variants.size(); ++i) {
        plans.push_back({fmt::format("variants[{}].planned", i), &protocol.variants[i].planned});
    }
    return plans;
}

class Checker {
  public:
    explicit Checker(const Protocol& protocol) : protocol_(protocol) {}

    std::vector<Finding> check() {
        check_reasons();
        check_names();
        check_probabilities();
        check_arms();
        check_measurement_error();
        check_strata();
        check_moderator();
        check_kindness();
        check_screens();
        check_rules(protocol_.safety.talk_first, "safety.talk_first");
        check_rules(protocol_.safety.suggest_talking, "safety.suggest_talking");
        check_order_of_rules();
        check_screening_happens();
        check_delayed_start();
        const std::vector<Finding> of_course = check_course(protocol_);
        findings_.insert(findings_.end(), of_course.begin(), of_course.end());
        return std::move(findings_);
    }

  private:
    void error(std::string where, std::string message) {
        findings_.push_back({Severity::error, std::move(where), std::move(message)});
    }
    void warning(std::string where, std::string message) {
        findings_.push_back({Severity::warning, std::move(where), std::move(message)});
    }

    void check_reasons() {
        for (const PlacedGround& placed : grounds_of(protocol_)) {
            if (trim(placed.ground->reason).empty()) {
                error(placed.where + ".reason",
                      "is empty: nobody may ship a number without a reason. Say where it comes from.");
            }
        }
    }

    // Names within one list must differ.
    template <class List, class Member>
    void check_distinct(const List& list, Member member, std::string_view path, std::set<std::string>& seen) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string& name = list[i].*member;
            if (!seen.insert(name).second) {
                error(fmt::format("{}[{}]", path, i), fmt::format("\"{}\" is there twice.", name));
            }
        }
    }

    void check_names() {
        std::set<std::string> strata, rules, screens, variants;
        check_distinct(protocol_.strata, &Stratum::id, "matching.strata", strata);
        check_distinct(protocol_.safety.talk_first, &SafetyRule::id, "safety.talk_first", rules);
        check_distinct(protocol_.safety.suggest_talking, &SafetyRule::id, "safety.suggest_talking", rules);
        check_distinct(protocol_.safety.screens, &Screen::instrument, "safety.screens", screens);
        check_distinct(protocol_.variants, &Variant::id, "variants", variants);
        if (protocol_.purpose.find("Not for diagnosis") == std::string::npos) {
            warning("purpose",
                    "does not say what the programme is not for. The usual words: \"Education and programme "
                    "evaluation. Not for diagnosis, treatment, triage or fitness for duty.\"");
        }
    }

    void check_probabilities() {
        const Limits& limits = protocol_.coin.limits;
        if (limits.lowest > limits.highest) {
            error("matching.limits", fmt::format("the lowest probability, {}, is above the highest, {}.",
                                                 percent(limits.lowest), percent(limits.highest)));
        }
        for (const PlacedPlan& plan : plans_of(protocol_)) {
            for (std::size_t arm = 0; arm < plan.planned->size(); ++arm) {
                const int planned = (*plan.planned)[arm];
                const int lowest = limits.lowest_for(planned);
                const int highest = limits.highest_for(planned);
                if (planned < lowest || planned > highest) {
                    error(plan.where,
                          fmt::format("gives {} the probability {}, outside the protocol's limits {} to {}.",
                                      protocol_.drawn_arms()[arm]->id, percent(planned),
                                      percent(limits.lowest), percent(limits.highest)));
                }
            }
        }
        if (limits.least_share_of_planned < certain / 2) {
            warning("matching.limits.least_share_of_planned",
                    "lets the coin go below half the planned probability: people near the end of a run could "
                    "foresee "
                    "their arm. .5 or more is usual.");
        }
    }

    void check_arms() {
        const std::vector<const Arm*> drawn = protocol_.drawn_arms();
        for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
            const bool is_reached = std::ranges::any_of(
                protocol_.strata, [&](const Stratum& stratum) { return stratum.planned[arm] > 0; });
            if (!is_reached) {
                error(
                    "arms",
                    fmt::format("nobody can reach the arm {}: its planned probability is 0 in every stratum. "
                                "Give it one, or \"entered_by\": \"choice\", or leave it out.",
                                drawn[arm]->id));
            }
            if (drawn[arm]->expected_at_least) {
                error("arms",
                      fmt::format("the arm {} is offered only from {} expected people but drawn to in every "
                                  "cohort. Make it \"entered_by\": \"choice\" or drop \"expected_at_least\".",
                                  drawn[arm]->id, *drawn[arm]->expected_at_least));
            }
        }
        if (drawn.size() == 1 && !protocol_.delayed_start) {
            warning(
                "arms",
                "people are drawn to one arm only: whether another would have been better cannot be known.");
        }
    }

    void check_measurement_error() {
        if (!protocol_.measurement_error) {
            return;
        }
        const MeasurementError& given = *protocol_.measurement_error;
        const double computed = given.standard_deviation * std::sqrt(1 - given.reliability);
        constexpr double rounding = 0.00006;
        if (std::abs(computed - to_score(given.standard_error)) > rounding) {
            error("matching.measurement_error.standard_error",
                  fmt::format("is {}, but {} x sqrt(1 - {}) = {}.", score_in_words(given.standard_error),
                              shortest(given.standard_deviation), shortest(given.reliability),
                              fixed(computed, 4)));
        }
    }

    void check_strata() {
        const std::vector<Stratum>& strata = protocol_.strata;
        for (std::size_t i = 0; i < strata.size(); ++i) {
            const auto lower = strata[i].lower_cut();
            const auto upper = strata[i].upper_cut();
            const bool is_empty =
                lower && upper &&
                (*lower > *upper || (*lower == *upper && (strata[i].above || strata[i].below)));
            if (is_empty) {
                error(fmt::format("matching.strata[{}]", i),
                      fmt::format("no score can be in {}.", strata[i].id));
            }
            if (lower && upper && protocol_.near_a_cut && i > 0 && i + 1 < strata.size() &&
                *upper - *lower < 2 * protocol_.near_a_cut->distance) {
                warning(fmt::format("matching.strata[{}]", i),
                        fmt::format("everybody in {} is near a cut, so its own probabilities are never used.",
                                    strata[i].id));
            }
        }
        for (std::size_t i = 1; i < strata.size(); ++i) {
            check_seam(strata[i - 1], strata[i], fmt::format("matching.strata[{}]", i));
        }
    }

    // Between two strata: the same cut, on exactly one side.
    void check_seam(const Stratum& left, const Stratum& right, const std::string& where) {
        const auto end = left.upper_cut();
        const auto begin = right.lower_cut();
        if (!end || !begin || *end > *begin) {
            error(where, fmt::format("{} and {} overlap: scores could be in both.", left.id, right.id));
        } else if (*end < *begin) {
            error(where, fmt::format("nobody between {} and {} has a stratum: {} ends before {} begins.",
                                     score_in_words(*end), score_in_words(*begin), left.id, right.id));
        } else if (left.at_most && right.at_least) {
            error(where,
                  fmt::format("a score of {} is in both {} and {}. Make one of them \"below\" or \"above\".",
                              score_in_words(*end), left.id, right.id));
        } else if (!left.at_most && !right.at_least) {
            error(where, fmt::format(
                             "a score of exactly {} is in neither {} nor {}. Make one of them \"at_most\" or "
                             "\"at_least\".",
                             score_in_words(*end), left.id, right.id));
        }
    }

    // One that ships is used where it is; one of the agency's own, given by its path, is read and kept.
    Result<const Instrument*> look_up(const std::string& id) {
        const auto& shipped = instrument::shipped_instruments();
        const auto place = std::ranges::find(shipped, id, &Instrument::id);
        if (place != shipped.end()) {
            return &*place;
        }
        own_instruments_.push_back(TRY(instrument::find_instrument(id)));
        return &own_instruments_.back();
    }

    // The instrument, or nothing and a finding that there is none.
    const Instrument* instrument_at(const std::string& id, const std::string& where) {
        const auto found = look_up(id);
        if (!found) {
            error(where, found.error().describe());
            return nullptr;
        }
        return *found;
    }

    const instrument::Scale* scale_at(const Instrument& instrument, const std::string& id,
                                      const std::string& where) {
        const instrument::Scale* scale = instrument.find_scale(id);
        if (scale == nullptr) {
            std::vector<std::string> ids;
            std::ranges::transform(instrument.scales, std::back_inserter(ids), &instrument::Scale::id);
            error(where, fmt::format("{} has no scale \"{}\".{}", instrument.id, id, suggestion(id, ids)));
        }
        return scale;
    }

    void check_moderator() {
        const Moderator& moderator = protocol_.moderator;
        const Instrument* instrument = instrument_at(moderator.instrument, "moderator.instrument");
        if (instrument == nullptr) {
            return;
        }
        check_risk_items(*instrument, Asked::always, "moderator.instrument");
        for (const std::string& half : moderator.halves) {
            scale_at(*instrument, half, "moderator.halves");
        }
        const instrument::Scale* scale = scale_at(*instrument, moderator.scale, "moderator.scale");
        if (scale == nullptr) {
            return;
        }
        const Stratum& first = protocol_.strata.front();
        const Stratum& last = protocol_.strata.back();
        const Points minimum = to_points(scale->minimum);
        const Points maximum = to_points(scale->maximum);
        if ((first.at_least && *first.at_least > minimum) || (first.above && *first.above >= minimum)) {
            error("matching.strata[0]", fmt::format("{} scores go down to {}, below the lowest stratum.",
                                                    moderator.instrument, shortest(scale->minimum)));
        }
        if ((last.at_most && *last.at_most < maximum) || (last.below && *last.below <= maximum)) {
            error(fmt::format("matching.strata[{}]", protocol_.strata.size() - 1),
                  fmt::format("{} scores go up to {}, above the highest stratum.", moderator.instrument,
                              shortest(scale->maximum)));
        }
        for (const Stratum& stratum : protocol_.strata) {
            if ((stratum.lower_cut() && *stratum.lower_cut() > maximum) ||
                (stratum.upper_cut() && *stratum.upper_cut() < minimum)) {
                error("matching.strata",
                      fmt::format("nobody can be in {}: {} scores run from {} to {}.", stratum.id,
                                  moderator.instrument, shortest(scale->minimum), shortest(scale->maximum)));
            }
        }
    }

    void check_kindness() {
        if (protocol_.kindness && (protocol_.kindness->minimum >= protocol_.kindness->maximum ||
                                   protocol_.kindness->flag_from <= protocol_.kindness->minimum ||
                                   protocol_.kindness->flag_from > protocol_.kindness->maximum)) {
            error("kindness_unsafe",
                  fmt::format("a flag from {} on answers from {} to {} is never raised or always is.",
                              protocol_.kindness->flag_from, protocol_.kindness->minimum,
                              protocol_.kindness->maximum));
        }
    }

    void check_risk_items(const Instrument& instrument, Asked asked, const std::string& where) {
        if (protocol_.safety.responder || asked == Asked::with_responder) {
            return;
        }
        for (const instrument::Item& item : instrument.items) {
            if (!item.risk.empty()) {
                error(where,
                      fmt::format(
                          "{} asks a risk item (item {}) and the protocol names no responder. Name one "
                          "with hours, a longest reply time and a deputy, or ask CES-D (no risk item) or "
                          "PHQ-8 instead, or set \"asked\": \"with-responder\".",
                          instrument.id, item.number));
                return;
            }
        }
    }

    void check_screens() {
        for (std::size_t i = 0; i < protocol_.safety.screens.size(); ++i) {
            const Screen& screen = protocol_.safety.screens[i];
            const std::string where = fmt::format("safety.screens[{}]", i);
            if (const Instrument* instrument = instrument_at(screen.instrument, where + ".instrument")) {
                scale_at(*instrument, screen.scale, where + ".scale");
                check_risk_items(*instrument, screen.asked, where);
            }
            const auto reads = [&](const SafetyRule& rule) { return rule.instrument == screen.instrument; };
            if (std::ranges::none_of(protocol_.safety.talk_first, reads) &&
                std::ranges::none_of(protocol_.safety.suggest_talking, reads)) {
                warning(where, fmt::format("no safety rule reads {}, so it is asked for nothing.",
                                           screen.instrument));
            }
        }
    }

    void check_rules(const std::vector<SafetyRule>& rules, std::string_view path) {
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const SafetyRule& rule = rules[i];
            const std::string where = fmt::format("{}[{}]", path, i);
            const Screen* screen = protocol_.find_screen(rule.instrument);
            if (screen == nullptr) {
                error(where,
                      fmt::format(
                          "the rule {} reads {}, which is not asked. Add it to safety.screens or drop the "
                          "rule.",
                          rule.id, rule.instrument));
                continue;
            }
            const auto instrument = look_up(rule.instrument);
            if (instrument) {
                check_reach(rule, *screen, **instrument, where);
            }
        }
    }

    // Whether some answers make the rule hold and some do not.
    void check_reach(const SafetyRule& rule, const Screen& screen, const Instrument& instrument,
                     const std::string& where) {
        double lowest = 0;
        double highest = 0;
        if (rule.item) {
            if (*rule.item > static_cast<int>(instrument.items.size())) {
                error(where, fmt::format("{} has no item {}; it has {}.", instrument.id, *rule.item,
                                         instrument.items.size()));
                return;
            }
            lowest = instrument.responses_of(*rule.item).minimum;
            highest = instrument.responses_of(*rule.item).maximum;
        } else if (const instrument::Scale* scale = instrument.find_scale(screen.scale)) {
            lowest = scale->minimum;
            highest = scale->maximum;
        } else {
            return;
        }
        if (rule.at_least > to_points(highest)) {
            error(where, fmt::format("the rule {} can never hold: {} goes up to {}.", rule.id, instrument.id,
                                     shortest(highest)));
        } else if (rule.at_least <= to_points(lowest)) {
            error(where, fmt::format("the rule {} always holds: {} begins at {}.", rule.id, instrument.id,
                                     shortest(lowest)));
        }
    }

    void check_order_of_rules() {
        const auto& suggestions = protocol_.safety.suggest_talking;
        for (std::size_t i = 0; i < suggestions.size(); ++i) {
            for (const SafetyRule& first : protocol_.safety.talk_first) {
                if (!first.item && !suggestions[i].item && first.instrument == suggestions[i].instrument &&
                    suggestions[i].at_least >= first.at_least) {
                    warning(fmt::format("safety.suggest_talking[{}]", i),
                            fmt::format("{} never decides: {} comes first, from {}.", suggestions[i].id,
                                        first.id, score_in_words(first.at_least)));
                }
            }
        }
    }

    void check_screening_happens() {
        const Safety& safety = protocol_.safety;
        if (safety.talk_first.empty()) {
            warning("safety.talk_first", "no rule sends anybody to talk to someone first.");
        }
        bool is_one_asked = false;
        for (const std::string& id : safety.screened_by_one_of) {
            const Screen* screen = protocol_.find_screen(id);
            if (screen == nullptr) {
                error("safety.screened_by_one_of", fmt::format("{} is not among safety.screens.", id));
            } else {
                is_one_asked |= screen->asked == Asked::always ||
                                (screen->asked == Asked::with_responder && safety.responder.has_value());
            }
        }
        if (!is_one_asked) {
            error("safety.screened_by_one_of",
                  "nobody would ever count as screened: none of these instruments is asked of everyone.");
        }
    }

    void check_delayed_start() {
        if (!protocol_.delayed_start) {
            return;
        }
        const DelayedStart& delay = *protocol_.delayed_start;
        for (const std::string& id : delay.never_when) {
            if (std::ranges::find(protocol_.safety.talk_first, id, &SafetyRule::id) ==
                    protocol_.safety.talk_first.end() &&
                std::ranges::find(protocol_.safety.suggest_talking, id, &SafetyRule::id) ==
                    protocol_.safety.suggest_talking.end()) {
                error("comparison.never_when", fmt::format("\"{}\" is not the id of a safety rule.", id));
            }
        }
        if (delay.probability == 0 || delay.probability == certain) {
            error("comparison.probability", "with a probability of 0 or 1 there is nobody to compare with.");
        }
    }

    const Protocol& protocol_;
    std::vector<Finding> findings_;
    std::deque<Instrument> own_instruments_;  // stay where they are as it grows
};

void add_errors(const Error& error, std::vector<Finding>& findings) {
    std::string message = error.offending_value().empty()
                              ? error.problem()
                              : fmt::format("\"{}\" {}", error.offending_value(), error.problem());
    if (!error.remedy_text().empty()) {
        message += (message.ends_with('.') ? " " : ". ") + error.remedy_text();
    }
    findings.push_back({Severity::error, error.place().column, std::move(message)});
    for (const Error& other : error.others()) {
        add_errors(other, findings);
    }
}

}  // namespace

std::vector<Finding> check_meaning(const Protocol& protocol) { return Checker(protocol).check(); }

std::vector<Finding> check_protocol(std::string_view text, std::string_view file) {
    const Result<Protocol> protocol = read_protocol(text, file);
    if (!protocol) {
        std::vector<Finding> findings;
        add_errors(protocol.error(), findings);
        return findings;
    }
    return check_meaning(*protocol);
}

}  // namespace groundwork::programme
