#include "statistics/formula/model_frame.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "statistics/formula/arithmetic.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

// Every column that the formula needs, on all rows of the data.
struct Columns {
    EvaluatedColumn response;
    std::vector<EvaluatedColumn> offsets;
    std::vector<EvaluatedColumn> weights, times, strata;
    std::vector<EvaluatedColumn> fixed;
    std::vector<std::vector<EvaluatedColumn>> random;
    std::vector<std::vector<EvaluatedColumn>> groups;

    // Each memory once, however often the formula names it.
    std::vector<const Variable*> distinct() const {
        std::vector<const Variable*> variables = {&response.variable};
        const auto is_known = [&](const Variable& variable) {
            return std::any_of(variables.begin(), variables.end(), [&](const Variable* known) {
                return known->kind == variable.kind && known->numbers.data() == variable.numbers.data() &&
                       known->codes.data() == variable.codes.data();
            });
        };
        const auto add = [&](const std::vector<EvaluatedColumn>& columns) {
            for (const EvaluatedColumn& column : columns) {
                if (!is_known(column.variable)) {
                    variables.push_back(&column.variable);
                }
            }
        };
        add(offsets);
        add(weights);
        add(times);
        add(strata);
        add(fixed);
        std::for_each(random.begin(), random.end(), add);
        std::for_each(groups.begin(), groups.end(), add);
        return variables;
    }
};

Result<EvaluatedColumn> evaluate_numbers(const Expression& expression, const Data& data,
                                         const std::string& role) {
    EvaluatedColumn column = TRY(evaluate_column(expression, data));
    if (column.variable.kind != Variable::Kind::numeric) {
        return fail(unacceptable("is the " + role + " and must hold numbers, but it holds text.")
                        .at("", column.variable.name));
    }
    return column;
}

Result<std::vector<EvaluatedColumn>> evaluate_all(const std::vector<Expression>& expressions,
                                                  const Data& data) {
    std::vector<EvaluatedColumn> columns;
    for (const Expression& expression : expressions) {
        columns.push_back(TRY(evaluate_column(expression, data)));
    }
    return columns;
}

Result<Columns> evaluate_formula(const Formula& formula, const Data& data) {
    Columns columns;
    columns.response = TRY(evaluate_numbers(formula.response, data, "outcome"));
    for (const Expression& offset : formula.offsets) {
        columns.offsets.push_back(TRY(evaluate_numbers(offset, data, "offset")));
    }
    for (const Expression& weight : formula.weights) {
        columns.weights.push_back(TRY(evaluate_numbers(weight, data, "weight")));
    }
    for (const Expression& time : formula.times) {
        columns.times.push_back(TRY(evaluate_numbers(time, data, "time")));
    }
    for (const Expression& strata : formula.strata) {
        columns.strata.push_back(TRY(evaluate_factor(strata, data)));
    }
    columns.fixed = TRY(evaluate_all(formula.fixed.variables, data));
    for (const RandomPart& part : formula.random) {
        columns.random.push_back(TRY(evaluate_all(part.terms.variables, data)));
        std::vector<EvaluatedColumn> group;
        for (const Expression& factor : part.factors) {
            group.push_back(TRY(evaluate_factor(factor, data)));
        }
        columns.groups.push_back(std::move(group));
    }
    return columns;
}

// Whether every value is there and can be calculated with.
bool is_whole(const Variable& variable, std::size_t rows) {
    if (variable.kind == Variable::Kind::factor) {
        return std::all_of(variable.codes.begin(), variable.codes.begin() + static_cast<std::ptrdiff_t>(rows),
                           [](std::int32_t code) { return code >= 0; });
    }
    constexpr double beyond = std::numeric_limits<double>::max() / largest_number;
    double nothing[8] = {};  // 0 x becomes NaN where x is not finite; eight sums run side by side
    const double* const numbers = variable.numbers.data();
    std::size_t row = 0;
    for (; row + 8 <= rows; row += 8) {
        for (std::size_t k = 0; k < 8; ++k) {
            nothing[k] += 0 * (beyond * numbers[row + k]);
        }
    }
    for (; row < rows; ++row) {
        nothing[0] += 0 * (beyond * numbers[row]);
    }
    return std::all_of(std::begin(nothing), std::end(nothing), [](double sum) { return sum == 0; });
}

