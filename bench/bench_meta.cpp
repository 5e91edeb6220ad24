// Meta-analysis from memory: the classic 13 studies, and thousands with a moderator; each time the whole
// table with tests, intervals and certificate.
#include <benchmark/benchmark.h>

#include "made_data.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

// The BCG trials (Colditz et al. 1994): log risk ratios. metafor brings them along as dat.bcg.
Studies classic() {
    const std::vector<double> a = {4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27};
    const std::vector<double> b = {119,   300,  228,  13536, 5036, 1361, 2537,
                                   87886, 7470, 1699, 50448, 2493, 16886};
    const std::vector<double> c = {11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29};
    const std::vector<double> d = {128,   274,  209,  12619, 5761, 1079, 619,
                                   87892, 7232, 1600, 27197, 2338, 17825};
    const std::vector<EffectInput> inputs = {{"ai", a}, {"bi", b}, {"ci", c}, {"di", d}};
    const EffectSizes sizes = effect_sizes("RR", inputs).value();
    return make_studies(sizes.effects, sizes.variances).value();
}

void fit(benchmark::State& state, const Studies& studies) {
    for (auto _ : state) {
        const Result<MetaAnalysis> model = fit_meta_analysis(studies);
        ENSURE(model && model->certificate.status == "certified");
        benchmark::DoNotOptimize(model->tau2);
    }
}

void meta_classic(benchmark::State& state) { fit(state, classic()); }

void meta_large(benchmark::State& state) {
    const made::Table table = made::studies(static_cast<std::size_t>(state.range(0)));
    fit(state, make_studies(table.columns[0], table.columns[1], "x", table.data()).value());
}

void meta_interval_of_tau2(benchmark::State& state) {
    const Studies studies = classic();
    for (auto _ : state) {
        benchmark::DoNotOptimize(q_profile_interval(studies).high);
    }
}

BENCHMARK(meta_classic)->Unit(benchmark::kMicrosecond);
BENCHMARK(meta_large)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);
BENCHMARK(meta_interval_of_tau2)->Unit(benchmark::kMicrosecond);

}  // namespace
