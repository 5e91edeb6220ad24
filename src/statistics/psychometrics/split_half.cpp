#include "statistics/psychometrics/split_half.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "foundation/foundation.h"

#include "statistics/psychometrics/item_matrix.h"

namespace groundwork::statistics {

namespace {

constexpr std::size_t most_items_for_every_split = 26;

// A split in the making: which items are in the first half, and for every item the sum of its correlations
// with that half. Exchanging two items costs O(items).
class Split {
  public:
    Split(const Eigen::MatrixXd& correlation, const std::vector<bool>& first)
        : correlation_(correlation), row_sums_(correlation.rowwise().sum()), first_(first) {
        with_first_ = Eigen::VectorXd::Zero(correlation.rows());
        for (std::size_t i = 0; i < first_.size(); ++i) {
            if (first_[i]) {
                with_first_ += correlation.col(static_cast<Eigen::Index>(i));
            }
        }
        for (std::size_t i = 0; i < first_.size(); ++i) {
            const auto at = static_cast<Eigen::Index>(i);
            between_ += first_[i] ? row_sums_(at) - with_first_(at) : 0.0;
        }
    }

    bool is_first(std::size_t item) const { return first_[item]; }
    double between() const { return between_; }  // sum of the correlations of first with second half

    double between_after_exchange(std::size_t leaves, std::size_t enters) const {
        const auto a = static_cast<Eigen::Index>(leaves), b = static_cast<Eigen::Index>(enters);
        const double own_a = correlation_(a, a), own_b = correlation_(b, b), pair = correlation_(a, b);
        const double after_leaving = between_ - (row_sums_(a) - with_first_(a)) + (with_first_(a) - own_a);
        return after_leaving - (with_first_(b) - pair) + (row_sums_(b) - with_first_(b) + pair - own_b);
    }

    void exchange(std::size_t leaves, std::size_t enters) {
        between_ = between_after_exchange(leaves, enters);
        with_first_ += correlation_.col(static_cast<Eigen::Index>(enters)) -
                       correlation_.col(static_cast<Eigen::Index>(leaves));
        first_[leaves] = false;
        first_[enters] = true;
    }

