#include "programme/coin.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

#include "foundation/foundation.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

const Limits default_limits{.lowest = 2000, .highest = 8000, .least_share_of_planned = 5000};
const CoinRule default_rule{.gamma = 2, .starting_people = 4, .limits = default_limits};
const Probabilities two_in_three = {3300, 6700};
const Probabilities even = {5000, 5000};

// The formula in floating point, without limits, as an independent reference.
double reference_probability(const std::vector<double>& planned, const std::vector<double>& expected,
                             const std::vector<double>& taken, int gamma, std::size_t arm) {
    double sum = 0;
    for (std::size_t each = 0; each < planned.size(); ++each) {
        sum += planned[each] * std::pow(expected[each] / taken[each], gamma);
    }
    return planned[arm] * std::pow(expected[arm] / taken[arm], gamma) / sum;
}

// How many of `people` arm 1 gets, all with one plan.
int drawn_into_second(const CoinRule& rule, const Probabilities& planned, int people, std::uint64_t seed) {
    Coin coin(rule, planned);
    RandomStream random(seed, 0);
    int count = 0;
    for (int person = 0; person < people; ++person) {
        const std::size_t arm = arm_of_draw(coin.probabilities(planned), random.next());
        coin.record(planned, arm);
        count += arm == 1;
    }
    return count;
}

double standard_deviation_of_counts(const CoinRule& rule, const Probabilities& planned, int people) {
    constexpr int runs = 2000;
    double sum = 0;
    double squares = 0;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
        const double count = drawn_into_second(rule, planned, people, seed);
        sum += count;
        squares += count * count;
    }
    return std::sqrt((squares - sum * sum / runs) / (runs - 1));
}

Limits within_limits(int lowest, int highest) {
    return {.lowest = lowest, .highest = highest, .least_share_of_planned = 5000};
}

}  // namespace

TEST_CASE("the first person of a stratum is drawn with the planned probabilities") {
    CHECK(Coin(default_rule, two_in_three).probabilities(two_in_three) == two_in_three);
    CHECK(Coin(default_rule, even).probabilities(even) == even);
}

TEST_CASE("the example of docs/matching.md comes out as worked by hand") {
    // Four imagined people at .33/.67: 1.32 and 2.68. One real person has gone to the second arm:
    // expected 1.65 and 3.35, taken 1.32 and 3.68; weights .33 * 1.25^2 = .515625 and .67 * (3.35/3.68)^2 =
    // .555223.
    Coin coin(default_rule, two_in_three);
    coin.record(two_in_three, 1);
    CHECK(coin.probabilities(two_in_three) == Probabilities{4815, 5185});
}

TEST_CASE("with planned probabilities of one half and gamma 1 the coin is Wei's urn") {
    // Urn design UD(alpha, beta): (alpha + beta * n_other) / (2 alpha + beta * n); alpha 2, beta 1 = 4
    // starting people.
    CoinRule rule = default_rule;
    rule.gamma = 1;
    rule.limits = {};
    Coin coin(rule, even);
    coin.record(even, 0);
    coin.record(even, 0);
    coin.record(even, 1);
    CHECK(coin.probabilities(even) == Probabilities{4286, 5714});  // 3/7 and 4/7
}

TEST_CASE("with gamma 0 the coin has no memory") {
    CoinRule rule = default_rule;
    rule.gamma = 0;
    Coin coin(rule, two_in_three);
    for (int person = 0; person < 50; ++person) {
        coin.record(two_in_three, 0);
    }
    CHECK(coin.probabilities(two_in_three) == two_in_three);
}

TEST_CASE("an arm far ahead keeps half its planned probability and never less than the lowest") {
    Coin even_coin(default_rule, even);
    Coin coin(default_rule, two_in_three);
    for (int person = 0; person < 100; ++person) {
        even_coin.record(even, 0);
        coin.record(two_in_three, 0);
    }
    CHECK(even_coin.probabilities(even) == Probabilities{2500, 7500});
    CHECK(coin.probabilities(two_in_three) == Probabilities{2000, 8000});  // half of .33 is less than .20
    Coin other(default_rule, two_in_three);
    for (int person = 0; person < 100; ++person) {
        other.record(two_in_three, 1);
    }
    CHECK(other.probabilities(two_in_three) == Probabilities{6650, 3350});  // half of .67
}

TEST_CASE(
    "a person with other odds in the same stratum is drawn by their own plan against the stratum's history") {
    Coin coin(default_rule, two_in_three);
    coin.record(two_in_three, 1);
    coin.record(even, 0);
    // expected 2.15, 3.85; taken 2.32, 3.68.
    const double reference = reference_probability({.5, .5}, {2.15, 3.85}, {2.32, 3.68}, 2, 1);
    CHECK(coin.probabilities(even)[1] == doctest::Approx(reference * certain).epsilon(0.0001));
}

TEST_CASE("a closed arm is never drawn and its share goes to the others") {
    const Probabilities closed = {0, 5000, 5000};
    Coin coin({.gamma = 2, .starting_people = 4, .limits = default_limits}, closed);
    coin.record(closed, 1);
    const Probabilities next = coin.probabilities(closed);
    CHECK(next[0] == 0);
    CHECK(next[2] > next[1]);
    CHECK(arm_of_draw(closed, 0) == 1);
}

