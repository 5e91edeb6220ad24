// groundwork score: from answers to scores.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "command/answers.h"
#include "command/commands.h"
#include "command/output.h"
#include "command/score_summary.h"
#include "foundation/json.h"

namespace groundwork::command {

namespace {

using instrument::Instrument;
using instrument::Score;

// Below this correlation of the two halves a total hides two different things (evidence: rescue workers, r =
// .22).
constexpr double halves_agree_from = 0.4;

json::object summary_as_json(const ScaleSummary& summary) {
    json::object percentiles;
    for (std::size_t i = 0; i < summary.percentiles.size(); ++i) {
        percentiles[std::to_string(percentile_points[i])] = summary.percentiles[i];
    }
    json::array bands;
    for (const BandCount& band : summary.bands) {
        bands.push_back(json::object{{"id", band.id}, {"label", band.label}, {"n", band.n}});
    }
    return {{"id", summary.scale->id}, {"n", summary.n},
            {"mean", summary.mean},    {"sd", summary.sd},
            {"min", summary.min},      {"max", summary.max},
            {"alpha", summary.alpha},  {"percentiles", percentiles},
            {"bands", bands},          {"missing", summary.missing}};
}

json::array groups_as_json(const std::vector<GroupSummary>& groups) {
    json::array list;
    for (const GroupSummary& group : groups) {
        json::array scales;
        for (const ScaleSummary& scale : group.scales) {
            scales.push_back(summary_as_json(scale));
        }
        json::object entry{{"group", nullptr}, {"n", group.n}, {"scales", scales}};
        if (group.name) {
            entry["group"] = *group.name;
        }
        if (group.halves) {
            entry["halves_correlation"] = *group.halves;
        }
        list.push_back(std::move(entry));
    }
    return list;
}

void print_bands(std::ostream& out, const ScaleSummary& summary) {
    if (summary.bands.empty()) {
        return;
    }
    out << '\n';
    std::size_t width = 0;
    for (const BandCount& band : summary.bands) {
        width = std::max(width, band.label.size());
    }
    out << fmt::format("  {}\n", summary.scale->id);
    for (const BandCount& band : summary.bands) {
        const double share =
            summary.n == 0 ? 0 : 100.0 * static_cast<double>(band.n) / static_cast<double>(summary.n);
        out << fmt::format("    {:<{}}  {:>5}  {:>3} %\n", band.label, width, band.n, fixed(share, 0));
    }
    out << fmt::format("    (bands: {})\n", summary.scale->bands_source);
}

void print_group(std::ostream& out, const GroupSummary& group) {
    out << '\n'
        << (group.name ? fmt::format("{}: ", *group.name) : "") << group.n
        << (group.n == 1 ? " person" : " people") << "\n\n";
    std::size_t width = 5;
    for (const ScaleSummary& scale : group.scales) {
        width = std::max(width, scale.scale->id.size());
    }
    out << fmt::format("  {:<{}} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6} {:>8}\n", "scale",
                       width, "n", "mean", "sd", "min", "25 %", "median", "75 %", "max", "alpha", "missing");
    for (const ScaleSummary& scale : group.scales) {
        out << fmt::format("  {:<{}} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6} {:>8}\n",
                           scale.scale->id, width, scale.n, with_digits(scale.mean, 4),
                           with_digits(scale.sd, 4), with_digits(scale.min, 2),
                           with_digits(scale.percentiles[1], 2), with_digits(scale.percentiles[2], 2),
                           with_digits(scale.percentiles[3], 2), with_digits(scale.max, 2),
                           with_digits(scale.alpha, 3), scale.missing);
    }
    for (const ScaleSummary& scale : group.scales) {
        print_bands(out, scale);
    }
}

// What everybody who reads these scores must be told.
std::vector<std::string> warnings_for(const Instrument& instrument, const std::vector<GroupSummary>& groups) {
    std::vector<std::string> warnings;
    if (!instrument.key_verified) {
        warnings.push_back(fmt::format("The key of {} is NOT VERIFIED against its source ({}).",
                                       instrument.id, instrument.key_source));
    }
    warnings.insert(warnings.end(), instrument.warnings.begin(), instrument.warnings.end());
    for (const GroupSummary& group : groups) {
        if (group.halves && *group.halves < halves_agree_from) {
            warnings.push_back(
                fmt::format("{}The two halves (positive, negative_reversed) correlate only {}: the total "
                            "hides two different "
                            "things here. Read the halves, not the total.",
                            group.name ? *group.name + ": " : "", fixed(*group.halves, 2)));
        }
    }
    return warnings;
}

class ScoreCommand : public Command {
  public:
    std::string name() const override { return "score"; }
    std::string summary() const override { return "Score a questionnaire from a file of answers, exactly"; }
    std::string manual() const override {
        return "Example: groundwork score scs answers.csv --items 'scs_{}' --id pid --out scores.csv\n"
               "  scores the 26 items of columns scs_1 to scs_26, prints each scale with its bands and "
               "reliability,\n"
               "  and writes one row a person. Without --items the columns are found by their names.\n"
               "\n"
               "Missing answers never count as 0: each scale follows the missing-data rule that\n"
               "`groundwork instruments scs` shows. An answer that does not exist stops everything, with its "
               "row.\n"
               "`--explain ID` prints the arithmetic for one person.";
    }
    void declare(Options& options) override {
        options.positional("INSTRUMENT", instrument_, Need::required,
                           "its id (`groundwork instruments`) or file");
        options.positional("FILE", file_, Need::required,
                           "the answers: CSV, XLSX, SAV or DTA; one row a person");
        options.text("--items", "T", items_, "columns of the items: 'scs_{}' or a,b,c in item order");
        options.text("--id", "COL", id_, "column that names each person; otherwise rows are numbered from 1");
        options.text("--group", "COL", group_, "one summary for each value of this column");
        options.text("--out", "FILE", out_,
                     "write id, every scale and <scale>_answered to this .csv or .xlsx");
        options.text("--explain", "ID", explain_, "print the arithmetic for this person instead");
        options.text("--missing", "VALUES", missing_,
                     "further cells that mean missing, e.g. --missing=-99,999");
    }

