#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

TEST_CASE("the shipped protocol holds the numbers of the default programme") {
    const Protocol protocol = shipped_protocol();
    CHECK(protocol.id == "matched-six-week");
    REQUIRE(protocol.arms.size() == 3);
    REQUIRE(protocol.drawn_arms().size() == 2);
    CHECK(protocol.drawn_arms()[0]->id == "mindfulness");
    CHECK(protocol.drawn_arms()[1]->id == "compassion-first");
    CHECK(protocol.arms[2].entered_by == EnteredBy::choice);
    CHECK(protocol.arms[2].expected_at_least == 600);
    REQUIRE(protocol.strata.size() == 3);
    CHECK(protocol.strata[0].planned == Probabilities{3300, 6700});
    CHECK(protocol.strata[1].planned == Probabilities{5000, 5000});
    CHECK(protocol.strata[2].planned == Probabilities{5000, 5000});
    CHECK(protocol.near_a_cut->distance == 177'900);
    CHECK(protocol.coin.limits.lowest == 2000);
    CHECK(protocol.coin.limits.highest == 8000);
    CHECK(protocol.coin.limits.least_share_of_planned == 5000);
    CHECK(protocol.kindness->items.size() == 3);
    CHECK(protocol.kindness->flag_from == 3);
    CHECK_FALSE(protocol.kindness->validated);
    CHECK(protocol.kindness->planned == Probabilities{5000, 5000});
    REQUIRE(protocol.safety.talk_first.size() == 3);
    CHECK(protocol.safety.talk_first[0].at_least == to_points(27));
    CHECK(protocol.safety.talk_first[1].at_least == to_points(20));
    CHECK(protocol.safety.talk_first[2].item == 9);
    REQUIRE(protocol.safety.suggest_talking.size() == 3);
    CHECK(protocol.safety.suggest_talking[0].at_least == to_points(16));
    CHECK(protocol.safety.suggest_talking[1].at_least == to_points(10));
    CHECK(protocol.safety.suggest_talking[2].at_least == to_points(4));
    CHECK(protocol.delayed_start->probability == 2500);
    CHECK(protocol.delayed_start->from_people == 60);
    CHECK(protocol.delayed_start->weeks == 6);
    CHECK(protocol.find_variant("equal")->planned == Probabilities{5000, 5000});
    CHECK_FALSE(protocol.safety.responder.has_value());
}

TEST_CASE("a protocol is found by id and by path, and a wrong id says what there is") {
    CHECK(find_protocol(GROUNDWORK_SOURCE_DIR "/content/protocols/matched-six-week.json")
              .value()
              .strata.size() == 3);
    const auto missing = find_protocol("matched-six-weeks");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().kind() == ErrorKind::usage);
    CHECK(missing.error().describe().find("Did you mean \"matched-six-week\"?") != std::string::npos);
    CHECK(find_protocol("nowhere/to-be-found.json").error().kind() == ErrorKind::outside);
}

TEST_CASE("probabilities that do not sum to one are refused with their place") {
    const auto read = read_protocol(shipped_text_with("-first\": 0.67", "-first\": 0.66"), "mine.json");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().place().column == "matching.strata[0].planned");
    CHECK(read.error().offending_value() == "0.99");
}

TEST_CASE("a probability with five decimals is refused, because the log could not hold it exactly") {
    const auto read = read_protocol(shipped_text_with("-first\": 0.67", "-first\": 0.66999"), "mine.json");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().place().column == "matching.strata[0].planned.compassion-first");
}

TEST_CASE("a planned probability for an arm that is not drawn names the arm most likely meant") {
    const auto read = read_protocol(
        shipped_text_with("\"compassion-first\": 0.67", "\"compassion-frist\": 0.67"), "mine.json");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().describe().find("Did you mean \"compassion-first\"?") != std::string::npos);
}

TEST_CASE("an unknown key is refused by the schema") {
    const auto read = read_protocol(shipped_text_with("\"purpose\"", "\"porpose\""), "mine.json");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().describe().find("porpose") != std::string::npos);
}

TEST_CASE("another format version is refused") {
    const std::string text = shipped_text_with("groundwork-protocol/1", "groundwork-protocol/2");
    CHECK_FALSE(read_protocol(text, "mine.json").has_value());
}

TEST_CASE("a stratum holds its closed ends and not its open ones") {
    const Protocol protocol = shipped_protocol();
    CHECK(protocol.strata[0].holds(to_points(2.499999)));
    CHECK_FALSE(protocol.strata[0].holds(to_points(2.5)));
    CHECK(protocol.strata[1].holds(to_points(2.5)));
    CHECK(protocol.strata[1].holds(to_points(3.5)));
    CHECK_FALSE(protocol.strata[2].holds(to_points(3.5)));
    CHECK(protocol.strata[2].holds(to_points(3.500001)));
}

TEST_CASE("means of 26 whole answers stay on their side of a cut") {
    for (int sum = 26; sum <= 130; ++sum) {
        const Points points = to_points(sum / 26.0);
        CHECK((points < to_points(2.5)) == (2 * sum < 5 * 26));
        CHECK((points > to_points(3.5)) == (2 * sum > 7 * 26));
    }
}
