// The written form of a model formula: R's grammar as a tree, before anything is known about the data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::statistics {

struct Expression {
    enum class Kind { number, name, call, unary, binary, parentheses };
    Kind kind = Kind::number;
    double number = 0;                  // of a number
    std::string text;                   // a name, a function's name, or an operator: + - * / ^ : %in% | || ~
    std::vector<Expression> arguments;  // of a call, an operator, parentheses
    std::size_t position = 0;           // where it begins in the formula, from 0

    bool is_operator(std::string_view symbol) const { return kind == Kind::binary && text == symbol; }
};

// Limits that no formula written by a person meets, so that a hostile one costs nothing.
inline constexpr std::size_t longest_formula = 10'000;  // bytes
inline constexpr std::size_t most_expressions = 2'000;
inline constexpr int deepest_nesting = 100;

// A whole formula: a binary "~" with the outcome and the right side. Precedence, from loosest to tightest:
//   ~   | ||   + -   * /   %in%   :   unary + -   ^ (from the right)
// Names as in R: letters, digits, dots and underscores, or anything between backticks. Trouble names the
// position (from 1) and what was expected there.
Result<Expression> parse_formula(std::string_view text);

// A column by its name, whatever characters it has.
Expression column_named(std::string name);

// As R's deparse() writes it: "I(week^2)", "log(x + 1)", "a/b"; names that need backticks get them.
std::string deparse(const Expression& expression);

}  // namespace groundwork::statistics
