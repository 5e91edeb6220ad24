// Several grouping factors (kernel.h), by the factor of schur_factor.h. B = Z'[W r].
#include <algorithm>
#include <utility>

#include "statistics/eigen_views.h"
#include "statistics/mixed/kernel.h"
#include "statistics/mixed/schur_factor.h"
#include "statistics/mixed/schur_small_sample.h"
#include "statistics/mixed/schur_traces.h"
#include "statistics/mixed/small_systems.h"

namespace groundwork::statistics {

namespace {

// target += x'y.
void add_products(const std::vector<double>& x, const std::vector<double>& y, Matrix& target) {
    const std::size_t columns = target.rows;
    for (std::size_t row = 0; row < x.size(); row += columns) {
        for (std::size_t c = 0; c < columns; ++c) {
            add_scaled(target.column(c).data(), y[row + c], x.data() + row, columns);
        }
    }
}

void subtract_products(const Effects& x, Matrix& target) {
    Matrix sum(target.rows, target.columns);
    add_products(x.first, x.first, sum);
    add_products(x.rest, x.rest, sum);
    view(target) -= view(sum);
}

class SchurPoint final : public KernelPoint {
  public:
    SchurPoint(const SchurProducts& data, const Factors& factors, unsigned threads, StorageShelf& shelf)
        : data_(data), factor_(data, factors, threads, shelf) {
        log_determinant = factor_.log_determinant();
        half_.emplace(right_sides());
        factor_.scale(*half_, true);
        factor_.forward(*half_);
        products = data.total;
        subtract_products(*half_, products);
    }

    Derivatives derivatives(const Matrix&) const override {
        Effects u = *half_;
        factor_.backward(u);
        Effects moved = u;
        factor_.scale(moved, false);
        const Effects explained = factor_.multiply(moved);
        left_.emplace(right_sides());
        add_scaled(left_->first.data(), -1, explained.first.data(), explained.first.size());
        add_scaled(left_->rest.data(), -1, explained.rest.data(), explained.rest.size());
        const std::vector<Matrix> traces = scaled_traces(factor_);
        Derivatives result;
        for (std::size_t block = 0; block < data_.levels.size(); ++block) {
            result.blocks.push_back(summed(block, *left_, u, traces[block]));
        }
        return result;
    }

    std::optional<Matrix> working_information(const RandomEffects& effects,
                                              const std::vector<double>& contrast) const override {
        if (!left_) {
            return std::nullopt;
        }
        Effects w = working_effects(effects, contrast);
        const Effects moved = factor_.multiply(w);
        const std::size_t count = w.columns;
        Matrix information(count, count);
        add_products(w.first, moved.first, information);
        add_products(w.rest, moved.rest, information);
        w = moved;
        factor_.scale(w, true);
        factor_.forward(w);
        subtract_products(w, information);
        return information;
    }

    std::optional<SmallSampleSums> small_sample_sums() const override {
        if (!left_) {
            derivatives({});
        }
        return statistics::small_sample_sums(factor_, *left_);
    }

  private:
    Effects right_sides() const {
        Effects right(data_, data_.columns);
        right.first = data_.right[0];
        for (const RestUnit& unit : data_.units) {
            const std::size_t size = data_.width[unit.block] * data_.columns;
            std::copy_n(data_.right[unit.block].data() + unit.level * size, size,
                        right.rest.data() + unit.place * data_.columns);
        }
        return right;
    }

    const double* rows_of(const Effects& x, std::size_t block, std::size_t level) const {
        return block == 0 ? x.first.data() + level * data_.width[0] * x.columns
                          : x.rest.data() + data_.units[data_.unit[block][level]].place * x.columns;
    }

    BlockSums summed(std::size_t block, const Effects& left, const Effects& scaled,
                     const Matrix& trace) const {
        const std::size_t width = data_.width[block], columns = data_.columns;
        BlockSums sums{trace, std::vector<Matrix>(width * width, Matrix(columns, columns))};
        for (std::size_t level = 0; level < data_.levels[block]; ++level) {
            const double* const t = rows_of(left, block, level);
            const double* const u = rows_of(scaled, block, level);
            for (std::size_t c = 0; c < width; ++c) {
                for (std::size_t a = 0; a < width; ++a) {
                    Matrix& cross = sums.cross[a + width * c];
                    for (std::size_t j = 0; j < columns; ++j) {
                        add_scaled(cross.column(j).data(), u[c * columns + j], t + a * columns, columns);
                    }
                }
            }
        }
        return sums;
    }

    // One column for each entry: dSigma / d entry times T contrast, at every level of the entry's block.
    Effects working_effects(const RandomEffects& effects, const std::vector<double>& contrast) const {
        Effects w(data_, effects.entries.size());
        for (std::size_t k = 0; k < effects.entries.size(); ++k) {
            const FreeEntry& entry = effects.entries[k];
            const Matrix& factor = factor_.factors()[entry.block];
            const std::size_t width = factor.rows;
            std::vector<double> t(width);
            for (std::size_t level = 0; level < data_.levels[entry.block]; ++level) {
                const double* const left = rows_of(*left_, entry.block, level);
                for (std::size_t a = 0; a < width; ++a) {
                    t[a] = 0;
                    for (std::size_t c = 0; c < contrast.size(); ++c) {
                        t[a] += left[a * contrast.size() + c] * contrast[c];
                    }
                }
                double* const target =
                    entry.block == 0
                        ? w.first.data() + level * data_.width[0] * w.columns
                        : w.rest.data() + data_.units[data_.unit[entry.block][level]].place * w.columns;
                for (std::size_t a = 0; a < width; ++a) {
                    target[entry.row * w.columns + k] += factor(a, entry.column) * t[a];
                    target[a * w.columns + k] += factor(a, entry.column) * t[entry.row];
                }
            }
        }
        return w;
    }

    const SchurProducts& data_;
    mutable SchurFactor factor_;           // its inverse is made with the derivatives
    std::optional<Effects> half_;          // D^-1 Lambda' B
    mutable std::optional<Effects> left_;  // T, once the derivatives are known
};

class SchurKernel final : public Kernel {
  public:
    SchurKernel(SchurProducts products, unsigned threads)
        : products_(std::move(products)), threads_(threads) {}
    std::unique_ptr<KernelPoint> at(const Factors& factors) const override {
        return std::make_unique<SchurPoint>(products_, factors, threads_, shelf_);
    }
    std::vector<std::vector<double>> moments(std::size_t rows) const override {
        return moment_variances(products_, rows);
    }

  private:
    SchurProducts products_;
    unsigned threads_;
    mutable StorageShelf shelf_;
};

}  // namespace

std::unique_ptr<Kernel> make_schur_kernel(const std::vector<Block>& blocks, const Matrix& fixed,
                                          const std::vector<double>& outcome, unsigned threads) {
    return std::make_unique<SchurKernel>(make_schur_products(blocks, fixed, outcome), threads);
}

}  // namespace groundwork::statistics
