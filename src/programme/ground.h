// What every part of a protocol is built from: words by language, scores as whole numbers, and the reason
// behind each number.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace groundwork::programme {

using Text = std::map<std::string, std::string>;  // language -> words; "en" is always there

// A score in millionths of a point. Two means of at most a thousand whole answers that differ, differ here
// too.
using Points = std::int64_t;
Points to_points(double score);
double to_score(Points points);

enum class Standing {
    evidence,      // "E": supported by published evidence
    computed,      // "C"
    professional,  // "K": professional knowledge, to be confirmed by the agency's clinical lead
};

// "E", "C" or "K".
std::string_view letter_of(Standing standing);

// Why a number is what it is.
struct Ground {
    Standing standing = Standing::professional;
    std::string reason;
};

}  // namespace groundwork::programme
