#include "statistics/formula/model_matrix.h"

#include <algorithm>
#include <utility>

namespace groundwork::statistics {

namespace {

enum class Coding { contrasts, every_level };

// How many columns a variable has under a coding, what they are called, and their value in a row.
struct CodedVariable {
    const ModelVariable* variable;
    Coding coding;

    bool is_factor() const { return variable->kind == Variable::Kind::factor; }
    std::size_t skipped_levels() const { return coding == Coding::contrasts ? 1 : 0; }
    std::size_t columns() const { return is_factor() ? variable->levels.size() - skipped_levels() : 1; }
    std::string column_name(std::size_t column) const {
        return is_factor() ? variable->name + variable->levels[column + skipped_levels()] : variable->name;
    }
    void multiply_into(std::span<double> target, std::size_t column) const {
        if (!is_factor()) {
            for (std::size_t row = 0; row < target.size(); ++row) {
                target[row] *= variable->numbers[row];
            }
            return;
        }
        const auto level = static_cast<std::int32_t>(column + skipped_levels());
        for (std::size_t row = 0; row < target.size(); ++row) {
            target[row] = variable->codes[row] == level ? target[row] : 0.0;
        }
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

void append_columns(const CodedTerm& term, std::size_t rows, ModelMatrix& matrix) {
    std::vector<std::size_t> at(term.size(), 0);
    while (true) {
        matrix.values.values.resize(matrix.values.values.size() + rows, 1.0);
        const std::span<double> column(matrix.values.values.data() + matrix.values.columns * rows, rows);
        ++matrix.values.columns;
        std::string name;
        for (std::size_t part = 0; part < term.size(); ++part) {
            term[part].multiply_into(column, at[part]);
            name += (part == 0 ? "" : ":") + term[part].column_name(at[part]);
        }
        matrix.names.push_back(std::move(name));
        std::size_t part = 0;  // the first variable's columns change fastest
        while (part < term.size() && ++at[part] == term[part].columns()) {
            at[part++] = 0;
        }
        if (part == term.size()) {
            return;
        }
    }
}

}  // namespace

Result<ModelMatrix> make_model_matrix(const TermSet& terms, const std::vector<ModelVariable>& variables,
                                      std::size_t rows) {
    ENSURE(variables.size() == terms.variables.size());
    const std::vector<CodedTerm> coded = coded_terms(terms, variables);
    TRY_DO(check_size(coded));
    ModelMatrix matrix;
    matrix.values.rows = rows;
    if (terms.intercept) {
        matrix.values.values.assign(rows, 1.0);
        matrix.values.columns = 1;
        matrix.names.emplace_back("(Intercept)");
    }
    for (const CodedTerm& term : coded) {
        append_columns(term, rows, matrix);
    }
    return matrix;
}

}  // namespace groundwork::statistics
