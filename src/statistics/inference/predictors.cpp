#include "statistics/inference/predictors.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <set>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/formula/arithmetic.h"
#include "statistics/formula/basis.h"

namespace groundwork::statistics {

namespace {

struct Uses {
    std::string name;
    bool only_as_factor = true;
};

void collect(const Expression& expression, bool inside_factor, std::vector<Uses>& uses) {
    if (expression.kind == Expression::Kind::name) {
        auto at = std::find_if(uses.begin(), uses.end(),
                               [&](const Uses& use) { return use.name == expression.text; });
        if (at == uses.end()) {
            at = uses.insert(uses.end(), {expression.text});
        }
        at->only_as_factor = at->only_as_factor && inside_factor;
        return;
    }
    const bool factor = expression.kind == Expression::Kind::call &&
                        (expression.text == "factor" || expression.text == "as.factor");
    for (const Expression& argument : expression.arguments) {
        collect(argument, inside_factor || factor, uses);
    }
}

void make_levels(Predictor& predictor, std::vector<double> distinct) {
    for (double& value : predictor.values) {
        value =
            static_cast<double>(std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin());
    }
    for (const double number : distinct) {
        predictor.levels.push_back(shortest(number));
    }
    predictor.level_numbers = std::move(distinct);
}

Predictor numeric_predictor(const Variable& variable, const std::vector<std::size_t>& used, bool as_factor) {
    Predictor predictor;
    predictor.name = variable.name;
    for (const std::size_t row : used) {
        predictor.values.push_back(variable.numbers[row]);
    }
    std::vector<double> distinct = predictor.values;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    predictor.low = distinct.front();
    predictor.high = distinct.back();
    predictor.mean = std::accumulate(predictor.values.begin(), predictor.values.end(), 0.0) /
                     static_cast<double>(used.size());
    if (as_factor || distinct.size() <= 2) {
        make_levels(predictor, std::move(distinct));
    }
    return predictor;
}

Predictor factor_predictor(const Variable& variable, const std::vector<std::size_t>& used) {
    Predictor predictor;
    predictor.name = variable.name;
    std::vector<int> place(variable.levels.size(), -1);
    for (const std::size_t row : used) {
        place[static_cast<std::size_t>(variable.codes[row])] = 0;
    }
    for (std::size_t level = 0; level < place.size(); ++level) {
        if (place[level] == 0) {
            place[level] = static_cast<int>(predictor.levels.size());
            predictor.levels.push_back(variable.levels[level]);
        }
    }
    for (const std::size_t row : used) {
        predictor.values.push_back(place[static_cast<std::size_t>(variable.codes[row])]);
    }
    return predictor;
}

// Settings as a small data set of the base columns.
class GridData {
  public:
    GridData(const std::vector<Predictor>& predictors, const std::vector<Setting>& settings) {
        data_.rows = settings.size();
        for (std::size_t p = 0; p < predictors.size(); ++p) {
            const Predictor& predictor = predictors[p];
            Variable variable;
            variable.name = predictor.name;
            if (predictor.has_levels() && predictor.level_numbers.empty()) {
                std::vector<std::int32_t>& codes = codes_.emplace_back();
                for (const Setting& setting : settings) {
                    codes.push_back(static_cast<std::int32_t>(setting[p]));
                }
                variable.kind = Variable::Kind::factor;
                variable.codes = codes;
                variable.levels = predictor.levels;
            } else {
                std::vector<double>& numbers = numbers_.emplace_back();
                for (const Setting& setting : settings) {
                    numbers.push_back(predictor.level_numbers.empty()
                                          ? setting[p]
                                          : predictor.level_numbers[static_cast<std::size_t>(setting[p])]);
                }
                variable.numbers = numbers;
            }
            data_.variables.push_back(std::move(variable));
        }
    }
    const Data& data() const { return data_; }

