// Meta-analysis from memory: the classic 13 studies, and 5,000 with a moderator; each time the whole table
// with tests, intervals and certificate.
#include <benchmark/benchmark.h>

#include <cmath>

#include "foundation/foundation.h"
#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

// The BCG trials (Colditz et al. 1994): log risk ratios.
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

// As in bench/peers/meta.R: a moderator, variances spread over an order of magnitude, tau2 = 0.04.
struct Large {
    std::vector<double> effects, variances, moderator;

    explicit Large(int studies) {
        RandomStream random(20261123, 5);
        for (int study = 0; study < studies; ++study) {
            moderator.push_back(random.next_normal());
            variances.push_back(std::exp(-3 + 0.8 * random.next_normal()));
            effects.push_back(0.3 + 0.2 * moderator.back() +
                              std::sqrt(variances.back() + 0.04) * random.next_normal());
        }
    }

    Studies studies() const {
        Data data;
        data.rows = effects.size();
        data.variables = {{"x", Variable::Kind::numeric, moderator, {}, {}}};
        return make_studies(effects, variances, "x", data).value();
    }
};

void fit_classic(benchmark::State& state) {
    const Studies studies = classic();
    for (auto _ : state) {
        const Result<MetaAnalysis> model = fit_meta_analysis(studies);
        ENSURE(model && model->certificate.status == "certified");
        benchmark::DoNotOptimize(model->tau2);
    }
}
BENCHMARK(fit_classic)->Unit(benchmark::kMicrosecond)->Repetitions(5)->ReportAggregatesOnly(true);

void fit_large(benchmark::State& state) {
    const Large large(static_cast<int>(state.range(0)));
    const Studies studies = large.studies();
    for (auto _ : state) {
        const Result<MetaAnalysis> model = fit_meta_analysis(studies);
        ENSURE(model && model->certificate.status == "certified");
        benchmark::DoNotOptimize(model->tau2);
    }
}
BENCHMARK(fit_large)
    ->Arg(5000)
    ->Arg(50000)
    ->Unit(benchmark::kMillisecond)
    ->Repetitions(5)
    ->ReportAggregatesOnly(true);

void interval_of_tau2(benchmark::State& state) {
    const Studies studies = classic();
    for (auto _ : state) {
        benchmark::DoNotOptimize(q_profile_interval(studies).high);
    }
}
BENCHMARK(interval_of_tau2)->Unit(benchmark::kMicrosecond)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
