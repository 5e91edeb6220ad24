// From terms and variables to numbers: R's model.matrix, with its names and its coding of factors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/matrix.h"

namespace groundwork::statistics {

inline constexpr std::size_t most_columns = 2'000;

struct ModelMatrix {
    Matrix values;                   // one row for each used row
    std::vector<std::string> names;  // "(Intercept)", "week", "armLKM", "week:armLKM:scc"
};

// How each column is made from the variables, so that it can be filled in pieces without the whole matrix.
class ColumnPlan {
  public:
    // A factor in a term is coded by its contrasts where a term before it, or the intercept, already
    // carries the rest of that term; otherwise by one column for each level (Chambers & Hastie 1992, p. 38).
    // Without an intercept the first factor gets one column for each level. `variables` are parallel to
    // terms.variables and must outlive the plan. Refuses a factor of one level that would need contrasts, and
    // more than most_columns columns.
    static Result<ColumnPlan> of(const TermSet& terms, const std::vector<ModelVariable>& variables);

    std::size_t size() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }
    // Writes rows first_row, first_row + 1, ... of one column.
    void fill(std::size_t column, std::size_t first_row, std::span<double> target) const;

  private:
    // A column is the product of its parts; of none, it is 1.
    struct Part {
        const ModelVariable* variable = nullptr;
        std::vector<double> by_level;  // of a factor: the column's value for each level
    };
    std::vector<std::string> names_;
    std::vector<std::vector<Part>> columns_;
};

// All of it at once.
Result<ModelMatrix> make_model_matrix(const TermSet& terms, const std::vector<ModelVariable>& variables,
                                      std::size_t rows);

}  // namespace groundwork::statistics
