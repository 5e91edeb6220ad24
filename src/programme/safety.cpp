#include "programme/safety.h"

#include <fmt/format.h>

#include <algorithm>

namespace groundwork::programme {

namespace {

enum class Outcome { not_asked, unknown, holds, does_not_hold };

const ScreenAnswers* answers_to(const Protocol& protocol, const SafetyAnswers& answers,
                                std::string_view instrument) {
    for (std::size_t i = 0; i < answers.screens.size(); ++i) {
        if (protocol.safety.screens[i].instrument == instrument) {
            return &answers.screens[i];
        }
    }
    return nullptr;
}

Outcome judge_item(const SafetyRule& rule, const ScreenAnswers& screen) {
    const auto index = static_cast<std::size_t>(*rule.item - 1);
    if (index < screen.items.size() && screen.items[index]) {
        return to_points(*screen.items[index]) >= rule.at_least ? Outcome::holds : Outcome::does_not_hold;
    }
    return Outcome::unknown;
}

Outcome judge(const SafetyRule& rule, const ScreenAnswers* screen) {
    if (screen == nullptr || !screen->is_asked) {
        return Outcome::not_asked;
    }
    if (rule.item) {
        return judge_item(rule, *screen);
    }
    if (screen->lowest_possible && *screen->lowest_possible >= rule.at_least) {
        return Outcome::holds;
    }
    return screen->score ? Outcome::does_not_hold : Outcome::unknown;
}

void note_once(std::vector<std::string>& list, std::string entry) {
    if (std::ranges::find(list, entry) == list.end()) {
        list.push_back(std::move(entry));
    }
}

// Adds the rules that hold; returns whether there was one.
bool apply_rules(const std::vector<SafetyRule>& rules, const Protocol& protocol, const SafetyAnswers& answers,
                 SafetyAssessment& assessment) {
    bool one_holds = false;
    for (const SafetyRule& rule : rules) {
        const Outcome outcome = judge(rule, answers_to(protocol, answers, rule.instrument));
        if (outcome == Outcome::holds) {
            assessment.rules.push_back(rule.id);
            one_holds = true;
        } else if (outcome == Outcome::unknown) {
            note_once(assessment.missing,
                      rule.item ? fmt::format("{} item {}", rule.instrument, *rule.item) : rule.instrument);
        }
    }
    return one_holds;
}

bool is_screened(const Protocol& protocol, const SafetyAnswers& answers) {
    return std::ranges::any_of(protocol.safety.screened_by_one_of, [&](const std::string& instrument) {
        const ScreenAnswers* screen = answers_to(protocol, answers, instrument);
        return screen != nullptr && screen->is_asked && screen->score.has_value();
    });
}

bool apply_kindness(const Protocol& protocol, const SafetyAnswers& answers, SafetyAssessment& assessment) {
    if (!protocol.kindness || answers.kindness.empty()) {
        return false;
    }
    const auto raises_flag = [&](const std::optional<int>& answer) {
        return answer && *answer >= protocol.kindness->flag_from;
    };
    if (std::ranges::any_of(answers.kindness, raises_flag)) {
        return true;
    }
    if (std::ranges::any_of(answers.kindness, [](const auto& answer) { return !answer.has_value(); })) {
        note_once(assessment.missing, "kindness_unsafe");
    }
    return false;
}

}  // namespace

std::string_view name_of(SafetyStatus status) {
    switch (status) {
        case SafetyStatus::not_screened: return "not-screened";
        case SafetyStatus::start: return "start";
        case SafetyStatus::suggest_talking: return "suggest-talking";
        case SafetyStatus::talk_first: return "talk-first";
    }
    ENSURE(false);
    return "";
}

SafetyAssessment assess_safety(const Protocol& protocol, const SafetyAnswers& answers) {
    ENSURE(answers.screens.empty() || answers.screens.size() == protocol.safety.screens.size());
    SafetyAssessment assessment;
    bool talks_first = apply_rules(protocol.safety.talk_first, protocol, answers, assessment);
    if (answers.list == ListAnswer::talk_first) {
        assessment.rules.emplace_back("on-device-list");
        talks_first = true;
    } else if (answers.list == ListAnswer::missing) {
        note_once(assessment.missing, "on-device list");
    }
    const bool is_suggested = apply_rules(protocol.safety.suggest_talking, protocol, answers, assessment);
    assessment.kindness_feels_unsafe = apply_kindness(protocol, answers, assessment);
    if (talks_first) {
        assessment.status = SafetyStatus::talk_first;
    } else if (!is_screened(protocol, answers) || !assessment.missing.empty()) {
        assessment.status = SafetyStatus::not_screened;
    } else {
        assessment.status = is_suggested ? SafetyStatus::suggest_talking : SafetyStatus::start;
    }
    return assessment;
}

}  // namespace groundwork::programme
