#include "table/expression_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace groundwork::table {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using Problem = tl::unexpected<std::string>;
using Arguments = std::vector<Value>;

// `number` to `digits` decimals, judged by its exact value (2.675 is a little less than it looks: 2.67);
// exact halves go to the even digit.
double rounded(double number, int digits) {
    if (!std::isfinite(number)) {
        return number;
    }
    std::array<char, 400> text{};  // 309 digits before the point, 15 behind it
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, digits).ptr;
    double result = 0;
    std::from_chars(text.data(), end, result);
    return result;
}

using CellFunction = double (*)(double);
const std::map<std::string_view, CellFunction> cell_functions = {
    {"abs", [](double x) { return std::abs(x); }},     {"sqrt", [](double x) { return std::sqrt(x); }},
    {"exp", [](double x) { return std::exp(x); }},     {"log", [](double x) { return std::log(x); }},
    {"log10", [](double x) { return std::log10(x); }}, {"round", [](double x) { return rounded(x, 0); }},
    {"floor", [](double x) { return std::floor(x); }}, {"ceiling", [](double x) { return std::ceil(x); }},
};

double mean_of(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

double median_of(std::vector<double> numbers) {
    std::ranges::sort(numbers);
    const std::size_t half = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

// With n - 1 below; one number has none.
double deviation_of(const std::vector<double>& numbers) {
    const double mean = mean_of(numbers);
    double squares = 0;
    for (const double number : numbers) {
        squares += (number - mean) * (number - mean);
    }
    return numbers.size() < 2 ? missing : std::sqrt(squares / static_cast<double>(numbers.size() - 1));
}

using ColumnFunction = double (*)(const std::vector<double>&);
const std::map<std::string_view, ColumnFunction> column_functions = {
    {"mean", mean_of},
    {"sd", deviation_of},
    {"median", [](const std::vector<double>& x) { return median_of(x); }},
    {"min", [](const std::vector<double>& x) { return *std::ranges::min_element(x); }},
    {"max", [](const std::vector<double>& x) { return *std::ranges::max_element(x); }},
    {"sum", [](const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }},
};

Value each_cell(const Value& value, auto function) {
    std::vector<double> numbers(value.column.numbers().begin(), value.column.numbers().end());
    for (double& number : numbers) {
        number = std::isnan(number) ? missing : function(number);
    }
    return {Column::of_numbers("", std::move(numbers)), value.is_scalar};
}

Computed round_to(const Value& value, const Value& digits) {
    constexpr double most_digits = 15;
    const double count = digits.column.numbers()[0];
    if (!digits.is_scalar || !(count >= 0 && count <= most_digits) || count != std::trunc(count)) {
        return Problem("round takes a whole number of digits from 0 to 15");
    }
    return each_cell(value, [&](double number) { return rounded(number, static_cast<int>(count)); });
}

// A column's summary, missing cells left out; missing where nothing is left.
Value summary(const Value& value, ColumnFunction function) {
    std::vector<double> present;
    std::ranges::copy_if(value.column.numbers(), std::back_inserter(present),
                         [](double x) { return !std::isnan(x); });
    return Value::of_number(present.empty() ? missing : function(present));
}

Value across(const Arguments& arguments, std::size_t rows, double divisor) {
    const bool is_scalar = std::ranges::all_of(arguments, &Value::is_scalar);
    std::vector<double> sums(is_scalar ? 1 : rows);
    for (const Value& argument : arguments) {
        for (std::size_t row = 0; row < sums.size(); ++row) {
            sums[row] += argument.column.numbers()[argument.cell(row)];
        }
    }
    for (double& sum : sums) {
        sum /= divisor;
    }
    return {Column::of_numbers("", std::move(sums)), is_scalar};
}

// The cell that `choose(row)` takes from one of the values (by index), or missing where it says
// values.size().
Computed chosen(const std::vector<const Value*>& values, std::size_t rows, bool is_scalar, auto choose) {
    const auto is_empty = [](const Value* value) {
        return value->is_scalar && !value->is_text() && value->column.is_missing(0);
    };
    std::optional<ColumnKind> kind;
    for (const Value* value : values) {
        if (is_empty(value)) {
            continue;
        }
        const ColumnKind own = value->column.kind();
        if (kind && (*kind == ColumnKind::text) != (own == ColumnKind::text)) {
            return Problem("text and numbers cannot stand in one column");
        }
        kind = kind && *kind != own ? ColumnKind::number : own;
    }
    const std::size_t size = is_scalar ? 1 : rows;
    std::vector<std::optional<std::string>> texts;
    std::vector<double> numbers;
    for (std::size_t row = 0; row < size; ++row) {
        const std::size_t index = choose(row);
        const Value* value = index < values.size() ? values[index] : nullptr;
        const bool is_present = value != nullptr && !value->column.is_missing(value->cell(row));
        if (kind == ColumnKind::text) {
            texts.push_back(is_present ? std::optional(value->column.text(value->cell(row))) : std::nullopt);
        } else {
            numbers.push_back(is_present ? value->column.numbers()[value->cell(row)] : missing);
        }
    }
    if (kind == ColumnKind::text) {
        return Value{Column::of_text("", texts), is_scalar};
    }
    return Value{kind == ColumnKind::date ? Column::of_dates("", std::move(numbers))
                                          : Column::of_numbers("", std::move(numbers)),
                 is_scalar};
}

Computed if_else(const Arguments& arguments, std::size_t rows) {
    const Value& test = arguments[0];
    if (test.is_text()) {
        return Problem("the test of ifelse is text: compare it with something");
    }
    const bool is_scalar = std::ranges::all_of(arguments, &Value::is_scalar);
    return chosen({&arguments[1], &arguments[2]}, rows, is_scalar, [&](std::size_t row) -> std::size_t {
        const double truth = test.column.numbers()[test.cell(row)];
        constexpr std::size_t neither = 2;
        return std::isnan(truth) ? neither : truth != 0 ? 0 : 1;
    });
}

Computed coalesce(const Arguments& arguments, std::size_t rows) {
    std::vector<const Value*> values;
    for (const Value& argument : arguments) {
        values.push_back(&argument);
    }
    const bool is_scalar = std::ranges::all_of(arguments, &Value::is_scalar);
    return chosen(values, rows, is_scalar, [&](std::size_t row) {
        const auto first = std::ranges::find_if(
            arguments, [row](const Value& value) { return !value.column.is_missing(value.cell(row)); });
        return static_cast<std::size_t>(first - arguments.begin());
    });
}

Value is_missing(const Value& value) {
    std::vector<double> truths(value.column.size());
    for (std::size_t row = 0; row < truths.size(); ++row) {
        truths[row] = value.column.is_missing(row) ? 1 : 0;
    }
    return {Column::of_numbers("", std::move(truths)), value.is_scalar};
}

struct ArgumentCount {
    std::size_t least = 1;
    std::size_t most = 1;
};

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

const std::map<std::string_view, ArgumentCount> other_functions = {
    {"ifelse", {3, 3}},           {"is.na", {1, 1}},           {"coalesce", {1, any_number}},
    {"rowmean", {1, any_number}}, {"rowsum", {1, any_number}},
};

std::optional<ArgumentCount> argument_count(std::string_view name) {
    if (name == "round") {
        return ArgumentCount{1, 2};
    }
    if (cell_functions.contains(name) || column_functions.contains(name)) {
        return ArgumentCount{1, 1};
    }
    const auto found = other_functions.find(name);
    return found == other_functions.end() ? std::nullopt : std::optional(found->second);
}

std::string unknown_function(std::string_view name) {
    std::vector<std::string> known;
    const auto add = [&known](const auto& functions) {
        for (const auto& function : functions) {
            known.emplace_back(function.first);
        }
    };
    add(cell_functions);
    add(column_functions);
    add(other_functions);
    return fmt::format("{} is not a function.{}", name, suggestion(name, known));
}

std::string wrong_count(std::string_view name, ArgumentCount wanted, std::size_t given) {
    const std::string count = wanted.most == any_number ? "at least one argument"
                              : wanted.most == 1        ? "one argument"
                              : wanted.least == wanted.most
                                  ? fmt::format("{} arguments", wanted.least)
                                  : fmt::format("{} or {} arguments", wanted.least, wanted.most);
    const bool is_row_meant = wanted.most == 1 && given > 1 && (name == "mean" || name == "sum");
    return fmt::format("{} takes {}{}", name, count,
                       is_row_meant ? fmt::format("; across columns it is row{}", name) : "");
}

}  // namespace

Computed call_function(std::string_view name, const Arguments& arguments, std::size_t rows) {
    const auto wanted = argument_count(name);
    if (!wanted) {
        return Problem(unknown_function(name));
    }
    if (arguments.size() < wanted->least || arguments.size() > wanted->most) {
        return Problem(wrong_count(name, *wanted, arguments.size()));
    }
    if (name == "ifelse") {
        return if_else(arguments, rows);
    }
    if (name == "coalesce") {
        return coalesce(arguments, rows);
    }
    if (name == "is.na") {
        return is_missing(arguments[0]);
    }
    if (std::ranges::any_of(arguments, &Value::is_text)) {
        return Problem(fmt::format("{} needs numbers, and this is text", name));
    }
    if (name == "round" && arguments.size() == 2) {
        return round_to(arguments[0], arguments[1]);
    }
    if (name == "rowmean" || name == "rowsum") {
        return across(arguments, rows, name == "rowmean" ? static_cast<double>(arguments.size()) : 1);
    }
    if (const auto function = cell_functions.find(name); function != cell_functions.end()) {
        return each_cell(arguments[0], function->second);
    }
    return summary(arguments[0], column_functions.at(name));
}

}  // namespace groundwork::table
