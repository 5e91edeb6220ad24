#include "statistics/formula/formula.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace groundwork::statistics {

namespace {

Error meaning_error(std::string problem, const Expression& where) {
    return usage_error("The formula has no meaning at character " + std::to_string(where.position + 1) +
                       ": " + std::move(problem))
        .value(deparse(where));
}

const Expression& without_parentheses(const Expression& expression) {
    const Expression* inner = &expression;
    while (inner->kind == Expression::Kind::parentheses) {
        inner = &inner->arguments[0];
    }
    return *inner;
}

bool is_bar(const Expression& expression) {
    return expression.is_operator("|") || expression.is_operator("||");
}

std::vector<Term> without_repeats(const std::vector<Term>& terms) {
    std::unordered_set<Term> seen;
    std::vector<Term> distinct;
    for (const Term& term : terms) {
        if (seen.insert(term).second) {
            distinct.push_back(term);
        }
    }
    return distinct;
}

// Main effects first, then pairs, and so on; within an order as they stand.
void sort_by_order(std::vector<Term>& terms) {
    std::vector<Term> sorted;
    for (std::size_t order = 1; sorted.size() < terms.size(); ++order) {
        std::copy_if(terms.begin(), terms.end(), std::back_inserter(sorted),
                     [order](const Term& term) { return term.count() == order; });
    }
    terms = std::move(sorted);
}

enum class Sign { added, removed };
enum class Standing { alone, combined };  // whether a (terms | group) may stand here

// Expands one side into a TermSet, as R's terms.formula does: 0 and 1 only switch the intercept.
class Expander {
  public:
    explicit Expander(std::vector<const Expression*>* bars, std::vector<Expression>* offsets)
        : bars_(bars), offsets_(offsets) {}

    Result<TermSet> expand(const Expression& side) {
        set_.terms = TRY(terms_of(side, Sign::added, Standing::alone));
        sort_by_order(set_.terms);
        return std::move(set_);
    }

  private:
    using Terms = std::vector<Term>;

    Result<Terms> terms_of(const Expression& expression, Sign sign, Standing standing) {
        switch (expression.kind) {
            case Expression::Kind::number: return switch_intercept(expression, sign);
            case Expression::Kind::name: return variable(expression);
            case Expression::Kind::call: return call(expression, standing);
            case Expression::Kind::unary: {
                const bool minus = expression.text == "-";
                const Terms inner =
                    TRY(terms_of(expression.arguments[0], minus ? opposite(sign) : sign, standing));
                return minus ? Terms{} : inner;
            }
            case Expression::Kind::parentheses: {
                const Expression& inner = without_parentheses(expression);
                return is_bar(inner) ? bar(inner, standing) : terms_of(inner, sign, standing);
            }
            case Expression::Kind::binary: return binary(expression, sign, standing);
        }
        ENSURE(false);
        return Terms{};
    }

    static Sign opposite(Sign sign) { return sign == Sign::added ? Sign::removed : Sign::added; }

    Result<Terms> switch_intercept(const Expression& expression, Sign sign) {
        if (expression.number != 0 && expression.number != 1) {
            return fail(meaning_error("a number other than 0 and 1 is no term.", expression)
                            .remedy("Arithmetic goes inside I(), for example I(week * 7)."));
        }
        set_.intercept = (expression.number == 1) == (sign == Sign::added);
        return Terms{};
    }

    Result<Terms> variable(const Expression& expression) {
        if (expression.text == ".") {
            return fail(meaning_error("\".\" (all other columns) is not supported.", expression)
                            .remedy("Name the variables."));
        }
        const std::string name = deparse(expression);
        const auto found = std::find_if(set_.variables.begin(), set_.variables.end(),
                                        [&](const Expression& known) { return deparse(known) == name; });
        const auto index = static_cast<std::size_t>(found - set_.variables.begin());
        if (found == set_.variables.end()) {
            if (index == most_variables) {
                return fail(meaning_error(
                    "there are more than " + std::to_string(most_variables) + " variables.", expression));
            }
            set_.variables.push_back(expression);
        }
        return Terms{Term().set(index)};
    }

