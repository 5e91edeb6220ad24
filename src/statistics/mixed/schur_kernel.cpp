// Several grouping factors (kernel.h). Block 0, the largest, is eliminated level by level; the effects of all
// others
// ("rest") form one dense matrix. With M = I + Lambda' A Lambda, A = Z'Z, B = Z'[W r], per level of block 0
// M_0 = L L', V = Lambda_r' A_r0 Lambda_0 L'^-1; and C = M_r - sum V V' = D D' for the rest. The derivatives
// need M^-1 only where A has entries: M^-1_r = C^-1, M^-1_r0 = -C^-1 V L^-1, M^-1_0 = L'^-1 L^-1 + (V L^-1)'
// C^-1 (V L^-1).
#include <algorithm>
#include <map>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/mixed/kernel.h"

namespace groundwork::statistics {

namespace {

using Eigen::MatrixXd;
using ConstMap = Eigen::Map<const MatrixXd>;

// A level of one of the rest blocks and where its effects stand among the rest.
struct Unit {
    std::size_t block = 0;
    std::size_t level = 0;
    Eigen::Index offset = 0;
};

// A block of A between two levels: rows of `unit`, columns of whatever it meets.
struct Meeting {
    std::size_t unit = 0;
    MatrixXd products;
};

struct SchurProducts {
    std::vector<std::size_t> levels, width;
    std::size_t columns = 0;
    MatrixXd total;                                 // [W r]'[W r]
    std::vector<std::vector<MatrixXd>> diagonal;    // A by block and level
    std::vector<std::vector<MatrixXd>> right;       // B by block and level
    std::vector<Unit> units;                        // every level of the rest
    std::vector<std::vector<Meeting>> meets_first;  // by level of block 0: the units it meets
    std::vector<std::vector<Meeting>> meets_rest;   // by unit: the earlier units it meets
    Eigen::Index rest = 0;
};

class SchurPoint final : public KernelPoint {
  public:
    SchurPoint(const SchurProducts& data, const Factors& factors) : data_(data) {
        for (const Matrix& factor : factors) {
            factors_.push_back(view(factor));
        }
        eliminate_first();
        factor_rest();
    }

    Derivatives derivatives(const Matrix&) const override { return solve(); }

    std::optional<SmallSampleSums> small_sample_sums() const override { return std::nullopt; }

  private:
    const MatrixXd& factor_of(std::size_t unit) const { return factors_[data_.units[unit].block]; }
    template <class Some>
    auto rest_rows(Some& matrix, std::size_t unit) const {
        return matrix.middleRows(data_.units[unit].offset, factor_of(unit).rows());
    }

    void eliminate_first() {
        const Eigen::Index columns = index(data_.columns);
        schur_ = MatrixXd::Identity(data_.rest, data_.rest);
        rest_right_ = MatrixXd::Zero(data_.rest, columns);
        MatrixXd reduced = data_.total;
        const MatrixXd& first = factors_.front();
        for (std::size_t level = 0; level < data_.levels[0]; ++level) {
            const MatrixXd m = MatrixXd::Identity(first.rows(), first.rows()) +
                               first.transpose() * data_.diagonal[0][level] * first;
            const Eigen::LLT<MatrixXd> cholesky(m);
            const MatrixXd lower = cholesky.matrixL();
            log_determinant += 2 * lower.diagonal().array().log().sum();
            MatrixXd x = cholesky.matrixL().solve(first.transpose() * data_.right[0][level]);
            reduced.noalias() -= x.transpose() * x;
            const std::vector<Meeting>& meetings = data_.meets_first[level];
            std::vector<MatrixXd> v;
            for (const Meeting& meeting : meetings) {
                const MatrixXd scaled = factor_of(meeting.unit).transpose() * meeting.products * first;
                v.push_back(cholesky.matrixL().solve(scaled.transpose()).transpose());
                rest_rows(rest_right_, meeting.unit).noalias() -= v.back() * x;
            }
            subtract_outer(meetings, v);
            lower_.push_back(lower);
            first_right_.push_back(std::move(x));
            v_.push_back(std::move(v));
        }
        products = Matrix(data_.columns, data_.columns);
        view(products) = reduced;
    }

