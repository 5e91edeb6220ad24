// For tests only: reference values, and what we say instead, each difference named once.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "statistics/meta_analysis/meta_analysis.h"

namespace groundwork::statistics {

// Every number of an analysis under the names of tests/reference/meta_analysis.csv.
inline std::map<std::string, double> named_numbers(const MetaAnalysis& model) {
    std::map<std::string, double> numbers = {{"tau2", model.tau2},
                                             {"se_tau2", model.se_tau2},
                                             {"I2", model.i2},
                                             {"H2", model.h2},
                                             {"Q", model.heterogeneity.statistic},
                                             {"Qp", model.heterogeneity.p},
                                             {"QM", model.moderators.statistic},
                                             {"QMp", model.moderators.p},
                                             {"logLik", model.log_likelihood},
                                             {"prediction", model.prediction.low},
                                             {"prediction high", model.prediction.high}};
    for (std::size_t k = 0; k < model.fixed.size(); ++k) {
        const Estimate& one = model.fixed[k];
        numbers["estimate " + one.term] = one.estimate;
        numbers["se " + one.term] = one.standard_error;
        numbers["p " + one.term] = one.p;
        numbers["low " + one.term] = model.intervals[k].low;
        numbers["high " + one.term] = model.intervals[k].high;
    }
    return numbers;
}

// Relative where the reference is not near zero.
inline bool agrees(double ours, double reference, double tolerance) {
    return std::abs(ours - reference) <= tolerance * std::max(std::abs(reference), 1e-6);
}

inline CoefficientTest test_named(const std::string& name) {
    return name == "t"       ? CoefficientTest::student_t
           : name == "knha"  ? CoefficientTest::knapp_hartung
           : name == "adhoc" ? CoefficientTest::knapp_hartung_at_least_one
                             : CoefficientTest::normal;
}

}  // namespace groundwork::statistics
