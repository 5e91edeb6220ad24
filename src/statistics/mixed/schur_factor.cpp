#include "statistics/mixed/schur_factor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "foundation/foundation.h"
#include "statistics/eigen_views.h"
#include "statistics/mixed/small_systems.h"

namespace groundwork::statistics {

namespace {

// c(row .., column ..) += left' a right, on the lower side; a row by row.
void add_scaled_product(const Matrix& left, const double* a, const Matrix& right, std::size_t row,
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

void subtract(std::vector<double>& target, const std::vector<double>& source) {
    add_scaled(target.data(), -1, source.data(), target.size());
}

}  // namespace

SchurFactor::SchurFactor(const SchurProducts& data, const Factors& factors, unsigned threads,
                         StorageShelf& shelf)
    : data_(data), factors_(factors), threads_(threads), shelf_(shelf), q_(data.width[0]) {
    factor_levels();
    FactorStorage storage = shelf.take();
    set_complement(storage.lower);
    factor_.emplace(data.plan, std::move(storage), threads);
    log_determinant_ += factor_->log_determinant();
}

SchurFactor::~SchurFactor() { shelf_.give(factor_->take_storage()); }

void SchurFactor::each_part(const std::function<void(std::size_t)>& work) const {
    constexpr std::size_t worth_threads = 2'000;  // effects of block 0's levels
    for_each_part(parts, data_.places.size() < worth_threads ? 1 : threads_, work);
}

void SchurFactor::scale(Effects& x, bool transposed) const {
    for (std::size_t level = 0; level < data_.levels[0]; ++level) {
        scale_rows(factors_[0], transposed, x.first.data() + level * q_ * x.columns, x.columns);
    }
    for (const RestUnit& unit : data_.units) {
        scale_rows(factors_[unit.block], transposed, x.rest.data() + unit.place * x.columns, x.columns);
    }
}

// L and V of every level of block 0.
void SchurFactor::factor_levels() {
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
        log_determinant_ += 2 * log;
    }
}

// C, lower triangle. Each part has columns of its own.
void SchurFactor::set_complement(Matrix& c) const {
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
        const double* const a = data_.diagonal[unit.block].data() + unit.level * factor.rows * factor.rows;
        add_scaled_product(factor, a, factor, unit.place, unit.place, c);
    }
    for (const RestMeeting& meeting : data_.meetings) {
        const RestUnit &unit = data_.units[meeting.unit], &other = data_.units[meeting.other];
        add_scaled_product(factors_[unit.block], data_.rest_products.data() + meeting.at,
                           factors_[other.block], unit.place, other.place, c);
    }
}

void SchurFactor::subtract_column(std::size_t at, std::size_t end, Matrix& c) const {
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

void SchurFactor::forward(Effects& x) const {
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

void SchurFactor::backward(Effects& x) const {
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
Effects SchurFactor::multiply(const Effects& x) const {
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

void SchurFactor::multiply_meeting(const RestMeeting& meeting, const Effects& x, Effects& result) const {
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

}  // namespace groundwork::statistics