    // C -= V V' for one level, lower triangle; meetings are in ascending order of units.
    void subtract_outer(const std::vector<Meeting>& meetings, const std::vector<MatrixXd>& v) {
        for (std::size_t a = 0; a < meetings.size(); ++a) {
            const Eigen::Index row = data_.units[meetings[a].unit].offset;
            for (std::size_t b = 0; b <= a; ++b) {
                const Eigen::Index column = data_.units[meetings[b].unit].offset;
                if (v[a].size() == 1 && v[b].size() == 1) {
                    schur_(row, column) -= v[a](0, 0) * v[b](0, 0);
                } else {
                    schur_.block(row, column, v[a].rows(), v[b].rows()).noalias() -= v[a] * v[b].transpose();
                }
            }
        }
    }

    void factor_rest() {
        for (std::size_t unit = 0; unit < data_.units.size(); ++unit) {
            const Unit& at = data_.units[unit];
            const MatrixXd& factor = factor_of(unit);
            schur_.block(at.offset, at.offset, factor.rows(), factor.rows()) +=
                factor.transpose() * data_.diagonal[at.block][at.level] * factor;
            rest_rows(rest_right_, unit) += factor.transpose() * data_.right[at.block][at.level];
            for (const Meeting& meeting : data_.meets_rest[unit]) {
                const MatrixXd& other = factor_of(meeting.unit);
                schur_.block(at.offset, data_.units[meeting.unit].offset, factor.rows(), other.rows()) +=
                    factor.transpose() * meeting.products.transpose() * other;
            }
        }
        const Eigen::LLT<Eigen::Ref<MatrixXd>> cholesky(schur_);  // in place: schur_ becomes its factor
        log_determinant += 2 * schur_.diagonal().array().log().sum();
        schur_.triangularView<Eigen::Lower>().solveInPlace(rest_right_);
        view(products).noalias() -= rest_right_.transpose() * rest_right_;
    }

    Derivatives solve() const {
        MatrixXd all_inverse = MatrixXd::Identity(data_.rest, data_.rest);
        schur_.triangularView<Eigen::Lower>().solveInPlace(all_inverse);
        all_inverse = MatrixXd(all_inverse.triangularView<Eigen::Lower>().transpose() * all_inverse);
        MatrixXd rest = rest_right_;
        schur_.triangularView<Eigen::Lower>().transpose().solveInPlace(rest);

        std::vector<std::vector<MatrixXd>> scaled(data_.levels.size()), solved = data_.right;
        std::vector<MatrixXd> traces;
        for (std::size_t block = 0; block < data_.levels.size(); ++block) {
            scaled[block].resize(data_.levels[block]);
            traces.push_back(MatrixXd::Zero(factors_[block].rows(), factors_[block].rows()));
        }
        for (std::size_t unit = 0; unit < data_.units.size(); ++unit) {
            scaled[data_.units[unit].block][data_.units[unit].level] = rest_rows(rest, unit);
        }
        for (std::size_t level = 0; level < data_.levels[0]; ++level) {
            solve_first_level(level, all_inverse, scaled, solved, traces);
        }
        for (std::size_t unit = 0; unit < data_.units.size(); ++unit) {
            solve_unit(unit, all_inverse, scaled, solved, traces);
        }
        Derivatives result;
        for (std::size_t block = 0; block < data_.levels.size(); ++block) {
            result.blocks.push_back(summed(block, solved[block], scaled[block], traces[block]));
        }
        return result;
    }

    using ByLevel = std::vector<std::vector<MatrixXd>>;

