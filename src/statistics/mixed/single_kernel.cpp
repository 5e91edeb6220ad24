// One grouping factor (kernel.h). Per level: A = Z'Z, B = Z'[W r], M = I + Lambda' A Lambda = L L'. Then
// log|H| = 2 log|L|, P = [W r]'[W r] - X'X with X = L^-1 Lambda' B, Lambda' T = L'^-1 X, T = B - A Lambda
// Lambda' T.
#include <Eigen/Dense>
#include <cmath>
#include <numeric>
#include <utility>

#include "statistics/mixed/kernel.h"

namespace groundwork::statistics {

namespace {

using Array = Eigen::Map<Eigen::ArrayXd>;
using ConstArray = Eigen::Map<const Eigen::ArrayXd>;
using Map = Eigen::Map<Eigen::MatrixXd>;
using ConstMap = Eigen::Map<const Eigen::MatrixXd>;

Eigen::Index index(std::size_t value) { return static_cast<Eigen::Index>(value); }
ConstMap view(const Matrix& matrix) {
    return {matrix.values.data(), index(matrix.rows), index(matrix.columns)};
}
Map view(Matrix& matrix) { return {matrix.values.data(), index(matrix.rows), index(matrix.columns)}; }

// Arrays over the levels, numbered by one index.
class LevelArrays {
  public:
    LevelArrays(std::size_t levels, std::size_t count) : levels_(levels), values_(levels * count, 0.0) {}
    Array operator[](std::size_t at) { return {values_.data() + at * levels_, index(levels_)}; }
    ConstArray operator[](std::size_t at) const { return {values_.data() + at * levels_, index(levels_)}; }
    // `columns` neighbouring arrays as a matrix of levels x columns.
    Map matrix(std::size_t first, std::size_t columns) {
        return {values_.data() + first * levels_, index(levels_), index(columns)};
    }
    ConstMap matrix(std::size_t first, std::size_t columns) const {
        return {values_.data() + first * levels_, index(levels_), index(columns)};
    }
    std::vector<double>& values() { return values_; }

  private:
    std::size_t levels_;
    std::vector<double> values_;
};

struct SingleProducts {
    std::size_t levels = 0, width = 0, columns = 0;
    LevelArrays a{0, 0};    // a + width * b
    LevelArrays b{0, 0};    // column + columns * component
    Eigen::MatrixXd total;  // [W r]'[W r]
};

class SinglePoint final : public KernelPoint {
  public:
    SinglePoint(const SingleProducts& data, const Matrix& factor)
        : data_(data),
          factor_(factor),
          m_(data.levels, data.width * data.width),
          a_factor_(data.levels, data.width * data.width),
          x_(data.levels, data.width * data.columns) {
        form_factor();
        form_solution();
    }

    const std::vector<BlockSolution>& solutions() override {
        if (solutions_.empty()) {
            solutions_.push_back(solve());
        }
        return solutions_;
    }

    std::optional<CurvatureSums> curvature(const Matrix& weight) override;

  private:
    std::size_t q() const { return data_.width; }
    std::size_t at(std::size_t row, std::size_t column) const { return row + q() * column; }

    // A Lambda, and the Cholesky factor of M in m_ (lower).
    void form_factor() {
        for (std::size_t i = 0; i < q(); ++i) {
            for (std::size_t j = 0; j < q(); ++j) {
                Array target = a_factor_[at(i, j)];
                for (std::size_t k = j; k < q(); ++k) {
                    if (factor_(k, j) != 0) {
                        target += factor_(k, j) * data_.a[at(i, k)];
                    }
                }
            }
        }
        for (std::size_t j = 0; j < q(); ++j) {
            for (std::size_t i = j; i < q(); ++i) {
                Array target = m_[at(i, j)];
                target = i == j ? 1.0 : 0.0;
                for (std::size_t k = i; k < q(); ++k) {
                    if (factor_(k, i) != 0) {
                        target += factor_(k, i) * a_factor_[at(k, j)];
                    }
                }
                for (std::size_t k = 0; k < j; ++k) {
                    target -= m_[at(i, k)] * m_[at(j, k)];
                }
                if (i == j) {
                    log_determinant += target.log().sum();
                    target = target.sqrt();
                } else {
                    target /= m_[at(j, j)];
                }
            }
        }
    }