    Result<void> run(Console& console) override {
        const Instrument instrument = TRY(instrument::find_instrument(instrument_));
        const table::Frame frame = TRY(read_people(file_, missing_, id_));
        note_about_health_answers(console);
        const AnswerSheet sheet = TRY(read_answers(frame, instrument, items_, id_));
        if (!explain_.empty()) {
            return explain(console, instrument, sheet);
        }
        const auto scores = TRY(score_people(instrument, sheet));
        const auto groups = TRY(summarise_groups(frame, group_, instrument, sheet, scores));
        if (!out_.empty()) {
            TRY_DO(write_scores(instrument, sheet, scores));
        }
        print(console, instrument, sheet, groups);
        return {};
    }

  private:
    Result<void> explain(Console& console, const Instrument& instrument, const AnswerSheet& sheet) const {
        const auto place = std::ranges::find(sheet.ids, explain_);
        if (place == sheet.ids.end()) {
            return fail(usage_error("is nobody's id")
                            .at(file_, id_.empty() ? "--explain" : id_)
                            .value(explain_)
                            .remedy(id_.empty()
                                        ? fmt::format("Without --id people are numbered from 1 to {}.",
                                                      sheet.ids.size())
                                        : std::string(trim(suggestion(explain_, sheet.ids)))));
        }
        const auto& answers = sheet.answers[static_cast<std::size_t>(place - sheet.ids.begin())];
        const std::string words = TRY(instrument::explain(instrument, answers));
        if (console.wants_json()) {
            console.print_json(json::object{{"instrument", instrument.id},
                                            {"version", instrument.version},
                                            {"id", explain_},
                                            {"explanation", words}});
        } else {
            console.out() << words;
        }
        return {};
    }

    Result<void> write_scores(const Instrument& instrument, const AnswerSheet& sheet,
                              const std::vector<std::vector<Score>>& scores) const {
        table::Frame frame(out_);
        const std::vector<std::optional<std::string>> ids(sheet.ids.begin(), sheet.ids.end());
        TRY_DO(frame.set(table::Column::of_text("id", ids)));
        std::vector<table::Column> counts;
        for (std::size_t i = 0; i < instrument.scales.size(); ++i) {
            std::vector<double> values, answered;
            for (const auto& person : scores) {
                values.push_back(person[i].value.value_or(std::nan("")));
                answered.push_back(person[i].answered);
            }
            const std::string& id = instrument.scales[i].id;
            TRY_DO(frame.set(table::Column::of_numbers(id, std::move(values))));
            counts.push_back(table::Column::of_numbers(id + "_answered", std::move(answered)));
        }
        for (table::Column& column : counts) {
            TRY_DO(frame.set(std::move(column)));
        }
        return table::write_table(frame, out_);
    }

    void print(Console& console, const Instrument& instrument, const AnswerSheet& sheet,
               const std::vector<GroupSummary>& groups) const {
        const auto warnings = warnings_for(instrument, groups);
        if (console.wants_json()) {
            console.print_json(
                json::object{{"instrument", instrument.id},
                             {"version", instrument.version},
                             {"verified", instrument.key_verified},
                             {"people", sheet.ids.size()},
                             {"columns", json::array(sheet.columns.begin(), sheet.columns.end())},
                             {"groups", groups_as_json(groups)},
                             {"warnings", json::array(warnings.begin(), warnings.end())}});
            return;
        }
        std::ostream& out = console.out();
        out << fmt::format("{}, version {} of its file; items in the columns {} to {}\n",
                           instrument.name.at("en"), instrument.version, sheet.columns.front(),
                           sheet.columns.back());
        for (const GroupSummary& group : groups) {
            print_group(out, group);
        }
        for (const std::string& warning : warnings) {
            out << "\nNote: " << warning;
        }
        out << (warnings.empty() ? "" : "\n");
        if (!out_.empty()) {
            console.note(fmt::format("Scores of {} people written to {}.", sheet.ids.size(), out_));
        }
    }

    std::string instrument_, file_, items_, id_, group_, out_, explain_, missing_;
};

}  // namespace

std::unique_ptr<Command> make_score_command() { return std::make_unique<ScoreCommand>(); }

}  // namespace groundwork::command
