// Questionnaires and growth with holes, from columns in memory to the finished answer.
#include <benchmark/benchmark.h>

#include "made_data.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

void alpha(benchmark::State& state) {
    const made::Table items = made::likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(analyse_items(items.spans(0, 5))->alpha.raw);
    }
}

void omega(benchmark::State& state) {
    const made::Table items = made::likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(schmid_leiman(items.spans(0, 5), 3)->hierarchical);
    }
}

void one_factor(benchmark::State& state) {
    const made::Table items = made::likert(2800, 5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(fit_one_factor(items.spans(0, 5))->omega_total);
    }
}

void rasch(benchmark::State& state) {
    const auto people = static_cast<std::size_t>(state.range(0));
    const auto count = static_cast<std::size_t>(state.range(1));
    const made::Table items = made::right_or_wrong(people, count);
    for (auto _ : state) {
        benchmark::DoNotOptimize(fit_rasch(items.spans(0, count)).value().log_likelihood);
    }
}

// 217 people, nine weeks, a fifth missing, three covariates; with or without the test of fit against the
// saturated model.
void growth(benchmark::State& state) {
    const made::Table people = made::growth(217);
    const std::vector<double> times = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<Covariate> covariates = {
        {"arm", people.columns[9]}, {"scc", people.columns[10]}, {"both", people.columns[11]}};
    const GrowthOptions options{ResidualVariance::equal, state.range(0) == 1};
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            fit_growth(people.spans(0, 9), times, covariates, options).value().log_likelihood);
    }
}

BENCHMARK(alpha)->Unit(benchmark::kMicrosecond);
BENCHMARK(omega)->Unit(benchmark::kMicrosecond);
BENCHMARK(one_factor)->Unit(benchmark::kMicrosecond);
BENCHMARK(rasch)->Args({100, 30})->Args({1000, 100})->Unit(benchmark::kMicrosecond);
BENCHMARK(growth)->ArgName("chi_square")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
