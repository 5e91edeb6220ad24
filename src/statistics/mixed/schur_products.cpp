#include "statistics/mixed/schur_products.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

// Which levels of one factor occur with each level of another, and which of these pairs a row is.
struct Pairs {
    std::vector<std::size_t> begin;     // by level
    std::vector<std::uint32_t> others;  // in the order of the rows
    std::vector<std::uint32_t> of_row;
};

std::size_t code(const Block& block, std::size_t row) { return static_cast<std::size_t>(block.codes[row]); }

// Rows level by level, each level's in their order.
std::vector<std::uint32_t> rows_by_level(const Block& block, std::vector<std::size_t>& begin) {
    begin.assign(block.levels + 1, 0);
    for (std::size_t row = 0; row < block.codes.size(); ++row) {
        ++begin[code(block, row) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    std::vector<std::uint32_t> rows(block.codes.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        rows[next[code(block, row)]++] = static_cast<std::uint32_t>(row);
    }
    return rows;
}

Pairs pairs_of(const Block& block, const Block& other) {
    std::vector<std::size_t> begin;
    const std::vector<std::uint32_t> rows = rows_by_level(block, begin);
    Pairs pairs;
    pairs.of_row.resize(rows.size());
    std::vector<std::size_t> known(other.levels, 0);  // the pair of this level, plus one
    for (std::size_t level = 0; level < block.levels; ++level) {
        const std::size_t first = pairs.others.size();
        pairs.begin.push_back(first);
        for (std::size_t k = begin[level]; k < begin[level + 1]; ++k) {
            const std::size_t with = code(other, rows[k]);
            if (known[with] <= first) {
                pairs.others.push_back(static_cast<std::uint32_t>(with));
                known[with] = pairs.others.size();
            }
            pairs.of_row[rows[k]] = static_cast<std::uint32_t>(known[with] - 1);
        }
    }
    pairs.begin.push_back(pairs.others.size());
    return pairs;
}

class Reducer {
  public:
    Reducer(const std::vector<Block>& blocks, const Matrix& fixed, const std::vector<double>& outcome)
        : blocks_(blocks), fixed_(fixed), outcome_(outcome), rows_(outcome.size()) {}

    SchurProducts run() {
        set_own();
        for (std::size_t block = 1; block < blocks_.size(); ++block) {
            with_first_.push_back(pairs_of(blocks_[0], blocks_[block]));
            for (std::size_t other = 1; other < block; ++other) {
                with_rest_.push_back({block, other, pairs_of(blocks_[block], blocks_[other])});
            }
        }
        set_places();
        set_across();
        set_meetings();
        return std::move(products_);
    }

  private:
    struct RestPairs {
        std::size_t block, other;
        Pairs pairs;
    };

    double z(std::size_t block, std::size_t row, std::size_t effect) const {
        return blocks_[block].columns(row, effect);
    }

    void set_own() {
        const std::size_t columns = fixed_.columns + 1;
        products_.columns = columns;
        std::vector<double> w(rows_ * columns);  // [W r] row by row
        for (std::size_t c = 0; c < columns; ++c) {
            const double* const from = c < fixed_.columns ? fixed_.column(c).data() : outcome_.data();
            for (std::size_t row = 0; row < rows_; ++row) {
                w[row * columns + c] = from[row];
            }
        }
        const Eigen::Map<const Eigen::MatrixXd> by_column(w.data(), index(columns), index(rows_));
        products_.total = to_matrix(by_column * by_column.transpose());
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            const std::size_t width = blocks_[block].width(), levels = blocks_[block].levels;
            products_.levels.push_back(levels);
            products_.width.push_back(width);
            std::vector<double> diagonal(levels * width * width, 0), right(levels * width * columns, 0);
            for (std::size_t row = 0; row < rows_; ++row) {
                const std::size_t level = code(blocks_[block], row);
                for (std::size_t a = 0; a < width; ++a) {
                    const double za = z(block, row, a);
                    for (std::size_t b = 0; b < width; ++b) {
                        diagonal[(level * width + b) * width + a] += za * z(block, row, b);
                    }
                    for (std::size_t c = 0; c < columns; ++c) {
                        right[(level * width + a) * columns + c] += za * w[row * columns + c];
                    }
                }
            }
            products_.diagonal.push_back(std::move(diagonal));
            products_.right.push_back(std::move(right));
        }
    }

    // Two levels of the rest are neighbours where they share rows or a level of block 0.
    void set_places() {
        std::vector<std::size_t> first(blocks_.size(), 0), widths;
        std::vector<RestUnit> units;
        for (std::size_t block = 1; block < blocks_.size(); ++block) {
            first[block] = units.size();
            for (std::size_t level = 0; level < blocks_[block].levels; ++level) {
                units.push_back({block, level, 0});
                widths.push_back(blocks_[block].width());
            }
        }
        Neighbours neighbours(units.size());
        std::vector<std::size_t> together;
        for (std::size_t level = 0; level < blocks_[0].levels; ++level) {
            together.clear();
            for (std::size_t block = 1; block < blocks_.size(); ++block) {
                const Pairs& pairs = with_first_[block - 1];
                for (std::size_t k = pairs.begin[level]; k < pairs.begin[level + 1]; ++k) {
                    together.push_back(first[block] + pairs.others[k]);
                }
            }
            neighbours.join_all(together);
        }
        for (const RestPairs& rest : with_rest_) {
            for (std::size_t level = 0; level < blocks_[rest.block].levels; ++level) {
                for (std::size_t k = rest.pairs.begin[level]; k < rest.pairs.begin[level + 1]; ++k) {
                    neighbours.join(first[rest.block] + level, first[rest.other] + rest.pairs.others[k]);
                }
            }
        }
        const std::vector<std::size_t> order = elimination_order(neighbours);
        products_.plan = plan_factor(neighbours, order, widths);
        products_.unit.resize(blocks_.size());
        for (std::size_t block = 1; block < blocks_.size(); ++block) {
            products_.unit[block].resize(blocks_[block].levels);
        }
        for (const std::size_t which : order) {
            RestUnit unit = units[which];
            unit.place = products_.rest;
            products_.rest += widths[which];
            products_.unit[unit.block][unit.level] = products_.units.size();
            products_.units.push_back(unit);
        }
    }

    void set_across() {
        const std::size_t q = blocks_[0].width();
        std::vector<std::vector<std::size_t>> target(blocks_.size());  // by pair: where its effects stand
        std::vector<std::pair<std::uint32_t, std::uint32_t>> here;     // unit, pair
        for (std::size_t block = 1; block < blocks_.size(); ++block) {
            target[block].resize(with_first_[block - 1].others.size());
        }
        for (std::size_t level = 0; level < blocks_[0].levels; ++level) {
            products_.begin.push_back(products_.places.size());
            products_.unit_begin.push_back(products_.meets.size());
            here.clear();
            for (std::size_t block = 1; block < blocks_.size(); ++block) {
                const Pairs& pairs = with_first_[block - 1];
                for (std::size_t k = pairs.begin[level]; k < pairs.begin[level + 1]; ++k) {
                    here.emplace_back(static_cast<std::uint32_t>(products_.unit[block][pairs.others[k]]),
                                      static_cast<std::uint32_t>(k));
                }
            }
            std::sort(here.begin(), here.end());
            for (const auto& [which, pair] : here) {
                const RestUnit& unit = products_.units[which];
                target[unit.block][pair] = products_.places.size();
                products_.meets.push_back(which);
                for (std::size_t a = 0; a < blocks_[unit.block].width(); ++a) {
                    products_.places.push_back(static_cast<std::uint32_t>(unit.place + a));
                }
            }
        }
        products_.begin.push_back(products_.places.size());
        products_.unit_begin.push_back(products_.meets.size());
        products_.across.assign(products_.places.size() * q, 0);
        for (std::size_t block = 1; block < blocks_.size(); ++block) {
            for (std::size_t row = 0; row < rows_; ++row) {
                const std::size_t at = target[block][with_first_[block - 1].of_row[row]];
                for (std::size_t a = 0; a < blocks_[block].width(); ++a) {
                    for (std::size_t c = 0; c < q; ++c) {
                        products_.across[(at + a) * q + c] += z(block, row, a) * z(0, row, c);
                    }
                }
            }
        }
    }

    void set_meetings() {
        for (const RestPairs& rest : with_rest_) {
            const std::size_t width = blocks_[rest.block].width(), other_width = blocks_[rest.other].width();
            const std::size_t first = products_.rest_products.size(), size = width * other_width;
            for (std::size_t level = 0; level < blocks_[rest.block].levels; ++level) {
                for (std::size_t k = rest.pairs.begin[level]; k < rest.pairs.begin[level + 1]; ++k) {
                    products_.meetings.push_back({products_.unit[rest.block][level],
                                                  products_.unit[rest.other][rest.pairs.others[k]],
                                                  first + k * size});
                }
            }
            products_.rest_products.resize(first + rest.pairs.others.size() * size, 0);
            for (std::size_t row = 0; row < rows_; ++row) {
                double* const at = products_.rest_products.data() + first + rest.pairs.of_row[row] * size;
                for (std::size_t a = 0; a < width; ++a) {
                    for (std::size_t b = 0; b < other_width; ++b) {
                        at[a * other_width + b] += z(rest.block, row, a) * z(rest.other, row, b);
                    }
                }
            }
        }
    }

    const std::vector<Block>& blocks_;
    const Matrix& fixed_;
    const std::vector<double>& outcome_;
    std::size_t rows_;
    std::vector<Pairs> with_first_;
    std::vector<RestPairs> with_rest_;
    SchurProducts products_;
};

// The equations of the method of moments: one for each effect of each block, and one for all rows.
class MomentEquations {
  public:
    MomentEquations(const SchurProducts& products, std::size_t rows) : products_(products) {
        for (const std::size_t width : products.width) {
            first_.push_back(count_);
            count_ += index(width);
        }
        matrix_ = Eigen::MatrixXd::Zero(count_ + 1, count_ + 1);
        squares_ = Eigen::VectorXd::Zero(count_ + 1);
        set_own();
        set_across();
        const std::size_t outcome = products.columns - 1;
        squares_(count_) = products.total(outcome, outcome);
        matrix_(count_, count_) = static_cast<double>(rows) - static_cast<double>(outcome);
    }

    Eigen::VectorXd solution() const { return matrix_.colPivHouseholderQr().solve(squares_); }
    std::size_t first(std::size_t block) const { return static_cast<std::size_t>(first_[block]); }

  private:
    double own(std::size_t block, std::size_t level, std::size_t a, std::size_t b) const {
        const std::size_t width = products_.width[block];
        return products_.diagonal[block][(level * width + b) * width + a];
    }

    void set_own() {
        for (std::size_t block = 0; block < products_.levels.size(); ++block) {
            const std::size_t width = products_.width[block];
            for (std::size_t level = 0; level < products_.levels[block]; ++level) {
                for (std::size_t a = 0; a < width; ++a) {
                    const Eigen::Index at = first_[block] + index(a);
                    const double size = own(block, level, a, a);
                    matrix_(count_, at) += size;
                    if (!(size > 0)) {
                        continue;
                    }
                    const double total =
                        products_.right[block][(level * width + a + 1) * products_.columns - 1];
                    squares_(at) += total * total / size;
                    matrix_(at, count_) += 1;
                    for (std::size_t b = 0; b < width; ++b) {
                        const double shared = own(block, level, a, b);
                        matrix_(at, first_[block] + index(b)) += shared * shared / size;
                    }
                }
            }
        }
    }

    void add(std::size_t block, std::size_t level, std::size_t a, std::size_t other, std::size_t other_level,
             std::size_t b, double shared) {
        const Eigen::Index i = first_[block] + index(a), j = first_[other] + index(b);
        const double size = own(block, level, a, a), other_size = own(other, other_level, b, b);
        matrix_(i, j) += size > 0 ? shared * shared / size : 0;
        matrix_(j, i) += other_size > 0 ? shared * shared / other_size : 0;
    }

    void set_across() {
        const std::size_t q = products_.width[0];
        for (std::size_t level = 0; level < products_.levels[0]; ++level) {
            std::size_t at = products_.begin[level];
            for (std::size_t k = products_.unit_begin[level]; k < products_.unit_begin[level + 1]; ++k) {
                const RestUnit& unit = products_.units[products_.meets[k]];
                for (std::size_t b = 0; b < products_.width[unit.block]; ++b, ++at) {
                    for (std::size_t a = 0; a < q; ++a) {
                        add(0, level, a, unit.block, unit.level, b, products_.across[at * q + a]);
                    }
                }
            }
        }
        for (const RestMeeting& meeting : products_.meetings) {
            const RestUnit &unit = products_.units[meeting.unit], &other = products_.units[meeting.other];
            std::size_t at = meeting.at;
            for (std::size_t a = 0; a < products_.width[unit.block]; ++a) {
                for (std::size_t b = 0; b < products_.width[other.block]; ++b, ++at) {
                    add(unit.block, unit.level, a, other.block, other.level, b, products_.rest_products[at]);
                }
            }
        }
    }

    const SchurProducts& products_;
    std::vector<Eigen::Index> first_;
    Eigen::Index count_ = 0;
    Eigen::MatrixXd matrix_;
    Eigen::VectorXd squares_;
};

}  // namespace

SchurProducts make_schur_products(const std::vector<Block>& blocks, const Matrix& fixed,
                                  const std::vector<double>& outcome) {
    return Reducer(blocks, fixed, outcome).run();
}

std::vector<std::vector<double>> moment_variances(const SchurProducts& products, std::size_t rows) {
    const MomentEquations equations(products, rows);
    const Eigen::VectorXd variances = equations.solution();
    const double residual = variances(variances.size() - 1);
    if (!variances.allFinite() || !(residual > 0)) {
        return {};
    }
    std::vector<std::vector<double>> relative;
    for (std::size_t block = 0; block < products.width.size(); ++block) {
        relative.emplace_back();
        for (std::size_t a = 0; a < products.width[block]; ++a) {
            relative.back().push_back(variances(index(equations.first(block) + a)) / residual);
        }
    }
    return relative;
}

}  // namespace groundwork::statistics
