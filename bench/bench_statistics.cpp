// A diary of the founding study's size (217 people, 63 days, a fifth missing): the whole fit from columns in
// memory, with standard errors, degrees of freedom and certificate.
#include <benchmark/benchmark.h>

#include <cmath>
#include <limits>

#include "foundation/foundation.h"
#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

struct Diary {
    std::vector<double> id, week, self_compassion, mood;
    std::vector<std::int32_t> arm;

    explicit Diary(int people) {
        RandomStream random(20261122, 1);
        for (int person = 0; person < people; ++person) {
            const double level = 0.6 * random.next_normal(), slope = 0.05 * random.next_normal();
            const double compassion = 0.73 * random.next_normal();
            for (int day = 0; day < 63; ++day) {
                const double time = day / 7.0, noise = 0.54 * random.next_normal();
                const bool missing = random.next_uniform() < 0.2;
                const double value = 2.2 + level + 0.23 * compassion +
                                     (0.012 + slope + 0.02 * compassion * (person % 2)) * time + noise;
                id.push_back(person);
                week.push_back(time);
                self_compassion.push_back(compassion);
                arm.push_back(person % 2);
                mood.push_back(missing ? std::numeric_limits<double>::quiet_NaN() : value);
            }
        }
    }

    Data data() const {
        Data data;
        data.rows = id.size();
        data.variables = {{"id", Variable::Kind::numeric, id, {}, {}},
                          {"week", Variable::Kind::numeric, week, {}, {}},
                          {"scc", Variable::Kind::numeric, self_compassion, {}, {}},
                          {"mood", Variable::Kind::numeric, mood, {}, {}},
                          {"arm", Variable::Kind::factor, {}, arm, {"MM", "LKM"}}};
        return data;
    }
};

void fit_diary(benchmark::State& state) {
    const Diary diary(static_cast<int>(state.range(0)));
    const Data data = diary.data();
    for (auto _ : state) {
        const Result<MixedModel> model = fit_mixed_model("mood ~ week * arm * scc + (week | id)", data);
        ENSURE(model && model->certificate.status == "certified");
        benchmark::DoNotOptimize(model->objective);
    }
}
BENCHMARK(fit_diary)->Arg(217)->Arg(2000)->Unit(benchmark::kMillisecond);

}  // namespace
