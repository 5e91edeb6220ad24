// Profile intervals against deviance functions of other programs, closed forms and the definition.
#include "statistics/mixed/profile.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "foundation/random.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double wanted = 3.841458820694124;  // the 95 % quantile of chi-square with one degree of freedom

// Groups of equal size with one value for each: y, group.
struct Batches {
    std::size_t groups = 0, size = 0;
    std::vector<double> y;
    std::vector<std::string> names;
    TestTable table() const {
        TestTable table;
        table.add("y", y);
        table.add("group", names);
        return table;
    }
};

Batches batches(std::size_t groups, std::size_t size, double between, double within) {
    Batches made{groups, size, {}, {}};
    RandomStream stream(7, 1);
    for (std::size_t group = 0; group < groups; ++group) {
        const double own = between * stream.next_normal();
        for (std::size_t k = 0; k < size; ++k) {
            made.y.push_back(5 + own + within * stream.next_normal());
            made.names.push_back("g" + std::to_string(group));
        }
    }
    return made;
}

// -2 log likelihood of a balanced one-way layout at its best mean (Searle, Casella & McCulloch 1992,
// section 3.7).
double balanced_deviance(const Batches& data, double between, double within) {
    const double groups = static_cast<double>(data.groups), size = static_cast<double>(data.size);
    double total = 0, inside = 0, outside = 0;
    for (const double value : data.y) {
        total += value / (groups * size);
    }
    for (std::size_t group = 0; group < data.groups; ++group) {
        double mean = 0;
        for (std::size_t k = 0; k < data.size; ++k) {
            mean += data.y[group * data.size + k] / size;
        }
        for (std::size_t k = 0; k < data.size; ++k) {
            inside += std::pow(data.y[group * data.size + k] - mean, 2);
        }
        outside += size * (mean - total) * (mean - total);
    }
    const double small = within * within, large = small + size * between * between;
    return groups * size * std::log(2 * std::numbers::pi) + groups * (size - 1) * std::log(small) +
           inside / small + groups * std::log(large) + outside / large;
}

template <class Function>
double least(const Function& function, double low, double high) {  // golden section
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    for (int step = 0; step < 200; ++step) {
        const double a = high - ratio * (high - low), b = low + ratio * (high - low);
        (function(a) < function(b) ? high : low) = function(a) < function(b) ? b : a;
    }
    return function((low + high) / 2);
}

Profile profile_of(const TestTable& table, const std::string& formula) {
    const Result<Profile> profile = profile_mixed_model(formula, table.data(), {});
    REQUIRE_MESSAGE(profile, profile.error().describe());
    return *profile;
}

}  // namespace

TEST_CASE("a balanced layout's variances: where its closed form says") {
    const Batches data = batches(12, 5, 2.0, 1.0);
    const Profile profile = profile_of(data.table(), "y ~ 1 + (1 | group)");
    REQUIRE(profile.random.size() == 2);
    CHECK(profile.deviance ==
          doctest::Approx(balanced_deviance(data, profile.random[0].estimate, profile.random[1].estimate))
              .epsilon(1e-12));
    const Interval between = profile.random[0].interval, within = profile.random[1].interval;
    for (const double end : {between.low, between.high}) {
        const double there =
            least([&](double sigma) { return balanced_deviance(data, end, sigma); }, 0.1, 10);
        CHECK(there - profile.deviance == doctest::Approx(wanted).epsilon(1e-8));
    }
    for (const double end : {within.low, within.high}) {
        const double there = least([&](double sd) { return balanced_deviance(data, sd, end); }, 0.0, 20);
        CHECK(there - profile.deviance == doctest::Approx(wanted).epsilon(1e-8));
    }
    CHECK(between.low < profile.random[0].estimate);
    CHECK(profile.random[0].estimate < between.high);
    // not symmetric: there is more room above
    CHECK(between.high - profile.random[0].estimate > profile.random[0].estimate - between.low);
}

TEST_CASE("a variance of zero: the interval begins there and ends where the likelihood does") {
    Batches data = batches(6, 5, 0.0, 1.0);
    for (std::size_t group = 0; group < data.groups;
         ++group) {  // equal means: less between than within explains
        double mean = 0;
        for (std::size_t k = 0; k < data.size; ++k) {
            mean += data.y[group * data.size + k] / static_cast<double>(data.size);
        }
        for (std::size_t k = 0; k < data.size; ++k) {
            data.y[group * data.size + k] -= mean;
        }
    }
    const Profile profile = profile_of(data.table(), "y ~ 1 + (1 | group)");
    CHECK(profile.random[0].estimate == 0);
    CHECK(profile.random[0].interval.low == 0);
    const double end = profile.random[0].interval.high;
    const double there = least([&](double sigma) { return balanced_deviance(data, end, sigma); }, 0.1, 10);
    CHECK(there - profile.deviance == doctest::Approx(wanted).epsilon(1e-8));
}