    Result<Terms> call(const Expression& expression, Standing standing) {
        if (expression.text != "offset") {
            return variable(expression);
        }
        if (offsets_ == nullptr || standing == Standing::combined || expression.arguments.size() != 1) {
            return fail(meaning_error("offset() stands on its own among the fixed terms.", expression));
        }
        offsets_->push_back(expression.arguments[0]);
        return Terms{};
    }

    Result<Terms> bar(const Expression& expression, Standing standing) {
        if (bars_ == nullptr || standing == Standing::combined) {
            return fail(meaning_error("a random term stands on its own, joined by +.", expression));
        }
        bars_->push_back(&expression);
        return Terms{};
    }

    Result<Terms> binary(const Expression& expression, Sign sign, Standing standing) {
        const std::string& symbol = expression.text;
        const Expression& first = expression.arguments[0];
        const Expression& second = expression.arguments[1];
        if (symbol == "+") {
            const Terms left = TRY(terms_of(first, sign, standing));
            const Terms right = TRY(terms_of(second, sign, standing));
            return united(expression, left, right);
        }
        if (symbol == "-") {
            Terms left = TRY(terms_of(first, sign, standing));
            const Terms right = TRY(terms_of(second, opposite(sign), Standing::combined));
            std::erase_if(left,
                          [&](const Term& term) { return std::count(right.begin(), right.end(), term) > 0; });
            return left;
        }
        if (symbol == "^") {
            return power(expression, sign);
        }
        if (is_bar(expression) || symbol == "~") {
            return fail(meaning_error("a random term needs parentheses: (terms | group).", expression));
        }
        const Terms left = TRY(terms_of(first, sign, Standing::combined));
        const Terms right = TRY(terms_of(second, sign, Standing::combined));
        if (symbol == ":") {
            return crossed(expression, left, right);
        }
        if (symbol == "*") {
            const Terms both = TRY(united(expression, left, right));
            const Terms products = TRY(crossed(expression, left, right));
            return united(expression, both, products);
        }
        if (symbol == "%in%") {
            return crossed(expression, left, {all_of(right)});
        }
        const Terms nested = TRY(crossed(expression, right, {all_of(left)}));  // a / b
        return united(expression, left, nested);
    }

    static Term all_of(const Terms& terms) {
        Term all;
        for (const Term& term : terms) {
            all |= term;
        }
        return all;
    }

    Result<Terms> power(const Expression& expression, Sign sign) {
        const Expression& exponent = without_parentheses(expression.arguments[1]);
        constexpr double highest = 20;
        if (exponent.kind != Expression::Kind::number || exponent.number < 1 || exponent.number > highest ||
            exponent.number != std::floor(exponent.number)) {
            return fail(meaning_error("the power of a sum is a whole number from 1 to 20.", expression)
                            .remedy("For a power of a variable write I(x^2)."));
        }
        const Terms base = TRY(terms_of(expression.arguments[0], sign, Standing::combined));
        Terms result = base;
        for (int times = 1; times < static_cast<int>(exponent.number); ++times) {
            const Terms higher = TRY(crossed(expression, result, base));
            result = TRY(united(expression, result, higher));
        }
        return result;
    }

    static Result<Terms> united(const Expression& where, const Terms& left, const Terms& right) {
        Terms both = left;
        both.insert(both.end(), right.begin(), right.end());
        return checked(where, without_repeats(both));
    }

    static Result<Terms> crossed(const Expression& where, const Terms& left, const Terms& right) {
        constexpr std::size_t most_pairs = 1'000'000;
        if (left.size() * right.size() > most_pairs) {
            return fail(meaning_error("it makes too many terms.", where));
        }
        Terms products;
        for (const Term& a : left) {
            for (const Term& b : right) {
                products.push_back(a | b);
            }
        }
        return checked(where, without_repeats(products));
    }

