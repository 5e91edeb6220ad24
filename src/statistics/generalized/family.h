// Each row's log-likelihood as a function of its linear predictor, with the derivatives that the Laplace
// approximation needs (McCullagh & Nelder 1989; negative binomial: Lawless 1987, variance mu + mu^2 / size;
// zero inflation: Lambert 1992).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace groundwork::statistics {

enum class Family { binomial, poisson, negative_binomial };  // links: logit, log, log

// What was observed, row by row.
struct Outcome {
    Family family = Family::binomial;
    std::vector<double> values;  // successes, or counts
    std::vector<double> trials;  // binomial only
    std::vector<double>
        weights;          // of a row's log-likelihood; empty: all 1. Binomial: already in values and trials
    double constant = 0;  // the part of the log-likelihood that no parameter enters
    bool zero_inflated = false;
    std::string name;     // as the formula writes it
    std::string success;  // binomial with categories: what counts as success
    std::size_t rows() const { return values.size(); }
};

// Parameters of the distribution beside the linear predictor.
struct Shape {
    double log_size = 0;                    // negative binomial
    std::span<const double> zero_log_odds;  // zero inflation: log odds of a row's being a sure zero
};

// One number a row. Derivatives in the linear predictor; then the derivatives of value, first and second in
// the log size and in the row's own zero log odds, filled only for Detail::everything and where the family
// has them.
struct RowTerms {
    std::vector<double> value, first, second, third;
    std::vector<double> size_value, size_first, size_second;
    std::vector<double> zero_value, zero_first, zero_second;
};

enum class Detail { predictor, everything };

// A family at given parameters; sizes itself once, then allocates nothing.
class RowLikelihood {
  public:
    explicit RowLikelihood(const Outcome& outcome);

    void set_shape(const Shape& shape);
    // Values without Outcome::constant.
    void evaluate(std::span<const double> predictor, Detail detail, RowTerms& terms);

  private:
    void sum_size_terms();
    void negative_binomial(std::span<const double> predictor, Detail detail, RowTerms& terms);
    void size_derivatives(std::span<const double> predictor, RowTerms& terms) const;
    void inflate_zeros(Detail detail, RowTerms& terms) const;
    void weigh(Detail detail, RowTerms& terms) const;

    const Outcome& outcome_;
    Shape shape_;
    double size_ = 1;
    std::vector<double> trials_, shifted_;       // negative binomial: count + size, predictor - log size
    std::vector<double> distinct_;               // counts that occur, ascending
    std::vector<std::uint32_t> place_;           // of a row's count among them
    std::vector<double> size_sum_, size_slope_;  // by distinct count: sum of log(1 + j / size) and its slope
};

}  // namespace groundwork::statistics
