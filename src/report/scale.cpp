#include "report/scale.h"

#include <algorithm>
#include <cmath>

#include "foundation/foundation.h"

namespace groundwork::report {

void Extent::include(double number) {
    if (!std::isfinite(number)) {
        return;
    }
    low_ = empty_ ? number : std::min(low_, number);
    high_ = empty_ ? number : std::max(high_, number);
    empty_ = false;
}

Extent Extent::padded(double share) const {
    const double margin = width() > 0 ? share * width() : 0.5;
    Extent wider;
    wider.include(low_ - margin);
    wider.include(high_ + margin);
    return wider;
}

Scale::Scale(Extent domain, double range_low, double range_high)
    : domain_(domain.width() > 0 ? domain : domain.padded(0)),
      range_low_(range_low),
      range_high_(range_high) {}

double Scale::operator()(double number) const {
    ENSURE(std::isfinite(number));
    return range_low_ + (number - domain_.low()) / domain_.width() * (range_high_ - range_low_);
}

Ticks nice_ticks(const Extent& extent, int about) {
    ENSURE(about > 0);
    if (!(extent.width() > 0)) {
        return {{extent.low()}, 2};
    }
    const double rough = extent.width() / about;
    const double power = std::floor(std::log10(rough));
    const double base = std::pow(10.0, power);
    const double ratio = rough / base;
    const double factor = ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10;
    const double step = factor * base;
    Ticks ticks;
    const double whole_power = factor == 10 ? power + 1 : power;
    ticks.places = std::clamp(static_cast<int>(-whole_power), 0, 9);
    const double first = std::ceil(extent.low() / step - 1e-9);
    const double last = std::floor(extent.high() / step + 1e-9);
    for (double number = first; number <= last; ++number) {
        ticks.at.push_back(number * step);
    }
    return ticks;
}

}  // namespace groundwork::report
