// Several grouping factors (kernel.h). With M = I + Lambda' A Lambda, A = Z'Z, B = Z'[W r], per level of
// block 0 M_0 = L L', V = Lambda_r' A_r0 Lambda_0 L'^-1; and C = M_r - sum V V' for the rest, which is sparse
// where few levels of block 0 join its levels (sparse_factor.h). The derivatives need M^-1 only where A has
// entries: M^-1_r = C^-1, M^-1_r0 = -C^-1 Y with Y = V L^-1, M^-1_0 = L'^-1 L^-1 + Y' C^-1 Y; all of these
// lie within the pattern of the factor of C.
//
// Work is divided into parts whose number does not depend on that of the threads, and the parts' sums are
// added in order.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/eigen_views.h"
#include "statistics/mixed/kernel.h"
#include "statistics/mixed/schur_products.h"

namespace groundwork::statistics {

namespace {

constexpr std::size_t parts = 8;

struct Range {
    std::size_t begin, end;
};

Range piece(std::size_t count, std::size_t part) {
    return {count * part / parts, count * (part + 1) / parts};
}

// The Cholesky factor of a small matrix in place, lower triangle; columns of `size`.
void factor_small(double* m, std::size_t size) {
    for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t i = j; i < size; ++i) {
            double value = m[j * size + i];
            for (std::size_t k = 0; k < j; ++k) {
                value -= m[k * size + i] * m[k * size + j];
            }
            m[j * size + i] = i == j ? std::sqrt(value) : value / m[j * size + j];
        }
    }
}

// L^-1 x and L'^-1 x; x has `columns` in each of its rows.
void solve_lower(const double* lower, std::size_t size, double* x, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = 0; i < size; ++i) {
            double value = x[i * columns + c];
            for (std::size_t k = 0; k < i; ++k) {
                value -= lower[k * size + i] * x[k * columns + c];
            }
            x[i * columns + c] = value / lower[i * size + i];
        }
    }
}
void solve_upper(const double* lower, std::size_t size, double* x, std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t i = size; i-- > 0;) {
            double value = x[i * columns + c];
            for (std::size_t k = i + 1; k < size; ++k) {
                value -= lower[i * size + k] * x[k * columns + c];
            }
            x[i * columns + c] = value / lower[i * size + i];
        }
    }
}

void add_scaled(double* target, double factor, const double* source, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
        target[k] += factor * source[k];
    }
}

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

class SchurPoint final : public KernelPoint {
  public:
    SchurPoint(const SchurProducts& data, const Factors& factors, unsigned threads, StorageShelf& shelf)
        : data_(data), factors_(factors), threads_(threads), shelf_(shelf), q_(data.width[0]) {
        factor_levels();
        FactorStorage storage = shelf.take();
        set_complement(storage.lower);
        factor_.emplace(data.plan, std::move(storage), threads);
        log_determinant += factor_->log_determinant();
        half_.emplace(right_sides());
        scale(*half_, true);
        forward(*half_);
        products = data.total;
        subtract_products(*half_, products);
    }

    SchurPoint(const SchurPoint&) = delete;
    SchurPoint& operator=(const SchurPoint&) = delete;
    ~SchurPoint() override { shelf_.give(factor_->take_storage()); }

    Derivatives derivatives(const Matrix&) const override {
        Effects u = *half_;
        backward(u);
        Effects moved = u;
        scale(moved, false);
        const Effects explained = multiply(moved);
        left_.emplace(right_sides());
        subtract(left_->first, explained.first);
        subtract(left_->rest, explained.rest);
        const std::vector<Matrix> traces = scaled_traces();
        Derivatives result;
        for (std::size_t block = 0; block < data_.levels.size(); ++block) {
            result.blocks.push_back(summed(block, *left_, u, traces[block]));
        }
        return result;
    }

