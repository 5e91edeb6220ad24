#include <doctest/doctest.h>

#include <cmath>

#include "statistics/eigen_views.h"
#include "statistics/mixed/mixed_model.h"
#include "statistics/mixed/objective.h"
#include "statistics/mixed/sparse_factor.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

using Eigen::MatrixXd;

// A sparse symmetric positive-definite matrix in the order of a plan, whose nodes have one to three columns.
struct SparseCase {
    FactorPlan plan;
    MatrixXd matrix;
};

SparseCase sparse_case(std::size_t nodes, std::size_t joins, unsigned seed) {
    RandomStream random(seed, 0);
    const auto below = [&](std::size_t limit) { return random.next_below(limit); };
    Neighbours neighbours(nodes);
    std::vector<std::size_t> widths(nodes);
    for (std::size_t& width : widths) {
        width = 1 + below(3);
    }
    for (std::size_t k = 0; k < joins; ++k) {
        neighbours.join_all({below(nodes), below(nodes), below(nodes)});
    }
    const std::vector<std::size_t> order = elimination_order(neighbours);
    SparseCase result{plan_factor(neighbours, order, widths), {}};
    std::vector<std::size_t> node_of;
    for (const std::size_t node : order) {
        node_of.insert(node_of.end(), widths[node], node);
    }
    const Eigen::Index size = index(result.plan.size);
    result.matrix = MatrixXd::Zero(size, size);
    for (Eigen::Index i = 0; i < size; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            const std::size_t a = node_of[static_cast<std::size_t>(i)],
                              b = node_of[static_cast<std::size_t>(j)];
            if (a == b || neighbours.has(a, b)) {
                result.matrix(i, j) = result.matrix(j, i) = static_cast<double>(below(2001)) / 1000 - 1;
            }
        }
    }
    const Eigen::VectorXd sums = result.matrix.cwiseAbs().rowwise().sum();
    result.matrix.diagonal() = sums.array() + 1;
    return result;
}

void check_factor(const SparseCase& from, unsigned threads) {
    FactorStorage storage;
    storage.lower = to_matrix(from.matrix);
    SparseFactor factor(from.plan, std::move(storage), threads);
    const Eigen::LLT<MatrixXd> cholesky(from.matrix);
    const MatrixXd lower = cholesky.matrixL();
    CHECK(factor.log_determinant() ==
          doctest::Approx(2 * lower.diagonal().array().log().sum()).epsilon(1e-13));
    const Eigen::Index size = from.matrix.rows();
    Eigen::Matrix<double, Eigen::Dynamic, 2, Eigen::RowMajor> right(size, 2);
    right.col(0).setLinSpaced(-1, 2);
    right.col(1).setOnes();
    const MatrixXd expected = cholesky.solve(MatrixXd(right));
    factor.solve_lower(right.data(), 2);
    factor.solve_upper(right.data(), 2);
    CHECK((right - expected).cwiseAbs().maxCoeff() < 1e-13);
    const MatrixXd inverse = cholesky.solve(MatrixXd::Identity(size, size));
    const Matrix& selected = factor.invert();
    for (const FactorPanel& panel : from.plan.panels) {
        for (std::size_t column = panel.begin; column < panel.begin + panel.width; ++column) {
            for (std::size_t row = column; row < panel.begin + panel.width; ++row) {
                CHECK(std::abs(selected(row, column) - inverse(index(row), index(column))) < 1e-14);
            }
            for (const std::uint32_t row : panel.rows) {
                CHECK(std::abs(selected(row, column) - inverse(index(row), index(column))) < 1e-14);
            }
        }
    }
}

// Three crossed factors, the first two with slopes, on rows that the test makes.
struct CrossedCase {
    RandomEffects effects;
    Matrix fixed;
    std::vector<double> outcome;
};

CrossedCase crossed_case(std::vector<std::size_t> widths) {
    constexpr std::size_t rows = 150;
    RandomStream random(3, 0);
    const auto number = [&] { return 2 * random.next_uniform() - 1; };
    CrossedCase result;
    const std::size_t levels[3] = {15, 7, 4};
    for (std::size_t b = 0; b < 3; ++b) {
        Block block{"g" + std::to_string(b), levels[b], {}, Matrix(rows, widths[b]), {}};
        for (std::size_t row = 0; row < rows; ++row) {
            block.codes.push_back(
                static_cast<std::int32_t>(row < levels[b] ? row : random.next_below(levels[b])));
            for (std::size_t a = 0; a < widths[b]; ++a) {
                block.columns(row, a) = a == 0 ? 1 : number();
            }
        }
        for (std::size_t a = 0; a < widths[b]; ++a) {
            block.names.push_back(std::to_string(a));
            for (std::size_t row = a; row < widths[b]; ++row) {
                result.effects.entries.push_back({b, row, a});
            }
        }
        result.effects.blocks.push_back(std::move(block));
    }
    MatrixXd x(index(rows), 2);
    for (Eigen::Index row = 0; row < x.rows(); ++row) {
        x(row, 0) = 1;
        x(row, 1) = number();
        result.outcome.push_back(number() +
                                 0.5 * (result.effects.blocks[1].codes[static_cast<std::size_t>(row)]));
    }
    const MatrixXd basis = Eigen::HouseholderQR<MatrixXd>(x).householderQ() * MatrixXd::Identity(x.rows(), 2);
    result.fixed = to_matrix(basis);
    return result;
}

