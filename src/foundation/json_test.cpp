#include "foundation/json.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <limits>

#include "foundation/text.h"

using namespace groundwork;

TEST_CASE("JSON comes out as it went in, doubles exact") {
    const std::string text =
        "{\n  \"a\": [\n    0.1,\n    1e-07,\n    3\n  ],\n  \"b\": {},\n  \"c\": \"ñ\\n\"\n}\n";
    CHECK(write_json(parse_json(text, "t.json").value()) == text);
}

TEST_CASE("every double in a document is the nearest one, wherever it stands") {
    CHECK(rc::check([](std::uint64_t bits, std::uint64_t digits) {
        const double number = std::bit_cast<double>(bits);
        RC_PRE(std::isfinite(number));
        std::string written = shortest(number);
        written +=
            written.find_first_of(".e") == std::string::npos ? "e0" : "";  // so that it is no whole number
        const std::string long_number = "7" + std::to_string(digits) + "12345678901234567890";
        const auto value = parse_json(
            "{\"a\": [1, " + long_number + "], \"b\": {\"c\": " + written + "}, \"d\": 0.1}", "a.json");
        RC_ASSERT(value.has_value());
        RC_ASSERT(value->at("a").at(1).as_double() == to_number(long_number));
        RC_ASSERT(value->at("d").as_double() == 0.1);
        RC_ASSERT(value->at("b").at("c").as_double() == number);
    }));
}

TEST_CASE("the empty key written twice is refused too") {
    CHECK_FALSE(parse_json(R"({"": 0.5, "": 1.5})", "a.json"));
}

TEST_CASE("minus zero stays what it is") {
    CHECK(write_json(parse_json("[-0.0]", "a.json").value()) == "[\n  -0.0\n]\n");
}

TEST_CASE("what JSON cannot say becomes null") {
    CHECK(write_json(json::value(std::numeric_limits<double>::quiet_NaN())) == "null\n");
}

TEST_CASE("broken JSON is refused with its line") {
    const auto result = parse_json("{\n \"a\": 1,\n}", "t.json");
    REQUIRE_FALSE(result);
    CHECK(result.error().describe().find("t.json: is not JSON at line 3") == 0);
    CHECK_FALSE(parse_json("{} x", "t.json"));
    CHECK_FALSE(parse_json("2\f", "t.json"));  // white space to C, but not to JSON
    CHECK_FALSE(parse_json("", "t.json"));
    CHECK_FALSE(parse_json("[1", "t.json"));
}

TEST_CASE("a key written twice is refused, at any depth") {
    const auto result = parse_json(R"({"a": [{"range": 1, "range": 2}]})", "t.json");
    REQUIRE_FALSE(result);
    CHECK(result.error().offending_value() == "range");
}

TEST_CASE("nesting without end is refused, not followed") {
    CHECK_FALSE(parse_json(std::string(100000, '['), "t.json"));
}
