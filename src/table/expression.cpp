#include "table/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "table/expression_functions.h"
#include "table/expression_tokens.h"
#include "table/expression_value.h"

namespace groundwork::table {

namespace {

// Computes while it reads: one function for each strength of binding, weakest first.
class Evaluation {
  public:
    Evaluation(const Frame& frame, std::string_view expression, const std::vector<Token>& tokens,
               std::size_t first)
        : frame_(frame), expression_(expression), tokens_(tokens), next_(first) {}

    Result<Value> value() {
        Value result = TRY(disjunction());
        if (token().kind != TokenKind::end) {
            return fail(trouble(
                token(), token().is_symbol("=") ? "a comparison is written ==" : "this is unexpected"));
        }
        return result;
    }

  private:
    const Token& token() const { return tokens_[next_]; }
    const Token& take() { return tokens_[next_++]; }
    Error trouble(const Token& at, std::string_view problem) const {
        return expression_error(expression_, at.position, problem);
    }
    Result<Value> done(Computed computed, const Token& at) const {
        if (!computed) {
            return fail(trouble(at, computed.error()));
        }
        return *std::move(computed);
    }
    bool is_one_of(std::initializer_list<std::string_view> symbols) const {
        return std::ranges::any_of(symbols,
                                   [this](std::string_view symbol) { return token().is_symbol(symbol); });
    }

    // Operators of one strength, from left to right.
    Result<Value> chain(std::initializer_list<std::string_view> symbols,
                        Result<Value> (Evaluation::*operand)()) {
        Value left = TRY((this->*operand)());
        while (is_one_of(symbols)) {
            const Token& sign = take();
            const Value right = TRY((this->*operand)());
            left = TRY(done(combine(sign.text, left, right), sign));
        }
        return left;
    }
    Result<Value> disjunction() { return chain({"|"}, &Evaluation::conjunction); }
    Result<Value> conjunction() { return chain({"&"}, &Evaluation::negation); }
    Result<Value> sum() { return chain({"+", "-"}, &Evaluation::product); }
    Result<Value> product() { return chain({"*", "/"}, &Evaluation::membership); }

    Result<Value> negation();
    Result<Value> comparison();
    Result<Value> membership();
    Result<Value> sign();
    Result<Value> power();
    Result<Value> primary();
    Result<Value> named();
    Result<std::vector<Value>> arguments();
    Result<void> expect(std::string_view symbol);

    // Every way of going deeper passes here, so that no text can overflow the stack.
    Result<Value> deeper(Result<Value> (Evaluation::*part)()) {
        constexpr int deepest = 64;
        if (depth_ == deepest) {
            return fail(trouble(token(), "it is nested more than 64 deep"));
        }
        ++depth_;
        auto result = (this->*part)();
        --depth_;
        return result;
    }

