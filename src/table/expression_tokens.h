// The words of the small language (expression.h). Private to table/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::table {

enum class TokenKind { number, text, name, quoted_name, symbol, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;  // what the token says: without its quotes, `&&` and `and` as "&", `||` and `or` as "|"
    double number = 0;         // of a number
    std::size_t position = 0;  // in the expression, from 0

    bool is_symbol(std::string_view symbol) const { return kind == TokenKind::symbol && text == symbol; }
};

// "... cannot be understood at character 7: `problem`".
Error expression_error(std::string_view expression, std::size_t position, std::string_view problem);

// The tokens of an expression of at most 10000 bytes, with one of kind `end` behind them.
Result<std::vector<Token>> expression_tokens(std::string_view expression);

}  // namespace groundwork::table