TEST_CASE("draws at a threshold fall on the side that the probability says") {
    constexpr std::uint64_t half = std::uint64_t{1} << 63;
    CHECK(arm_of_draw(even, half - 1) == 0);
    CHECK(arm_of_draw(even, half) == 1);
    CHECK(arm_of_draw({certain, 0}, ~std::uint64_t{0}) == 0);
    CHECK(arm_of_draw(even, ~std::uint64_t{0}) == 1);
    CHECK(happens(certain, ~std::uint64_t{0}));
    CHECK_FALSE(happens(0, 0));
    // .33 * 2^64 rounded down.
    CHECK(arm_of_draw(two_in_three, 6087425544324152033ULL) == 1);
    CHECK(arm_of_draw(two_in_three, 6087425544324152032ULL) == 0);
}

TEST_CASE(
    "after any history every probability is within its limits, they sum to one, and agree with the formula") {
    CHECK(rc::check([] {
        const int arms = *rc::gen::inRange(2, 5);
        const int lowest = *rc::gen::inRange(0, certain / arms / 2);
        const int highest = certain - (arms - 1) * lowest;
        const auto plan = [&] {
            Probabilities planned;
            int left = certain - arms * lowest;
            for (int arm = 0; arm + 1 < arms; ++arm) {
                const int extra = *rc::gen::inRange(0, left + 1);
                planned.push_back(lowest + extra);
                left -= extra;
            }
            planned.push_back(lowest + left);
            return planned;
        };
        const Probabilities own = plan();
        const Limits limits = within_limits(lowest, highest);
        const int gamma = *rc::gen::inRange(0, 3);
        Coin coin({.gamma = gamma, .starting_people = *rc::gen::inRange(1, 6), .limits = limits}, own);
        const auto draws =
            *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::arbitrary<std::uint64_t>());
        for (const std::uint64_t draw : draws) {
            const Probabilities planned = (draw & 1) == 0 ? own : plan();
            const Probabilities used = coin.probabilities(planned);
            RC_ASSERT(std::accumulate(used.begin(), used.end(), 0) == certain);
            for (std::size_t arm = 0; arm < used.size(); ++arm) {
                RC_ASSERT(used[arm] >= limits.lowest_for(planned[arm]));
                RC_ASSERT(used[arm] <= limits.highest_for(planned[arm]));
                RC_ASSERT(2 * used[arm] >= planned[arm]);
            }
            coin.record(planned, arm_of_draw(used, draw));
        }
    }));
}

TEST_CASE("without limits the whole-number arithmetic gives the formula's probability to a ten-thousandth") {
    CHECK(rc::check([] {
        const int share = *rc::gen::inRange(500, 9501);
        const Probabilities planned = {certain - share, share};
        const int gamma = *rc::gen::inRange(0, 3);
        Coin coin({.gamma = gamma, .starting_people = 2, .limits = {}}, planned);
        std::vector<double> expected = {2.0 * planned[0] / certain, 2.0 * planned[1] / certain};
        std::vector<double> taken = expected;
        for (const bool second : *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>())) {
            coin.record(planned, second ? 1 : 0);
            taken[second ? 1 : 0] += 1;
            expected[0] += planned[0] / double{certain};
            expected[1] += planned[1] / double{certain};
        }
        const double reference =
            reference_probability({planned[0] * 1.0, planned[1] * 1.0}, expected, taken, gamma, 1);
        RC_ASSERT(std::abs(coin.probabilities(planned)[1] - reference * certain) < 1.0);
    }));
}

TEST_CASE("the long-run share is the planned one") {
    for (const Probabilities& planned : {two_in_three, even, Probabilities{8000, 2000}}) {
        constexpr int people = 20'000;
        const double share = drawn_into_second(default_rule, planned, people, 5) / double{people};
        CHECK(share == doctest::Approx(planned[1] / double{certain}).epsilon(0.01));
    }
}

TEST_CASE("arms stay much closer to plan than with plain draws") {
    CoinRule plain = default_rule;
    plain.gamma = 0;
    const double with_coin = standard_deviation_of_counts(default_rule, two_in_three, 200);
    const double without = standard_deviation_of_counts(plain, two_in_three, 200);
    CHECK(without == doctest::Approx(std::sqrt(200 * .67 * .33)).epsilon(0.05));
    // Hu & Zhang (2004): the variance is 1 / (1 + 2 gamma) of a plain draw's, here a fifth.
    CHECK(with_coin / without == doctest::Approx(std::sqrt(1.0 / 5.0)).epsilon(0.1));
}

TEST_CASE("in 375 people the second arm is never more than 20 from its plan, over 2000 seeds") {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const int count = drawn_into_second(default_rule, even, 375, seed);
        REQUIRE(std::abs(count - 187) <= 20);
    }
}

TEST_CASE("the logged probability is the real one") {
    // Over many runs, among people whose logged probability was p, a share p went to that arm.
    std::vector<int> people(certain + 1);
    std::vector<int> drawn(certain + 1);
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        Coin coin(default_rule, two_in_three);
        RandomStream random(seed, 1);
        for (int person = 0; person < 6; ++person) {
            const Probabilities used = coin.probabilities(two_in_three);
            const std::size_t arm = arm_of_draw(used, random.next());
            ++people[static_cast<std::size_t>(used[1])];
            drawn[static_cast<std::size_t>(used[1])] += arm == 1;
            coin.record(two_in_three, arm);
        }
    }
    int compared = 0;
    for (std::size_t logged = 0; logged < people.size(); ++logged) {
        if (people[logged] >= 500) {
            const double p = static_cast<double>(logged) / certain;
            const double share = static_cast<double>(drawn[logged]) / people[logged];
            CHECK(std::abs(share - p) < 4 * std::sqrt(p * (1 - p) / people[logged]));
            ++compared;
        }
    }
    CHECK(compared >= 8);
}
