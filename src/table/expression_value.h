// What the small language (expression.h) computes with: whole columns, or one cell that stands for as many
// rows as needed. Private to table/. Problems come back as words without a place; the parser knows the place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "table/frame.h"

namespace groundwork::table {

struct Value {
    Column column;
    bool is_scalar = false;  // one cell

    static Value of_number(double number) { return {Column::of_numbers("", {number}), true}; }
    static Value of_text(std::string text) { return {Column::of_text("", {0}, {std::move(text)}), true}; }
    bool is_text() const { return column.kind() == ColumnKind::text; }
    std::size_t cell(std::size_t row) const { return is_scalar ? 0 : row; }
};

// A value, or what is wrong in words.
using Computed = tl::expected<Value, std::string>;

// + - * / ^, and the truths & and |, where false & missing is false and true | missing is true.
Computed combine(std::string_view symbol, const Value& left, const Value& right);
// == != < <= > >=: numbers with numbers, text with text (== and != only), dates also with text such as
// '2026-11-23'.
Computed compare(std::string_view symbol, const Value& left, const Value& right);
Computed negate(const Value& value);       // -x
Computed logical_not(const Value& value);  // !x
// Whether each cell is one of the choices, each of one cell. As in R a missing cell is not, unless NA is a
// choice.
Computed is_in(const Value& value, const std::vector<Value>& choices);

}  // namespace groundwork::table
