#include "programme/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "programme/matching_words.h"

namespace groundwork::programme {

namespace {

// A list for a sentence, cut where it gets long.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) {
        list += (i == 0 ? "" : ", ") + names[i];
    }
    return names.size() > shown ? fmt::format("{} and {} more", list, names.size() - shown) : list;
}

std::string people_count(std::size_t count) {
    return count == 1 ? "1 person" : fmt::format("{} people", count);
}

class Matcher {
  public:
    Matcher(const Protocol& protocol, const Variant* variant, std::size_t people, Entropy& entropy)
        : protocol_(protocol), variant_(variant), people_(people), entropy_(entropy) {
        for (const Stratum& stratum : protocol.strata) {
            coins_.emplace_back(protocol.coin, variant == nullptr ? stratum.planned : variant->planned);
        }
    }

    Result<Allocation> allocate(std::size_t place, const Person& person) {
        Allocation allocation;
        allocation.id = person.id;
        allocation.safety = assess_safety(protocol_, person.safety);
        if (person.moderator) {
            allocation.stratum = stratum_of(protocol_, *person.moderator);
            if (!allocation.stratum) {
                return fail(unacceptable(fmt::format("is a score of {} that no stratum of {} holds",
                                                     protocol_.moderator.instrument, protocol_.id))
                                .at("", person.id)
                                .value(shortest(to_score(*person.moderator))));
            }
        }
        if (allocation.safety.status == SafetyStatus::talk_first) {
            allocation.kind = Kind::safety;
            allocation.rule = rule_name(allocation.safety.rules.front());
            allocation.reason = reason_to_talk_first();
        } else if (!person.moderator) {
            allocation.kind = Kind::not_scored;
            allocation.rule = rule_name("not-scored");
            allocation.reason = reason_without_score(person.why_not_scored);
        } else {
            allocation.kind = Kind::drawn;
            draw_arm(place, *person.moderator, allocation);
            draw_start(place, person, allocation);
        }
        return allocation;
    }

  private:
    std::string rule_name(std::string_view rule) const {
        return fmt::format("{}@{}{}{}#{}", protocol_.id, protocol_.version, variant_ == nullptr ? "" : "+",
                           variant_ == nullptr ? "" : variant_->id, rule);
    }

    void draw_arm(std::size_t place, Points score, Allocation& allocation) {
        const Stratum& stratum = protocol_.strata[*allocation.stratum];
        ArmDraw drawn;
        if (variant_ != nullptr) {
            allocation.rule = rule_name(stratum.id);
            drawn.planned = variant_->planned;
        } else if (allocation.safety.kindness_feels_unsafe) {
            allocation.rule = rule_name("kindness-feels-unsafe");
            drawn.planned = protocol_.kindness->planned;
        } else if (is_near_a_cut(protocol_, score)) {
            allocation.rule = rule_name("near-a-cut");
            drawn.planned = protocol_.near_a_cut->planned;
        } else {
            allocation.rule = rule_name(stratum.id);
            drawn.planned = stratum.planned;
        }
        Coin& coin = coins_[*allocation.stratum];
        drawn.conditional = coin.probabilities(drawn.planned);
        drawn.draw = entropy_.draw(place, DrawFor::arm);
        drawn.arm = arm_of_draw(drawn.conditional, drawn.draw);
        coin.record(drawn.planned, drawn.arm);
        allocation.reason = reason_of_draw(protocol_, drawn, allocation.safety);
        allocation.draw = std::move(drawn);
    }

    bool may_wait(const Person& person, const SafetyAssessment& safety) const {
        if (!protocol_.delayed_start ||
            people_ < static_cast<std::size_t>(protocol_.delayed_start->from_people)) {
            return false;
        }
        const auto& never = protocol_.delayed_start->never_when;
        const bool is_excepted = std::ranges::any_of(safety.rules, [&](const std::string& rule) {
            return std::ranges::find(never, rule) != never.end();
        });
        return safety.status != SafetyStatus::not_screened && !person.safety.asks_for_help && !is_excepted;
    }

    void draw_start(std::size_t place, const Person& person, Allocation& allocation) {
        if (may_wait(person, allocation.safety)) {
            const std::uint64_t bits = entropy_.draw(place, DrawFor::start);
            allocation.start = StartDraw{happens(protocol_.delayed_start->probability, bits), bits};
        }
    }

    const Protocol& protocol_;
    const Variant* variant_;
    std::size_t people_;
    Entropy& entropy_;
    std::vector<Coin> coins_;  // one for each stratum
};

std::vector<std::string> ids_where(const Matching& matching, auto condition) {
    std::vector<std::string> ids;
    for (const Allocation& allocation : matching.allocations) {
        if (condition(allocation)) {
            ids.push_back(allocation.id);
        }
    }
    return ids;
}

