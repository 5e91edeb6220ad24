// What `groundwork meta` found, as a JSON document and as tables for people.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

struct MetaSeconds {
    double read = 0, fit = 0, total = 0;
};

struct MetaFindings {
    std::string measure;  // "SMD", empty where effects were given
    double level = 0.95;
    statistics::Studies studies;
    std::vector<std::string> labels;  // one for each study
    std::size_t rows = 0;             // of the file, after --where
    statistics::MetaAnalysis model;
    statistics::Interval tau2_interval;
    double r2 = statistics::unknown;
    std::optional<statistics::ThreeLevelMeta> three_level;
    std::string cluster;  // the column's name
    std::optional<statistics::EggerTest> egger, egger_lm;
    std::optional<statistics::TrimAndFill> filled;
    std::vector<Result<statistics::MetaAnalysis>> left_out;
    std::optional<statistics::Subgroups> subgroups;
    std::string subgroup;  // the column's name
    std::optional<statistics::PermutationTest> permutation;
    MetaSeconds seconds;
};

json::object meta_as_json(const MetaFindings& findings);

struct MetaTables {
    bool studies = false;  // one line for each study
};
void print_meta(std::ostream& out, const MetaFindings& findings, const MetaTables& tables);

}  // namespace groundwork::command
