#include "statistics/generalized/outcome.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "statistics/distributions.h"

namespace groundwork::statistics {

namespace {

// The variables beside the terms: they ride along as fixed variables without a term, so that missing and
// infinite values are treated as everywhere.
struct Riders {
    std::size_t first = 0, second = 0;  // the outcome, or successes and failures
    bool pair = false;
    std::optional<std::size_t> weights;
    std::vector<std::size_t> offsets, zero;
};

Result<std::size_t> add_rider(Formula& formula, Expression expression) {
    if (formula.fixed.variables.size() == most_variables) {
        return fail(
            usage_error("The formula has more than " + std::to_string(most_variables) + " variables."));
    }
    formula.fixed.variables.push_back(std::move(expression));
    return formula.fixed.variables.size() - 1;
}

Result<TermSet> zero_terms(const std::string& text) {
    const std::string written = trim(text).starts_with("~") ? "1 " + text : "1 ~ " + text;
    const Formula zero = TRY(read_formula(written));
    if (!zero.random.empty() || !zero.offsets.empty()) {
        return fail(usage_error("The formula of the zero part takes fixed terms only.").value(text));
    }
    return zero.fixed;
}

Result<Riders> add_riders(Formula& formula, const GeneralizedSetting& setting, const TermSet& zero) {
    Riders riders;
    Expression response = formula.response;
    const bool is_pair = response.kind == Expression::Kind::call && response.text == "cbind";
    if (is_pair && (setting.family != Family::binomial || response.arguments.size() != 2)) {
        return fail(usage_error("cbind() is the outcome of a binomial model: cbind(successes, failures).")
                        .value(deparse(response)));
    }
    riders.pair = is_pair;
    riders.first = TRY(add_rider(formula, is_pair ? response.arguments[0] : response));
    if (is_pair) {
        riders.second = TRY(add_rider(formula, response.arguments[1]));
    }
    if (!setting.weights.empty()) {
        riders.weights = TRY(add_rider(formula, column_named(setting.weights)));
    }
    for (const Expression& offset : formula.offsets) {
        riders.offsets.push_back(TRY(add_rider(formula, offset)));
    }
    for (const Expression& variable : zero.variables) {
        riders.zero.push_back(TRY(add_rider(formula, variable)));
    }
    formula.offsets.clear();
    formula.response = Expression{};  // the number 0: every row has it
    return riders;
}

std::string number_text(double value) { return shortest(value); }

Error row_error(const ModelFrame& frame, const std::string& column, std::size_t row, double value,
                const std::string& problem) {
    return unacceptable(problem + " in data row " + std::to_string(frame.used[row] + 1) +
                        " (counted without the header).")
        .at("", column)
        .value(number_text(value));
}

Result<const std::vector<double>*> numbers_of(const ModelVariable& variable, const std::string& role) {
    if (variable.kind != Variable::Kind::numeric) {
        return fail(unacceptable("is the " + role + " and must hold numbers, but it holds text.")
                        .at("", variable.name));
    }
    return &variable.numbers;
}

bool is_whole(double value) { return value == std::floor(value); }

Result<void> check_counts(const ModelFrame& frame, const ModelVariable& variable, const char* what) {
    constexpr double largest = 1e9;  // beyond it a count is an error in the data
    for (std::size_t row = 0; row < variable.numbers.size(); ++row) {
        const double value = variable.numbers[row];
        if (value < 0 || !is_whole(value) || value > largest) {
            return fail(row_error(frame, variable.name, row, value,
                                  std::string("is no ") + what + " (0, 1, 2, ... up to 1e9)")
                            .remedy("Correct the value, or choose the family that fits the outcome."));
        }
    }
    return {};
}

Result<std::vector<double>> weights_of(const ModelFrame& frame, const Riders& riders) {
    if (!riders.weights) {
        return std::vector<double>(frame.used.size(), 1.0);
    }
    const ModelVariable& variable = frame.fixed[*riders.weights];
    const std::vector<double>* weights = TRY(numbers_of(variable, "column of weights"));
    for (std::size_t row = 0; row < weights->size(); ++row) {
        if (!((*weights)[row] >= 0)) {
            return fail(row_error(frame, variable.name, row, (*weights)[row], "is a negative weight"));
        }
    }
    return *weights;
}

double log_choose(double trials, double successes) {
    return log_gamma(trials + 1) - log_gamma(successes + 1) - log_gamma(trials - successes + 1);
}

Result<void> read_pair(const ModelFrame& frame, const Riders& riders, const std::vector<double>& weights,
                       Outcome& outcome) {
    const ModelVariable &success = frame.fixed[riders.first], &failure = frame.fixed[riders.second];
    TRY(numbers_of(success, "number of successes"));
    TRY(numbers_of(failure, "number of failures"));
    TRY_DO(check_counts(frame, success, "number of successes"));
    TRY_DO(check_counts(frame, failure, "number of failures"));
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const double trials = success.numbers[row] + failure.numbers[row];
        outcome.values.push_back(weights[row] * success.numbers[row]);
        outcome.trials.push_back(weights[row] * trials);
        outcome.constant += weights[row] * log_choose(trials, success.numbers[row]);
    }
    return {};
}

// A proportion's weight is its number of trials.
Result<void> read_proportions(const ModelFrame& frame, const ModelVariable& variable,
                              const std::vector<double>& weights, Outcome& outcome) {
    constexpr double nearly_whole = 1e-3;  // as R's binomial() tolerates
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const double value = variable.numbers[row];
        if (!(value >= 0 && value <= 1)) {
            return fail(row_error(frame, variable.name, row, value,
                                  "is neither 0 nor 1 nor a proportion between them")
                            .remedy("Code the outcome as 0 and 1, or write cbind(successes, failures)."));
        }
        const double successes = value * weights[row];
        if (value != 0 && value != 1) {
            if (std::abs(successes - std::round(successes)) > nearly_whole ||
                std::abs(weights[row] - std::round(weights[row])) > nearly_whole) {
                return fail(row_error(frame, variable.name, row, value,
                                      "is a proportion that makes no whole number of successes out of " +
                                          number_text(weights[row]))
                                .remedy("Give the numbers of trials as weights, or write cbind(successes, "
                                        "failures)."));
            }
            outcome.constant += log_choose(std::round(weights[row]), std::round(successes));
        }
        outcome.values.push_back(successes);
        outcome.trials.push_back(weights[row]);
    }
    return {};
}

