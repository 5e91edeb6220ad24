// Sums of a model's fixed effects, and how effects are named and carried.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "benefit/findings.h"

namespace groundwork::benefit {

// A fitted model's fixed effects with their covariance, whichever kind of model it was.
struct FixedEffects {
    std::vector<statistics::Estimate> fixed;
    std::vector<double> covariance;  // fixed.size() squared, row by row

    const statistics::Estimate* find(std::string_view term) const;  // nullptr where there is none
    double covariance_of(std::string_view first, std::string_view second) const;  // both must be there

    // The weighted sum of terms, all of which must be there. Its degrees of freedom are the smallest of
    // theirs: exact for least squares, cautious for mixed models.
    statistics::Estimate sum(std::string term,
                             const std::vector<std::pair<std::string, double>>& weights) const;
};

FixedEffects fixed_effects(const statistics::LinearModel& model);
FixedEffects fixed_effects(const statistics::MixedModel& model);

// An effect with its 95 % interval.
Effect effect(std::string id, std::string label, statistics::Estimate estimate, std::string model);

ModelTable table_of(const statistics::LinearModel& model, std::string id, std::string title,
                    std::string formula);
// `people` is the number of levels of the first random term.
ModelTable table_of(const statistics::MixedModel& model, std::string id, std::string title,
                    std::string formula);

}  // namespace groundwork::benefit
