// The text form of events: one JSON object with the payload's version and type first. It is what the ledger
// seals, what `export` prints and what every later version must still read.
#pragma once

#include <string>
#include <string_view>

#include "programme/core/event.h"

namespace groundwork::programme {

// The version that write_event writes. A change of an event's shape raises it and adds one upgrade step.
inline constexpr int event_version = 1;

// {"v":1,"type":"PromptOpened","at":"2026-11-24T07:05:00Z",...}: the same bytes for the same event, always.
std::string write_event(const Event& event);

// Exactly what some version of write_event wrote; anything else is `unacceptable` and names what stood there.
Result<Event> read_event(std::string_view text);

// "PromptOpened".
std::string_view type_name(const Payload& payload);

// A digest of a command's content for CommandMark, from its text.
Id digest_of(std::string_view text);

}  // namespace groundwork::programme
