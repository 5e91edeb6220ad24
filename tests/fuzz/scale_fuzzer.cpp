// Any bytes as answers to a few items, or as a few studies: constant, empty, missing, infinite or
// contradicting each other. Nothing may crash or hang, and what is not refused has finite numbers.
#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::array awkward = {
    std::numeric_limits<double>::quiet_NaN(), infinite, -infinite, 1e300, -1e-300, 1e-9, 1 + 1e-12, 0.0};

double next_number(FuzzedDataProvider& bytes) {
    const std::uint8_t byte = bytes.ConsumeIntegral<std::uint8_t>();
    return byte < 224 ? byte % 8 : awkward[byte % awkward.size()];
}

using Columns = std::vector<std::vector<double>>;

Columns next_columns(FuzzedDataProvider& bytes, std::size_t most_columns, std::size_t most_rows) {
    const auto rows = bytes.ConsumeIntegralInRange<std::size_t>(0, most_rows);
    Columns columns(bytes.ConsumeIntegralInRange<std::size_t>(1, most_columns));
    for (std::vector<double>& column : columns) {
        for (std::size_t row = 0; row < rows; ++row) {
            column.push_back(next_number(bytes));
        }
    }
    return columns;
}

void check_scale(FuzzedDataProvider& bytes) {
    const Columns columns = next_columns(bytes, 7, 24);
    const std::vector<std::span<const double>> items(columns.begin(), columns.end());
    ENSURE(!std::isinf(cronbach_alpha(items)) || items.size() < 2);
    if (const auto analysis = analyse_items(items)) {
        ENSURE(std::isfinite(analysis->alpha.raw));
        ENSURE(analysis->items.size() == items.size());
    }
    if (const auto model = fit_one_factor(items)) {
        ENSURE(std::isfinite(model->omega_total));
    }
    if (const auto halves = split_halves(items, 3)) {
        ENSURE(!std::isinf(halves->lambda4));
    }
    if (const auto model = fit_rasch(items)) {
        ENSURE(std::isfinite(model->log_likelihood));
    }
    if (const auto agreement = intraclass_correlations(items)) {
        ENSURE(agreement->correlations.size() == 6);
    }
    static_cast<void>(independent_difference(items.front(), items.back()));
    static_cast<void>(paired_difference(items.front(), items.back()));
    if (const auto normal = fit_normal(items)) {
        for (const double mean : normal->mean) {
            ENSURE(std::isfinite(mean));
        }
    }
}

void check_studies(FuzzedDataProvider& bytes) {
    MetaOptions options;
    options.method = static_cast<HeterogeneityMethod>(bytes.ConsumeIntegralInRange(0, 9));
    options.test = static_cast<CoefficientTest>(bytes.ConsumeIntegralInRange(0, 3));
    Columns columns = next_columns(bytes, 1, 20);
    std::vector<double> variances;
    for (std::size_t study = 0; study < columns.front().size(); ++study) {
        variances.push_back(next_number(bytes));
    }
    const auto studies = make_studies(columns.front(), variances);
    if (!studies) {
        return;
    }
    if (const auto model = fit_meta_analysis(*studies, options)) {
        ENSURE(std::isfinite(model->tau2));
        for (const Estimate& estimate : model->fixed) {
            ENSURE(std::isfinite(estimate.estimate));
        }
        ENSURE(predict_studies(*studies, *model).size() == studies->effects.size());
    }
    static_cast<void>(leave_one_out(*studies, options));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider bytes(data, size);
    if (bytes.ConsumeBool()) {
        check_scale(bytes);
    } else {
        check_studies(bytes);
    }
    return 0;
}
