#include "instrument/lint.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "foundation/json.h"
#include "instrument/definitions_for_tests.h"

using namespace groundwork;
using namespace groundwork::instrument;

namespace {

std::string listed(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += (finding.severity == Severity::error ? "error " : "warning ") + finding.where + ": " +
                finding.message + "\n";
    }
    return text;
}

// What lint says about a sound definition after one change.
std::string after(json::object document, std::string_view path, const json::value& value) {
    at(document, path) = value;
    return listed(lint_instrument(write_json(document), "four.json"));
}

json::value array(std::string_view text) { return *parse_json(text, "test"); }

}  // namespace

TEST_CASE("sound definitions have no findings") {
    CHECK(listed(lint_instrument(write_json(four_items()), "four.json")) == "");
    CHECK(listed(lint_instrument(write_json(gated_items()), "gated.json")) == "");
}

TEST_CASE("text that is not JSON, and a key nobody knows, are findings with their place") {
    CHECK(listed(lint_instrument("{\n\"id\": }", "x.json")).starts_with("error : is not JSON at line 2"));
    CHECK(
        after(four_items(), "scales[0].reversd", json::array{2}) ==
        "error scales[0].reversd: \"reversd\" is not a key that belongs here. Did you mean \"reversed\"?\n");
}

TEST_CASE("a range that its items cannot give is told with the range they give") {
    CHECK(after(four_items(), "scales[1].range.maximum", 16) ==
          "error scales[1].range: says 4 to 16, but the sum of items of \"sum\" reaches 4 to 20\n");
    CHECK(after(gated_items(), "scales[0].multiplier", 1)
              .starts_with(
                  "error scales[0].range: says 0 to 8, but the sum of items of \"total\" reaches 0 to 4\n"));
    CHECK(after(four_items(), "scales[4].range.minimum", 4) ==
          "error scales[4].range: says 4 to 10, but the mean of scales of \"halves\" reaches 2 to 10\n");
}

TEST_CASE("labels must be as many as the answers") {
    CHECK(after(four_items(), "responses.maximum", 4)
              .starts_with("error responses.labels.en: has 5 labels, but the answers 1 to 4 need 4: write "
                           "\"\" where there is none\n"));
}

TEST_CASE("answers whose lowest is not below the highest are refused") {
    CHECK(after(gated_items(), "items[0].responses.maximum", 0)
              .starts_with("error items[0].responses: the lowest answer 0 is not below the highest 0\n"));
}

TEST_CASE("a reversed item must be an item of its scale and exist") {
    CHECK(after(four_items(), "scales[2].reversed", array("[3]")) ==
          "error scales[2].reversed[0]: item 3 is reversed but is not an item of the scale \"first\"\n");
    CHECK(after(four_items(), "scales[0].reversed", array("[2, 9]")) ==
          "error scales[0].reversed[1]: there is no item 9: the instrument has items 1 to 4\n"
          "error scales[0].reversed[1]: item 9 is reversed but is not an item of the scale \"total\"\n");
}

TEST_CASE("a scale without items, or made of itself, is refused") {
    CHECK(after(four_items(), "scales[2].items", json::array{})
              .starts_with("error scales[2].items: the scale \"first\" has no items\n"));
    CHECK(after(four_items(), "scales[4].scales", array(R"(["first", "halves"])"))
              .find("error scales[4].scales: the scale \"halves\" is made of itself\n") != std::string::npos);
    CHECK(after(four_items(), "scales[4].scales", array(R"(["first", "third", "second"])")) ==
          "error scales[4].scales[1]: there is no scale \"third\"\n");
}

TEST_CASE("items and ids that stand there twice are refused") {
    CHECK(after(four_items(), "scales[0].items", array("[1, 2, 2, 3, 4]")) ==
          "error scales[0].items[2]: item 2 stands there twice\n");
    CHECK(after(four_items(), "scales[3].id", "first")
              .find("error scales[3].id: there are two scales \"first\"") != std::string::npos);
    CHECK(after(four_items(), "scales[0].bands.list[1].id", "low") ==
          "error scales[0].bands.list[1].id: there are two bands \"low\"\n");
}

TEST_CASE("items are numbered from 1 without gaps") {
    CHECK(after(four_items(), "items[2].number", 4) ==
          "error items[2].number: is 4, but items are numbered 1, 2, 3, ... without gaps: 3 belongs here\n");
}

