// Generalised linear mixed models from columns in memory to the finished table.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "foundation/foundation.h"
#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

// 316 people answer 24 items, yes or no, as in the classic data on verbal aggression; every number is made
// here.
struct Answers {
    std::vector<double> person, item, cold, yes;
    Data data;

    Answers(std::size_t people, std::size_t items) {
        RandomStream random(1, 1);
        std::vector<double> ease, mood;
        for (std::size_t k = 0; k < items; ++k) {
            ease.push_back(0.5 * random.next_normal());
        }
        for (std::size_t p = 0; p < people; ++p) {
            mood.push_back(1.3 * random.next_normal());
        }
        for (std::size_t k = 0; k < items; ++k) {
            for (std::size_t p = 0; p < people; ++p) {
                person.push_back(static_cast<double>(p));
                item.push_back(static_cast<double>(k));
                cold.push_back(static_cast<double>(k % 2));
                const double odds = 0.2 - 1.05 * cold.back() + ease[k] + mood[p];
                yes.push_back(random.next_uniform() < 1 / (1 + std::exp(-odds)) ? 1.0 : 0.0);
            }
        }
        data.rows = yes.size();
        for (const auto& [name, numbers] :
             {std::pair{"person", &person}, {"item", &item}, {"cold", &cold}, {"yes", &yes}}) {
            Variable variable;
            variable.name = name;
            variable.numbers = *numbers;
            data.variables.push_back(variable);
        }
    }
};

void fit(benchmark::State& state, const char* formula, std::size_t people, std::size_t points) {
    const Answers answers(people, 24);
    GeneralizedModelOptions options;
    options.quadrature_points = points;
    for ([[maybe_unused]] auto unused : state) {
        benchmark::DoNotOptimize(fit_generalized_model(formula, answers.data, options));
    }
}

BENCHMARK_CAPTURE(fit, crossed_laplace, "yes ~ cold + (1 | person) + (1 | item)", 316, 1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit, slopes_laplace, "yes ~ cold + (cold | person)", 80, 1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit, intercepts_9_points, "yes ~ cold + (1 | person)", 80, 9)
    ->Unit(benchmark::kMillisecond);

}  // namespace
