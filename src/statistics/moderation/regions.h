// Regions of a moderator in which an effect can be told from zero, at each point by itself and over the whole
// observed range at once.
#pragma once

#include "statistics/moderation/johnson_neyman.h"
#include "statistics/moderation/moderator.h"

namespace groundwork::statistics {

enum class Verdict { positive, negative, undecided };

// A stretch of the observed range.
struct Region {
    double from = unknown, to = unknown;
    Verdict verdict = Verdict::undecided;
    double share = unknown;  // of the observed people (or rows) whose value lies in it
};

struct RegionSet {
    std::vector<double>
        boundaries;  // where the interval touches zero, ascending; may lie outside the observed range
    std::vector<Region> regions;  // cover the observed range
};

struct BandPoint {
    double moderator = unknown;
    Estimate effect;
    Interval pointwise, simultaneous;
};

struct JohnsonNeyman {
    LinearSlope line;     // the effect; its degrees of freedom vary along the moderator (BandPoint)
    Estimate moderation;  // change of the effect for one unit of the moderator
    double searched_low = unknown, searched_high = unknown;  // boundaries outside were not looked for
    RegionSet pointwise, simultaneous;
    double critical_value = unknown;  // of the simultaneous band
    std::vector<BandPoint> band;      // over the observed range
};

struct RegionOptions {
    double level = 0.95;
    std::size_t band_points = 41;
    double wider = 10;  // boundaries are sought this many observed ranges beyond the ends
};

// Pointwise boundaries: the roots of e(m)^2 = t(df(m))^2 v(m), by bisection between sign changes on a grid
// that is fine inside the observed range; where the degrees of freedom are infinite, the exact roots of the
// quadratic, wherever they lie. Simultaneous band: simultaneous_critical_value over the observed range, on
// the smallest degrees of freedom within it (so, where they vary, a little wide rather than a little narrow).
JohnsonNeyman johnson_neyman(const Coefficients& coefficients, const ModeratedEffect& effect,
                             const ObservedModerator& moderator, const RegionOptions& options = {});

// The same at each of several times (or values of any second moderator), with one critical value for the
// whole rectangle, simulated on a grid of 41 moderator values by the times.
struct MomentRegion {
    double time = unknown;
    JohnsonNeyman region;
};
struct RegionPlane {
    double critical_value = unknown;
    std::vector<MomentRegion> moments;
};
struct PlaneOptions {
    RegionOptions region;
    std::size_t draws = 20'000;
    std::uint64_t seed = 1;
};
RegionPlane johnson_neyman_plane(const Coefficients& coefficients,
                                 const std::vector<std::pair<double, ModeratedEffect>>& effects,
                                 const ObservedModerator& moderator, const PlaneOptions& options = {});

}  // namespace groundwork::statistics
