// Harms, humans and the pausing of arms.
#include <fmt/format.h>

#include <boost/math/special_functions/beta.hpp>

#include "programme/core/decision.h"

namespace groundwork::programme {

namespace {

// P(rate > limit) for a Beta posterior. The one place where the core computes with floating-point numbers:
// its outcome is an event, so a replay does not.
bool is_rate_too_high(const ArmPause& rule, int harmed, int people) {
    const double above =
        boost::math::ibetac(rule.prior_harmed + harmed, rule.prior_unharmed + people - harmed, rule.rate);
    return above > rule.certainty;
}

// Looked at every so many people: at each multiple of `every` from `from_people` on that the arm has reached.
bool is_time_to_look(const ArmPause& rule, int people) {
    return people >= rule.from_people && (people - rule.from_people) % rule.every == 0;
}

}  // namespace

Result<void> offer_human(Decision& decision, const Id& id, HumanReason reason) {
    const Protocol& protocol = decision.protocol_of(decision.person(id));
    HumanOffered offered{reason, std::nullopt};
    if (protocol.safety.responder) {
        constexpr double seconds_of_an_hour = 3600;
        offered.reply_by =
            decision.now() + std::chrono::seconds(static_cast<std::int64_t>(
                                 protocol.safety.responder->reply_within_hours * seconds_of_an_hour));
    }
    return decision.emit(id, offered);
}

static Result<void> judge_arm(Decision& decision, const std::string& arm) {
    const auto& rule = decision.core().launched_protocol().course->arm_pause;
    const CohortCore& core = decision.core();
    const auto count = [](const std::map<std::string, int>& counts, const std::string& name) {
        const auto found = counts.find(name);
        return found == counts.end() ? 0 : found->second;
    };
    const int people = count(core.allocated, arm);
    const int harmed = count(core.harmed, arm);
    if (!rule || core.paused_arms.contains(arm) || people < rule->from_people ||
        !is_rate_too_high(*rule, harmed, people)) {
        return {};
    }
    return decision.emit(
        std::nullopt,
        ArmPaused{arm, harmed, people,
                  fmt::format("{} of {} people had effects that got in the way: new starts wait "
                              "for the safety monitor.",
                              harmed, people)});
}

Result<void> look_at_arm(Decision& decision, const std::string& arm) {
    const auto& rule = decision.core().launched_protocol().course->arm_pause;
    const auto people = decision.core().allocated.find(arm);
    if (rule && people != decision.core().allocated.end() && is_time_to_look(*rule, people->second)) {
        return judge_arm(decision, arm);
    }
    return {};
}

Result<void> report_harm(Decision& decision, const Id& id, int level, std::uint32_t prompt) {
    const Course& course = *decision.protocol_of(decision.person(id)).course;
    const bool was_impaired = decision.person(id).had_impairing_harm;
    if (level == 0 && decision.person(id).some_harms_in_a_row == 0) {
        return {};
    }
    TRY_DO(decision.emit(id, HarmReported{level, prompt}));
    const Participant& person = decision.person(id);
    if (!was_impaired && person.had_impairing_harm && !person.arm.empty()) {
        const std::string arm = person.arm;
        TRY_DO(decision.emit(std::nullopt, ImpairingHarmCounted{arm}));
        TRY_DO(look_at_arm(decision, arm));
    }
    if (level >= course.harms->pause_from) {
        if (!decision.person(id).is_practice_paused) {
            TRY_DO(decision.emit(id, PracticePaused{}));
        }
        return offer_human(decision, id, HumanReason::harm);
    }
    return {};
}

}  // namespace groundwork::programme
