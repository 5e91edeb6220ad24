#include "statistics/generalized/smooth_minimum.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/trust_region_step.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<double> list_of(const VectorXd& values) { return {values.begin(), values.end()}; }

class Search {
  public:
    Search(const SmoothFunction& function, const std::vector<bool>& is_scale)
        : function_(function), is_scale_(is_scale) {}

    SmoothMinimum run(std::vector<double> start) {
        point_ = view(start);
        on_bound_.assign(start.size(), false);
        value_ = evaluate(point_);
        ENSURE(std::isfinite(value_));
        start_value_ = value_;
        gradient_ = slope();
        difference_hessian(Differences::forward);
        constexpr int most_steps = 200;
        while (steps_ < most_steps) {
            ++steps_;
            const std::optional<double> gain = advance();
            if (!gain && hessian_is_true_) {
                break;
            }
            if (!hessian_is_true_ && (!gain || *gain < unchanged)) {  // finishes the search, proves its end
                radius_ = std::max(radius_, 1e-3);
                difference_hessian(Differences::central);
            }
        }
        if (zero_tiny_scales()) {
            hessian_is_true_ = false;
        }
        if (!hessian_is_true_) {
            difference_hessian(Differences::central);
        }
        evaluate(point_);
        return finished();
    }

  private:
    enum class Differences { forward, central };
    // A step that gains less leaves a Hessian by differences as good as it was.
    static constexpr double unchanged = 1e-8;

    double evaluate(const VectorXd& point) {
        ++evaluations_;
        return function_.value(list_of(point));
    }
    VectorXd slope() {
        VectorXd gradient = view(function_.gradient());
        for (Eigen::Index k = 0; k < gradient.size(); ++k) {
            const double bound = function_.upper[static_cast<std::size_t>(k)];
            on_bound_[static_cast<std::size_t>(k)] = last_evaluated_on_bound(k, bound) && gradient(k) < 0;
        }
        return gradient;
    }
    bool last_evaluated_on_bound(Eigen::Index k, double bound) const { return point_(k) >= bound; }

    void difference_hessian(Differences kind) {
        const Eigen::Index count = point_.size();
        MatrixXd hessian = MatrixXd::Identity(count, count);
        const VectorXd here = gradient_;
        for (Eigen::Index k = 0; k < count; ++k) {
            if (on_bound_[static_cast<std::size_t>(k)]) {
                continue;
            }
            // A small share of the distance over which the function changes by about one.
            const double bend = hessian_.size() > 0 ? std::abs(hessian_(k, k)) : 0.0;
            double distance = bend > 0 ? std::clamp(0.02 / std::sqrt(bend), 1e-5, 1e-2) : 1e-4;
            VectorXd above = point_;
            above(k) += distance;
            if (!std::isfinite(evaluate(above))) {
                continue;
            }
            const VectorXd upper = view(function_.gradient());
            if (kind == Differences::forward) {
                hessian.col(k) = (upper - here) / distance;
                continue;
            }
            VectorXd below = point_;
            below(k) -= distance;
            if (!std::isfinite(evaluate(below))) {
                continue;
            }
            hessian.col(k) = (upper - view(function_.gradient())) / (2 * distance);
        }
        hessian_ = 0.5 * (hessian + hessian.transpose());
        fix_bounds();
        hessian_is_true_ = kind == Differences::central;
    }

    void fix_bounds() {
        for (Eigen::Index k = 0; k < point_.size(); ++k) {
            if (on_bound_[static_cast<std::size_t>(k)]) {
                hessian_.row(k).setZero();
                hessian_.col(k).setZero();
                hessian_(k, k) = 1;
            }
        }
    }

    VectorXd free_gradient(const VectorXd& gradient) const {
        VectorXd free = gradient;
        for (Eigen::Index k = 0; k < free.size(); ++k) {
            if (on_bound_[static_cast<std::size_t>(k)]) {
                free(k) = 0;
            }
        }
        return free;
    }

