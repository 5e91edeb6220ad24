// A permutation test of one coefficient, by exchanging a moderator between people. Part of `groundwork fit`.
#pragma once

#include <string>

#include "command/options.h"
#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

class FitPermutation {
  public:
    static std::string manual();  // for `groundwork fit --help`
    void declare(Options& options);
    bool wanted() const { return !question_.empty(); }

    // Refuses a question that is not "TERM by MODERATOR", and what permute_moderator refuses.
    Result<statistics::ModeratorPermutation> run(const std::string& formula, const statistics::Data& data,
                                                 std::uint64_t seed, unsigned threads) const;
    json::object as_json(const statistics::ModeratorPermutation& test) const;
    std::string shown_test(const statistics::ModeratorPermutation& test) const;

  private:
    std::string question_, unit_, within_;
    long long permutations_ = 999;
};

}  // namespace groundwork::command
