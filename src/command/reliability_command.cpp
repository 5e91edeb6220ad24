// groundwork reliability: how far the items of a scale measure one thing.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "command/answers.h"
#include "command/commands.h"
#include "command/output.h"
#include "foundation/json.h"
#include "statistics/statistics.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

using statistics::AlphaCoefficients;
using statistics::Interval;
using statistics::ItemAnalysis;
using statistics::ItemStatistics;
using statistics::OneFactorModel;
using statistics::PartialRows;
using statistics::RaschModel;
using statistics::SchmidLeiman;
using statistics::SplitHalves;

// What was computed; a part that the answers do not allow is an error with its words.
struct Findings {
    std::vector<std::string> columns;
    std::vector<bool> reversed;
    ItemAnalysis items;
    Result<OneFactorModel> one_factor;
    Result<SchmidLeiman> group_factors;
    Result<SplitHalves> halves;
    std::optional<Result<RaschModel>> rasch;
    std::size_t factors = 0;
};

json::array pair_of(const Interval& interval) { return {known(interval.low), known(interval.high)}; }

json::object as_json(const AlphaCoefficients& alpha) {
    return {{"alpha", known(alpha.raw)},
            {"standardised_alpha", known(alpha.standardised)},
            {"lambda6", known(alpha.lambda6)},
            {"average_r", known(alpha.average_r)},
            {"signal_to_noise", known(alpha.signal_to_noise)},
            {"alpha_se", known(alpha.standard_error)},
            {"variance_r", known(alpha.variance_r)},
            {"median_r", known(alpha.median_r)}};
}

json::object as_json(const SplitHalves& halves) {
    return {{"lambda1", known(halves.lambda1)},
            {"lambda2", known(halves.lambda2)},
            {"lambda3", known(halves.lambda3)},
            {"lambda4", known(halves.lambda4)},
            {"lambda5", known(halves.lambda5)},
            {"lambda6", known(halves.lambda6)},
            {"largest", known(halves.largest)},
            {"smallest", known(halves.smallest)},
            {"mean", known(halves.mean)},
            {"splits_examined", halves.splits_examined},
            {"every_split", halves.every_split},
            {"odd_even_spearman_brown", known(halves.odd_even_spearman_brown)},
            {"first_second_spearman_brown", known(halves.first_second_spearman_brown)}};
}

json::object as_json(const OneFactorModel& model) {
    return {{"people", model.people},
            {"omega_total", known(model.omega_total)},
            {"omega_total_interval", pair_of(model.omega_interval)},
            {"omega_hierarchical", known(model.omega_hierarchical)},
            {"logLik", known(model.log_likelihood)},
            {"chi_square", known(model.chi_square)},
            {"df", model.degrees_of_freedom},
            {"p", known(model.p)},
            {"cfi", known(model.comparative_fit)},
            {"tli", known(model.tucker_lewis)},
            {"rmsea", known(model.approximation_error)}};
}

json::object as_json(const SchmidLeiman& model) {
    return {{"factors", model.loadings.columns - 1},
            {"omega_hierarchical", known(model.hierarchical)},
            {"omega_total", known(model.total)},
            {"determined", model.determined}};
}

json::object item_as_json(const Findings& findings, std::size_t i) {
    const ItemStatistics& item = findings.items.items[i];
    json::object entry{{"item", findings.columns[i]},
                       {"reversed", static_cast<bool>(findings.reversed[i])},
                       {"n", item.n},
                       {"mean", known(item.mean)},
                       {"sd", known(item.standard_deviation)},
                       {"total_r", known(item.total_r)},
                       {"standardised_r", known(item.standardised_r)},
                       {"corrected_r", known(item.corrected_r)},
                       {"rest_r", known(item.rest_r)},
                       {"if_dropped", as_json(item.if_dropped)}};
    if (findings.one_factor) {
        const statistics::FactorLoading& loading = findings.one_factor->items[i];
        entry["loading"] = known(loading.loading);
        entry["loading_se"] = known(loading.loading_standard_error);
        entry["residual_variance"] = known(loading.residual);
        entry["standardised_loading"] = known(loading.standardised);
    }
    if (findings.group_factors) {
        entry["general_loading"] = known(findings.group_factors->loadings(i, 0));
    }
    if (findings.rasch && *findings.rasch) {
        const statistics::RaschItem& rasch = (*findings.rasch)->items[i];
        entry["rasch"] = json::object{
            {"location", known(rasch.location)},
            {"thresholds", json::array(rasch.thresholds.begin(), rasch.thresholds.end())},
            {"threshold_se",
             json::array(rasch.threshold_standard_errors.begin(), rasch.threshold_standard_errors.end())},
            {"infit", known(rasch.infit)},
            {"outfit", known(rasch.outfit)}};
    }
    return entry;
}

