// One grouping factor (kernel.h). Per level: A = Z'Z, B = Z'[W r], M = I + Lambda' A Lambda = L L'. Then
// log|H| = 2 log|L|, P = [W r]'[W r] - X'X with X = L^-1 Lambda' B, Lambda' T = L'^-1 X, T = B - A Lambda
// Lambda' T, S = A - A Lambda M^-1 Lambda' A.
#include <algorithm>
#include <cmath>

#include "foundation/foundation.h"
#include "statistics/mixed/kernel.h"
#include "statistics/processor.h"

namespace groundwork::statistics {

namespace {

// What is computed for one chunk of levels, array by array.
class Workspace {
  public:
    explicit Workspace(const LevelProducts& products)
        : q_(products.width()),
          columns_(products.columns()),
          values_((6 * q_ * q_ + 4 * q_ * columns_ + 1) * lanes) {}

    double* lower(std::size_t i, std::size_t j) { return square(0, i, j); }     // L
    double* a_factor(std::size_t i, std::size_t j) { return square(1, i, j); }  // A Lambda
    double* scaled(std::size_t i, std::size_t j) { return square(2, i, j); }    // Lambda' S
    double* s(std::size_t i, std::size_t j) { return square(3, i, j); }         // S
    double* g(std::size_t i, std::size_t j) { return square(4, i, j); }         // G
    double* twice_g_less_s(std::size_t i, std::size_t j) { return square(5, i, j); }
    double* x(std::size_t effect, std::size_t column) { return wide(0, effect, column); }
    double* u(std::size_t effect, std::size_t column) { return wide(1, effect, column); }
    double* t(std::size_t effect, std::size_t column) { return wide(2, effect, column); }
    double* weighted(std::size_t effect, std::size_t column) { return wide(3, effect, column); }
    double* scratch() { return values_.data() + (6 * q_ * q_ + 4 * q_ * columns_) * lanes; }

  private:
    double* square(std::size_t which, std::size_t i, std::size_t j) {
        return values_.data() + ((which * q_ + i) * q_ + j) * lanes;
    }
    double* wide(std::size_t which, std::size_t effect, std::size_t column) {
        return values_.data() + (6 * q_ * q_ + (which * q_ + effect) * columns_ + column) * lanes;
    }
    std::size_t q_, columns_;
    std::vector<double> values_;
};

// Sums over the levels of a shard. Each is added to the next in a fixed order.
struct ValueSums {
    double log_determinant = 0;
    std::vector<double> outer;  // X'X, lower triangle row by row
};

struct DerivativeSums {
    std::vector<double> scaled_trace, cross, slope, products;
};

struct Chunk {
    const LevelProducts& data;
    const double* arrays;
    const Matrix& factor;
    Workspace& work;
};

// A Lambda, L, and the sum of log|M|.
GROUNDWORK_INLINE double factorise(const Chunk& chunk) {
    const std::size_t q = chunk.data.width();
    Workspace& work = chunk.work;
    double log_determinant = 0;
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t j = 0; j < q; ++j) {
            double* const target = work.a_factor(i, j);
            fill_lanes(target, 0.0);
            for (std::size_t k = j; k < q; ++k) {
                add_scaled(target, chunk.factor(k, j), chunk.arrays + chunk.data.a_at(i, k));
            }
        }
    }
    for (std::size_t j = 0; j < q; ++j) {
        for (std::size_t i = j; i < q; ++i) {
            double* const target = work.lower(i, j);
            fill_lanes(target, i == j ? 1.0 : 0.0);
            for (std::size_t k = i; k < q; ++k) {
                add_scaled(target, chunk.factor(k, i), work.a_factor(k, j));
            }
            for (std::size_t k = 0; k < j; ++k) {
                subtract_product(target, work.lower(i, k), work.lower(j, k));
            }
            if (i == j) {
                // The logarithm of a product of four: a diagonal of M would have to pass 1e77 to overflow.
                for (std::size_t lane = 0; lane < lanes; lane += 4) {
                    log_determinant +=
                        std::log((target[lane] * target[lane + 1]) * (target[lane + 2] * target[lane + 3]));
                }
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    target[lane] = 1 / std::sqrt(target[lane]);  // the diagonal is kept as its reciprocal
                }
            } else {
                multiply(target, work.lower(j, j));
            }
        }
    }
    return log_determinant;
}

