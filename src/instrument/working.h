// The steps from answers to scores, kept so that they can be explained. Private to instrument/.
#pragma once

#include <string>
#include <vector>

#include "instrument/fraction.h"
#include "instrument/scoring.h"

namespace groundwork::instrument {

// One item of a scale.
struct Term {
    int item = 0;
    std::optional<int> answer;
    bool is_reversed = false;
    int mirror = 0;   // minimum + maximum of its answers: reversed is mirror - answer
    int turned = 0;   // after reversal
    int counted = 0;  // after recoding as well
};

// One scale, worked out.
struct Working {
    const Scale* scale = nullptr;
    bool gate_closed = false;
    std::vector<Term> terms;         // for the rules of items
    std::vector<std::size_t> parts;  // for the rules of scales: indices of the workings that count
    Fraction sum;                    // of what was answered
    std::optional<Fraction> value;
    Score score;
};

// For every scale, in the instrument's order. The instrument's structure must be sound (check_definition.h).
Result<std::vector<Working>> work_out(const Instrument& instrument, const Answers& answers);

// The arithmetic of one scale, without its name: one or several lines, no line end after the last.
std::string arithmetic(const std::vector<Working>& all, const Working& working);

}  // namespace groundwork::instrument
