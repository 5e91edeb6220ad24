#include "benefit/contrast.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groundwork::benefit {

namespace {

std::size_t position(const std::vector<statistics::Estimate>& fixed, std::string_view term) {
    const auto found =
        std::find_if(fixed.begin(), fixed.end(), [&](const auto& one) { return one.term == term; });
    return static_cast<std::size_t>(found - fixed.begin());
}

}  // namespace

const statistics::Estimate* FixedEffects::find(std::string_view term) const {
    const std::size_t at = position(fixed, term);
    return at < fixed.size() ? &fixed[at] : nullptr;
}

double FixedEffects::covariance_of(std::string_view first, std::string_view second) const {
    const std::size_t row = position(fixed, first);
    const std::size_t column = position(fixed, second);
    ENSURE(row < fixed.size() && column < fixed.size());
    return covariance[row * fixed.size() + column];
}

statistics::Estimate FixedEffects::sum(std::string term,
                                       const std::vector<std::pair<std::string, double>>& weights) const {
    double estimate = 0;
    double variance = 0;
    double degrees = std::numeric_limits<double>::infinity();
    for (const auto& [name, weight] : weights) {
        const statistics::Estimate* one = find(name);
        ENSURE(one != nullptr);
        estimate += weight * one->estimate;
        degrees = std::min(degrees, one->degrees_of_freedom);
        for (const auto& [other, other_weight] : weights) {
            variance += weight * other_weight * covariance_of(name, other);
        }
    }
    return statistics::make_estimate(std::move(term), estimate, std::sqrt(std::max(variance, 0.0)), degrees);
}

FixedEffects fixed_effects(const statistics::LinearModel& model) { return {model.fixed, model.covariance}; }

FixedEffects fixed_effects(const statistics::MixedModel& model) { return {model.fixed, model.covariance}; }

Effect effect(std::string id, std::string label, statistics::Estimate estimate, std::string model) {
    Effect result;
    result.id = std::move(id);
    result.label = std::move(label);
    result.interval = statistics::confidence_interval(estimate);
    result.estimate = std::move(estimate);
    result.model = std::move(model);
    return result;
}

namespace {

template <class Model>
ModelTable begin_table(const Model& model, std::string id, std::string title, std::string formula) {
    ModelTable table;
    table.id = std::move(id);
    table.title = std::move(title);
    table.formula = std::move(formula);
    table.rows = model.rows_used;
    table.fixed = model.fixed;
    table.sigma = model.sigma;
    for (const std::string& name : model.dropped) {
        table.notes.push_back(name + " was left out: the other columns determine it.");
    }
    return table;
}

}  // namespace

ModelTable table_of(const statistics::LinearModel& model, std::string id, std::string title,
                    std::string formula) {
    ModelTable table = begin_table(model, std::move(id), std::move(title), std::move(formula));
    table.people = model.rows_used;
    return table;
}

ModelTable table_of(const statistics::MixedModel& model, std::string id, std::string title,
                    std::string formula) {
    ModelTable table = begin_table(model, std::move(id), std::move(title), std::move(formula));
    table.people = model.random.empty() ? 0 : model.random.front().levels;
    table.random = model.random;
    table.objective = model.objective;
    table.certificate = model.certificate;
    if (model.certificate.status != "certified") {
        table.notes.push_back(model.certificate.words);
    }
    return table;
}

}  // namespace groundwork::benefit
