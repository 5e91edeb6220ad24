#include "statistics/psychometrics/bounded_search.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace groundwork::statistics {

namespace {

constexpr std::size_t most_pairs = 5;
constexpr double enough_decrease = 1e-3, enough_flattening = 0.9, narrow = 0.1;  // L-BFGS-B's settings

// A trial of the line search: step, value and slope along the line.
struct Trial {
    double step = 0, value = 0, slope = 0;
};

// One step of the interval and the next trial (Moré & Thuente 1994, section 4, cases 1 to 4).
double next_trial(Trial& best, Trial& other, const Trial& now, bool& bracketed, double low, double high) {
    const double sign = now.slope * (best.slope / std::abs(best.slope));
    const double theta = 3 * (best.value - now.value) / (now.step - best.step) + best.slope + now.slope;
    double next;
    if (now.value > best.value) {  // 1: higher: the minimum is bracketed
        const double s = std::max({std::abs(theta), std::abs(best.slope), std::abs(now.slope)});
        double gamma = s * std::sqrt(std::pow(theta / s, 2) - best.slope / s * (now.slope / s));
        gamma = now.step < best.step ? -gamma : gamma;
        const double r = (gamma - best.slope + theta) / (gamma - best.slope + gamma + now.slope);
        const double cubic = best.step + r * (now.step - best.step);
        const double quadratic =
            best.step + best.slope / ((best.value - now.value) / (now.step - best.step) + best.slope) / 2 *
                            (now.step - best.step);
        next = std::abs(cubic - best.step) < std::abs(quadratic - best.step)
                   ? cubic
                   : cubic + (quadratic - cubic) / 2;
        bracketed = true;
    } else if (sign < 0) {  // 2: the slope has turned
        const double s = std::max({std::abs(theta), std::abs(best.slope), std::abs(now.slope)});
        double gamma = s * std::sqrt(std::pow(theta / s, 2) - best.slope / s * (now.slope / s));
        gamma = now.step > best.step ? -gamma : gamma;
        const double r = (gamma - now.slope + theta) / (gamma - now.slope + gamma + best.slope);
        const double cubic = now.step + r * (best.step - now.step);
        const double secant = now.step + now.slope / (now.slope - best.slope) * (best.step - now.step);
        next = std::abs(cubic - now.step) > std::abs(secant - now.step) ? cubic : secant;
        bracketed = true;
    } else if (std::abs(now.slope) < std::abs(best.slope)) {  // 3: flatter
        const double s = std::max({std::abs(theta), std::abs(best.slope), std::abs(now.slope)});
        double gamma =
            s * std::sqrt(std::max(0.0, std::pow(theta / s, 2) - best.slope / s * (now.slope / s)));
        gamma = now.step > best.step ? -gamma : gamma;
        const double r = (gamma - now.slope + theta) / (gamma + (best.slope - now.slope) + gamma);
        const double cubic = r < 0 && gamma != 0    ? now.step + r * (best.step - now.step)
                             : now.step > best.step ? high
                                                    : low;
        const double secant = now.step + now.slope / (now.slope - best.slope) * (best.step - now.step);
        const bool cubic_nearer = std::abs(cubic - now.step) < std::abs(secant - now.step);
        if (bracketed) {
            next = cubic_nearer ? cubic : secant;
            const double limit = now.step + 0.66 * (other.step - now.step);
            next = now.step > best.step ? std::min(limit, next) : std::max(limit, next);
        } else {
            next = std::clamp(cubic_nearer ? secant : cubic, low, high);
        }
    } else if (bracketed) {  // 4: steeper, between known points
        const double t = 3 * (now.value - other.value) / (other.step - now.step) + other.slope + now.slope;
        const double s = std::max({std::abs(t), std::abs(other.slope), std::abs(now.slope)});
        double gamma = s * std::sqrt(std::pow(t / s, 2) - other.slope / s * (now.slope / s));
        gamma = now.step > other.step ? -gamma : gamma;
        const double r = (gamma - now.slope + t) / (gamma - now.slope + gamma + other.slope);
        next = now.step + r * (other.step - now.step);
    } else {
        next = now.step > best.step ? high : low;
    }
    if (now.value > best.value) {
        other = now;
    } else {
        if (sign < 0) {
            other = best;
        }
        best = now;
    }
    return next;
}

// The step along a line that decreases enough and flattens enough. `trial_at` evaluates a step.
template <class Function>
double line_search(const Function& trial_at, const Trial& start, double first_step, double largest) {
    const double least_gain = enough_decrease * start.slope;
    Trial best = start, other = start;
    bool bracketed = false, first_stage = true;
    double width = largest, width_before = 2 * largest, low = 0, high = 5 * first_step, step = first_step;
    for (int trial = 0; trial < 20; ++trial) {
        const Trial now = trial_at(step);
        const double enough = start.value + step * least_gain;
        if (first_stage && now.value <= enough && now.slope >= enough_decrease * start.slope) {
            first_stage = false;
        }
        const bool cornered = bracketed && (step <= low || step >= high || high - low <= narrow * high);
        const bool at_end = step == largest && now.value <= enough && now.slope <= least_gain;
        const bool good = now.value <= enough && std::abs(now.slope) <= enough_flattening * -start.slope;
        if (cornered || at_end || good) {
            return step;
        }
        if (first_stage && now.value <= best.value && now.value > enough) {
            const auto lean = [&](const Trial& t, double direction) {
                return Trial{t.step, t.value - direction * t.step * least_gain,
                             t.slope - direction * least_gain};
            };
            Trial leaning_best = lean(best, 1), leaning_other = lean(other, 1);
            step = next_trial(leaning_best, leaning_other, lean(now, 1), bracketed, low, high);
            best = lean(leaning_best, -1);
            other = lean(leaning_other, -1);
        } else {
            step = next_trial(best, other, now, bracketed, low, high);
        }
        if (bracketed) {
            if (std::abs(other.step - best.step) >= 0.66 * width_before) {
                step = best.step + (other.step - best.step) / 2;
            }
            width_before = width;
            width = std::abs(other.step - best.step);
            low = std::min(best.step, other.step);
            high = std::max(best.step, other.step);
        } else {
            low = best.step;
            high = step + 4 * (step - best.step);
        }
        step = std::clamp(step, 0.0, largest);
        if (bracketed && (step <= low || step >= high || high - low <= narrow * high)) {
            step = best.step;
        }
    }
    return best.step;
}

struct Pair {
    Eigen::VectorXd moved, turned;
    double product;
};

// -H g by the two loops of Nocedal (1980).
Eigen::VectorXd quasi_newton(const std::deque<Pair>& pairs, const Eigen::VectorXd& slope, double theta) {
    Eigen::VectorXd q = slope;
    std::vector<double> a(pairs.size());
    for (std::size_t i = pairs.size(); i-- > 0;) {
        a[i] = pairs[i].moved.dot(q) / pairs[i].product;
        q -= a[i] * pairs[i].turned;
    }
    q /= theta;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        q += (a[i] - pairs[i].turned.dot(q) / pairs[i].product) * pairs[i].moved;
    }
    return -q;
}

}  // namespace

