#include "statistics/formula/formula_syntax.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

namespace groundwork::statistics {

namespace {

struct Token {
    enum class Kind { end, number, name, symbol };
    Kind kind = Kind::end;
    std::string text;
    double number = 0;
    std::size_t position = 0;
};

Error formula_error(std::string problem, std::size_t position) {
    return usage_error("The formula is not understood at character " + std::to_string(position + 1) + ": " +
                       std::move(problem));
}

bool begins_name(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalpha(byte) || c == '.' || c == '_' || byte >= 0x80;
}

bool continues_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    Result<Token> next() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) {
            ++at_;
        }
        Token token;
        token.position = at_;
        if (at_ == text_.size()) {
            return token;
        }
        const char c = text_[at_];
        const bool point_first = c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
        if (is_digit(c) || point_first) {
            return number(std::move(token));
        }
        if (c == '`') {
            return quoted_name(std::move(token));
        }
        if (begins_name(c)) {
            token.kind = Token::Kind::name;
            while (at_ < text_.size() && continues_name(text_[at_])) {
                token.text += text_[at_++];
            }
            return token;
        }
        return symbol(std::move(token));
    }

  private:
    Result<Token> number(Token token) {
        const std::size_t begin = at_;
        const auto digits = [this] {
            while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
                ++at_;
            }
        };
        digits();
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
                ++at_;
            }
            digits();
        }
        const std::string_view written = text_.substr(begin, at_ - begin);
        const std::string with_zero =
            written.front() == '.' ? "0" + std::string(written) : std::string(written);
        const std::optional<double> value =
            to_number(with_zero.back() == '.' ? std::string_view(with_zero).substr(0, with_zero.size() - 1)
                                              : std::string_view(with_zero));
        if (!value || !std::isfinite(*value)) {
            return fail(formula_error("\"" + std::string(written) + "\" is not a number.", begin));
        }
        token.kind = Token::Kind::number;
        token.number = *value;
        return token;
    }

    Result<Token> quoted_name(Token token) {
        const std::size_t close = text_.find('`', at_ + 1);
        if (close == std::string_view::npos || close == at_ + 1) {
            return fail(formula_error("a name between backticks must be closed and not be empty.", at_));
        }
        token.kind = Token::Kind::name;
        token.text = std::string(text_.substr(at_ + 1, close - at_ - 1));
        at_ = close + 1;
        return token;
    }

    Result<Token> symbol(Token token) {
        static constexpr std::array<std::string_view, 12> symbols = {"%in%", "||", "|", "~", "+", "-",
                                                                     "*",    "/",  "^", ":", "(", ")"};
        token.kind = Token::Kind::symbol;
        for (const std::string_view candidate : symbols) {
            if (text_.substr(at_).starts_with(candidate)) {
                token.text = std::string(candidate);
                at_ += candidate.size();
                return token;
            }
        }
        if (text_[at_] == ',') {
            token.text = ",";
            ++at_;
            return token;
        }
        return fail(
            formula_error("\"" + std::string(1, text_[at_]) + "\" has no meaning in a formula.", at_));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// How tightly a binary operator binds; 0 for what is none.
int strength(const Token& token) {
    if (token.kind != Token::Kind::symbol) {
        return 0;
    }
    static constexpr std::array<std::pair<std::string_view, int>, 10> operators = {{{"~", 1},
                                                                                    {"|", 2},
                                                                                    {"||", 2},
                                                                                    {"+", 3},
                                                                                    {"-", 3},
                                                                                    {"*", 4},
                                                                                    {"/", 4},
                                                                                    {"%in%", 5},
                                                                                    {":", 6},
                                                                                    {"^", 8}}};
    for (const auto& [symbol, value] : operators) {
        if (token.text == symbol) {
            return value;
        }
    }
    return 0;
}
constexpr int unary_strength = 7;
constexpr int power_strength = 8;

class Parser {
  public:
    explicit Parser(std::string_view text) : scanner_(text) {}

    Result<Expression> whole() {
        token_ = TRY(scanner_.next());
        Expression formula = TRY(binary(1, 0));
        if (token_.kind != Token::Kind::end) {
            return fail(formula_error("nothing is expected here but \"" + token_.text + "\" stands there.",
                                      token_.position));
        }
        return formula;
    }

  private:
    Result<void> advance() {
        token_ = TRY(scanner_.next());
        return {};
    }

    Result<void> count(std::size_t position, int depth) {
        if (++expressions_ > most_expressions || depth > deepest_nesting) {
            return fail(formula_error("it is nested too deeply or too long.", position));
        }
        return {};
    }

    // Everything whose operators bind at least as tightly as `weakest`.
    Result<Expression> binary(int weakest, int depth) {
        Expression left = TRY(operand(depth));
        while (true) {
            const int here = strength(token_);
            if (here == 0 || here < weakest) {
                return left;
            }
            Expression operation;
            operation.kind = Expression::Kind::binary;
            operation.text = token_.text;
            operation.position = token_.position;
            TRY_DO(count(token_.position, depth));
            TRY_DO(advance());
            // A power's exponent may carry a sign and associates from the right.
            Expression right =
                TRY(here == power_strength ? binary(unary_strength, depth + 1) : binary(here + 1, depth + 1));
            operation.arguments.push_back(std::move(left));
            operation.arguments.push_back(std::move(right));
            left = std::move(operation);
        }
    }

    Result<Expression> operand(int depth) {
        TRY_DO(count(token_.position, depth));
        Expression expression;
        expression.position = token_.position;
        if (token_.kind == Token::Kind::number) {
            expression.number = token_.number;
            TRY_DO(advance());
            return expression;
        }
        if (token_.kind == Token::Kind::name) {
            return name_or_call(std::move(expression), depth);
        }
        if (token_.text == "+" || token_.text == "-") {
            expression.kind = Expression::Kind::unary;
            expression.text = token_.text;
            TRY_DO(advance());
            expression.arguments.push_back(TRY(binary(unary_strength, depth + 1)));
            return expression;
        }
        if (token_.text == "(") {
            expression.kind = Expression::Kind::parentheses;
            TRY_DO(advance());
            expression.arguments.push_back(TRY(binary(2, depth + 1)));
            TRY_DO(expect(")"));
            return expression;
        }
        return fail(formula_error(token_.kind == Token::Kind::end
                                      ? "it ends where a variable or a number is expected."
                                      : "a variable or a number is expected, not \"" + token_.text + "\".",
                                  token_.position));
    }

    Result<Expression> name_or_call(Expression expression, int depth) {
        expression.kind = Expression::Kind::name;
        expression.text = token_.text;
        TRY_DO(advance());
        if (token_.kind != Token::Kind::symbol || token_.text != "(") {
            return expression;
        }
        expression.kind = Expression::Kind::call;
        do {
            TRY_DO(advance());
            expression.arguments.push_back(TRY(binary(3, depth + 1)));
        } while (token_.kind == Token::Kind::symbol && token_.text == ",");
        TRY_DO(expect(")"));
        return expression;
    }

    Result<void> expect(std::string_view symbol) {
        if (token_.kind != Token::Kind::symbol || token_.text != symbol) {
            return fail(formula_error("\"" + std::string(symbol) + "\" is expected.", token_.position));
        }
        return advance();
    }

    Scanner scanner_;
    Token token_;
    std::size_t expressions_ = 0;
};

std::string written_name(const std::string& name) {
    bool plain = begins_name(name.front()) && name.front() != '_';
    for (const char c : name) {
        plain = plain && continues_name(c);
    }
    return plain ? name : "`" + name + "`";
}

// Up to 15 significant digits, as R writes numbers; more only where they are needed to read the same number
// back.
std::string written_number(double number) {
    const std::string brief = fmt::format("{:.15g}", number);
    return to_number(brief) == number ? brief : shortest(number);
}

}  // namespace

