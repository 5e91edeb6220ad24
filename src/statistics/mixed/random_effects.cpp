#include "statistics/mixed/random_effects.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/formula/model_matrix.h"

namespace groundwork::statistics {

namespace {

// lme4's order of terms: as written if the numbers of levels do not rise, else by falling number of levels,
// where equal numbers come in reverse (rev(order(levels))).
std::vector<std::size_t> term_order(const std::vector<std::size_t>& levels) {
    std::vector<std::size_t> order(levels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!std::is_sorted(levels.rbegin(), levels.rend())) {
        std::sort(order.begin(), order.end(),
                  [&](auto a, auto b) { return levels[a] != levels[b] ? levels[a] > levels[b] : a > b; });
    }
    return order;
}

Result<void> check_group(const std::string& group, std::size_t levels, std::size_t width, std::size_t rows,
                         ResidualKind residual) {
    if (levels < 2) {
        return fail(
            unacceptable("has only one value in the rows used, so nothing can vary between its groups.")
                .at("", group)
                .remedy("Leave this random term out."));
    }
    if (residual == ResidualKind::estimated && levels * width >= rows) {
        return fail(unacceptable("would have " + std::to_string(levels * width) + " random effects (" +
                                 std::to_string(levels) + " groups, " + std::to_string(width) +
                                 " each) for " + std::to_string(rows) +
                                 " rows, so they cannot be told from the residual.")
                        .at("", group)
                        .remedy("Group by a column whose values repeat, or use fewer random terms."));
    }
    if (width > most_width) {
        return fail(
            unacceptable("would have more than " + std::to_string(most_width) + " random effects a group.")
                .at("", group));
    }
    return {};
}

void append(Block& block, ModelMatrix matrix) {
    if (block.names.empty()) {
        block.columns = std::move(matrix.values);
    } else {
        block.columns.columns += matrix.values.columns;
        block.columns.values.insert(block.columns.values.end(), matrix.values.values.begin(),
                                    matrix.values.values.end());
    }
    block.names.insert(block.names.end(), matrix.names.begin(), matrix.names.end());
}

std::vector<FreeEntry> free_entries(const std::vector<BlockTerm>& terms) {
    std::vector<FreeEntry> entries;
    for (const BlockTerm& term : terms) {
        for (std::size_t column = 0; column < term.width; ++column) {
            for (std::size_t row = column; row < term.width; ++row) {
                entries.push_back({term.block, term.first + row, term.first + column});
            }
        }
    }
    return entries;
}

// The largest block first: the kernels eliminate it level by level.
void sort_blocks(RandomEffects& effects) {
    std::vector<std::size_t> order(effects.blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) {
        const Block &x = effects.blocks[a], &y = effects.blocks[b];
        const std::size_t x_size = x.levels * x.width(), y_size = y.levels * y.width();
        return x_size != y_size ? x_size > y_size : a < b;
    });
    std::vector<Block> blocks;
    std::vector<std::size_t> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        blocks.push_back(std::move(effects.blocks[order[i]]));
    }
    effects.blocks = std::move(blocks);
    for (BlockTerm& term : effects.terms) {
        term.block = place[term.block];
    }
}

Result<void> check_blocks(const RandomEffects& effects, std::size_t rows, ResidualKind residual) {
    std::size_t dense = 0;
    for (std::size_t b = 0; b < effects.blocks.size(); ++b) {
        const Block& block = effects.blocks[b];
        std::vector<std::string> names = block.names;
        std::sort(names.begin(), names.end());
        const auto repeated = std::adjacent_find(names.begin(), names.end());
        if (repeated != names.end()) {
            return fail(usage_error("The formula gives " + *repeated + " twice the right to vary between " +
                                    block.group + ".")
                            .remedy("Write it in one random term only."));
        }
        TRY_DO(check_group(block.group, block.levels, block.width(), rows, residual));
        dense += b == 0 ? 0 : block.levels * block.width();
    }
    if (dense > most_dense_effects) {
        return fail(unacceptable("The grouping factors beside the largest have " + std::to_string(dense) +
                                 " random effects together; up to " + std::to_string(most_dense_effects) +
                                 " are supported."));
    }
    return {};
}

// Mean square 1 for every column, and zero mean within a term that has an intercept: as a triangle by which
// effects of the changed columns become effects of the original ones.
Eigen::MatrixXd term_change(const Eigen::Ref<const Eigen::MatrixXd>& columns, bool intercept_first) {
    const Eigen::Index width = columns.cols();
    Eigen::MatrixXd change = Eigen::MatrixXd::Identity(width, width);
    const bool centre = intercept_first && (columns.col(0).array() == 1.0).all();
    for (Eigen::Index k = 0; k < width; ++k) {
        const double mean = centre && k > 0 ? columns.col(k).mean() : 0.0;
        const double scale = std::sqrt((columns.col(k).array() - mean).square().mean());
        if (!(scale > 1e-8 * std::abs(mean)) || scale == 0) {  // hardly varies: leave it as it is
            continue;
        }
        change(k, k) = 1 / scale;
        if (mean != 0) {
            change(0, k) = -mean / scale;
        }
    }
    return change;
}

