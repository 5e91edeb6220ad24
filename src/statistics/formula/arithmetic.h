// Arithmetic on columns inside a formula: I(week^2), log(x + 1), factor(wave).
#pragma once

#include "statistics/formula/data.h"
#include "statistics/formula/formula_syntax.h"

namespace groundwork::statistics {

// A column that an expression names or makes. `variable` points into the data, or into what is owned here.
struct EvaluatedColumn {
    Variable variable;
    std::vector<double> owned_numbers;
    std::vector<std::int32_t> owned_codes;

    EvaluatedColumn() = default;
    EvaluatedColumn(EvaluatedColumn&&) = default;  // moving a vector keeps its memory, so spans stay valid
    EvaluatedColumn& operator=(EvaluatedColumn&&) = default;
    EvaluatedColumn(const EvaluatedColumn&) = delete;
    EvaluatedColumn& operator=(const EvaluatedColumn&) = delete;
};

// One for each row of the data. Inside I() and functions: + - * / ^ ( ), numbers, columns, and
// abs exp log log2 log10 log1p sqrt round floor ceiling, scale (mean 0, standard deviation 1). factor(x),
// as.factor(x): levels in ascending order.
Result<EvaluatedColumn> evaluate_column(const Expression& expression, const Data& data);

// The same column as a factor: distinct numbers become levels in ascending order.
Result<EvaluatedColumn> evaluate_factor(const Expression& expression, const Data& data);

}  // namespace groundwork::statistics
