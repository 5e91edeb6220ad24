#include "statistics/inference/permutation.h"

#include <doctest/doctest.h>

#include <cmath>

#include "statistics/inference/inference_reference.h"
#include "statistics/mixed/mixed_model.h"

using namespace groundwork;
using namespace groundwork::statistics;

TEST_CASE("exchanging the moderator between five people gives the exact p, as enumeration does") {
    // y = m but for little: of the 120 orders of 1..5 only the one in place and its mirror reach |t|.
    TestTable table;
    table.add("m", {1, 2, 3, 4, 5});
    table.add("y", {1.01, 1.98, 3.02, 3.99, 5.03});
    const PermutationTest test =
        permute_moderator("y ~ m", table.data(), "m", "m", {.permutations = 6'000, .seed = 4}).value();
    // Monte Carlo standard error of 2/120: .0017.
    CHECK(std::abs(test.p - 2.0 / 120) < .006);
    CHECK(test.p ==
          permute_moderator("y ~ m", table.data(), "m", "m", {.permutations = 6'000, .seed = 4})->p);
}

TEST_CASE("a mixed model's moderator is exchanged between people, within arms") {
    const TestTable diary = reference_diary();
    const PermutationOptions options{.permutations = 99, .seed = 3, .unit = "id", .within = "arm"};
    const PermutationTest test = permute_moderator("mood ~ day * arm * start + (day | id)", diary.data(),
                                                   "start", "day:armLKM:start", options)
                                     .value();
    const MixedModel model = fit_mixed_model("mood ~ day * arm * start + (day | id)", diary.data()).value();
    const double p = model.find("day:armLKM:start")->p;
    CHECK(std::abs(test.p - p) < .05 + 3 * std::sqrt(p * (1 - p) / 99));
    const Result<PermutationTest> refused =
        permute_moderator("mood ~ day + (1 | id)", diary.data(), "day", "day", options);
    REQUIRE(!refused);
    CHECK(refused.error().describe().find("changes within one unit") != std::string::npos);
}
