#include "programme/matching.h"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "programme/matching_words.h"
#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

Person person_with_sum(int sum) {
    Person person;
    person.id = std::to_string(sum);
    person.moderator = to_points(sum / 26.0);
    return person;
}

Person screened(int sum, double cesd) {
    Person person = person_with_sum(sum);
    person.safety.screens.resize(3);
    person.safety.screens[0] = {
        .is_asked = true, .score = to_points(cesd), .lowest_possible = to_points(cesd), .items = {}};
    return person;
}

Matching matched(const std::vector<Person>& people, std::uint64_t seed = 1, const std::string& variant = "") {
    static const Protocol protocol = shipped_protocol();
    SeededEntropy entropy(seed);
    return match(protocol, people, {.variant = variant}, entropy).value();
}

Allocation only(const Person& person) { return matched({person}).allocations.at(0); }

bool warns(const Matching& matching, std::string_view words) {
    return std::ranges::any_of(matching.warnings, [&](const std::string& warning) {
        return warning.find(words) != std::string::npos;
    });
}

// Hands out draws that were recorded before.
class RecordedEntropy : public Entropy {
  public:
    explicit RecordedEntropy(const Matching& matching) : matching_(matching) {}
    std::uint64_t draw(std::size_t person, DrawFor purpose) override {
        const Allocation& allocation = matching_.allocations.at(person);
        return purpose == DrawFor::arm ? allocation.draw.value().draw : allocation.start.value().draw;
    }
    std::string description() const override { return "recorded draws"; }

  private:
    const Matching& matching_;
};

bool are_equal(const Matching& left, const Matching& right) {
    return std::ranges::equal(
        left.allocations, right.allocations, [](const Allocation& a, const Allocation& b) {
            const bool arms = a.draw.has_value() == b.draw.has_value() &&
                              (!a.draw || (a.draw->arm == b.draw->arm && a.draw->draw == b.draw->draw &&
                                           a.draw->conditional == b.draw->conditional));
            const bool starts =
                a.start.has_value() == b.start.has_value() &&
                (!a.start || (a.start->is_delayed == b.start->is_delayed && a.start->draw == b.start->draw));
            return a.id == b.id && a.rule == b.rule && a.reason == b.reason && arms && starts;
        });
}

ArmDraw drawn_into(std::size_t arm, const Probabilities& planned) {
    ArmDraw draw;
    draw.arm = arm;
    draw.planned = planned;
    return draw;
}

rc::Gen<std::vector<Person>> some_people() {
    return rc::gen::container<std::vector<Person>>(rc::gen::exec([] {
        Person person = *rc::gen::inRange(0, 4) == 0
                            ? person_with_sum(*rc::gen::inRange(26, 131))
                            : screened(*rc::gen::inRange(26, 131), *rc::gen::inRange(0, 40));
        if (*rc::gen::inRange(0, 10) == 0) {
            person.moderator.reset();
            person.why_not_scored = "2 of 26 answers are missing";
        }
        if (*rc::gen::arbitrary<bool>()) {
            person.safety.kindness = {*rc::gen::inRange(0, 5), *rc::gen::inRange(0, 5),
                                      *rc::gen::inRange(0, 5)};
        }
        return person;
    }));
}

}  // namespace

TEST_CASE("the strata meet at 2.5 and 3.5, both ends in the middle one") {
    const Protocol protocol = shipped_protocol();
    CHECK(stratum_of(protocol, to_points(26 / 26.0)) == 0);
    CHECK(stratum_of(protocol, to_points(64 / 26.0)) == 0);
    CHECK(stratum_of(protocol, to_points(65 / 26.0)) == 1);
    CHECK(stratum_of(protocol, to_points(91 / 26.0)) == 1);
    CHECK(stratum_of(protocol, to_points(92 / 26.0)) == 2);
    CHECK(stratum_of(protocol, to_points(130 / 26.0)) == 2);
}

TEST_CASE("within one standard error of a cut (.1779, four points of the sum) the odds are even") {
    const Protocol protocol = shipped_protocol();
    for (int sum = 26; sum <= 130; ++sum) {
        const bool is_near = std::abs(sum - 65) <= 4 || std::abs(sum - 91) <= 4;
        CHECK(is_near_a_cut(protocol, to_points(sum / 26.0)) == is_near);
    }
    CHECK(only(person_with_sum(60)).rule == "matched-six-week@1.0.0#below-2.5");
    CHECK(only(person_with_sum(60)).draw->planned == Probabilities{3300, 6700});
    CHECK(only(person_with_sum(61)).rule == "matched-six-week@1.0.0#near-a-cut");
    CHECK(only(person_with_sum(61)).draw->planned == Probabilities{5000, 5000});
    CHECK(only(person_with_sum(61)).stratum == 0);
}

