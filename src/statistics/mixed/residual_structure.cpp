#include "statistics/mixed/residual_structure.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/trust_region_step.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

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

// The rows' residuals as a function of a vector of parameters: phi where there are gaps, then the logarithm
// of each stratum's ratio but the first one's.
class Structure {
  public:
    Structure(const ModelRows& rows, std::vector<double> gaps)
        : frame_(rows.frame()), gaps_(std::move(gaps)) {
        const bool whole =
            std::all_of(gaps_.begin(), gaps_.end(), [](double gap) { return gap == std::floor(gap); });
        low_ = whole ? -most : 1e-6;
    }

    bool is_serial() const { return !gaps_.empty(); }
    Eigen::Index size() const {
        return first_ratio() + std::max<Eigen::Index>(index(frame_.strata.levels.size()) - 1, 0);
    }
    double low(Eigen::Index k) const { return is_serial() && k == 0 ? low_ : -most_log_ratio; }
    double high(Eigen::Index k) const { return is_serial() && k == 0 ? most : most_log_ratio; }
    std::string name(Eigen::Index k) const {
        if (is_serial() && k == 0) {
            return "The correlation of neighbouring residuals";
        }
        const auto level = static_cast<std::size_t>(k - first_ratio() + 1);
        return "The residual variance where " + frame_.strata.name + " is " + frame_.strata.levels[level];
    }

    Eigen::Index first_ratio() const { return is_serial() ? 1 : 0; }

    std::vector<double> ratios_at(const VectorXd& at) const {
        std::vector<double> result(frame_.strata.levels.size(), 1.0);
        for (std::size_t level = 1; level < result.size(); ++level) {
            result[level] = std::exp(at(first_ratio() + index(level) - 1));
        }
        return result;
    }

    Whitening whitening(const VectorXd& at) const {
        const std::size_t rows = frame_.used.size();
        Whitening result{std::vector<double>(rows, 1.0), std::vector<double>(rows, 0.0), frame_.log_weights};
        if (!frame_.root_weights.empty()) {
            result.own = frame_.root_weights;
        }
        scale_by_stratum(at, result);
        if (is_serial()) {
            correlate(at(0), result);
        }
        return result;
    }

  private:
    static constexpr double most = 1 - 1e-6, most_log_ratio = 12;

    void scale_by_stratum(const VectorXd& at, Whitening& result) const {
        const std::vector<double> ratios = ratios_at(at);
        if (ratios.empty()) {
            return;
        }
        for (std::size_t row = 0; row < result.own.size(); ++row) {
            const auto stratum = static_cast<std::size_t>(frame_.strata.codes[row]);
            result.own[row] /= ratios[stratum];
            if (stratum > 0) {
                result.log_weights -= 2 * at(first_ratio() + index(stratum) - 1);
            }
        }
    }

    void correlate(double phi, Whitening& result) const {
        double last_gap = -1, correlation = 0, spread = 1, log_spread = 0, own_before = 1;
        for (std::size_t row = 0; row < gaps_.size(); ++row) {
            const double own = result.own[row];
            if (gaps_[row] != 0) {
                if (gaps_[row] != last_gap) {  // most gaps are the same
                    last_gap = gaps_[row];
                    correlation = std::pow(phi, last_gap);
                    spread = std::sqrt((1 - correlation) * (1 + correlation));
                    log_spread = std::log(spread);
                }
                result.own[row] = own / spread;
                result.before[row] = own_before * correlation / spread;
                result.log_weights -= 2 * log_spread;
            }
            own_before = own;
        }
    }

    const ModelFrame& frame_;
    std::vector<double> gaps_;
    double low_ = 0;
};

// A smooth function near a point, by differences.
struct Local {
    double value = 0;
    VectorXd slope;
    MatrixXd curvature;
};

constexpr double difference_step = 1e-4;