MatrixXd all_columns(const RandomEffects& effects, std::size_t block) {
    const Block& from = effects.blocks[block];
    MatrixXd z = MatrixXd::Zero(index(from.codes.size()), index(from.levels * from.width()));
    for (std::size_t row = 0; row < from.codes.size(); ++row) {
        for (std::size_t a = 0; a < from.width(); ++a) {
            z(index(row), index(static_cast<std::size_t>(from.codes[row]) * from.width() + a)) =
                from.columns(row, a);
        }
    }
    return z;
}

// I (levels) with a matrix in every place of the diagonal.
MatrixXd repeated(const MatrixXd& piece, std::size_t levels) {
    MatrixXd all = MatrixXd::Zero(piece.rows() * index(levels), piece.cols() * index(levels));
    for (Eigen::Index level = 0; level < index(levels); ++level) {
        all.block(level * piece.rows(), level * piece.cols(), piece.rows(), piece.cols()) = piece;
    }
    return all;
}

// The sums over pairs of effects, each from S and T with all rows in memory.
void check_small_sample(const CrossedCase& from, const SmallSampleSums& sums, const MatrixXd& inverse) {
    std::vector<MatrixXd> z;  // by effect: a column for each level
    for (std::size_t block = 0; block < from.effects.blocks.size(); ++block) {
        const MatrixXd all = all_columns(from.effects, block);
        const Eigen::Index width = index(from.effects.blocks[block].width());
        CHECK(sums.first[block] == z.size());
        for (Eigen::Index a = 0; a < width; ++a) {
            z.emplace_back(all(Eigen::all, Eigen::seq(a, Eigen::last, width)));
        }
    }
    REQUIRE(sums.effects == z.size());
    const auto block_of = [&](std::size_t effect) {
        return std::upper_bound(sums.first.begin(), sums.first.end(), effect) - sums.first.begin();
    };
    const auto close = [](const MatrixXd& ours, const MatrixXd& expected) {
        CHECK((ours - expected).cwiseAbs().maxCoeff() < 1e-11 * (1 + expected.cwiseAbs().maxCoeff()));
    };
    const std::size_t e = z.size();
    const MatrixXd x = inverse * view(from.fixed);
    for (std::size_t a = 0; a < e; ++a) {
        for (std::size_t b = 0; b < e; ++b) {
            if (block_of(a) != block_of(b)) {
                continue;
            }
            const MatrixXd ab = z[a] * z[b].transpose();
            close(MatrixXd::Constant(1, 1, sums.inner(a, b)),
                  MatrixXd::Constant(1, 1, (inverse * ab).trace()));
            close(view(sums.outer[a + e * b]), x.transpose() * ab * x);
            for (std::size_t c = 0; c < e; ++c) {
                for (std::size_t d = 0; d < e; ++d) {
                    if (block_of(c) != block_of(d)) {
                        continue;
                    }
                    const MatrixXd cd = z[c] * z[d].transpose();
                    close(MatrixXd::Constant(1, 1, sums.inner_pairs(a + e * b, c + e * d)),
                          MatrixXd::Constant(1, 1, (inverse * ab * inverse * cd).trace()));
                    close(view(sums.outer_pairs[a + e * b + e * e * (c + e * d)]),
                          x.transpose() * ab * inverse * cd * x);
                }
            }
        }
    }
}

