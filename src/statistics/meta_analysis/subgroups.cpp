#include "statistics/meta_analysis/subgroups.h"

#include <cmath>
#include <limits>

#include "statistics/distributions.h"

namespace groundwork::statistics {

namespace {

using Places = std::vector<std::size_t>;

JointTest test_between(const std::vector<Subgroup>& groups) {
    double weights = 0, mean = 0;
    for (const Subgroup& group : groups) {
        const Estimate& own = group.model.fixed.front();
        const double weight = 1 / (own.standard_error * own.standard_error);
        weights += weight;
        mean += weight * (own.estimate - mean) / weights;
    }
    JointTest test;
    test.statistic = 0;
    for (const Subgroup& group : groups) {
        const Estimate& own = group.model.fixed.front();
        test.statistic += std::pow((own.estimate - mean) / own.standard_error, 2);
    }
    test.degrees = static_cast<double>(groups.size() - 1);
    test.denominator_degrees = std::numeric_limits<double>::infinity();
    if (!std::isfinite(test.statistic)) {  // a group whose standard error is zero
        test.statistic = unknown;
        return test;
    }
    test.p = chi_square_probability_above(test.statistic, test.degrees);
    return test;
}

Result<void> test_in_common(const Studies& studies, const std::vector<Places>& members,
                            const MetaOptions& options, Subgroups& result) {
    Places known;
    std::vector<std::size_t> group_of(studies.count(), members.size());
    for (std::size_t group = 0; group < members.size(); ++group) {
        for (const std::size_t place : members[group]) {
            group_of[place] = group;
        }
    }
    for (std::size_t place = 0; place < studies.count(); ++place) {
        if (group_of[place] < members.size()) {
            known.push_back(place);
        }
    }
    Studies all = subset(studies, known);
    if (all.count() <= members.size()) {
        return {};  // every study is its own group: one tau2 for all cannot be estimated
    }
    for (std::size_t group = 1; group < members.size(); ++group) {
        std::vector<double> indicator;
        for (const std::size_t place : known) {
            indicator.push_back(group_of[place] == group ? 1 : 0);
        }
        all = with_column(all, result.groups[group].name, indicator);
    }
    const MetaAnalysis model = TRY(fit_meta_analysis(all, options));
    result.between_common = model.moderators;
    result.common_tau2 = model.tau2;
    return {};
}

}  // namespace

Result<Subgroups> compare_subgroups(const Studies& studies, std::span<const std::int32_t> codes,
                                    const std::vector<std::string>& levels, const MetaOptions& options) {
    if (!studies.has_intercept || studies.coefficients() != 1) {
        return fail(usage_error("Subgroups are compared without other moderators.")
                        .remedy("Leave --mods out, or make the groups one of the moderators instead."));
    }
    std::vector<Places> by_level(levels.size());
    for (std::size_t place = 0; place < studies.count(); ++place) {
        ENSURE(studies.used[place] < codes.size());
        const std::int32_t code = codes[studies.used[place]];
        if (code >= 0) {
            by_level[static_cast<std::size_t>(code)].push_back(place);
        }
    }
    Subgroups result;
    std::vector<Places> members;
    for (std::size_t level = 0; level < levels.size(); ++level) {
        if (by_level[level].empty()) {
            continue;
        }
        MetaOptions own = options;
        if (by_level[level].size() == 1) {
            own.test = CoefficientTest::normal;  // a single study has no degrees of freedom for t
        }
        result.groups.push_back(
            {levels[level], TRY(fit_meta_analysis(subset(studies, by_level[level]), own))});
        members.push_back(by_level[level]);
    }
    if (members.size() < 2) {
        return fail(unacceptable("There is one group only; two are needed for a comparison."));
    }
    result.between = test_between(result.groups);
    TRY_DO(test_in_common(studies, members, options, result));
    return result;
}

}  // namespace groundwork::statistics
