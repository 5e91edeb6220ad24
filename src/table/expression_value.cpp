#include "table/expression_value.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "table/infer.h"

namespace groundwork::table {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using Problem = tl::unexpected<std::string>;

// Row by row over two values, at least one of which may be a whole column.
template <class Operation>
Value row_by_row(const Value& left, const Value& right, Operation operation) {
    const bool is_scalar = left.is_scalar && right.is_scalar;
    const std::size_t rows = left.is_scalar ? right.column.size() : left.column.size();
    std::vector<double> numbers(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        numbers[row] = operation(left.cell(row), right.cell(row));
    }
    return {Column::of_numbers("", std::move(numbers)), is_scalar};
}

template <class Operation>
Value over_numbers(const Value& left, const Value& right, Operation operation) {
    const auto a = left.column.numbers();
    const auto b = right.column.numbers();
    return row_by_row(left, right, [&](std::size_t i, std::size_t j) { return operation(a[i], b[j]); });
}

// The same, with missing in, missing out.
template <class Operation>
Value over_present_numbers(const Value& left, const Value& right, Operation operation) {
    return over_numbers(left, right, [&](double x, double y) {
        return std::isnan(x) || std::isnan(y) ? missing : static_cast<double>(operation(x, y));
    });
}

double truth_and(double x, double y) {
    if (x == 0 || y == 0) {
        return 0;
    }
    return std::isnan(x) || std::isnan(y) ? missing : 1;
}

double truth_or(double x, double y) {
    const auto is_true = [](double truth) { return !std::isnan(truth) && truth != 0; };
    if (is_true(x) || is_true(y)) {
        return 1;
    }
    return std::isnan(x) || std::isnan(y) ? missing : 0;
}

bool is_missing_scalar(const Value& value) { return value.is_scalar && value.column.is_missing(0); }

std::string_view text_cell(const Value& value, std::size_t cell) {
    return value.column.levels()[static_cast<std::size_t>(value.column.codes()[cell])];
}

// 'yyyy-mm-dd' beside a date column means that day.
Computed as_day_beside(const Value& text, const Value& other) {
    if (other.column.kind() == ColumnKind::date && text.is_text() && text.is_scalar &&
        !text.column.is_missing(0)) {
        if (const auto day = parse_iso_date(text_cell(text, 0))) {
            return Value{Column::of_dates("", {*day}), true};
        }
        return Problem("a date is compared with text that is no date: write it as '2026-11-23'");
    }
    return text;
}

Computed compare_text(std::string_view symbol, const Value& left, const Value& right) {
    if (symbol != "==" && symbol != "!=") {
        return Problem("text can be compared with == and != only");
    }
    const double when_equal = symbol == "==" ? 1 : 0;
    return row_by_row(left, right, [&](std::size_t i, std::size_t j) {
        if (left.column.is_missing(i) || right.column.is_missing(j)) {
            return missing;
        }
        return text_cell(left, i) == text_cell(right, j) ? when_equal : 1 - when_equal;
    });
}

Value compare_numbers(std::string_view symbol, const Value& left, const Value& right) {
    if (symbol == "==") {
        return over_present_numbers(left, right, [](double x, double y) { return x == y; });
    }
    if (symbol == "!=") {
        return over_present_numbers(left, right, [](double x, double y) { return x != y; });
    }
    if (symbol == "<") {
        return over_present_numbers(left, right, [](double x, double y) { return x < y; });
    }
    if (symbol == "<=") {
        return over_present_numbers(left, right, [](double x, double y) { return x <= y; });
    }
    if (symbol == ">") {
        return over_present_numbers(left, right, [](double x, double y) { return x > y; });
    }
    ENSURE(symbol == ">=");
    return over_present_numbers(left, right, [](double x, double y) { return x >= y; });
}

constexpr const char* numbers_needed = "text stands where numbers are needed";

}  // namespace

Computed combine(std::string_view symbol, const Value& left, const Value& right) {
    if (left.is_text() || right.is_text()) {
        return Problem(numbers_needed);
    }
    switch (symbol.front()) {
        case '+': return over_present_numbers(left, right, [](double x, double y) { return x + y; });
        case '-': return over_present_numbers(left, right, [](double x, double y) { return x - y; });
        case '*': return over_present_numbers(left, right, [](double x, double y) { return x * y; });
        case '/': return over_present_numbers(left, right, [](double x, double y) { return x / y; });
        case '^': return over_present_numbers(left, right, [](double x, double y) { return std::pow(x, y); });
        case '&': return over_numbers(left, right, truth_and);
        default: ENSURE(symbol == "|"); return over_numbers(left, right, truth_or);
    }
}

Computed compare(std::string_view symbol, const Value& left, const Value& right) {
    auto first = as_day_beside(left, right);
    auto second = as_day_beside(right, left);
    if (!first || !second) {
        return first ? second : first;
    }
    if (is_missing_scalar(*first) || is_missing_scalar(*second)) {
        return row_by_row(*first, *second, [](std::size_t, std::size_t) { return missing; });
    }
    if (first->is_text() != second->is_text()) {
        return Problem(
            "a number is compared with text: put quotes around both sides' kind, or around neither");
    }
    if (first->is_text()) {
        return compare_text(symbol, *first, *second);
    }
    return compare_numbers(symbol, *first, *second);
}

Computed negate(const Value& value) {
    if (value.is_text()) {
        return Problem(numbers_needed);
    }
    return over_present_numbers(value, value, [](double x, double) { return -x; });
}

Computed logical_not(const Value& value) {
    if (value.is_text()) {
        return Problem(numbers_needed);
    }
    return over_present_numbers(value, value, [](double x, double) { return x == 0; });
}

Computed is_in(const Value& value, const std::vector<Value>& choices) {
    Value found = row_by_row(value, value, [](std::size_t, std::size_t) { return 0.0; });
    for (const Value& choice : choices) {
        if (!choice.is_scalar) {
            return Problem("c(...) holds single values, not columns");
        }
        Value equal = Value::of_number(0);
        if (is_missing_scalar(choice)) {
            equal = row_by_row(value, value, [&](std::size_t row, std::size_t) {
                return value.column.is_missing(row) ? 1.0 : 0.0;
            });
        } else {
            auto compared = compare("==", value, choice);
            if (!compared) {
                return compared;
            }
            equal = *std::move(compared);
        }
        found = over_numbers(found, equal, [](double x, double y) { return x == 1 || y == 1 ? 1.0 : 0.0; });
    }
    return found;
}

}  // namespace groundwork::table
