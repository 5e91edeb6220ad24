#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "command/meta_report.h"
#include "command/output.h"

namespace groundwork::command {

namespace {

using statistics::CoefficientTest;
using statistics::Estimate;
using statistics::HeterogeneityMethod;
using statistics::Interval;
using statistics::JointTest;

std::string with_p(double p) {
    const std::string text = shown_p(p);
    return text.starts_with('<') ? "p < " + text.substr(1) : "p = " + text;
}

// Four digits: more than any synthesis can tell.
std::string brief(double value) { return shown(value, "{:.4g}"); }

std::string in_brackets(const Interval& interval) {
    return "[" + brief(interval.low) + ", " + brief(interval.high) + "]";
}

std::string level_name(const MetaFindings& findings) {
    return shortest(std::round(findings.level * 1e6) / 1e4) + "%";
}

std::string in_words(HeterogeneityMethod method) {
    switch (method) {
        case HeterogeneityMethod::equal_effects: return "equal effects (FE)";
        default: return "random effects (" + std::string(statistics::short_name(method)) + ")";
    }
}

std::string in_words(CoefficientTest test) {
    switch (test) {
        case CoefficientTest::normal: return "z tests";
        case CoefficientTest::student_t: return "t tests";
        case CoefficientTest::knapp_hartung: return "Knapp-Hartung";
        case CoefficientTest::knapp_hartung_at_least_one:
            return "Knapp-Hartung, never smaller than z's errors";
    }
    ENSURE(false);
    return "";
}

std::string in_words(const JointTest& test, const std::string& name) {
    if (std::isinf(test.denominator_degrees)) {
        return fmt::format("{}({}) = {}, {}", name, test.degrees, shown(test.statistic, "{:.2f}"),
                           with_p(test.p));
    }
    return fmt::format("F({}, {}) = {}, {}", test.degrees, test.denominator_degrees,
                       shown(test.statistic, "{:.2f}"), with_p(test.p));
}

void print_fixed(std::ostream& out, const std::string& heading, const std::vector<Estimate>& estimates,
                 const std::vector<Interval>& intervals, const std::string& level) {
    std::size_t width = heading.size();
    for (const Estimate& one : estimates) {
        width = std::max(width, one.term.size());
    }
    const bool z = !estimates.empty() && std::isinf(estimates.front().degrees_of_freedom);
    out << fmt::format("{:<{}} {:>11} {:>10} {:>7} {:>8} {:>6}   {}\n", heading, width, "estimate", "se",
                       "df", z ? "z" : "t", "p", level + " interval");
    for (std::size_t k = 0; k < estimates.size(); ++k) {
        const Estimate& one = estimates[k];
        out << fmt::format("{:<{}} {:>11} {:>10} {:>7} {:>8} {:>6}   {}\n", one.term, width,
                           shown(one.estimate, "{:.5g}"), shown(one.standard_error, "{:.4g}"),
                           shown(one.degrees_of_freedom, "{:.6g}"), shown(one.statistic, "{:.3f}"),
                           shown_p(one.p), in_brackets(intervals[k]));
    }
}

void print_counts(std::ostream& out, const MetaFindings& findings, const std::string& what) {
    const std::size_t k = findings.studies.count();
    out << k
        << (k == 1 ? " " + what.substr(0, what.size() - (what == "studies" ? 3 : 1)) +
                         (what == "studies" ? "y" : "")
                   : " " + what);
    if (k < findings.rows) {
        out << fmt::format(" ({} left out: a value is missing)", findings.rows - k);
    }
}

void print_differences(std::ostream& out, const MetaFindings& findings) {
    const statistics::MetaAnalysis& model = findings.model;
    if (model.studies == 1) {
        return;
    }
    out << in_words(model.heterogeneity, findings.studies.coefficients() > 1 ? "Residual Q" : "Q");
    if (model.method == HeterogeneityMethod::equal_effects) {
        out << fmt::format("; I2 {}%, H2 {}\n", shown(model.i2, "{:.1f}"), shown(model.h2, "{:.2f}"));
        return;
    }
    out << fmt::format("; tau2 {} (se {}), tau {}, I2 {}%, H2 {}\n", brief(model.tau2), brief(model.se_tau2),
                       brief(std::sqrt(model.tau2)), shown(model.i2, "{:.1f}"), shown(model.h2, "{:.2f}"));
    if (findings.tau2_interval.high == 0) {
        out << "No tau2 is compatible with these effects: they lie closer together than their variances "
               "allow.\n";
    } else {
        out << level_name(findings) << " interval of tau2 (Q-profile) " << in_brackets(findings.tau2_interval)
            << '\n';
    }
}

void print_two_levels(std::ostream& out, const MetaFindings& findings) {
    const statistics::MetaAnalysis& model = findings.model;
    print_counts(out, findings, "studies");
    out << "; " << in_words(model.method) << ", " << in_words(model.test) << '\n';
    print_differences(out, findings);
    out << '\n';
    print_fixed(out, "Effect", model.fixed, model.intervals, level_name(findings));
    if (!std::isnan(model.prediction.low) && model.method != HeterogeneityMethod::equal_effects) {
        out << level_name(findings) << " prediction interval for a new study "
            << in_brackets(model.prediction) << '\n';
    }
    if (findings.studies.coefficients() > 1) {
        out << "Moderators together: " << in_words(model.moderators, "QM");
        if (!std::isnan(findings.r2)) {
            out << fmt::format("; they account for {}% of tau2", shown(findings.r2, "{:.1f}"));
        }
        out << '\n';
    }
}

void print_three_levels(std::ostream& out, const MetaFindings& findings) {
    const statistics::ThreeLevelMeta& model = *findings.three_level;
    print_counts(out, findings, "effects");
    out << fmt::format(" in {} clusters ({}); three levels by {}\n", model.clusters, findings.cluster,
                       statistics::short_name(model.method));
    out << in_words(model.heterogeneity, "Q") << "\n\n";
    const std::string between = "between " + findings.cluster, within = "within " + findings.cluster;
    const std::size_t width = std::max(between.size(), std::size_t{14});
    out << fmt::format("{:<{}} {:>10} {:>10} {:>7}   {}\n", "Variance", width, "sigma2", "sd", "I2",
                       level_name(findings) + " interval of sigma2");
    out << fmt::format("{:<{}} {:>10} {:>10} {:>6}%   {}\n", between, width, brief(model.between),
                       brief(std::sqrt(model.between)), shown(model.i2_between, "{:.1f}"),
                       in_brackets(model.between_interval));
    out << fmt::format("{:<{}} {:>10} {:>10} {:>6}%   {}\n\n", within, width, brief(model.within),
                       brief(std::sqrt(model.within)), shown(model.i2_within, "{:.1f}"),
                       in_brackets(model.within_interval));
    print_fixed(out, "Effect", model.fixed, model.intervals, level_name(findings));
    if (!std::isnan(model.prediction.low)) {
        out << level_name(findings) << " prediction interval for a new effect "
            << in_brackets(model.prediction) << '\n';
    }
    if (findings.studies.coefficients() > 1) {
        out << "Moderators together: " << in_words(model.moderators, "QM") << '\n';
    }
}

void print_studies(std::ostream& out, const MetaFindings& findings) {
    std::size_t width = 5;
    for (const std::string& label : findings.labels) {
        width = std::max(width, label.size());
    }
    const auto predictions = statistics::predict_studies(findings.studies, findings.model, findings.level);
    out << fmt::format("\n{:<{}} {:>10} {:>10} {:>8} {:>10}\n", "Study", width, "effect", "se", "weight",
                       "fitted");
    for (std::size_t study = 0; study < findings.studies.count(); ++study) {
        out << fmt::format("{:<{}} {:>10} {:>10} {:>7}% {:>10}\n", findings.labels[study], width,
                           brief(findings.studies.effects[study]),
                           brief(std::sqrt(findings.studies.variances[study])),
                           shown(predictions[study].weight, "{:.2f}"), brief(predictions[study].fitted));
    }
}

void print_left_out(std::ostream& out, const MetaFindings& findings) {
    std::size_t width = 7;
    for (const std::string& label : findings.labels) {
        width = std::max(width, label.size());
    }
    out << fmt::format("\n{:<{}} {:>10} {:>10} {:>6} {:>10} {:>7}   {}\n", "Without", width, "estimate", "se",
                       "p", "tau2", "I2", level_name(findings) + " interval");
    for (std::size_t study = 0; study < findings.left_out.size(); ++study) {
        const auto& model = findings.left_out[study];
        if (!model) {
            out << fmt::format("{:<{}} {}\n", findings.labels[study], width, model.error().describe());
            continue;
        }
        const Estimate& first = model->fixed.front();
        out << fmt::format("{:<{}} {:>10} {:>10} {:>6} {:>10} {:>6}%   {}\n", findings.labels[study], width,
                           brief(first.estimate), brief(first.standard_error), shown_p(first.p),
                           brief(model->tau2), shown(model->i2, "{:.1f}"),
                           in_brackets(model->intervals.front()));
    }
}

void print_subgroups(std::ostream& out, const MetaFindings& findings) {
    std::size_t width = findings.subgroup.size();
    for (const statistics::Subgroup& group : findings.subgroups->groups) {
        width = std::max(width, group.name.size());
    }
    out << fmt::format("\n{:<{}} {:>5} {:>10} {:>10} {:>6} {:>10}   {}\n", findings.subgroup, width, "k",
                       "estimate", "se", "p", "tau2", level_name(findings) + " interval");
    for (const statistics::Subgroup& group : findings.subgroups->groups) {
        const Estimate& first = group.model.fixed.front();
        out << fmt::format("{:<{}} {:>5} {:>10} {:>10} {:>6} {:>10}   {}\n", group.name, width,
                           group.model.studies, brief(first.estimate), brief(first.standard_error),
                           shown_p(first.p), brief(group.model.tau2),
                           in_brackets(group.model.intervals.front()));
    }
    out << "Between the groups, each with its own tau2: " << in_words(findings.subgroups->between, "Q")
        << '\n';
    if (!std::isnan(findings.subgroups->between_common.statistic)) {
        out << "Between the groups, one tau2 for all (" << brief(findings.subgroups->common_tau2)
            << "): " << in_words(findings.subgroups->between_common, "QM") << '\n';
    }
}

void print_egger(std::ostream& out, const MetaFindings& findings) {
    const auto line = [&](const std::string& name, const statistics::EggerTest& test) {
        const bool z = std::isinf(test.slope.degrees_of_freedom);
        out << name << ": " << (z ? "z" : "t(" + brief(test.slope.degrees_of_freedom) + ")") << " = "
            << shown(test.slope.statistic, "{:.3f}") << ", " << with_p(test.slope.p);
        if (!std::isnan(test.limit.estimate)) {
            out << "; effect at a standard error of 0: " << brief(test.limit.estimate) << " "
                << in_brackets(test.limit_interval);
        }
        out << '\n';
    };
    out << "\nDo small studies say something else (Egger)?\n";
    line("  in the same meta-analysis", *findings.egger);
    line("  weighted least squares", *findings.egger_lm);
}

void print_filled(std::ostream& out, const MetaFindings& findings) {
    const statistics::TrimAndFill& filled = *findings.filled;
    out << fmt::format("\nTrim and fill: {} {} missing on the {} (se {})", filled.missing,
                       filled.missing == 1 ? "study" : "studies",
                       filled.side == statistics::FunnelSide::left ? "left" : "right",
                       shown(filled.standard_error, "{:.2f}"));
    if (!std::isnan(filled.p)) {
        out << ", " << with_p(filled.p) << " that none is";
    }
    out << "; with them the effect is " << brief(filled.model.fixed.front().estimate) << " "
        << in_brackets(filled.model.intervals.front()) << '\n';
}

void print_permutation(std::ostream& out, const MetaFindings& findings) {
    const statistics::PermutationTest& test = *findings.permutation;
    out << fmt::format("\nPermutation test ({} {}):", test.permutations,
                       test.exact ? "permutations, all there are" : "drawn at random");
    for (std::size_t k = 0; k < test.p.size(); ++k) {
        out << fmt::format("{} {} {}", k == 0 ? "" : ",", findings.model.fixed[k].term, with_p(test.p[k]));
    }
    out << "; together " << with_p(test.moderators_p) << '\n';
}

}  // namespace

void print_meta(std::ostream& out, const MetaFindings& findings, const MetaTables& tables) {
    if (findings.three_level) {
        print_three_levels(out, findings);
    } else {
        print_two_levels(out, findings);
    }
    for (const std::string& name : findings.model.dropped) {
        out << "Left out because the other columns determine it: " << name << '\n';
    }
    if (tables.studies && !findings.three_level) {
        print_studies(out, findings);
    }
    if (findings.subgroups) {
        print_subgroups(out, findings);
    }
    if (!findings.left_out.empty()) {
        print_left_out(out, findings);
    }
    if (findings.egger) {
        print_egger(out, findings);
    }
    if (findings.filled) {
        print_filled(out, findings);
    }
    if (findings.permutation) {
        print_permutation(out, findings);
    }
    const auto& certificate =
        findings.three_level ? findings.three_level->certificate : findings.model.certificate;
    out << '\n' << certificate.status << ": " << certificate.words << '\n';
    for (const std::string& remark :
         findings.three_level ? findings.three_level->remarks : findings.model.remarks) {
        out << "Note: " << remark << '\n';
    }
}

}  // namespace groundwork::command
