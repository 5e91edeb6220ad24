#include "command/model_columns.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace groundwork::command {

namespace {

using statistics::Variable;

// Moves the levels into the order given by `order` (old places), and the codes with them.
void reorder(Variable& variable, std::vector<std::int32_t>& codes, const std::vector<std::size_t>& order) {
    std::vector<std::string> levels;
    std::vector<std::int32_t> place(order.size());
    for (std::size_t at = 0; at < order.size(); ++at) {
        levels.push_back(variable.levels[order[at]]);
        place[order[at]] = static_cast<std::int32_t>(at);
    }
    variable.levels = std::move(levels);
    for (std::int32_t& code : codes) {
        code = code < 0 ? code : place[static_cast<std::size_t>(code)];
    }
}

void number_levels(const table::Column& column, Variable& variable, std::vector<std::int32_t>& codes) {
    std::vector<double> distinct;
    for (const double number : column.numbers()) {
        if (!std::isnan(number)) {
            distinct.push_back(number);
        }
    }
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::transform(distinct.begin(), distinct.end(), std::back_inserter(variable.levels), shortest);
    for (const double number : column.numbers()) {
        const auto at = std::lower_bound(distinct.begin(), distinct.end(), number);
        codes.push_back(std::isnan(number) ? -1 : static_cast<std::int32_t>(at - distinct.begin()));
    }
}

}  // namespace

void ModelColumns::add(const table::Column& column, bool as_factor) {
    Variable variable;
    variable.name = column.name();
    if (column.kind() != table::ColumnKind::text && !as_factor) {
        variable.numbers = column.numbers();
        data_.variables.push_back(std::move(variable));
        return;
    }
    variable.kind = Variable::Kind::factor;
    std::vector<std::int32_t>& codes = codes_.emplace_back();
    if (column.kind() == table::ColumnKind::text) {
        variable.levels = column.levels();
        codes.assign(column.codes().begin(), column.codes().end());
        std::vector<std::size_t> order(variable.levels.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](auto a, auto b) { return variable.levels[a] < variable.levels[b]; });
        reorder(variable, codes, order);
    } else {
        number_levels(column, variable, codes);
    }
    variable.codes = codes;
    data_.variables.push_back(std::move(variable));
}

Result<Variable*> ModelColumns::factor(const std::string& column, const char* option) {
    const auto variable = std::find_if(data_.variables.begin(), data_.variables.end(),
                                       [&](const Variable& candidate) { return candidate.name == column; });
    if (variable == data_.variables.end() || variable->kind != Variable::Kind::factor) {
        return fail(usage_error(std::string(option) + " names a text column, or one given to --factor")
                        .value(column));
    }
    return &*variable;
}

Result<void> ModelColumns::set_contrasts(const std::string& column, const std::string& coding) {
    using statistics::Contrasts;
    static const std::vector<std::pair<std::string, Contrasts>> codings = {
        {"treatment", Contrasts::treatment},
        {"sum", Contrasts::sum},
        {"helmert", Contrasts::helmert},
        {"polynomial", Contrasts::polynomial},
        {"poly", Contrasts::polynomial}};
    Variable* const variable = TRY(factor(column, "--contrast"));
    const auto found = std::find_if(codings.begin(), codings.end(),
                                    [&](const auto& candidate) { return candidate.first == coding; });
    if (found == codings.end()) {
        return fail(usage_error("--contrast knows treatment, sum, helmert and polynomial").value(coding));
    }
    variable->contrasts = found->second;
    return {};
}

Result<void> ModelColumns::set_reference(const std::string& column, const std::string& level) {
    Variable* const variable = TRY(factor(column, "--reference"));
    const auto at = std::find(variable->levels.begin(), variable->levels.end(), level);
    if (at == variable->levels.end()) {
        return fail(
            usage_error("column " + column + " has no such value." + suggestion(level, variable->levels))
                .value(level));
    }
    std::vector<std::size_t> order(variable->levels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto chosen = order.begin() + (at - variable->levels.begin());
    std::rotate(order.begin(), chosen, chosen + 1);
    const auto owned = std::find_if(codes_.begin(), codes_.end(), [&](const auto& codes) {
        return codes.data() == variable->codes.data();
    });
    ENSURE(owned != codes_.end());
    reorder(*variable, *owned, order);
    return {};
}

Result<ModelColumns> ModelColumns::of(const table::Frame& frame, const ModelColumnOptions& options) {
    for (const std::string& name : options.factors) {
        TRY(frame.find(name));
    }
    ModelColumns columns;
    columns.data_.rows = frame.rows();
    for (const table::Column& column : frame.columns()) {
        const auto& factors = options.factors;
        columns.add(column, std::find(factors.begin(), factors.end(), column.name()) != factors.end());
    }
    const auto each = [&](const std::vector<std::string>& assignments, const char* example,
                          const auto& set) -> Result<void> {
        for (const std::string& assignment : assignments) {
            const std::size_t equals = assignment.find('=');
            if (equals == std::string::npos) {
                return fail(usage_error(std::string("write it as COLUMN=VALUE, for example ") + example)
                                .value(assignment));
            }
            TRY_DO(set(std::string(trim(std::string_view(assignment).substr(0, equals))),
                       std::string(trim(std::string_view(assignment).substr(equals + 1)))));
        }
        return {};
    };
    TRY_DO(each(options.references, "--reference arm=MM",
                [&](const std::string& column, const std::string& level) {
                    return columns.set_reference(column, level);
                }));
    TRY_DO(each(options.contrasts, "--contrast arm=sum",
                [&](const std::string& column, const std::string& coding) {
                    return columns.set_contrasts(column, coding);
                }));
    return columns;
}

}  // namespace groundwork::command