    static Result<Terms> checked(const Expression& where, Terms terms) {
        if (terms.size() > most_terms) {
            return fail(meaning_error("it makes more than " + std::to_string(most_terms) + " terms.", where));
        }
        return terms;
    }

    TermSet set_;
    std::vector<const Expression*>* bars_;
    std::vector<Expression>* offsets_;
};

struct Grouping {
    std::string name;
    std::vector<Expression> factors;
};

// The grouping factors that a group's expression stands for, finest first: a/b means b within a, and a.
Result<std::vector<Grouping>> groupings_of(const Expression& written) {
    const Expression& expression = without_parentheses(written);
    if (expression.kind == Expression::Kind::name || expression.kind == Expression::Kind::call) {
        return std::vector<Grouping>{{deparse(expression), {expression}}};
    }
    if (!expression.is_operator(":") && !expression.is_operator("/")) {
        return fail(
            meaning_error("a group is a column, a combination a:b, or b within a written a/b.", expression));
    }
    std::vector<Grouping> left = TRY(groupings_of(expression.arguments[0]));
    const std::vector<Grouping> right = TRY(groupings_of(expression.arguments[1]));
    if (right.size() != 1 || (expression.is_operator(":") && left.size() != 1)) {
        return fail(meaning_error("this nesting is not understood.", expression)
                        .remedy("Write a/b/c, or the combinations as separate terms."));
    }
    const bool nested = expression.is_operator("/");
    const Grouping& first = nested ? right[0] : left[0];
    const Grouping& second = nested ? left[0] : right[0];
    const bool deeper =
        nested && second.factors.size() > 1;  // lme4's names: "cask:batch", "sample:(cask:batch)"
    Grouping combined{first.name + ":" + (deeper ? "(" + second.name + ")" : second.name), first.factors};
    combined.factors.insert(combined.factors.end(), second.factors.begin(), second.factors.end());
    if (!nested) {
        return std::vector<Grouping>{combined};
    }
    left.insert(left.begin(), std::move(combined));
    return left;
}

// What stands before one bar, split into uncorrelated pieces where the bar is double.
std::vector<TermSet> pieces_of(TermSet terms, bool correlated) {
    if (correlated) {
        return {std::move(terms)};
    }
    std::vector<TermSet> pieces;
    if (terms.intercept) {
        pieces.push_back(TermSet{true, {}, {}});
    }
    for (const Term& term : terms.terms) {
        pieces.push_back(TermSet{false, terms.variables, {term}});
    }
    return pieces;
}

Result<std::vector<RandomPart>> random_parts(const Expression& bar) {
    const TermSet terms = TRY(Expander(nullptr, nullptr).expand(bar.arguments[0]));
    if (!terms.intercept && terms.terms.empty()) {
        return fail(meaning_error("nothing varies: there is no term before the bar.", bar));
    }
    const std::vector<Grouping> groupings = TRY(groupings_of(bar.arguments[1]));
    std::vector<RandomPart> parts;
    for (const TermSet& piece : pieces_of(terms, bar.text == "|")) {
        for (const Grouping& grouping : groupings) {
            parts.push_back({piece, grouping.name, grouping.factors});
        }
    }
    return parts;
}

}  // namespace

Result<Formula> read_formula(std::string_view text) {
    const Expression written = TRY(parse_formula(text));
    Formula formula;
    formula.response = written.arguments[0];
    std::vector<const Expression*> bars;
    formula.fixed = TRY(Expander(&bars, &formula.offsets).expand(written.arguments[1]));
    for (const Expression* bar : bars) {
        const std::vector<RandomPart> parts = TRY(random_parts(*bar));
        formula.random.insert(formula.random.end(), parts.begin(), parts.end());
    }
    if (formula.random.size() > most_terms) {
        return fail(
            usage_error("The formula has more than " + std::to_string(most_terms) + " random terms."));
    }
    return formula;
}

}  // namespace groundwork::statistics
