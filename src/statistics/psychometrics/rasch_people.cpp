#include "statistics/psychometrics/rasch_people.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "statistics/descriptive.h"

namespace groundwork::statistics {

namespace {

// Central moments of one item's category at theta.
struct Moments {
    double mean = 0, variance = 0, third = 0, fourth = 0;
};

Moments moments(const RaschItem& item, double theta) {
    std::vector<double> weight(item.easiness.size() + 1);
    double top = 0;
    for (std::size_t h = 1; h < weight.size(); ++h) {
        weight[h] = static_cast<double>(h) * theta + item.easiness[h - 1];
        top = std::max(top, weight[h]);
    }
    double total = 0;
    Moments result;
    for (std::size_t h = 0; h < weight.size(); ++h) {
        weight[h] = std::exp(weight[h] - top);
        total += weight[h];
        result.mean += static_cast<double>(h) * weight[h];
    }
    result.mean /= total;
    for (std::size_t h = 0; h < weight.size(); ++h) {
        const double away = static_cast<double>(h) - result.mean, share = weight[h] / total;
        result.variance += share * away * away;
        result.third += share * away * away * away;
        result.fourth += share * away * away * away * away;
    }
    return result;
}

struct Place {
    double theta = unknown, standard_error = unknown;
};

enum class Weighting { maximum_likelihood, warm };

// The root of score - expected (+ I' / 2I), by Newton's steps kept inside a shrinking bracket.
Place locate(const std::vector<const RaschItem*>& items, double score, Weighting weighting) {
    double low = -60, high = 60, theta = 0, information = 0;
    for (int step = 0; step < 200; ++step) {
        double expected = 0, third = 0;
        information = 0;
        for (const RaschItem* item : items) {
            const Moments at = moments(*item, theta);
            expected += at.mean;
            information += at.variance;
            third += at.third;
        }
        double slope = score - expected;
        if (weighting == Weighting::warm) {
            slope += information > 0 ? third / (2 * information) : (theta > 0 ? -0.5 : 0.5);
        }
        (slope > 0 ? low : high) = theta;
        double next = theta + slope / information;
        if (!(next > low && next < high)) {
            next = (low + high) / 2;
        }
        if (std::abs(next - theta) < 1e-13 * (1 + std::abs(theta))) {
            break;
        }
        theta = next;
    }
    return {theta, 1 / std::sqrt(information)};
}

struct FitSums {
    double n = 0, squares = 0, residuals = 0, variances = 0, kurtosis = 0, excess = 0;
};

void add_fit(RaschItem& item, const FitSums& sums) {
    item.n = static_cast<std::size_t>(sums.n);
    if (sums.n < 2 || !(sums.variances > 0)) {
        return;
    }
    item.outfit = sums.squares / sums.n;
    item.infit = sums.residuals / sums.variances;
    const double q_outfit = std::sqrt(std::max(sums.kurtosis / (sums.n * sums.n) - 1 / sums.n, 0.0));
    const double q_infit = std::sqrt(std::max(sums.excess, 0.0)) / sums.variances;
    const auto t_of = [](double mean_square, double q) {
        return q > 0 ? (std::cbrt(mean_square) - 1) * 3 / q + q / 3 : unknown;
    };
    item.outfit_t = t_of(item.outfit, q_outfit);
    item.infit_t = t_of(item.infit, q_infit);
}

}  // namespace

void add_people(RaschModel& model, const std::vector<std::vector<int>>& categories) {
    const std::size_t items = categories.size(), rows = categories.front().size();
    std::map<std::pair<std::vector<bool>, int>, RaschPerson> known;  // people with the same items and score
    std::vector<FitSums> sums(items);
    std::vector<double> values, error_variances;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<bool> answered(items);
        std::vector<const RaschItem*> those;
        int score = 0, largest = 0;
        for (std::size_t item = 0; item < items; ++item) {
            answered[item] = categories[item][row] >= 0;
            if (answered[item]) {
                those.push_back(&model.items[item]);
                score += categories[item][row];
                largest += static_cast<int>(model.items[item].easiness.size());
            }
        }
        RaschPerson person;
        if (!those.empty()) {
            const auto [place, is_new] = known.emplace(std::pair(answered, score), RaschPerson{});
            if (is_new) {
                place->second.score = score;
                if (score > 0 && score < largest) {
                    const Place at = locate(those, score, Weighting::maximum_likelihood);
                    place->second.maximum_likelihood = at.theta;
                    place->second.maximum_likelihood_standard_error = at.standard_error;
                }
                const Place at = locate(those, score, Weighting::warm);
                place->second.weighted = at.theta;
                place->second.weighted_standard_error = at.standard_error;
            }
            person = place->second;
            values.push_back(person.weighted);
            error_variances.push_back(person.weighted_standard_error * person.weighted_standard_error);
        }
        for (std::size_t item = 0; item < items && score > 0 && score < largest; ++item) {
            if (answered[item]) {
                const Moments at = moments(model.items[item], person.maximum_likelihood);
                const double away = categories[item][row] - at.mean;
                FitSums& sum = sums[item];
                ++sum.n;
                sum.squares += away * away / at.variance;
                sum.residuals += away * away;
                sum.variances += at.variance;
                sum.kurtosis += at.fourth / (at.variance * at.variance);
                sum.excess += at.fourth - at.variance * at.variance;
            }
        }
        model.persons.push_back(person);
    }
    for (std::size_t item = 0; item < items; ++item) {
        add_fit(model.items[item], sums[item]);
    }
    const Summary spread = summarise(values), error = summarise(error_variances);
    const double variance = spread.standard_deviation * spread.standard_deviation;
    model.person_separation = variance > 0 ? 1 - error.mean / variance : unknown;
}

}  // namespace groundwork::statistics
