#include "statistics/psychometrics/symmetric_functions.h"

#include <algorithm>
#include <cmath>

namespace groundwork::statistics {

namespace {

// Real is double, or long double where a double's range does not hold the products of many items.
template <class Real>
class PatternSums {
  public:
    using Polynomial = std::vector<Real>;

    PatternSums(const CategoryLayout& layout, const AnswerPattern& pattern, const Eigen::VectorXd& beta)
        : layout_(layout), pattern_(pattern), weights_(pattern.items.size()) {
        for (std::size_t place = 0; place < pattern.items.size(); ++place) {
            const std::size_t item = pattern.items[place];
            Polynomial& weight = weights_[place];
            weight.assign(layout.categories(item) + 1, 1);
            Real total = 1;
            for (std::size_t h = 1; h < weight.size(); ++h) {
                weight[h] = std::exp(static_cast<Real>(beta(at(item, h))));
                total += weight[h];
            }
            log_scale_ += std::log(static_cast<double>(total));
            for (Real& value : weight) {
                value /= total;
            }
            largest_ += weight.size() - 1;
        }
        before_.resize(weights_.size() + 1);
        before_[0] = {1};
        for (std::size_t place = 0; place < weights_.size(); ++place) {
            before_[place + 1] = product(before_[place], weights_[place]);
        }
    }

    // gamma_r > 0 for every score that occurs, with room to divide by it.
    bool in_range() const {
        for (std::size_t score = 0; score < pattern_.score_counts.size(); ++score) {
            if (pattern_.score_counts[score] > 0 && !(before_.back()[score] > static_cast<Real>(1e-250L))) {
                return false;
            }
        }
        return true;
    }

    double value() const {
        double sum = 0;
        for (std::size_t score = 0; score < pattern_.score_counts.size(); ++score) {
            if (const double n = pattern_.score_counts[score]; n > 0) {
                sum += n * (static_cast<double>(std::log(before_.back()[score])) + log_scale_);
            }
        }
        return sum;
    }

    void add_slopes(Eigen::VectorXd& expected, Eigen::MatrixXd* information) {
        fill_after();
        for (std::size_t place = 0; place < weights_.size(); ++place) {
            for (std::size_t h = 1; h < weights_[place].size(); ++h) {
                const double count = static_cast<double>(
                    weights_[place][h] * shifted_product(before_[place], after_[place + 1], h));
                expected(at(pattern_.items[place], h)) += count;
                if (information != nullptr) {
                    (*information)(at(pattern_.items[place], h), at(pattern_.items[place], h)) += count;
                }
            }
        }
        if (information != nullptr) {
            add_pairs(*information);
            subtract_score_means(*information);
        }
    }

  private:
    Eigen::Index at(std::size_t item, std::size_t h) const {
        return static_cast<Eigen::Index>(layout_.offset[item] + h - 1);
    }

    static Polynomial product(const Polynomial& a, const Polynomial& b) {
        Polynomial result(a.size() + b.size() - 1, 0);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const Real factor = b[j];
            for (std::size_t i = 0; i < a.size(); ++i) {
                result[i + j] += a[i] * factor;
            }
        }
        return result;
    }

    // sum over s of a(s) f(s + shift)
    static Real shifted_product(const Polynomial& a, const Polynomial& f, std::size_t shift) {
        Real sum = 0;
        const std::size_t end = std::min(a.size(), f.size() > shift ? f.size() - shift : 0);
        for (std::size_t s = 0; s < end; ++s) {
            sum += a[s] * f[s + shift];
        }
        return sum;
    }

    // after_[j](s) = sum over scores of n_r / gamma_r times the coefficient of x^(r - s) in the product of
    // the items from j on: with it every sum over scores is one short product.
    void fill_after() {
        after_.resize(weights_.size() + 1);
        after_.back().assign(largest_ + 1, 0);
        for (std::size_t score = 0; score <= largest_; ++score) {
            const double n = pattern_.score_counts[score];
            after_.back()[score] = n > 0 ? static_cast<Real>(n) / before_.back()[score] : 0;
        }
        for (std::size_t place = weights_.size(); place-- > 0;) {
            after_[place].assign(largest_ + 1, 0);
            for (std::size_t h = 0; h < weights_[place].size(); ++h) {
                for (std::size_t s = 0; s + h <= largest_; ++s) {
                    after_[place][s] += weights_[place][h] * after_[place + 1][s + h];
                }
            }
        }
    }

    void add_pairs(Eigen::MatrixXd& information) const {
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            Polynomial others = before_[i];  // the items before j, without i
            for (std::size_t j = i + 1; j < weights_.size(); ++j) {
                for (std::size_t h = 1; h < weights_[i].size(); ++h) {
                    for (std::size_t g = 1; g < weights_[j].size(); ++g) {
                        const auto count = static_cast<double>(weights_[i][h] * weights_[j][g] *
                                                               shifted_product(others, after_[j + 1], h + g));
                        information(at(pattern_.items[i], h), at(pattern_.items[j], g)) += count;
                        information(at(pattern_.items[j], g), at(pattern_.items[i], h)) += count;
                    }
                }
                others = product(others, weights_[j]);
            }
        }
    }

    // Less the sum over scores of n_r P(i, h | r) P(j, g | r).
    void subtract_score_means(Eigen::MatrixXd& information) const {
        Polynomial behind = {1};  // product of the items after the place
        std::vector<Eigen::Index> positions;
        for (std::size_t place = 0; place < weights_.size(); ++place) {
            for (std::size_t h = 1; h < weights_[place].size(); ++h) {
                positions.push_back(at(pattern_.items[place], h));
            }
        }
        const auto rows = static_cast<Eigen::Index>(positions.size());
        const auto scores = static_cast<Eigen::Index>(largest_ + 1);
        Eigen::MatrixXd means(scores, rows);
        Eigen::Index column = rows;
        for (std::size_t place = weights_.size(); place-- > 0;) {
            const Polynomial others = product(before_[place], behind);
            for (std::size_t h = weights_[place].size() - 1; h >= 1; --h) {
                --column;
                for (std::size_t score = 0; score <= largest_; ++score) {
                    const double n = pattern_.score_counts[score];
                    const bool possible = n > 0 && score >= h && score - h < others.size();
                    means(static_cast<Eigen::Index>(score), column) =
                        possible ? std::sqrt(n) * static_cast<double>(weights_[place][h] * others[score - h] /
                                                                      before_.back()[score])
                                 : 0.0;
                }
            }
            behind = product(behind, weights_[place]);
        }
        const Eigen::MatrixXd products = means.transpose() * means;
        for (Eigen::Index a = 0; a < rows; ++a) {
            for (Eigen::Index b = 0; b < rows; ++b) {
                information(positions[static_cast<std::size_t>(a)], positions[static_cast<std::size_t>(b)]) -=
                    products(a, b);
            }
        }
    }

    const CategoryLayout& layout_;
    const AnswerPattern& pattern_;
    std::vector<Polynomial> weights_;  // each sums to one
    std::vector<Polynomial> before_, after_;
    std::size_t largest_ = 0;
    double log_scale_ = 0;
};

}  // namespace

double add_conditional(const CategoryLayout& layout, const AnswerPattern& pattern,
                       const Eigen::VectorXd& beta, Eigen::VectorXd& expected, Eigen::MatrixXd* information) {
    PatternSums<double> sums(layout, pattern, beta);
    if (sums.in_range()) {
        sums.add_slopes(expected, information);
        return sums.value();
    }
    PatternSums<long double> wide(layout, pattern, beta);
    wide.add_slopes(expected, information);
    return wide.value();
}

}  // namespace groundwork::statistics
