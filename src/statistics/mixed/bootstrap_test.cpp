#include "statistics/mixed/bootstrap.h"

#include <doctest/doctest.h>

#include <cmath>

#include "statistics/simulation.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

// A diary of 80 people with gaps: an intercept and a slope of each.
TestTable diary() {
    TestTable table;
    std::vector<double> id, day, start, mood;
    RandomStream random(11, 1);
    for (int person = 0; person < 80; ++person) {
        const double level = 0.8 * random.next_normal(), slope = 0.15 * random.next_normal();
        const double baseline = random.next_normal();
        for (int d = 0; d < 12; ++d) {
            if (random.next_uniform() < 0.2) {
                continue;
            }
            id.push_back(person);
            day.push_back(d);
            start.push_back(baseline);
            mood.push_back(3 + 0.3 * baseline + level + (0.05 + slope) * d + random.next_normal());
        }
    }
    table.add("id", id);
    table.add("day", day);
    table.add("start", start);
    table.add("mood", mood);
    return table;
}

const char* const formula = "mood ~ day * start + (day | id)";

Bootstrap bootstrapped(const TestTable& table, BootstrapKind kind, std::size_t replicates,
                       unsigned threads = 0) {
    MixedModelOptions options;
    options.threads = threads;
    const Result<Bootstrap> bootstrap = bootstrap_mixed_model(
        formula, table.data(), options, {.kind = kind, .replicates = replicates, .seed = 5, .level = 0.95});
    if (!bootstrap) {
        FAIL(bootstrap.error().describe());
    }
    return *bootstrap;
}

}  // namespace

TEST_CASE("the parametric bootstrap scatters as the model says it would") {
    const TestTable table = diary();
    const MixedModel model = *fit_mixed_model(formula, table.data());
    const Bootstrap bootstrap = bootstrapped(table, BootstrapKind::parametric, 2000);
    CHECK(bootstrap.replicates + bootstrap.not_certified == 2000);
    CHECK(bootstrap.not_certified == 0);
    for (std::size_t k = 0; k < model.fixed.size(); ++k) {
        const BootstrappedNumber& number = bootstrap.fixed[k];
        CAPTURE(number.term);
        CHECK(number.term == model.fixed[k].term);
        CHECK(number.estimate == doctest::Approx(model.fixed[k].estimate).epsilon(1e-8));
        // 2000 replicates know a standard deviation to 1.6 %: five of those.
        CHECK(number.standard_error == doctest::Approx(model.fixed[k].standard_error).epsilon(0.08));
        CHECK(std::abs(number.bias) < 5 * number.standard_error / std::sqrt(2000));
        CHECK(number.percentile.low < number.estimate);
        CHECK(number.percentile.high > number.estimate);
    }
    CHECK(bootstrap.random.back().term == "sigma");
    CHECK(bootstrap.random.back().estimate == doctest::Approx(model.sigma).epsilon(1e-8));
    // The residual's standard deviation scatters by about sigma / sqrt(2 (n - effects)).
    const double rows = static_cast<double>(model.rows_used);
    CHECK(bootstrap.random.back().standard_error ==
          doctest::Approx(model.sigma / std::sqrt(2 * (rows - 160))).epsilon(0.1));
    CHECK(bootstrap.random[0].estimate == doctest::Approx(model.random[0].standard_deviations[0]));
}

TEST_CASE("drawing people, or turning their signs, scatters like the model where the model is true") {
    const TestTable table = diary();
    const MixedModel model = *fit_mixed_model(formula, table.data());
    for (const BootstrapKind kind : {BootstrapKind::cases, BootstrapKind::wild}) {
        const Bootstrap bootstrap = bootstrapped(table, kind, 1000);
        CHECK(bootstrap.not_certified == 0);
        for (std::size_t k = 0; k < model.fixed.size(); ++k) {
            CAPTURE(model.fixed[k].term);
            // With 80 people the robust variances themselves scatter by some 15 %.
            CHECK(bootstrap.fixed[k].standard_error ==
                  doctest::Approx(model.fixed[k].standard_error).epsilon(0.3));
            CHECK(bootstrap.fixed[k].estimate == doctest::Approx(model.fixed[k].estimate).epsilon(1e-8));
        }
    }
}