template <class Function>
Local local_at(const Function& function, const VectorXd& at) {
    Local local{function(at), VectorXd(at.size()), MatrixXd(at.size(), at.size())};
    const auto moved = [&](Eigen::Index j, double by_j, Eigen::Index k, double by_k) {
        VectorXd place = at;
        place(j) += by_j;
        place(k) += by_k;
        return function(place);
    };
    constexpr double h = difference_step;
    for (Eigen::Index k = 0; k < at.size(); ++k) {
        const double below = moved(k, -h, k, 0), above = moved(k, h, k, 0);
        local.slope(k) = (above - below) / (2 * h);
        local.curvature(k, k) = (above - 2 * local.value + below) / (h * h);
        for (Eigen::Index j = 0; j < k; ++j) {
            local.curvature(j, k) = local.curvature(k, j) =
                (moved(j, h, k, h) - moved(j, h, k, -h) - moved(j, -h, k, h) + moved(j, -h, k, -h)) /
                (4 * h * h);
        }
    }
    return local;
}

class Search {
  public:
    Search(const ModelRows& rows, Structure structure, MixedModelOptions options)
        : rows_(rows), structure_(std::move(structure)), options_(std::move(options)) {}

    Result<ResidualFit> run() {
        VectorXd at = VectorXd::Zero(structure_.size());
        if (structure_.is_serial()) {
            at(0) = best_correlation(at);
        }
        const Local local = improve(at);
        TRY_DO(trouble_);
        ResidualFit fit;
        const Whitening whitening = structure_.whitening(at);
        fit.problem = std::make_unique<Problem>(TRY(rows_.reduced(options_, KeepOuter::no, &whitening)));
        fit.minimum = minimise(*fit.problem->kernel, fit.problem->coordinates.effects, fit.problem->setting,
                               start_.empty() ? start_of(*fit.problem) : start_);
        if (structure_.is_serial()) {
            fit.phi = at(0);
        }
        fit.strata = rows_.frame().strata.levels;
        fit.ratios = structure_.ratios_at(at);
        judge(local, at, fit);
        if (options_.degrees_of_freedom == DegreesOfFreedom::satterthwaite) {
            fit.uncertainty = TRY(uncertainty_of(fit, at));
        }
        return fit;
    }

  private:
    double best_correlation(VectorXd at) {
        const auto value = [&](double phi) {
            at(0) = phi;
            return value_at(at);
        };
        double best = 0, best_value = value(0);
        for (const double phi : {-0.8, -0.5, -0.25, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95}) {
            const double here = phi > structure_.low(0) ? value(phi) : best_value;
            if (here < best_value) {
                best = phi;
                best_value = here;
            }
        }
        const double width = 0.25 * (1 - std::abs(best)) + 0.05;
        constexpr int digits = 14;  // the rest is Newton's
        return boost::math::tools::brent_find_minima(value, std::max(structure_.low(0), best - width),
                                                     std::min(structure_.high(0), best + width), digits)
            .first;
    }

    // Newton's method from `at` to the optimum.
    Local improve(VectorXd& at) {
        constexpr int most_steps = 15;
        constexpr double smallest = 1e-9;
        const auto function = [this](const VectorXd& place) { return value_at(place); };
        at = within(at);
        Local local = local_at(function, at);
        double radius = 0.5;
        for (int step = 0; step < most_steps && trouble_; ++step) {
            const TrustRegionStep wanted = trust_region_step(local.slope, local.curvature, radius);
            const VectorXd next = within(at + wanted.step);
            const double moved = (next - at).norm();
            if (!(moved > smallest)) {
                break;
            }
            // Where the values no longer tell the steps apart, the slopes still do.
            const bool below_rounding = wanted.predicted < 1e-9 * (1 + std::abs(local.value));
            if (below_rounding || function(next) < local.value) {
                at = next;
                local = local_at(function, at);
                radius = std::max(radius, 2 * moved);
                if (below_rounding && moved < 1e-7) {
                    break;
                }
            } else {
                radius = moved / 4;
            }
        }
        return local;
    }