std::string delayed_start_in_words(const Protocol& protocol, const Matching& matching) {
    if (!protocol.delayed_start) {
        return "The protocol has no delayed start.";
    }
    const DelayedStart& delay = *protocol.delayed_start;
    const std::size_t people = matching.allocations.size();
    if (people < static_cast<std::size_t>(delay.from_people)) {
        return fmt::format("Delayed start not drawn: the file has {}, and the protocol asks for {} or more.",
                           people_count(people), delay.from_people);
    }
    const auto drawn = ids_where(matching, [](const Allocation& each) { return each.start.has_value(); });
    if (drawn.empty()) {
        return "Delayed start not drawn: nobody may be asked to wait before being screened for safety.";
    }
    const auto waiting =
        ids_where(matching, [](const Allocation& each) { return each.start && each.start->is_delayed; });
    return fmt::format(
        "Delayed start drawn with probability {} for {}: {} start{} {} weeks later. Whoever asks for "
        "help starts now, whatever the draw said.",
        shortest(delay.probability / double{certain}), people_count(drawn.size()),
        people_count(waiting.size()), waiting.size() == 1 ? "s" : "", delay.weeks);
}

bool has_item_rule_answers(const Protocol& protocol, std::span<const Person> people) {
    return std::ranges::any_of(people, [&](const Person& person) {
        return std::ranges::any_of(protocol.safety.talk_first, [&](const SafetyRule& rule) {
            for (std::size_t i = 0; rule.item && i < person.safety.screens.size(); ++i) {
                if (protocol.safety.screens[i].instrument == rule.instrument &&
                    !person.safety.screens[i].items.empty()) {
                    return true;
                }
            }
            return false;
        });
    });
}

std::vector<std::string> warnings_of(const Protocol& protocol, std::span<const Person> people,
                                     const Matching& matching) {
    std::vector<std::string> warnings;
    const auto unscreened = ids_where(
        matching, [](const Allocation& each) { return each.safety.status == SafetyStatus::not_screened; });
    if (!unscreened.empty()) {
        warnings.emplace_back(provisional);
        const bool is_anybody_asked = std::ranges::any_of(people, [](const Person& person) {
            return std::ranges::any_of(person.safety.screens, &ScreenAnswers::is_asked);
        });
        warnings.push_back(is_anybody_asked
                               ? fmt::format("Not screened, because safety answers are missing: {} ({}).",
                                             people_count(unscreened.size()), listed(unscreened))
                               : "The file holds no safety answers, so nobody is screened.");
    }
    const auto talking =
        ids_where(matching, [](const Allocation& each) { return each.kind == Kind::safety; });
    if (!talking.empty()) {
        warnings.push_back(
            fmt::format("Talk to someone first: {} ({}). Their training opens after a human reply; no "
                        "draw was made.",
                        people_count(talking.size()), listed(talking)));
    }
    const auto unscored =
        ids_where(matching, [](const Allocation& each) { return each.kind == Kind::not_scored; });
    if (!unscored.empty()) {
        warnings.push_back(fmt::format("Not scored, so not drawn: {} ({}).", people_count(unscored.size()),
                                       listed(unscored)));
    }
    if (!protocol.safety.responder && has_item_rule_answers(protocol, people)) {
        warnings.emplace_back(
            "The file holds a risk item and the protocol names no responder: such an item may only be "
            "asked where a named person on duty reads the answer. CES-D or PHQ-8 ask without it.");
    }
    if (protocol.kindness && !protocol.kindness->validated &&
        std::ranges::any_of(people, [](const Person& person) { return !person.safety.kindness.empty(); })) {
        warnings.emplace_back(
            "The check whether kindness feels unsafe is our own wording and has not been validated.");
    }
    return warnings;
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::drawn: return "drawn";
        case Kind::safety: return "safety";
        case Kind::not_scored: return "not-scored";
    }
    ENSURE(false);
    return "";
}

std::optional<std::size_t> stratum_of(const Protocol& protocol, Points score) {
    const auto found =
        std::ranges::find_if(protocol.strata, [&](const Stratum& stratum) { return stratum.holds(score); });
    if (found == protocol.strata.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - protocol.strata.begin());
}

bool is_near_a_cut(const Protocol& protocol, Points score) {
    if (!protocol.near_a_cut) {
        return false;
    }
    const auto is_near = [&](std::optional<Points> cut) {
        return cut && std::abs(score - *cut) <= protocol.near_a_cut->distance;
    };
    // The outer bounds of the first and the last stratum divide nobody.
    for (std::size_t i = 1; i < protocol.strata.size(); ++i) {
        if (is_near(protocol.strata[i - 1].upper_cut()) || is_near(protocol.strata[i].lower_cut())) {
            return true;
        }
    }
    return false;
}

Result<Matching> match(const Protocol& protocol, std::span<const Person> people, const MatchOptions& options,
                       Entropy& entropy) {
    const Variant* variant = nullptr;
    if (!options.variant.empty()) {
        variant = protocol.find_variant(options.variant);
        if (variant == nullptr) {
            std::vector<std::string> ids;
            std::ranges::transform(protocol.variants, std::back_inserter(ids), &Variant::id);
            return fail(
                usage_error(fmt::format("is not a variant of {}.{}", protocol.id,
                                        ids.empty() ? " It has none." : suggestion(options.variant, ids)))
                    .value(options.variant));
        }
    }
    Matching matching;
    matching.entropy = entropy.description();
    Matcher matcher(protocol, variant, people.size(), entropy);
    for (std::size_t place = 0; place < people.size(); ++place) {
        matching.allocations.push_back(TRY(matcher.allocate(place, people[place])));
    }
    matching.delayed_start = delayed_start_in_words(protocol, matching);
    matching.warnings = warnings_of(protocol, people, matching);
    return matching;
}

}  // namespace groundwork::programme
