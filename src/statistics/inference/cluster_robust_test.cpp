#include "statistics/inference/cluster_robust.h"

#include "statistics/inference/inference_reference.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

// Against clubSandwich: every coefficient, and a joint test of the rows of `contrasts` (places of single
// terms).
void check_case(const Coefficients& robust, const std::string& name, const std::vector<std::size_t>& tested) {
    for (std::size_t k = 0; k < robust.names.size(); ++k) {
        std::vector<double> weights(robust.names.size(), 0.0);
        weights[k] = 1;
        const Estimate one = combination(robust, weights, robust.names[k]);
        check_reference(one.standard_error, name, "cr2 se " + one.term, 1e-6);
        check_reference(one.degrees_of_freedom, name, "cr2 df " + one.term, 1e-5);
        check_reference(one.p, name, "cr2 p " + one.term, 2e-5);
    }
    Matrix contrasts(tested.size(), robust.names.size());
    for (std::size_t row = 0; row < tested.size(); ++row) {
        contrasts(row, tested[row]) = 1;
    }
    const FTest test = joint_test(robust, contrasts);
    check_reference(test.statistic, name, "cr2 HTZ F", 1e-5);
    check_reference(test.denominator_degrees, name, "cr2 HTZ df", 1e-5);
    check_reference(test.p, name, "cr2 HTZ p", 1e-5);
}

}  // namespace

TEST_CASE("cluster-robust CR2 agrees with clubSandwich, for least squares and mixed models") {
    const TestTable diary = reference_diary();
    const std::string least = "mood ~ arm * start + day";
    const LinearModel linear = fit_linear_model(least, diary.data()).value();
    check_case(cluster_robust(linear, least, diary.data(), "id").value(), "ancova", {1, 3, 4});
    check_case(cluster_robust(linear, least, diary.data(), "site").value(), "ancova site", {3, 4});
    const std::string growth = "mood ~ arm * start + day + (day | id)";
    const MixedModel mixed = fit_mixed_model(growth, diary.data()).value();
    check_case(cluster_robust(mixed, growth, diary.data(), "id").value(), "ancova mixed", {1, 3, 4});
    const std::string nested = "mood ~ arm * start + day + (1 | site/id)";
    const MixedModel teams = fit_mixed_model(nested, diary.data()).value();
    check_case(cluster_robust(teams, nested, diary.data(), "site").value(), "nested", {3, 4});
}

TEST_CASE("clusters that cannot be used are refused with the reason") {
    const TestTable diary = reference_diary();
    const std::string formula = "mood ~ day + (1 | site)";
    const MixedModel model = fit_mixed_model(formula, diary.data()).value();
    const auto trouble = [&](const std::string& cluster) {
        const Result<Coefficients> result = cluster_robust(model, formula, diary.data(), cluster);
        return result ? "none" : result.error().describe();
    };
    CHECK(trouble("id").find("splits the groups of \"site\"") != std::string::npos);
    CHECK(trouble("sitee").find("Did you mean \"site\"") != std::string::npos);
    CHECK(trouble("site") == "none");
}
