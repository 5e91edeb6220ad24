#include "instrument/scoring.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "foundation/json.h"
#include "instrument/definitions_for_tests.h"
#include "instrument/fraction.h"

using namespace groundwork;
using namespace groundwork::instrument;

namespace {

const Instrument& four() {
    static const Instrument instrument = parsed(four_items());
    return instrument;
}

Score scored(const Instrument& instrument, const Answers& answers, std::string_view id) {
    const auto scores = score(instrument, answers);
    ENSURE(scores.has_value());
    const Scale* scale = instrument.find_scale(id);
    ENSURE(scale != nullptr);
    return scores->at(static_cast<std::size_t>(scale - instrument.scales.data()));
}

// Random complete answers of an instrument.
Answers any_answers(const Instrument& instrument) {
    Answers answers;
    for (std::size_t i = 1; i <= instrument.items.size(); ++i) {
        const Responses& responses = instrument.responses_of(static_cast<int>(i));
        answers.emplace_back(*rc::gen::inRange(responses.minimum, responses.maximum + 1));
    }
    return answers;
}

const Instrument& any_shipped() {
    const auto& all = shipped_instruments();
    return all[*rc::gen::inRange<std::size_t>(0, all.size())];
}

}  // namespace

TEST_CASE("a mean is the whole-number sum divided once") {
    CHECK(*scored(four(), {1, 2, 3, 4}, "total").value == 2.5);
    CHECK(*scored(four(), {1, 5, 1, std::nullopt}, "total").value == 1.0);
    // 10 / 3 added up in doubles and divided would still be near; the nearest double to the fraction is
    // demanded.
    CHECK(*scored(four(), {3, 2, 3, std::nullopt}, "total").value == 10.0 / 3.0);
}

TEST_CASE("missing items take the mean of the person's answered items, after reversal") {
    const Score sum = scored(four(), {1, std::nullopt, 3, 4}, "sum");
    CHECK(*sum.value == 6.0 * 4.0 / 3.0);
    CHECK(sum.answered == 3);
    CHECK(sum.asked == 4);
}

TEST_CASE("with more missing than the rule allows there is no score, and it says why") {
    const Score total = scored(four(), {1, std::nullopt, std::nullopt, 4}, "total");
    CHECK(!total.value);
    CHECK(total.why == "2 of 4 items are missing; at most 1 may be");
    const Score halves = scored(four(), {1, 2, 3, std::nullopt}, "halves");
    CHECK(!halves.value);
    CHECK(halves.why == "second is not scored: 1 of 2 items are missing; at most 0 may be");
}

TEST_CASE("nothing answered is never a score") {
    for (const Instrument& instrument : shipped_instruments()) {
        CAPTURE(instrument.id);
        const auto scores = score(instrument, Answers(instrument.items.size()));
        REQUIRE(scores.has_value());
        for (const Score& each : *scores) {
            CHECK(!each.value);
            CHECK(!each.why.empty());
        }
    }
}

TEST_CASE("a scale of scales turns the reversed ones round within their own range") {
    CHECK(*scored(four(), {1, 2, 3, 4}, "halves").value == 4.0);  // (3 + (12 - 7)) / 2
}

TEST_CASE("a count counts answers at the threshold and above") {
    CHECK(*scored(four(), {4, 5, 3, 1}, "high").value == 2.0);
}

TEST_CASE("a mean of means is one fraction, not a sum of rounded ones") {
    // Means 4/3 and 5/3 of three items each: (4/3 + 5/3) / 2 is exactly 1.5.
    json::object document = four_items();
    const Instrument instrument = [&] {
        at(document, "items") =
            parse_json(R"([{"number":1},{"number":2},{"number":3},{"number":4},{"number":5},
                                               {"number":6}])",
                       "test")
                ->as_array();
        at(document, "vectors") = json::array{};
        at(document, "scales") = parse_json(R"([
          {"id":"total","name":{"en":"T"},"rule":"mean_of_scales","scales":["a","b","c"],
           "range":{"minimum":1,"maximum":5},"missing":{"at_most":0,"fill":"none","source":"t"}},
          {"id":"a","name":{"en":"A"},"rule":"mean_of_items","items":[1,2,3],
           "range":{"minimum":1,"maximum":5},"missing":{"at_most":0,"fill":"none","source":"t"}},
          {"id":"b","name":{"en":"B"},"rule":"mean_of_items","items":[4,5,6],
           "range":{"minimum":1,"maximum":5},"missing":{"at_most":0,"fill":"none","source":"t"}},
          {"id":"c","name":{"en":"C"},"rule":"mean_of_items","items":[1,5,6],
           "range":{"minimum":1,"maximum":5},"missing":{"at_most":0,"fill":"none","source":"t"}}])",
                                            "test")
                                     ->as_array();
        return parsed(document);
    }();
    CHECK(*scored(instrument, {1, 1, 2, 1, 2, 5}, "total").value == 20.0 / 9.0);  // (4/3 + 8/3 + 8/3) / 3
    CHECK(*scored(instrument, {1, 1, 2, 1, 1, 2}, "total").value == 4.0 / 3.0);
}

