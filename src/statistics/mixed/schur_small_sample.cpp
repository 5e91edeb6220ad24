#include "statistics/mixed/schur_small_sample.h"

#include <algorithm>

#include "statistics/eigen_views.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;

constexpr std::size_t most_effects = 4'000;

// Effects as rows of a matrix: those of block 0, then the rest in their order.
MatrixXd rows_of(const Effects& x) {
    const auto as_rows = [&](const std::vector<double>& values) {
        return Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(
            values.data(), index(values.size() / x.columns), index(x.columns));
    };
    MatrixXd rows(index((x.first.size() + x.rest.size()) / x.columns), index(x.columns));
    rows << as_rows(x.first), as_rows(x.rest);
    return rows;
}

// S = A - A Lambda M^-1 Lambda' A, some columns at a time.
MatrixXd inner_products(const SchurFactor& factor) {
    constexpr std::size_t together = 64;
    const SchurProducts& data = factor.data();
    const std::size_t first = data.levels[0] * data.width[0], all = first + data.rest;
    MatrixXd s(index(all), index(all));
    for (std::size_t begin = 0; begin < all; begin += together) {
        const std::size_t count = std::min(together, all - begin);
        Effects unit(data, count);
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t effect = begin + k;
            (effect < first ? unit.first[effect * count + k] : unit.rest[(effect - first) * count + k]) = 1;
        }
        const Effects column = factor.multiply(unit);
        Effects explained = column;
        factor.scale(explained, true);
        factor.forward(explained);
        factor.backward(explained);
        factor.scale(explained, false);
        s.middleCols(index(begin), index(count)) = rows_of(column) - rows_of(factor.multiply(explained));
    }
    return s;
}

// Where each level's effect of a number stands, by number.
std::vector<std::vector<Eigen::Index>> places_of(const SchurProducts& data, SmallSampleSums& sums) {
    std::vector<std::vector<Eigen::Index>> places;
    const std::size_t first = data.levels[0] * data.width[0];
    for (std::size_t block = 0; block < data.levels.size(); ++block) {
        sums.first.push_back(places.size());
        for (std::size_t effect = 0; effect < data.width[block]; ++effect) {
            std::vector<Eigen::Index>& own = places.emplace_back();
            for (std::size_t level = 0; level < data.levels[block]; ++level) {
                own.push_back(index(block == 0 ? level * data.width[0] + effect
                                               : first + data.units[data.unit[block][level]].place + effect));
            }
        }
    }
    sums.effects = places.size();
    return places;
}

}  // namespace

std::optional<SmallSampleSums> small_sample_sums(const SchurFactor& factor, const Effects& t) {
    const SchurProducts& data = factor.data();
    if (data.levels[0] * data.width[0] + data.rest > most_effects) {
        return std::nullopt;
    }
    SmallSampleSums sums;
    const std::vector<std::vector<Eigen::Index>> places = places_of(data, sums);
    const std::size_t e = sums.effects, fixed = data.columns - 1;
    const MatrixXd s = inner_products(factor), outer = rows_of(t).leftCols(index(fixed));
    sums.inner = Matrix(e, e);
    sums.inner_pairs = Matrix(e * e, e * e);
    sums.outer.assign(e * e, Matrix(fixed, fixed));
    sums.outer_pairs.assign(e * e * e * e, Matrix(fixed, fixed));
    struct Pair {
        std::size_t a, b;
    };
    std::vector<Pair> pairs;  // of effects of the same block
    for (std::size_t block = 0; block < sums.first.size(); ++block) {
        for (std::size_t a = 0; a < data.width[block]; ++a) {
            for (std::size_t b = 0; b < data.width[block]; ++b) {
                pairs.push_back({sums.first[block] + a, sums.first[block] + b});
            }
        }
    }
    for (const auto& [a, b] : pairs) {
        for (std::size_t level = 0; level < places[a].size(); ++level) {
            sums.inner(a, b) += s(places[a][level], places[b][level]);
        }
        view(sums.outer[a + e * b]) = outer(places[a], Eigen::all).transpose() * outer(places[b], Eigen::all);
    }
    for (const auto& [a, b] : pairs) {
        for (const auto& [c, d] : pairs) {
            const MatrixXd between = s(places[b], places[c]);
            sums.inner_pairs(a + e * b, c + e * d) = between.cwiseProduct(s(places[a], places[d])).sum();
            view(sums.outer_pairs[a + e * b + e * e * (c + e * d)]) =
                outer(places[a], Eigen::all).transpose() * (between * outer(places[d], Eigen::all));
        }
    }
    return sums;
}

}  // namespace groundwork::statistics
