#include "statistics/moderation/regions.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "statistics/distributions.h"
#include "statistics/moderation/simultaneous.h"

namespace groundwork::statistics {

namespace {

// e(m)^2 - k(m)^2 v(m): positive where the interval leaves out zero.
using Distance = std::function<double(double)>;

double bisected(const Distance& distance, double low, double high) {
    const bool positive_at_low = distance(low) > 0;
    for (int step = 0; step < 200; ++step) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) {
            break;
        }
        ((distance(middle) > 0) == positive_at_low ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

std::vector<double> roots(const Distance& distance, const std::vector<double>& grid) {
    std::vector<double> found;
    for (std::size_t k = 0; k + 1 < grid.size(); ++k) {
        if ((distance(grid[k]) > 0) != (distance(grid[k + 1]) > 0)) {
            found.push_back(bisected(distance, grid[k], grid[k + 1]));
        }
    }
    return found;
}

std::vector<double> evenly(double low, double high, std::size_t points) {
    std::vector<double> places;
    for (std::size_t k = 0; k < points; ++k) {
        places.push_back(points == 1
                             ? low
                             : low + (high - low) * static_cast<double>(k) / static_cast<double>(points - 1));
    }
    return places;
}

// The observed range between the boundaries, with a verdict and a share for each stretch. A value on a
// boundary counts with the stretch above it.
std::vector<Region> stretches(const std::vector<double>& boundaries, const LinearSlope& line,
                              const Distance& distance, const ObservedModerator& moderator) {
    std::vector<double> edges = {moderator.low};
    for (const double boundary : boundaries) {
        if (boundary > moderator.low && boundary < moderator.high) {
            edges.push_back(boundary);
        }
    }
    edges.push_back(moderator.high);
    std::vector<Region> regions;
    for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
        Region region;
        region.from = edges[k];
        region.to = edges[k + 1];
        const double middle = (region.from + region.to) / 2;
        if (distance(middle) > 0) {
            region.verdict = line.b0 + line.b1 * middle > 0 ? Verdict::positive : Verdict::negative;
        }
        const bool last = k + 2 == edges.size();
        const auto inside =
            std::count_if(moderator.values.begin(), moderator.values.end(),
                          [&](double value) { return value >= region.from && (value < region.to || last); });
        region.share = static_cast<double>(inside) / static_cast<double>(moderator.values.size());
        regions.push_back(region);
    }
    return regions;
}

LinearSlope line_of(const Coefficients& coefficients, const ModeratedEffect& effect) {
    const auto product = [&](const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            for (std::size_t j = 0; j < b.size(); ++j) {
                sum += a[i] * coefficients.covariance(i, j) * b[j];
            }
        }
        return sum;
    };
    LinearSlope line;
    for (std::size_t k = 0; k < coefficients.estimates.size(); ++k) {
        line.b0 += effect.at_zero[k] * coefficients.estimates[k];
        line.b1 += effect.per_unit[k] * coefficients.estimates[k];
    }
    line.variance_b0 = product(effect.at_zero, effect.at_zero);
    line.variance_b1 = product(effect.per_unit, effect.per_unit);
    line.covariance = product(effect.at_zero, effect.per_unit);
    line.degrees_of_freedom = coefficients.degrees_of_freedom(effect.per_unit);
    return line;
}

double variance_at(const LinearSlope& line, double m) {
    return line.variance_b0 + m * (2 * line.covariance + m * line.variance_b1);
}

// Regions for one critical value that is the same everywhere: the quadratic's own roots.
RegionSet regions_at(const LinearSlope& line, double critical, const ObservedModerator& moderator) {
    const Distance distance = [&](double m) {
        const double effect = line.b0 + line.b1 * m;
        return effect * effect - critical * critical * variance_at(line, m);
    };
    LinearSlope scaled = line;  // with critical value z of the normal at level `half`, whose square is 1
    scaled.degrees_of_freedom = std::numeric_limits<double>::infinity();
    const double level = 2 * normal_probability_below(1) - 1;
    scaled.variance_b0 *= critical * critical;
    scaled.variance_b1 *= critical * critical;
    scaled.covariance *= critical * critical;
    RegionSet set;
    set.boundaries = johnson_neyman_boundaries(scaled, level);
    set.regions = stretches(set.boundaries, line, distance, moderator);
    return set;
}

RegionSet pointwise_regions(const Coefficients& coefficients, const ModeratedEffect& effect,
                            const LinearSlope& line, const ObservedModerator& moderator,
                            const RegionOptions& options) {
    if (std::isinf(line.degrees_of_freedom)) {
        return regions_at(line, student_t_quantile(0.5 + options.level / 2, line.degrees_of_freedom),
                          moderator);
    }
    const Distance distance = [&](double m) {
        const double e = line.b0 + line.b1 * m;
        const double t =
            student_t_quantile(0.5 + options.level / 2, coefficients.degrees_of_freedom(effect.at(m)));
        return e * e - t * t * variance_at(line, m);
    };
    const double range = moderator.high - moderator.low;
    std::vector<double> grid = evenly(moderator.low, moderator.high, 101);
    for (const double start : {moderator.low - options.wider * range, moderator.high}) {
        const std::vector<double> wing = evenly(start, start + options.wider * range, 101);
        grid.insert(grid.end(), wing.begin(), wing.end());
    }
    // The roots for a constant critical value are near: with them and their surroundings no pair is
    // overlooked.
    const double t = student_t_quantile(0.5 + options.level / 2, line.degrees_of_freedom);
    for (const double root : regions_at(line, t, moderator).boundaries) {
        for (const double offset : {-0.02, -0.002, 0.0, 0.002, 0.02}) {
            const double place = root + offset * range;
            if (place > grid.front() - options.wider * range &&
                std::abs(place - moderator.mean) <= options.wider * range) {
                grid.push_back(place);
            }
        }
    }
    std::sort(grid.begin(), grid.end());
    grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
    RegionSet set;
    set.boundaries = roots(distance, grid);
    set.regions = stretches(set.boundaries, line, distance, moderator);
    return set;
}

std::vector<BandPoint> band_of(const Coefficients& coefficients, const ModeratedEffect& effect,
                               const ObservedModerator& moderator, double critical,
                               const RegionOptions& options) {
    std::vector<BandPoint> band;
    for (const double m : evenly(moderator.low, moderator.high, options.band_points)) {
        BandPoint point;
        point.moderator = m;
        point.effect = combination(coefficients, effect.at(m), shortest(m));
        point.pointwise = confidence_interval(point.effect, options.level);
        const double half = critical * point.effect.standard_error;
        point.simultaneous = {point.effect.estimate - half, point.effect.estimate + half};
        band.push_back(std::move(point));
    }
    return band;
}

double least_degrees(const Coefficients& coefficients, const ModeratedEffect& effect,
                     const ObservedModerator& moderator) {
    double least = std::numeric_limits<double>::infinity();
    for (const double m : evenly(moderator.low, moderator.high, 41)) {
        least = std::min(least, coefficients.degrees_of_freedom(effect.at(m)));
    }
    return least;
}

JohnsonNeyman analysed(const Coefficients& coefficients, const ModeratedEffect& effect,
                       const ObservedModerator& moderator, double critical, const RegionOptions& options) {
    JohnsonNeyman result;
    result.line = line_of(coefficients, effect);
    result.moderation = combination(coefficients, effect.per_unit, "moderation");
    const double range = moderator.high - moderator.low;
    const bool everywhere = std::isinf(result.line.degrees_of_freedom);
    const double beyond = everywhere ? std::numeric_limits<double>::infinity() : options.wider * range;
    result.searched_low = moderator.low - beyond;
    result.searched_high = moderator.high + beyond;
    result.pointwise = pointwise_regions(coefficients, effect, result.line, moderator, options);
    result.critical_value = critical;
    result.simultaneous = regions_at(result.line, critical, moderator);
    result.band = band_of(coefficients, effect, moderator, critical, options);
    return result;
}

}  // namespace

