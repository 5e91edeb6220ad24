#include "table/expression_tokens.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace groundwork::table {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_start(char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
    return is_letter || is_beyond_ascii || c == '_' || c == '.';
}

bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

class Tokenizer {
  public:
    explicit Tokenizer(std::string_view expression) : expression_(expression) {}

    Result<std::vector<Token>> tokens() {
        std::vector<Token> all;
        do {
            all.push_back(TRY(next()));
        } while (all.back().kind != TokenKind::end);
        return all;
    }

  private:
    char at(std::size_t offset) const {
        return at_ + offset < expression_.size() ? expression_[at_ + offset] : '\0';
    }

    Result<Token> next() {
        while (at_ < expression_.size() && trim(expression_.substr(at_, 1)).empty()) {
            ++at_;
        }
        if (at_ == expression_.size()) {
            return Token{TokenKind::end, "", 0, at_};
        }
        const char c = at(0);
        if (is_digit(c) || (c == '.' && is_digit(at(1)))) {
            return number();
        }
        if (c == '\'' || c == '"' || c == '`') {
            return quoted(c);
        }
        return is_name_start(c) ? name() : symbol();
    }

    Result<Token> number() {
        Token token{TokenKind::number, "", 0, at_};
        const std::string_view rest = expression_.substr(at_);
        const auto [after, trouble] = std::from_chars(rest.data(), rest.data() + rest.size(), token.number);
        const auto size = static_cast<std::size_t>(after - rest.data());
        if (trouble != std::errc{}) {
            return fail(expression_error(expression_, at_, "this number is too large or too small"));
        }
        if (size < rest.size() && is_name_part(rest[size])) {
            return fail(expression_error(expression_, at_ + size, "a number ends here, but more follows"));
        }
        token.text = rest.substr(0, size);
        at_ += size;
        return token;
    }

    Result<Token> quoted(char quote) {
        Token token{quote == '`' ? TokenKind::quoted_name : TokenKind::text, "", 0, at_};
        for (++at_; at_ < expression_.size(); ++at_) {
            if (at(0) == quote) {
                ++at_;
                return token;
            }
            if (at(0) == '\\' && (at(1) == quote || at(1) == '\\')) {
                ++at_;
            }
            token.text += at(0);
        }
        return fail(expression_error(expression_, token.position, "this quote is never closed"));
    }

    Token name() {
        Token token{TokenKind::name, "", 0, at_};
        while (at_ < expression_.size() && is_name_part(at(0))) {
            token.text += expression_[at_++];
        }
        constexpr std::array<std::pair<std::string_view, std::string_view>, 3> spelled_out = {
            {{"and", "&"}, {"or", "|"}, {"not", "!"}}};
        for (const auto& [word, sign] : spelled_out) {
            if (token.text == word) {
                token.kind = TokenKind::symbol;
                token.text = sign;
            }
        }
        return token;
    }

    Result<Token> symbol() {
        constexpr std::array<std::string_view, 21> symbols = {"%in%", "==", "!=", "<=", ">=", "&&", "||",
                                                              "+",    "-",  "*",  "/",  "^",  "<",  ">",
                                                              "&",    "|",  "!",  "(",  ")",  ",",  "="};
        for (const std::string_view known : symbols) {
            if (expression_.substr(at_).starts_with(known)) {
                Token token{TokenKind::symbol, std::string(known), 0, at_};
                at_ += known.size();
                if (known == "&&" || known == "||") {
                    token.text.pop_back();
                }
                return token;
            }
        }
        return fail(expression_error(expression_, at_, fmt::format("\"{}\" means nothing here", at(0))));
    }

    std::string_view expression_;
    std::size_t at_ = 0;
};

}  // namespace

Error expression_error(std::string_view expression, std::size_t position, std::string_view problem) {
    constexpr std::size_t shown = 200;
    std::string text(expression.substr(0, shown));
    text += expression.size() > shown ? "..." : "";
    return usage_error(fmt::format("cannot be understood at character {}: {}", position + 1, problem))
        .value(text);
}

Result<std::vector<Token>> expression_tokens(std::string_view expression) {
    constexpr std::size_t longest_expression = 10'000;
    if (expression.size() > longest_expression) {
        return fail(expression_error(expression, longest_expression, "it is longer than 10000 characters"));
    }
    return Tokenizer(expression).tokens();
}

}  // namespace groundwork::table
