#include "statistics/generalized/family.h"

#include <algorithm>
#include <cmath>

#include "foundation/ensure.h"
#include "statistics/distributions.h"
#include "statistics/generalized/vector_math.h"

namespace groundwork::statistics {

RowLikelihood::RowLikelihood(const Outcome& outcome) : outcome_(outcome) {
    if (outcome.family != Family::negative_binomial) {
        return;
    }
    trials_ = outcome.values;
    shifted_.resize(outcome.rows());
    distinct_ = outcome.values;
    std::sort(distinct_.begin(), distinct_.end());
    distinct_.erase(std::unique(distinct_.begin(), distinct_.end()), distinct_.end());
    place_.reserve(outcome.rows());
    for (const double count : outcome.values) {
        place_.push_back(static_cast<std::uint32_t>(
            std::lower_bound(distinct_.begin(), distinct_.end(), count) - distinct_.begin()));
    }
    sum_size_terms();
}

void RowLikelihood::set_shape(const Shape& shape) {
    const bool same_size = shape.log_size == shape_.log_size && !size_sum_.empty();
    shape_ = shape;
    if (outcome_.family == Family::negative_binomial && !same_size) {
        sum_size_terms();
    }
}

// log Gamma(y + k) - log Gamma(k) - y log k = sum over j < y of log(1 + j / k), which keeps its digits where
// k is large; its slope in log k is -sum j / (k + j). Far counts are reached by log Gamma.
void RowLikelihood::sum_size_terms() {
    constexpr double longest_sum = 20'000;
    size_ = std::exp(shape_.log_size);
    size_sum_.assign(distinct_.size(), 0.0);
    size_slope_.assign(distinct_.size(), 0.0);
    double sum = 0, slope = 0, j = 0;
    for (std::size_t k = 0; k < distinct_.size(); ++k) {
        const double count = distinct_[k];
        if (count <= longest_sum) {
            for (; j < count; ++j) {
                sum += std::log1p(j / size_);
                slope -= j / (size_ + j);
            }
            size_sum_[k] = sum;
            size_slope_[k] = slope;
        } else {
            size_sum_[k] = log_gamma(count + size_) - log_gamma(size_) - count * shape_.log_size;
            size_slope_[k] = size_ * (digamma(count + size_) - digamma(size_)) - count;
        }
    }
    for (std::size_t row = 0; row < trials_.size(); ++row) {
        trials_[row] = outcome_.values[row] + size_;
    }
}

void RowLikelihood::evaluate(std::span<const double> predictor, Detail detail, RowTerms& terms) {
    const std::size_t rows = outcome_.rows();
    ENSURE(predictor.size() == rows);
    for (std::vector<double>* column : {&terms.value, &terms.first, &terms.second, &terms.third}) {
        column->resize(rows);
    }
    const RowSlopes slopes{terms.value, terms.first, terms.second, terms.third};
    switch (outcome_.family) {
        case Family::binomial:
            logistic_rows(predictor, outcome_.values, outcome_.trials, slopes);
            return;  // weights are already part of successes and trials
        case Family::poisson: poisson_rows(predictor, outcome_.values, slopes); break;
        case Family::negative_binomial: negative_binomial(predictor, detail, terms); break;
    }
    if (outcome_.zero_inflated) {
        inflate_zeros(detail, terms);
    }
    if (!outcome_.weights.empty()) {
        weigh(detail, terms);
    }
}

// With x = predictor - log size: y x - (y + size) log(1 + e^x), a binomial of y out of y + size.
void RowLikelihood::negative_binomial(std::span<const double> predictor, Detail detail, RowTerms& terms) {
    const std::size_t rows = outcome_.rows();
    for (std::size_t row = 0; row < rows; ++row) {
        shifted_[row] = predictor[row] - shape_.log_size;
    }
    logistic_rows(shifted_, outcome_.values, trials_, {terms.value, terms.first, terms.second, terms.third});
    for (std::size_t row = 0; row < rows; ++row) {
        terms.value[row] += size_sum_[place_[row]] + outcome_.values[row] * shape_.log_size;
    }
    if (detail == Detail::everything) {
        size_derivatives(predictor, terms);
    }
}

void RowLikelihood::size_derivatives(std::span<const double> predictor, RowTerms& terms) const {
    const std::size_t rows = outcome_.rows();
    terms.size_value.resize(rows);
    terms.size_first.resize(rows);
    terms.size_second.resize(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const double x = predictor[row] - shape_.log_size;
        const double e = std::exp(-std::abs(x));
        const double share = x >= 0 ? 1 / (1 + e) : e / (1 + e);
        const double log_sum = (x > 0 ? x : 0.0) + std::log1p(e);
        const double count = outcome_.values[row];
        terms.size_value[row] = size_slope_[place_[row]] - size_ * log_sum + count * share + size_ * share;
        terms.size_first[row] = -size_ * share - terms.second[row];
        terms.size_second[row] = -size_ * e / ((1 + e) * (1 + e)) - terms.third[row];
    }
}

// A zero is sure with probability s, or comes from the counts: log(s + (1 - s) f(0)). With the posterior
// probability q that it came from the counts, derivatives follow from dq = q (1 - q) (d log f(0) - d log
// odds).
void RowLikelihood::inflate_zeros(Detail detail, RowTerms& t) const {
    const std::size_t rows = outcome_.rows();
    const bool everything = detail == Detail::everything;
    const bool sized = everything && outcome_.family == Family::negative_binomial;
    if (everything) {
        t.zero_value.resize(rows);
        t.zero_first.resize(rows);
        t.zero_second.resize(rows);
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const double odds = shape_.zero_log_odds[row];
        const double none = (odds > 0 ? odds : 0.0) + std::log1p(std::exp(-std::abs(odds)));  // -log(1 - s)
        const double sure = 1 / (1 + std::exp(-odds));
        if (outcome_.values[row] != 0) {
            t.value[row] -= none;
            if (everything) {
                t.zero_value[row] = -sure;
                t.zero_first[row] = t.zero_second[row] = 0;
            }
            continue;
        }
        const double gap = t.value[row] - odds;
        const double q = 1 / (1 + std::exp(-gap));
        const double spread = q * (1 - q), skew = spread * (1 - 2 * q);
        const double first = t.first[row], second = t.second[row], third = t.third[row];
        t.value[row] = odds + (gap > 0 ? gap : 0.0) + std::log1p(std::exp(-std::abs(gap))) - none;
        t.first[row] = q * first;
        t.second[row] = q * second + spread * first * first;
        t.third[row] = q * third + 3 * spread * first * second + skew * first * first * first;
        if (everything) {
            t.zero_value[row] = (1 - q) - sure;
            t.zero_first[row] = -spread * first;
            t.zero_second[row] = -spread * second - skew * first * first;
        }
        if (sized) {
            const double by_size = t.size_value[row], first_by_size = t.size_first[row];
            t.size_value[row] = q * by_size;
            t.size_first[row] = q * first_by_size + spread * first * by_size;
            t.size_second[row] = q * t.size_second[row] +
                                 spread * (second * by_size + 2 * first * first_by_size) +
                                 skew * first * first * by_size;
        }
    }
}

void RowLikelihood::weigh(Detail detail, RowTerms& t) const {
    std::vector<std::vector<double>*> columns = {&t.value, &t.first, &t.second, &t.third};
    if (detail == Detail::everything) {
        columns.insert(columns.end(), {&t.size_value, &t.size_first, &t.size_second, &t.zero_value,
                                       &t.zero_first, &t.zero_second});
    }
    for (std::vector<double>* column : columns) {
        for (std::size_t row = 0; row < column->size(); ++row) {
            (*column)[row] *= outcome_.weights[row];
        }
    }
}

}  // namespace groundwork::statistics
