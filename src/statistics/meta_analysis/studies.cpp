#include "statistics/meta_analysis/studies.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "statistics/formula/basis.h"
#include "statistics/formula/formula.h"
#include "statistics/formula/model_frame.h"
#include "statistics/formula/model_matrix.h"
#include "statistics/range.h"

namespace groundwork::statistics {

namespace {

constexpr const char* effect_name = "effect";

Result<void> check(std::span<const double> effects, std::span<const double> variances,
                   std::span<const std::size_t> rows) {
    for (std::size_t i = 0; i < effects.size(); ++i) {
        const std::size_t row = rows[i] + 2;
        if (!is_usable(effects[i])) {
            return fail(unacceptable("is no effect size.")
                            .at("", row, "")
                            .value(shortest(effects[i]))
                            .remedy("Leave the cell empty if the study's effect is not known."));
        }
        if (!is_usable(variances[i]) || variances[i] < 1 / largest_number) {
            return fail(
                unacceptable("is no sampling variance: it must be a number above zero.")
                    .at("", row, "")
                    .value(shortest(variances[i]))
                    .remedy("Give the square of the effect's standard error, or leave the cell empty."));
        }
    }
    return {};
}

Matrix ones(std::size_t rows) {
    Matrix matrix(rows, 1);
    std::fill(matrix.values.begin(), matrix.values.end(), 1.0);
    return matrix;
}

// Leaves out the columns that earlier ones determine.
void keep_independent(Studies& studies) {
    if (studies.has_intercept && studies.design.columns == 1) {
        return;
    }
    const Basis basis = householder_basis(studies.design);
    if (basis.dropped.empty()) {
        return;
    }
    Matrix kept(studies.design.rows, basis.kept.size());
    std::vector<std::string> terms;
    for (std::size_t column = 0; column < basis.kept.size(); ++column) {
        const auto from = std::as_const(studies.design).column(basis.kept[column]);
        std::copy(from.begin(), from.end(), kept.column(column).begin());
        terms.push_back(studies.terms[basis.kept[column]]);
    }
    for (const std::size_t column : basis.dropped) {
        studies.dropped.push_back(studies.terms[column]);
    }
    studies.design = std::move(kept);
    studies.terms = std::move(terms);
}

Error no_study() {
    return unacceptable("There is no study with both an effect and its variance.")
        .remedy("Check the columns' names and that their cells are numbers.");
}

}  // namespace

Result<Studies> make_studies(std::span<const double> effects, std::span<const double> variances) {
    if (effects.size() != variances.size()) {
        return fail(usage_error("There must be one variance for each effect."));
    }
    Studies studies;
    for (std::size_t row = 0; row < effects.size(); ++row) {
        if (!std::isnan(effects[row]) && !std::isnan(variances[row])) {
            studies.used.push_back(row);
            studies.effects.push_back(effects[row]);
            studies.variances.push_back(variances[row]);
        }
    }
    if (studies.used.empty()) {
        return fail(no_study());
    }
    TRY_DO(check(studies.effects, studies.variances, studies.used));
    studies.design = ones(studies.count());
    studies.terms = {"(Intercept)"};
    return studies;
}

Result<Studies> make_studies(std::span<const double> effects, std::span<const double> variances,
                             std::string_view moderators, const Data& data) {
    if (effects.size() != variances.size() || effects.size() != data.rows) {
        return fail(usage_error("There must be one effect and one variance for each row of the data."));
    }
    const std::string_view right = trim(moderators);
    const std::string_view terms = right.starts_with('~') ? right.substr(1) : right;
    const Formula formula = TRY(read_formula(std::string(effect_name) + " ~ " + std::string(terms)));
    if (!formula.random.empty() || !formula.offsets.empty()) {
        return fail(usage_error("Moderators have no random terms and no offset.").value(std::string(right)));
    }
    std::vector<double> outcome(effects.begin(), effects.end());
    for (std::size_t row = 0; row < outcome.size(); ++row) {
        outcome[row] = std::isnan(variances[row]) ? std::nan("") : outcome[row];
    }
    Data columns = data;
    std::erase_if(columns.variables, [](const Variable& variable) { return variable.name == effect_name; });
    columns.variables.push_back({effect_name, Variable::Kind::numeric, outcome, {}, {}});
    const bool any = std::any_of(outcome.begin(), outcome.end(), [](double y) { return !std::isnan(y); });
    if (!any) {
        return fail(no_study());
    }
    ModelFrame frame = TRY(make_model_frame(formula, columns));
    ModelMatrix matrix = TRY(make_model_matrix(formula.fixed, frame.fixed, frame.used.size()));
    Studies studies;
    studies.used = std::move(frame.used);
    studies.effects = std::move(frame.response.numbers);
    for (const std::size_t row : studies.used) {
        studies.variances.push_back(variances[row]);
    }
    TRY_DO(check(studies.effects, studies.variances, studies.used));
    studies.design = std::move(matrix.values);
    studies.terms = std::move(matrix.names);
    studies.has_intercept = formula.fixed.intercept;
    keep_independent(studies);
    if (studies.terms.empty()) {
        return fail(unacceptable("There is nothing to estimate: every column of the moderators is zero.")
                        .value(std::string(right)));
    }
    return studies;
}

Studies subset(const Studies& studies, std::span<const std::size_t> places) {
    Studies chosen;
    chosen.has_intercept = studies.has_intercept;
    chosen.terms = studies.terms;
    chosen.dropped = studies.dropped;
    chosen.design = Matrix(places.size(), studies.coefficients());
    for (std::size_t i = 0; i < places.size(); ++i) {
        ENSURE(places[i] < studies.count());
        chosen.effects.push_back(studies.effects[places[i]]);
        chosen.variances.push_back(studies.variances[places[i]]);
        chosen.used.push_back(studies.used[places[i]]);
        for (std::size_t column = 0; column < chosen.design.columns; ++column) {
            chosen.design(i, column) = studies.design(places[i], column);
        }
    }
    keep_independent(chosen);
    return chosen;
}

Studies with_column(const Studies& studies, std::string name, std::span<const double> values) {
    ENSURE(values.size() == studies.count());
    Studies wider = studies;
    ++wider.design.columns;
    wider.design.values.insert(wider.design.values.end(), values.begin(), values.end());
    wider.terms.push_back(std::move(name));
    keep_independent(wider);
    return wider;
}

}  // namespace groundwork::statistics
