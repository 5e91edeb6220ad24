#include "statistics/mixed/problem.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

namespace {

bool groups_once(const Formula& formula) {
    return std::all_of(formula.random.begin(), formula.random.end(),
                       [&](const RandomPart& part) { return part.group == formula.random.front().group; });
}

// Where each level's rows begin, for codes in ascending order.
std::vector<std::size_t> level_begins(const Block& block) {
    std::vector<std::size_t> begin(block.levels + 1, 0);
    for (const std::int32_t code : block.codes) {
        ++begin[static_cast<std::size_t>(code) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    return begin;
}

RowSource matrix_source(const Matrix& matrix) {
    return {matrix.columns, [&matrix](std::size_t column, std::size_t first, std::span<double> target) {
                const std::span<const double> from = matrix.column(column).subspan(first, target.size());
                std::copy(from.begin(), from.end(), target.begin());
            }};
}

// Rows divided by their residual's standard deviation, and made independent of the row before.
RowSource independent(RowSource source, const Whitening& whitening) {
    const std::size_t columns = source.columns;
    return {columns, [source = std::move(source), &whitening](std::size_t column, std::size_t first,
                                                              std::span<double> target) {
                double before = 0;
                if (first > 0 && whitening.before[first] != 0) {
                    source.fill(column, first - 1, {&before, 1});
                }
                source.fill(column, first, target);
                for (std::size_t row = 0; row < target.size(); ++row) {
                    const double here = target[row];
                    target[row] = whitening.own[first + row] * here - whitening.before[first + row] * before;
                    before = here;
                }
            }};
}

RowSource outcome_last(const ColumnPlan& plan, const std::vector<double>& outcome, double shift) {
    return {plan.size() + 1,
            [&plan, &outcome, shift](std::size_t column, std::size_t first, std::span<double> target) {
                if (column < plan.size()) {
                    plan.fill(column, first, target);
                    return;
                }
                const double* const from = outcome.data() + first;
                for (std::size_t row = 0; row < target.size(); ++row) {
                    target[row] = from[row] - shift;
                }
            }};
}

// All rows of a source as a matrix.
Matrix filled(const RowSource& source, std::size_t rows) {
    Matrix matrix(rows, source.columns);
    for (std::size_t column = 0; column < source.columns; ++column) {
        source.fill(column, 0, matrix.column(column));
    }
    return matrix;
}

}  // namespace

Result<void> check_residual(const Problem& problem, double squares_left) {
    constexpr double nothing = 1e-14;  // of the outcome's own variation: rounding, not data
    const double rounding =
        1e-26 * problem.outcome_mean * problem.outcome_mean * static_cast<double>(problem.used.size());
    if (!(squares_left > nothing * problem.outcome_squares + rounding)) {
        return fail(
            unacceptable("is explained by the model without any remainder, so no error can be estimated.")
                .at("", problem.outcome)
                .remedy(
                    "Check that the outcome is not constant, nor a copy of other columns or of the group."));
    }
    return {};
}

Result<ModelRows> ModelRows::of(const Formula& formula, const Data& data, const MixedModelOptions& options) {
    ModelRows rows;
    rows.frame_ = TRY(make_model_frame(formula, data));
    rows.used_ = rows.frame_.used;
    rows.has_intercept_ = formula.fixed.intercept;
    std::vector<double>& outcome = rows.frame_.response.numbers;
    std::rotate(outcome.rbegin(),
                outcome.rbegin() + static_cast<std::ptrdiff_t>(options.outcome_moved_by % outcome.size()),
                outcome.rend());
    rows.has_one_group_ = groups_once(formula);
    if (rows.has_one_group_) {
        order_by_group(rows.frame_);
    }
    rows.coordinates_ = standardised(TRY(make_random_effects(formula, rows.frame_)));
    rows.plan_ = TRY(ColumnPlan::of(formula.fixed, rows.frame_.fixed));
    if (rows.has_one_group_) {
        rows.begin_ = level_begins(rows.coordinates_.effects.blocks.front());
    }
    rows.mean_ = std::accumulate(outcome.begin(), outcome.end(), 0.0) / static_cast<double>(outcome.size());
    for (const double value : outcome) {
        rows.squares_ += (value - rows.mean_) * (value - rows.mean_);
    }
    return rows;
}

// By rows, where the columns are too close to dependent for cross-products, or there are several groups.
void ModelRows::reduce_by_rows(Problem& problem, const Whitening* whitening, KeepOuter keep_outer,
                               unsigned threads) const {
    const std::size_t count = frame_.response.numbers.size();
    const auto treated = [&](RowSource source) {
        return whitening == nullptr ? source : independent(std::move(source), *whitening);
    };
    Matrix all = filled(treated(outcome_last(plan_, frame_.response.numbers, 0)), count);
    const std::vector<double> outcome(all.column(plan_.size()).begin(), all.column(plan_.size()).end());
    all.columns = plan_.size();
    all.values.resize(all.rows * all.columns);
    ProjectedRows rows = project_rows({std::move(all), plan_.names()}, outcome);
    problem.side = std::move(rows.side);
    const std::vector<Block>& blocks = coordinates_.effects.blocks;
    if (!has_one_group_) {
        std::vector<Block> weighted = blocks;
        for (Block& block : weighted) {
            block.columns = filled(treated(matrix_source(block.columns)), count);
        }
        problem.kernel = make_schur_kernel(weighted, rows.basis, rows.rest, threads);
        if (keep_outer == KeepOuter::yes) {
            problem.rows = std::make_unique<CrossedRows>(std::move(weighted), std::move(rows.basis));
        }
        return;
    }
    const std::size_t fixed = rows.basis.columns;
    const RowSource source{fixed + 1, [&](std::size_t column, std::size_t first, std::span<double> target) {
                               const double* const from =
                                   column < fixed ? rows.basis.column(column).data() : rows.rest.data();
                               std::copy_n(from + first, target.size(), target.begin());
                           }};
    problem.products = std::make_unique<LevelProducts>(make_level_products(
        begin_, treated(matrix_source(blocks.front().columns)), source, keep_outer, threads));
}

// By cross-products alone, or false.
bool ModelRows::reduce_by_products(Problem& problem, const Whitening* whitening, KeepOuter keep_outer,
                                   unsigned threads) const {
    const double shift = has_intercept_ ? mean_ : 0.0;
    const auto treated = [&](RowSource source) {
        return whitening == nullptr ? source : independent(std::move(source), *whitening);
    };
    LevelProducts products = make_level_products(
        begin_, treated(matrix_source(coordinates_.effects.blocks.front().columns)),
        treated(outcome_last(plan_, frame_.response.numbers, shift)), keep_outer, threads);
    std::optional<FixedSide> side = project_products(products, plan_.names(), shift);
    if (!side) {
        return false;
    }
    problem.side = *std::move(side);
    problem.products = std::make_unique<LevelProducts>(std::move(products));
    return true;
}

Result<Problem> ModelRows::reduced(const MixedModelOptions& options, KeepOuter keep_outer,
                                   const Whitening* whitening) const {
    Problem problem;
    problem.used = used_;
    problem.level_begin = begin_;
    problem.coordinates = without_rows(coordinates_);
    problem.outcome = frame_.response.name;
    problem.outcome_mean = mean_;
    problem.outcome_squares = squares_;
    Whitening weights;
    if (whitening == nullptr && !frame_.root_weights.empty()) {
        weights = {frame_.root_weights, std::vector<double>(used_.size(), 0.0), frame_.log_weights};
        whitening = &weights;
    }
    if (!has_one_group_ || !reduce_by_products(problem, whitening, keep_outer, options.threads)) {
        reduce_by_rows(problem, whitening, keep_outer, options.threads);
    }
    if (problem.side.names.size() >= problem.used.size()) {
        return fail(
            unacceptable("There are as many coefficients as rows, so nothing is left to estimate from."));
    }
    TRY_DO(check_residual(problem, problem.side.squares_left));
    if (problem.products) {
        problem.kernel = make_single_kernel(*problem.products, options.threads);
    }
    problem.setting = {options.criterion, problem.used.size(), problem.side.log_triangle,
                       whitening == nullptr ? 0.0 : whitening->log_weights};
    return problem;
}

Result<Formula> mixed_formula(std::string_view text, const MixedModelOptions& options) {
    Formula formula = TRY(read_formula(text));
    if (formula.random.empty()) {
        return fail(usage_error("The formula has no random term such as (1 | id); this model needs one."));
    }
    if (!options.weights.empty()) {
        formula.weights.push_back(column_named(options.weights));
    }
    if (!options.serial_time.empty()) {
        formula.times.push_back(column_named(options.serial_time));
    }
    if (!options.residual_strata.empty()) {
        formula.strata.push_back(column_named(options.residual_strata));
    }
    return formula;
}

Result<Problem> make_mixed_problem(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options, KeepOuter keep_outer) {
    const Formula meaning = TRY(mixed_formula(formula, options));
    const ModelRows rows = TRY(ModelRows::of(meaning, data, options));
    return rows.reduced(options, keep_outer);
}

std::vector<double> start_of(const Problem& problem) {
    const RandomEffects& effects = problem.coordinates.effects;
    const std::size_t rows = problem.used.size();
    if (problem.products) {
        return moment_start(effects, *problem.products, rows);
    }
    // Inside the boundary, so that the search can go either way.
    constexpr double least = 1e-3;
    std::vector<double> start = usual_start(effects);
    const std::vector<std::vector<double>> variances = problem.kernel->moments(rows);
    for (std::size_t k = 0; k < start.size() && !variances.empty(); ++k) {
        const FreeEntry& entry = effects.entries[k];
        if (entry.diagonal()) {
            start[k] = std::sqrt(std::clamp(variances[entry.block][entry.row], least, 1 / least));
        }
    }
    return start;
}

}  // namespace groundwork::statistics
