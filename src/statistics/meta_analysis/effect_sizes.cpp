#include "statistics/meta_analysis/effect_sizes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "statistics/meta_analysis/effect_formulas.h"

namespace groundwork::statistics {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct InputRule {
    std::string_view name, title;
    double low, high;  // both allowed where finite
    std::string_view wanted;
};

constexpr double above_zero = std::numeric_limits<double>::denorm_min();
constexpr std::array<InputRule, 27> rules = {{
    {"m1i", "mean of group (or occasion) 1", -infinite, infinite, "a number"},
    {"m2i", "mean of group (or occasion) 2", -infinite, infinite, "a number"},
    {"sd1i", "standard deviation of group (or occasion) 1", above_zero, infinite, "a number above 0"},
    {"sd2i", "standard deviation of group (or occasion) 2", above_zero, infinite, "a number above 0"},
    {"n1i", "size of group 1", 1, infinite, "a size of at least 1"},
    {"n2i", "size of group 2", 1, infinite, "a size of at least 1"},
    {"m1post", "mean of group 1 afterwards", -infinite, infinite, "a number"},
    {"m1pre", "mean of group 1 before", -infinite, infinite, "a number"},
    {"sd1pre", "standard deviation of group 1 before", above_zero, infinite, "a number above 0"},
    {"m2post", "mean of group 2 afterwards", -infinite, infinite, "a number"},
    {"m2pre", "mean of group 2 before", -infinite, infinite, "a number"},
    {"sd2pre", "standard deviation of group 2 before", above_zero, infinite, "a number above 0"},
    {"ri", "correlation", -1, 1, "a correlation between -1 and 1"},
    {"ni", "size of the sample", 1, infinite, "a size of at least 1"},
    {"ai", "events in group 1 (reliability: alpha)", 0, infinite, "a count of at least 0"},
    {"bi", "group 1 without the event", 0, infinite, "a count of at least 0"},
    {"ci", "events in group 2", 0, infinite, "a count of at least 0"},
    {"di", "group 2 without the event", 0, infinite, "a count of at least 0"},
    {"x1i", "events in group 1", 0, infinite, "a count of at least 0"},
    {"x2i", "events in group 2", 0, infinite, "a count of at least 0"},
    {"t1i", "time at risk in group 1", above_zero, infinite, "a time above 0"},
    {"t2i", "time at risk in group 2", above_zero, infinite, "a time above 0"},
    {"xi", "events", 0, infinite, "a count of at least 0"},
    {"mi", "mean (reliability: number of items)", -infinite, infinite, "a number"},
    {"sdi", "standard deviation", above_zero, infinite, "a number above 0"},
    // Alpha may be negative, but not above 1.
    {"alpha", "Cronbach's alpha", -infinite, 1, "a reliability of at most 1"},
    {"items", "number of items", 2, infinite, "a number of items of at least 2"},
}};

const InputRule& rule_of(std::string_view name) {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return r.name == name; });
    ENSURE(found != rules.end());
    return *found;
}

bool is_reliability(const EffectMeasure& measure) {
    return measure.name == "ARAW" || measure.name == "AHW" || measure.name == "ABT";
}

const InputRule& rule_of(const EffectMeasure& measure, std::string_view name) {
    if (is_reliability(measure) && name == "ai") {
        return rule_of("alpha");
    }
    return rule_of(is_reliability(measure) && name == "mi" ? "items" : name);
}

Result<const EffectFormula*> find_formula(std::string_view name) {
    const auto& list = effect_formulas();
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.measure.name == name; });
    if (found != list.end()) {
        return &*found;
    }
    std::vector<std::string> names;
    for (const EffectFormula& one : list) {
        names.emplace_back(one.measure.name);
    }
    return fail(usage_error("is no effect measure." + suggestion(name, names)).value(std::string(name)));
}

using Columns = std::vector<std::vector<double>>;  // in the order of the measure's inputs

const EffectInput* find_input(std::span<const EffectInput> inputs, std::string_view name) {
    const auto found =
        std::find_if(inputs.begin(), inputs.end(), [&](const auto& one) { return one.name == name; });
    return found == inputs.end() ? nullptr : &*found;
}

