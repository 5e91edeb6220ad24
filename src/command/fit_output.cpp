#include "command/fit_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "command/output.h"

namespace groundwork::command {

using statistics::Criterion;
using statistics::Estimate;
using statistics::LinearModel;
using statistics::MixedModel;

namespace {

void print_fixed(std::ostream& out, const std::vector<Estimate>& estimates) {
    std::size_t width = 6;
    for (const Estimate& one : estimates) {
        width = std::max(width, one.term.size());
    }
    out << fmt::format("{:<{}} {:>12} {:>11} {:>9} {:>8} {:>6}\n", "Effect", width, "estimate", "se", "df",
                       "t", "p");
    for (const Estimate& one : estimates) {
        out << fmt::format("{:<{}} {:>12} {:>11} {:>9} {:>8} {:>6}\n", one.term, width,
                           shown(one.estimate, "{:.6g}"), shown(one.standard_error, "{:.5g}"),
                           shown(one.degrees_of_freedom, "{:.2f}"), shown(one.statistic, "{:.3f}"),
                           shown_p(one.p));
    }
}

void print_random(std::ostream& out, const MixedModel& model) {
    out << fmt::format("{:<20} {:<20} {:>10}   {}\n", "Varies between", "what", "sd", "correlations");
    for (const statistics::RandomTerm& term : model.random) {
        std::size_t next = 0;
        for (std::size_t row = 0; row < term.terms.size(); ++row) {
            std::string correlations;
            for (std::size_t column = 0; column < row; ++column) {
                correlations += shown(term.correlations[next++], "{:.3f} ");
            }
            out << fmt::format("{:<20} {:<20} {:>10}   {}\n", row == 0 ? term.group : "", term.terms[row],
                               shown(term.standard_deviations[row], "{:.5g}"), correlations);
        }
    }
    if (model.residual_strata.empty()) {
        out << fmt::format("{:<20} {:<20} {:>10}\n", "Residual", "", shown(model.sigma, "{:.5g}"));
    }
    for (const statistics::ResidualStratum& stratum : model.residual_strata) {
        out << fmt::format("{:<20} {:<20} {:>10}\n", "Residual", stratum.level,
                           shown(stratum.standard_deviation, "{:.5g}"));
    }
    if (std::isfinite(model.residual_correlation)) {
        out << fmt::format("Residuals one unit of time apart correlate {}.\n",
                           shown(model.residual_correlation, "{:.4f}"));
    }
    out << '\n';
}

void print_counts(std::ostream& out, std::size_t used, std::size_t rows) {
    out << fmt::format("{} rows", used);
    if (used < rows) {
        out << fmt::format(" ({} left out: a value is missing)", rows - used);
    }
}

void print_dropped(std::ostream& out, const std::vector<std::string>& dropped) {
    for (const std::string& name : dropped) {
        out << fmt::format("Left out because the other columns determine it: {}\n", name);
    }
}

}  // namespace

json::array as_json(const std::vector<Estimate>& estimates) {
    json::array list;
    for (const Estimate& one : estimates) {
        list.push_back(json::object{{"term", one.term},
                                    {"estimate", one.estimate},
                                    {"se", one.standard_error},
                                    {"df", one.degrees_of_freedom},
                                    {"statistic", one.statistic},
                                    {"p", one.p}});
    }
    return list;
}

json::object as_json(const MixedModel& model) {
    json::object groups;
    json::array random;
    for (const statistics::RandomTerm& term : model.random) {
        groups[term.group] = term.levels;
        random.push_back(json::object{{"group", term.group},
                                      {"terms", list_of(term.terms)},
                                      {"sd", list_of(term.standard_deviations)},
                                      {"corr", list_of(term.correlations)}});
    }
    json::object strata;
    for (const statistics::ResidualStratum& stratum : model.residual_strata) {
        strata[stratum.level] = stratum.standard_deviation;
    }
    return {{"n", model.rows_used},
            {"groups", groups},
            {"reml", model.criterion == Criterion::reml},
            {"objective", model.objective},
            {"logLik", model.log_likelihood},
            {"sigma", model.sigma},
            {"theta", list_of(model.theta)},
            {"random", random},
            {"fixed", as_json(model.fixed)},
            {"dropped", list_of(model.dropped)},
            {"residual_correlation", model.residual_correlation},
            {"residual_sd", strata},
            {"certificate", json::object{{"status", model.certificate.status},
                                         {"gradient", model.certificate.gradient},
                                         {"remaining_deviance", model.certificate.remaining_deviance},
                                         {"words", model.certificate.words}}}};
}

// Least squares is exact: there is no search whose end would need a proof.
json::object as_json(const LinearModel& model) {
    return {{"n", model.rows_used},
            {"groups", json::object{}},
            {"reml", false},
            {"objective", nullptr},
            {"logLik", nullptr},
            {"sigma", model.sigma},
            {"theta", json::array{}},
            {"random", json::array{}},
            {"fixed", as_json(model.fixed)},
            {"dropped", list_of(model.dropped)},
            {"r_squared", model.r_squared},
            {"residual_df", model.residual_degrees_of_freedom},
            {"certificate",
             json::object{{"status", "certified"},
                          {"gradient", 0.0},
                          {"remaining_deviance", 0.0},
                          {"words", "Ordinary least squares, solved exactly; no search was needed."}}}};
}

void print(std::ostream& out, const MixedModel& model, std::size_t rows) {
    print_counts(out, model.rows_used, rows);
    for (const statistics::RandomTerm& term : model.random) {
        out << fmt::format(", {} {}", term.levels, term.group);
    }
    const bool reml = model.criterion == Criterion::reml;
    out << fmt::format("\n{} {:.8g}, log-likelihood {:.8g}\n\n",
                       reml ? "REML criterion" : "-2 log-likelihood", model.objective, model.log_likelihood);
    print_random(out, model);
    print_fixed(out, model.fixed);
    out << '\n';
    print_dropped(out, model.dropped);
    out << model.certificate.status << ": " << model.certificate.words << '\n';
}

void print(std::ostream& out, const LinearModel& model, std::size_t rows) {
    print_counts(out, model.rows_used, rows);
    out << "; ordinary least squares, because the formula has no random term\n";
    out << fmt::format("Residual sd {} on {} degrees of freedom, R squared {}\n\n",
                       shown(model.sigma, "{:.5g}"), model.residual_degrees_of_freedom,
                       shown(model.r_squared, "{:.4f}"));
    print_fixed(out, model.fixed);
    print_dropped(out, model.dropped);
}

namespace {

json::array as_json(const std::vector<statistics::BootstrappedNumber>& numbers) {
    json::array list;
    for (const statistics::BootstrappedNumber& one : numbers) {
        list.push_back(json::object{{"term", one.term},
                                    {"estimate", one.estimate},
                                    {"se", one.standard_error},
                                    {"bias", one.bias},
                                    {"percentile", json::array{one.percentile.low, one.percentile.high}},
                                    {"basic", json::array{one.basic.low, one.basic.high}}});
    }
    return list;
}

json::array as_json(const std::vector<statistics::ProfiledNumber>& numbers) {
    json::array list;
    for (const statistics::ProfiledNumber& one : numbers) {
        list.push_back(json::object{{"term", one.term},
                                    {"estimate", known(one.estimate)},
                                    {"ci", json::array{known(one.interval.low), known(one.interval.high)}}});
    }
    return list;
}

}  // namespace

json::object as_json(const statistics::Profile& profile) {
    return {{"level", profile.level},
            {"deviance", profile.deviance},
            {"fixed", as_json(profile.fixed)},
            {"random", as_json(profile.random)}};
}

void print(std::ostream& out, const statistics::Profile& profile) {
    std::vector<std::vector<std::string>> rows = {{"Number", "by likelihood", "low", "high"}};
    for (const auto* numbers : {&profile.fixed, &profile.random}) {
        for (const statistics::ProfiledNumber& one : *numbers) {
            rows.push_back({one.term, shown(one.estimate, "{:.6g}"), shown(one.interval.low, "{:.6g}"),
                            shown(one.interval.high, "{:.6g}")});
        }
    }
    out << fmt::format("\nProfile intervals of {} %, by maximum likelihood\n", shown(100 * profile.level))
        << table_of(rows, 1);
}

json::object as_json(const statistics::Bootstrap& bootstrap) {
    return {{"replicates", bootstrap.replicates},
            {"singular", bootstrap.singular},
            {"not_certified", bootstrap.not_certified},
            {"fixed", as_json(bootstrap.fixed)},
            {"random", as_json(bootstrap.random)}};
}

void print(std::ostream& out, const statistics::Bootstrap& bootstrap) {
    out << fmt::format("\nBootstrap: {} replicates", bootstrap.replicates);
    if (bootstrap.singular > 0) {
        out << fmt::format(", {} of them with a variance of zero", bootstrap.singular);
    }
    if (bootstrap.not_certified > 0) {
        out << fmt::format("; {} could not be certified and are left out", bootstrap.not_certified);
    }
    std::size_t width = 6;
    for (const auto* numbers : {&bootstrap.fixed, &bootstrap.random}) {
        for (const statistics::BootstrappedNumber& one : *numbers) {
            width = std::max(width, one.term.size());
        }
    }
    out << fmt::format("\n{:<{}} {:>12} {:>11} {:>11}   {}\n", "Number", width, "estimate", "se", "bias",
                       "percentile interval");
    for (const auto* numbers : {&bootstrap.fixed, &bootstrap.random}) {
        for (const statistics::BootstrappedNumber& one : *numbers) {
            out << fmt::format("{:<{}} {:>12} {:>11} {:>11}   {} to {}\n", one.term, width,
                               shown(one.estimate, "{:.6g}"), shown(one.standard_error, "{:.5g}"),
                               shown(one.bias, "{:.2g}"), shown(one.percentile.low, "{:.6g}"),
                               shown(one.percentile.high, "{:.6g}"));
        }
    }
}

}  // namespace groundwork::command
