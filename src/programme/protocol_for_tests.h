// The shipped protocol, whole and with one thing changed. Only for tests.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "programme/programme.h"

namespace groundwork::programme {

inline std::string shipped_text() { return find_protocol_source("matched-six-week").value().text; }

inline Protocol shipped_protocol() { return find_protocol("matched-six-week").value(); }

// The shipped file with `old` replaced by `replacement` where it first stands.
inline std::string shipped_text_with(std::string_view old, std::string_view replacement) {
    std::string text = shipped_text();
    const std::size_t place = text.find(old);
    REQUIRE(place != std::string::npos);
    return text.replace(place, old.size(), replacement);
}

}  // namespace groundwork::programme