// Where b (or d) is not given, it is the group's size less its events.
std::optional<std::pair<std::string_view, std::string_view>> difference_for(std::string_view name) {
    if (name == "bi") {
        return std::pair<std::string_view, std::string_view>("n1i", "ai");
    }
    if (name == "di") {
        return std::pair<std::string_view, std::string_view>("n2i", "ci");
    }
    return std::nullopt;
}

Result<void> check_values(const EffectMeasure& measure, std::string_view name,
                          std::span<const double> values) {
    const InputRule& rule = rule_of(measure, name);
    for (std::size_t row = 0; row < values.size(); ++row) {
        const double value = values[row];
        if (!std::isnan(value) && (std::isinf(value) || value < rule.low || value > rule.high)) {
            return fail(unacceptable("is not " + std::string(rule.wanted) + ", as " + std::string(name) +
                                     " (" + std::string(rule.title) + ") must be.")
                            .at("", row + 2, "")
                            .value(shortest(value)));
        }
    }
    return {};
}

Result<std::vector<double>> column_of(const EffectMeasure& measure, std::string_view name,
                                      std::span<const EffectInput> inputs) {
    if (const EffectInput* input = find_input(inputs, name)) {
        TRY_DO(check_values(measure, name, input->values));
        return std::vector<double>(input->values.begin(), input->values.end());
    }
    const auto parts = difference_for(name);
    const EffectInput* whole = parts ? find_input(inputs, parts->first) : nullptr;
    const EffectInput* part = parts ? find_input(inputs, parts->second) : nullptr;
    if (whole == nullptr || part == nullptr) {
        return fail(usage_error(std::string(measure.name) + " (" + std::string(measure.title) + ") needs " +
                                std::string(name) + ": " + std::string(rule_of(measure, name).title) + ".")
                        .remedy("Give the column that holds it with --" + std::string(name) +
                                (parts ? ", or the group's size with --" + std::string(parts->first) : "") +
                                "."));
    }
    TRY_DO(check_values(measure, parts->first, whole->values));
    std::vector<double> values(whole->values.begin(), whole->values.end());
    for (std::size_t row = 0; row < values.size(); ++row) {
        values[row] -= part->values[row];
        if (values[row] < 0) {
            return fail(unacceptable("events in a group of " + shortest(whole->values[row]) + ".")
                            .at("", row + 2, "")
                            .value(shortest(part->values[row])));
        }
    }
    return values;
}

Result<void> check_needed(const EffectMeasure& measure, std::span<const EffectInput> inputs) {
    for (const EffectInput& input : inputs) {
        bool needed =
            std::find(measure.inputs.begin(), measure.inputs.end(), input.name) != measure.inputs.end();
        for (const std::string_view name : measure.inputs) {
            const auto parts = difference_for(name);
            needed = needed || (parts && parts->first == input.name);
        }
        if (!needed) {
            std::vector<std::string> names(measure.inputs.begin(), measure.inputs.end());
            return fail(
                usage_error(std::string(measure.name) + " does not use " + std::string(input.name) + ".")
                    .remedy("It takes " + join(names, ", ") + "."));
        }
    }
    return {};
}

// How many of the first columns are counts that `add` goes to.
std::size_t counted(Counts counts) {
    switch (counts) {
        case Counts::two_by_two: return 4;
        case Counts::rates:
        case Counts::proportion: return 2;
        case Counts::none: break;
    }
    return 0;
}

bool any_missing(const Columns& columns, std::size_t row) {
    return std::any_of(columns.begin(), columns.end(), [&](const auto& one) { return std::isnan(one[row]); });
}

void drop_double_zeros(const EffectFormula& formula, Columns& columns) {
    if (formula.measure.inputs.front() != "ai" || columns.size() != 4) {
        return;
    }
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
        if (columns[0][row] + columns[2][row] == 0 || columns[1][row] + columns[3][row] == 0) {
            columns[0][row] = missing;
        }
    }
}

void add_to_counts(const EffectFormula& formula, const EffectSizeOptions& options, Columns& columns) {
    const std::size_t cells = counted(formula.counts);
    const auto has_zero = [&](std::size_t row) {
        bool zero = false;
        for (std::size_t cell = 0; cell < cells; ++cell) {
            zero = zero || columns[cell][row] == 0;
        }
        return zero;
    };
    const std::size_t rows = columns[0].size();
    bool any = false;
    for (std::size_t row = 0; row < rows; ++row) {
        any = any || has_zero(row);
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const bool adds = options.to == ZeroCells::all ||
                          (options.to == ZeroCells::all_if_any_has_zeros && any) ||
                          (options.to == ZeroCells::only_tables_with_zeros && has_zero(row));
        for (std::size_t cell = 0; adds && cell < cells; ++cell) {
            columns[cell][row] += options.add;
        }
    }
}

