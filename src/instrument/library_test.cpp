#include "instrument/library.h"

#include <doctest/doctest.h>

#include "content/content.h"
#include "instrument/instrument.h"

using namespace groundwork;
using namespace groundwork::instrument;

TEST_CASE(
    "every shipped instrument is free of findings, but for keys that say themselves that they are "
    "unverified") {
    std::size_t count = 0;
    for (const content::File& file : content::files_in("instruments")) {
        if (!file.path.ends_with(".json")) {
            continue;
        }
        ++count;
        CAPTURE(std::string(file.path));
        for (const Finding& finding : lint_instrument(file.bytes, file.path)) {
            CAPTURE(finding.where);
            CAPTURE(finding.message);
            CHECK(finding.where == "key.verified");
            CHECK(finding.severity == Severity::warning);
        }
    }
    CHECK(count >= 1);
}

TEST_CASE("every shipped instrument's file has the name of its id") {
    for (const content::File& file : content::files_in("instruments")) {
        if (file.path.ends_with(".json")) {
            const auto instrument = parse_instrument(file.bytes, file.path);
            REQUIRE(instrument.has_value());
            CHECK(file.path.ends_with("/" + instrument->id + ".json"));
        }
    }
}

TEST_CASE("every shipped vector comes out to the last digits that it states") {
    for (const Instrument& instrument : shipped_instruments()) {
        for (const Vector& vector : instrument.vectors) {
            CAPTURE(instrument.id);
            CAPTURE(vector.name);
            const auto scores = score(instrument, vector.answers);
            REQUIRE(scores.has_value());
            for (const auto& [id, expected] : vector.scores) {
                CAPTURE(id);
                const Scale* scale = instrument.find_scale(id);
                REQUIRE(scale != nullptr);
                const auto& computed =
                    scores->at(static_cast<std::size_t>(scale - instrument.scales.data())).value;
                REQUIRE(computed.has_value() == expected.has_value());
                if (expected) {
                    CHECK(*computed == doctest::Approx(*expected).epsilon(1e-12));
                }
            }
        }
    }
}

TEST_CASE("an id that does not exist is answered with the closest") {
    const auto missing = find_instrument("phq-9");
    REQUIRE(!missing);
    CHECK(missing.error().kind() == ErrorKind::usage);
    CHECK(missing.error().describe() == "\"phq-9\" is not an instrument. Did you mean \"phq9\"?");
}

TEST_CASE("an instrument is found by its id and by the path of its file") {
    const auto by_id = find_instrument("scs");
    REQUIRE(by_id.has_value());
    const auto by_path = find_instrument(GROUNDWORK_SOURCE_DIR "/content/instruments/scs.json");
    REQUIRE(by_path.has_value());
    CHECK(by_id->content_hash_source == by_path->content_hash_source);
    CHECK(by_id->items.size() == 26);
}

TEST_CASE("the example of docs/formats.md is an instrument without findings") {
    const auto document = read_file(GROUNDWORK_SOURCE_DIR "/docs/formats.md");
    REQUIRE(document.has_value());
    const std::size_t section = document->find("## Instruments");
    const std::size_t begin = document->find("```json\n", section) + 8;
    const std::size_t end = document->find("```", begin);
    REQUIRE(end < document->size());
    const auto findings = lint_instrument(document->substr(begin, end - begin), "docs/formats.md");
    for (const Finding& finding : findings) {
        CAPTURE(finding.where);
        CAPTURE(finding.message);
        CHECK(false);
    }
    CHECK(findings.empty());
}
