#include "programme/coin.h"

#include <algorithm>
#include <numeric>

#include "foundation/foundation.h"

namespace groundwork::programme {

namespace {

__extension__ using Wide = unsigned __int128;

// expected / taken as a fixed-point number, capped so that gamma 2 and eight arms stay far within 128 bits.
Wide ratio(std::uint64_t expected, std::uint64_t taken) {
    constexpr unsigned fraction_bits = 24;
    constexpr Wide largest = Wide{1} << 46;
    if (taken == 0) {
        return largest;
    }
    return std::min(largest, (Wide{expected} << fraction_bits) / taken);
}

// The weights scaled to whole ten-thousandths. What rounding down leaves over goes to the largest remainders,
// the earlier arm first.
Probabilities normalised(const std::vector<Wide>& weights) {
    const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
    ENSURE(sum > 0);
    Probabilities shares(weights.size());
    std::vector<Wide> remainders(weights.size());
    int left_over = certain;
    for (std::size_t arm = 0; arm < weights.size(); ++arm) {
        const Wide scaled = weights[arm] * certain;
        shares[arm] = static_cast<int>(scaled / sum);
        remainders[arm] = scaled % sum;
        left_over -= shares[arm];
    }
    for (; left_over > 0; --left_over) {
        const auto largest = std::ranges::max_element(remainders);
        ++shares[static_cast<std::size_t>(largest - remainders.begin())];
        *largest = 0;
    }
    return shares;
}

// How much of a step may be taken: `room` of `length`.
struct Fraction {
    int room = 1;
    int length = 1;
    bool is_less_than(const Fraction& other) const { return room * other.length < other.room * length; }
};

// planned + as much of (wanted - planned) as keeps every arm within its limits.
Probabilities limited(const Probabilities& planned, const Probabilities& wanted, const Limits& limits) {
    Fraction part;
    for (std::size_t arm = 0; arm < planned.size(); ++arm) {
        const int step = wanted[arm] - planned[arm];
        const int room = step > 0 ? limits.highest_for(planned[arm]) - planned[arm]
                                  : planned[arm] - limits.lowest_for(planned[arm]);
        const Fraction fraction{room, std::abs(step)};
        if (step != 0 && fraction.is_less_than(part)) {
            part = fraction;
        }
    }
    Probabilities shares(planned.size());
    std::vector<int> cut_off(planned.size());  // the sign of what rounding towards the plan took away
    for (std::size_t arm = 0; arm < planned.size(); ++arm) {
        const int scaled = (wanted[arm] - planned[arm]) * part.room;
        shares[arm] = planned[arm] + scaled / part.length;
        const int remainder = scaled % part.length;
        cut_off[arm] = (remainder > 0) - (remainder < 0);
    }
    // Giving single units back where something was cut off cannot leave the limits: they are whole numbers
    // too.
    int missing = certain - std::accumulate(shares.begin(), shares.end(), 0);
    for (std::size_t arm = 0; arm < shares.size() && missing != 0; ++arm) {
        const int sign = missing > 0 ? 1 : -1;
        if (cut_off[arm] == sign) {
            shares[arm] += sign;
            missing -= sign;
        }
    }
    ENSURE(missing == 0);
    return shares;
}

void ensure_probabilities(const Probabilities& planned, std::size_t arms) {
    ENSURE(planned.size() == arms);
    ENSURE(std::ranges::all_of(planned, [](int share) { return share >= 0 && share <= certain; }));
    ENSURE(std::accumulate(planned.begin(), planned.end(), 0) == certain);
}

}  // namespace

int Limits::lowest_for(int planned) const {
    if (planned == 0) {
        return 0;
    }
    const int share = (planned * least_share_of_planned + certain - 1) / certain;  // rounded up
    return std::max(lowest, share);
}

int Limits::highest_for(int planned) const { return planned == 0 ? 0 : highest; }

Coin::Coin(const CoinRule& rule, const Probabilities& planned) : rule_(rule) {
    ENSURE(rule.gamma >= 0 && rule.gamma <= 2);
    ENSURE(rule.starting_people >= 1);
    ensure_probabilities(planned, planned.size());
    for (const int share : planned) {
        memory_.expected.push_back(static_cast<std::uint64_t>(share) *
                                   static_cast<std::uint64_t>(rule.starting_people));
    }
    memory_.taken = memory_.expected;
}

Probabilities Coin::probabilities(const Probabilities& planned) const {
    ensure_probabilities(planned, memory_.expected.size());
    std::vector<Wide> weights;
    for (std::size_t arm = 0; arm < planned.size(); ++arm) {
        ENSURE(planned[arm] == 0 || (planned[arm] >= rule_.limits.lowest_for(planned[arm]) &&
                                     planned[arm] <= rule_.limits.highest_for(planned[arm])));
        Wide weight = static_cast<Wide>(planned[arm]);
        for (int power = 0; power < rule_.gamma; ++power) {
            weight *= ratio(memory_.expected[arm], memory_.taken[arm]);
        }
        weights.push_back(weight);
    }
    // An arm far ahead of its plan may round down to a weight of 0; when all do, the plan itself is used.
    if (std::ranges::all_of(weights, [](Wide weight) { return weight == 0; })) {
        return planned;
    }
    return limited(planned, normalised(weights), rule_.limits);
}

void Coin::record(const Probabilities& planned, std::size_t arm) {
    ensure_probabilities(planned, memory_.expected.size());
    ENSURE(arm < memory_.taken.size() && planned[arm] > 0);
    for (std::size_t each = 0; each < planned.size(); ++each) {
        memory_.expected[each] += static_cast<std::uint64_t>(planned[each]);
    }
    memory_.taken[arm] += certain;
}

bool happens(int probability, std::uint64_t draw) {
    ENSURE(probability >= 0 && probability <= certain);
    return Wide{draw} < (static_cast<Wide>(probability) << 64) / certain;
}

std::size_t arm_of_draw(const Probabilities& probabilities, std::uint64_t draw) {
    ensure_probabilities(probabilities, probabilities.size());
    int cumulative = 0;
    std::size_t arm = 0;
    for (;; ++arm) {
        cumulative += probabilities[arm];
        if (happens(cumulative, draw)) {
            return arm;
        }
    }
}

}  // namespace groundwork::programme
