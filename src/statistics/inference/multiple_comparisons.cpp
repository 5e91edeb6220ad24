#include "statistics/inference/multiple_comparisons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "foundation/foundation.h"
#include "statistics/distributions.h"

namespace groundwork::statistics {

namespace {

// Sixteen-point Gauss-Legendre rule on one piece.
template <class Function>
double integral(const Function& function, double from, double to) {
    static constexpr std::array<double, 8> places = {
        0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438,
        0.7554044083550030, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499};
    static constexpr std::array<double, 8> weights = {
        0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767,
        0.1246289712555339, 0.0951585116824928, 0.0622535239386479, 0.0271524594117541};
    const double middle = (from + to) / 2;
    const double half = (to - from) / 2;
    double sum = 0;
    for (std::size_t k = 0; k < places.size(); ++k) {
        sum += weights[k] * (function(middle - half * places[k]) + function(middle + half * places[k]));
    }
    return sum * half;
}

template <class Function>
double integral_in_pieces(const Function& function, double from, double to, int pieces) {
    const double width = (to - from) / pieces;
    double sum = 0;
    for (int k = 0; k < pieces; ++k) {
        sum += integral(function, from + k * width, from + (k + 1) * width);
    }
    return sum;
}

double normal_density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

// P(the range of `groups` standard normals > w) = groups * integral of phi(z) (1 - (Phi(z) - Phi(z -
// w))^(groups-1)) over the largest value z, rearranged so that small probabilities keep their digits.
double range_probability_above(double w, double groups) {
    const auto integrand = [&](double z) {
        const double below_largest = normal_probability_below(z);
        const double within = below_largest - normal_probability_below(z - w);
        return normal_density(z) *
               (std::pow(below_largest, groups - 1) - std::pow(std::max(within, 0.0), groups - 1));
    };
    return std::clamp(groups * integral_in_pieces(integrand, -8.5, 8.5, 12), 0.0, 1.0);
}

}  // namespace

double studentized_range_probability_above(double q, std::size_t groups, double degrees) {
    ENSURE(q >= 0 && groups >= 2 && degrees > 0);
    const auto count = static_cast<double>(groups);
    if (std::isinf(degrees) || q == 0) {
        return range_probability_above(q, count);
    }
    // s = chi / sqrt(degrees) on the scale t = log s, whose density is smooth and falls fast on both sides.
    const double log_constant =
        std::log(2.0) + degrees / 2 * std::log(degrees / 2) - std::lgamma(degrees / 2);
    const auto integrand = [&](double t) {
        const double density = std::exp(log_constant + degrees * t - degrees / 2 * std::exp(2 * t));
        return density < 1e-18 ? 0.0 : density * range_probability_above(q * std::exp(t), count);
    };
    const double spread = 1 / std::sqrt(2 * degrees);
    const double below = std::max(9 * spread, 40 / degrees);
    const double above = std::min(9 * spread, 0.5 * std::log(1 + 90 / degrees) + 1);
    return std::clamp(
        integral_in_pieces(integrand, -below, 0, 10) + integral_in_pieces(integrand, 0, above, 5), 0.0, 1.0);
}

std::vector<double> adjusted_p(std::span<const Estimate> comparisons, Adjustment adjustment,
                               std::size_t groups) {
    std::vector<double> p;
    std::vector<std::size_t> known;
    for (std::size_t k = 0; k < comparisons.size(); ++k) {
        p.push_back(comparisons[k].p);
        if (!std::isnan(comparisons[k].p)) {
            known.push_back(k);
        }
    }
    const auto count = static_cast<double>(known.size());
    if (adjustment == Adjustment::bonferroni) {
        std::transform(p.begin(), p.end(), p.begin(), [&](double one) { return std::min(one * count, 1.0); });
        for (std::size_t k = 0; k < p.size(); ++k) {
            p[k] = std::isnan(comparisons[k].p) ? unknown : p[k];
        }
    } else if (adjustment == Adjustment::holm) {
        std::sort(known.begin(), known.end(), [&](auto a, auto b) { return p[a] < p[b]; });
        double largest = 0;
        for (std::size_t place = 0; place < known.size(); ++place) {
            largest =
                std::max(largest, std::min(p[known[place]] * (count - static_cast<double>(place)), 1.0));
            p[known[place]] = largest;
        }
    } else if (adjustment == Adjustment::tukey && groups > 2) {
        for (const std::size_t k : known) {
            p[k] =
                studentized_range_probability_above(std::abs(comparisons[k].statistic) * std::numbers::sqrt2,
                                                    groups, comparisons[k].degrees_of_freedom);
        }
    }
    return p;
}

}  // namespace groundwork::statistics