std::vector<std::size_t> complete_rows(const std::vector<const Variable*>& variables, std::size_t rows) {
    std::vector<char> complete(rows, 1);
    for (const Variable* variable : variables) {
        for (std::size_t row = 0; row < rows; ++row) {
            const bool missing = variable->kind == Variable::Kind::numeric
                                     ? std::isnan(variable->numbers[row])
                                     : variable->codes[row] < 0;
            complete[row] = complete[row] && !missing;
        }
    }
    std::vector<std::size_t> used;
    used.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        if (complete[row]) {
            used.push_back(row);
        }
    }
    return used;
}

Result<void> refuse_unusable(const std::vector<const Variable*>& variables,
                             const std::vector<std::size_t>& used) {
    for (const Variable* variable : variables) {
        if (variable->kind != Variable::Kind::numeric) {
            continue;
        }
        for (const std::size_t row : used) {
            if (!is_usable(variable->numbers[row])) {
                return fail(unacceptable(std::string(too_large(variable->numbers[row])) + " in data row " +
                                         std::to_string(row + 1) + " (counted without the header).")
                                .at("", variable->name)
                                .value(shortest(variable->numbers[row]))
                                .remedy("Correct the cell, or leave it empty."));
            }
        }
    }
    return {};
}

// `used` is ascending, so if it is as long as the values, it is all of them.
template <class Value>
void pick(std::span<const Value> from, const std::vector<std::size_t>& used, std::vector<Value>& to) {
    if (used.size() == from.size()) {
        to.assign(from.begin(), from.end());
        return;
    }
    to.reserve(used.size());
    for (const std::size_t row : used) {
        to.push_back(from[row]);
    }
}

ModelVariable picked(const Variable& variable, const std::vector<std::size_t>& used) {
    ModelVariable result;
    result.name = variable.name;
    result.kind = variable.kind;
    result.contrasts = variable.contrasts;
    if (variable.kind == Variable::Kind::numeric) {
        pick(variable.numbers, used, result.numbers);
        return result;
    }
    pick(variable.codes, used, result.codes);
    std::vector<std::int32_t> new_code(variable.levels.size(), -1);
    for (const std::int32_t code : result.codes) {
        new_code[static_cast<std::size_t>(code)] = 0;
    }
    for (std::size_t level = 0; level < new_code.size(); ++level) {
        if (new_code[level] == 0) {
            new_code[level] = static_cast<std::int32_t>(result.levels.size());
            result.levels.push_back(variable.levels[level]);
        }
    }
    if (result.levels.size() < new_code.size()) {
        for (std::int32_t& code : result.codes) {
            code = new_code[static_cast<std::size_t>(code)];
        }
    }
    return result;
}

std::vector<ModelVariable> all_picked(const std::vector<EvaluatedColumn>& columns,
                                      const std::vector<std::size_t>& used) {
    std::vector<ModelVariable> variables;
    for (const EvaluatedColumn& column : columns) {
        variables.push_back(picked(column.variable, used));
    }
    return variables;
}

// The combinations of the factors that occur, numbered in ascending order.
std::pair<std::vector<std::int32_t>, std::size_t> combined_codes(const std::vector<EvaluatedColumn>& factors,
                                                                 const std::vector<std::size_t>& used) {
    ModelVariable first = picked(factors.front().variable, used);
    std::vector<std::int32_t> codes = std::move(first.codes);
    std::size_t levels = first.levels.size();
    for (std::size_t factor = 1; factor < factors.size(); ++factor) {
        const ModelVariable next = picked(factors[factor].variable, used);
        std::vector<std::uint64_t> keys(codes.size());
        for (std::size_t row = 0; row < codes.size(); ++row) {
            keys[row] = static_cast<std::uint64_t>(codes[row]) * next.levels.size() +
                        static_cast<std::uint64_t>(next.codes[row]);
        }
        std::vector<std::uint64_t> distinct = keys;
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        for (std::size_t row = 0; row < codes.size(); ++row) {
            codes[row] = static_cast<std::int32_t>(
                std::lower_bound(distinct.begin(), distinct.end(), keys[row]) - distinct.begin());
        }
        levels = distinct.size();
    }
    return {std::move(codes), levels};
}