    void solve_first_level(std::size_t level, const MatrixXd& all_inverse, ByLevel& scaled, ByLevel& solved,
                           std::vector<MatrixXd>& traces) const {
        const MatrixXd& first = factors_.front();
        const MatrixXd& lower = lower_[level];
        const auto solve_transposed = [&](const MatrixXd& right) -> MatrixXd {
            return lower.transpose().triangularView<Eigen::Upper>().solve(right);
        };
        const std::vector<Meeting>& meetings = data_.meets_first[level];
        MatrixXd u = first_right_[level];
        std::vector<MatrixXd> y;  // V L^-1
        for (std::size_t k = 0; k < meetings.size(); ++k) {
            const Unit& unit = data_.units[meetings[k].unit];
            u.noalias() -= v_[level][k].transpose() * scaled[unit.block][unit.level];
            y.push_back(solve_transposed(v_[level][k].transpose()).transpose());
        }
        u = solve_transposed(u);
        MatrixXd inverse =
            lower.triangularView<Eigen::Lower>().solve(MatrixXd::Identity(first.rows(), first.rows()));
        inverse = MatrixXd(inverse.transpose() * inverse);
        MatrixXd t = data_.right[0][level] - data_.diagonal[0][level] * first * u;
        for (std::size_t a = 0; a < meetings.size(); ++a) {
            const Unit& unit = data_.units[meetings[a].unit];
            const MatrixXd& factor = factors_[unit.block];
            MatrixXd across = MatrixXd::Zero(factor.rows(), first.rows());  // M^-1 between unit and level
            for (std::size_t b = 0; b < meetings.size(); ++b) {
                const Unit& other = data_.units[meetings[b].unit];
                across.noalias() -=
                    all_inverse.block(unit.offset, other.offset, factor.rows(), y[b].rows()) * y[b];
            }
            inverse.noalias() -= y[a].transpose() * across;
            traces[0].noalias() += across.transpose() * factor.transpose() * meetings[a].products;
            traces[unit.block].noalias() += across * first.transpose() * meetings[a].products.transpose();
            t.noalias() -= meetings[a].products.transpose() * (factor * scaled[unit.block][unit.level]);
            solved[unit.block][unit.level].noalias() -= meetings[a].products * (first * u);
        }
        traces[0].noalias() += inverse * first.transpose() * data_.diagonal[0][level];
        solved[0][level] = std::move(t);
        scaled[0][level] = std::move(u);
    }

    void solve_unit(std::size_t at, const MatrixXd& all_inverse, const ByLevel& scaled, ByLevel& solved,
                    std::vector<MatrixXd>& traces) const {
        const Unit& unit = data_.units[at];
        const MatrixXd& factor = factors_[unit.block];
        const MatrixXd& diagonal = data_.diagonal[unit.block][unit.level];
        const Eigen::Index width = factor.rows();
        solved[unit.block][unit.level].noalias() -= diagonal * (factor * scaled[unit.block][unit.level]);
        traces[unit.block].noalias() +=
            all_inverse.block(unit.offset, unit.offset, width, width) * factor.transpose() * diagonal;
        for (const Meeting& meeting : data_.meets_rest[at]) {
            const Unit& other = data_.units[meeting.unit];
            const MatrixXd& other_factor = factors_[other.block];
            const MatrixXd across = all_inverse.block(unit.offset, other.offset, width, other_factor.rows());
            // products: rows of `other`, columns of `unit`
            traces[unit.block].noalias() += across * other_factor.transpose() * meeting.products;
            traces[other.block].noalias() +=
                across.transpose() * factor.transpose() * meeting.products.transpose();
            solved[unit.block][unit.level].noalias() -=
                meeting.products.transpose() * (other_factor * scaled[other.block][other.level]);
            solved[other.block][other.level].noalias() -=
                meeting.products * (factor * scaled[unit.block][unit.level]);
        }
    }

    BlockSums summed(std::size_t block, const std::vector<MatrixXd>& solved,
                     const std::vector<MatrixXd>& scaled, const MatrixXd& trace) const {
        const std::size_t width = data_.width[block];
        BlockSums sums{Matrix(width, width),
                       std::vector<Matrix>(width * width, Matrix(data_.columns, data_.columns))};
        view(sums.scaled_trace) = trace;
        for (std::size_t level = 0; level < solved.size(); ++level) {
            for (std::size_t c = 0; c < width; ++c) {
                for (std::size_t a = 0; a < width; ++a) {
                    view(sums.cross[a + width * c]).noalias() +=
                        solved[level].row(index(a)).transpose() * scaled[level].row(index(c));
                }
            }
        }
        return sums;
    }