    // X = L^-1 Lambda' B and P.
    void form_solution() {
        const std::size_t columns = data_.columns;
        products = Matrix(columns, columns);
        view(products) = data_.total;
        for (std::size_t i = 0; i < q(); ++i) {
            Map x = x_.matrix(columns * i, columns);
            for (std::size_t k = i; k < q(); ++k) {
                if (factor_(k, i) != 0) {
                    x += factor_(k, i) * data_.b.matrix(columns * k, columns);
                }
            }
            for (std::size_t k = 0; k < i; ++k) {
                x.array() -= x_.matrix(columns * k, columns).array().colwise() * m_[at(i, k)];
            }
            x.array().colwise() /= m_[at(i, i)];
            view(products).selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), -1.0);
        }
        view(products).triangularView<Eigen::StrictlyUpper>() = view(products).transpose();
    }

    BlockSolution solve() {
        const std::size_t columns = data_.columns;
        LevelArrays scaled = x_, solved = data_.b;
        for (std::size_t i = q(); i-- > 0;) {
            Map u = scaled.matrix(columns * i, columns);
            for (std::size_t k = i + 1; k < q(); ++k) {
                u.array() -= scaled.matrix(columns * k, columns).array().colwise() * m_[at(k, i)];
            }
            u.array().colwise() /= m_[at(i, i)];
        }
        for (std::size_t i = 0; i < q(); ++i) {
            Map t = solved.matrix(columns * i, columns);
            for (std::size_t k = 0; k < q(); ++k) {
                t.array() -= scaled.matrix(columns * k, columns).array().colwise() * a_factor_[at(i, k)];
            }
        }
        BlockSolution solution{
            data_.levels,    columns, q(), std::move(solved.values()), std::move(scaled.values()),
            Matrix(q(), q())};
        const LevelArrays inverse_times = scaled_inner();
        for (std::size_t i = 0; i < q(); ++i) {
            for (std::size_t j = 0; j < q(); ++j) {
                solution.scaled_trace(i, j) = inverse_times[at(i, j)].sum();
            }
        }
        return solution;
    }

    // Lambda' S = M^-1 Lambda' A, by level.
    LevelArrays scaled_inner() const {
        LevelArrays y(data_.levels, q() * q());
        for (std::size_t j = 0; j < q(); ++j) {
            for (std::size_t i = 0; i < q(); ++i) {
                y[at(i, j)] = a_factor_[at(j, i)];
                for (std::size_t k = 0; k < i; ++k) {
                    y[at(i, j)] -= m_[at(i, k)] * y[at(k, j)];
                }
                y[at(i, j)] /= m_[at(i, i)];
            }
            for (std::size_t i = q(); i-- > 0;) {
                for (std::size_t k = i + 1; k < q(); ++k) {
                    y[at(i, j)] -= m_[at(k, i)] * y[at(k, j)];
                }
                y[at(i, j)] /= m_[at(i, i)];
            }
        }
        return y;
    }

    const SingleProducts& data_;
    Matrix factor_;
    LevelArrays m_, a_factor_, x_;
    std::vector<BlockSolution> solutions_;
};

std::optional<CurvatureSums> SinglePoint::curvature(const Matrix& weight) {
    const std::size_t levels = data_.levels, columns = data_.columns, squares = q() * q();
    const BlockSolution& solution = solutions().front();
    LevelArrays s = data_.a, g(levels, squares);
    const LevelArrays inner = scaled_inner();
    for (std::size_t i = 0; i < q(); ++i) {
        for (std::size_t j = 0; j < q(); ++j) {
            for (std::size_t k = 0; k < q(); ++k) {
                s[at(i, j)] -= a_factor_[at(i, k)] * inner[at(k, j)];
            }
        }
    }
    for (std::size_t i = 0; i < q(); ++i) {
        const ConstMap t(solution.solved.data() + levels * columns * i, index(levels), index(columns));
        const Eigen::MatrixXd weighted = t * view(weight);
        for (std::size_t j = 0; j <= i; ++j) {
            const ConstMap other(solution.solved.data() + levels * columns * j, index(levels),
                                 index(columns));
            g[at(i, j)] = (weighted.array() * other.array()).rowwise().sum();
            g[at(j, i)] = g[at(i, j)];
        }
    }
    CurvatureSums sums{Matrix(q(), q()), Matrix(squares, squares)};
    const ConstMap s_all = std::as_const(s).matrix(0, squares);
    const ConstMap g_all = std::as_const(g).matrix(0, squares);
    view(sums.products).noalias() = (2.0 * g_all - s_all).transpose() * s_all;
    for (std::size_t k = 0; k < squares; ++k) {
        sums.slope.values[k] = s[k].sum() - g[k].sum();
    }
    return sums;
}