json::object as_json(const Findings& findings, const std::vector<std::string>& warnings) {
    const ItemAnalysis& analysis = findings.items;
    json::object document{{"people", analysis.people},
                          {"complete_people", analysis.complete_people},
                          {"alpha", known(analysis.alpha.raw)},
                          {"alpha_interval", pair_of(analysis.feldt)},
                          {"alpha_interval_bonett", pair_of(analysis.bonett)},
                          {"omega_total", nullptr},
                          {"omega_h", nullptr},
                          {"score", json::object{{"mean", known(analysis.score_mean)},
                                                 {"sd", known(analysis.score_standard_deviation)}}},
                          {"coefficients", as_json(analysis.alpha)}};
    if (findings.one_factor) {
        document["omega_total"] = known(findings.one_factor->omega_total);
        document["omega_h"] = known(findings.one_factor->omega_hierarchical);
        document["one_factor"] = as_json(*findings.one_factor);
    }
    if (findings.group_factors) {
        document["omega_h"] = known(findings.group_factors->hierarchical);
        document["group_factors"] = as_json(*findings.group_factors);
    }
    if (findings.halves) {
        document["split_half"] = as_json(*findings.halves);
    }
    if (findings.rasch && *findings.rasch) {
        const RaschModel& rasch = **findings.rasch;
        document["rasch"] = json::object{{"logLik", rasch.log_likelihood},
                                         {"parameters", rasch.parameters},
                                         {"people_used", rasch.people_used},
                                         {"person_separation", known(rasch.person_separation)}};
    }
    json::array items;
    for (std::size_t i = 0; i < findings.columns.size(); ++i) {
        items.push_back(item_as_json(findings, i));
    }
    document["items"] = std::move(items);
    document["warnings"] = json::array(warnings.begin(), warnings.end());
    return document;
}

std::vector<std::string> warnings_of(const Findings& findings) {
    std::vector<std::string> warnings;
    for (const std::size_t item : findings.items.against_the_scale) {
        warnings.push_back(
            fmt::format("{} runs against the others: should it be reversed?", findings.columns[item]));
    }
    if (!findings.one_factor) {
        warnings.push_back("No omega: " + findings.one_factor.error().describe());
    } else {
        for (const std::size_t item : findings.one_factor->at_bound) {
            warnings.push_back(
                fmt::format("{}: the one-factor model leaves it no error of its own; omega is not to "
                            "be trusted.",
                            findings.columns[item]));
        }
    }
    if (findings.group_factors && !findings.group_factors->determined) {
        warnings.push_back(
            fmt::format("{} items do not determine {} group factors: omega hierarchical is one of "
                        "several that fit as well.",
                        findings.columns.size(), findings.factors));
    }
    if (findings.rasch && !*findings.rasch) {
        warnings.push_back("No Rasch model: " + findings.rasch->error().describe());
    }
    return warnings;
}

void print_row(std::ostream& out, std::string_view what, const std::string& value, const std::string& words) {
    out << fmt::format("  {:<22} {:>7}  {}\n", what, value, words);
}

std::string interval_words(const Interval& interval) {
    return fmt::format("95 % interval {} to {}", with_digits(interval.low), with_digits(interval.high));
}

