#include "programme/matching_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace groundwork::programme {

namespace {

bool are_even(const Probabilities& planned) {
    const int open = static_cast<int>(std::ranges::count_if(planned, [](int share) { return share > 0; }));
    return std::ranges::all_of(
        planned, [&](int share) { return share == 0 || std::abs(share * open - certain) <= open; });
}

}  // namespace

std::string odds_in_words(int probability) {
    constexpr int a_hundredth = certain / 100;
    for (int of = 2; of <= 5; ++of) {
        for (int favourable = 1; favourable < of; ++favourable) {
            if (std::abs(probability * of - favourable * certain) < of * a_hundredth / 2) {
                return fmt::format("{} in {}", favourable, of);
            }
        }
    }
    return fmt::format("{} in 100", (probability + a_hundredth / 2) / a_hundredth);
}

std::string reason_of_draw(const Protocol& protocol, const ArmDraw& draw, const SafetyAssessment& safety) {
    if (std::ranges::count_if(draw.planned, [](int share) { return share > 0; }) == 1) {
        return "Your starting plan: everyone is offered the same training. If a draw was made, it decided "
               "when "
               "yours begins.";
    }
    std::string odds = "The odds were even";
    if (!are_even(draw.planned)) {
        const auto likeliest = std::ranges::max_element(draw.planned);
        const bool is_likeliest = draw.planned[draw.arm] == *likeliest;
        odds = fmt::format("Your answers moved the odds to {}{}", odds_in_words(*likeliest),
                           is_likeliest ? "" : " for another plan");
    }
    std::string words = fmt::format(
        "Your starting plan. {}; a draw decided. Nobody knows yet which order is better. You can change it.",
        odds);
    if (safety.kindness_feels_unsafe && protocol.kindness) {
        words += " A gentler start: " + protocol.kindness->gentler_start.at("en");
    }
    if (safety.status == SafetyStatus::suggest_talking) {
        words += " Talking to someone as well may help; gentler versions of the practices are there for you.";
    }
    return words;
}

std::string reason_to_talk_first() {
    return "Talk to someone first. Your training opens after a person has replied to you.";
}

std::string reason_without_score(const std::string& why) { return fmt::format("No draw yet: {}.", why); }

}  // namespace groundwork::programme
