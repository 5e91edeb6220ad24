// Who the moderator's values belong to, and what its unreliability does to an effect that it moderates.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "statistics/inference/marginal.h"

namespace groundwork::statistics {

// The moderator's observed distribution: one value for each group of the finest random term within which it
// is constant (people), or one for each row where it is constant within none.
struct ObservedModerator {
    std::string unit;            // the group's name, "id"; empty for rows
    std::vector<double> values;  // by group or row
    double mean = unknown, standard_deviation = unknown, low = unknown, high = unknown;
};
// Of a predictor that is a number (ENSURE).
ObservedModerator observed_moderator(const Predictors& predictors, std::size_t predictor);

// An effect c0 + c1 * moderator, each a row of weights on the coefficients.
struct ModeratedEffect {
    std::vector<double> at_zero, per_unit;
    std::vector<double> at(double moderator) const;
};

// Refuses a moderator with levels, one on which the effect depends in a curve, an effect that does not depend
// on it at all, and one that the data cannot tell.
Result<ModeratedEffect> moderated_effect(const Predictors& predictors, const Focal& focal,
                                         const std::vector<Held>& held, std::size_t moderator,
                                         Averaging averaging = Averaging::equal);

// Regression calibration (Carroll, Ruppert, Stefanski & Crainiceanu 2006, ch. 4): a score w = x + error of
// known reliability r predicts the true score as x = mean + r (w - mean). The effect is then given at true
// scores: its change per unit is 1 / r times as large, and so is that change's standard error. Assumes that
// the error is independent of the outcome and of the true score, and that the other variables of the model do
// not predict the true score beyond the observed one (random allocation sees to that for the arm). The mean
// and the reliability are taken as known. 0 < reliability <= 1.
ModeratedEffect calibrated(const ModeratedEffect& effect, double reliability, double mean);

// The moderator's values where the effect is given at true scores: the predicted ones.
ObservedModerator calibrated(ObservedModerator moderator, double reliability);

// The coefficient of the moderation per unit of the true score, allowing for the reliability's own standard
// error by the delta method: variance v / r^2 + b^2 s^2 / r^4. standard_error >= 0.
Estimate calibrated_moderation(const Estimate& moderation, double reliability, double standard_error);

}  // namespace groundwork::statistics
