// Matching: from baseline answers to a starting plan, by safety first, then a draw whose odds the protocol
// sets.
//
// People are taken in their order: the coin of each stratum remembers who came before, so another order is
// another match. Everything that decided an allocation is in it; with the recorded draws the same match comes
// out again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "programme/entropy.h"
#include "programme/protocol.h"
#include "programme/safety.h"

namespace groundwork::programme {

struct Person {
    std::string id;
    std::optional<Points> moderator;  // the score that makes the strata
    std::string why_not_scored;       // where there is none
    SafetyAnswers safety;
};

enum class Kind {
    drawn,
    safety,      // talks to someone first: no draw until a human has replied
    not_scored,  // the moderator is missing: no draw
};
std::string_view name_of(Kind kind);  // "drawn", "safety", "not-scored"

struct StartDraw {
    bool is_delayed = false;
    std::uint64_t draw = 0;
};

struct ArmDraw {
    std::size_t arm = 0;        // index into Protocol::drawn_arms()
    Probabilities planned;      // of every arm of the draw
    Probabilities conditional;  // what the coin made of them: the probabilities used
    std::uint64_t draw = 0;     // the 64 bits that decided
};

struct Allocation {
    std::string id;
    Kind kind = Kind::not_scored;
    std::optional<std::size_t>
        stratum;  // index into Protocol::strata; nothing where the moderator is missing
    SafetyAssessment safety;
    std::optional<ArmDraw> draw;  // nothing unless kind is drawn
    std::optional<StartDraw>
        start;           // nothing where the delayed start was not drawn: then the person starts now
    std::string rule;    // protocol@version#rule
    std::string reason;  // in words for the person
};

struct MatchOptions {
    std::string variant;  // a variant's id; empty = the strata's own probabilities
};

struct Matching {
    std::vector<Allocation> allocations;  // one for each person, in their order
    std::string entropy;                  // where the draws came from
    std::string delayed_start;            // what was done about it and why, in a sentence
    std::vector<std::string> warnings;
};

// The sentence that every match with unscreened people carries.
inline constexpr std::string_view provisional = "provisional: screen for safety before anyone starts";

// The stratum's index; every score within the moderator's range has one (check_protocol sees to it), others
// may not.
std::optional<std::size_t> stratum_of(const Protocol& protocol, Points score);

bool is_near_a_cut(const Protocol& protocol, Points score);

// A variant that the protocol does not have is a usage error; a score that no stratum holds is not
// acceptable.
Result<Matching> match(const Protocol& protocol, std::span<const Person> people, const MatchOptions& options,
                       Entropy& entropy);

}  // namespace groundwork::programme
