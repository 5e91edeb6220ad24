// Safety before anything: who talks to someone first, from the answers that a file holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "programme/protocol.h"

namespace groundwork::programme {

// One person's answers to one of the protocol's screens.
struct ScreenAnswers {
    bool is_asked = false;        // the file holds this instrument
    std::optional<Points> score;  // of the screen's scale; nothing where it cannot be scored
    std::optional<Points>
        lowest_possible;  // whatever the missing answers may be; equals score where there is one
    std::vector<std::optional<int>> items;  // in item order; empty where the file holds the score alone
};

enum class ListAnswer { not_asked, missing, proceed, talk_first };

struct SafetyAnswers {
    std::vector<ScreenAnswers> screens;        // as protocol.safety.screens; empty = none was asked
    std::vector<std::optional<int>> kindness;  // the kindness-feels-unsafe items; empty = not asked
    ListAnswer list = ListAnswer::not_asked;   // the on-device list
    bool asks_for_help = false;
};

enum class SafetyStatus {
    not_screened,  // not asked, or an answer that a rule needs is missing
    start,
    suggest_talking,  // a talk is offered, with trauma-sensitive practices; the person still starts
    talk_first,       // training opens after a human reply
};

// "not-screened", "start", "suggest-talking", "talk-first".
std::string_view name_of(SafetyStatus status);

struct SafetyAssessment {
    SafetyStatus status = SafetyStatus::not_screened;
    std::vector<std::string> rules;    // ids of the rules that hold, talk-first rules first; "on-device-list"
    std::vector<std::string> missing;  // what a rule needed and did not find, e.g. "cesd", "phq9 item 9"
    bool kindness_feels_unsafe = false;
};

// A talk-first rule that holds wins over answers that are missing; missing answers win over everything else,
// so that nobody starts because a question was left out.
SafetyAssessment assess_safety(const Protocol& protocol, const SafetyAnswers& answers);

}  // namespace groundwork::programme
