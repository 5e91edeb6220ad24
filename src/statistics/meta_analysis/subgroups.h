// The synthesis within each group of studies, and whether the groups differ (Borenstein et al. 2009, ch. 19).
#pragma once

#include "statistics/meta_analysis/meta_analysis.h"

namespace groundwork::statistics {

struct Subgroup {
    std::string name;
    MetaAnalysis model;  // of its own studies alone, with its own tau2
};

struct Subgroups {
    std::vector<Subgroup> groups;  // in the order of the levels, those that occur
    // Whether the groups' means differ, each with its own tau2: sum of w (mean - weighted mean)^2,
    // chi-square.
    JointTest between;
    // The same with one tau2 for all: the test of the groups as a moderator.
    JointTest between_common;
    double common_tau2 = unknown;
};

// One code for each row of the data (as studies.used counts), -1 where the group is not known; those studies
// are left out. Refuses: moderators besides; no two groups.
Result<Subgroups> compare_subgroups(const Studies& studies, std::span<const std::int32_t> codes,
                                    const std::vector<std::string>& levels, const MetaOptions& options);

}  // namespace groundwork::statistics
