// Questionnaires and growth with holes, from columns in memory to the finished answer. The peers' times on
// data of the same shape: Rscript bench/peers/psychometrics.R.
#include <benchmark/benchmark.h>

#include <cmath>
#include <limits>

#include "foundation/foundation.h"
#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

using Columns = std::vector<std::vector<double>>;

std::vector<std::span<const double>> spans_of(const Columns& columns) {
    return {columns.begin(), columns.end()};
}

Columns likert(std::size_t people, std::size_t items) {
    RandomStream random(1, 1);
    Columns columns(items, std::vector<double>(people));
    for (std::size_t person = 0; person < people; ++person) {
        const double level = random.next_normal();
        for (auto& column : columns) {
            column[person] = std::round(std::fmin(6, std::fmax(1, 3.5 + 0.8 * level + random.next_normal())));
        }
    }
    return columns;
}

Columns right_or_wrong(std::size_t people, std::size_t items) {
    RandomStream random(1, 2);
    Columns columns(items, std::vector<double>(people));
    for (std::size_t person = 0; person < people; ++person) {
        const double theta = random.next_normal();
        for (std::size_t item = 0; item < items; ++item) {
            const double difficulty = 4.0 * static_cast<double>(item) / static_cast<double>(items - 1) - 2;
            columns[item][person] = random.next_uniform() < 1 / (1 + std::exp(difficulty - theta)) ? 1 : 0;
        }
    }
    return columns;
}

void alpha(benchmark::State& state) {
    const Columns items = likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(analyse_items(spans_of(items))->alpha.raw);
    }
}
BENCHMARK(alpha)->Unit(benchmark::kMicrosecond);

void omega(benchmark::State& state) {
    const Columns items = likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(schmid_leiman(spans_of(items), 3)->hierarchical);
    }
}
BENCHMARK(omega)->Unit(benchmark::kMicrosecond);

void one_factor(benchmark::State& state) {
    const Columns items = likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(fit_one_factor(spans_of(items))->omega_total);
    }
}
BENCHMARK(one_factor)->Unit(benchmark::kMicrosecond);

void rasch(benchmark::State& state) {
    const Columns items =
        right_or_wrong(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
    for (auto _ : state) {
        benchmark::DoNotOptimize(fit_rasch(spans_of(items)).value().log_likelihood);
    }
}
BENCHMARK(rasch)->Args({100, 30})->Args({1000, 100})->Unit(benchmark::kMicrosecond);

// 217 people, nine weeks, a fifth missing, three covariates.
void growth(benchmark::State& state) {
    RandomStream random(1, 3);
    Columns weeks(9, std::vector<double>(217)), given(3, std::vector<double>(217));
    for (std::size_t person = 0; person < 217; ++person) {
        given[0][person] = static_cast<double>(person % 2);
        given[1][person] = 0.7 * random.next_normal();
        given[2][person] = given[0][person] * given[1][person];
        const double level = 4.6 + 0.3 * given[1][person] + 0.8 * random.next_normal();
        const double slope = 0.05 + 0.05 * given[1][person] + 0.07 * random.next_normal();
        for (std::size_t week = 0; week < 9; ++week) {
            const double value = level + slope * static_cast<double>(week) + 0.6 * random.next_normal();
            weeks[week][person] =
                random.next_uniform() < 0.2 ? std::numeric_limits<double>::quiet_NaN() : value;
        }
    }
    const std::vector<double> times = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<Covariate> covariates = {{"arm", given[0]}, {"scc", given[1]}, {"both", given[2]}};
    const GrowthOptions options{ResidualVariance::equal, state.range(0) == 1};
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            fit_growth(spans_of(weeks), times, covariates, options).value().log_likelihood);
    }
}
BENCHMARK(growth)->ArgName("chi_square")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
