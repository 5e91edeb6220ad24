#include "statistics/formula/arithmetic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace groundwork::statistics {

namespace {

using Numbers = std::vector<double>;

Error arithmetic_error(std::string problem, const Expression& where) {
    return usage_error(std::move(problem)).value(deparse(where));
}

using Function = double (*)(double);
constexpr std::array<std::pair<std::string_view, Function>, 11> functions = {{
    {"I", [](double x) { return x; }},
    {"abs", [](double x) { return std::abs(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"log", [](double x) { return std::log(x); }},
    {"log2", [](double x) { return std::log2(x); }},
    {"log10", [](double x) { return std::log10(x); }},
    {"log1p", [](double x) { return std::log1p(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }},
    {"round", [](double x) { return std::nearbyint(x); }},  // half to even, as R
    {"floor", [](double x) { return std::floor(x); }},
    {"ceiling", [](double x) { return std::ceil(x); }},
}};

double apply(std::string_view symbol, double a, double b) {
    switch (symbol.front()) {
        case '+': return a + b;
        case '-': return a - b;
        case '*': return a * b;
        case '/': return a / b;
        case '^': return std::pow(a, b);
        default: ENSURE(false); return 0;
    }
}

Result<Numbers> numbers_of(const Expression& expression, const Data& data);

Result<Numbers> numbers_of_name(const Expression& expression, const Data& data) {
    const Variable* variable = TRY(data.find(expression.text));
    if (variable->kind != Variable::Kind::numeric) {
        return fail(arithmetic_error("this column holds text, and arithmetic needs numbers.", expression));
    }
    return Numbers(variable->numbers.begin(), variable->numbers.end());
}

// R's scale(): less the mean, by the standard deviation, of the values that are there in all rows of the
// data.
Result<Numbers> standardised_numbers(Numbers numbers, const Expression& where) {
    double count = 0, mean = 0, squares = 0;
    for (const double value : numbers) {
        if (!std::isnan(value)) {
            count += 1;
            mean += (value - mean) / count;
        }
    }
    for (const double value : numbers) {
        squares += std::isnan(value) ? 0.0 : (value - mean) * (value - mean);
    }
    const double deviation = std::sqrt(squares / (count - 1));
    if (!(deviation > 0) || !std::isfinite(deviation)) {
        return fail(arithmetic_error("this column does not vary, so it has no standard deviation.", where));
    }
    for (double& value : numbers) {
        value = (value - mean) / deviation;
    }
    return numbers;
}

Result<Numbers> numbers_of_call(const Expression& expression, const Data& data) {
    for (const auto& [name, function] : functions) {
        if (expression.text == name && expression.arguments.size() == 1) {
            Numbers numbers = TRY(numbers_of(expression.arguments[0], data));
            std::transform(numbers.begin(), numbers.end(), numbers.begin(), function);
            return numbers;
        }
    }
    if (expression.text == "scale" && expression.arguments.size() == 1) {
        return standardised_numbers(TRY(numbers_of(expression.arguments[0], data)), expression);
    }
    return fail(arithmetic_error("this function is not known in a formula.", expression)
                    .remedy("There are I, abs, exp, log, log2, log10, log1p, sqrt, round, floor, ceiling, "
                            "scale, factor, each "
                            "of one argument; make other columns beforehand."));
}

Result<Numbers> numbers_of(const Expression& expression, const Data& data) {
    switch (expression.kind) {
        case Expression::Kind::number: return Numbers(data.rows, expression.number);
        case Expression::Kind::name: return numbers_of_name(expression, data);
        case Expression::Kind::call: return numbers_of_call(expression, data);
        case Expression::Kind::parentheses: return numbers_of(expression.arguments[0], data);
        case Expression::Kind::unary: {
            Numbers numbers = TRY(numbers_of(expression.arguments[0], data));
            if (expression.text == "-") {
                std::transform(numbers.begin(), numbers.end(), numbers.begin(), std::negate<>());
            }
            return numbers;
        }
        case Expression::Kind::binary: break;
    }
    if (expression.text.size() != 1 ||
        std::string_view("+-*/^").find(expression.text) == std::string_view::npos) {
        return fail(arithmetic_error("\"" + expression.text + "\" is no arithmetic.", expression));
    }
    Numbers left = TRY(numbers_of(expression.arguments[0], data));
    const Numbers right = TRY(numbers_of(expression.arguments[1], data));
    for (std::size_t row = 0; row < left.size(); ++row) {
        left[row] = apply(expression.text, left[row], right[row]);
    }
    return left;
}

bool makes_factor(const Expression& expression) {
    return expression.kind == Expression::Kind::call && expression.arguments.size() == 1 &&
           (expression.text == "factor" || expression.text == "as.factor");
}

void turn_into_factor(EvaluatedColumn& column) {
    Variable& variable = column.variable;
    if (variable.kind == Variable::Kind::factor) {
        return;
    }
    std::vector<double> distinct;
    std::copy_if(variable.numbers.begin(), variable.numbers.end(), std::back_inserter(distinct),
                 [](double value) { return !std::isnan(value); });
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());  // rows often come in runs
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    column.owned_codes.assign(variable.numbers.size(), -1);
    for (std::size_t row = 0; row < variable.numbers.size(); ++row) {
        const double value = variable.numbers[row];
        if (!std::isnan(value)) {
            column.owned_codes[row] = static_cast<std::int32_t>(
                std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin());
        }
    }
    variable.kind = Variable::Kind::factor;
    variable.numbers = {};
    variable.codes = column.owned_codes;
    variable.levels.clear();
    std::transform(distinct.begin(), distinct.end(), std::back_inserter(variable.levels), shortest);
}

}  // namespace

Result<EvaluatedColumn> evaluate_column(const Expression& expression, const Data& data) {
    EvaluatedColumn column;
    if (expression.kind == Expression::Kind::name) {
        column.variable = *TRY(data.find(expression.text));
    } else if (makes_factor(expression)) {
        column = TRY(evaluate_factor(expression.arguments[0], data));
    } else {
        column.owned_numbers = TRY(numbers_of(expression, data));
        column.variable.numbers = column.owned_numbers;
    }
    column.variable.name = expression.kind == Expression::Kind::name ? expression.text : deparse(expression);
    return column;
}

Result<EvaluatedColumn> evaluate_factor(const Expression& expression, const Data& data) {
    EvaluatedColumn column = TRY(evaluate_column(expression, data));
    turn_into_factor(column);
    return column;
}

}  // namespace groundwork::statistics
