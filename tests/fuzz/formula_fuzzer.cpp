// Any bytes as a formula: read, expand, and fit to a small awkward table. Nothing may crash, hang, or leave a
// number of a table undefined where its standard error is not.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "statistics/statistics.h"

namespace {

using namespace groundwork;
using namespace groundwork::statistics;

struct AwkwardTable {
    std::vector<double> x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    std::vector<double> y = {1, 3, 2, 5, 4, 6, std::numeric_limits<double>::quiet_NaN(), 8, 9, 7, 11, 12.5};
    std::vector<double> g = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5};
    std::vector<std::int32_t> a = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, -1, 2},
                              b = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};

    Data data() const {
        Data data;
        data.rows = x.size();
        data.variables = {{"x", Variable::Kind::numeric, x, {}, {}},
                          {"y", Variable::Kind::numeric, y, {}, {}},
                          {"g", Variable::Kind::numeric, g, {}, {}},
                          {"a", Variable::Kind::factor, {}, a, {"p", "q", "r"}},
                          {"b", Variable::Kind::factor, {}, b, {"u", "v"}}};
        return data;
    }
};

void check(const std::vector<Estimate>& fixed) {
    for (const Estimate& estimate : fixed) {
        ENSURE(std::isfinite(estimate.estimate));
        ENSURE(!(estimate.standard_error > 0) || !std::isnan(estimate.p));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const AwkwardTable table;
    const std::string_view formula(reinterpret_cast<const char*>(bytes), size);
    const Data data = table.data();
    if (const auto model = fit_linear_model(formula, data)) {
        check(model->fixed);
    }
    if (const auto model = fit_mixed_model(formula, data)) {
        check(model->fixed);
        ENSURE(std::isfinite(model->objective));
    }
    return 0;
}