void print_scale(std::ostream& out, const Findings& findings) {
    const ItemAnalysis& analysis = findings.items;
    print_row(out, "alpha", with_digits(analysis.alpha.raw), interval_words(analysis.feldt) + " (Feldt)");
    print_row(out, "alpha, standardised", with_digits(analysis.alpha.standardised),
              fmt::format("average correlation {}", with_digits(analysis.alpha.average_r)));
    if (findings.one_factor) {
        const OneFactorModel& model = *findings.one_factor;
        print_row(out, "omega total", with_digits(model.omega_total),
                  interval_words(model.omega_interval) + ", one factor by maximum likelihood");
        print_row(out, "  fit of one factor", with_digits(model.approximation_error),
                  fmt::format("RMSEA; CFI {}", with_digits(model.comparative_fit)));
    }
    if (findings.group_factors) {
        print_row(out, "omega hierarchical", with_digits(findings.group_factors->hierarchical),
                  fmt::format("general factor beside {} group factors; omega total {}", findings.factors,
                              with_digits(findings.group_factors->total)));
    } else if (findings.one_factor) {
        print_row(out, "omega hierarchical", with_digits(findings.one_factor->omega_hierarchical),
                  "the one factor's share of the observed variance");
    }
    if (findings.halves) {
        const SplitHalves& halves = *findings.halves;
        print_row(out, "split half", with_digits(halves.mean),
                  fmt::format("mean of all splits; from {} to {}{}", with_digits(halves.smallest),
                              with_digits(halves.largest), halves.every_split ? "" : " (found by search)"));
        print_row(out, "odd and even items", with_digits(halves.odd_even_spearman_brown), "Spearman-Brown");
        print_row(out, "Guttman's lambda 2, 6", with_digits(halves.lambda2), with_digits(halves.lambda6));
    }
}

void print_items(std::ostream& out, const Findings& findings) {
    std::size_t width = 4;
    for (std::size_t i = 0; i < findings.columns.size(); ++i) {
        width = std::max(width, findings.columns[i].size() + (findings.reversed[i] ? 2 : 0));
    }
    out << fmt::format("\n  {:<{}} {:>6} {:>8} {:>8} {:>9} {:>9} {:>13}\n", "item", width, "n", "mean", "sd",
                       "item-rest", "loading", "alpha without");
    for (std::size_t i = 0; i < findings.columns.size(); ++i) {
        const ItemStatistics& item = findings.items.items[i];
        const double loading =
            findings.one_factor ? findings.one_factor->items[i].standardised : std::nan("");
        out << fmt::format("  {:<{}} {:>6} {:>8} {:>8} {:>9} {:>9} {:>13}\n",
                           findings.columns[i] + (findings.reversed[i] ? " -" : ""), width, item.n,
                           with_digits(item.mean, 2), with_digits(item.standard_deviation, 2),
                           with_digits(item.rest_r), with_digits(loading), with_digits(item.if_dropped.raw));
    }
    if (std::ranges::find(findings.reversed, true) != findings.reversed.end()) {
        out << "  - reversed before anything was computed\n";
    }
}

void print_rasch(std::ostream& out, const Findings& findings) {
    if (!findings.rasch || !*findings.rasch) {
        return;
    }
    const RaschModel& model = **findings.rasch;
    out << fmt::format(
        "\n  Rasch model by conditional maximum likelihood: log-likelihood {}, {} people with a "
        "middling score\n",
        fixed(model.log_likelihood, 3), model.people_used);
    std::size_t width = 4;
    for (const std::string& column : findings.columns) {
        width = std::max(width, column.size());
    }
    out << fmt::format("  {:<{}} {:>8} {:>7} {:>7} {:>7}  {}\n", "item", width, "location", "se", "infit",
                       "outfit", "thresholds");
    for (std::size_t i = 0; i < findings.columns.size(); ++i) {
        const statistics::RaschItem& item = model.items[i];
        std::string thresholds;
        for (const double threshold : item.thresholds) {
            thresholds += (thresholds.empty() ? "" : " ") + fixed(threshold, 2);
        }
        const double error = item.thresholds.size() == 1 ? item.threshold_standard_errors[0] : std::nan("");
        out << fmt::format("  {:<{}} {:>8} {:>7} {:>7} {:>7}  {}\n", findings.columns[i], width,
                           with_digits(item.location), with_digits(error), with_digits(item.infit, 2),
                           with_digits(item.outfit, 2), thresholds);
    }
}