TEST_CASE("agrees with lme4's deviance, minimised with one number held") {
    const std::string folder = GROUNDWORK_SOURCE_DIR "/tests/reference/";
    const Result<std::string> diary = read_file(folder + "diary.csv"),
                              reference = read_file(folder + "profile.csv");
    REQUIRE(diary);
    REQUIRE(reference);
    TestTable table = test_table_of_csv(*diary);
    table.set_reference("arm", "MM");
    const Profile profile = profile_of(table, "mood ~ day * arm + (day | id)");
    std::size_t compared = 0;
    for (const std::string_view line : split(*reference, '\n')) {
        const std::vector<std::string_view> cells = split(line, ',');
        for (const auto* numbers : {&profile.fixed, &profile.random}) {
            for (const ProfiledNumber& one : *numbers) {
                std::string term = one.term;
                std::erase(term, ',');
                if (cells.size() == 3 && cells[0] == term) {
                    CAPTURE(term);
                    CHECK(one.interval.low ==
                          doctest::Approx(std::stod(std::string(cells[1]))).epsilon(1e-7));
                    CHECK(one.interval.high ==
                          doctest::Approx(std::stod(std::string(cells[2]))).epsilon(1e-7));
                    ++compared;
                }
            }
        }
    }
    CHECK(compared == 8);
}

TEST_CASE("other units change the numbers and nothing else") {
    const Result<std::string> diary = read_file(GROUNDWORK_SOURCE_DIR "/tests/reference/diary.csv");
    REQUIRE(diary);
    TestTable table = test_table_of_csv(*diary);
    std::vector<double> mood, hours;
    for (const double value : (*table.data().find("mood"))->numbers) {
        mood.push_back(1000 * value);
    }
    for (const double value : (*table.data().find("day"))->numbers) {
        hours.push_back(24 * value);
    }
    table.add("thousandths", mood);
    table.add("hours", hours);
    const Profile days = profile_of(table, "mood ~ day + (day | id)");
    const Profile in_hours = profile_of(table, "thousandths ~ hours + (hours | id)");
    const std::vector<double> fixed = {1000, 1000.0 / 24}, random = {1000, 1000.0 / 24, 1, 1000};
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(in_hours.fixed[k].interval.low ==
              doctest::Approx(fixed[k] * days.fixed[k].interval.low).epsilon(1e-7));
    }
    for (std::size_t k = 0; k < 4; ++k) {
        CHECK(in_hours.random[k].interval.low ==
              doctest::Approx(random[k] * days.random[k].interval.low).epsilon(1e-7));
        CHECK(in_hours.random[k].interval.high ==
              doctest::Approx(random[k] * days.random[k].interval.high).epsilon(1e-7));
    }
}

TEST_CASE("a correlation beside nothing has no interval, and few groups leave it its whole range") {
    TestTable table;
    std::vector<double> y, x;
    std::vector<std::string> group;
    RandomStream stream(11, 1);
    for (int person = 0; person < 4; ++person) {
        const double level = stream.next_normal(), slope = stream.next_normal();
        for (int k = 0; k < 6; ++k) {
            x.push_back(k);
            y.push_back(level + slope * k + stream.next_normal());
            group.push_back("p" + std::to_string(person));
        }
    }
    table.add("y", y);
    table.add("x", x);
    table.add("person", group);
    const Profile profile = profile_of(table, "y ~ x + (x | person)");
    const Interval correlation = profile.random[2].interval;
    CHECK(correlation.low >= -1);
    CHECK(correlation.high <= 1);
    CHECK(correlation.high - correlation.low > 1);
}

TEST_CASE("what cannot be profiled is refused in words") {
    const Batches data = batches(6, 4, 1.0, 1.0);
    TestTable table = data.table();
    std::vector<std::string> half;
    for (std::size_t row = 0; row < data.y.size(); ++row) {
        half.push_back(row % 2 == 0 ? "even" : "odd");
    }
    std::vector<double> third;
    for (std::size_t row = 0; row < data.y.size(); ++row) {
        third.push_back(static_cast<double>(row % 3));
    }
    table.add("other", half);
    table.add("third", third);
    CHECK_FALSE(profile_mixed_model("y ~ 1 + (1 | group) + (1 | other)", table.data(), {}));
    MixedModelOptions serial;
    serial.serial_time = "third";
    CHECK_FALSE(profile_mixed_model("y ~ 1 + (1 | group)", table.data(), serial));
}
