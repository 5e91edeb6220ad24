// Finding what is wrong or unwise in a protocol, in words.
#pragma once

#include <string_view>
#include <vector>

#include "instrument/instrument.h"
#include "programme/protocol.h"

namespace groundwork::programme {

// All findings of a protocol's file: its JSON, its schema, its form and its meaning.
std::vector<instrument::Finding> check_protocol(std::string_view text, std::string_view file);

// Whether a protocol that could be read makes sense: planned probabilities within their limits, strata that
// cover the moderator's range without gap or overlap, arms that somebody can reach, safety rules on
// instruments that are asked, risk items only where somebody is on duty, a reason beside every number.
std::vector<instrument::Finding> check_meaning(const Protocol& protocol);

}  // namespace groundwork::programme
