// Generalised linear mixed models from columns in memory to the finished table.
#include <benchmark/benchmark.h>

#include "made_data.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

void fit(benchmark::State& state, const char* formula, const made::Table& table,
         const GeneralizedModelOptions& options) {
    const Data data = table.data();
    for (auto _ : state) {
        const Result<GeneralizedModel> model = fit_generalized_model(formula, data, options);
        ENSURE(model && model->certificate.status == "certified");
        benchmark::DoNotOptimize(model->objective);
    }
}

void binomial_crossed(benchmark::State& state) {
    fit(state, "yes ~ cold + (1 | person) + (1 | item)", made::answers(316, 24), {});
}

void binomial_slopes(benchmark::State& state) {
    fit(state, "yes ~ cold + (cold | person)", made::answers(80, 24), {});
}

void binomial_9_points(benchmark::State& state) {
    GeneralizedModelOptions options;
    options.quadrature_points = 9;
    fit(state, "yes ~ cold + (1 | person)", made::answers(80, 24), options);
}

void poisson(benchmark::State& state) {
    GeneralizedModelOptions options;
    options.family = Family::poisson;
    fit(state, "times ~ week * arm + (1 | person)", made::counts(217, 9), options);
}

BENCHMARK(binomial_crossed)->Unit(benchmark::kMillisecond);
BENCHMARK(binomial_slopes)->Unit(benchmark::kMillisecond);
BENCHMARK(binomial_9_points)->Unit(benchmark::kMillisecond);
BENCHMARK(poisson)->Unit(benchmark::kMillisecond);

}  // namespace
