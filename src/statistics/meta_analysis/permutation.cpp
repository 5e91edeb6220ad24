#include "statistics/meta_analysis/permutation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace groundwork::statistics {

namespace {

constexpr double tie = 1e-8;  // statistics that differ by less are the same permutation in another order

// Counts, over permutations, how often a statistic is as large as the observed one.
class Tally {
  public:
    explicit Tally(const MetaAnalysis& observed) : observed_(observed), counts_(observed.fixed.size(), 0) {}

    void add(const MetaAnalysis& permuted) {
        ++total_;
        for (std::size_t k = 0; k < counts_.size(); ++k) {
            counts_[k] +=
                as_large(std::abs(permuted.fixed[k].statistic), std::abs(observed_.fixed[k].statistic));
        }
        joint_ += as_large(permuted.moderators.statistic, observed_.moderators.statistic);
    }

    PermutationTest result(bool exact) const {
        PermutationTest test;
        test.permutations = total_;
        test.exact = exact;
        const auto total = static_cast<double>(total_);
        for (const std::size_t count : counts_) {
            test.p.push_back(static_cast<double>(count) / total);
        }
        test.moderators_p = static_cast<double>(joint_) / total;
        return test;
    }

  private:
    static std::size_t as_large(double permuted, double observed) {
        return permuted >= observed - tie * std::max(1.0, observed) ? 1 : 0;
    }

    const MetaAnalysis& observed_;
    std::vector<std::size_t> counts_;
    std::size_t joint_ = 0;
    std::size_t total_ = 0;
};

Studies with_signs(const Studies& studies, const std::vector<char>& turned) {
    Studies changed = studies;
    for (std::size_t study = 0; study < studies.count(); ++study) {
        changed.effects[study] = turned[study] ? -studies.effects[study] : studies.effects[study];
    }
    return changed;
}

Studies with_rows(const Studies& studies, const std::vector<std::size_t>& rows) {
    Studies changed = studies;
    for (std::size_t column = 0; column < studies.coefficients(); ++column) {
        for (std::size_t study = 0; study < studies.count(); ++study) {
            changed.design(study, column) = studies.design(rows[study], column);
        }
    }
    return changed;
}

// n! or 2^n, or nothing beyond a limit.
std::size_t count_at_most(bool signs, std::size_t n, std::size_t limit) {
    std::size_t count = 1;
    for (std::size_t i = 1; i <= n; ++i) {
        count *= signs ? 2 : i;
        if (count > limit) {
            return limit + 1;
        }
    }
    return count;
}

Result<void> turn_signs(const Studies& studies, const MetaOptions& options,
                        const PermutationOptions& permutation, bool exact, std::size_t count, Tally& tally) {
    RandomStream random(permutation.seed, 0x6d657461);
    std::vector<char> turned(studies.count(), 0);
    for (std::size_t at = 1; at < count; ++at) {
        for (std::size_t study = 0; study < studies.count(); ++study) {
            turned[study] = (exact ? (at >> study) & 1 : random.next_below(2)) == 1;
        }
        tally.add(TRY(fit_meta_analysis(with_signs(studies, turned), options)));
    }
    return {};
}

Result<void> deal_rows(const Studies& studies, const MetaOptions& options,
                       const PermutationOptions& permutation, bool exact, std::size_t count, Tally& tally) {
    RandomStream random(permutation.seed, 0x6d657461);
    std::vector<std::size_t> rows(studies.count());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    for (std::size_t at = 1; at < count; ++at) {
        if (exact) {
            std::next_permutation(rows.begin(), rows.end());
        } else {
            for (std::size_t left = rows.size(); left > 1; --left) {  // Fisher & Yates
                std::swap(rows[left - 1], rows[random.next_below(left)]);
            }
        }
        tally.add(TRY(fit_meta_analysis(with_rows(studies, rows), options)));
    }
    return {};
}

}  // namespace

Result<PermutationTest> permutation_test(const Studies& studies, const MetaOptions& options,
                                         const PermutationOptions& permutation) {
    if (permutation.permutations < 1) {
        return fail(usage_error("There must be at least one permutation."));
    }
    const MetaAnalysis observed = TRY(fit_meta_analysis(studies, options));
    const bool signs = studies.has_intercept && studies.coefficients() == 1;
    const std::size_t there_are = count_at_most(signs, studies.count(), permutation.permutations);
    const bool exact = there_are <= permutation.permutations;
    const std::size_t count = exact ? there_are : permutation.permutations;
    Tally tally(observed);
    tally.add(observed);
    TRY_DO(signs ? turn_signs(studies, options, permutation, exact, count, tally)
                 : deal_rows(studies, options, permutation, exact, count, tally));
    return tally.result(exact);
}

}  // namespace groundwork::statistics
