#include "statistics/mixed/schur_traces.h"

#include <algorithm>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/mixed/small_systems.h"

namespace groundwork::statistics {

namespace {

// What one level of block 0 adds to the traces.
class LevelTrace {
  public:
    LevelTrace(const SchurFactor& factor, const Matrix& inverse, std::vector<Matrix>& traces)
        : factor_(factor), data_(factor.data()), inverse_(inverse), traces_(traces), q_(factor.width()) {}

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
        y_.assign(factor_.rows_of_v(begin_), factor_.rows_of_v(begin_ + count_));
        for (std::size_t row = 0; row < count_; ++row) {
            solve_upper(factor_.lower(level), q_, y_.data() + row * q_, 1);
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
            const Matrix &own = factor_.factors()[0], &factor = factor_.factors()[block];
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
        solve_lower(factor_.lower(level), q_, own_.data(), q_);
        solve_upper(factor_.lower(level), q_, own_.data(), q_);
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
                        traces_[0](i, j) += own_[i * q_ + c] * factor_.factors()[0](d, c) * a[j * q_ + d];
                    }
                }
            }
        }
    }

    const SchurFactor& factor_;
    const SchurProducts& data_;
    const Matrix& inverse_;
    std::vector<Matrix>& traces_;
    std::size_t q_, begin_ = 0, count_ = 0;
    std::vector<double> y_, across_, own_;
};

// M^-1_uv Lambda_v' A_vu for u = unit and, if v is another, the same with both exchanged; a = A_uv by
// row.
void add_rest_trace(const Factors& factors, const Matrix& inverse, const RestUnit& unit,
                    const RestUnit& other, const double* a, std::vector<Matrix>& traces) {
    const Matrix &left = factors[unit.block], &right = factors[other.block];
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

}  // namespace

std::vector<Matrix> scaled_traces(SchurFactor& factor) {
    const SchurProducts& data = factor.data();
    const Matrix& inverse = factor.inverse_of_rest();
    constexpr std::size_t parts = SchurFactor::parts;
    std::vector<Matrix> zero;
    for (const std::size_t width : data.width) {
        zero.emplace_back(width, width);
    }
    std::vector<std::vector<Matrix>> sums(parts, zero);
    factor.each_part([&](std::size_t part) {
        const SchurFactor::Range range = SchurFactor::piece(data.levels[0], part);
        LevelTrace trace(factor, inverse, sums[part]);
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
    for (const RestUnit& unit : data.units) {
        const std::size_t width = data.width[unit.block];
        add_rest_trace(factor.factors(), inverse, unit, unit,
                       data.diagonal[unit.block].data() + unit.level * width * width, traces);
    }
    for (const RestMeeting& meeting : data.meetings) {
        add_rest_trace(factor.factors(), inverse, data.units[meeting.unit], data.units[meeting.other],
                       data.rest_products.data() + meeting.at, traces);
    }
    return std::move(traces);
}

}  // namespace groundwork::statistics