    std::optional<Matrix> working_information(const RandomEffects& effects,
                                              const std::vector<double>& contrast) const override {
        if (!left_) {
            return std::nullopt;
        }
        Effects w = working_effects(effects, contrast);
        const Effects moved = multiply(w);
        const std::size_t count = w.columns;
        Matrix information(count, count);
        add_products(w.first, moved.first, information);
        add_products(w.rest, moved.rest, information);
        w = moved;
        scale(w, true);
        forward(w);
        subtract_products(w, information);
        return information;
    }

    std::optional<SmallSampleSums> small_sample_sums() const override { return std::nullopt; }

  private:
    const double* lower(std::size_t level) const { return lower_.data() + level * q_ * q_; }
    std::size_t parts_threads() const { return data_.places.size() < 2'000 ? 1 : threads_; }
    void each_part(const std::function<void(std::size_t)>& work) const {
        for_each_part(parts, static_cast<unsigned>(parts_threads()), work);
    }

    static void subtract(std::vector<double>& target, const std::vector<double>& source) {
        for (std::size_t k = 0; k < target.size(); ++k) {
            target[k] -= source[k];
        }
    }

    Effects right_sides() const {
        Effects right(data_, data_.columns);
        right.first = data_.right[0];
        for (const RestUnit& unit : data_.units) {
            const std::size_t size = data_.width[unit.block] * data_.columns;
            std::copy_n(data_.right[unit.block].data() + unit.level * size, size,
                        right.rest.data() + unit.place * data_.columns);
        }
        return right;
    }

    // Lambda or its transpose times the effects of one level, in place.
    static void scale_rows(const Matrix& factor, bool transposed, double* x, std::size_t columns) {
        const std::size_t width = factor.rows;
        if (width == 1) {
            for (std::size_t c = 0; c < columns; ++c) {
                x[c] *= factor.values[0];
            }
            return;
        }
        for (std::size_t c = 0; c < columns; ++c) {
            for (std::size_t step = 0; step < width; ++step) {  // each row before what it is made of changes
                const std::size_t row = transposed ? step : width - 1 - step;
                double value = 0;
                for (std::size_t k = transposed ? row : 0; k < (transposed ? width : row + 1); ++k) {
                    value += (transposed ? factor(k, row) : factor(row, k)) * x[k * columns + c];
                }
                x[row * columns + c] = value;
            }
        }
    }

    void scale(Effects& x, bool transposed) const {
        for (std::size_t level = 0; level < data_.levels[0]; ++level) {
            scale_rows(factors_[0], transposed, x.first.data() + level * q_ * x.columns, x.columns);
        }
        for (const RestUnit& unit : data_.units) {
            scale_rows(factors_[unit.block], transposed, x.rest.data() + unit.place * x.columns, x.columns);
        }
    }

    // L and V of every level of block 0.
    void factor_levels() {
        lower_.resize(data_.levels[0] * q_ * q_);
        v_ = data_.across;
        std::vector<double> logs(parts, 0.0);
        each_part([&](std::size_t part) {
            const Range range = piece(data_.levels[0], part);
            for (std::size_t level = range.begin; level < range.end; ++level) {
                double* const m = lower_.data() + level * q_ * q_;
                const double* const a = data_.diagonal[0].data() + level * q_ * q_;
                for (std::size_t i = 0; i < q_; ++i) {
                    for (std::size_t j = 0; j <= i; ++j) {
                        double value = i == j ? 1 : 0;
                        for (std::size_t k = i; k < q_; ++k) {
                            for (std::size_t l = j; l < q_; ++l) {
                                value += factors_[0](k, i) * a[l * q_ + k] * factors_[0](l, j);
                            }
                        }
                        m[j * q_ + i] = value;
                    }
                }
                factor_small(m, q_);
                for (std::size_t k = 0; k < q_; ++k) {
                    logs[part] += std::log(m[k * q_ + k]);
                }
                std::size_t at = data_.begin[level];
                for (std::size_t k = data_.unit_begin[level]; k < data_.unit_begin[level + 1]; ++k) {
                    const std::size_t block = data_.units[data_.meets[k]].block;
                    scale_rows(factors_[block], true, v_.data() + at * q_, q_);
                    at += data_.width[block];
                }
                for (at = data_.begin[level]; at < data_.begin[level + 1]; ++at) {
                    scale_rows(factors_[0], true, v_.data() + at * q_, 1);
                    solve_lower(m, q_, v_.data() + at * q_, 1);
                }
            }
        });
        for (const double log : logs) {
            log_determinant += 2 * log;
        }
    }

    // C, lower triangle. Each part has columns of its own.
    void set_complement(Matrix& c) const {
        if (c.values.empty()) {
            c = Matrix(data_.rest, data_.rest);
        }
        each_part([&](std::size_t part) {
            const Range range = piece(data_.rest, part);
            for (std::size_t column = range.begin; column < range.end; ++column) {
                std::fill(c.column(column).begin() + index(column), c.column(column).end(), 0.0);
                c(column, column) = 1;
            }
            for (std::size_t level = 0; level < data_.levels[0]; ++level) {
                const auto begin = data_.places.begin() + index(data_.begin[level]),
                           end = data_.places.begin() + index(data_.begin[level + 1]);
                const auto from = std::lower_bound(begin, end, range.begin);
                for (auto column = from; column != end && *column < range.end; ++column) {
                    subtract_column(static_cast<std::size_t>(column - data_.places.begin()),
                                    data_.begin[level + 1], c);
                }
            }
        });
        for (const RestUnit& unit : data_.units) {
            const Matrix& factor = factors_[unit.block];
            const double* const a =
                data_.diagonal[unit.block].data() + unit.level * factor.rows * factor.rows;
            add_scaled_product(factor, a, factor, unit.place, unit.place, c);
        }
        for (const RestMeeting& meeting : data_.meetings) {
            const RestUnit &unit = data_.units[meeting.unit], &other = data_.units[meeting.other];
            add_scaled_product(factors_[unit.block], data_.rest_products.data() + meeting.at,
                               factors_[other.block], unit.place, other.place, c);
        }
    }

    void subtract_column(std::size_t at, std::size_t end, Matrix& c) const {
        double* const target = c.column(data_.places[at]).data();
        const std::uint32_t* const places = data_.places.data();
        if (q_ == 1) {
            const double factor = v_[at];
            for (std::size_t row = at; row < end; ++row) {
                target[places[row]] -= v_[row] * factor;
            }
            return;
        }
        for (std::size_t row = at; row < end; ++row) {
            double sum = 0;
            for (std::size_t k = 0; k < q_; ++k) {
                sum += v_[row * q_ + k] * v_[at * q_ + k];
            }
            target[places[row]] -= sum;
        }
    }

    // c(row .., column ..) += left' a right, on the lower side; a row by row.
    static void add_scaled_product(const Matrix& left, const double* a, const Matrix& right, std::size_t row,
                                   std::size_t column, Matrix& c) {
        for (std::size_t i = 0; i < left.rows; ++i) {
            for (std::size_t j = 0; j < right.rows; ++j) {
                double value = 0;
                for (std::size_t k = i; k < left.rows; ++k) {
                    for (std::size_t l = j; l < right.rows; ++l) {
                        value += left(k, i) * a[k * right.rows + l] * right(l, j);
                    }
                }
                const std::size_t x = row + i, y = column + j;
                if (row != column) {
                    c(std::max(x, y), std::min(x, y)) += value;
                } else if (i >= j) {
                    c(x, y) += value;
                }
            }
        }
    }

    // x becomes D^-1 x for M = D D'.
    void forward(Effects& x) const {
        const std::size_t columns = x.columns;
        std::vector<std::vector<double>> sums(parts);
        each_part([&](std::size_t part) {
            sums[part].assign(x.rest.size(), 0.0);
            const Range range = piece(data_.levels[0], part);
            for (std::size_t level = range.begin; level < range.end; ++level) {
                double* const own = x.first.data() + level * q_ * columns;
                solve_lower(lower(level), q_, own, columns);
                for (std::size_t at = data_.begin[level]; at < data_.begin[level + 1]; ++at) {
                    for (std::size_t k = 0; k < q_; ++k) {
                        add_scaled(sums[part].data() + data_.places[at] * columns, v_[at * q_ + k],
                                   own + k * columns, columns);
                    }
                }
            }
        });
        for (const std::vector<double>& sum : sums) {
            subtract(x.rest, sum);
        }
        factor_->solve_lower(x.rest.data(), columns);
    }

    // x becomes D'^-1 x.
    void backward(Effects& x) const {
        const std::size_t columns = x.columns;
        factor_->solve_upper(x.rest.data(), columns);
        each_part([&](std::size_t part) {
            const Range range = piece(data_.levels[0], part);
            for (std::size_t level = range.begin; level < range.end; ++level) {
                double* const own = x.first.data() + level * q_ * columns;
                for (std::size_t at = data_.begin[level]; at < data_.begin[level + 1]; ++at) {
                    for (std::size_t k = 0; k < q_; ++k) {
                        add_scaled(own + k * columns, -v_[at * q_ + k],
                                   x.rest.data() + data_.places[at] * columns, columns);
                    }
                }
                solve_upper(lower(level), q_, own, columns);
            }
        });
    }

    // A x.
    Effects multiply(const Effects& x) const {
        const std::size_t columns = x.columns;
        Effects result(data_, columns);
        std::vector<std::vector<double>> sums(parts);
        each_part([&](std::size_t part) {
            sums[part].assign(x.rest.size(), 0.0);
            const Range range = piece(data_.levels[0], part);
            for (std::size_t level = range.begin; level < range.end; ++level) {
                const double* const own = x.first.data() + level * q_ * columns;
                double* const target = result.first.data() + level * q_ * columns;
                add_product(data_.diagonal[0].data() + level * q_ * q_, q_, own, columns, target);
                for (std::size_t at = data_.begin[level]; at < data_.begin[level + 1]; ++at) {
                    const std::size_t place = data_.places[at] * columns;
                    for (std::size_t k = 0; k < q_; ++k) {
                        const double a = data_.across[at * q_ + k];
                        add_scaled(target + k * columns, a, x.rest.data() + place, columns);
                        add_scaled(sums[part].data() + place, a, own + k * columns, columns);
                    }
                }
            }
        });
        for (const std::vector<double>& sum : sums) {
            add_scaled(result.rest.data(), 1, sum.data(), sum.size());
        }
        for (const RestUnit& unit : data_.units) {
            const std::size_t width = data_.width[unit.block], place = unit.place * columns;
            add_product(data_.diagonal[unit.block].data() + unit.level * width * width, width,
                        x.rest.data() + place, columns, result.rest.data() + place);
        }
        for (const RestMeeting& meeting : data_.meetings) {
            multiply_meeting(meeting, x, result);
        }
        return result;
    }

    static void add_product(const double* a, std::size_t size, const double* x, std::size_t columns,
                            double* target) {
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t k = 0; k < size; ++k) {
                add_scaled(target + i * columns, a[k * size + i], x + k * columns, columns);
            }
        }
    }

    void multiply_meeting(const RestMeeting& meeting, const Effects& x, Effects& result) const {
        const RestUnit &unit = data_.units[meeting.unit], &other = data_.units[meeting.other];
        const double* a = data_.rest_products.data() + meeting.at;
        for (std::size_t i = 0; i < data_.width[unit.block]; ++i) {
            for (std::size_t j = 0; j < data_.width[other.block]; ++j, ++a) {
                const std::size_t row = (unit.place + i) * x.columns, column = (other.place + j) * x.columns;
                add_scaled(result.rest.data() + row, *a, x.rest.data() + column, x.columns);
                add_scaled(result.rest.data() + column, *a, x.rest.data() + row, x.columns);
            }
        }
    }

    // target += x'y.
    static void add_products(const std::vector<double>& x, const std::vector<double>& y, Matrix& target) {
        const std::size_t columns = target.rows;
        for (std::size_t row = 0; row < x.size(); row += columns) {
            for (std::size_t c = 0; c < columns; ++c) {
                add_scaled(target.column(c).data(), y[row + c], x.data() + row, columns);
            }
        }
    }

    static void subtract_products(const Effects& x, Matrix& target) {
        Matrix sum(target.rows, target.columns);
        add_products(x.first, x.first, sum);
        add_products(x.rest, x.rest, sum);
        view(target) -= view(sum);
    }

    // By block, the sum over levels of Lambda' S = M^-1 Lambda' A on the diagonal.
    std::vector<Matrix> scaled_traces() const {
        const Matrix& inverse = factor_->invert();
        std::vector<Matrix> zero;
        for (const std::size_t width : data_.width) {
            zero.emplace_back(width, width);
        }
        std::vector<std::vector<Matrix>> sums(parts, zero);
        each_part([&](std::size_t part) {
            const Range range = piece(data_.levels[0], part);
            LevelTrace trace(*this, inverse, sums[part]);
            for (std::size_t level = range.begin; level < range.end; ++level) {
                trace.add(level);
            }
        });
        std::vector<Matrix>& traces = sums[0];
        for (std::size_t part = 1; part < parts; ++part) {
            for (std::size_t block = 0; block < traces.size(); ++block) {
                view(traces[block]) += view(sums[part][block]);
            }
        }
        for (const RestUnit& unit : data_.units) {
            const std::size_t width = data_.width[unit.block];
            add_rest_trace(inverse, unit, unit,
                           data_.diagonal[unit.block].data() + unit.level * width * width, traces);
        }
        for (const RestMeeting& meeting : data_.meetings) {
            add_rest_trace(inverse, data_.units[meeting.unit], data_.units[meeting.other],
                           data_.rest_products.data() + meeting.at, traces);
        }
        return std::move(traces);
    }

    // M^-1_uv Lambda_v' A_vu for u = unit and, if v is another, the same with both exchanged; a = A_uv by
    // row.
    void add_rest_trace(const Matrix& inverse, const RestUnit& unit, const RestUnit& other, const double* a,
                        std::vector<Matrix>& traces) const {
        const Matrix &left = factors_[unit.block], &right = factors_[other.block];
        for (std::size_t i = 0; i < left.rows; ++i) {
            for (std::size_t j = 0; j < right.rows; ++j) {
                const std::size_t x = unit.place + i, y = other.place + j;
                const double z = inverse(std::max(x, y), std::min(x, y));
                for (std::size_t k = 0; k < left.rows; ++k) {
                    for (std::size_t l = j; l < right.rows; ++l) {
                        traces[unit.block](i, k) += z * right(l, j) * a[k * right.rows + l];
                    }
                }
                if (unit.place == other.place) {
                    continue;
                }
                for (std::size_t l = 0; l < right.rows; ++l) {
                    for (std::size_t k = i; k < left.rows; ++k) {
                        traces[other.block](j, l) += z * left(k, i) * a[k * right.rows + l];
                    }
                }
            }
        }
    }

    // What one level of block 0 adds to the traces.
    class LevelTrace {
      public:
        LevelTrace(const SchurPoint& point, const Matrix& inverse, std::vector<Matrix>& traces)
            : point_(point), data_(point.data_), inverse_(inverse), traces_(traces), q_(point.q_) {}

        void add(std::size_t level) {
            begin_ = data_.begin[level];
            count_ = data_.begin[level + 1] - begin_;
            set_y(level);
            set_across();
            add_units(level);
            add_own(level);
        }

      private:
        void set_y(std::size_t level) {  // rows of V L^-1
            y_.assign(point_.v_.begin() + index(begin_ * q_),
                      point_.v_.begin() + index((begin_ + count_) * q_));
            for (std::size_t row = 0; row < count_; ++row) {
                solve_upper(point_.lower(level), q_, y_.data() + row * q_, 1);
            }
        }

        void set_across() {  // M^-1 between the rest and the level: -C^-1 Y
            across_.assign(count_ * q_, 0.0);
            const std::uint32_t* const places = data_.places.data() + begin_;
            for (std::size_t b = 0; b < count_; ++b) {
                const double* const column = inverse_.column(places[b]).data();
                if (q_ == 1) {
                    const double y = y_[b];
                    double sum = column[places[b]] * y;
                    for (std::size_t a = b + 1; a < count_; ++a) {
                        const double z = column[places[a]];
                        across_[a] -= z * y;
                        sum += z * y_[a];
                    }
                    across_[b] -= sum;
                    continue;
                }
                for (std::size_t a = b; a < count_; ++a) {
                    const double z = column[places[a]];
                    add_scaled(across_.data() + a * q_, -z, y_.data() + b * q_, q_);
                    if (a != b) {
                        add_scaled(across_.data() + b * q_, -z, y_.data() + a * q_, q_);
                    }
                }
            }
        }

        // For each unit A_u0 Lambda_0 and Lambda_u' A_u0 beside M^-1_u0.
        void add_units(std::size_t level) {
            std::size_t at = 0;
            for (std::size_t k = data_.unit_begin[level]; k < data_.unit_begin[level + 1]; ++k) {
                const std::size_t block = data_.units[data_.meets[k]].block, width = data_.width[block];
                const double* const a = data_.across.data() + (begin_ + at) * q_;
                const double* const across = across_.data() + at * q_;
                const Matrix &own = point_.factors_[0], &factor = point_.factors_[block];
                for (std::size_t i = 0; i < width; ++i) {
                    for (std::size_t c = 0; c < q_; ++c) {
                        const double z = across[i * q_ + c];
                        for (std::size_t j = 0; j < width; ++j) {
                            for (std::size_t d = c; d < q_; ++d) {
                                traces_[block](i, j) += z * own(d, c) * a[j * q_ + d];
                            }
                        }
                        for (std::size_t d = 0; d < q_; ++d) {
                            for (std::size_t j = i; j < width; ++j) {
                                traces_[0](c, d) += z * factor(j, i) * a[j * q_ + d];
                            }
                        }
                    }
                }
                at += width;
            }
        }

        void add_own(std::size_t level) {
            own_.assign(q_ * q_, 0.0);
            for (std::size_t k = 0; k < q_; ++k) {
                own_[k * q_ + k] = 1;
            }
            solve_lower(point_.lower(level), q_, own_.data(), q_);
            solve_upper(point_.lower(level), q_, own_.data(), q_);
            for (std::size_t row = 0; row < count_; ++row) {
                for (std::size_t c = 0; c < q_; ++c) {
                    add_scaled(own_.data() + c * q_, -y_[row * q_ + c], across_.data() + row * q_, q_);
                }
            }
            const double* const a = data_.diagonal[0].data() + level * q_ * q_;
            for (std::size_t i = 0; i < q_; ++i) {
                for (std::size_t c = 0; c < q_; ++c) {
                    for (std::size_t d = c; d < q_; ++d) {
                        for (std::size_t j = 0; j < q_; ++j) {
                            traces_[0](i, j) += own_[i * q_ + c] * point_.factors_[0](d, c) * a[j * q_ + d];
                        }
                    }
                }
            }
        }

        const SchurPoint& point_;
        const SchurProducts& data_;
        const Matrix& inverse_;
        std::vector<Matrix>& traces_;
        std::size_t q_, begin_ = 0, count_ = 0;
        std::vector<double> y_, across_, own_;
    };

    const double* rows_of(const Effects& x, std::size_t block, std::size_t level) const {
        return block == 0 ? x.first.data() + level * q_ * x.columns
                          : x.rest.data() + data_.units[data_.unit[block][level]].place * x.columns;
    }

    BlockSums summed(std::size_t block, const Effects& left, const Effects& scaled,
                     const Matrix& trace) const {
        const std::size_t width = data_.width[block], columns = data_.columns;
        BlockSums sums{trace, std::vector<Matrix>(width * width, Matrix(columns, columns))};
        for (std::size_t level = 0; level < data_.levels[block]; ++level) {
            const double* const t = rows_of(left, block, level);
            const double* const u = rows_of(scaled, block, level);
            for (std::size_t c = 0; c < width; ++c) {
                for (std::size_t a = 0; a < width; ++a) {
                    Matrix& cross = sums.cross[a + width * c];
                    for (std::size_t j = 0; j < columns; ++j) {
                        add_scaled(cross.column(j).data(), u[c * columns + j], t + a * columns, columns);
                    }
                }
            }
        }
        return sums;
    }

    // One column for each entry: dSigma / d entry times T contrast, at every level of the entry's block.
    Effects working_effects(const RandomEffects& effects, const std::vector<double>& contrast) const {
        Effects w(data_, effects.entries.size());
        for (std::size_t k = 0; k < effects.entries.size(); ++k) {
            const FreeEntry& entry = effects.entries[k];
            const Matrix& factor = factors_[entry.block];
            const std::size_t width = factor.rows;
            std::vector<double> t(width);
            for (std::size_t level = 0; level < data_.levels[entry.block]; ++level) {
                const double* const left = rows_of(*left_, entry.block, level);
                for (std::size_t a = 0; a < width; ++a) {
                    t[a] = 0;
                    for (std::size_t c = 0; c < contrast.size(); ++c) {
                        t[a] += left[a * contrast.size() + c] * contrast[c];
                    }
                }
                double* const target =
                    entry.block == 0
                        ? w.first.data() + level * q_ * w.columns
                        : w.rest.data() + data_.units[data_.unit[entry.block][level]].place * w.columns;
                for (std::size_t a = 0; a < width; ++a) {
                    target[entry.row * w.columns + k] += factor(a, entry.column) * t[a];
                    target[a * w.columns + k] += factor(a, entry.column) * t[entry.row];
                }
            }
        }
        return w;
    }

    const SchurProducts& data_;
    Factors factors_;
    unsigned threads_;
    StorageShelf& shelf_;
    std::size_t q_;
    std::vector<double> lower_, v_;  // L by level of block 0; V, a row of q for each of its effects
    mutable std::optional<SparseFactor> factor_;
    std::optional<Effects> half_;          // D^-1 Lambda' B
    mutable std::optional<Effects> left_;  // T, once the derivatives are known
};

class SchurKernel final : public Kernel {
  public:
    SchurKernel(SchurProducts products, unsigned threads)
        : products_(std::move(products)), threads_(threads) {}
    std::unique_ptr<KernelPoint> at(const Factors& factors) const override {
        return std::make_unique<SchurPoint>(products_, factors, threads_, shelf_);
    }
    std::vector<std::vector<double>> moments(std::size_t rows) const override {
        return moment_variances(products_, rows);
    }

  private:
    SchurProducts products_;
    unsigned threads_;
    mutable StorageShelf shelf_;
};

}  // namespace

std::unique_ptr<Kernel> make_schur_kernel(const std::vector<Block>& blocks, const Matrix& fixed,
                                          const std::vector<double>& outcome, unsigned threads) {
    return std::make_unique<SchurKernel>(make_schur_products(blocks, fixed, outcome), threads);
}

}  // namespace groundwork::statistics