// X = L^-1 Lambda' B.
GROUNDWORK_INLINE void solve_forward(const Chunk& chunk) {
    const std::size_t q = chunk.data.width(), columns = chunk.data.columns();
    Workspace& work = chunk.work;
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t column = 0; column < columns; ++column) {
            double* const x = work.x(i, column);
            fill_lanes(x, 0.0);
            for (std::size_t k = i; k < q; ++k) {
                add_scaled(x, chunk.factor(k, i), chunk.arrays + chunk.data.b_at(k, column));
            }
            for (std::size_t k = 0; k < i; ++k) {
                subtract_product(x, work.lower(i, k), work.x(k, column));
            }
            multiply(x, work.lower(i, i));
        }
    }
}

// Lambda' T, T, Lambda' S and S.
GROUNDWORK_INLINE void solve_backward(const Chunk& chunk) {
    const std::size_t q = chunk.data.width(), columns = chunk.data.columns();
    Workspace& work = chunk.work;
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t i = q; i-- > 0;) {
            double* const u = work.u(i, column);
            copy_lanes(u, work.x(i, column));
            for (std::size_t k = i + 1; k < q; ++k) {
                subtract_product(u, work.lower(k, i), work.u(k, column));
            }
            multiply(u, work.lower(i, i));
        }
        for (std::size_t i = 0; i < q; ++i) {
            double* const t = work.t(i, column);
            copy_lanes(t, chunk.arrays + chunk.data.b_at(i, column));
            for (std::size_t k = 0; k < q; ++k) {
                subtract_product(t, work.a_factor(i, k), work.u(k, column));
            }
        }
    }
    for (std::size_t j = 0; j < q; ++j) {
        for (std::size_t i = 0; i < q; ++i) {
            double* const y = work.scaled(i, j);
            copy_lanes(y, work.a_factor(j, i));
            for (std::size_t k = 0; k < i; ++k) {
                subtract_product(y, work.lower(i, k), work.scaled(k, j));
            }
            multiply(y, work.lower(i, i));
        }
        for (std::size_t i = q; i-- > 0;) {
            for (std::size_t k = i + 1; k < q; ++k) {
                subtract_product(work.scaled(i, j), work.lower(k, i), work.scaled(k, j));
            }
            multiply(work.scaled(i, j), work.lower(i, i));
        }
    }
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t j = 0; j < q; ++j) {
            copy_lanes(work.s(i, j), chunk.arrays + chunk.data.a_at(i, j));
            for (std::size_t k = 0; k < q; ++k) {
                subtract_product(work.s(i, j), work.a_factor(i, k), work.scaled(k, j));
            }
        }
    }
}

GROUNDWORK_EACH_PROCESSOR void add_value(const Chunk& chunk, ValueSums& sums) {
    const std::size_t q = chunk.data.width(), columns = chunk.data.columns();
    sums.log_determinant += factorise(chunk);
    solve_forward(chunk);
    std::size_t at = 0;
    for (std::size_t i = 0; i < columns; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double value = 0;
            for (std::size_t effect = 0; effect < q; ++effect) {
                value += dot(chunk.work.x(effect, i), chunk.work.x(effect, j));
            }
            sums.outer[at++] += value;
        }
    }
}

// G = T K T'.
GROUNDWORK_INLINE void weigh(const Chunk& chunk, const Matrix& weight) {
    const std::size_t q = chunk.data.width(), columns = chunk.data.columns();
    Workspace& work = chunk.work;
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t column = 0; column < columns; ++column) {
            double* const target = work.weighted(i, column);
            fill_lanes(target, 0.0);
            for (std::size_t k = 0; k < columns; ++k) {
                add_scaled(target, weight(k, column), work.t(i, k));
            }
        }
        for (std::size_t j = 0; j <= i; ++j) {
            double* const g = work.g(i, j);
            fill_lanes(g, 0.0);
            for (std::size_t column = 0; column < columns; ++column) {
                add_product(g, work.weighted(i, column), work.t(j, column));
            }
            if (j < i) {
                copy_lanes(work.g(j, i), g);
            }
        }
    }
}

