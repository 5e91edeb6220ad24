// Whether the simultaneous band of an effect along a moderator covers the truth everywhere as often as it
// says.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "foundation/random.h"
#include "statistics/moderation/regions.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

struct Trial {
    TestTable table;
    double moderation = 0;  // true change of the arms' difference for one unit of the moderator
};

// People in two arms, with a moderator and an outcome after: the difference between arms is .2 + .15 m.
Trial before_and_after(std::uint64_t seed, std::uint64_t replication, std::size_t people) {
    RandomStream random(seed, replication);
    std::vector<double> moderator, outcome;
    std::vector<std::string> arm;
    for (std::size_t person = 0; person < people; ++person) {
        moderator.push_back(random.next_normal() * .7);
        arm.push_back(person % 2 == 0 ? "a" : "b");
        const double effect = person % 2 == 0 ? 0 : .2 + .15 * moderator.back();
        outcome.push_back(1 + .3 * moderator.back() + effect + random.next_normal());
    }
    Trial trial;
    trial.table.add("m", moderator);
    trial.table.add("y", outcome);
    trial.table.add("arm", arm);
    return trial;
}

// The same with six weeks of answers, some missing, own starts and slopes; the slopes' difference is .02 +
// .03 m.
Trial weekly(std::uint64_t seed, std::uint64_t replication, std::size_t people) {
    RandomStream random(seed, replication);
    std::vector<double> moderator, outcome, week, id;
    std::vector<std::string> arm;
    for (std::size_t person = 0; person < people; ++person) {
        const double m = random.next_normal() * .7;
        const double start = random.next_normal() * .6;
        const double slope = random.next_normal() * .1 + (person % 2 == 0 ? .05 : .07 + .03 * m);
        for (int time = 0; time < 6; ++time) {
            const double error = random.next_normal() * .5;
            if (random.next_uniform() < .15) {
                continue;
            }
            moderator.push_back(m);
            week.push_back(time);
            id.push_back(static_cast<double>(person));
            arm.push_back(person % 2 == 0 ? "a" : "b");
            outcome.push_back(3 + start + slope * time + error);
        }
    }
    Trial trial;
    trial.table.add("m", moderator);
    trial.table.add("week", week);
    trial.table.add("id", id);
    trial.table.add("y", outcome);
    trial.table.add("arm", arm);
    return trial;
}

bool covers(const JohnsonNeyman& regions, double at_zero, double per_unit) {
    return std::all_of(regions.band.begin(), regions.band.end(), [&](const BandPoint& point) {
        const double truth = at_zero + per_unit * point.moderator;
        return point.simultaneous.low <= truth && truth <= point.simultaneous.high;
    });
}

bool least_squares_covers(std::uint64_t seed, std::uint64_t replication, std::size_t people) {
    const Trial trial = before_and_after(seed, replication, people);
    const std::string formula = "y ~ arm * m";
    const Predictors predictors = Predictors::of(formula, trial.table.data()).value();
    const std::size_t moderator = predictors.find("m").value();
    const ModeratedEffect effect =
        moderated_effect(predictors, {{predictors.find("arm").value(), 1, 0}}, {}, moderator).value();
    const LinearModel model = fit_linear_model(formula, trial.table.data()).value();
    return covers(johnson_neyman(coefficients_of(model), effect, observed_moderator(predictors, moderator)),
                  .2, .15);
}

bool mixed_covers(std::uint64_t seed, std::uint64_t replication, std::size_t people) {
    const Trial trial = weekly(seed, replication, people);
    const std::string formula = "y ~ week * arm * m + (week | id)";
    const Predictors predictors = Predictors::of(formula, trial.table.data()).value();
    const std::size_t moderator = predictors.find("m").value();
    const Focal focal = {{predictors.find("week").value()}, {predictors.find("arm").value(), 1, 0}};
    const ModeratedEffect effect = moderated_effect(predictors, focal, {}, moderator).value();
    const MixedModel model = fit_mixed_model(formula, trial.table.data()).value();
    return covers(johnson_neyman(coefficients_of(model), effect, observed_moderator(predictors, moderator)),
                  .02, .03);
}

// Prints the share with its Monte-Carlo interval and gives it back.
template <class Covers>
double coverage(const char* what, const Covers& is_covered, std::size_t people, std::size_t replications) {
    std::size_t covered = 0;
    for (std::size_t replication = 0; replication < replications; ++replication) {
        covered += is_covered(20261123, replication, people) ? 1 : 0;
    }
    const double share = static_cast<double>(covered) / static_cast<double>(replications);
    const double half = 1.96 * std::sqrt(share * (1 - share) / static_cast<double>(replications));
    std::printf(
        "measured: simultaneous band, %s, %zu people, %zu replications: covers %.2f %% (%.2f to %.2f)\n",
        what, people, replications, 100 * share, 100 * (share - half), 100 * (share + half));
    return share;
}

}  // namespace

TEST_CASE("the simultaneous band covers the whole line as often as it says") {
    // 400 replications: a standard error of 1.1 points about 95.
    const double share = coverage("least squares", least_squares_covers, 30, 400);
    CHECK(share > .915);
    CHECK(share < .985);
}

TEST_CASE("campaign: the simultaneous band covers at its nominal level, small and founding sample") {
    for (const std::size_t people : {std::size_t{20}, std::size_t{217}}) {
        const double share = coverage("least squares", least_squares_covers, people, 4'000);
        CHECK(std::abs(share - .95) < .0125);
    }
    const double mixed = coverage("mixed model", mixed_covers, 217, 1'000);
    CHECK(std::abs(mixed - .95) < .025);
}
