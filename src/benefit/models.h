// The models of both designs, fitted to a study.
#pragma once

#include <functional>
#include <optional>

#include "benefit/family.h"
#include "benefit/model_data.h"

namespace groundwork::benefit {

struct Fitted {
    ModelTable table;
    Family family;
    std::optional<statistics::LinearModel> linear;  // where it was fitted by least squares
};

using Keep = std::function<bool(const Person&)>;

// Two occasions: after ~ before + arm * moderator_c + covariates, by least squares (analysis of covariance),
// over the complete people that `keep` accepts.
Result<Fitted> fit_adjusted(const Study& study, const ModeratorScale& scale, const Keep& keep,
                            std::string id);

// Two occasions stacked: outcome ~ time * arm * moderator_c + (1 | id), REML; everyone with arm and
// moderator.
Result<Fitted> fit_naive(const Study& study, const ModeratorScale& scale, const Keep& keep, std::string id);

using KeepAnswer = std::function<bool(const Answer&)>;

// Repeated measures: outcome ~ time * arm * moderator_c + covariates + (time | id), REML; (1 | id) where
// nobody has more than two answers.
Result<Fitted> fit_growth(const Study& study, const ModeratorScale& scale, const KeepAnswer& keep,
                          std::string id);

// Repeated measures, given where each person's outcome started: the same with the person's (centred) baseline
// and its product with time, without the answers of which the baseline was made. Where these leave one time
// only, the outcome then: outcome ~ baseline + arm * moderator_c + (1 | id), or without the random term where
// each person has one answer.
Result<Fitted> fit_growth_given_baseline(const Study& study, const ModeratorScale& scale,
                                         const KeepAnswer& keep, std::string id);

}  // namespace groundwork::benefit
