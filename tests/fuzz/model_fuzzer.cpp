// Any bytes as data: a small table of awkward numbers (constant, missing, infinite, huge, nearly dependent,
// empty levels) for a model of every kind. Nothing may crash or hang, and a model that is not refused has
// numbers in its table.
#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

constexpr std::size_t most_rows = 40;
constexpr std::array awkward = {0.0,
                                1.0,
                                -1.0,
                                2.0,
                                3.0,
                                0.5,
                                1e-9,
                                1e9,
                                1e150,
                                -1e150,
                                1e-150,
                                1e300,
                                1 + 1e-9,
                                1 - 1e-15,
                                std::numeric_limits<double>::quiet_NaN(),
                                std::numeric_limits<double>::infinity()};
constexpr std::array mixed_formulas = {"y ~ 1 + (1 | g)",
                                       "y ~ x + (1 | g)",
                                       "y ~ x + (x | g)",
                                       "y ~ x * a + (x || g)",
                                       "y ~ a * b + (1 | g/h)",
                                       "y ~ x + (1 | g) + (1 | h)",
                                       "y ~ a + (0 + a | g)",
                                       "y ~ x + z + I(x - z) + (1 | g)",
                                       "y ~ x * z * a + (x + z | g)",
                                       "y ~ x + offset(z) + (1 | h)"};
constexpr std::array plain_formulas = {
    "y ~ 1", "y ~ x", "y ~ x * a * b", "y ~ 0 + a + z", "y ~ x + z + I(x + z)", "y ~ scale(x) + log(z)"};

// Columns with a tail of their own: the bytes of a fuzzer are worth most where each decides one cell.
struct Table {
    explicit Table(FuzzedDataProvider& bytes)
        : rows(bytes.ConsumeIntegralInRange<std::size_t>(0, most_rows)) {
        for (std::vector<double>* column : {&y, &x, &z, &w}) {
            const bool easy = bytes.ConsumeBool();
            for (std::size_t row = 0; row < rows; ++row) {
                const std::uint8_t byte = bytes.ConsumeIntegral<std::uint8_t>();
                column->push_back(easy         ? byte / 16
                                  : byte < 128 ? byte / 8.0
                                               : awkward[byte % awkward.size()]);
            }
        }
        for (std::vector<std::int32_t>* column : {&g, &h, &a, &b}) {
            const int levels = column == &a || column == &b ? 3 : 8;
            for (std::size_t row = 0; row < rows; ++row) {
                column->push_back(bytes.ConsumeIntegral<std::uint8_t>() % (levels + 1) - 1);
            }
        }
    }

    Data data() const {
        const std::vector<std::string> many = {"1", "2", "3", "4", "5", "6", "7", "8"}, few = {"p", "q", "r"};
        Data data;
        data.rows = rows;
        data.variables = {
            {"y", Variable::Kind::numeric, y, {}, {}},  {"x", Variable::Kind::numeric, x, {}, {}},
            {"z", Variable::Kind::numeric, z, {}, {}},  {"w", Variable::Kind::numeric, w, {}, {}},
            {"g", Variable::Kind::factor, {}, g, many}, {"h", Variable::Kind::factor, {}, h, many},
            {"a", Variable::Kind::factor, {}, a, few},  {"b", Variable::Kind::factor, {}, b, few}};
        return data;
    }

    std::size_t rows;
    std::vector<double> y, x, z, w;
    std::vector<std::int32_t> g, h, a, b;
};

void check(const std::vector<Estimate>& estimates) {
    for (const Estimate& estimate : estimates) {
        ENSURE(std::isfinite(estimate.estimate));
        ENSURE(!(estimate.standard_error < 0));
        ENSURE(!(estimate.standard_error > 0) || !std::isnan(estimate.p));
    }
}

void fit_mixed(FuzzedDataProvider& choice, const Data& data) {
    MixedModelOptions options;
    options.threads = 1;
    options.criterion = choice.ConsumeBool() ? Criterion::reml : Criterion::maximum_likelihood;
    options.degrees_of_freedom =
        choice.ConsumeBool() ? DegreesOfFreedom::satterthwaite : DegreesOfFreedom::kenward_roger;
    const int residuals = choice.ConsumeIntegralInRange(0, 7);
    options.weights = residuals == 1 || residuals == 2 ? "w" : "";
    options.serial_time = residuals == 2 || residuals == 3 ? "z" : "";
    options.residual_strata = residuals == 3 || residuals == 4 ? "b" : "";
    const std::string formula = choice.PickValueInArray(mixed_formulas);
    const auto model = fit_mixed_model(formula, data, options);
    if (!model) {
        return;
    }
    check(model->fixed);
    ENSURE(std::isfinite(model->objective));
    ENSURE(std::isfinite(model->sigma));
    for (const RandomTerm& term : model->random) {
        for (const double deviation : term.standard_deviations) {
            ENSURE(std::isfinite(deviation));
        }
    }
    ENSURE(!model->certificate.words.empty());
    if (choice.ConsumeBool()) {
        if (const auto robust = cluster_robust(*model, formula, data, "g")) {
            for (std::size_t k = 0; k < robust->names.size(); ++k) {
                ENSURE(std::isfinite(robust->covariance(k, k)));
            }
        }
    }
}

void fit_linear(FuzzedDataProvider& choice, const Data& data) {
    LinearModelOptions options;
    options.weights = choice.ConsumeBool() ? "w" : "";
    if (const auto model = fit_linear_model(choice.PickValueInArray(plain_formulas), data, options)) {
        check(model->fixed);
    }
}

void fit_generalized(FuzzedDataProvider& choice, const Data& data) {
    GeneralizedModelOptions options;
    options.family = choice.PickValueInArray({Family::binomial, Family::poisson, Family::negative_binomial});
    options.quadrature_points = choice.ConsumeBool() ? 1 : 7;
    const bool with_groups = choice.ConsumeBool();
    const std::string formula =
        with_groups ? choice.PickValueInArray(mixed_formulas) : choice.PickValueInArray(plain_formulas);
    if (const auto model = fit_generalized_model(formula, data, options)) {
        check(model->fixed);
        ENSURE(std::isfinite(model->objective));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider choice(bytes, size);
    const int kind = choice.ConsumeIntegralInRange(0, 3);
    const Table table(choice);
    const Data data = table.data();
    if (kind == 0) {
        fit_linear(choice, data);
    } else if (kind == 1) {
        fit_generalized(choice, data);
    } else {
        fit_mixed(choice, data);
    }
    return 0;
}
