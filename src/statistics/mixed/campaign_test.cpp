// Long simulations, run by ./test --all: is the certificate right, are intervals and tests what they say?
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

#include "statistics/mixed/bootstrap.h"
#include "statistics/mixed/certificate.h"
#include "statistics/mixed/problem.h"
#include "statistics/mixed/trust_region.h"
#include "statistics/power/power.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

const char* const study = "pos ~ week * arm * scc + (week | id)";

// The founding study's diaries, drawn anew: 217 people, 63 days, a fifth missing.
TestTable drawn_study(std::uint64_t seed, std::uint64_t draw, double slope_sd = 0.05) {
    RandomStream random(seed, draw);
    std::vector<double> id, week, arm, scc, pos;
    for (int person = 0; person < 217; ++person) {
        const double own = random.next_normal(), level = 0.6 * own;
        const double slope = slope_sd * (-0.27 * own + 0.963 * random.next_normal());
        const double start = 0.73 * random.next_normal();
        for (int day = 0; day < 63; ++day) {
            if (random.next_uniform() < 0.2) {
                continue;
            }
            const double w = day / 7.0, a = person % 2;
            id.push_back(person);
            week.push_back(w);
            arm.push_back(a);
            scc.push_back(start);
            pos.push_back(2.2 + 0.2 * start + level + (0.01 + 0.02 * start * a + slope) * w +
                          0.54 * random.next_normal());
        }
    }
    TestTable table;
    table.add("id", id);
    table.add("week", week);
    table.add("arm", arm);
    table.add("scc", scc);
    table.add("pos", pos);
    return table;
}

void print_share(const char* what, double hits, double trials) {
    const double share = hits / trials, half = 1.96 * std::sqrt(share * (1 - share) / trials);
    std::printf("measured: %s: %.2f %% of %.0f (%.2f to %.2f)\n", what, 100 * share, trials,
                100 * (share - half), 100 * (share + half));
}

}  // namespace

TEST_CASE("campaign: no false alarm in 10,000 data sets of the founding study's design") {
    constexpr std::size_t draws = 10'000;
    std::vector<char> certified(draws, 0);
    MixedModelOptions options;
    options.threads = 1;
    for_each_part(draws, 0, [&](std::size_t draw) {
        const TestTable table = drawn_study(20261123, draw);
        const Result<MixedModel> model = fit_mixed_model(study, table.data(), options);
        certified[draw] = model && model->certificate.status != "not-certified" ? 1 : 0;
    });
    const auto count = std::count(certified.begin(), certified.end(), 1);
    print_share("fits certified", static_cast<double>(count), draws);
    CHECK(count == draws);
}

TEST_CASE("campaign: fits that were stopped early or on a saddle are refused") {
    constexpr int draws = 1'000;
    int stopped = 0, saddles = 0;
    MixedModelOptions options;
    options.threads = 1;
    for (int draw = 0; draw < draws; ++draw) {
        const TestTable table = drawn_study(77, static_cast<std::uint64_t>(draw));
        const Result<Problem> problem = make_mixed_problem(study, table.data(), options);
        REQUIRE(problem);
        const RandomEffects& effects = problem->coordinates.effects;
        const auto status_at = [&](std::vector<double> entries) {
            Minimum minimum;
            minimum.point = std::make_unique<ObjectivePoint>(*problem->kernel, effects, problem->setting,
                                                             std::move(entries));
            minimum.hessian = minimum.point->hessian();
            const Factors factors = original_factors(problem->coordinates, minimum.point->factors());
            return certify(minimum, effects, factors).status;
        };
        const Minimum best = minimise(*problem->kernel, effects, problem->setting, start_of(*problem));
        // Stopped: from a thousandth of a deviance above the optimum up.
        RandomStream random(78, static_cast<std::uint64_t>(draw));
        std::vector<double> near = best.point->entries();
        for (double& entry : near) {
            entry += 0.003 * (1 + random.next_uniform()) * (random.next_below(2) == 0 ? 1 : -1);
        }
        stopped += status_at(near) == "not-certified" ? 1 : 0;
        // A saddle: no variance of the slopes, or none at all, is a stationary point whatever the data say.
        std::vector<double> saddle(best.point->entries().size(), 0.0);
        saddles += status_at(saddle) == "not-certified" ? 1 : 0;
    }
    print_share("stopped fits refused", stopped, draws);
    print_share("saddles refused", saddles, draws);
    CHECK(stopped >= 990);
    CHECK(saddles >= 990);
}

TEST_CASE("campaign: type-I error and coverage of the moderation test at 217 people") {
    PowerDesign design;
    for (const DegreesOfFreedom degrees :
         {DegreesOfFreedom::satterthwaite, DegreesOfFreedom::kenward_roger}) {
        const Result<std::vector<PowerPoint>> points =
            power_of_design(design, {{"week:arm:moderator", {0.0}}},
                            {.simulations = 10'000, .seed = 4, .degrees_of_freedom = degrees});
        REQUIRE(points);
        // An interval misses its truth exactly when the test of that truth rejects it.
        print_share(degrees == DegreesOfFreedom::satterthwaite ? "type-I error, Satterthwaite"
                                                               : "type-I error, Kenward-Roger",
                    10'000 * points->front().power, 10'000);
        CHECK(points->front().power > 0.04);
        CHECK(points->front().power < 0.06);
    }
}

TEST_CASE("campaign: bootstrap intervals of the three-way term cover at 217 people") {
    constexpr std::size_t draws = 4'000;
    for (const BootstrapKind kind : {BootstrapKind::parametric, BootstrapKind::cases, BootstrapKind::wild}) {
        std::vector<char> covered(draws, 0);
        for_each_part(draws, 0, [&](std::size_t draw) {
            const TestTable table = drawn_study(91, draw);
            MixedModelOptions options;
            options.threads = 1;
            const Result<Bootstrap> bootstrap = bootstrap_mixed_model(
                study, table.data(), options, {.kind = kind, .replicates = 99, .seed = draw});
            if (bootstrap) {
                const Interval interval = bootstrap->fixed.back().percentile;
                covered[draw] = interval.low <= 0.02 && 0.02 <= interval.high ? 1 : 0;
            }
        });
        const auto count = static_cast<double>(std::count(covered.begin(), covered.end(), 1));
        print_share(kind == BootstrapKind::parametric ? "parametric bootstrap covers"
                    : kind == BootstrapKind::cases    ? "bootstrap by cases covers"
                                                      : "wild bootstrap covers",
                    count, draws);
        CHECK(count / draws > 0.93);
        CHECK(count / draws < 0.97);
    }
}