    // Far enough from the ends for differences.
    VectorXd within(VectorXd at) const {
        for (Eigen::Index k = 0; k < at.size(); ++k) {
            const double margin = std::min(2 * difference_step, (structure_.high(k) - structure_.low(k)) / 4);
            at(k) = std::clamp(at(k), structure_.low(k) + margin, structure_.high(k) - margin);
        }
        return at;
    }

    double value_at(const VectorXd& at) {
        if (!trouble_) {
            return 0;
        }
        const Whitening whitening = structure_.whitening(at);
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

    void judge(const Local& local, const VectorXd& at, ResidualFit& fit) const {
        for (Eigen::Index k = 0; k < at.size(); ++k) {
            constexpr double near = 1e-3;
            if (at(k) < structure_.low(k) + near || at(k) > structure_.high(k) - near ||
                !(local.curvature(k, k) > 0)) {
                fit.runs_off = structure_.name(k);
                return;
            }
        }
        const VectorXd step = local.curvature.ldlt().solve(local.slope);
        fit.largest_slope = local.slope.cwiseAbs().maxCoeff();
        fit.remaining_deviance = 0.5 * local.slope.dot(step);
    }

    // How all else moves with the residuals' parameters, by differences about the answer with the factors
    // held.
    Result<ResidualUncertainty> uncertainty_of(const ResidualFit& fit, const VectorXd& at) {
        const std::vector<double> entries = fit.minimum.point->entries();
        Result<void> trouble;
        std::vector<VectorXd> gradients;
        std::vector<double> squares;
        std::vector<MatrixXd> covariances;
        const auto value = [&](const VectorXd& place) {
            const Whitening whitening = structure_.whitening(place);
            const Result<Problem> problem = rows_.reduced(options_, KeepOuter::no, &whitening);
            if (!problem) {
                trouble = fail(problem.error());
                return 0.0;
            }
            ObjectivePoint point(*problem->kernel, problem->coordinates.effects, problem->setting, entries);
            const bool along_one_axis = ((place - at).array() != 0).count() == 1;
            if (along_one_axis) {  // below, above, for each parameter in turn
                gradients.emplace_back(view(point.gradient()));
                squares.push_back(point.residual_squares());
                covariances.emplace_back(view(relative_covariance(*problem, point)));
            }
            return point.value();
        };
        ResidualUncertainty result;
        result.curvature = to_matrix(local_at(value, at).curvature);
        TRY_DO(trouble);
        for (std::size_t k = 0; k < squares.size(); k += 2) {
            constexpr double width = 2 * difference_step;
            const VectorXd gradient = (gradients[k + 1] - gradients[k]) / width;
            result.gradient_slopes.emplace_back(gradient.begin(), gradient.end());
            result.squares_slopes.push_back((squares[k + 1] - squares[k]) / width);
            result.covariance_slopes.push_back(to_matrix((covariances[k + 1] - covariances[k]) / width));
        }
        return result;
    }

    const ModelRows& rows_;
    Structure structure_;
    MixedModelOptions options_;
    std::vector<double> start_;
    Result<void> trouble_;
};

}  // namespace

Result<ResidualFit> fit_residual_structure(const Formula& formula, const Data& data,
                                           const MixedModelOptions& options) {
    const ModelRows rows = TRY(ModelRows::of(formula, data, options));
    std::vector<double> gaps;
    if (!options.serial_time.empty()) {
        if (!rows.has_one_group()) {
            return fail(
                unacceptable("Serial correlation within groups needs a single grouping factor; this formula "
                             "has several."));
        }
        gaps = TRY(gaps_of(rows, options.serial_time));
    }
    if (!options.residual_strata.empty() && rows.frame().strata.levels.size() < 2) {
        return fail(unacceptable("has one value only in the rows used, so residual variances cannot differ "
                                 "by it.")
                        .at("", options.residual_strata));
    }
    return Search(rows, Structure(rows, std::move(gaps)), options).run();
}

}  // namespace groundwork::statistics
