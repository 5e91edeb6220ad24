#include "foundation/text.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>

using namespace groundwork;

TEST_CASE("a double written in its shortest form reads back as the same bits") {
    CHECK(rc::check([](std::uint64_t bits) {
        const double number = std::bit_cast<double>(bits);
        RC_PRE(std::isfinite(number));
        const auto again = to_number(shortest(number));
        RC_ASSERT(again.has_value());
        RC_ASSERT(std::bit_cast<std::uint64_t>(*again) == bits);
    }));
}

TEST_CASE("rounded numbers never read minus zero") {
    CHECK(fixed(-0.001, 2) == "0.00");
    CHECK(fixed(-0.006, 2) == "-0.01");
    CHECK(fixed(2.90541, 2) == "2.91");
}

TEST_CASE("a number is the whole text or nothing") {
    CHECK(to_number("1e3") == 1000.0);
    CHECK(to_number("+2.5") == 2.5);
    CHECK_FALSE(to_number("+-2"));
    CHECK_FALSE(to_number("1,5"));
    CHECK_FALSE(to_number(" 1"));
    CHECK_FALSE(to_number(""));
    CHECK_FALSE(to_integer("3.0"));
}

TEST_CASE("a misspelt name is met with the one most likely meant") {
    const std::vector<std::string> columns = {"scs_1", "cesd_1", "station"};
    CHECK(suggestion("staton", columns) == " Did you mean \"station\"?");
    CHECK(suggestion("zzz", columns) == " There are: scs_1, cesd_1, station.");
}

TEST_CASE("only well-formed UTF-8 is UTF-8") {
    CHECK(is_utf8("a\xC3\xB1o \xE2\x82\xAC \xF0\x9F\x94\xA5"));
    CHECK_FALSE(is_utf8("a\xF1o"));            // Latin-1
    CHECK_FALSE(is_utf8("\xC0\xAF"));          // overlong
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
    CHECK_FALSE(is_utf8("\xE2\x82"));          // cut short
}

TEST_CASE("Latin-1 and what Windows writes become UTF-8") {
    CHECK(latin1_to_utf8("a\xF1o \x80") == "a\xC3\xB1o \xE2\x82\xAC");
}

TEST_CASE("no markup survives escaping") {
    CHECK(escape_html("<b a='1'>&\"") == "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
}