TEST_CASE("the first scale is the total") {
    CHECK(
        after(four_items(), "scales[0].id", "mean")
            .starts_with(
                "error scales[0].id: the first scale is \"mean\", but it must be the main one, \"total\"\n"));
}

TEST_CASE("bands must lie on the range and hold every score once") {
    const char* first = "scales[0].bands.list[0].below";
    CHECK(after(four_items(), first, 0.5) ==
          "error scales[0].bands.list[0]: the band \"low\" has the bound 0.5, outside the scale's range 1 to "
          "5\n");
    CHECK(after(four_items(), first, 2.4) ==
          "error scales[0].bands.list: no band holds the score 2.4, which \"total\" can reach\n");
    CHECK(after(four_items(), first, 2.75) ==
          "error scales[0].bands.list: the bands \"low\" and \"middle\" overlap: both hold 2.5\n");
    CHECK(after(four_items(), first, 1) ==
          "error scales[0].bands.list: no band holds the score 1, which \"total\" can reach\n"
          "error scales[0].bands.list[0]: the band \"low\" holds no score that \"total\" can reach\n");
    // Whole scores leave no gap between "at most 0" and "at least 2" when they go up by two; from 4 on they
    // would.
    CHECK(after(gated_items(), "scales[0].bands.list[1].at_least", 4) ==
          "error scales[0].bands.list: no band holds the score 2, which \"total\" can reach\n");
}

TEST_CASE("whole-number bands do not cover the fractions that filling gives") {
    const json::value bands = array(R"({"source": "the tests", "list": [
        {"id": "low", "label": {"en": "low"}, "at_most": 9},
        {"id": "high", "label": {"en": "high"}, "at_least": 10}]})");
    CHECK(after(four_items(), "scales[1].bands", bands) ==
          "error scales[1].bands.list: no band holds the score 9.5, which \"sum\" can reach\n");
}

TEST_CASE("a vector that does not come out is told with the arithmetic") {
    CHECK(after(four_items(), "vectors[0].scores.sum", 11) ==
          "error vectors[0].scores.sum: \"mixed\" expects sum 11, but its answers give: 1 + (6 - 2) + 3 + (6 "
          "- 4) = "
          "10\n");
    CHECK(after(four_items(), "vectors[1].scores.first", nullptr) ==
          "error vectors[1].scores.first: \"one missing\" expects first not scored, but its answers give: 1 "
          "+ 2 = 3\n");
    CHECK(after(four_items(), "vectors[0].answers", array("[1, 2, 3, 6]")) ==
          "error vectors[0].answers: \"mixed\": item 4: 6 is outside the answers 1 to 5\n");
    CHECK(after(four_items(), "vectors[0].answers", array("[1, 2, 3]")) ==
          "error vectors[0].answers: \"mixed\": has 3 answers, but four has 4 items\n");
    CHECK(after(four_items(), "vectors[0].scores.totl", 1) ==
          "error vectors[0].scores.totl: there is no scale \"totl\"\n");
}

TEST_CASE("a scale that no vector checks, complete and with a gap, is a warning") {
    json::object document = four_items();
    at(document, "vectors").as_array().pop_back();
    const std::string findings = listed(lint_instrument(write_json(document), "four.json"));
    CHECK(findings.starts_with(
        "warning scales[0]: no known-answer vector checks \"total\" with an answer missing\n"));
    CHECK(findings.find("error") == std::string::npos);
}

TEST_CASE("wording needs a licence that lets it ship, with evidence and sources") {
    CHECK(after(four_items(), "items[0].wording", array(R"({"en": "I test."})")) ==
          "error licence.wording_ships: is false, but the file holds wording: take the wording out, or "
          "record the "
          "evidence that allows it\n");
    json::object document = four_items();
    at(document, "licence.wording_ships") = true;
    at(document, "items[0].wording") = array(R"({"en": "I test."})");
    CHECK(listed(lint_instrument(write_json(document), "four.json")) ==
          "error licence.evidence: is empty, but wording_ships is true: record who allows it, and where\n"
          "error items[1].wording: has no \"en\" text, but other items do\n"
          "error items[2].wording: has no \"en\" text, but other items do\n"
          "error items[3].wording: has no \"en\" text, but other items do\n"
          "error licence.wording_sources: does not say where the \"en\" wording was copied from\n"
          "error languages: does not say what the \"en\" wording is, e.g. \"published original\"\n");
}