TEST_CASE("a bootstrap has the same bytes for any number of threads, and other ones for another seed") {
    const TestTable table = diary();
    const Bootstrap one = bootstrapped(table, BootstrapKind::parametric, 50, 1);
    const Bootstrap three = bootstrapped(table, BootstrapKind::parametric, 50, 3);
    CHECK(one.coefficients == three.coefficients);
    const Result<Bootstrap> other =
        bootstrap_mixed_model(formula, table.data(), {}, {.replicates = 50, .seed = 6});
    REQUIRE(other);
    CHECK(other->coefficients != one.coefficients);
}

TEST_CASE("chi-square draws have its mean and variance") {
    RandomStream random(3, 9);
    CHECK(next_chi_square(random, 0) == 0);
    for (const std::size_t degrees : {1U, 2U, 3U, 10U, 48U}) {
        constexpr int draws = 20'000;
        double sum = 0, squares = 0;
        for (int draw = 0; draw < draws; ++draw) {
            const double value = next_chi_square(random, degrees);
            sum += value;
            squares += value * value;
        }
        const double k = static_cast<double>(degrees), mean = sum / draws;
        CAPTURE(degrees);
        CHECK(std::abs(mean - k) < 5 * std::sqrt(2 * k / draws));
        CHECK(squares / draws - mean * mean == doctest::Approx(2 * k).epsilon(0.1));
    }
}

TEST_CASE("with crossed groups the parametric bootstrap scatters as the model says it would") {
    TestTable table;
    std::vector<double> person, story, rating, length;
    RandomStream random(23, 1);
    std::vector<double> people(25), stories(18);
    for (double& effect : people) {
        effect = 0.7 * random.next_normal();
    }
    for (double& effect : stories) {
        effect = 0.5 * random.next_normal();
    }
    for (std::size_t p = 0; p < people.size(); ++p) {
        for (std::size_t s = 0; s < stories.size(); ++s) {
            if (random.next_uniform() < 0.8) {
                person.push_back(static_cast<double>(p));
                story.push_back(static_cast<double>(s));
                length.push_back(random.next_normal());
                rating.push_back(4 + 0.3 * length.back() + people[p] + stories[s] + random.next_normal());
            }
        }
    }
    table.add("person", person);
    table.add("story", story);
    table.add("length", length);
    table.add("rating", rating);
    const char* const crossed = "rating ~ length + (length | person) + (1 | story)";
    MixedModelOptions options;
    const MixedModel model = fit_mixed_model(crossed, table.data(), options).value();
    const BootstrapOptions bootstrap{
        .kind = BootstrapKind::parametric, .replicates = 600, .seed = 2, .level = 0.95};
    const Bootstrap result = bootstrap_mixed_model(crossed, table.data(), options, bootstrap).value();
    CHECK(result.replicates + result.not_certified == 600);
    CHECK(result.not_certified <= 2);
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(result.fixed[k].estimate == doctest::Approx(model.fixed[k].estimate).epsilon(1e-10));
        CHECK(result.fixed[k].standard_error == doctest::Approx(model.fixed[k].standard_error).epsilon(0.12));
        CHECK(std::abs(result.fixed[k].bias) < 4 * model.fixed[k].standard_error / std::sqrt(600.0));
    }
    CHECK(result.random.back().term == "sigma");
    CHECK(result.random.back().standard_error ==
          doctest::Approx(model.sigma / std::sqrt(2.0 * static_cast<double>(rating.size() - 70)))
              .epsilon(0.15));
    options.threads = 1;
    const Bootstrap again =
        bootstrap_mixed_model(crossed, table.data(), options,
                              {.kind = BootstrapKind::parametric, .replicates = 20, .seed = 2, .level = 0.95})
            .value();
    for (std::size_t k = 0; k < 20; ++k) {
        CHECK(again.coefficients[k] == result.coefficients[k]);
    }
    const Result<Bootstrap> cases =
        bootstrap_mixed_model(crossed, table.data(), options,
                              {.kind = BootstrapKind::cases, .replicates = 20, .seed = 2, .level = 0.95});
    REQUIRE(!cases);
    CHECK(cases.error().describe().find("one grouping factor only") != std::string::npos);
}