Result<void> take_weights(ModelFrame& frame, const Variable& weights) {
    for (const std::size_t row : frame.used) {
        const double weight = weights.numbers[row];
        if (!(weight > 0)) {
            return fail(unacceptable("is a weight in data row " + std::to_string(row + 1) +
                                     " (counted without the header) and must be above zero.")
                            .at("", weights.name)
                            .value(shortest(weight))
                            .remedy("Leave the cell empty, or the row out, where nothing was observed."));
        }
        frame.root_weights.push_back(std::sqrt(weight));
        frame.log_weights += std::log(weight);
    }
    return {};
}

// Values picked in a new order.
template <class Value>
void reorder(std::vector<Value>& values, const std::vector<std::size_t>& order) {
    if (values.empty()) {
        return;
    }
    std::vector<Value> moved;
    moved.reserve(values.size());
    for (const std::size_t row : order) {
        moved.push_back(values[row]);
    }
    values = std::move(moved);
}

}  // namespace

void order_by_group(ModelFrame& frame) {
    const std::vector<std::int32_t>& codes = frame.group_codes.front();
    if (frame.times.empty() && std::is_sorted(codes.begin(), codes.end())) {
        return;
    }
    std::vector<std::size_t> next(frame.group_levels.front() + 1, 0);
    for (const std::int32_t code : codes) {
        ++next[static_cast<std::size_t>(code) + 1];
    }
    std::partial_sum(next.begin(), next.end(), next.begin());
    std::vector<std::size_t> order(codes.size());
    for (std::size_t row = 0; row < codes.size(); ++row) {
        order[next[static_cast<std::size_t>(codes[row])]++] = row;
    }
    if (!frame.times.empty()) {
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return codes[a] != codes[b] ? codes[a] < codes[b] : frame.times[a] < frame.times[b];
        });
    }
    reorder(frame.used, order);
    reorder(frame.times, order);
    reorder(frame.root_weights, order);
    reorder(frame.strata.codes, order);
    reorder(frame.response.numbers, order);
    const auto reorder_all = [&](std::vector<ModelVariable>& variables) {
        for (ModelVariable& variable : variables) {
            reorder(variable.numbers, order);
            reorder(variable.codes, order);
        }
    };
    reorder_all(frame.fixed);
    std::for_each(frame.random.begin(), frame.random.end(), reorder_all);
    for (std::vector<std::int32_t>& group : frame.group_codes) {
        reorder(group, order);
    }
}

Result<ModelFrame> make_model_frame(const Formula& formula, const Data& data) {
    const Columns columns = TRY(evaluate_formula(formula, data));
    const std::vector<const Variable*> variables = columns.distinct();
    ModelFrame frame;
    const bool all_whole = std::all_of(variables.begin(), variables.end(), [&](const Variable* variable) {
        return is_whole(*variable, data.rows);
    });
    if (all_whole) {
        frame.used.resize(data.rows);
        std::iota(frame.used.begin(), frame.used.end(), std::size_t{0});
    } else {
        frame.used = complete_rows(variables, data.rows);
    }
    if (frame.used.empty()) {
        return fail(unacceptable(data.rows == 0
                                     ? "There are no rows of data."
                                     : "There is no row in which every variable of the formula is present."));
    }
    if (!all_whole) {
        TRY_DO(refuse_unusable(variables, frame.used));
    }
    frame.response = picked(columns.response.variable, frame.used);
    for (const EvaluatedColumn& offset : columns.offsets) {
        for (std::size_t i = 0; i < frame.used.size(); ++i) {
            frame.response.numbers[i] -= offset.variable.numbers[frame.used[i]];
        }
    }
    for (const EvaluatedColumn& weights : columns.weights) {
        TRY_DO(take_weights(frame, weights.variable));
    }
    for (const EvaluatedColumn& time : columns.times) {
        pick(time.variable.numbers, frame.used, frame.times);
    }
    for (const EvaluatedColumn& strata : columns.strata) {
        frame.strata = picked(strata.variable, frame.used);
    }
    frame.fixed = all_picked(columns.fixed, frame.used);
    for (std::size_t part = 0; part < formula.random.size(); ++part) {
        frame.random.push_back(all_picked(columns.random[part], frame.used));
        auto [codes, levels] = combined_codes(columns.groups[part], frame.used);
        frame.group_codes.push_back(std::move(codes));
        frame.group_levels.push_back(levels);
    }
    return frame;
}

}  // namespace groundwork::statistics