TEST_CASE("a missing rule that would count nothing as something is refused") {
    CHECK(after(four_items(), "scales[1].missing.fill", "none")
              .starts_with("error scales[1].missing.fill: a sum of the answered items alone would count a "
                           "missing answer as 0"));
    CHECK(after(four_items(), "scales[0].missing.at_most", 4) ==
          "error scales[0].missing.at_most: 4 of 4 items may be missing, which would score somebody who "
          "answered "
          "nothing\n");
    CHECK(after(four_items(), "items[3].responses", array(R"({"minimum": 0, "maximum": 9})"))
              .find("error scales[1].missing.at_most: must be 0, because the items have different answers") !=
          std::string::npos);
    CHECK(after(four_items(), "scales[5].missing.at_most", 1) ==
          "error scales[5].missing: this rule needs every part: at_most must be 0 and fill \"none\"\n");
}

TEST_CASE("published numbers outside the range are refused") {
    CHECK(after(four_items(), "scales[0].norms[0].mean", 52) ==
          "error scales[0].norms[0].mean: 52 is outside the scale's range 1 to 5\n");
    CHECK(
        after(four_items(), "scales[0].norms[0].sd", 8) ==
        "error scales[0].norms[0].sd: 8 is larger than scores within the scale's range 1 to 5 can spread\n");
    CHECK(after(four_items(), "scales[0].cut_offs",
                array(R"([{"at_least": 16, "meaning": "none", "source": "the tests"}])")) ==
          "error scales[0].cut_offs[0].at_least: 16 is outside the scale's range 1 to 5\n");
    CHECK(
        after(four_items(), "scales[0].reliable_change",
              array(R"([{"points": 5, "source": "the tests"}])")) ==
        "error scales[0].reliable_change[0].points: 5 is more than the whole of the scale's range 1 to 5\n");
}

TEST_CASE("keys that do not belong to a rule are refused") {
    CHECK(after(four_items(), "scales[0].threshold", 3) ==
          "error scales[0].threshold: belongs to the rule count_at_least only\n");
    CHECK(after(four_items(), "scales[0].scales", array(R"(["first"])")) ==
          "error scales[0].scales: does not belong to a rule of items: remove it or change the rule\n");
    CHECK(after(gated_items(), "scales[0].gate.item", 2)
              .starts_with("error scales[0].gate.item: item 2 decides whether the items count, so it cannot "
                           "be one of them\n"));
    CHECK(after(gated_items(), "scales[0].recoded", array(R"({"7": 1})"))
              .starts_with("error scales[0].recoded.7: 7 is not an answer of any item of the scale\n"));
}

TEST_CASE("an unverified key and an item that counts nowhere are warnings, not errors") {
    CHECK(after(four_items(), "key.verified", false) ==
          "warning key.verified: the key is not verified against its source (the tests); every report says "
          "so\n");
    json::object document = four_items();
    at(document, "items").as_array().push_back(json::object{{"number", 5}});
    for (json::value& vector : at(document, "vectors").as_array()) {
        vector.as_object()["answers"].as_array().push_back(1);
    }
    CHECK(listed(lint_instrument(write_json(document), "four.json")) ==
          "warning items[4]: item 5 counts in no scale\n");
    CHECK(parse_instrument(write_json(document), "four.json").has_value());
}

TEST_CASE("what lint calls an error, reading refuses, with all of them at once") {
    json::object document = four_items();
    at(document, "scales[1].range.maximum") = 16;
    at(document, "vectors[0].scores.sum") = 11;
    const auto refused = parse_instrument(write_json(document), "four.json");
    REQUIRE(!refused);
    CHECK(refused.error().kind() == ErrorKind::unacceptable);
    CHECK(refused.error().describe() ==
          "four.json, scales[1].range: says 4 to 16, but the sum of items of \"sum\" reaches 4 to 20.\n"
          "four.json, vectors[0].scores.sum: \"mixed\" expects sum 11, but its answers give: 1 + (6 - 2) + 3 "
          "+ (6 - 4)"
          " = 10.");
}
