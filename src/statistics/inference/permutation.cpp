#include "statistics/inference/permutation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/formula/arithmetic.h"
#include "statistics/inference/coefficients.h"

namespace groundwork::statistics {

namespace {

Result<double> statistic_of(std::string_view formula, const Data& data, const std::string& term, bool mixed) {
    // The statistic needs no degrees of freedom, and the permutations are what runs side by side.
    const MixedModelOptions options{.degrees_of_freedom = DegreesOfFreedom::none, .threads = 1};
    const Coefficients coefficients = mixed ? coefficients_of(TRY(fit_mixed_model(formula, data, options)))
                                            : coefficients_of(TRY(fit_linear_model(formula, data)));
    const auto at = std::find(coefficients.names.begin(), coefficients.names.end(), term);
    if (at == coefficients.names.end()) {
        return fail(usage_error("is no coefficient of the model." + suggestion(term, coefficients.names))
                        .value(term));
    }
    std::vector<double> weights(coefficients.names.size(), 0.0);
    weights[static_cast<std::size_t>(at - coefficients.names.begin())] = 1;
    const double statistic = std::abs(combination(coefficients, weights, term).statistic);
    if (std::isnan(statistic)) {
        return fail(unacceptable("has no test statistic in this model.").at("", term));
    }
    return statistic;
}

// Levels of a column as codes by row; without a name every row is its own, or all are one.
Result<std::vector<std::int32_t>> codes_of(const Data& data, const std::string& name, bool each_row) {
    if (!name.empty()) {
        const EvaluatedColumn column = TRY(evaluate_factor(column_named(name), data));
        return std::vector<std::int32_t>(column.variable.codes.begin(), column.variable.codes.end());
    }
    std::vector<std::int32_t> codes(data.rows, 0);
    for (std::size_t row = 0; each_row && row < data.rows; ++row) {
        codes[row] = static_cast<std::int32_t>(row);
    }
    return codes;
}

struct Unit {
    double value = unknown;
    std::int32_t stratum = -1;
    std::vector<std::size_t> rows;
};

Result<std::vector<Unit>> units_of(const Data& data, const Variable& moderator,
                                   const ModeratorPermutationOptions& options) {
    const std::vector<std::int32_t> unit = TRY(codes_of(data, options.unit, true));
    const std::vector<std::int32_t> stratum = TRY(codes_of(data, options.within, false));
    std::map<std::int32_t, Unit> units;
    for (std::size_t row = 0; row < data.rows; ++row) {
        const double value = moderator.numbers[row];
        if (unit[row] < 0 || stratum[row] < 0 || std::isnan(value)) {
            continue;
        }
        Unit& one = units[unit[row]];
        if (!one.rows.empty() && (one.value != value || one.stratum != stratum[row])) {
            return fail(
                unacceptable(
                    "or the factor within which it is exchanged changes within one unit, in data row " +
                    std::to_string(row + 1) + " (counted without the header).")
                    .at("", moderator.name)
                    .remedy("Exchange a value that each unit has once, such as a baseline score."));
        }
        one.value = value;
        one.stratum = stratum[row];
        one.rows.push_back(row);
    }
    std::vector<Unit> list;
    for (auto& [code, one] : units) {
        list.push_back(std::move(one));
    }
    return list;
}

void exchange(const std::vector<Unit>& units, RandomStream random, std::vector<double>& column) {
    std::map<std::int32_t, std::vector<const Unit*>> strata;
    for (const Unit& unit : units) {
        strata[unit.stratum].push_back(&unit);
    }
    for (const auto& [stratum, members] : strata) {
        std::vector<double> values;
        for (const Unit* unit : members) {
            values.push_back(unit->value);
        }
        for (std::size_t k = values.size(); k > 1; --k) {
            std::swap(values[k - 1], values[random.next_below(k)]);
        }
        for (std::size_t k = 0; k < values.size(); ++k) {
            for (const std::size_t row : members[k]->rows) {
                column[row] = values[k];
            }
        }
    }
}

}  // namespace

Result<ModeratorPermutation> permute_moderator(std::string_view formula, const Data& data,
                                               const std::string& moderator, const std::string& term,
                                               const ModeratorPermutationOptions& options) {
    ENSURE(options.permutations > 0);
    const Variable& variable = *TRY(data.find(moderator));
    if (variable.kind != Variable::Kind::numeric) {
        return fail(unacceptable("holds text; a moderator to permute must hold numbers.").at("", moderator));
    }
    const std::vector<Unit> units = TRY(units_of(data, variable, options));
    const bool mixed = TRY(has_random_terms(formula));
    ModeratorPermutation test;
    test.permutations = options.permutations;
    test.statistic = TRY(statistic_of(formula, data, term, mixed));
    constexpr std::size_t batch = 16;
    std::vector<Result<double>> statistics(options.permutations, Result<double>(0.0));
    const std::size_t batches = (options.permutations + batch - 1) / batch;
    ProgressCount progress(options.progress, batches);
    for_each_part(batches, options.threads, [&](std::size_t part) {
        std::vector<double> column(variable.numbers.begin(), variable.numbers.end());
        Data permuted = data;
        for (Variable& one : permuted.variables) {
            if (one.name == moderator) {
                one.numbers = column;
            }
        }
        const std::size_t end = std::min(options.permutations, (part + 1) * batch);
        for (std::size_t b = part * batch; b < end; ++b) {
            exchange(units, RandomStream(options.seed, b), column);
            statistics[b] = statistic_of(formula, permuted, term, mixed);
        }
        progress.part_done();
    });
    const double rounding = 1e-9 * (1 + test.statistic);
    for (const Result<double>& statistic : statistics) {
        test.as_extreme += TRY(statistic) >= test.statistic - rounding ? 1 : 0;
    }
    test.p = static_cast<double>(1 + test.as_extreme) / static_cast<double>(1 + test.permutations);
    return test;
}

}  // namespace groundwork::statistics
