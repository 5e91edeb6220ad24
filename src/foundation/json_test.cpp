#include "foundation/json.h"

#include <doctest/doctest.h>

#include <limits>

using namespace groundwork;

TEST_CASE("JSON comes out as it went in, doubles exact") {
    const std::string text =
        "{\n  \"a\": [\n    0.1,\n    1e-07,\n    3\n  ],\n  \"b\": {},\n  \"c\": \"ñ\\n\"\n}\n";
    CHECK(write_json(parse_json(text, "t.json").value()) == text);
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
