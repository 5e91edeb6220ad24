// What a person is told about their starting plan (docs/matching.md, "Words"). Private to programme/.
#pragma once

#include <string>

#include "programme/matching.h"

namespace groundwork::programme {

// .67 -> "2 in 3", .5 -> "1 in 2", .6 -> "3 in 5", .43 -> "43 in 100".
std::string odds_in_words(int probability);

std::string reason_of_draw(const Protocol& protocol, const ArmDraw& draw, const SafetyAssessment& safety);
std::string reason_to_talk_first();
std::string reason_without_score(const std::string& why);

}  // namespace groundwork::programme
