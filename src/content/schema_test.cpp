#include "content/schema.h"

#include <doctest/doctest.h>
#include "foundation/json.h"

using namespace groundwork;

namespace {

constexpr const char* schema = "schemas/instrument.schema.json";

// The smallest acceptable document, changed by the test.
json::object small_document() {
    return parse_json(R"({
        "format": "groundwork-instrument/1", "id": "tiny", "version": "1.0.0", "name": {"en": "Tiny"},
        "measures": "nothing", "higher_means": "worse", "citation": "None.",
        "licence": {"wording_ships": false, "terms": "None.", "evidence": []},
        "responses": {"minimum": 0, "maximum": 3}, "items": [{"number": 1}],
        "key": {"verified": true, "source": "This test."},
        "scales": [{"id": "total", "name": {"en": "Total"}, "rule": "sum_of_items", "items": [1],
                    "range": {"minimum": 0, "maximum": 3},
                    "missing": {"at_most": 0, "fill": "none", "source": "This test."}}],
        "vectors": []})",
                      "tiny.json")
        ->as_object();
}

std::string complaint(const json::object& document) {
    const auto result = content::check_schema(document, schema, "tiny.json");
    return result ? "" : result.error().describe();
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a document that fits its schema is accepted") { CHECK(complaint(small_document()) == ""); }

TEST_CASE("an unknown key is refused with the key most likely meant") {
    json::object document = small_document();
    document["scales"].as_array()[0].as_object()["reversd"] = json::array{1};
    CHECK(complaint(document) ==
          "tiny.json, scales[0].reversd: \"reversd\" is not a key that belongs here. Did you mean "
          "\"reversed\"?");
}

TEST_CASE("a missing key is named with what belongs there") {
    json::object document = small_document();
    document.erase("citation");
    CHECK(complaint(document) ==
          "tiny.json: lacks the key \"citation\". What belongs there: The publication to cite, "
          "with its address.");
}

TEST_CASE("a value of the wrong kind is told in words, innermost place only") {
    json::object document = small_document();
    document["scales"].as_array()[0].as_object()["multiplier"] = "four";
    CHECK(complaint(document) ==
          "tiny.json, scales[0].multiplier: \"four\" is text, but must be a number. What belongs there: What "
          "the "
          "finished score is multiplied by, e.g. 4 for the WHO-5.");
}

TEST_CASE("a word that is not one of the choices is answered with the closest") {
    json::object document = small_document();
    document["scales"].as_array()[0].as_object()["rule"] = "sum_of_item";
    CHECK(complaint(document) ==
          "tiny.json, scales[0].rule: \"sum_of_item\" is not one of the words that may stand "
          "here. Did you mean \"sum_of_items\"?");
}

TEST_CASE("a number outside its bounds is told with the bound") {
    json::object document = small_document();
    document["items"].as_array()[0].as_object()["number"] = 0;
    CHECK(contains(complaint(document),
                   "tiny.json, items[0].number: \"0\" does not fit: expected number greater than"));
}

TEST_CASE("all troubles are told at once, at most twenty and how many more") {
    json::object document = small_document();
    for (int i = 0; i < 25; ++i) {
        document["extra_key_" + std::to_string(i)] = true;
    }
    document["measures"] = 3;
    const auto result = content::check_schema(document, schema, "tiny.json");
    REQUIRE(!result);
    CHECK(result.error().others().size() == 20);
    CHECK(result.error().others().back().describe() == "tiny.json: 6 more troubles of this kind.");
}
