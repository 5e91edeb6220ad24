// Text and numbers in text: exact, independent of the locale.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace groundwork {

// The shortest decimal that reads back as exactly this double; "NaN", "Inf" and "-Inf" where there is none.
std::string shortest(double number);

// `number` rounded to `digits` places behind the point, for people: fixed(2.90541, 2) == "2.91". Never
// "-0.00".
std::string fixed(double number, int digits);

// The double that `text` writes, all of it, or nothing. No white space, no locale, '.' as the decimal point.
std::optional<double> to_number(std::string_view text);

// The whole number that `text` writes, all of it, or nothing.
std::optional<long long> to_integer(std::string_view text);

// Without white space at both ends.
std::string_view trim(std::string_view text);

// The pieces between separators, as they stand; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(std::span<const std::string> parts, std::string_view between);

// ASCII letters in lower case; other bytes as they are.
std::string lower_case(std::string_view text);

// The candidate that a person most likely meant by `word` (edit distance at most a third of its length), if
// any.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates);

// ` Did you mean "x"?` with a leading space, or else ` There are: a, b, c.`: the tail of a "no such ..."
// message.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// True if the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

// Latin-1 (ISO 8859-1; bytes 80-9F read as Windows-1252, as spreadsheets write them) as UTF-8.
std::string latin1_to_utf8(std::string_view bytes);

// `text` with & < > " ' replaced, safe between tags and inside quoted attributes of HTML and SVG.
std::string escape_html(std::string_view text);

}  // namespace groundwork
