#include "statistics/formula/model_matrix.h"

#include <algorithm>
#include <utility>

#include "statistics/formula/contrasts.h"

namespace groundwork::statistics {

namespace {

enum class Coding { contrasts, every_level };

// How many columns a variable has under a coding, what they are called, and their values by level.
struct CodedVariable {
    const ModelVariable* variable;
    Coding coding;

    bool is_factor() const { return variable->kind == Variable::Kind::factor; }
    std::size_t columns() const {
        return !is_factor() ? 1 : variable->levels.size() - (coding == Coding::contrasts ? 1 : 0);
    }
    std::vector<std::string> names() const {
        std::vector<std::string> endings = {""};
        if (is_factor()) {
            endings = coding == Coding::contrasts ? contrast_names(variable->contrasts, variable->levels)
                                                  : variable->levels;
        }
        for (std::string& ending : endings) {
            ending.insert(0, variable->name);
        }
        return endings;
    }
    // Level by level, for one of the columns of a factor.
    std::vector<double> values(std::size_t column) const {
        if (coding == Coding::contrasts) {
            const Matrix matrix = contrast_matrix(variable->contrasts, variable->levels.size());
            return {matrix.column(column).begin(), matrix.column(column).end()};
        }
        std::vector<double> indicator(variable->levels.size(), 0.0);
        indicator[column] = 1;
        return indicator;
    }
};

// R's TermCode: contrasts if what is left of the term without the variable is nothing, or within a term
// before it.
Coding coding_in_term(const std::vector<Term>& terms, std::size_t term, std::size_t variable) {
    Term rest = terms[term];
    rest.reset(variable);
    if (rest.none()) {
        return Coding::contrasts;
    }
    for (std::size_t earlier = 0; earlier < term; ++earlier) {
        if ((rest & ~terms[earlier]).none()) {
            return Coding::contrasts;
        }
    }
    return Coding::every_level;
}

using CodedTerm = std::vector<CodedVariable>;

std::vector<CodedTerm> coded_terms(const TermSet& terms, const std::vector<ModelVariable>& variables) {
    bool first_factor_pending = !terms.intercept;
    std::vector<CodedTerm> coded;
    for (std::size_t term = 0; term < terms.terms.size(); ++term) {
        CodedTerm parts;
        for (std::size_t v = 0; v < variables.size(); ++v) {
            if (!terms.terms[term][v]) {
                continue;
            }
            CodedVariable part{&variables[v], coding_in_term(terms.terms, term, v)};
            if (part.is_factor() && first_factor_pending) {
                part.coding = Coding::every_level;
                first_factor_pending = false;
            }
            parts.push_back(part);
        }
        coded.push_back(std::move(parts));
    }
    return coded;
}

Result<void> check_size(const std::vector<CodedTerm>& terms) {
    std::size_t total = 1;
    for (const CodedTerm& term : terms) {
        std::size_t columns = 1;
        for (const CodedVariable& part : term) {
            if (part.is_factor() && part.columns() == 0) {
                return fail(unacceptable("has only the value \"" + part.variable->levels.front() +
                                         "\" in the rows used, so its effect cannot be estimated.")
                                .at("", part.variable->name)
                                .remedy("Leave it out of the formula."));
            }
            columns = std::min(columns * part.columns(), most_columns + 1);
        }
        total += columns;
        if (total > most_columns) {
            return fail(
                unacceptable("The formula makes more than " + std::to_string(most_columns) +
                             " columns on these data.")
                    .remedy("A text column with many different values may stand where a number is meant."));
        }
    }
    return {};
}

}  // namespace

Result<ColumnPlan> ColumnPlan::of(const TermSet& terms, const std::vector<ModelVariable>& variables) {
    ENSURE(variables.size() == terms.variables.size());
    const std::vector<CodedTerm> coded = coded_terms(terms, variables);
    TRY_DO(check_size(coded));
    ColumnPlan plan;
    if (terms.intercept) {
        plan.names_.emplace_back("(Intercept)");
        plan.columns_.emplace_back();
    }
    for (const CodedTerm& term : coded) {
        std::vector<std::size_t> at(term.size(), 0);
        bool more = true;
        while (more) {
            std::string name;
            std::vector<Part>& parts = plan.columns_.emplace_back();
            for (std::size_t k = 0; k < term.size(); ++k) {
                name += (k == 0 ? "" : ":") + term[k].names()[at[k]];
                parts.push_back(
                    {term[k].variable, term[k].is_factor() ? term[k].values(at[k]) : std::vector<double>{}});
            }
            plan.names_.push_back(std::move(name));
            std::size_t part = 0;  // the first variable's columns change fastest
            while (part < term.size() && ++at[part] == term[part].columns()) {
                at[part++] = 0;
            }
            more = part < term.size();
        }
    }
    return plan;
}

void ColumnPlan::fill(std::size_t column, std::size_t first_row, std::span<double> target) const {
    std::fill(target.begin(), target.end(), 1.0);
    for (const Part& part : columns_[column]) {
        if (part.by_level.empty()) {
            const double* const numbers = part.variable->numbers.data() + first_row;
            for (std::size_t row = 0; row < target.size(); ++row) {
                target[row] *= numbers[row];
            }
            continue;
        }
        const std::int32_t* const codes = part.variable->codes.data() + first_row;
        for (std::size_t row = 0; row < target.size(); ++row) {
            target[row] *= part.by_level[static_cast<std::size_t>(codes[row])];
        }
    }
}

Result<ModelMatrix> make_model_matrix(const TermSet& terms, const std::vector<ModelVariable>& variables,
                                      std::size_t rows) {
    const ColumnPlan plan = TRY(ColumnPlan::of(terms, variables));
    ModelMatrix matrix{Matrix(rows, plan.size()), plan.names()};
    for (std::size_t column = 0; column < plan.size(); ++column) {
        plan.fill(column, 0, matrix.values.column(column));
    }
    return matrix;
}

}  // namespace groundwork::statistics