    const Frame& frame_;
    std::string_view expression_;
    const std::vector<Token>& tokens_;
    std::size_t next_;
    int depth_ = 0;
};

Result<Value> Evaluation::negation() {
    if (!token().is_symbol("!")) {
        return comparison();
    }
    const Token& sign = take();
    return done(logical_not(TRY(deeper(&Evaluation::negation))), sign);
}

Result<Value> Evaluation::comparison() {
    Value left = TRY(sum());
    if (!is_one_of({"==", "!=", "<", "<=", ">", ">="})) {
        return left;
    }
    const Token& sign = take();
    const Value right = TRY(sum());
    Value result = TRY(done(compare(sign.text, left, right), sign));
    if (is_one_of({"==", "!=", "<", "<=", ">", ">="})) {
        return fail(trouble(token(), "comparisons do not chain: write a < b & b < c"));
    }
    return result;
}

Result<Value> Evaluation::membership() {
    Value left = TRY(sign());
    while (token().is_symbol("%in%")) {
        const Token& sign = take();
        const bool is_list =
            token().kind == TokenKind::name && token().text == "c" && tokens_[next_ + 1].is_symbol("(");
        if (!is_list) {
            return fail(trouble(token(), "behind %in% stands a list such as c(1, 2)"));
        }
        take();
        const std::vector<Value> choices = TRY(arguments());
        left = TRY(done(is_in(left, choices), sign));
    }
    return left;
}

Result<Value> Evaluation::sign() {
    if (!is_one_of({"-", "+"})) {
        return power();
    }
    const Token& sign = take();
    Value operand = TRY(deeper(&Evaluation::sign));
    if (operand.is_text()) {
        return fail(trouble(sign, "text stands where numbers are needed"));
    }
    return sign.text == "-" ? done(negate(operand), sign) : operand;
}

// Binds from right to left, and its exponent may carry a sign: 2^-1.
Result<Value> Evaluation::power() {
    Value base = TRY(primary());
    if (!token().is_symbol("^")) {
        return base;
    }
    const Token& sign = take();
    const Value exponent = TRY(deeper(&Evaluation::sign));
    return done(combine("^", base, exponent), sign);
}

Result<Value> Evaluation::primary() {
    const Token& first = token();
    switch (first.kind) {
        case TokenKind::number: return Value::of_number(take().number);
        case TokenKind::text: return Value::of_text(take().text);
        case TokenKind::name: return named();
        case TokenKind::quoted_name: return Value{*TRY(frame_.find(take().text)), false};
        case TokenKind::end: return fail(trouble(first, "it ends where a value is needed"));
        case TokenKind::symbol: break;
    }
    if (!first.is_symbol("(")) {
        return fail(trouble(first, "a value is needed here"));
    }
    take();
    Value inner = TRY(deeper(&Evaluation::disjunction));
    TRY_DO(expect(")"));
    return inner;
}

// A column, a constant or a call.
Result<Value> Evaluation::named() {
    const Token& name = take();
    if (!token().is_symbol("(")) {
        if (name.text == "NA") {
            return Value::of_number(std::numeric_limits<double>::quiet_NaN());
        }
        if (name.text == "TRUE" || name.text == "FALSE") {
            return Value::of_number(name.text == "TRUE" ? 1 : 0);
        }
        return Value{*TRY(frame_.find(name.text)), false};
    }
    if (name.text == "c") {
        return fail(trouble(name, "c(...) stands only behind %in%"));
    }
    const std::vector<Value> values = TRY(arguments());
    return done(call_function(name.text, values, frame_.rows()), name);
}

Result<std::vector<Value>> Evaluation::arguments() {
    TRY_DO(expect("("));
    std::vector<Value> values;
    if (token().is_symbol(")")) {
        take();
        return values;
    }
    for (;;) {
        values.push_back(TRY(deeper(&Evaluation::disjunction)));
        if (!token().is_symbol(",")) {
            break;
        }
        take();
    }
    TRY_DO(expect(")"));
    return values;
}

Result<void> Evaluation::expect(std::string_view symbol) {
    if (!token().is_symbol(symbol)) {
        return fail(trouble(token(), fmt::format("\"{}\" is needed here", symbol)));
    }
    take();
    return {};
}

// The value as a column of the frame's length.
Column as_column(const Value& value, const std::string& name, std::size_t rows) {
    if (!value.is_scalar) {
        return value.column.renamed(name);
    }
    const std::vector<std::size_t> first(rows, 0);
    return value.column.picked(first).renamed(name);
}

Result<Column> column_from(const Frame& frame, std::string_view text, const std::vector<Token>& tokens,
                           std::size_t first, const std::string& name) {
    const Value value = TRY(Evaluation(frame, text, tokens, first).value());
    return as_column(value, name, frame.rows());
}

}  // namespace

Result<void> mutate(Frame& frame, std::string_view assignment) {
    const std::vector<Token> tokens = TRY(expression_tokens(assignment));
    const bool is_named = tokens[0].kind == TokenKind::name || tokens[0].kind == TokenKind::quoted_name;
    if (!is_named || tokens[0].text.empty() || !tokens[1].is_symbol("=")) {
        return fail(
            expression_error(assignment, tokens[0].position, "it must begin with a new column's name and ="));
    }
    constexpr std::size_t behind_equals = 2;
    return frame.set(TRY(column_from(frame, assignment, tokens, behind_equals, tokens[0].text)));
}

Result<Frame> where(const Frame& frame, std::string_view condition) {
    const Column truth = TRY(evaluate(frame, condition));
    if (truth.kind() == ColumnKind::text) {
        return fail(expression_error(condition, 0, "it is text: compare it with something"));
    }
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < truth.size(); ++row) {
        if (!truth.is_missing(row) && truth.numbers()[row] != 0) {
            rows.push_back(row);
        }
    }
    return frame.picked(rows);
}

Result<Column> evaluate(const Frame& frame, std::string_view expression) {
    const std::vector<Token> tokens = TRY(expression_tokens(expression));
    return column_from(frame, expression, tokens, 0, std::string(trim(expression)));
}

}  // namespace groundwork::table
