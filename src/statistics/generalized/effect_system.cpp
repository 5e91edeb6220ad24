#include "statistics/generalized/effect_system.h"
#include "statistics/eigen_views.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace groundwork::statistics {

namespace {

using Map = Eigen::Map<Eigen::MatrixXd>;

}  // namespace

// For each eliminated unit the later units that it meets, ascending, fill included.
struct EffectSystem::Patterns {
    std::vector<std::vector<std::uint32_t>> meets;
};

EffectSystem::EffectSystem(const std::vector<Block>& blocks, std::size_t rows) {
    number_effects(blocks, rows);
    lay_out(find_patterns(rows));
    find_slots(rows);
}

void EffectSystem::number_effects(const std::vector<Block>& blocks, std::size_t rows) {
    for (const Block& block : blocks) {
        width_.push_back(block.width());
        levels_.push_back(block.levels);
        offset_.push_back(row_width_);
        first_.push_back(effects_);
        first_unit_.push_back(units_);
        row_width_ += block.width();
        effects_ += block.levels * block.width();
        units_ += block.levels;
    }
    positions_.resize(rows * blocks.size());
    for (std::size_t block = 0; block < blocks.size(); ++block) {
        for (std::size_t row = 0; row < rows; ++row) {
            const auto code = static_cast<std::size_t>(blocks[block].codes[row]);
            positions_[row * blocks.size() + block] =
                static_cast<std::uint32_t>(first_[block] + code * width_[block]);
        }
    }
}

EffectSystem::Patterns EffectSystem::find_patterns(std::size_t rows) {
    Patterns patterns;
    patterns.meets.resize(units_);
    const std::size_t count = width_.size();
    const auto unit_at = [&](std::size_t row, std::size_t block) {
        return first_unit_[block] + (positions_[row * count + block] - first_[block]) / width_[block];
    };
    const auto block_of = [&](std::size_t unit) {
        return static_cast<std::size_t>(std::upper_bound(first_unit_.begin(), first_unit_.end(), unit) -
                                        first_unit_.begin()) -
               1;
    };
    const auto connects = [&](const std::vector<std::uint32_t>& meets, std::size_t block) {
        std::size_t found = 0;
        for (const std::uint32_t unit : meets) {
            found += block_of(unit) == block ? 1 : 0;
        }
        return found > 1;
    };
    for (std::size_t block = 0; block < count; ++block) {
        const bool connected =
            std::any_of(patterns.meets.begin(), patterns.meets.begin() + index(eliminated_units_),
                        [&](const auto& meets) { return connects(meets, block); });
        if (connected) {
            break;
        }
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t other = block + 1; other < count; ++other) {
                const auto met = static_cast<std::uint32_t>(unit_at(row, other));
                std::vector<std::uint32_t>& meets = patterns.meets[unit_at(row, block)];
                if (meets.empty() || meets.back() != met) {
                    meets.push_back(met);
                }
            }
        }
        ++eliminated_blocks_;
        for (; eliminated_units_ < first_unit_[block] + levels_[block]; ++eliminated_units_) {
            std::vector<std::uint32_t>& meets = patterns.meets[eliminated_units_];
            std::sort(meets.begin(), meets.end());
            meets.erase(std::unique(meets.begin(), meets.end()), meets.end());
            if (meets.size() > 1) {  // fill: the first that it meets will meet the others
                std::vector<std::uint32_t>& parent = patterns.meets[meets.front()];
                parent.insert(parent.end(), meets.begin() + 1, meets.end());
            }
        }
    }
    return patterns;
}

