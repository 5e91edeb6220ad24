// The small language of --mutate and --where, as R users would write it:
//   numbers, 'text' or "text", column names (`odd names` in backticks), TRUE FALSE NA;
//   + - * / ^ (right-associative, above unary minus), == != < <= > >=, & | ! (also && || and or not), %in%
//   c(...); abs sqrt exp log log10 round floor ceiling; ifelse(test, a, b); is.na(x); coalesce(a, b, ...);
//   mean sd min max sum median of a whole column (missing cells left out); rowmean(a, b, ...) rowsum(a, b,
//   ...) (missing if any is missing).
// Missing in, missing out, as in R; a row whose condition is missing is not kept.
#pragma once

#include <string_view>

#include "table/frame.h"

namespace groundwork::table {

// `name = expression`, e.g. "scc = sc - 3": adds or replaces that column.
Result<void> mutate(Frame& frame, std::string_view assignment);

// The rows for which the condition is true.
Result<Frame> where(const Frame& frame, std::string_view condition);

// The column that an expression makes (numbers, or text where it yields text); truth is 1 and 0.
Result<Column> evaluate(const Frame& frame, std::string_view expression);

}  // namespace groundwork::table