    const SchurProducts& data_;
    std::vector<MatrixXd> factors_;
    std::vector<MatrixXd> lower_, first_right_;  // by level of block 0: L and L^-1 Lambda' B
    std::vector<std::vector<MatrixXd>> v_;       // by level of block 0, parallel to its meetings
    MatrixXd schur_, rest_right_;
};

class SchurKernel final : public Kernel {
  public:
    explicit SchurKernel(SchurProducts products) : products_(std::move(products)) {}
    std::unique_ptr<KernelPoint> at(const Factors& factors) const override {
        return std::make_unique<SchurPoint>(products_, factors);
    }

  private:
    SchurProducts products_;
};

// The meetings of one level while they are counted, by unit.
using Growing = std::map<std::size_t, MatrixXd>;

void add_product(Growing& meetings, std::size_t unit, const Eigen::VectorXd& rows,
                 const Eigen::VectorXd& columns) {
    const auto [at, is_new] = meetings.try_emplace(unit);
    if (is_new) {
        at->second = MatrixXd::Zero(rows.size(), columns.size());
    }
    at->second.noalias() += rows * columns.transpose();
}

std::vector<std::vector<Meeting>> settled(std::vector<Growing> growing) {
    std::vector<std::vector<Meeting>> meetings(growing.size());
    for (std::size_t k = 0; k < growing.size(); ++k) {
        for (auto& [unit, products] : growing[k]) {
            meetings[k].push_back({unit, std::move(products)});
        }
    }
    return meetings;
}

SchurProducts empty_products(const std::vector<Block>& blocks, std::size_t columns) {
    SchurProducts products;
    products.columns = columns;
    for (std::size_t block = 0; block < blocks.size(); ++block) {
        const std::size_t levels = blocks[block].levels;
        const Eigen::Index width = index(blocks[block].width());
        products.levels.push_back(levels);
        products.width.push_back(blocks[block].width());
        products.diagonal.emplace_back(levels, MatrixXd::Zero(width, width));
        products.right.emplace_back(levels, MatrixXd::Zero(width, index(columns)));
        for (std::size_t level = 0; block > 0 && level < levels; ++level) {
            products.units.push_back({block, level, products.rest});
            products.rest += width;
        }
    }
    return products;
}

}  // namespace

std::unique_ptr<Kernel> make_schur_kernel(const std::vector<Block>& blocks, const Matrix& fixed,
                                          const std::vector<double>& outcome) {
    SchurProducts products = empty_products(blocks, fixed.columns + 1);
    MatrixXd w(index(outcome.size()), index(fixed.columns + 1));
    w.leftCols(index(fixed.columns)) = view(fixed);
    w.rightCols(1) = ConstMap(outcome.data(), index(outcome.size()), 1);
    products.total = w.transpose() * w;

    std::vector<std::size_t> first_unit(blocks.size(), 0);
    for (std::size_t block = 2; block < blocks.size(); ++block) {
        first_unit[block] = first_unit[block - 1] + blocks[block - 1].levels;
    }
    std::vector<Growing> with_first(blocks[0].levels), with_rest(products.units.size());
    std::vector<Eigen::VectorXd> z(blocks.size());
    std::vector<std::size_t> level(blocks.size());
    for (std::size_t row = 0; row < outcome.size(); ++row) {
        for (std::size_t block = 0; block < blocks.size(); ++block) {
            z[block] = view(blocks[block].columns).row(index(row));
            level[block] = static_cast<std::size_t>(blocks[block].codes[row]);
            products.diagonal[block][level[block]].noalias() += z[block] * z[block].transpose();
            products.right[block][level[block]].noalias() += z[block] * w.row(index(row));
        }
        for (std::size_t block = 1; block < blocks.size(); ++block) {
            add_product(with_first[level[0]], first_unit[block] + level[block], z[block], z[0]);
            for (std::size_t other = 1; other < block; ++other) {
                add_product(with_rest[first_unit[block] + level[block]], first_unit[other] + level[other],
                            z[other], z[block]);
            }
        }
    }
    products.meets_first = settled(std::move(with_first));
    products.meets_rest = settled(std::move(with_rest));
    return std::make_unique<SchurKernel>(std::move(products));
}

}  // namespace groundwork::statistics