void EffectSystem::lay_out(const Patterns& patterns) {
    const auto unit_span = [&](std::size_t unit) {
        const auto block =
            static_cast<std::size_t>(std::upper_bound(first_unit_.begin(), first_unit_.end(), unit) -
                                     first_unit_.begin()) -
            1;
        return std::pair{first_[block] + (unit - first_unit_[block]) * width_[block], width_[block]};
    };
    tail_first_ = eliminated_blocks_ < width_.size() ? first_[eliminated_blocks_] : effects_;
    tail_ = effects_ - tail_first_;
    unit_of_.resize(tail_first_);
    std::size_t place = 0;
    meets_start_.push_back(0);
    for (std::size_t unit = 0; unit < eliminated_units_; ++unit) {
        const auto [first, width] = unit_span(unit);
        std::fill_n(unit_of_.begin() + index(first), width, static_cast<std::uint32_t>(unit));
        for (const std::uint32_t met : patterns.meets[unit]) {
            const auto [met_first, met_width] = unit_span(met);
            for (std::size_t k = 0; k < met_width; ++k) {
                meets_.push_back(static_cast<std::uint32_t>(met_first + k));
            }
        }
        const std::size_t met = meets_.size() - meets_start_.back();
        const bool run = met > 0 && meets_[meets_start_.back()] >= tail_first_ &&
                         meets_.back() - meets_[meets_start_.back()] + 1 == met;
        meets_tail_run_.push_back(run ? 1 : 0);
        meets_start_.push_back(meets_.size());
        start_.push_back(place);
        stride_.push_back(width + met);
        unit_first_.push_back(first);
        unit_width_.push_back(width);
        place += (width + met) * width;
    }
    tail_start_ = place;
    values_.resize(place + tail_ * tail_);
    work_.resize(2 * std::max<std::size_t>(effects_, 1));
}

// Where the entry stands; row >= column, and it exists.
std::size_t EffectSystem::entry(std::size_t row, std::size_t column) const {
    if (column >= tail_first_) {
        return tail_start_ + (row - tail_first_) + (column - tail_first_) * tail_;
    }
    const std::size_t unit = unit_of_[column];
    const std::size_t base = start_[unit] + (column - unit_first_[unit]) * stride_[unit];
    if (row < unit_first_[unit] + unit_width_[unit]) {
        return base + row - unit_first_[unit];
    }
    const auto begin = meets_.begin() + index(meets_start_[unit]);
    const auto at = std::lower_bound(begin, meets_.begin() + index(meets_start_[unit + 1]), row);
    return base + unit_width_[unit] + static_cast<std::size_t>(at - begin);
}

void EffectSystem::find_slots(std::size_t rows) {
    const std::size_t count = width_.size();
    slots_.reserve(rows * count * (count + 1) / 2);
    slot_stride_.reserve(rows * count);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t block = 0; block < count; ++block) {
            const std::size_t column = position(row, block);
            slot_stride_.push_back(
                static_cast<std::uint32_t>(column >= tail_first_ ? tail_ : stride_[unit_of_[column]]));
            for (std::size_t other = block; other < count; ++other) {
                slots_.push_back(entry(position(row, other), column));
            }
        }
    }
}

bool EffectSystem::factorise(std::span<const double> weights, std::span<const double> scaled) {
    std::fill(values_.begin(), values_.end(), 0.0);
    for (std::size_t unit = 0; unit < eliminated_units_; ++unit) {
        for (std::size_t k = 0; k < unit_width_[unit]; ++k) {
            values_[start_[unit] + k * (stride_[unit] + 1)] = 1;
        }
    }
    for (std::size_t k = 0; k < tail_; ++k) {
        values_[tail_start_ + k * (tail_ + 1)] = 1;
    }
    const std::size_t count = width_.size();
    const std::size_t* slot = slots_.data();
    const std::uint32_t* stride = slot_stride_.data();
    const double* a = scaled.data();
    for (const double weight : weights) {
        for (std::size_t block = 0; block < count; ++block) {
            const std::size_t step = *stride++;
            for (std::size_t other = block; other < count; ++other) {
                double* target = values_.data() + *slot++;
                for (std::size_t c = 0; c < width_[block]; ++c) {
                    const double factor = weight * a[offset_[block] + c];
                    for (std::size_t r = 0; r < width_[other]; ++r) {
                        target[r + c * step] += factor * a[offset_[other] + r];
                    }
                }
            }
        }
        a += row_width_;
    }
    log_determinant_ = 0;
    for (std::size_t unit = 0; unit < eliminated_units_; ++unit) {
        if (!eliminate(unit)) {
            return false;
        }
    }
    return factor_tail();
}

// The unit's own block becomes its lower factor L, what stands below becomes V = (below) L'^-1.
bool EffectSystem::eliminate(std::size_t unit) {
    const std::size_t width = unit_width_[unit], stride = stride_[unit];
    double* column = values_.data() + start_[unit];
    for (std::size_t c = 0; c < width; ++c, column += stride) {
        for (std::size_t b = 0; b < c; ++b) {
            const double* earlier = values_.data() + start_[unit] + b * stride;
            const double factor = earlier[c];
            for (std::size_t r = c; r < stride; ++r) {
                column[r] -= factor * earlier[r];
            }
        }
        if (!(column[c] > 0) || !std::isfinite(column[c])) {
            return false;
        }
        log_determinant_ += std::log(column[c]);
        column[c] = std::sqrt(column[c]);
        const double reciprocal = 1 / column[c];
        for (std::size_t r = c + 1; r < stride; ++r) {
            column[r] *= reciprocal;
        }
    }
    subtract_from_rest(unit);
    return true;
}

