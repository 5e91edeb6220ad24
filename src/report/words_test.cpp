#include "report/words.h"

#include <doctest/doctest.h>

#include <limits>

namespace {

using namespace groundwork::report;
using groundwork::statistics::Interval;
using groundwork::statistics::unknown;

constexpr double endless = std::numeric_limits<double>::infinity();

TEST_CASE("numbers carry a real minus sign, and a plus where the direction matters") {
    CHECK(plain_number(-0.087, 2) == "\u22120.09");
    CHECK(plain_number(2.9054, 2) == "2.91");
    CHECK(signed_number(1.766, 2) == "+1.77");
    CHECK(signed_number(-1.766, 2) == "\u22121.77");
    CHECK(signed_number(-0.001, 2) == "0.00");
    CHECK(plain_number(-12621.5, 1) == "\u221212,621.5");
    CHECK(plain_number(1432, 0) == "1432");
}

TEST_CASE("what is not a number is an en dash, never a word of the machine") {
    for (const double number : {unknown, endless, -endless}) {
        CHECK(plain_number(number, 2) == no_number);
        CHECK(signed_number(number, 2) == no_number);
        CHECK(exact_number(number) == no_number);
        CHECK(p_value(number) == no_number);
        CHECK(percent(number) == no_number);
        CHECK(range({number, 1}, 2) == no_number);
        CHECK(places_for(number) == 2);
    }
}

TEST_CASE("places follow the uncertainty") {
    CHECK(places_for(150) == 0);
    CHECK(places_for(12) == 1);
    CHECK(places_for(1.3) == 2);
    CHECK(places_for(0.6) == 2);
    CHECK(places_for(0.048) == 3);
    CHECK(places_for(0.0048) == 4);
}

TEST_CASE("a share never reads as none or all when it is not") {
    CHECK(percent(0) == "0 %");
    CHECK(percent(0.004) == "< 1 %");
    CHECK(percent(0.258) == "26 %");
    CHECK(percent(0.997) == "> 99 %");
    CHECK(percent(1) == "100 %");
}

TEST_CASE("p has three places and a floor") {
    CHECK(p_value(0.7081) == "0.708");
    CHECK(p_value(0.00099) == "< 0.001");
}

TEST_CASE("people are counted in words") {
    CHECK(people(1) == "1 person");
    CHECK(people(278) == "278 people");
    CHECK(people(12621) == "12,621 people");
    CHECK(count(1234567) == "1,234,567");
}

TEST_CASE("an interval excludes zero only when both ends lie on one side") {
    CHECK(excludes_zero(Interval{0.1, 2}));
    CHECK(excludes_zero(Interval{-2, -0.1}));
    CHECK_FALSE(excludes_zero(Interval{-0.1, 2}));
    CHECK_FALSE(excludes_zero(Interval{0, 2}));
    CHECK_FALSE(excludes_zero(Interval{0.1, unknown}));
}

TEST_CASE("control characters and broken UTF-8 are replaced, everything else stays") {
    CHECK(clean("a\x01z") == "a\uFFFDz");
    CHECK(clean("\xff\xe4\xb8") == "\uFFFD\uFFFD\uFFFD");
    CHECK(clean("\u4E2D\u6587 \U0001F9D8 \t\n") == "\u4E2D\u6587 \U0001F9D8 \t\n");
}

TEST_CASE("shortening counts characters, not bytes") {
    CHECK(shortened("\u51A5\u60F3\u51A5", 3) == "\u51A5\u60F3\u51A5");
    CHECK(shortened("\u51A5\u60F3\u51A5\u60F3", 3) == "\u51A5\u60F3\u2026");
}

TEST_CASE(
    "lines break between words, at hyphens where a word is too long, and in the word as a last resort") {
    CHECK(wrapped("adjusted for depression before", 100, 13, 3) ==
          std::vector<std::string>{"adjusted for", "depression", "before"});
    CHECK(wrapped("loving-kindness", 70, 13, 3) == std::vector<std::string>{"loving-", "kindness"});
    CHECK(wrapped("", 70, 13, 3) == std::vector<std::string>{""});
    const auto lines = wrapped(std::string(300, 'W'), 100, 13, 2);
    CHECK(lines.size() == 2);
    CHECK(lines.back().ends_with("\u2026"));
    for (const std::string& line : lines) {
        CHECK(estimated_width(line, 13) <= 100);
    }
}

TEST_CASE("paragraphs are apart by empty lines") {
    CHECK(paragraphs("one\nstill one\n\n\n two \n") == std::vector<std::string>{"one still one", "two"});
    CHECK(paragraphs(" \n\n").empty());
}

}  // namespace