TEST_CASE("people above 2.5 have even odds") {
    CHECK(only(person_with_sum(78)).draw->planned == Probabilities{5000, 5000});
    CHECK(only(person_with_sum(120)).rule == "matched-six-week@1.0.0#above-3.5");
    CHECK(only(person_with_sum(120)).draw->planned == Probabilities{5000, 5000});
}

TEST_CASE("who talks to someone first gets no draw") {
    const Allocation allocation = only(screened(50, 27));
    CHECK(allocation.kind == Kind::safety);
    CHECK(allocation.stratum == 0);
    CHECK_FALSE(allocation.draw.has_value());
    CHECK_FALSE(allocation.start.has_value());
    CHECK(allocation.rule == "matched-six-week@1.0.0#cesd-27");
    CHECK(allocation.reason.find("Talk to someone first") == 0);
}

TEST_CASE("talking first comes before a missing score") {
    Person person = screened(50, 40);
    person.moderator.reset();
    CHECK(only(person).kind == Kind::safety);
}

TEST_CASE("a person without a score is kept, without a draw and with the reason") {
    Person person = screened(50, 0);
    person.moderator.reset();
    person.why_not_scored = "2 of 26 answers are missing; at most 0 may be";
    const Matching matching = matched({person_with_sum(70), person});
    REQUIRE(matching.allocations.size() == 2);
    const Allocation& allocation = matching.allocations[1];
    CHECK(allocation.kind == Kind::not_scored);
    CHECK_FALSE(allocation.draw.has_value());
    CHECK_FALSE(allocation.stratum.has_value());
    CHECK(allocation.reason == "No draw yet: 2 of 26 answers are missing; at most 0 may be.");
    CHECK(warns(matching, "Not scored, so not drawn: 1 person (50)."));
}

TEST_CASE("kindness that feels unsafe makes the odds even and the start gentler") {
    Person person = person_with_sum(40);
    person.safety.kindness = {0, 0, 4};
    const Allocation allocation = only(person);
    CHECK(allocation.rule == "matched-six-week@1.0.0#kindness-feels-unsafe");
    CHECK(allocation.draw->planned == Probabilities{5000, 5000});
    CHECK(allocation.reason.find("A gentler start: Three minutes, eyes open") != std::string::npos);
    CHECK(warns(matched({person}), "has not been validated"));
}

TEST_CASE("the variant equal gives everybody even odds and says so in the rule") {
    const Matching matching = matched({person_with_sum(40), person_with_sum(80)}, 1, "equal");
    for (const Allocation& allocation : matching.allocations) {
        CHECK(allocation.draw->planned == Probabilities{5000, 5000});
    }
    CHECK(matching.allocations[0].rule == "matched-six-week@1.0.0+equal#below-2.5");
}

TEST_CASE("an unknown variant is a mistake on the command line") {
    SeededEntropy entropy(1);
    const auto refused = match(shipped_protocol(), {}, {.variant = "eqal"}, entropy);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind() == ErrorKind::usage);
    CHECK(refused.error().describe().find("Did you mean \"equal\"?") != std::string::npos);
}

TEST_CASE("without safety answers everybody is not screened and the match is provisional") {
    const Matching matching = matched({person_with_sum(40), person_with_sum(80)});
    for (const Allocation& allocation : matching.allocations) {
        CHECK(allocation.safety.status == SafetyStatus::not_screened);
        CHECK_FALSE(allocation.start.has_value());
    }
    CHECK(warns(matching, "provisional: screen for safety before anyone starts"));
}

TEST_CASE("when everybody is screened the match is not provisional") {
    CHECK_FALSE(warns(matched({screened(40, 3), screened(80, 20)}), "provisional"));
}

TEST_CASE("people with missing safety answers are counted and named") {
    Person gap = screened(80, 0);
    gap.id = "gap";
    gap.safety.screens[0].score.reset();
    gap.safety.screens[0].lowest_possible = 0;
    const Matching matching = matched({screened(40, 3), gap});
    CHECK(warns(matching, "provisional: screen for safety before anyone starts"));
    CHECK(warns(matching, "because safety answers are missing: 1 person (gap)"));
}