Result<void> read_binomial(const ModelFrame& frame, const Riders& riders, const std::vector<double>& weights,
                           Outcome& outcome) {
    if (riders.pair) {
        return read_pair(frame, riders, weights, outcome);
    }
    const ModelVariable& variable = frame.fixed[riders.first];
    if (variable.kind == Variable::Kind::numeric) {
        return read_proportions(frame, variable, weights, outcome);
    }
    for (std::size_t row = 0; row < weights.size(); ++row) {
        outcome.values.push_back(variable.codes[row] > 0 ? weights[row] : 0.0);
        outcome.trials.push_back(weights[row]);
    }
    for (std::size_t level = 1; level < variable.levels.size(); ++level) {
        outcome.success += (level > 1 ? " or " : "") + variable.levels[level];
    }
    return {};
}

Result<void> read_counts(const ModelFrame& frame, const Riders& riders, std::vector<double> weights,
                         Outcome& outcome) {
    const ModelVariable& variable = frame.fixed[riders.first];
    TRY(numbers_of(variable, "outcome"));
    TRY_DO(check_counts(frame, variable, "count"));
    outcome.values = variable.numbers;
    for (std::size_t row = 0; row < weights.size(); ++row) {
        outcome.constant -= weights[row] * log_gamma(outcome.values[row] + 1);
    }
    const bool weighted = std::any_of(weights.begin(), weights.end(), [](double w) { return w != 1; });
    outcome.weights = weighted ? std::move(weights) : std::vector<double>{};
    return {};
}

// Nothing can be learned from an outcome that is all failures, all successes, or all zero.
Result<void> check_variation(const Outcome& outcome) {
    double total = 0, trials = 0;
    for (std::size_t row = 0; row < outcome.rows(); ++row) {
        const double weight = outcome.weights.empty() ? 1.0 : outcome.weights[row];
        total += weight * outcome.values[row];
        trials += outcome.family == Family::binomial ? outcome.trials[row] : 0.0;
    }
    const bool binomial = outcome.family == Family::binomial;
    if (total == 0 || (binomial && total >= trials)) {
        return fail(unacceptable(std::string(binomial ? "is the same in every row that counts"
                                                      : "is zero in every row that counts") +
                                 ", so there is nothing to explain.")
                        .at("", outcome.name));
    }
    return {};
}

}  // namespace

Result<GeneralizedFrame> make_generalized_frame(std::string_view text, const Data& data,
                                                const GeneralizedSetting& setting) {
    GeneralizedFrame result;
    result.formula = TRY(read_formula(text));
    const std::string name = deparse(result.formula.response);
    if (setting.zero_inflation && setting.family == Family::binomial) {
        return fail(usage_error("A zero part belongs to counts: the family must be poisson or negbinomial."));
    }
    const TermSet zero = setting.zero_inflation ? TRY(zero_terms(*setting.zero_inflation)) : TermSet{};
    Formula extended = result.formula;
    const Riders riders = TRY(add_riders(extended, setting, zero));
    result.frame = TRY(make_model_frame(extended, data));
    const ModelFrame& frame = result.frame;

    const std::vector<double> weights = TRY(weights_of(frame, riders));
    result.outcome.family = setting.family;
    result.outcome.name = name;
    result.outcome.zero_inflated = setting.zero_inflation.has_value();
    TRY_DO(setting.family == Family::binomial ? read_binomial(frame, riders, weights, result.outcome)
                                              : read_counts(frame, riders, weights, result.outcome));
    TRY_DO(check_variation(result.outcome));

    result.offset.assign(frame.used.size(), 0.0);
    for (const std::size_t rider : riders.offsets) {
        const std::vector<double>* numbers = TRY(numbers_of(frame.fixed[rider], "offset"));
        for (std::size_t row = 0; row < numbers->size(); ++row) {
            result.offset[row] += (*numbers)[row];
        }
    }
    const std::vector<ModelVariable> fixed(
        frame.fixed.begin(),
        frame.fixed.begin() + static_cast<std::ptrdiff_t>(result.formula.fixed.variables.size()));
    result.fixed = TRY(make_model_matrix(result.formula.fixed, fixed, frame.used.size()));
    if (setting.zero_inflation) {
        std::vector<ModelVariable> zero_variables;
        for (const std::size_t rider : riders.zero) {
            zero_variables.push_back(frame.fixed[rider]);
        }
        result.zero = TRY(make_model_matrix(zero, zero_variables, frame.used.size()));
    }
    return result;
}

}  // namespace groundwork::statistics