JohnsonNeyman johnson_neyman(const Coefficients& coefficients, const ModeratedEffect& effect,
                             const ObservedModerator& moderator, const RegionOptions& options) {
    ENSURE(moderator.low < moderator.high && options.band_points >= 2);
    const LinearSlope line = line_of(coefficients, effect);
    const double critical = simultaneous_critical_value(
        {line.variance_b0, line.covariance, line.variance_b1}, moderator.low, moderator.high,
        least_degrees(coefficients, effect, moderator), options.level);
    return analysed(coefficients, effect, moderator, critical, options);
}

RegionPlane johnson_neyman_plane(const Coefficients& coefficients,
                                 const std::vector<std::pair<double, ModeratedEffect>>& effects,
                                 const ObservedModerator& moderator, const PlaneOptions& options) {
    ENSURE(!effects.empty() && moderator.low < moderator.high);
    const std::vector<double> places = evenly(moderator.low, moderator.high, 41);
    Matrix weights(places.size() * effects.size(), coefficients.names.size());
    double degrees = std::numeric_limits<double>::infinity();
    std::size_t row = 0;
    for (const auto& [time, effect] : effects) {
        degrees = std::min(degrees, least_degrees(coefficients, effect, moderator));
        for (const double place : places) {
            const std::vector<double> at = effect.at(place);
            for (std::size_t k = 0; k < at.size(); ++k) {
                weights(row, k) = at[k];
            }
            ++row;
        }
    }
    RegionPlane plane;
    plane.critical_value = simulated_critical_value(weights, coefficients.covariance, degrees,
                                                    options.region.level, options.draws, options.seed);
    for (const auto& [time, effect] : effects) {
        plane.moments.push_back(
            {time, analysed(coefficients, effect, moderator, plane.critical_value, options.region)});
    }
    return plane;
}

}  // namespace groundwork::statistics