  private:
    Data data_;
    std::deque<std::vector<double>> numbers_;  // deques, because their elements never move
    std::deque<std::vector<std::int32_t>> codes_;
};

// The formula's variable on the grid, with the levels that it has in the model.
Result<ModelVariable> on_grid(const ModelVariable& original, const Expression& expression, const Data& grid) {
    const EvaluatedColumn column = TRY(evaluate_column(expression, grid));
    ModelVariable variable = original;
    if (original.kind == Variable::Kind::numeric) {
        variable.numbers.assign(column.variable.numbers.begin(), column.variable.numbers.end());
        for (const double number : variable.numbers) {
            if (!std::isfinite(number)) {
                return fail(unacceptable("has no finite value at one of the values asked for.")
                                .at("", variable.name)
                                .remedy("Choose values within the range of the data."));
            }
        }
        return variable;
    }
    variable.codes.clear();
    for (const std::int32_t code : column.variable.codes) {
        const std::string& level = column.variable.levels[static_cast<std::size_t>(code)];
        const auto at = std::find(original.levels.begin(), original.levels.end(), level);
        if (at == original.levels.end()) {
            return fail(
                unacceptable("has no such value in the rows used.").at("", variable.name).value(level));
        }
        variable.codes.push_back(static_cast<std::int32_t>(at - original.levels.begin()));
    }
    return variable;
}

}  // namespace

Result<Predictors> Predictors::of(std::string_view formula, const Data& data) {
    Predictors result;
    result.formula_ = TRY(read_formula(formula));
    result.frame_ = TRY(make_model_frame(result.formula_, data));
    std::vector<Uses> uses;
    for (const Expression& expression : result.formula_.fixed.variables) {
        collect(expression, false, uses);
    }
    for (const Uses& use : uses) {
        const Variable& variable = *TRY(data.find(use.name));
        result.list_.push_back(variable.kind == Variable::Kind::factor
                                   ? factor_predictor(variable, result.frame_.used)
                                   : numeric_predictor(variable, result.frame_.used, use.only_as_factor));
    }
    ModelMatrix matrix =
        TRY(make_model_matrix(result.formula_.fixed, result.frame_.fixed, result.frame_.used.size()));
    Basis basis = fast_basis(matrix.values);
    result.names_ = std::move(matrix.names);
    result.matrix_ = std::move(matrix.values);
    result.kept_ = std::move(basis.kept);
    result.dropped_ = std::move(basis.dropped);
    result.basis_ = std::move(basis.columns);
    result.triangle_ = std::move(basis.triangle);
    result.determined_ = Matrix(result.kept_.size(), result.dropped_.size());
    for (std::size_t k = 0; k < result.dropped_.size(); ++k) {
        const std::vector<double> weights = result.solve(result.matrix_.column(result.dropped_[k]));
        std::copy(weights.begin(), weights.end(), result.determined_.column(k).begin());
    }
    return result;
}

Result<std::size_t> Predictors::find(std::string_view name) const {
    std::vector<std::string> names;
    for (std::size_t p = 0; p < list_.size(); ++p) {
        if (list_[p].name == name) {
            return p;
        }
        names.push_back(list_[p].name);
    }
    return fail(
        usage_error("is no variable of the formula's fixed side." + suggestion(std::string(name), names))
            .value(std::string(name)));
}

Result<Matrix> Predictors::rows(const std::vector<Setting>& settings) const {
    const GridData grid(list_, settings);
    std::vector<ModelVariable> variables;
    for (std::size_t v = 0; v < frame_.fixed.size(); ++v) {
        variables.push_back(TRY(on_grid(frame_.fixed[v], formula_.fixed.variables[v], grid.data())));
    }
    ModelMatrix matrix = TRY(make_model_matrix(formula_.fixed, variables, settings.size()));
    ENSURE(matrix.values.columns == names_.size());
    return std::move(matrix.values);
}

std::vector<double> Predictors::solve(std::span<const double> column) const {
    const Eigen::Map<const Eigen::VectorXd> target(column.data(), index(column.size()));
    const auto triangle = view(triangle_).triangularView<Eigen::Upper>();
    const Eigen::VectorXd projected = view(basis_).transpose() * target;
    const Eigen::VectorXd rest = target - view(basis_) * projected;
    const Eigen::VectorXd weights = triangle.solve(projected + view(basis_).transpose() * rest);
    return {weights.begin(), weights.end()};
}

std::optional<std::vector<double>> Predictors::on_coefficients(std::span<const double> combination) const {
    ENSURE(combination.size() == names_.size());
    std::vector<double> weights;
    double scale = 1e-300;
    for (const std::size_t column : kept_) {
        weights.push_back(combination[column]);
    }
    for (const double one : combination) {
        scale = std::max(scale, std::abs(one));
    }
    for (std::size_t k = 0; k < dropped_.size(); ++k) {
        double expected = 0;
        double size = scale;
        for (std::size_t row = 0; row < kept_.size(); ++row) {
            expected += weights[row] * determined_(row, k);
            size = std::max(size, std::abs(weights[row] * determined_(row, k)));
        }
        if (std::abs(expected - combination[dropped_[k]]) > 1e-8 * size) {
            return std::nullopt;
        }
    }
    return weights;
}

}  // namespace groundwork::statistics
