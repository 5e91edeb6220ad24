// From numbers to places on the page, and the round numbers to write along an axis.
#pragma once

#include <vector>

namespace groundwork::report {

// What an axis must hold. Grows by `include`; numbers that are not finite are passed over.
class Extent {
  public:
    void include(double number);
    bool empty() const { return empty_; }
    double low() const { return low_; }
    double high() const { return high_; }
    double width() const { return high_ - low_; }
    // A little wider on both sides; an extent of no width becomes one of width 1 around its number (0 if
    // empty).
    Extent padded(double share) const;

  private:
    bool empty_ = true;
    double low_ = 0;
    double high_ = 0;
};

// A straight map: domain_low -> range_low, domain_high -> range_high. The domain has a width.
class Scale {
  public:
    Scale(Extent domain, double range_low, double range_high);
    double operator()(double number) const;
    double low() const { return domain_.low(); }
    double high() const { return domain_.high(); }

  private:
    Extent domain_;
    double range_low_;
    double range_high_;
};

struct Ticks {
    std::vector<double> at;
    int places = 0;  // behind the point, so that all differ and are exact
};

// Round numbers (1, 2 or 5 times a power of ten apart) within the extent: about `about` of them, at least two
// if the extent holds two such numbers.
Ticks nice_ticks(const Extent& extent, int about);

}  // namespace groundwork::report