// Where a diagonal entry is zero, what stands below it is turned into the later columns, so that an effect
// without variance has an empty column: [0 0; b c] becomes [0 0; 0 sqrt(b^2 + c^2)].
void push_right(Eigen::MatrixXd& lower) {
    for (Eigen::Index k = 0; k < lower.rows(); ++k) {
        if (lower(k, k) != 0) {
            continue;
        }
        for (Eigen::Index row = k + 1; row < lower.rows(); ++row) {
            const double length = std::hypot(lower(row, k), lower(row, row));
            if (lower(row, k) == 0 || length == 0) {
                continue;
            }
            const double sine = lower(row, k) / length, cosine = lower(row, row) / length;
            const Eigen::VectorXd left = lower.col(k), right = lower.col(row);
            lower.col(k) = cosine * left - sine * right;
            lower.col(row) = sine * left + cosine * right;
            lower(row, k) = 0;
        }
    }
}

}  // namespace

Result<RandomEffects> make_random_effects(const Formula& formula, const ModelFrame& frame,
                                          ResidualKind residual) {
    RandomEffects effects;
    for (const std::size_t part : term_order(frame.group_levels)) {
        const RandomPart& written = formula.random[part];
        ModelMatrix matrix = TRY(make_model_matrix(written.terms, frame.random[part], frame.used.size()));
        const auto known = std::find_if(effects.blocks.begin(), effects.blocks.end(),
                                        [&](const Block& block) { return block.group == written.group; });
        const auto at = static_cast<std::size_t>(known - effects.blocks.begin());
        if (known == effects.blocks.end()) {
            effects.blocks.push_back(
                {written.group, frame.group_levels[part], frame.group_codes[part], {}, {}});
        }
        Block& block = effects.blocks[at];
        effects.terms.push_back({at, block.width(), matrix.values.columns, written.terms.intercept});
        append(block, std::move(matrix));
    }
    sort_blocks(effects);
    effects.entries = free_entries(effects.terms);
    TRY_DO(check_blocks(effects, frame.used.size(), residual));
    return effects;
}

Factors factors_of(const RandomEffects& effects, const std::vector<double>& entries) {
    ENSURE(entries.size() == effects.entries.size());
    Factors factors;
    for (const Block& block : effects.blocks) {
        factors.emplace_back(block.width(), block.width());
    }
    for (std::size_t k = 0; k < entries.size(); ++k) {
        const FreeEntry& entry = effects.entries[k];
        factors[entry.block](entry.row, entry.column) = entries[k];
    }
    return factors;
}

std::vector<double> entries_of(const RandomEffects& effects, const Factors& factors) {
    std::vector<double> values;
    for (const FreeEntry& entry : effects.entries) {
        values.push_back(factors[entry.block](entry.row, entry.column));
    }
    return values;
}

Coordinates standardised(RandomEffects effects) {
    Coordinates coordinates{std::move(effects), {}};
    for (const Block& block : coordinates.effects.blocks) {
        coordinates.to_original.emplace_back(block.width(), block.width());
    }
    for (const BlockTerm& term : coordinates.effects.terms) {
        auto columns = view(coordinates.effects.blocks[term.block].columns);
        auto piece = columns.middleCols(index(term.first), index(term.width));
        const Eigen::MatrixXd change = term_change(piece, term.intercept_first);
        for (Eigen::Index k = piece.cols(); k-- > 0;) {  // an upper triangle: later columns first
            piece.col(k) *= change(k, k);
            for (Eigen::Index earlier = 0; earlier < k; ++earlier) {
                if (change(earlier, k) != 0) {
                    piece.col(k) += change(earlier, k) * piece.col(earlier);
                }
            }
        }
        view(coordinates.to_original[term.block])
            .block(index(term.first), index(term.first), index(term.width), index(term.width)) = change;
    }
    return coordinates;
}

Coordinates without_rows(const Coordinates& coordinates) {
    Coordinates light;
    light.to_original = coordinates.to_original;
    light.effects.terms = coordinates.effects.terms;
    light.effects.entries = coordinates.effects.entries;
    for (const Block& block : coordinates.effects.blocks) {
        Block& copy = light.effects.blocks.emplace_back();
        copy.group = block.group;
        copy.levels = block.levels;
        copy.names = block.names;
    }
    return light;
}

Factors original_factors(const Coordinates& coordinates, const Factors& factors) {
    Factors result = factors;
    for (const BlockTerm& term : coordinates.effects.terms) {
        const Eigen::Index first = index(term.first), width = index(term.width);
        const auto change = view(coordinates.to_original[term.block]).block(first, first, width, width);
        auto target = view(result[term.block]).block(first, first, width, width);
        const Eigen::MatrixXd product = change * target;
        // A lower triangle with the same product with its own transpose, by QR of the transpose.
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(product.transpose());
        Eigen::MatrixXd lower = qr.matrixQR().triangularView<Eigen::Upper>().toDenseMatrix().transpose();
        for (Eigen::Index k = 0; k < width; ++k) {
            if (lower(k, k) < 0) {
                lower.col(k) *= -1;
            }
            const double rounding = 1e-10 * lower.row(k).norm();
            if (lower(k, k) <= rounding) {  // no more than rounding: a variance of zero
                lower(k, k) = 0;
            }
        }
        push_right(lower);
        target = lower;
    }
    return result;
}

}  // namespace groundwork::statistics