class ReliabilityCommand final : public Command {
  public:
    std::string name() const override { return "reliability"; }
    std::string summary() const override { return "How far the items of a scale measure one thing"; }
    std::string manual() const override {
        return "Example: groundwork reliability answers.csv --items 'scs_{}' --reverse 1,2,4\n"
               "  alpha with its interval, omega, split halves, and every item: its correlation with the\n"
               "  rest, its loading, and alpha without it.\n"
               "\n"
               "--items 'scs_{}' takes scs_1, scs_2, ... as far as they go; --items a,b,c takes those. "
               "--reverse\n"
               "takes positions (1 is the first item) or column names; a reversed answer is counted from the "
               "other\n"
               "end of the answers that occur in the file, or of --range.\n"
               "Alpha and the items use every pair of answers (--complete: only people who answered all); "
               "omega and\n"
               "split halves use people who answered all. omega_total: one factor by maximum likelihood.\n"
               "omega_h: a general factor beside --factors group factors (default 3; from one factor where "
               "there\n"
               "are fewer than 4 items, or with --factors 1).\n"
               "--rasch adds a Rasch model, or a partial credit model where there are more than two answers.";
    }

    void declare(Options& options) override {
        options.positional("FILE", file_, Need::required,
                           "the answers: CSV, XLSX, SAV or DTA; one row a person");
        options.text("--items", "T", items_, "columns of the items: 'scs_{}' or a,b,c");
        options.text("--reverse", "LIST", reverse_, "items to turn round: positions or columns, e.g. 1,4");
        options.text("--range", "LOW,HIGH", range_, "lowest and highest possible answer, for --reverse");
        options.integer("--factors", "N", factors_, "group factors for omega_h");
        options.flag("--complete", complete_, "only people who answered every item");
        options.flag("--rasch", rasch_, "add a Rasch or partial credit model");
        options.text("--missing", "VALUES", missing_,
                     "further cells that mean missing, e.g. --missing=-99,999");
    }

    Result<void> run(Console& console) override {
        const table::Frame frame = TRY(read_people(file_, missing_, ""));
        const std::vector<std::string> columns = TRY(item_columns(frame));
        std::vector<std::vector<double>> answers;
        for (const std::string& column : columns) {
            const table::Column* found = TRY(frame.find_numbers(column));
            answers.emplace_back(found->numbers().begin(), found->numbers().end());
        }
        const std::vector<bool> reversed = TRY(reversed_items(columns));
        TRY_DO(reverse(answers, reversed));
        const Findings findings = TRY(analyse(columns, reversed, answers));
        const std::vector<std::string> warnings = warnings_of(findings);
        if (console.wants_json()) {
            console.print_json(as_json(findings, warnings));
            return {};
        }
        std::ostream& out = console.out();
        out << fmt::format("{} items, {} people, {} with every answer\n\n", columns.size(),
                           findings.items.people, findings.items.complete_people);
        print_scale(out, findings);
        print_items(out, findings);
        print_rasch(out, findings);
        for (const std::string& warning : warnings) {
            out << "\nNote: " << warning;
        }
        out << (warnings.empty() ? "" : "\n");
        return {};
    }

  private:
    Result<Findings> analyse(const std::vector<std::string>& columns, const std::vector<bool>& reversed,
                             const std::vector<std::vector<double>>& answers) const {
        const std::vector<std::span<const double>> items(answers.begin(), answers.end());
        Result<ItemAnalysis> analysis =
            statistics::analyse_items(items, complete_ ? PartialRows::leave_out : PartialRows::pairwise);
        if (!analysis) {
            Error error = analysis.error();
            error.set_file_if_unknown(file_);
            return fail(std::move(error));
        }
        const auto factors = static_cast<std::size_t>(factors_);
        const bool has_groups = factors >= 2 && columns.size() > factors;
        Result<SchmidLeiman> groups = has_groups ? statistics::schmid_leiman(items, factors)
                                                 : fail(usage_error("Too few items for group factors."));
        Findings findings{columns,
                          reversed,
                          *std::move(analysis),
                          statistics::fit_one_factor(items),
                          std::move(groups),
                          statistics::split_halves(items),
                          std::nullopt,
                          factors};
        if (rasch_) {
            findings.rasch = statistics::fit_rasch(items);
        }
        return findings;
    }

