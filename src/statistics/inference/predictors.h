// The columns that the fixed side of a formula is made of, and the model matrix at any values of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/formula/model_matrix.h"

namespace groundwork::statistics {

// One column of the data, over the rows that the model used. A column of numbers is one of levels here if it
// stands only inside factor(), or has no more than two different values (a dummy), as in emmeans.
struct Predictor {
    std::string name;
    std::vector<std::string> levels;  // empty for a number; else those that occur, in the data's order
    std::vector<double> values;       // by used row: the number, or the place among levels
    double mean = 0;                  // of a number, over rows
    double low = 0, high = 0;
    std::vector<double> level_numbers;  // where the levels are those of a column of numbers
    bool has_levels() const { return !levels.empty(); }
};

// For every predictor its number, or the place of its level.
using Setting = std::vector<double>;

class Predictors {
  public:
    // The same formula and data that the model was fitted with.
    static Result<Predictors> of(std::string_view formula, const Data& data);

    const std::vector<Predictor>& list() const { return list_; }
    Result<std::size_t> find(std::string_view name) const;  // its place; names the one most likely meant

    std::size_t columns() const { return names_.size(); }
    std::size_t coefficients() const { return kept_.size(); }
    const Formula& formula() const { return formula_; }
    const ModelFrame& frame() const { return frame_; }

    // One row of the model matrix for each setting, all columns (also those that the model dropped).
    // Refuses settings at which the formula has no finite value, such as log(0).
    Result<Matrix> rows(const std::vector<Setting>& settings) const;

    // The model matrix of the used rows, and the columns of it that have coefficients.
    const Matrix& matrix() const { return matrix_; }
    const std::vector<std::size_t>& kept() const { return kept_; }

    // A combination of all columns as weights on the model's coefficients; nothing where the data cannot tell
    // it (it is not in the row space of the model matrix: an empty cell).
    std::optional<std::vector<double>> on_coefficients(std::span<const double> combination) const;

    // columns * X = `column`, by least squares: column.size() = used rows.
    std::vector<double> solve(std::span<const double> column) const;

  private:
    Formula formula_;
    ModelFrame frame_;
    std::vector<Predictor> list_;
    std::vector<std::string> names_;
    Matrix matrix_;
    std::vector<std::size_t> kept_, dropped_;
    Matrix basis_, triangle_;
    Matrix determined_;  // kept x dropped: dropped columns = kept columns * this
};

}  // namespace groundwork::statistics