// What the unit meets loses V V', lower triangle.
void EffectSystem::subtract_from_rest(std::size_t unit) {
    const std::size_t width = unit_width_[unit], stride = stride_[unit], met = stride - width;
    const std::uint32_t* meets = meets_.data() + meets_start_[unit];
    for (std::size_t c = 0; c < width; ++c) {
        const double* v = values_.data() + start_[unit] + width + c * stride;
        for (std::size_t b = 0; b < met; ++b) {
            const double factor = v[b];
            if (meets_tail_run_[unit] != 0) {
                double* target = values_.data() + entry(meets[b], meets[b]) - b;
                for (std::size_t r = b; r < met; ++r) {
                    target[r] -= factor * v[r];
                }
            } else if (meets[b] >= tail_first_) {
                double* target = values_.data() + tail_start_ + (meets[b] - tail_first_) * tail_;
                for (std::size_t r = b; r < met; ++r) {
                    target[meets[r] - tail_first_] -= factor * v[r];
                }
            } else {
                for (std::size_t r = b; r < met; ++r) {
                    values_[entry(meets[r], meets[b])] -= factor * v[r];
                }
            }
        }
    }
}

bool EffectSystem::factor_tail() {
    if (tail_ == 0) {
        return true;
    }
    Map tail(values_.data() + tail_start_, index(tail_), index(tail_));
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> cholesky(tail);
    if (cholesky.info() != Eigen::Success || !tail.diagonal().allFinite()) {
        return false;
    }
    log_determinant_ += 2 * tail.diagonal().array().log().sum();
    return std::isfinite(log_determinant_);
}

void EffectSystem::solve(std::span<double> x) const {
    ENSURE(x.size() == effects_);
    for (std::size_t unit = 0; unit < eliminated_units_; ++unit) {
        const std::size_t width = unit_width_[unit], stride = stride_[unit];
        const std::uint32_t* meets = meets_.data() + meets_start_[unit];
        double* own = x.data() + unit_first_[unit];
        for (std::size_t c = 0; c < width; ++c) {
            const double* column = values_.data() + start_[unit] + c * stride;
            own[c] /= column[c];
            for (std::size_t r = c + 1; r < width; ++r) {
                own[r] -= column[r] * own[c];
            }
            for (std::size_t r = width; r < stride; ++r) {
                x[meets[r - width]] -= column[r] * own[c];
            }
        }
    }
    if (tail_ > 0) {
        const Eigen::Map<const Eigen::MatrixXd> tail(values_.data() + tail_start_, index(tail_),
                                                     index(tail_));
        Eigen::Map<Eigen::VectorXd> part(x.data() + tail_first_, index(tail_));
        tail.triangularView<Eigen::Lower>().solveInPlace(part);
        tail.triangularView<Eigen::Lower>().transpose().solveInPlace(part);
    }
    for (std::size_t unit = eliminated_units_; unit-- > 0;) {
        const std::size_t width = unit_width_[unit], stride = stride_[unit];
        const std::uint32_t* meets = meets_.data() + meets_start_[unit];
        double* own = x.data() + unit_first_[unit];
        for (std::size_t c = width; c-- > 0;) {
            const double* column = values_.data() + start_[unit] + c * stride;
            for (std::size_t r = c + 1; r < width; ++r) {
                own[c] -= column[r] * own[r];
            }
            for (std::size_t r = width; r < stride; ++r) {
                own[c] -= column[r] * x[meets[r - width]];
            }
            own[c] /= column[c];
        }
    }
}

void EffectSystem::invert() {
    inverse_.resize(values_.size());
    invert_tail();
    for (std::size_t unit = eliminated_units_; unit-- > 0;) {
        invert_unit(unit);
    }
}

