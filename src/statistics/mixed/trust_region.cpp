#include "statistics/mixed/trust_region.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/trust_region_step.h"

namespace groundwork::statistics {

namespace {

constexpr double smallest_radius = 1e-14;

double largest_slope(ObjectivePoint& point) { return view(point.gradient()).cwiseAbs().maxCoeff(); }

class Minimiser {
  public:
    Minimiser(const Kernel& kernel, const RandomEffects& effects, const ObjectiveSetting& setting)
        : kernel_(kernel), effects_(effects), setting_(setting) {}

    Minimum run(std::vector<double> start) {
        record_.start = start;
        point_ = evaluate(std::move(start));
        record_.start_objective = point_->value();
        renew_model();
        constexpr int most_steps = 200;
        for (int step = 0; step < most_steps; ++step) {
            ++record_.steps;
            if (!advance() && (hessian_is_true_ || !refine())) {
                break;
            }
        }
        if (set_tiny_variances_to_zero() || !hessian_is_true_) {
            refresh_hessian();
        }
        record_.end = point_->entries();
        return {std::move(point_), hessian_, record_};
    }

  private:
    std::unique_ptr<ObjectivePoint> evaluate(std::vector<double> entries) {
        ++record_.evaluations;
        return std::make_unique<ObjectivePoint>(kernel_, effects_, setting_, std::move(entries));
    }

    void refresh_hessian() {
        hessian_ = point_->hessian();
        hessian_is_true_ = true;
    }

    // The exact Hessian where there is one, or else the average information and what the steps so far have
    // shown to be missing in it.
    void renew_model() {
        if (std::optional<Matrix> exact = point_->exact_hessian()) {
            hessian_ = *std::move(exact);
            hessian_is_true_ = true;
            return;
        }
        std::optional<Matrix> average = point_->average_hessian();
        if (!average) {
            refresh_hessian();
            return;
        }
        hessian_ = *std::move(average);
        hessian_is_true_ = false;
        if (missing_.values.empty()) {
            missing_ = Matrix(hessian_.rows, hessian_.columns);
        }
        view(hessian_) += view(missing_);
    }

    // An approximate Hessian has said that this is the end: ask the true one.
    bool refine() {
        refresh_hessian();
        radius_ = std::max(radius_, smallest_radius * 1e6);
        return true;
    }

    // Below this no further step is worth an evaluation. Where there is a Hessian at every point, evaluations
    // cost next to nothing; elsewhere gains that are far below the objective's last digit are left, and an
    // approximate Hessian only has to come near.
    double least_gain() {
        if (point_->exact_hessian()) {
            return 1e-22;
        }
        return (hessian_is_true_ ? 1e-18 : 1e-15) * (1 + std::abs(point_->value()));
    }

    // One accepted step, or false at the end.
    bool advance() {
        const double nothing_to_gain = least_gain();
        const Eigen::VectorXd gradient = view(point_->gradient());
        while (radius_ > smallest_radius) {
            const TrustRegionStep step = trust_region_step(gradient, view(hessian_), radius_);
            if (!(step.predicted > nothing_to_gain)) {
                return false;
            }
            const Eigen::VectorXd target = view(point_->entries()) + step.step;
            std::unique_ptr<ObjectivePoint> candidate =
                evaluate(std::vector<double>(target.begin(), target.end()));
            // Where the gain drowns in the rounding of the objective, the slope decides.
            const double rounding = 1e-13 * (1 + std::abs(point_->value()));
            const bool drowned = step.predicted < 100 * rounding;
            const double ratio = (point_->value() - candidate->value()) / step.predicted;
            const bool better = drowned ? candidate->value() <= point_->value() + 10 * rounding &&
                                              largest_slope(*candidate) < 0.9 * largest_slope(*point_)
                                        : ratio > 1e-4;
            if (!drowned && ratio > 0.75 && step.step.norm() > 0.9 * radius_) {
                radius_ *= 4;
            } else if (!drowned && !(ratio > 0.25)) {
                radius_ = step.step.norm() / 4;
            }
            if (better) {
                accept(std::move(candidate), step.step);
                return true;
            }
            if (drowned) {
                return false;
            }
        }
        return false;
    }

    void accept(std::unique_ptr<ObjectivePoint> candidate, const Eigen::VectorXd& step) {
        // So short a step that the curvature stays what it is, to the digits that are wanted of it.
        constexpr double short_step = 1e-6;
        const Eigen::VectorXd change = view(candidate->gradient()) - view(point_->gradient());
        const bool stays = hessian_is_true_ && step.norm() < short_step;
        point_ = std::move(candidate);
        if (stays && !point_->exact_hessian()) {
            return;
        }
        renew_model();
        if (hessian_is_true_) {
            return;
        }
        // Symmetric rank-one update (Nocedal & Wright 2006, eq. 6.24) of what the average information lacks:
        // the third derivatives' part and the difference between observed and expected.
        const Eigen::VectorXd rest = change - view(hessian_) * step;
        const double divisor = rest.dot(step);
        if (std::abs(divisor) > 1e-8 * rest.norm() * step.norm()) {
            view(missing_) += rest * rest.transpose() / divisor;
            view(hessian_) += rest * rest.transpose() / divisor;
        }
    }

    // Whether it did.
    bool set_tiny_variances_to_zero() {
        constexpr double tiny = 1e-5;
        std::vector<double> entries = point_->entries();
        bool any = false;
        for (std::size_t k = 0; k < entries.size(); ++k) {
            if (effects_.entries[k].diagonal() && entries[k] != 0 && std::abs(entries[k]) < tiny) {
                entries[k] = 0;
                any = true;
            }
        }
        if (!any) {
            return false;
        }
        std::unique_ptr<ObjectivePoint> candidate = evaluate(std::move(entries));
        if (candidate->value() <= point_->value() + 1e-12 * (1 + std::abs(point_->value()))) {
            point_ = std::move(candidate);
            return true;
        }
        return false;
    }

    const Kernel& kernel_;
    const RandomEffects& effects_;
    const ObjectiveSetting& setting_;
    std::unique_ptr<ObjectivePoint> point_;
    Matrix hessian_;
    Matrix missing_;  // in the average information
    bool hessian_is_true_ = false;
    double radius_ = 1;
    OptimisationRecord record_;
};

}  // namespace

Minimum minimise(const Kernel& kernel, const RandomEffects& effects, const ObjectiveSetting& setting,
                 std::vector<double> start) {
    return Minimiser(kernel, effects, setting).run(std::move(start));
}

std::vector<double> usual_start(const RandomEffects& effects) {
    std::vector<double> start;
    for (const FreeEntry& entry : effects.entries) {
        start.push_back(entry.diagonal() ? 1.0 : 0.0);
    }
    return start;
}

}  // namespace groundwork::statistics