class SingleKernel final : public Kernel {
  public:
    explicit SingleKernel(SingleProducts products) : products_(std::move(products)) {}
    std::unique_ptr<KernelPoint> at(const Factors& factors) const override {
        return std::make_unique<SinglePoint>(products_, factors.front());
    }

  private:
    SingleProducts products_;
};

// Where each level's rows begin once they are ordered by level, and that order (empty if they already are).
struct RowOrder {
    std::vector<std::size_t> begin;
    std::vector<std::size_t> rows;
};

RowOrder order_by_level(const Block& block) {
    RowOrder order;
    order.begin.assign(block.levels + 1, 0);
    bool sorted = true;
    for (std::size_t row = 0; row < block.codes.size(); ++row) {
        ++order.begin[static_cast<std::size_t>(block.codes[row]) + 1];
        sorted = sorted && (row == 0 || block.codes[row - 1] <= block.codes[row]);
    }
    std::partial_sum(order.begin.begin(), order.begin.end(), order.begin.begin());
    if (!sorted) {
        std::vector<std::size_t> next = order.begin;
        order.rows.resize(block.codes.size());
        for (std::size_t row = 0; row < block.codes.size(); ++row) {
            order.rows[next[static_cast<std::size_t>(block.codes[row])]++] = row;
        }
    }
    return order;
}

Eigen::MatrixXd ordered(const ConstMap& columns, const RowOrder& order) {
    if (order.rows.empty()) {
        return columns;
    }
    Eigen::MatrixXd result(columns.rows(), columns.cols());
    for (Eigen::Index column = 0; column < columns.cols(); ++column) {
        for (std::size_t row = 0; row < order.rows.size(); ++row) {
            result(index(row), column) = columns(index(order.rows[row]), column);
        }
    }
    return result;
}

}  // namespace

std::unique_ptr<Kernel> make_single_kernel(const Block& block, const Matrix& fixed,
                                           const std::vector<double>& outcome) {
    const RowOrder order = order_by_level(block);
    const Eigen::MatrixXd z = ordered(view(block.columns), order);
    Eigen::MatrixXd w(index(outcome.size()), index(fixed.columns + 1));
    w.leftCols(index(fixed.columns)) = ordered(view(fixed), order);
    w.rightCols(1) = ordered(ConstMap(outcome.data(), index(outcome.size()), 1), order);

    SingleProducts products;
    products.levels = block.levels;
    products.width = block.width();
    products.columns = fixed.columns + 1;
    products.a = LevelArrays(block.levels, block.width() * block.width());
    products.b = LevelArrays(block.levels, block.width() * products.columns);
    products.total = w.transpose() * w;
    for (std::size_t level = 0; level < block.levels; ++level) {
        const Eigen::Index from = index(order.begin[level]);
        const Eigen::Index count = index(order.begin[level + 1]) - from;
        for (std::size_t i = 0; i < products.width; ++i) {
            const auto column = z.col(index(i)).segment(from, count);
            for (std::size_t j = 0; j <= i; ++j) {
                const double product = column.dot(z.col(index(j)).segment(from, count));
                products.a[i + products.width * j](index(level)) = product;
                products.a[j + products.width * i](index(level)) = product;
            }
            for (std::size_t j = 0; j < products.columns; ++j) {
                products.b[j + products.columns * i](index(level)) =
                    column.dot(w.col(index(j)).segment(from, count));
            }
        }
    }
    return std::make_unique<SingleKernel>(std::move(products));
}

}  // namespace groundwork::statistics