Error cannot_be_computed(const EffectFormula& formula, const Columns& columns, std::size_t row) {
    std::string values;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        values +=
            (k == 0 ? "" : ", ") + std::string(formula.measure.inputs[k]) + " = " + shortest(columns[k][row]);
    }
    const bool counts = formula.counts != Counts::none;
    return unacceptable("From " + values + " no " + std::string(formula.measure.title) +
                        " with a finite variance above zero can be computed.")
        .at("", row + 2, "")
        .remedy(counts ? "Add to cells that are zero (--to only0), or empty the study's cells."
                       : "Correct the numbers, or empty the study's cells to leave it out.");
}

}  // namespace

const std::vector<EffectMeasure>& effect_measures() {
    static const std::vector<EffectMeasure> list = [] {
        std::vector<EffectMeasure> all;
        for (const EffectFormula& one : effect_formulas()) {
            all.push_back(one.measure);
        }
        return all;
    }();
    return list;
}

Result<const EffectMeasure*> find_effect_measure(std::string_view name) {
    return &TRY(find_formula(name))->measure;
}

std::string_view effect_input_title(std::string_view input) { return rule_of(input).title; }

Result<EffectSizes> effect_sizes(std::string_view measure, std::span<const EffectInput> inputs,
                                 const EffectSizeOptions& options) {
    const EffectFormula& formula = *TRY(find_formula(measure));
    TRY_DO(check_needed(formula.measure, inputs));
    if (!(options.add >= 0) || std::isinf(options.add)) {
        return fail(
            usage_error("What is added to cells is a number of at least 0.").value(shortest(options.add)));
    }
    Columns columns;
    for (const std::string_view name : formula.measure.inputs) {
        columns.push_back(TRY(column_of(formula.measure, name, inputs)));
        if (columns.back().size() != columns.front().size()) {
            return fail(usage_error("The columns of an effect size must be of one length."));
        }
    }
    if (formula.counts == Counts::proportion) {  // from x and n to events and non-events
        for (std::size_t row = 0; row < columns[0].size(); ++row) {
            if (columns[1][row] < columns[0][row]) {
                return fail(unacceptable("events in a sample of " + shortest(columns[1][row]) + ".")
                                .at("", row + 2, "")
                                .value(shortest(columns[0][row])));
            }
            columns[1][row] -= columns[0][row];
        }
    }
    if (options.drop_double_zeros) {
        drop_double_zeros(formula, columns);
    }
    add_to_counts(formula, options, columns);
    EffectSizes sizes;
    std::vector<double> values(columns.size());
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
        EffectSize size{missing, missing};
        if (!any_missing(columns, row)) {
            for (std::size_t k = 0; k < columns.size(); ++k) {
                values[k] = columns[k][row];
            }
            size = formula.function(values.data(), options);
            if (!std::isfinite(size.effect) || !std::isfinite(size.variance) || size.variance <= 0) {
                return fail(cannot_be_computed(formula, columns, row));
            }
        }
        sizes.effects.push_back(size.effect);
        sizes.variances.push_back(size.variance);
    }
    return sizes;
}

double hedges_correction(double degrees) {
    if (!(degrees > 1)) {
        return missing;
    }
    if (degrees > 400) {  // where logarithms of gamma functions are too large to be subtracted
        const double y = 0.5 * (degrees - 1), z = 1 / y;
        const double series = 1 + z * (-1.0 / 8 + z * (1.0 / 128 + z * (5.0 / 1024 - z * 21.0 / 32768)));
        return std::sqrt(y / (0.5 * degrees)) *
               series;  // gamma(y + 1/2) / gamma(y), Abramowitz & Stegun 6.1.47
    }
    return std::exp(std::lgamma(0.5 * degrees) - std::lgamma(0.5 * (degrees - 1))) / std::sqrt(0.5 * degrees);
}

}  // namespace groundwork::statistics
