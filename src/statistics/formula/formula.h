// A formula's meaning: which terms, of which variables, by R's rules (?formula, ?terms.formula), before any
// data.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/formula/formula_syntax.h"

namespace groundwork::statistics {

inline constexpr std::size_t most_variables = 256;  // on one side of one bar
inline constexpr std::size_t most_terms = 2'000;

// Which variables a term multiplies; bit v stands for variable v of its TermSet.
using Term = std::bitset<most_variables>;

struct TermSet {
    bool intercept = true;
    std::vector<Expression> variables;  // distinct by their deparsed form, in order of appearance
    std::vector<Term> terms;  // distinct, none empty, main effects first, then by order of interaction
};

// One (terms | group). (a || g) has become one RandomPart for each of its terms, a/b in the group one for
// each level.
struct RandomPart {
    TermSet terms;
    std::string group;                // "id", "cask:batch"
    std::vector<Expression> factors;  // the variables whose combinations are the levels
};

struct Formula {
    Expression response;
    TermSet fixed;
    std::vector<RandomPart> random;   // in the order written
    std::vector<Expression> offsets;  // the arguments of offset(...)
    // None, or one each; not part of the text but set by who fits with prior weights, along a time axis, or
    // with residuals that differ between strata.
    std::vector<Expression> weights, times, strata;
};

// Supports + - * / ^ : %in% ( ) 0 1, I(arithmetic), functions of arithmetic, offset(), (terms | group),
// (terms || group).
Result<Formula> read_formula(std::string_view text);

}  // namespace groundwork::statistics
