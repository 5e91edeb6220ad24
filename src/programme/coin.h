// The draw: an adaptive biased coin for planned probabilities that differ between arms and between people, in
// whole numbers only, so that every machine comes to the same arm.
//
// The rule is the allocation function of Zhang & Hu (2009, "A new family of covariate-adjusted response
// adaptive designs and their properties", Appl. Math. J. Chinese Univ. 24, 1-13), which carries Hu & Zhang's
// (2004, Annals of Statistics 32, 268-301) coin over to targets that depend on the person. For a person with
// planned probabilities p[k]:
//
//     weight[k] = p[k] * (expected[k] / taken[k])^gamma
//     probability[k] = weight[k] / (sum of the weights)
//
// expected[k] is the sum of the planned probabilities of arm k over the people drawn before in the stratum,
// taken[k] how many of them arm k got. An arm that is behind its plan becomes likelier for the next person,
// never certain. With planned probabilities of one half and gamma 1 this is Wei's urn (1978, Annals of
// Statistics 6, 92-100); gamma 0 is a plain draw. Two things are added:
// - each stratum begins with a few imagined people allocated exactly as planned (Wei's first balls);
// - the step away from the planned probabilities is shortened just enough that no arm leaves its limits.
//
// docs/matching.md works an example by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace groundwork::programme {

// Probabilities are whole ten-thousandths: 6700 is .67. What is logged is then exactly what was used.
inline constexpr int certain = 10'000;

// One probability for each arm of the draw, in the protocol's order; together `certain`.
using Probabilities = std::vector<int>;

// Bounds that hold for every probability; an arm whose planned probability is 0 is closed and stays so.
struct Limits {
    int lowest = 0;
    int highest = certain;
    int least_share_of_planned =
        0;  // of the planned probability, in ten-thousandths: 5000 = at least half of it

    // The range that a conditional probability may take. The planned one must lie within.
    int lowest_for(int planned) const;
    int highest_for(int planned) const;
};

struct CoinRule {
    int gamma = 0;            // 0, 1 or 2
    int starting_people = 1;  // at least 1
    Limits limits;
};

// The coin of one stratum. It remembers how many people each arm should have and has.
class Coin {
  public:
    // `planned`: the stratum's own planned probabilities, by which the imagined first people were allocated.
    Coin(const CoinRule& rule, const Probabilities& planned);

    // The conditional probabilities of the next person, whose planned ones may differ from the stratum's.
    Probabilities probabilities(const Probabilities& planned) const;

    // The next person was drawn into `arm`.
    void record(const Probabilities& planned, std::size_t arm);

    // What it remembers, for keeping it: in ten-thousandths of a person, the imagined people included.
    struct Memory {
        std::vector<std::uint64_t> expected, taken;
    };
    const Memory& memory() const { return memory_; }
    Coin(const CoinRule& rule, Memory memory) : rule_(rule), memory_(std::move(memory)) {}

  private:
    CoinRule rule_;
    Memory memory_;
};

// The arm that a draw of 64 uniform bits means: the first whose cumulative probability, times 2^64 and
// rounded down, is above the draw. A closed arm is never drawn.
std::size_t arm_of_draw(const Probabilities& probabilities, std::uint64_t draw);

// Whether an event of this probability (ten-thousandths) happens at this draw.
bool happens(int probability, std::uint64_t draw);

}  // namespace groundwork::programme