GROUNDWORK_EACH_PROCESSOR void add_derivatives(const Chunk& chunk, const Matrix& weight,
                                               DerivativeSums& sums) {
    const std::size_t q = chunk.data.width(), columns = chunk.data.columns();
    Workspace& work = chunk.work;
    factorise(chunk);
    solve_forward(chunk);
    solve_backward(chunk);
    weigh(chunk, weight);
    std::size_t at = 0;
    for (std::size_t c = 0; c < q; ++c) {
        at += c * columns * columns;
        for (std::size_t a = c; a < q; ++a) {
            for (std::size_t j = 0; j < columns; ++j) {
                for (std::size_t i = 0; i < columns; ++i) {
                    sums.cross[at++] += dot(work.t(a, i), work.u(c, j));
                }
            }
        }
    }
    at = 0;
    for (std::size_t j = 0; j < q; ++j) {
        for (std::size_t i = 0; i < q; ++i) {
            sums.scaled_trace[at] += sum(work.scaled(i, j));
            sums.slope[at++] += sum(work.s(i, j)) - sum(work.g(i, j));
            double* const target = work.twice_g_less_s(i, j);
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                target[lane] = 2 * work.g(i, j)[lane] - work.s(i, j)[lane];
            }
        }
    }
    at = 0;
    for (std::size_t d = 0; d < q; ++d) {
        for (std::size_t c = 0; c < q; ++c) {
            for (std::size_t b = 0; b < q; ++b) {
                for (std::size_t a = 0; a < q; ++a) {
                    sums.products[at++] += dot(work.twice_g_less_s(a, b), work.s(c, d));
                }
            }
        }
    }
}

struct SmallSample {
    std::vector<double> inner, inner_pairs, outer, outer_pairs;
};

GROUNDWORK_EACH_PROCESSOR void add_small_sample(const Chunk& chunk, SmallSample& sums) {
    const std::size_t q = chunk.data.width(), fixed = chunk.data.columns() - 1;
    Workspace& work = chunk.work;
    factorise(chunk);
    solve_forward(chunk);
    solve_backward(chunk);
    std::size_t inner = 0, pairs = 0, outer = 0;
    for (std::size_t b = 0; b < q; ++b) {
        for (std::size_t a = 0; a < q; ++a) {
            sums.inner[inner++] += sum(work.s(a, b));
            for (std::size_t j = 0; j < fixed; ++j) {
                for (std::size_t i = 0; i < fixed; ++i) {
                    sums.outer[outer++] += dot(work.t(a, i), work.t(b, j));
                }
            }
        }
    }
    outer = 0;
    for (std::size_t d = 0; d < q; ++d) {
        for (std::size_t c = 0; c < q; ++c) {
            for (std::size_t b = 0; b < q; ++b) {
                for (std::size_t a = 0; a < q; ++a) {
                    sums.inner_pairs[pairs++] += dot(work.s(b, c), work.s(d, a));
                    for (std::size_t j = 0; j < fixed; ++j) {
                        copy_lanes(work.scratch(), work.t(d, j));
                        multiply(work.scratch(), work.s(b, c));
                        for (std::size_t i = 0; i < fixed; ++i) {
                            sums.outer_pairs[outer++] += dot(work.t(a, i), work.scratch());
                        }
                    }
                }
            }
        }
    }
}

void add_to(std::vector<double>& total, const std::vector<double>& part) {
    for (std::size_t k = 0; k < total.size(); ++k) {
        total[k] += part[k];
    }
}

// Calls add(chunk, sums) for every chunk, in shards of fixed size that threads may share, and merge(shard's
// sums) shard by shard.
template <class Sums, class Add, class Merge>
void over_chunks(const LevelProducts& products, const Matrix& factor, unsigned threads, const Sums& empty,
                 const Add& add, const Merge& merge) {
    constexpr std::size_t chunks_of_a_shard = 16;
    const std::size_t chunks = products.chunks();
    const std::size_t shards = (chunks + chunks_of_a_shard - 1) / chunks_of_a_shard;
    std::vector<Sums> sums(shards, empty);
    for_each_part(shards, threads, [&](std::size_t shard) {
        Workspace work(products);
        const std::size_t first = shard * chunks_of_a_shard;
        for (std::size_t at = first; at < std::min(chunks, first + chunks_of_a_shard); ++at) {
            add(Chunk{products, products.chunk(at), factor, work}, sums[shard]);
        }
    });
    for (const Sums& part : sums) {
        merge(part);
    }
}

