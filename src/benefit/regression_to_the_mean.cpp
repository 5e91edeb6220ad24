#include "benefit/regression_to_the_mean.h"

#include <cmath>

#include "benefit/words.h"

namespace groundwork::benefit {

namespace {

constexpr int curve_steps = 8;
constexpr double lowest_stability = 0.5;
constexpr double highest_stability = 0.9;

// Least squares slope of the baseline on the moderator over everyone who can be analysed.
double baseline_on_moderator(const Study& study) {
    std::vector<double> x, y;
    for (const std::size_t at : study.complete_people()) {
        const Person& person = study.people[at];
        if (person.baseline == person.baseline) {
            x.push_back(person.moderator);
            y.push_back(person.baseline);
        }
    }
    const double sd_x = statistics::summarise(x).standard_deviation;
    const double sd_y = statistics::summarise(y).standard_deviation;
    return statistics::correlation(x, y) * sd_y / sd_x;
}

}  // namespace

RegressionToTheMean regression_to_the_mean(const Study& study, double span, double observed) {
    RegressionToTheMean result;
    result.baseline_slope = baseline_on_moderator(study);
    result.observed = observed;
    const auto slope_at = [&](double stability) { return (stability - 1) * result.baseline_slope / span; };
    for (int i = 0; i <= curve_steps; ++i) {
        const double stability =
            lowest_stability + (highest_stability - lowest_stability) * i / static_cast<double>(curve_steps);
        result.curve.push_back({stability, slope_at(stability)});
    }
    result.words =
        "People one point higher in " + study.moderator_name + " started " +
        said(std::abs(result.baseline_slope)) + (result.baseline_slope < 0 ? " lower" : " higher") + " in " +
        study.outcome_name +
        ". If nobody had changed at all, regression to the mean alone would "
        "give a change of " +
        said(slope_at(0.8)) + " to " + said(slope_at(0.6)) + " for each point of " + study.moderator_name +
        ", where two measurements of an unchanged person agree at .8 to .6. Seen was " + said(observed) +
        ". How well they agree is not known from these data unless people were measured twice before.";
    return result;
}

}  // namespace groundwork::benefit
