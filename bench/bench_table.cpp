// CSV from bytes in memory to columns, in bytes a second.
#include <benchmark/benchmark.h>

#include "foundation/foundation.h"
#include "table/table.h"

using namespace groundwork;

namespace {

constexpr int days = 63;
constexpr std::uint64_t seed = 1;

// A diary as statistics programs write it: mostly doubles of 15 to 17 digits, an arm in quotes, some missing
// cells.
std::string diary(int people) {
    RandomStream random(seed, 0);
    std::string csv = "\"id\",\"day\",\"week\",\"arm\",\"sc\",\"age\",\"female\",\"pos\",\"neg\"\n";
    for (int person = 1; person <= people; ++person) {
        const std::string sc = shortest(1 + 4 * random.next_uniform());
        const std::string age = std::to_string(20 + random.next_below(50));
        const std::string female = std::to_string(random.next_below(2));
        const char* const arm = person % 2 == 0 ? "MM" : "LKM";
        for (int day = 0; day < days; ++day) {
            const auto answer = [&random] {
                constexpr double missing_share = 0.05;
                return random.next_uniform() < missing_share ? "NA" : shortest(2.5 + random.next_normal());
            };
            csv += std::to_string(person) + ',' + std::to_string(day) + ',' + shortest(day / 7.0) + ",\"" +
                   arm + "\"," + sc + ',' + age + ',' + female + ',' + answer() + ',' + answer() + '\n';
        }
    }
    return csv;
}

std::string numbers(std::size_t rows) {
    RandomStream random(seed, 1);
    std::string csv = "a,b,c,d,e,f,g,h\n";
    for (std::size_t row = 0; row < rows; ++row) {
        for (int column = 0; column < 8; ++column) {
            csv += shortest(random.next_normal()) + (column == 7 ? '\n' : ',');
        }
    }
    return csv;
}

std::string answers(std::size_t rows) {
    RandomStream random(seed, 2);
    std::string csv = "id,station,comment,joined";
    for (int item = 1; item <= 26; ++item) {
        csv += ",scs_" + std::to_string(item);
    }
    csv += '\n';
    for (std::size_t row = 0; row < rows; ++row) {
        csv += "P" + std::to_string(row) + ",Station " + std::to_string(random.next_below(20)) +
               ",\"well, \"\"fine\"\"\",2026-0" + std::to_string(1 + random.next_below(9)) + "-1" +
               std::to_string(random.next_below(10));
        for (int item = 1; item <= 26; ++item) {
            csv += ',' + std::to_string(1 + random.next_below(5));
        }
        csv += '\n';
    }
    return csv;
}

void read(benchmark::State& state, const std::string& csv) {
    for (auto _ : state) {
        auto frame = table::read_csv(csv, "memory.csv");
        ENSURE(frame.has_value());
        benchmark::DoNotOptimize(frame);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(csv.size()));
    state.counters["file_MB"] = static_cast<double>(csv.size()) / 1e6;
}

void read_numbers(benchmark::State& state) { read(state, numbers(300'000)); }
void read_diary(benchmark::State& state) { read(state, diary(10'000)); }
void read_answers(benchmark::State& state) { read(state, answers(200'000)); }

void write_diary(benchmark::State& state) {
    const auto frame = table::read_csv(diary(1'000), "memory.csv");
    std::size_t bytes = 0;
    for (auto _ : state) {
        bytes += table::to_csv(*frame).size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK(read_numbers)->Unit(benchmark::kMillisecond);
BENCHMARK(read_diary)->Unit(benchmark::kMillisecond);
BENCHMARK(read_answers)->Unit(benchmark::kMillisecond);
BENCHMARK(write_diary)->Unit(benchmark::kMillisecond);

}  // namespace