    Result<std::vector<std::string>> item_columns(const table::Frame& frame) const {
        if (factors_ < 1) {
            return fail(usage_error("--factors must be at least 1").value(std::to_string(factors_)));
        }
        if (items_.empty()) {
            return fail(usage_error("--items is missing")
                            .remedy("Say which columns are the items: --items 'scs_{}' or --items a,b,c."));
        }
        const auto slot = items_.find("{}");
        if (slot == std::string::npos) {
            return table::expand_template(items_, 0);
        }
        std::size_t count = 0;
        const std::string before = items_.substr(0, slot), after = items_.substr(slot + 2);
        while (frame.has(before + std::to_string(count + 1) + after)) {
            ++count;
        }
        if (count == 0) {
            const std::string first = before + "1" + after;
            return fail(unacceptable(fmt::format("has no column {}", first))
                            .at(file_)
                            .remedy(fmt::format("--items '{}' needs columns that count from 1.{}", items_,
                                                suggestion(first, frame.column_names()))));
        }
        return table::expand_template(items_, count);
    }

    Result<std::vector<bool>> reversed_items(const std::vector<std::string>& columns) const {
        std::vector<bool> reversed(columns.size(), false);
        for (const std::string_view piece : split(reverse_, ',')) {
            const std::string word(trim(piece));
            if (word.empty()) {
                continue;
            }
            const auto column = std::ranges::find(columns, word);
            const auto position = to_integer(word);
            if (column != columns.end()) {
                reversed[static_cast<std::size_t>(column - columns.begin())] = true;
            } else if (position && *position >= 1 && *position <= static_cast<long long>(columns.size())) {
                reversed[static_cast<std::size_t>(*position - 1)] = true;
            } else {
                return fail(usage_error("is neither a position nor a column of the items")
                                .at("--reverse")
                                .value(word)
                                .remedy(fmt::format("Positions go from 1 to {}.", columns.size())));
            }
        }
        return reversed;
    }

    Result<void> reverse(std::vector<std::vector<double>>& answers, const std::vector<bool>& reversed) const {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        if (!range_.empty()) {
            const std::vector<std::string_view> ends = split(range_, ',');
            const auto first = to_number(trim(ends.front())), last = to_number(trim(ends.back()));
            if (ends.size() != 2 || !first || !last || !(*first < *last)) {
                return fail(
                    usage_error("must be two numbers, the smaller first").at("--range").value(range_));
            }
            low = *first;
            high = *last;
        }
        for (std::size_t item = 0; item < answers.size(); ++item) {
            for (const double answer : answers[item]) {
                if (!range_.empty() && (answer < low || answer > high)) {
                    return fail(unacceptable(
                                    fmt::format("item {} has an answer outside --range {}", item + 1, range_))
                                    .at(file_)
                                    .value(shortest(answer)));
                }
                if (range_.empty() && std::isfinite(answer)) {
                    low = std::min(low, answer);
                    high = std::max(high, answer);
                }
            }
        }
        for (std::size_t item = 0; item < answers.size(); ++item) {
            for (double& answer : answers[item]) {
                answer = reversed[item] ? low + high - answer : answer;
            }
        }
        return {};
    }

    std::string file_, items_, reverse_, range_, missing_;
    long long factors_ = 3;
    bool complete_ = false, rasch_ = false;
};

}  // namespace

std::unique_ptr<Command> make_reliability_command() { return std::make_unique<ReliabilityCommand>(); }

}  // namespace groundwork::command
