#include "statistics/inference/permutation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

#include "statistics/inference/inference_reference.h"
#include "statistics/mixed/mixed_model.h"

using namespace groundwork;
using namespace groundwork::statistics;

TEST_CASE("exchanging the moderator between five people gives the exact p, as enumeration does") {
    // y = m but for little: of the 120 orders of 1..5 only the one in place and its mirror reach |t|.
    TestTable table;
    table.add("m", {1, 2, 3, 4, 5});
    table.add("y", {1.01, 1.98, 3.02, 3.99, 5.03});
    const ModeratorPermutation test =
        permute_moderator("y ~ m", table.data(), "m", "m", {.permutations = 6'000, .seed = 4}).value();
    // Monte Carlo standard error of 2/120: .0017.
    CHECK(std::abs(test.p - 2.0 / 120) < .006);
    CHECK(test.p ==
          permute_moderator("y ~ m", table.data(), "m", "m", {.permutations = 6'000, .seed = 4})->p);
}

TEST_CASE("a mixed model's moderator is exchanged between people, within arms") {
    const TestTable diary = reference_diary();
    const ModeratorPermutationOptions options{.permutations = 99, .seed = 3, .unit = "id", .within = "arm"};
    const ModeratorPermutation test = permute_moderator("mood ~ day * arm * start + (day | id)", diary.data(),
                                                        "start", "day:armLKM:start", options)
                                          .value();
    const MixedModel model = fit_mixed_model("mood ~ day * arm * start + (day | id)", diary.data()).value();
    const double p = model.find("day:armLKM:start")->p;
    CHECK(std::abs(test.p - p) < .05 + 3 * std::sqrt(p * (1 - p) / 99));
    const Result<ModeratorPermutation> refused =
        permute_moderator("mood ~ day + (1 | id)", diary.data(), "day", "day", options);
    REQUIRE(!refused);
    CHECK(refused.error().describe().find("changes within one unit") != std::string::npos);
}

TEST_CASE("a permutation test has the same p for any number of threads") {
    const TestTable diary = reference_diary();
    ModeratorPermutationOptions options{
        .permutations = 99, .seed = 3, .threads = 1, .unit = "id", .within = "arm"};
    const char* const formula = "mood ~ day * start + (1 | id)";
    const ModeratorPermutation alone =
        permute_moderator(formula, diary.data(), "start", "day:start", options).value();
    options.threads = 3;
    CHECK(permute_moderator(formula, diary.data(), "start", "day:start", options)->as_extreme ==
          alone.as_extreme);
}

TEST_CASE("campaign: the permutation test of moderation rejects as often as it says") {
    constexpr std::size_t draws = 10'000;
    for (const bool skewed : {false, true}) {
        std::vector<char> rejected(draws);
        for_each_part(draws, 0, [&](std::size_t draw) {
            RandomStream random(77, draw);
            std::vector<double> before, after, moderator;
            std::vector<std::string> arm;
            for (int person = 0; person < 60; ++person) {
                moderator.push_back(random.next_normal());
                before.push_back(0.5 * moderator.back() + random.next_normal());
                arm.push_back(person % 2 == 0 ? "A" : "B");
                const double normal = random.next_normal();
                const double error = skewed ? std::exp(normal) - std::exp(0.5) : normal;
                after.push_back(0.6 * before.back() + (person % 2 == 0 ? 0.4 : 0.0) + error);
            }
            TestTable table;
            table.add("before", before);
            table.add("after", after);
            table.add("moderator", moderator);
            table.add("arm", arm);
            const ModeratorPermutation test =
                permute_moderator("after ~ before + arm * moderator", table.data(), "moderator",
                                  "armB:moderator",
                                  {.permutations = 99, .seed = draw, .threads = 1, .within = "arm"})
                    .value();
            rejected[draw] = test.p <= 0.05;
        });
        const auto hits = static_cast<double>(std::count(rejected.begin(), rejected.end(), 1));
        const double share = hits / draws, half = 1.96 * std::sqrt(share * (1 - share) / draws);
        std::printf(
            "measured: permutation test, 60 people, %s errors: rejects %.2f %% of %zu (%.2f to %.2f)\n",
            skewed ? "skewed" : "normal", 100 * share, draws, 100 * (share - half), 100 * (share + half));
        CHECK(share > 0.04);
        CHECK(share < 0.06);
    }
}
