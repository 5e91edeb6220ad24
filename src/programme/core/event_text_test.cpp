#include "programme/core/event_text.h"

#include <doctest/doctest.h>

using namespace groundwork;
using namespace groundwork::programme;

namespace {

Instant at(std::string_view text) { return parse_instant(text).value(); }
const Id ada = id_of(1, 2);

Event event(Payload payload) {
    Event made;
    made.at = at("2026-11-24T07:05:00Z");
    made.payload = std::move(payload);
    return made;
}

// One event of each shape that has members of its own kind.
std::vector<Event> examples() {
    Event answered = event(PromptAnswered{
        .prompt = 7,
        .status = AnswerStatus::arrived_late,
        .answered_at = at("2026-11-23T07:05:00Z"),
        .received_at = at("2026-11-24T07:05:00Z"),
        .is_time_uncertain = true,
        .instruments = {{"who5", {3, std::nullopt, 0, 5, 4}}},
        .questions = {{"harm", 2}, {"helping", std::nullopt}},
        .scores = {{"who5", "1.0.0", "total", 64'000'000}, {"who5", "1.0.0", "other", std::nullopt}}});
    answered.person = ada;
    answered.command = CommandMark{id_of(3, 4), id_of(5, 6)};
    Event allocated = event(PersonAllocated{.person = ada,
                                            .kind = AllocationKind::drawn,
                                            .rule = "matched-six-week@1.0.0#below-2.5",
                                            .stratum = "below-2.5",
                                            .arm = "compassion-first",
                                            .planned = {3300, 6700},
                                            .conditional = {4815, 5185},
                                            .draw = 18'446'744'073'709'551'615ULL,
                                            .start_was_drawn = true,
                                            .is_delayed = false,
                                            .start_draw = 9'223'372'036'854'775'808ULL});
    Event planned =
        event(PromptsPlanned{-2,
                             {{1,
                               "diary",
                               -14,
                               at("2026-11-10T23:00:00Z"),
                               at("2026-11-11T15:00:00Z"),
                               {at("2026-11-11T03:00:00Z")}},
                              {2, "start", 0, at("2026-11-24T23:00:00Z"), at("2026-11-27T23:00:00Z"), {}}},
                             at("2026-11-16T23:00:00Z")});
    planned.person = ada;
    Event text = event(CohortLaunched{id_of(9, 9), "{\"a\": \"line\\n\n\ttab \\\"quoted\\\" é\x01\"}", "00ff",
                                      "equal", 217, true, "2025b"});
    Event noted = event(IntercurrentNoted{Intercurrent::left_agency, parse_day("2028-02-29").value()});
    Event human = event(HumanOffered{HumanReason::worsening, std::nullopt});
    Event erased = event(PersonErased{ada, at("2026-01-01T00:00:00Z"), at("2026-01-15T00:00:00Z"), "s", "a"});
    return {answered, allocated, planned, text, noted, human, erased, event(EnrolmentClosed{})};
}

}  // namespace

TEST_CASE("an event reads back as it was written, to the byte") {
    for (const Event& each : examples()) {
        const std::string text = write_event(each);
        const auto read = read_event(text);
        REQUIRE_MESSAGE(read.has_value(), text);
        CHECK(write_event(*read) == text);
        CHECK(read->payload.index() == each.payload.index());
        CHECK(read->person == each.person);
        CHECK(read->command == each.command);
    }
}

TEST_CASE("the form is the one that was promised") {
    Event opened = event(PromptOpened{7, true});
    opened.person = ada;
    CHECK(write_event(opened) ==
          R"({"v":1,"type":"PromptOpened","at":"2026-11-24T07:05:00Z",)"
          R"("of":"00000000000000010000000000000002","prompt":7,"is_announced":true})");
    CHECK(write_event(event(CohortClosed{})) ==
          R"({"v":1,"type":"CohortClosed","at":"2026-11-24T07:05:00Z"})");
}

TEST_CASE("what no program wrote is refused") {
    const std::string good = write_event(event(PromptReminded{7}));
    const auto spoilt = [&](std::string_view old, std::string_view replacement) {
        std::string text = good;
        text.replace(text.find(old), old.size(), replacement);
        return read_event(text);
    };
    CHECK(spoilt("\"v\":1", "\"v\":1").has_value());
    CHECK_FALSE(spoilt("\"v\":1", "\"v\":2").has_value());
    CHECK_FALSE(spoilt("PromptReminded", "PromptLost").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompt\":-7").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompt\":7.5").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompt\":4294967296").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompt\":\"7\"").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompts\":7").has_value());
    CHECK_FALSE(spoilt("\"prompt\":7", "\"prompt\":7,\"more\":1").has_value());
    CHECK_FALSE(spoilt("2026-11-24T", "2026-11-34T").has_value());
    CHECK_FALSE(read_event("").has_value());
    CHECK_FALSE(read_event("[]").has_value());
    CHECK_FALSE(read_event(good.substr(0, good.size() - 1)).has_value());
}

TEST_CASE("what outlives a person's erasure is sealed under the cohort's key") {
    CHECK(belongs_to_cohort(PersonAllocated{}));
    CHECK(belongs_to_cohort(PersonErased{}));
    CHECK(belongs_to_cohort(ImpairingHarmCounted{}));
    CHECK_FALSE(belongs_to_cohort(AllocationExplained{}));
    CHECK_FALSE(belongs_to_cohort(PromptAnswered{}));
    CHECK_FALSE(belongs_to_cohort(ProfileSet{}));
}
