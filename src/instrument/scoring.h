// From answers to scores, exactly.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "instrument/definition.h"

namespace groundwork::instrument {

// One person's answers in item order; nullopt = not answered. Never 0 for missing.
using Answers = std::vector<std::optional<int>>;

struct Score {
    std::optional<double> value;  // nullopt = not scored, see `why`
    int answered = 0;             // of the scale's items
    int asked = 0;
    std::string why;  // e.g. "5 of 20 items are missing; at most 4 may be"
};

// Scores every scale, in the instrument's order. An answer outside its item's choices or a wrong number of
// answers is an `unacceptable` error whose column is the item's number; callers add file and row.
Result<std::vector<Score>> score(const Instrument& instrument, const Answers& answers);

// The arithmetic for one person, line by line, for reading: `(6 - 2) + 4 + ... = 78; 78 / 26 = 3`.
Result<std::string> explain(const Instrument& instrument, const Answers& answers);

// What one answer adds to a scale of items: after reversal and recoding; 1 or 0 for count_at_least. `answer`
// is one of the item's choices.
int counted_answer(const Instrument& instrument, const Scale& scale, int item, int answer);

// `rule` as people say it: "mean of items".
std::string rule_in_words(Rule rule);

// The band that holds the score, if the scale has bands.
const Band* band_of(const Scale& scale, double score);

}  // namespace groundwork::instrument