TEST_CASE("a gate decides alone, and without its answer there is no score") {
    const Instrument gated = parsed(gated_items());
    CHECK(*scored(gated, {0, std::nullopt, std::nullopt}, "total").value == 0);
    CHECK(*scored(gated, {0, 3, 3}, "total").value == 0);
    CHECK(*scored(gated, {1, 3, 1}, "total").value == 6);
    const Score unknown = scored(gated, {std::nullopt, 3, 1}, "total");
    CHECK(!unknown.value);
    CHECK(unknown.why == "item 1, which decides whether the others count, is missing");
}

TEST_CASE("an answer outside its item's choices is refused with the item and the choices") {
    const auto high = score(four(), {1, 2, 6, 4});
    REQUIRE(!high);
    CHECK(high.error().place().column == "3");
    CHECK(high.error().offending_value() == "6");
    CHECK(high.error().problem() == "is outside the answers 1 to 5");
    CHECK(!score(parsed(gated_items()), {2, 0, 0}));  // item 1 has answers of its own
    CHECK(score(parsed(gated_items()), {1, 3, 0}));
}

TEST_CASE("a wrong number of answers is refused") {
    const auto few = score(four(), {1, 2, 3});
    REQUIRE(!few);
    CHECK(few.error().problem() == "has 3 answers, but four has 4 items");
}

TEST_CASE("a band is looked up at its very edges") {
    const Scale& total = four().scales.front();
    CHECK(band_of(total, 2.5)->id == "middle");
    CHECK(band_of(total, 3.5)->id == "middle");
    CHECK(band_of(total, std::nextafter(3.5, 4))->id == "high");
    CHECK(band_of(total, 1)->id == "low");
    CHECK(band_of(four().scales[1], 8) == nullptr);
}

TEST_CASE("the arithmetic is explained line by line") {
    const auto complete = explain(four(), {1, 2, 3, 4});
    REQUIRE(complete.has_value());
    CHECK(*complete ==
          "four Four items, version 1.0.0\n"
          "key: the tests\n"
          "\ntotal (Total, mean of items)\n  1 + (6 - 2) + 3 + (6 - 4) = 10; 10 / 4 = 2.5\n  band: middle\n"
          "\nsum (Sum, sum of items)\n  1 + (6 - 2) + 3 + (6 - 4) = 10\n"
          "\nfirst (First half, sum of items)\n  1 + 2 = 3\n"
          "\nsecond (Second half, sum of items)\n  3 + 4 = 7\n"
          "\nhalves (Halves, mean of scales)\n  first 3 + (12 - second 7) = 8; 8 / 2 = 4\n"
          "\nhigh (High answers, count of items)\n  1 of 4 items are answered 4 or more: [item 4: 4]\n");
    const auto gap = explain(four(), {1, 2, 3, std::nullopt});
    REQUIRE(gap.has_value());
    CHECK(
        gap->find("  not answered: 4; 1 + (6 - 2) + 3 = 8; each missing item takes the mean of the answered: "
                  "8 x 4 / 3 = 10.666666666666666\n") != std::string::npos);
    CHECK(gap->find("  not scored: 1 of 2 items are missing; at most 0 may be\n") != std::string::npos);
    const auto gated = explain(parsed(gated_items()), {1, 3, 1});
    CHECK(gated->find("  (3 counts as 2) + 1 = 3; 3 x 2 = 6\n") != std::string::npos);
    const auto closed = explain(parsed(gated_items()), {0, 3, 1});
    CHECK(closed->find("  item 1 is answered 0, so the others do not count: 0\n") != std::string::npos);
}