    // What one accepted step was to gain, or nothing at the end.
    std::optional<double> advance() {
        constexpr double nothing_to_gain = 1e-20, smallest_radius = 1e-12;
        while (radius_ > smallest_radius) {
            auto [step, predicted] = trust_region_step(free_gradient(gradient_), hessian_, radius_);
            if (!(predicted > nothing_to_gain)) {
                return std::nullopt;
            }
            VectorXd target = point_ + step;
            bool cut = false;
            for (Eigen::Index k = 0; k < target.size(); ++k) {
                const double bound = function_.upper[static_cast<std::size_t>(k)];
                cut = cut || target(k) > bound;
                target(k) = std::min(target(k), bound);
            }
            step = target - point_;
            const double value = evaluate(target);
            const double rounding = 1e-13 * (1 + std::abs(value_));
            const bool drowned = predicted < 100 * rounding;
            const double ratio = std::isfinite(value) ? (value_ - value) / predicted : -1.0;
            if (drowned) {
                const bool better = std::isfinite(value) && value <= value_ + 10 * rounding &&
                                    accept_if_flatter(target, value);
                return better ? std::optional(predicted) : std::nullopt;
            }
            if (ratio > 0.75 && step.norm() > 0.9 * radius_) {
                radius_ *= 4;
            } else if (!(ratio > 0.25) && !(cut && ratio > 0)) {
                radius_ = std::isfinite(value) ? step.norm() / 4 : step.norm() / 10;
            }
            if (ratio > 1e-4 || (cut && value < value_)) {
                accept(target, value, predicted);
                return predicted;
            }
        }
        return std::nullopt;
    }

    // Where the gain drowns in the rounding of the function, the slope decides.
    bool accept_if_flatter(const VectorXd& target, double value) {
        const VectorXd old_point = point_, old_gradient = gradient_;
        const std::vector<bool> old_bounds = on_bound_;
        point_ = target;
        const VectorXd gradient = slope();
        if (free_gradient(gradient).cwiseAbs().maxCoeff() <
            0.9 * free_gradient(old_gradient).cwiseAbs().maxCoeff()) {
            value_ = value;
            gradient_ = gradient;
            if (!hessian_is_true_) {
                update(target - old_point, gradient - old_gradient);
            }
            return true;
        }
        point_ = old_point;
        on_bound_ = old_bounds;
        return false;
    }

    void accept(const VectorXd& target, double value, double gain) {
        const VectorXd step = target - point_, old = gradient_;
        point_ = target;
        value_ = value;
        gradient_ = slope();
        if (!hessian_is_true_ || gain >= unchanged) {
            update(step, gradient_ - old);
        }
    }

    // Symmetric rank-one update (Nocedal & Wright 2006, eq. 6.24).
    void update(const VectorXd& step, const VectorXd& change) {
        const VectorXd rest = change - hessian_ * step;
        const double divisor = rest.dot(step);
        if (std::abs(divisor) > 1e-8 * rest.norm() * step.norm()) {
            hessian_ += rest * rest.transpose() / divisor;
        }
        fix_bounds();
        hessian_is_true_ = false;
    }

    bool zero_tiny_scales() {
        constexpr double tiny = 1e-4;
        VectorXd target = point_;
        for (Eigen::Index k = 0; k < target.size(); ++k) {
            if (is_scale_[static_cast<std::size_t>(k)] && std::abs(target(k)) < tiny) {
                target(k) = 0;
            }
        }
        if (target == point_) {
            return false;
        }
        const double value = evaluate(target);
        if (!(value <= value_ + 1e-12 * (1 + std::abs(value_)))) {
            return false;
        }
        accept(target, value, unchanged);
        return true;
    }

    SmoothMinimum finished() const {
        SmoothMinimum result;
        result.point = list_of(point_);
        result.gradient = list_of(free_gradient(gradient_));
        result.on_bound = on_bound_;
        result.value = value_;
        result.start_value = start_value_;
        result.hessian = Matrix(result.point.size(), result.point.size());
        std::copy_n(hessian_.data(), hessian_.size(), result.hessian.values.data());
        result.steps = steps_;
        result.evaluations = evaluations_;
        return result;
    }

    const SmoothFunction& function_;
    const std::vector<bool>& is_scale_;
    VectorXd point_, gradient_;
    MatrixXd hessian_;
    std::vector<bool> on_bound_;
    bool hessian_is_true_ = false;
    double value_ = 0, start_value_ = 0, radius_ = 1;
    int steps_ = 0, evaluations_ = 0;
};

}  // namespace

SmoothMinimum minimise(const SmoothFunction& function, std::vector<double> start,
                       const std::vector<bool>& is_scale) {
    ENSURE(function.upper.size() == start.size() && is_scale.size() == start.size());
    return Search(function, is_scale).run(std::move(start));
}

}  // namespace groundwork::statistics
