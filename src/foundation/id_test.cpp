#include "foundation/id.h"

#include <doctest/doctest.h>

using namespace groundwork;

TEST_CASE("an id reads back as it was written") {
    const Id id = id_of(0x0123456789abcdefULL, 0xfedcba9876543210ULL);
    CHECK(to_text(id) == "0123456789abcdeffedcba9876543210");
    CHECK(parse_id(to_text(id)) == id);
    CHECK(parse_id(std::string(32, '0')) == Id{});
}

TEST_CASE("what is no id is refused") {
    CHECK_FALSE(parse_id("").has_value());
    CHECK_FALSE(parse_id(std::string(31, '0')).has_value());
    CHECK_FALSE(parse_id(std::string(33, '0')).has_value());
    CHECK_FALSE(parse_id("0123456789ABCDEFfedcba9876543210").has_value());
    CHECK_FALSE(parse_id("0123456789abcdefg edcba987654321").has_value());
}