Eigen::VectorXd search_in_bounds(const std::function<ValueAndSlope(const Eigen::VectorXd&)>& function,
                                 const Eigen::VectorXd& start, const BoundedSearch& setting) {
    const double lower = setting.lower / setting.scale, upper = setting.upper / setting.scale;
    const auto evaluate = [&](const Eigen::VectorXd& x) {
        ValueAndSlope result = function(x * setting.scale);
        result.slope *= setting.scale;
        return result;
    };
    Eigen::VectorXd x = (start / setting.scale).cwiseMax(lower).cwiseMin(upper);
    ValueAndSlope now = evaluate(x);
    std::deque<Pair> pairs;
    double theta = 1;
    for (int step_number = 0; step_number < setting.most_steps; ++step_number) {
        const Eigen::VectorXd free =
            (((x.array() <= lower) && (now.slope.array() > 0)) ||
             ((x.array() >= upper) && (now.slope.array() < 0)))
                .select(Eigen::VectorXd::Zero(x.size()), Eigen::VectorXd::Ones(x.size()));
        const Eigen::VectorXd slope = now.slope.cwiseProduct(free);
        Eigen::VectorXd direction = quasi_newton(pairs, slope, theta).cwiseProduct(free);
        if (slope.norm() == 0 || !(direction.dot(slope) < 0)) {
            break;
        }
        direction = (x + direction).cwiseMax(lower).cwiseMin(upper) - x;
        double largest = 1;
        if (step_number > 0) {
            largest = 1e10;
            for (Eigen::Index i = 0; i < x.size(); ++i) {
                const double room = direction(i) > 0 ? upper - x(i) : x(i) - lower;
                largest = direction(i) != 0 ? std::min(largest, room / std::abs(direction(i))) : largest;
            }
        }
        largest = std::max(largest, 1.0);
        ValueAndSlope next = now;
        double evaluated = 0;
        const auto trial_at = [&](double step) {
            next = evaluate((x + step * direction).cwiseMax(lower).cwiseMin(upper));
            evaluated = step;
            return Trial{step, next.value, next.slope.dot(direction)};
        };
        const double along = direction.dot(now.slope);
        if (!(along < 0)) {
            break;
        }
        const double step = line_search(trial_at, {0, now.value, along}, 1, largest);
        if (step == 0) {
            break;
        }
        if (evaluated != step) {
            trial_at(step);
        }
        Pair pair{step * direction, next.slope - now.slope, 0};
        pair.product = pair.moved.dot(pair.turned);
        const double gained = now.value - next.value;
        const double size = std::max({std::abs(now.value), std::abs(next.value), 1.0});
        x = (x + step * direction).cwiseMax(lower).cwiseMin(upper);
        const double expected = -along * step;
        now = next;
        if (gained <= setting.relative_decrease * size) {
            break;
        }
        if (pair.product > std::numeric_limits<double>::epsilon() * expected) {
            theta = pair.turned.squaredNorm() / pair.product;
            pairs.push_back(std::move(pair));
            if (pairs.size() > most_pairs) {
                pairs.pop_front();
            }
        }
    }
    return x * setting.scale;
}

}  // namespace groundwork::statistics
