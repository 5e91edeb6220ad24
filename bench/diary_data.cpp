// diary_data PEOPLE OUT.csv [ANSWERS]: a simulated diary like the founding study's (63 days, two arms, random
// intercept and slope, about a fifth missing), for benchmarks; or with as many answers a person over the same
// nine weeks. The same people for the same numbers.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "foundation/foundation.h"

using namespace groundwork;

namespace {

constexpr long long weeks = 9, days = 63;

void add_person(std::string& csv, std::uint64_t number, long long answers) {
    RandomStream random(20261123, number);
    const bool is_second_arm = random.next_below(2) == 1;
    const double self_compassion = std::round((3 + 0.7 * random.next_normal()) * 26) / 26;
    const double centred = self_compassion - 3;
    const double arm = is_second_arm ? 1 : 0;
    const double level = 0.60 * random.next_normal();
    const double trend = 0.05 * random.next_normal();
    for (long long day = 0; day < answers; ++day) {
        const double week = static_cast<double>(weeks * day) / static_cast<double>(answers);
        const double mean = 2.1 + 0.05 * arm + 0.25 * centred - 0.05 * arm * centred +
                            week * (0.02 + 0.01 * arm + 0.015 * centred + 0.02 * arm * centred);
        const double positive = mean + level + trend * week + 0.55 * random.next_normal();
        const bool is_missing = random.next_uniform() < 0.2;
        csv += fmt::format("{},{},{},{},{},{}\n", number, day, week, is_second_arm ? "LKM" : "MM",
                           self_compassion, is_missing ? "NA" : shortest(positive));
    }
}

}  // namespace

int main(int argument_count, char** arguments) {
    const bool is_complete = argument_count == 3 || argument_count == 4;
    const auto people = is_complete ? to_integer(arguments[1]) : std::nullopt;
    const auto answers = argument_count == 4 ? to_integer(arguments[3]) : days;
    if (!people || *people < 2 || !answers || *answers < 1) {
        std::fputs("usage: diary_data PEOPLE OUT.csv [ANSWERS]\n", stderr);
        return 2;
    }
    std::string csv = "id,day,week,arm,sc,pos\n";
    for (long long number = 1; number <= *people; ++number) {
        add_person(csv, static_cast<std::uint64_t>(number), *answers);
    }
    const auto written = write_file(arguments[2], csv);
    if (!written) {
        std::fputs((written.error().describe() + '\n').c_str(), stderr);
        return 3;
    }
    return 0;
}
