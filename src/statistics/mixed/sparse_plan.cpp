#include <Eigen/SparseCore>
#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include <Eigen/OrderingMethods>

#include "statistics/mixed/sparse_factor.h"

namespace groundwork::statistics {

namespace {

using Nodes = std::vector<std::uint32_t>;

// The rows below each column of the factor, by elimination: those of the matrix and those of the columns
// whose first row it is.
std::vector<Nodes> factor_rows(const Neighbours& neighbours, const std::vector<std::size_t>& order) {
    const std::size_t size = order.size();
    std::vector<std::size_t> place(size);
    for (std::size_t k = 0; k < size; ++k) {
        place[order[k]] = k;
    }
    std::vector<Nodes> rows(size);
    std::vector<std::vector<std::size_t>> children(size);
    std::vector<std::size_t> seen_by(size, size);
    for (std::size_t k = 0; k < size; ++k) {
        seen_by[k] = k;
        const auto add = [&](std::size_t row) {
            if (row > k && seen_by[row] != k) {
                seen_by[row] = k;
                rows[k].push_back(static_cast<std::uint32_t>(row));
            }
        };
        const std::uint64_t* const words = neighbours.row(order[k]);
        for (std::size_t word = 0; word < neighbours.words(); ++word) {
            for (std::uint64_t left = words[word]; left != 0; left &= left - 1) {
                add(place[word * 64 + static_cast<std::size_t>(std::countr_zero(left))]);
            }
        }
        for (const std::size_t child : children[k]) {
            std::for_each(rows[child].begin(), rows[child].end(), add);
        }
        std::sort(rows[k].begin(), rows[k].end());
        if (!rows[k].empty()) {
            children[rows[k].front()].push_back(k);
        }
    }
    return rows;
}

// Whether a panel of columns that holds `known` entries may take one more column: zeros cost arithmetic, but
// narrow panels cost more.
bool worth_joining(std::size_t width, std::size_t rows, std::size_t known) {
    constexpr double most_zeros = 0.5;
    const std::size_t all = width * (width + 1) / 2 + width * rows;
    return static_cast<double>(all - known) <= most_zeros * static_cast<double>(all);
}

}  // namespace

void Neighbours::join_all(const std::vector<std::size_t>& nodes) {
    std::vector<std::uint64_t> all(words_, 0);
    for (const std::size_t node : nodes) {
        all[node / 64] |= std::uint64_t{1} << (node % 64);
    }
    for (const std::size_t node : nodes) {
        for (std::size_t word = 0; word < words_; ++word) {
            bits_[node * words_ + word] |= all[word];
        }
    }
}

std::size_t Neighbours::count() const {
    return std::accumulate(bits_.begin(), bits_.end(), std::size_t{0},
                           [](std::size_t sum, std::uint64_t word) {
                               return sum + static_cast<std::size_t>(std::popcount(word));
                           });
}

std::vector<std::size_t> elimination_order(const Neighbours& neighbours) {
    const std::size_t size = neighbours.size();
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (2 * neighbours.count() > size * size) {  // nothing to gain
        return order;
    }
    Eigen::SparseMatrix<double, Eigen::ColMajor, int> pattern(static_cast<int>(size), static_cast<int>(size));
    pattern.reserve(static_cast<Eigen::Index>(neighbours.count() + size));
    for (std::size_t column = 0; column < size; ++column) {
        pattern.startVec(static_cast<Eigen::Index>(column));
        for (std::size_t row = 0; row < size; ++row) {
            if (row == column || neighbours.has(column, row)) {
                pattern.insertBack(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = 1;
            }
        }
    }
    pattern.finalize();
    Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> permutation;
    Eigen::AMDOrdering<int>()(pattern.selfadjointView<Eigen::Lower>(), permutation);
    for (std::size_t k = 0; k < size; ++k) {
        order[k] = static_cast<std::size_t>(permutation.indices()(static_cast<Eigen::Index>(k)));
    }
    return order;
}

FactorPlan plan_factor(const Neighbours& neighbours, const std::vector<std::size_t>& order,
                       const std::vector<std::size_t>& widths) {
    constexpr std::size_t most_columns = 48;  // a panel's piece of some rows stays in the nearest cache
    const std::vector<Nodes> below = factor_rows(neighbours, order);
    std::vector<std::size_t> begin(order.size() + 1, 0);  // of each node's columns
    for (std::size_t k = 0; k < order.size(); ++k) {
        begin[k + 1] = begin[k] + widths[order[k]];
    }
    const auto rows_below = [&](std::size_t node) {
        return std::accumulate(below[node].begin(), below[node].end(), std::size_t{0},
                               [&](std::size_t sum, std::uint32_t row) { return sum + widths[order[row]]; });
    };
    const auto entries = [&](std::size_t node, std::size_t rows) {
        const std::size_t width = widths[order[node]];
        return width * (width + 1) / 2 + width * rows;
    };
    FactorPlan plan;
    plan.size = begin.back();
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first, rows = rows_below(first), known = entries(first, rows);
        while (!below[last].empty() && below[last].front() == last + 1 &&
               begin[last + 2] - begin[first] <= most_columns) {
            const std::size_t next_rows = rows_below(last + 1);
            const std::size_t next_known = known + entries(last + 1, next_rows);
            if (!worth_joining(begin[last + 2] - begin[first], next_rows, next_known)) {
                break;
            }
            ++last;
            rows = next_rows;
            known = next_known;
        }
        FactorPanel panel{begin[first], begin[last + 1] - begin[first], {}, plan.values};
        panel.rows.reserve(rows);
        for (const std::uint32_t row : below[last]) {
            for (std::size_t at = begin[row]; at < begin[row + 1]; ++at) {
                panel.rows.push_back(static_cast<std::uint32_t>(at));
            }
        }
        plan.values += panel.height() * panel.width;
        plan.panels.push_back(std::move(panel));
        first = last + 1;
    }
    return plan;
}

}  // namespace groundwork::statistics
