#include "statistics/mixed/problem.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "statistics/mixed/trust_region.h"

namespace groundwork::statistics {

namespace {

bool has_one_group(const Formula& formula) {
    return std::all_of(formula.random.begin(), formula.random.end(), [&](const RandomPart& part) {
        return part.group == formula.random.front().group;
    });
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

// [W r] by rows where the columns are too close to dependent for cross-products.
void from_rows(Problem& problem, const ModelFrame& frame, const ColumnPlan& plan,
               std::span<const std::size_t> begin, KeepOuter keep_outer, unsigned threads) {
    ModelMatrix matrix{Matrix(frame.response.numbers.size(), plan.size()), plan.names()};
    std::vector<double> outcome = frame.response.numbers;
    for (std::size_t column = 0; column < plan.size(); ++column) {
        plan.fill(column, 0, matrix.values.column(column));
    }
    for (std::size_t row = 0; !frame.root_weights.empty() && row < outcome.size(); ++row) {
        outcome[row] *= frame.root_weights[row];
        for (std::size_t column = 0; column < plan.size(); ++column) {
            matrix.values(row, column) *= frame.root_weights[row];
        }
    }
    ProjectedRows rows = project_rows(matrix, outcome);
    problem.side = std::move(rows.side);
    std::vector<Block>& blocks = problem.coordinates.effects.blocks;
    for (std::size_t row = 0; !frame.root_weights.empty() && row < outcome.size(); ++row) {
        for (Block& block : blocks) {
            for (std::size_t column = 0; column < block.width(); ++column) {
                block.columns(row, column) *= frame.root_weights[row];
            }
        }
    }
    if (blocks.size() > 1) {
        problem.kernel = make_schur_kernel(blocks, rows.basis, rows.rest);
        return;
    }
    const std::size_t fixed = rows.basis.columns;
    const RowSource source{fixed + 1,
                           [&](std::size_t column, std::size_t first, std::span<double> target) {
                               const double* const from =
                                   column < fixed ? rows.basis.column(column).data() : rows.rest.data();
                               std::copy_n(from + first, target.size(), target.begin());
                           }};
    problem.products = std::make_unique<LevelProducts>(
        make_level_products(begin, matrix_source(blocks.front().columns), source, {},
                            keep_outer, threads));
}

// [W r] by cross-products alone, or false.
bool from_products(Problem& problem, const ModelFrame& frame, const ColumnPlan& plan, bool has_intercept,
                   std::span<const std::size_t> begin, KeepOuter keep_outer, unsigned threads) {
    const double shift = has_intercept ? problem.outcome_mean : 0.0;
    const RowSource source{plan.size() + 1,
                           [&](std::size_t column, std::size_t first, std::span<double> target) {
                               if (column < plan.size()) {
                                   plan.fill(column, first, target);
                                   return;
                               }
                               const double* const from = frame.response.numbers.data() + first;
                               for (std::size_t row = 0; row < target.size(); ++row) {
                                   target[row] = from[row] - shift;
                               }
                           }};
    LevelProducts products =
        make_level_products(begin, matrix_source(problem.coordinates.effects.blocks.front().columns), source,
                            frame.root_weights, keep_outer, threads);
    std::optional<FixedSide> side = project_products(products, plan.names(), shift);
    if (!side) {
        return false;
    }
    problem.side = *std::move(side);
    problem.products = std::make_unique<LevelProducts>(std::move(products));
    return true;
}

// A column's name as a formula would have it.
Expression column_named(const std::string& name) {
    Expression expression;
    expression.kind = Expression::Kind::name;
    expression.text = name;
    return expression;
}

void describe_outcome(Problem& problem, const ModelFrame& frame) {
    const std::vector<double>& outcome = frame.response.numbers;
    problem.outcome = frame.response.name;
    problem.outcome_mean =
        std::accumulate(outcome.begin(), outcome.end(), 0.0) / static_cast<double>(outcome.size());
    for (const double value : outcome) {
        const double away = value - problem.outcome_mean;
        problem.outcome_squares += away * away;
    }
}

}  // namespace

Result<void> check_residual(const Problem& problem, double squares_left) {
    constexpr double nothing = 1e-14;  // of the outcome's own variation: rounding, not data
    const double rounding = 1e-26 * problem.outcome_mean * problem.outcome_mean *
                            static_cast<double>(problem.used.size());
    if (!(squares_left > nothing * problem.outcome_squares + rounding)) {
        return fail(
            unacceptable("is explained by the model without any remainder, so no error can be estimated.")
                .at("", problem.outcome)
                .remedy(
                    "Check that the outcome is not constant, nor a copy of other columns or of the group."));
    }
    return {};
}

Result<Problem> make_problem(const Formula& formula, const Data& data, const MixedModelOptions& options,
                             KeepOuter keep_outer) {
    const unsigned threads = options.threads;
    ModelFrame frame = TRY(make_model_frame(formula, data));
    Problem problem;
    problem.used = frame.used;
    std::vector<double>& outcome = frame.response.numbers;
    std::rotate(outcome.rbegin(),
                outcome.rbegin() + static_cast<std::ptrdiff_t>(options.outcome_moved_by % outcome.size()),
                outcome.rend());
    const bool one_group = has_one_group(formula);
    if (one_group) {
        order_by_group(frame);
    }
    problem.coordinates = standardised(TRY(make_random_effects(formula, frame)));
    const ColumnPlan plan = TRY(ColumnPlan::of(formula.fixed, frame.fixed));
    describe_outcome(problem, frame);
    const std::vector<std::size_t> begin =
        one_group ? level_begins(problem.coordinates.effects.blocks.front()) : std::vector<std::size_t>{0};
    if (!one_group || !from_products(problem, frame, plan, formula.fixed.intercept, begin, keep_outer, threads)) {
        from_rows(problem, frame, plan, begin, keep_outer, threads);
    }
    if (problem.side.names.size() >= problem.used.size()) {
        return fail(
            unacceptable("There are as many coefficients as rows, so nothing is left to estimate from."));
    }
    TRY_DO(check_residual(problem, problem.side.squares_left));
    if (problem.products) {
        problem.kernel = make_single_kernel(*problem.products, threads);
    }
    problem.setting = {options.criterion, problem.used.size(), problem.side.log_triangle, frame.log_weights};
    return problem;
}

Result<Problem> make_mixed_problem(std::string_view formula, const Data& data,
                                   const MixedModelOptions& options, KeepOuter keep_outer) {
    Formula meaning = TRY(read_formula(formula));
    if (meaning.random.empty()) {
        return fail(usage_error("The formula has no random term such as (1 | id); this model needs one."));
    }
    if (!options.weights.empty()) {
        meaning.weights.push_back(column_named(options.weights));
    }
    return make_problem(meaning, data, options, keep_outer);
}

std::vector<double> start_of(const Problem& problem) {
    const RandomEffects& effects = problem.coordinates.effects;
    return problem.products ? moment_start(effects, *problem.products, problem.used.size())
                            : usual_start(effects);
}

}  // namespace groundwork::statistics