Result<Expression> parse_formula(std::string_view text) {
    const std::string remedy = "Write it as in R, for example: outcome ~ week * arm + (week | id).";
    if (text.size() > longest_formula) {
        return fail(
            usage_error("The formula is longer than " + std::to_string(longest_formula) + " characters."));
    }
    Result<Expression> formula = Parser(text).whole();
    if (!formula) {
        return fail(std::move(formula).error().remedy(remedy));
    }
    if (!formula->is_operator("~")) {
        return fail(usage_error("The formula has no outcome: there is no \"~\".")
                        .value(std::string(text))
                        .remedy(remedy));
    }
    if (formula->arguments[0].is_operator("~")) {
        return fail(formula_error("there is a second \"~\".", formula->position).remedy(remedy));
    }
    return formula;
}

Expression column_named(std::string name) {
    Expression expression;
    expression.kind = Expression::Kind::name;
    expression.text = std::move(name);
    return expression;
}

std::string deparse(const Expression& expression) {
    const std::vector<Expression>& arguments = expression.arguments;
    switch (expression.kind) {
        case Expression::Kind::number: return written_number(expression.number);
        case Expression::Kind::name: return written_name(expression.text);
        case Expression::Kind::parentheses: return "(" + deparse(arguments[0]) + ")";
        case Expression::Kind::unary: return expression.text + deparse(arguments[0]);
        case Expression::Kind::call: {
            std::string text = expression.text + "(";
            for (std::size_t i = 0; i < arguments.size(); ++i) {
                text += (i == 0 ? "" : ", ") + deparse(arguments[i]);
            }
            return text + ")";
        }
        case Expression::Kind::binary: break;
    }
    const bool tight = expression.text == "^" || expression.text == ":" || expression.text == "/";
    const std::string space = tight ? "" : " ";
    return deparse(arguments[0]) + space + expression.text + space + deparse(arguments[1]);
}

}  // namespace groundwork::statistics
