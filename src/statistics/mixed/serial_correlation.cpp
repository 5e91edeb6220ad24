#include "statistics/mixed/serial_correlation.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>

namespace groundwork::statistics {

namespace {

// The time since the row before in the same group, 0 for a group's first row.
Result<std::vector<double>> gaps_of(const ModelRows& rows, const std::string& name) {
    const std::vector<double>& times = rows.frame().times;
    std::vector<double> gaps(times.size(), 0.0);
    const std::vector<std::size_t>& begin = rows.level_begin();
    bool any = false;
    for (std::size_t level = 0; level + 1 < begin.size(); ++level) {
        for (std::size_t row = begin[level] + 1; row < begin[level + 1]; ++row) {
            gaps[row] = times[row] - times[row - 1];
            any = true;
            if (!(gaps[row] > 0)) {
                return fail(
                    unacceptable("is the same in two rows of a group, so it cannot say which residual "
                                 "follows which.")
                        .at("", name)
                        .value(shortest(times[row]))
                        .remedy("Give times that differ within the group, or leave --ar1 out."));
            }
        }
    }
    if (!any) {
        return fail(unacceptable("No group has two rows, so no residual follows another."));
    }
    return gaps;
}

Whitening whitening_at(const std::vector<double>& gaps, double phi) {
    Whitening whitening{std::vector<double>(gaps.size(), 1.0), std::vector<double>(gaps.size(), 0.0), 0};
    double last_gap = -1, correlation = 0, spread = 1, log_spread = 0;
    for (std::size_t row = 0; row < gaps.size(); ++row) {
        if (gaps[row] == 0) {
            continue;
        }
        if (gaps[row] != last_gap) {  // most gaps are the same
            last_gap = gaps[row];
            correlation = std::pow(phi, last_gap);
            spread = std::sqrt((1 - correlation) * (1 + correlation));
            log_spread = std::log(spread);
        }
        whitening.own[row] = 1 / spread;
        whitening.before[row] = correlation / spread;
        whitening.log_weights -= 2 * log_spread;
    }
    return whitening;
}

class Search {
  public:
    Search(const ModelRows& rows, std::vector<double> gaps, MixedModelOptions options)
        : rows_(rows), gaps_(std::move(gaps)), options_(std::move(options)) {
        const bool whole =
            std::all_of(gaps_.begin(), gaps_.end(), [](double gap) { return gap == std::floor(gap); });
        low_ = whole ? -most : 1e-6;
    }

    // phi = tanh-like in the search variable, so that steps near 1 become small.
    Result<SerialFit> run() {
        // Where the criterion is lowest on a grid: it may have two valleys.
        double best = 0, best_value = value_at(0);
        for (const double phi : {-0.8, -0.5, -0.25, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95}) {
            const double value = phi > low_ ? value_at(phi) : best_value;
            if (value < best_value) {
                best = phi;
                best_value = value;
            }
        }
        TRY_DO(trouble_);
        const double width = 0.25 * (1 - std::abs(best)) + 0.05;
        constexpr int digits = 26;  // half of a double's: all that a minimum can be known to by its values
        const auto found = boost::math::tools::brent_find_minima([&](double phi) { return value_at(phi); },
                                                                 std::max(low_, best - width),
                                                                 std::min(most, best + width), digits);
        TRY_DO(trouble_);
        double phi = found.first;
        // A Newton step by differences sharpens the answer beyond what values alone can tell.
        constexpr double step = 1e-4;
        double slope = 0, curvature = 0;
        for (int round = 0; round < 3; ++round) {
            const double below = value_at(phi - step), here = value_at(phi), above = value_at(phi + step);
            slope = (above - below) / (2 * step);
            curvature = (above - 2 * here + below) / (step * step);
            const double move = curvature > 0 ? -slope / curvature : 0;
            if (!(std::abs(move) < 1e-3) || phi + move <= low_ || phi + move >= most ||
                std::abs(move) < 1e-9) {
                break;
            }
            phi += move;
        }
        TRY_DO(trouble_);
        const Whitening whitening = whitening_at(gaps_, phi);
        SerialFit fit;
        fit.problem = TRY(rows_.reduced(options_, KeepOuter::no, &whitening));
        fit.phi = phi;
        fit.slope = slope;
        fit.curvature = curvature;
        fit.minimum = minimise(*fit.problem.kernel, fit.problem.coordinates.effects, fit.problem.setting,
                               start_.empty() ? start_of(fit.problem) : start_);
        fit.at_bound = phi < low_ + 1e-4 || phi > most - 1e-4;
        return fit;
    }

  private:
    static constexpr double most = 1 - 1e-6;

    double value_at(double phi) {
        if (!trouble_) {
            return 0;
        }
        const Whitening whitening = whitening_at(gaps_, phi);
        const Result<Problem> problem = rows_.reduced(options_, KeepOuter::no, &whitening);
        if (!problem) {
            trouble_ = fail(problem.error());
            return 0;
        }
        const Minimum minimum = minimise(*problem->kernel, problem->coordinates.effects, problem->setting,
                                         start_.empty() ? start_of(*problem) : start_);
        start_ = minimum.point->entries();
        for (std::size_t k = 0; k < start_.size(); ++k) {  // not on the boundary, which a search cannot leave
            const bool diagonal = problem->coordinates.effects.entries[k].diagonal();
            start_[k] += diagonal && std::abs(start_[k]) < 0.01 ? 0.01 : 0.0;
        }
        return minimum.point->value();
    }

    const ModelRows& rows_;
    std::vector<double> gaps_;
    MixedModelOptions options_;
    double low_ = 0;
    std::vector<double> start_;
    Result<void> trouble_;
};

}  // namespace

Result<SerialFit> fit_serial_correlation(const Formula& formula, const Data& data,
                                         const MixedModelOptions& options) {
    if (!options.weights.empty()) {
        return fail(usage_error("Serial correlation and prior weights cannot be combined."));
    }
    const ModelRows rows = TRY(ModelRows::of(formula, data, options));
    if (!rows.has_one_group()) {
        return fail(
            unacceptable("Serial correlation within groups needs a single grouping factor; this formula "
                         "has several."));
    }
    std::vector<double> gaps = TRY(gaps_of(rows, options.serial_time));
    return Search(rows, std::move(gaps), options).run();
}

}  // namespace groundwork::statistics
