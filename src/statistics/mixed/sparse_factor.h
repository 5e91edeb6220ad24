// The Cholesky factor of a sparse symmetric positive-definite matrix, and the entries of the inverse at the
// places where the factor is not zero. Private to this folder.
//
// Columns whose factor has nearly the same rows form a panel, so that the arithmetic is that of small dense
// matrices (Ng & Peyton 1993, SIAM J. Sci. Comput. 14(5)): right-looking, panel by panel. The inverse follows
// from the last panel to the first (Takahashi, Fagan & Chin 1973; Erisman & Tinney 1975): with J a panel's
// columns, R its rows below and W = L_RJ L_JJ^-1,
//   Z_RJ = -Z_RR W,   Z_JJ = L_JJ'^-1 L_JJ^-1 - W' Z_RJ,
// where Z_RR is known, because R lies in the pattern of the later panels. A full matrix is the case of panels
// that reach to the end. Results are the same bytes for any number of threads.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "statistics/matrix.h"

namespace groundwork::statistics {

// Which of `size` nodes are neighbours, symmetric.
class Neighbours {
  public:
    explicit Neighbours(std::size_t size) : size_(size), words_((size + 63) / 64), bits_(size * words_, 0) {}
    void join(std::size_t a, std::size_t b) {
        set(a, b);
        set(b, a);
    }
    // Each with each other.
    void join_all(const std::vector<std::size_t>& nodes);
    bool has(std::size_t a, std::size_t b) const { return (bits_[a * words_ + b / 64] >> (b % 64) & 1) != 0; }
    std::size_t size() const { return size_; }
    std::size_t words() const { return words_; }
    const std::uint64_t* row(std::size_t node) const { return bits_.data() + node * words_; }
    std::size_t count() const;  // of ordered pairs

  private:
    void set(std::size_t a, std::size_t b) { bits_[a * words_ + b / 64] |= std::uint64_t{1} << (b % 64); }
    std::size_t size_, words_;
    std::vector<std::uint64_t> bits_;
};

// The nodes in an order in which few new neighbours arise when they are eliminated one after the other
// (approximate minimum degree: Amestoy, Davis & Duff 1996); as they are, where nearly all are neighbours.
std::vector<std::size_t> elimination_order(const Neighbours& neighbours);

struct FactorPanel {
    std::size_t begin = 0, width = 0;
    std::vector<std::uint32_t> rows;  // below the panel, ascending
    std::size_t at = 0;               // its values: (width + rows) x width, column by column
    std::size_t height() const { return width + rows.size(); }
};

struct FactorPlan {
    std::size_t size = 0;    // columns of the matrix
    std::size_t values = 0;  // of all panels
    std::vector<FactorPanel> panels;
};

// Node order[k] has widths[order[k]] columns of the matrix, after those of order[0 .. k - 1].
FactorPlan plan_factor(const Neighbours& neighbours, const std::vector<std::size_t>& order,
                       const std::vector<std::size_t>& widths);

// Where a factor keeps its numbers. One that is used again spares the system the finding of fresh memory,
// which takes as long as the factor itself.
struct FactorStorage {
    Matrix lower;                         // the matrix, lower triangle; later its inverse
    std::vector<double> values;           // of the panels
    std::vector<double> packed, divided;  // for one panel's products
};

class SparseFactor {
  public:
    // Of storage.lower, of which only entries within the plan are read.
    SparseFactor(const FactorPlan& plan, FactorStorage storage, unsigned threads);

    double log_determinant() const;
    // Rows of `right` (row by row, `columns` each): L^-1 right, and L'^-1 right.
    void solve_lower(double* right, std::size_t columns) const;
    void solve_upper(double* right, std::size_t columns) const;
    // The lower triangle of the inverse, within the plan; elsewhere anything. To be called once: it takes the
    // place of the matrix.
    const Matrix& invert();
    FactorStorage take_storage() { return std::move(storage_); }

  private:
    void factor_panel(const FactorPanel& panel);
    void invert_panel(const FactorPanel& panel);

    const FactorPlan& plan_;
    unsigned threads_;
    FactorStorage storage_;
};

}  // namespace groundwork::statistics