void EffectSystem::invert_tail() {
    if (tail_ == 0) {
        return;
    }
    const Eigen::Map<const Eigen::MatrixXd> tail(values_.data() + tail_start_, index(tail_), index(tail_));
    Map inverse(inverse_.data() + tail_start_, index(tail_), index(tail_));
    inverse.setIdentity();
    tail.triangularView<Eigen::Lower>().solveInPlace(inverse);
    tail.triangularView<Eigen::Lower>().transpose().solveInPlace(inverse);
}

// With Y = V L^-1 and R the inverse among what the unit meets: below it -R Y, and its own L'^-1 L^-1 + Y' R
// Y.
void EffectSystem::invert_unit(std::size_t unit) {
    const std::size_t width = unit_width_[unit], stride = stride_[unit], met = stride - width;
    const std::uint32_t* meets = meets_.data() + meets_start_[unit];
    const double* lower = values_.data() + start_[unit];
    double* inverse = inverse_.data() + start_[unit];
    if (work_.size() < (stride + width) * width) {
        work_.resize((stride + width) * width);
    }
    double* y = work_.data();                       // met x width
    double* triangle = work_.data() + met * width;  // L^-1, width x width
    for (std::size_t c = 0; c < width; ++c) {
        for (std::size_t r = 0; r < width; ++r) {
            double sum = r == c ? 1.0 : 0.0;
            for (std::size_t k = c; k < r; ++k) {
                sum -= lower[r + k * stride] * triangle[k + c * width];
            }
            triangle[r + c * width] = r < c ? 0.0 : sum / lower[r + r * stride];
        }
    }
    for (std::size_t c = 0; c < width; ++c) {
        std::fill_n(y + c * met, met, 0.0);
        for (std::size_t k = c; k < width; ++k) {
            const double factor = triangle[k + c * width];
            const double* v = lower + width + k * stride;
            for (std::size_t r = 0; r < met; ++r) {
                y[r + c * met] += factor * v[r];
            }
        }
    }
    for (std::size_t c = 0; c < width; ++c) {
        double* below = inverse + width + c * stride;
        std::fill_n(below, met, 0.0);
        for (std::size_t b = 0; b < met; ++b) {
            const double factor = y[b + c * met];
            if (meets_tail_run_[unit] != 0) {
                const double* source = inverse_.data() + tail_start_ + (meets[0] - tail_first_) +
                                       (meets[b] - tail_first_) * tail_;
                for (std::size_t r = 0; r < met; ++r) {
                    below[r] -= source[r] * factor;
                }
            } else if (meets[b] >= tail_first_) {
                const double* source = inverse_.data() + tail_start_ + (meets[b] - tail_first_) * tail_;
                for (std::size_t r = 0; r < met; ++r) {
                    below[r] -= (meets[r] >= tail_first_ ? source[meets[r] - tail_first_]
                                                         : inverse_[entry(meets[b], meets[r])]) *
                                factor;
                }
            } else {
                for (std::size_t r = 0; r < met; ++r) {
                    below[r] -=
                        inverse_[entry(std::max(meets[r], meets[b]), std::min(meets[r], meets[b]))] * factor;
                }
            }
        }
    }
    for (std::size_t c = 0; c < width; ++c) {
        for (std::size_t r = 0; r < width; ++r) {
            double sum = 0;
            for (std::size_t k = std::max(r, c); k < width; ++k) {
                sum += triangle[k + r * width] * triangle[k + c * width];
            }
            for (std::size_t k = 0; k < met; ++k) {
                sum -= y[k + r * met] * inverse[width + k + c * stride];
            }
            inverse[r + c * stride] = sum;
        }
    }
}

void EffectSystem::row_inverse(std::size_t row, const double* scaled, double* result) const {
    const std::size_t count = width_.size();
    const std::size_t* slot = slots_.data() + row * (count * (count + 1) / 2);
    std::fill_n(result, row_width_, 0.0);
    for (std::size_t block = 0; block < count; ++block) {
        const std::size_t step = slot_stride_[row * count + block];
        for (std::size_t other = block; other < count; ++other) {
            const double* source = inverse_.data() + *slot++;
            for (std::size_t c = 0; c < width_[block]; ++c) {
                double sum = 0;
                for (std::size_t r = 0; r < width_[other]; ++r) {
                    const double value = source[r + c * step];
                    sum += value * scaled[offset_[other] + r];
                    if (other != block) {
                        result[offset_[other] + r] += value * scaled[offset_[block] + c];
                    }
                }
                result[offset_[block] + c] += sum;
            }
        }
    }
}

}  // namespace groundwork::statistics