void check_against_rows(std::vector<std::size_t> widths) {
    const CrossedCase from = crossed_case(std::move(widths));
    const std::unique_ptr<Kernel> kernel =
        make_schur_kernel(from.effects.blocks, from.fixed, from.outcome, 2);
    std::vector<double> entries;
    for (const FreeEntry& entry : from.effects.entries) {
        entries.push_back(entry.diagonal() ? 0.5 + 0.1 * static_cast<double>(entry.block) : -0.2);
    }
    const std::size_t rows = from.outcome.size();
    const Factors factors = factors_of(from.effects, entries);
    MatrixXd h = MatrixXd::Identity(index(rows), index(rows));
    for (std::size_t block = 0; block < factors.size(); ++block) {
        const MatrixXd z = all_columns(from.effects, block) *
                           repeated(view(factors[block]), from.effects.blocks[block].levels);
        h += z * z.transpose();
    }
    const Eigen::LLT<MatrixXd> cholesky(h);
    MatrixXd w(index(rows), 3);
    w << view(from.fixed), view(std::span<const double>(from.outcome));
    ObjectivePoint point(*kernel, from.effects, {Criterion::reml, rows, 0, 0}, entries);
    const MatrixXd lower = cholesky.matrixL();
    CHECK(point.kernel_point().log_determinant ==
          doctest::Approx(2 * lower.diagonal().array().log().sum()).epsilon(1e-12));
    const MatrixXd products = w.transpose() * cholesky.solve(w);
    CHECK((view(point.kernel_point().products) - products).cwiseAbs().maxCoeff() <
          1e-11 * products.cwiseAbs().maxCoeff());

    constexpr double step = 1e-5;
    for (std::size_t k = 0; k < entries.size(); ++k) {
        std::vector<double> up = entries, down = entries;
        up[k] += step;
        down[k] -= step;
        const double slope =
            (ObjectivePoint(*kernel, from.effects, {Criterion::reml, rows, 0, 0}, up).value() -
             ObjectivePoint(*kernel, from.effects, {Criterion::reml, rows, 0, 0}, down).value()) /
            (2 * step);
        CHECK(point.gradient()[k] == doctest::Approx(slope).epsilon(1e-6));
    }
    // The working variates of the average information: w_j' S w_k = (Z w_j)' H^-1 (Z w_k).
    Eigen::VectorXd contrast(3);
    contrast << -view(std::span<const double>(point.coefficients())), 1.0;
    const Eigen::VectorXd left = cholesky.solve(w * contrast);
    MatrixXd working(index(rows), index(entries.size()));
    for (std::size_t k = 0; k < entries.size(); ++k) {
        const FreeEntry& entry = from.effects.entries[k];
        const Eigen::Index width = index(factors[entry.block].rows);
        MatrixXd unit = MatrixXd::Zero(width, width);
        unit(index(entry.row), index(entry.column)) = 1;
        const MatrixXd half = unit * view(factors[entry.block]).transpose();
        const MatrixXd z = all_columns(from.effects, entry.block);
        working.col(index(k)) =
            z * (repeated(half + half.transpose(), from.effects.blocks[entry.block].levels) *
                 (z.transpose() * left));
    }
    const MatrixXd expected = working.transpose() * cholesky.solve(working);
    const std::optional<Matrix> information = point.kernel_point().working_information(
        from.effects, std::vector<double>(contrast.begin(), contrast.end()));
    REQUIRE(information.has_value());
    CHECK((view(*information) - expected).cwiseAbs().maxCoeff() < 1e-10 * expected.cwiseAbs().maxCoeff());
    // Near the optimum it is near the Hessian; everywhere it curves upward.
    REQUIRE(point.average_hessian().has_value());
    const std::optional<SmallSampleSums> sums = point.kernel_point().small_sample_sums();
    REQUIRE(sums.has_value());
    check_small_sample(from, *sums, cholesky.solve(MatrixXd::Identity(index(rows), index(rows))));
}

}  // namespace

TEST_CASE("a sparse factor, its solutions and its selected inverse are those of the full matrix") {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        check_factor(sparse_case(40 + 10 * seed, 30 + 10 * seed, seed), 1);
    }
    check_factor(sparse_case(150, 20, 7), 2);      // hardly anything joined
    check_factor(sparse_case(150, 60'000, 8), 2);  // everything joined, several panels wide
}

TEST_CASE(
    "crossed factors give the determinant, products, slopes and information of the rows' own matrices") {
    check_against_rows({1, 1, 1});
    check_against_rows({2, 1, 1});
    check_against_rows({1, 2, 3});
    check_against_rows({3, 2, 1});
}

TEST_CASE(
    "students, lecturers and departments come out as in lme4, in the same bytes for any number of threads") {
    const std::optional<TestTable> table = shared_table("InstEval.csv");
    if (!table) {
        return;
    }
    MixedModelOptions options;
    options.threads = 1;
    const Result<MixedModel> model =
        fit_mixed_model("y ~ 1 + (1 | s) + (1 | d) + (1 | dept)", table->data(), options);
    REQUIRE(model);
    CHECK(model->certificate.status == "certified");
    CHECK(model->objective == doctest::Approx(237774.86241695).epsilon(1e-13));
    CHECK(model->sigma == doctest::Approx(1.17773969849).epsilon(1e-9));
    const double theta[3] = {0.277188932295, 0.439211220433, 0.0696039848677};
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(model->theta[k] == doctest::Approx(theta[k]).epsilon(1e-6));
    }
    CHECK(model->fixed[0].estimate == doctest::Approx(3.25187254195).epsilon(1e-9));
    CHECK(model->fixed[0].standard_error == doctest::Approx(0.0288090649782).epsilon(1e-6));
    CHECK(model->optimisation.evaluations <= 7);
    options.threads = 3;
    const Result<MixedModel> again =
        fit_mixed_model("y ~ 1 + (1 | s) + (1 | d) + (1 | dept)", table->data(), options);
    REQUIRE(again);
    CHECK(again->objective == model->objective);
    CHECK(again->theta == model->theta);
    CHECK(again->covariance == model->covariance);
    CHECK(again->certificate.curvature == model->certificate.curvature);
}