TEST_CASE("a risk item in a file under a protocol without a responder is warned about") {
    Person person = screened(40, 3);
    person.safety.screens[1] = {.is_asked = true, .score = 0, .lowest_possible = 0, .items = {}};
    person.safety.screens[1].items.assign(9, 0);
    CHECK(warns(matched({person}), "names no responder"));
}

TEST_CASE("the same seed gives the same match, another seed another") {
    std::vector<Person> people;
    for (int i = 0; i < 100; ++i) {
        people.push_back(screened(26 + i, i % 27));
    }
    CHECK(are_equal(matched(people, 7), matched(people, 7)));
    CHECK_FALSE(are_equal(matched(people, 7), matched(people, 8)));
    CHECK(matched(people, 7).entropy == "seed 7");
}

TEST_CASE("draws from the operating system differ between runs") {
    OperatingSystemEntropy entropy;
    CHECK(entropy.draw(0, DrawFor::arm) != entropy.draw(0, DrawFor::arm));
}

TEST_CASE("the recorded draws give the same match again") {
    CHECK(rc::check([] {
        const std::vector<Person> people = *some_people();
        const Matching matching = matched(people, *rc::gen::arbitrary<std::uint64_t>());
        RecordedEntropy recorded(matching);
        RC_ASSERT(are_equal(match(shipped_protocol(), people, {}, recorded).value(), matching));
    }));
}

TEST_CASE("in every match probabilities stay within their limits and each arm follows from its draw") {
    static const Protocol protocol = shipped_protocol();
    CHECK(rc::check([] {
        const std::vector<Person> people = *some_people();
        const Matching matching = matched(people, *rc::gen::arbitrary<std::uint64_t>());
        RC_ASSERT(matching.allocations.size() == people.size());
        for (const Allocation& allocation : matching.allocations) {
            RC_ASSERT(allocation.draw.has_value() == (allocation.kind == Kind::drawn));
            RC_ASSERT(!allocation.reason.empty());
            if (allocation.safety.status == SafetyStatus::talk_first) {
                RC_ASSERT(!allocation.draw.has_value());
            }
            if (!allocation.draw) {
                continue;
            }
            const ArmDraw& draw = *allocation.draw;
            RC_ASSERT(arm_of_draw(draw.conditional, draw.draw) == draw.arm);
            RC_ASSERT(std::accumulate(draw.conditional.begin(), draw.conditional.end(), 0) == certain);
            for (std::size_t arm = 0; arm < draw.conditional.size(); ++arm) {
                RC_ASSERT(draw.conditional[arm] >= 2000);
                RC_ASSERT(draw.conditional[arm] <= 8000);
                RC_ASSERT(2 * draw.conditional[arm] >= draw.planned[arm]);
            }
        }
    }));
}

TEST_CASE("people who are not drawn leave the coin as it was") {
    const std::vector<Person> with = {person_with_sum(40), screened(41, 30), person_with_sum(42)};
    const std::vector<Person> without = {person_with_sum(40), person_with_sum(42)};
    const Matching first = matched(with);
    const Matching second = matched(without);
    CHECK(first.allocations[2].draw->conditional == second.allocations[1].draw->conditional);
}

TEST_CASE("one stratum's draws do not move another's") {
    const Matching alone = matched({person_with_sum(120)});
    const Matching after = matched({person_with_sum(40), person_with_sum(80), person_with_sum(120)});
    CHECK(after.allocations[2].draw->conditional == alone.allocations[0].draw->conditional);
}

TEST_CASE("a delayed start needs 60 people") {
    std::vector<Person> people(59, screened(80, 3));
    CHECK(matched(people).delayed_start.find("the file has 59 people, and the protocol asks for 60") !=
          std::string::npos);
    people.push_back(screened(80, 3));
    const Matching matching = matched(people);
    CHECK(matching.delayed_start.find("drawn with probability 0.25 for 60 people") != std::string::npos);
}

TEST_CASE("nobody is asked to wait before being screened") {
    const Matching matching = matched(std::vector<Person>(100, person_with_sum(80)));
    CHECK(matching.delayed_start.find("before being screened for safety") != std::string::npos);
    for (const Allocation& allocation : matching.allocations) {
        CHECK_FALSE(allocation.start.has_value());
    }
}