TEST_CASE("numbers too large for exact fractions are noticed, not rounded") {
    const Fraction large(std::int64_t{1} << 62);
    CHECK(!(large * Fraction(4)).is_exact());
    CHECK(!(large * Fraction(4) - Fraction(1)).is_exact());
    CHECK((large / 4).value() == std::ldexp(1.0, 60));
    CHECK(Fraction::of_decimal(0.1)->value() == 0.1);
    CHECK((*Fraction::of_decimal(0.1) * Fraction(3)).value() == 0.3);
    CHECK(!Fraction::of_decimal(1.0 / 3.0));
    CHECK(!Fraction::of_decimal(NAN));
}

TEST_CASE("property: reversing every answer and every key again leaves each score of items as it was") {
    CHECK(rc::check([] {
        const Instrument& instrument = any_shipped();
        const Answers answers = any_answers(instrument);
        Answers turned = answers;
        Instrument mirrored = instrument;
        for (std::size_t i = 0; i < turned.size(); ++i) {
            const Responses& responses = instrument.responses_of(static_cast<int>(i) + 1);
            turned[i] = responses.minimum + responses.maximum - *answers[i];
        }
        for (Scale& scale : mirrored.scales) {
            std::vector<int> reversed;
            std::ranges::copy_if(scale.items, std::back_inserter(reversed), [&](int item) {
                return std::ranges::find(scale.reversed, item) == scale.reversed.end();
            });
            scale.reversed = reversed;
            if (scale.gate) {
                const Responses& responses = instrument.responses_of(scale.gate->item);
                scale.gate->equals = responses.minimum + responses.maximum - scale.gate->equals;
            }
        }
        const auto before = score(instrument, answers);
        const auto after = score(mirrored, turned);
        RC_ASSERT(before.has_value() && after.has_value());
        for (std::size_t i = 0; i < before->size(); ++i) {
            RC_ASSERT(before->at(i).value == after->at(i).value);
        }
    }));
}

TEST_CASE("property: complete answers always score, within the stated range") {
    CHECK(rc::check([] {
        const Instrument& instrument = any_shipped();
        const auto scores = score(instrument, any_answers(instrument));
        RC_ASSERT(scores.has_value());
        for (std::size_t i = 0; i < scores->size(); ++i) {
            RC_ASSERT(scores->at(i).value.has_value());
            RC_ASSERT(*scores->at(i).value >= instrument.scales[i].minimum);
            RC_ASSERT(*scores->at(i).value <= instrument.scales[i].maximum);
            RC_ASSERT(instrument.scales[i].bands.empty() ||
                      band_of(instrument.scales[i], *scores->at(i).value) != nullptr);
        }
    }));
}

TEST_CASE("property: a missing answer never raises a sum beyond what any answer there would have given") {
    CHECK(rc::check([] {
        const Instrument& instrument = any_shipped();
        const Answers answers = any_answers(instrument);
        const auto item = *rc::gen::inRange<std::size_t>(0, answers.size());
        const Responses& responses = instrument.responses_of(static_cast<int>(item) + 1);
        std::vector<Score> each_way[2];
        Answers changed = answers;
        changed[item] = responses.minimum;
        each_way[0] = *score(instrument, changed);
        changed[item] = responses.maximum;
        each_way[1] = *score(instrument, changed);
        changed[item].reset();
        const auto with_gap = *score(instrument, changed);
        for (std::size_t i = 0; i < with_gap.size(); ++i) {
            if (with_gap[i].value) {
                RC_ASSERT(*with_gap[i].value <=
                          std::max(*each_way[0][i].value, *each_way[1][i].value) + 1e-12);
                RC_ASSERT(*with_gap[i].value >=
                          std::min(*each_way[0][i].value, *each_way[1][i].value) - 1e-12);
            }
        }
    }));
}

TEST_CASE("property: a filled sum equals the full one when the missing answer was the mean of the others") {
    CHECK(rc::check([] {
        const Instrument& instrument = four();
        const int common = *rc::gen::inRange(1, 6);
        const int spread = *rc::gen::inRange(0, std::min(common - 1, 5 - common) + 1);
        // After reversal: common - spread, common, common + spread, and the item that will be missing:
        // common.
        Answers answers = {common - spread, 6 - common, common + spread, 6 - common};
        const Score full = scored(instrument, answers, "sum");
        answers[3].reset();
        RC_ASSERT(scored(instrument, answers, "sum").value == full.value);
    }));
}