class SinglePoint final : public KernelPoint {
  public:
    SinglePoint(const LevelProducts& data, Matrix factor, unsigned threads)
        : data_(data), factor_(std::move(factor)), threads_(threads) {
        const std::size_t columns = data.columns();
        products = data.total;
        ValueSums empty;
        empty.outer.assign(columns * (columns + 1) / 2, 0.0);
        const auto merge = [&](const ValueSums& part) {
            log_determinant += part.log_determinant;
            std::size_t at = 0;
            for (std::size_t i = 0; i < columns; ++i) {
                for (std::size_t j = 0; j <= i; ++j) {
                    products(i, j) -= part.outer[at++];
                }
            }
        };
        over_chunks(data_, factor_, threads_, empty, add_value, merge);
        for (std::size_t i = 0; i < columns; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                products(j, i) = products(i, j);
            }
        }
    }

    Derivatives derivatives(const Matrix& weight) const override {
        const std::size_t q = data_.width(), columns = data_.columns();
        DerivativeSums total;
        total.scaled_trace.assign(q * q, 0.0);
        total.slope.assign(q * q, 0.0);
        total.cross.assign(q * q * columns * columns, 0.0);
        total.products.assign(q * q * q * q, 0.0);
        const auto add = [&](const Chunk& chunk, DerivativeSums& sums) {
            add_derivatives(chunk, weight, sums);
        };
        const auto merge = [&](const DerivativeSums& part) {
            add_to(total.scaled_trace, part.scaled_trace);
            add_to(total.slope, part.slope);
            add_to(total.cross, part.cross);
            add_to(total.products, part.products);
        };
        over_chunks(data_, factor_, threads_, DerivativeSums(total), add, merge);

        Derivatives result;
        BlockSums& block = result.blocks.emplace_back();
        block.scaled_trace = matrix(q, q, total.scaled_trace);
        for (std::size_t pair = 0; pair < q * q; ++pair) {
            block.cross.push_back(matrix(columns, columns, total.cross, pair * columns * columns));
        }
        result.curvature = CurvatureSums{matrix(q, q, total.slope), matrix(q * q, q * q, total.products)};
        return result;
    }

    std::optional<SmallSampleSums> small_sample_sums() const override {
        const std::size_t q = data_.width(), fixed = data_.columns() - 1, pairs = q * q;
        SmallSample total;
        total.inner.assign(pairs, 0.0);
        total.inner_pairs.assign(pairs * pairs, 0.0);
        total.outer.assign(pairs * fixed * fixed, 0.0);
        total.outer_pairs.assign(pairs * pairs * fixed * fixed, 0.0);
        const auto merge = [&](const SmallSample& part) {
            add_to(total.inner, part.inner);
            add_to(total.inner_pairs, part.inner_pairs);
            add_to(total.outer, part.outer);
            add_to(total.outer_pairs, part.outer_pairs);
        };
        over_chunks(data_, factor_, threads_, SmallSample(total), add_small_sample, merge);
        SmallSampleSums sums;
        sums.first = {0};
        sums.effects = q;
        sums.inner = matrix(q, q, total.inner);
        sums.inner_pairs = matrix(pairs, pairs, total.inner_pairs);
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            sums.outer.push_back(matrix(fixed, fixed, total.outer, pair * fixed * fixed));
        }
        for (std::size_t pair = 0; pair < pairs * pairs; ++pair) {
            sums.outer_pairs.push_back(matrix(fixed, fixed, total.outer_pairs, pair * fixed * fixed));
        }
        return sums;
    }

  private:
    static Matrix matrix(std::size_t rows, std::size_t columns, const std::vector<double>& values,
                         std::size_t from = 0) {
        Matrix result(rows, columns);
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from), rows * columns,
                    result.values.begin());
        return result;
    }

    const LevelProducts& data_;
    Matrix factor_;
    unsigned threads_;
};

class SingleKernel final : public Kernel {
  public:
    SingleKernel(const LevelProducts& products, unsigned threads) : products_(products), threads_(threads) {}
    std::unique_ptr<KernelPoint> at(const Factors& factors) const override {
        return std::make_unique<SinglePoint>(products_, factors.front(), threads_);
    }

  private:
    const LevelProducts& products_;
    unsigned threads_;
};

}  // namespace

std::unique_ptr<Kernel> make_single_kernel(const LevelProducts& products, unsigned threads) {
    return std::make_unique<SingleKernel>(products, threads);
}

}  // namespace groundwork::statistics