TEST_CASE("whoever asks for help or has a CES-D of 27 or more never waits") {
    std::vector<Person> people(500, screened(80, 3));
    for (std::size_t i = 0; i < people.size(); i += 2) {
        people[i].safety.asks_for_help = true;
    }
    for (std::size_t i = 1; i < people.size(); i += 4) {
        people[i] = screened(80, 27);
    }
    const Matching matching = matched(people);
    for (std::size_t i = 0; i < people.size(); ++i) {
        CHECK(matching.allocations[i].start.has_value() == (i % 4 == 3));
    }
}

TEST_CASE("a quarter waits, whichever arm they were drawn to") {
    const Matching matching = matched(std::vector<Person>(20'000, screened(80, 3)), 3);
    std::array<double, 2> people{};
    std::array<double, 2> waiting{};
    for (const Allocation& allocation : matching.allocations) {
        people[allocation.draw->arm] += 1;
        waiting[allocation.draw->arm] += allocation.start->is_delayed;
    }
    for (std::size_t arm = 0; arm < 2; ++arm) {
        CHECK(std::abs(waiting[arm] / people[arm] - .25) < 4 * std::sqrt(.25 * .75 / people[arm]));
    }
}

TEST_CASE("the long-run share in each group of odds is the planned one") {
    std::vector<Person> people;
    RandomStream random(11, 0);
    for (int i = 0; i < 30'000; ++i) {
        people.push_back(person_with_sum(26 + static_cast<int>(random.next_below(105))));
    }
    std::map<std::string, std::pair<double, double>> groups;  // rule -> people, in the second arm
    for (const Allocation& allocation : matched(people, 12).allocations) {
        auto& [count, second] = groups[allocation.rule];
        count += 1;
        second += allocation.draw->arm == 1;
    }
    REQUIRE(groups.size() == 4);
    for (const auto& [rule, counts] : groups) {
        INFO(rule);
        const double planned = rule.ends_with("#below-2.5") ? .67 : .5;
        CHECK(counts.second / counts.first == doctest::Approx(planned).epsilon(0.03));
    }
}

TEST_CASE("the reason says the odds, that a draw decided, and that nobody knows which order is better") {
    const Protocol protocol = shipped_protocol();
    const std::string likelier = reason_of_draw(protocol, drawn_into(1, {3300, 6700}), {});
    CHECK(likelier ==
          "Your starting plan. Your answers moved the odds to 2 in 3; a draw decided. Nobody knows yet which "
          "order is "
          "better. You can change it.");
    const std::string rarer = reason_of_draw(protocol, drawn_into(0, {3300, 6700}), {});
    CHECK(rarer.find("Your answers moved the odds to 2 in 3 for another plan; a draw decided.") !=
          std::string::npos);
    const std::string even = reason_of_draw(protocol, drawn_into(0, {5000, 5000}), {});
    CHECK(even.find("Your starting plan. The odds were even; a draw decided.") == 0);
    const std::string thirds = reason_of_draw(protocol, drawn_into(0, {3333, 3333, 3334}), {});
    CHECK(thirds.find("The odds were even") != std::string::npos);
}

TEST_CASE("a reason never calls a person low, at risk or matched") {
    for (int sum = 26; sum <= 130; ++sum) {
        const std::string reason = only(screened(sum, 20)).reason;
        for (const char* word : {"low ", "deficit", "risk", "matched", "recommended", "treat"}) {
            CHECK(reason.find(word) == std::string::npos);
        }
    }
}

TEST_CASE("odds are said as small fractions where one is within half a hundredth") {
    CHECK(odds_in_words(5000) == "1 in 2");
    CHECK(odds_in_words(6700) == "2 in 3");
    CHECK(odds_in_words(3300) == "1 in 3");
    CHECK(odds_in_words(7500) == "3 in 4");
    CHECK(odds_in_words(6000) == "3 in 5");
    CHECK(odds_in_words(4300) == "43 in 100");
}

TEST_CASE("a score outside the strata is refused with the person and the score") {
    Protocol protocol = shipped_protocol();
    protocol.strata[0].at_least = to_points(2);
    SeededEntropy entropy(1);
    const std::vector<Person> people = {person_with_sum(30)};
    const auto refused = match(protocol, people, {}, entropy);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().describe().find("no stratum of matched-six-week holds") != std::string::npos);
}
