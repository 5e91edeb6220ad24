// The factor of M = I + Lambda' A Lambda over the effects of several grouping factors, A = Z'Z. Per level of
// block 0 M_0 = L L', V = Lambda_r' A_r0 Lambda_0 L'^-1; and C = M_r - sum V V' for the rest, which is sparse
// where few levels of block 0 join its levels (sparse_factor.h).
//
// Work is divided into parts whose number does not depend on that of the threads, and the parts' sums are
// added in order.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "statistics/mixed/random_effects.h"
#include "statistics/mixed/schur_products.h"

namespace groundwork::statistics {

// Storage of points that are no more, for the next ones.
class StorageShelf {
  public:
    FactorStorage take() {
        const std::scoped_lock lock(mutex_);
        if (shelf_.empty()) {
            return {};
        }
        FactorStorage storage = std::move(shelf_.back());
        shelf_.pop_back();
        return storage;
    }
    void give(FactorStorage storage) {
        constexpr std::size_t most = 2;
        const std::scoped_lock lock(mutex_);
        if (shelf_.size() < most) {
            shelf_.push_back(std::move(storage));
        }
    }

  private:
    std::mutex mutex_;
    std::vector<FactorStorage> shelf_;
};

// A few columns of numbers for every effect, row by row.
struct Effects {
    Effects(const SchurProducts& data, std::size_t column_count)
        : columns(column_count),
          first(data.levels[0] * data.width[0] * columns, 0.0),
          rest(data.rest * columns, 0.0) {}
    std::size_t columns;
    std::vector<double> first, rest;
};

// One factor and what is solved with it. Keeps references to the data, which outlives it.
class SchurFactor {
  public:
    static constexpr std::size_t parts = 8;
    struct Range {
        std::size_t begin, end;
    };

    SchurFactor(const SchurProducts& data, const Factors& factors, unsigned threads, StorageShelf& shelf);
    SchurFactor(const SchurFactor&) = delete;
    SchurFactor& operator=(const SchurFactor&) = delete;
    ~SchurFactor();

    const SchurProducts& data() const { return data_; }
    const Factors& factors() const { return factors_; }
    double log_determinant() const { return log_determinant_; }  // of M

    void scale(Effects& x, bool transposed) const;  // x becomes Lambda x, or Lambda' x
    void forward(Effects& x) const;                 // x becomes D^-1 x for M = D D'
    void backward(Effects& x) const;                // x becomes D'^-1 x
    Effects multiply(const Effects& x) const;       // A x

    // Of one level of block 0.
    std::size_t width() const { return q_; }
    const double* lower(std::size_t level) const { return lower_.data() + level * q_ * q_; }  // L
    const double* rows_of_v(std::size_t at) const { return v_.data() + at * q_; }

    // C^-1, lower triangle, within the pattern of the factor. To be called once.
    const Matrix& inverse_of_rest() { return factor_->invert(); }

    // Runs work(part) for every part.
    void each_part(const std::function<void(std::size_t)>& work) const;
    static Range piece(std::size_t count, std::size_t part) {
        return {count * part / parts, count * (part + 1) / parts};
    }

  private:
    void factor_levels();
    void set_complement(Matrix& c) const;
    void subtract_column(std::size_t at, std::size_t end, Matrix& c) const;
    void multiply_meeting(const RestMeeting& meeting, const Effects& x, Effects& result) const;

    const SchurProducts& data_;
    Factors factors_;
    unsigned threads_;
    StorageShelf& shelf_;
    std::size_t q_;
    double log_determinant_ = 0;
    std::vector<double> lower_, v_;  // L by level of block 0; V, a row of q for each of its effects
    std::optional<SparseFactor> factor_;
};

}  // namespace groundwork::statistics
