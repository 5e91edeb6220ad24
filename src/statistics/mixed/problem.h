// A model on its data, reduced to what the optimiser needs: the rows are not touched again.
#pragma once

#include <memory>

#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/mixed/fixed_side.h"
#include "statistics/mixed/kernel.h"
#include "statistics/mixed/objective.h"

namespace groundwork::statistics {

// The rows of several grouping factors, each over its standard deviation.
struct CrossedRows {
    std::vector<Block> blocks;
    Matrix basis;  // W
};

struct Problem {
    std::vector<std::size_t> used;         // rows of the data, ascending
    std::vector<std::size_t> level_begin;  // with a single grouping factor: where each level's rows begin
    Coordinates coordinates;               // without the rows' columns
    FixedSide side;
    std::unique_ptr<LevelProducts> products;  // with a single grouping factor
    std::unique_ptr<CrossedRows> rows;        // with several, where they are to be resampled
    std::unique_ptr<Kernel> kernel;
    ObjectiveSetting setting;
    std::string outcome;
    double outcome_squares = 0;  // about the mean
    double outcome_mean = 0;
};

// For each row, what multiplies it and, with the row before it in its group, what of that is taken away: then
// the residuals are independent with one variance. A row without a row before it has before = 0.
struct Whitening {
    std::vector<double> own, before;
    double log_weights = 0;  // log of the determinant of the rows' precision
};

// A formula's variables on the rows of the data, ready to be reduced; once, or with several weightings.
class ModelRows {
  public:
    // Refuses what make_model_frame, make_model_matrix and make_random_effects refuse.
    static Result<ModelRows> of(const Formula& formula, const Data& data, const MixedModelOptions& options);

    // With whitening, instead of the formula's weights. Refuses as many coefficients as rows, and an outcome
    // that leaves no residual.
    Result<Problem> reduced(const MixedModelOptions& options, KeepOuter keep_outer = KeepOuter::no,
                            const Whitening* whitening = nullptr) const;

    const ModelFrame& frame() const { return frame_; }  // by group, where there is only one
    bool has_one_group() const { return has_one_group_; }
    const std::vector<std::size_t>& level_begin() const { return begin_; }

  private:
    void reduce_by_rows(Problem& problem, const Whitening* whitening, KeepOuter keep_outer,
                        unsigned threads) const;
    bool reduce_by_products(Problem& problem, const Whitening* whitening, KeepOuter keep_outer,
                            unsigned threads) const;

    ModelFrame frame_;
    std::vector<std::size_t> used_;  // ascending
    Coordinates coordinates_;
    ColumnPlan plan_;
    std::vector<std::size_t> begin_;
    bool has_intercept_ = true, has_one_group_ = true;
    double mean_ = 0, squares_ = 0;
};

// The text of a formula with the options' weights. Refuses one without a random term.
Result<Formula> mixed_formula(std::string_view text, const MixedModelOptions& options);

Result<Problem> make_mixed_problem(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options, KeepOuter keep_outer = KeepOuter::no);

// Where the search for the optimum begins.
std::vector<double> start_of(const Problem& problem);

// Refuses a residual of no more than rounding: then the variances have no scale.
Result<void> check_residual(const Problem& problem, double squares_left);

}  // namespace groundwork::statistics
