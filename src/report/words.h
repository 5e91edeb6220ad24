// Numbers and names as people read them. Nothing here computes a finding; it only decides how many digits to
// show.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "benefit/benefit.h"

namespace groundwork::report {

// Shown where there is no number: an en dash.
inline constexpr std::string_view no_number = "\u2013";

// How many places behind the point show a quantity whose uncertainty (or spread) is `width`: two digits of
// it, and for scores of a few points never fewer than two places.
int places_for(double width);

// "2.91", "−0.45"; with a real minus sign; an en dash where the number is not finite.
std::string plain_number(double number, int places);

// "+1.77", "−0.45", "0.00".
std::string signed_number(double number, int places);

// "−0.45 to 1.35"; an en dash where either end is not finite.
std::string range(const statistics::Interval& interval, int places);

// Six significant digits, for tables of models.
std::string exact_number(double number);

// "0.012", "< 0.001".
std::string p_value(double p);

// "25 %" of a share between 0 and 1; "< 1 %" and "> 99 %" rather than a false 0 or 100.
std::string percent(double share);

// "1 person", "278 people", "12,621 people".
std::string people(std::size_t count);
std::string count(std::size_t number);

bool is_known(const statistics::Interval& interval);
bool excludes_zero(const statistics::Interval& interval);

// Well-formed for XML: control characters and broken UTF-8 become U+FFFD. Not escaped.
std::string clean(std::string_view text);

// `text` cut after `most` characters, the last of them an ellipsis.
std::string shortened(std::string_view text, std::size_t most);

// An upper estimate of the width of `text` in pixels for a usual sans-serif typeface of `size` pixels.
double estimated_width(std::string_view text, double size);

// `text` in at most `lines` lines of `width` pixels, broken between words where possible; an ellipsis marks
// what is left out. Always at least one line.
std::vector<std::string> wrapped(std::string_view text, double width, double size, std::size_t lines);

// The paragraphs of a text, which are apart by empty lines.
std::vector<std::string> paragraphs(std::string_view text);

}  // namespace groundwork::report