  private:
    const Eigen::MatrixXd& correlation_;
    Eigen::VectorXd row_sums_, with_first_;
    std::vector<bool> first_;
    double between_ = 0;
};

struct Range {
    double low, high;
    std::uint64_t count;
};

// Every choice of `half` items, each one exchange from the one before (the revolving door; Nijenhuis & Wilf
// 1978, algorithm NEXKSB's idea as in Knuth's TAOCP 7.2.1.3, algorithm R).
Range every_split(const Eigen::MatrixXd& correlation, std::size_t half) {
    const auto n = static_cast<std::size_t>(correlation.rows());
    std::vector<bool> first(n, false);
    std::fill_n(first.begin(), half, true);
    Split split(correlation, first);
    Range range{split.between(), split.between(), 1};
    std::vector<std::size_t> chosen(half + 2);
    std::iota(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(half), std::size_t{0});
    chosen[half] = n;
    const auto visit = [&](std::size_t leaves, std::size_t enters) {
        split.exchange(leaves, enters);
        range.low = std::min(range.low, split.between());
        range.high = std::max(range.high, split.between());
        ++range.count;
    };
    for (;;) {
        std::size_t j = 1;  // the place that moves; places count from 0
        bool tries_decrease;
        if (half % 2 == 1) {
            if (chosen[0] + 1 < chosen[1]) {
                visit(chosen[0], chosen[0] + 1);
                ++chosen[0];
                continue;
            }
            tries_decrease = true;
        } else {
            if (chosen[0] > 0) {
                visit(chosen[0], chosen[0] - 1);
                --chosen[0];
                continue;
            }
            tries_decrease = false;
        }
        bool moved = false;
        while (j < half) {
            if (tries_decrease && chosen[j] >= j + 1) {
                visit(chosen[j], j - 1);
                chosen[j] = chosen[j - 1];
                chosen[j - 1] = j - 1;
                moved = true;
                break;
            }
            j += tries_decrease ? 1 : 0;
            tries_decrease = false;
            if (j >= half) {
                break;
            }
            if (chosen[j] + 1 < chosen[j + 1]) {
                visit(chosen[j - 1], chosen[j] + 1);
                chosen[j - 1] = chosen[j];
                ++chosen[j];
                moved = true;
                break;
            }
            ++j;
            tries_decrease = true;
        }
        if (!moved) {
            return range;
        }
    }
}

// The best split that exchanges reach; sign +1 seeks the largest, -1 the smallest.
double search(const Eigen::MatrixXd& correlation, std::size_t half, int starts, double sign,
              std::uint64_t& count) {
    const auto n = static_cast<std::size_t>(correlation.rows());
    RandomStream random(1945, sign > 0 ? 4 : 5);
    double best = -std::numeric_limits<double>::infinity();
    for (int start = 0; start < starts; ++start) {
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = n - 1; i > 0; --i) {
            std::swap(order[i], order[random.next_below(i + 1)]);
        }
        std::vector<bool> first(n, false);
        for (std::size_t i = 0; i < half; ++i) {
            first[order[i]] = true;
        }
        Split split(correlation, first);
        for (bool improves = true; improves;) {
            improves = false;
            std::size_t leaves = 0, enters = 0;
            double reached = sign * split.between() + 1e-12;
            for (std::size_t a = 0; a < n; ++a) {
                for (std::size_t b = 0; split.is_first(a) && b < n; ++b) {
                    if (split.is_first(b)) {
                        continue;
                    }
                    ++count;
                    const double after = sign * split.between_after_exchange(a, b);
                    if (after > reached) {
                        reached = after;
                        leaves = a;
                        enters = b;
                        improves = true;
                    }
                }
            }
            if (improves) {
                split.exchange(leaves, enters);
            }
        }
        best = std::max(best, sign * split.between());
    }
    return sign * best;
}

double half_correlation(const Eigen::MatrixXd& covariance, const std::vector<bool>& first) {
    double within_first = 0, within_second = 0, between = 0;
    for (Eigen::Index i = 0; i < covariance.rows(); ++i) {
        for (Eigen::Index j = 0; j < covariance.rows(); ++j) {
            const bool a = first[static_cast<std::size_t>(i)], b = first[static_cast<std::size_t>(j)];
            (a && b ? within_first : !a && !b ? within_second : between) += covariance(i, j);
        }
    }
    return within_first > 0 && within_second > 0 ? between / 2 / std::sqrt(within_first * within_second)
                                                 : unknown;
}

double stepped_up(double r) { return 1 + r > 0 ? 2 * r / (1 + r) : unknown; }

void add_lambdas(SplitHalves& result, const Eigen::MatrixXd& correlation) {
    const auto k = static_cast<double>(correlation.rows());
    const double total = correlation.sum();
    const Eigen::MatrixXd squares =
        (correlation - Eigen::MatrixXd::Identity(correlation.rows(), correlation.cols())).cwiseAbs2();
    result.lambda1 = 1 - k / total;
    result.lambda2 = result.lambda1 + std::sqrt(k / (k - 1) * squares.sum()) / total;
    result.lambda3 = k / (k - 1) * result.lambda1;
    result.lambda5 = result.lambda1 + 2 * std::sqrt(squares.colwise().sum().maxCoeff()) / total;
    result.lambda6 = 1 - (k - squared_multiple_correlations(correlation).sum()) / total;
}

}  // namespace

Result<SplitHalves> split_halves(Items items, int starts) {
    ENSURE(starts >= 1);
    TRY_DO(check_items(items, 2));
    const Eigen::MatrixXd covariance = item_covariance(items, PartialRows::leave_out);
    const Eigen::MatrixXd correlation = as_correlation(covariance);
    const double total = correlation.sum();
    if (!(total > 0)) {
        return fail(unacceptable("The sum of the standardised items does not vary, so it has no reliability.")
                        .remedy("Check which items must be reversed."));
    }
    SplitHalves result;
    add_lambdas(result, correlation);
    const std::size_t n = items.size(), half = n / 2;
    Range range{0, 0, 0};
    if (n <= most_items_for_every_split) {
        range = every_split(correlation, half);
        result.every_split = true;
    } else {
        range.high = search(correlation, half, starts, 1, range.count);
        range.low = search(correlation, half, starts, -1, range.count);
    }
    result.largest = result.lambda4 = 4 * range.high / total;
    result.smallest = 4 * range.low / total;
    result.splits_examined = range.count;
    const auto k = static_cast<double>(n), h = static_cast<double>(half);
    result.mean = 4 * h * (k - h) * (total - k) / (k * (k - 1)) / total;
    std::vector<bool> beginning(n, false), odd(n, false);
    for (std::size_t i = 0; i < n; ++i) {
        beginning[i] = i < (n + 1) / 2;
        odd[i] = i % 2 == 0;
    }
    result.first_second_r = half_correlation(covariance, beginning);
    result.first_second_spearman_brown = stepped_up(result.first_second_r);
    result.odd_even_r = half_correlation(covariance, odd);
    result.odd_even_spearman_brown = stepped_up(result.odd_even_r);
    return result;
}

}  // namespace groundwork::statistics
