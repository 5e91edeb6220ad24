// groundwork meta: studies' effects put together.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>

#include "command/commands.h"
#include "command/meta_report.h"
#include "command/model_columns.h"
#include "command/output.h"
#include "statistics/statistics.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

// The options that name the columns of an effect size: as metafor calls them, with and without its final i.
constexpr std::array<std::string_view, 25> inputs = {
    "ai",    "bi",     "ci",  "di",  "n1i", "n2i",    "m1i",   "m2i",    "sd1i",
    "sd2i",  "x1i",    "x2i", "t1i", "t2i", "m1post", "m1pre", "sd1pre", "m2post",
    "m2pre", "sd2pre", "ri",  "ni",  "xi",  "mi",     "sdi"};

std::string option_names(std::string_view input) {
    const std::string name(input);
    // Two letters (ai, ri) keep their i: a short option of one letter would not say what it is.
    return name.ends_with('i') && name.size() > 2 ? "--" + name + ",--" + name.substr(0, name.size() - 1)
                                                  : "--" + name;
}

std::string list_of_measures() {
    std::string text;
    std::string line = "  ";
    for (const statistics::EffectMeasure& measure : statistics::effect_measures()) {
        const std::string word(measure.name);
        if (line.size() + word.size() > 90) {
            text += line + "\n";
            line = "  ";
        }
        line += (line.size() > 2 ? " " : "") + word;
    }
    return text + line;
}

// Text as it stands, numbers and dates as their shortest form.
std::vector<std::int32_t> codes_of(const table::Column& column, std::vector<std::string>& levels) {
    std::vector<std::string> cells;
    for (std::size_t row = 0; row < column.size(); ++row) {
        cells.push_back(column.is_missing(row) ? "" : column.text(row));
    }
    const bool numbers = column.kind() != table::ColumnKind::text;
    levels = cells;
    std::sort(levels.begin(), levels.end(), [&](const std::string& a, const std::string& b) {
        const auto x = to_number(a), y = to_number(b);
        return numbers && x && y ? *x < *y : a < b;
    });
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    std::erase(levels, "");
    std::map<std::string, std::int32_t> places;
    for (std::size_t level = 0; level < levels.size(); ++level) {
        places[levels[level]] = static_cast<std::int32_t>(level);
    }
    std::vector<std::int32_t> codes;
    for (const std::string& cell : cells) {
        codes.push_back(cell.empty() ? -1 : places.at(cell));
    }
    return codes;
}

class MetaCommand final : public Command {
  public:
    std::string name() const override { return "meta"; }

    std::string summary() const override { return "Put studies together: meta-analysis and meta-regression"; }

    std::string manual() const override {
        return "One row a study: its effect with the variance of that, or what the effect is computed "
               "from.\n\n"
               "  groundwork meta trials.csv --yi d --vi var_d --knha\n"
               "  groundwork meta trials.csv --measure SMD --m1 mt --sd1 st --n1 nt --m2 mc --sd2 sc --n2 nc "
               "\\\n"
               "      --mods 'weeks + format' --label author --egger --trim-fill\n\n"
               "Without --mods: the mean effect, how much studies differ (tau2, I2, its interval) and where "
               "the\n"
               "effect of a new study is to be expected (prediction interval). With --mods: what explains "
               "the\n"
               "differences; text columns are categories.\n\n"
               "Methods for tau2: REML (default) ML DL PM EB HE SJ HS HSk, and FE (equal effects).\n"
               "With few studies use --knha: z tests then claim too much.\n\n"
               "Measures, named as in R's metafor, which also names their columns (--ai --bi --m1i ...):\n" +
               list_of_measures() +
               "\nPPC1 and PPC2 are pre-post-control changes: --m1post --m1pre --sd1pre --n1 --m2post ... "
               "--ri.\n"
               "In 2x2 tables --n1 and --n2 may replace --bi and --di.";
    }

    void declare(Options& options) override {
        options.positional("FILE", file_, Need::required, "the studies: CSV, XLSX, SAV or DTA");
        options.text("--yi", "COL", effect_, "effects");
        options.text("--vi", "COL", variance_, "their sampling variances");
        options.text("--sei", "COL", standard_error_, "their standard errors, instead of --vi");
        options.text("--measure", "NAME", measure_, "compute the effects, e.g. SMD, SMCR, OR, ZCOR");
        for (const std::string_view input : inputs) {
            options.text(option_names(input), "COL", input_columns_[std::string(input)],
                         std::string(statistics::effect_input_title(input)));
        }
        options.number("--add", "NUMBER", add_, "add this to cells of tables with zeros (0.5)");
        options.text("--to", "WHICH", to_, "add to: only0 (default), if0all, all, none");
        options.flag("--drop00", drop_double_zeros_, "leave out tables without events in both groups");
        options.text("--vtype", "TYPE", variance_type_, "variance of SMD: LS (default) or UB");
        options.text("--method", "METHOD", method_, "estimator of tau2 (REML)");
        options.flag("--knha", knapp_hartung_,
                     "Knapp-Hartung: t tests that allow for the uncertainty of tau2");
        options.text("--test", "TEST", test_,
                     "z (default), t, knha or adhoc (knha, but never below z's errors)");
        options.number("--level", "PERCENT", level_, "level of intervals (95)");
        options.text("--mods", "TERMS", moderators_, "moderators as in R, e.g. 'weeks + format'");
        options.text("--subgroup", "COL", subgroup_, "the mean within each group, and whether they differ");
        options.text("--cluster", "COL", cluster_, "effects of one study belong together: three levels");
        options.flag("--egger", egger_, "Egger's test for small-study effects");
        options.flag("--trim-fill", trim_fill_, "trim and fill: studies that seem to be missing");
        options.text("--trim-estimator", "NAME", trim_estimator_, "L0 (default) or R0");
        options.text("--side", "SIDE", side_, "where studies are missing: left, right; found if not given");
        options.flag("--leave-one-out", leave_one_out_, "the result without each study in turn");
        options.integer("--permutations", "N", permutations_, "permutation test with N permutations");
        options.integer("--seed", "N", seed_, "of the permutations (1)");
        options.text("--label,--slab", "COL", label_, "what the studies are called");
        options.flag("--studies", show_studies_, "one line for each study, too");
        options.list("--mutate", "NAME=EXPRESSION", mutations_, "make a column first; repeatable");
        options.list("--where", "CONDITION", conditions_, "keep only the rows that satisfy this; repeatable");
        options.list("--factor", "COL", factors_, "treat this column of numbers as categories; repeatable");
        options.list("--contrast", "COL=KIND", contrasts_,
                     "treatment (default), sum, helmert, poly; repeatable");
        options.list("--reference", "COL=VALUE", references_, "what others are compared with; repeatable");
    }

    Result<void> run(Console& console) override {
        const Clock::time_point start = Clock::now();
        const statistics::MetaOptions options = TRY(meta_options());
        const table::Frame frame = TRY(read());
        MetaFindings findings;
        findings.seconds.read = seconds_since(start);
        const Clock::time_point fit_start = Clock::now();
        const Result<void> analysed = analyse(frame, options, findings);
        if (!analysed) {
            return fail(placed(analysed.error(), frame));
        }
        findings.seconds.fit = seconds_since(fit_start);
        findings.seconds.total = seconds_since(start);
        if (console.wants_json()) {
            console.print_json(meta_as_json(findings));
        } else {
            print_meta(console.out(), findings, {show_studies_});
        }
        return {};
    }

  private:
    // The library counts rows from the first study; people, in their file.
    Error placed(Error error, const table::Frame& frame) const {
        Place place = error.place();
        if (place.row && *place.row >= 2 && *place.row - 2 < frame.rows()) {
            place.row = frame.source_row(*place.row - 2);
        }
        Error better = std::move(error).at(std::move(place));
        if (better.kind() == ErrorKind::unacceptable) {
            better.set_file_if_unknown(file_);
        }
        return better;
    }

    Result<statistics::MetaOptions> meta_options() const {
        statistics::MetaOptions options;
        const auto method = statistics::heterogeneity_method(method_);
        if (!method) {
            return fail(usage_error("is no method to estimate tau2." +
                                    suggestion(method_, statistics::heterogeneity_method_names()))
                            .value(method_));
        }
        options.method = *method;
        const std::map<std::string, statistics::CoefficientTest> tests = {
            {"z", statistics::CoefficientTest::normal},
            {"t", statistics::CoefficientTest::student_t},
            {"knha", statistics::CoefficientTest::knapp_hartung},
            {"adhoc", statistics::CoefficientTest::knapp_hartung_at_least_one}};
        if (!tests.contains(test_)) {
            return fail(usage_error("--test takes z, t, knha or adhoc").value(test_));
        }
        options.test =
            knapp_hartung_ && test_ == "z" ? statistics::CoefficientTest::knapp_hartung : tests.at(test_);
        if (!(level_ > 0 && level_ < 100)) {
            return fail(usage_error("--level is a percentage between 0 and 100").value(shortest(level_)));
        }
        options.level = level_ / 100;
        return options;
    }

    Result<table::Frame> read() const {
        table::Frame frame = TRY(table::read_table(file_));
        for (const std::string& mutation : mutations_) {
            TRY_DO(table::mutate(frame, mutation));
        }
        for (const std::string& condition : conditions_) {
            frame = TRY(table::where(frame, condition));
        }
        return frame;
    }

    Result<std::span<const double>> numbers(const table::Frame& frame, const std::string& column) const {
        const table::Column* found = TRY(frame.find(column));
        if (found->kind() == table::ColumnKind::text) {
            return fail(unacceptable("must hold numbers, but it holds text.").at(file_, column));
        }
        return found->numbers();
    }

    Result<statistics::EffectSizes> effects(const table::Frame& frame) const {
        if (measure_.empty() == effect_.empty()) {
            return fail(
                usage_error("Give either effects (--yi with --vi or --sei) or what they are computed from "
                            "(--measure with its columns)."));
        }
        if (!measure_.empty()) {
            return computed_effects(frame);
        }
        if (variance_.empty() == standard_error_.empty()) {
            return fail(usage_error("Effects need their variances (--vi) or their standard errors (--sei)."));
        }
        const auto effect = TRY(numbers(frame, effect_));
        const auto spread = TRY(numbers(frame, variance_.empty() ? standard_error_ : variance_));
        statistics::EffectSizes sizes;
        sizes.effects.assign(effect.begin(), effect.end());
        sizes.variances.assign(spread.begin(), spread.end());
        if (variance_.empty()) {
            for (double& value : sizes.variances) {
                value = value < 0 ? value : value * value;  // a negative error is refused as a variance is
            }
        }
        return sizes;
    }

    Result<statistics::EffectSizes> computed_effects(const table::Frame& frame) const {
        TRY(statistics::find_effect_measure(measure_));
        std::vector<statistics::EffectInput> given;
        for (const auto& [input, column] : input_columns_) {
            if (!column.empty()) {
                given.push_back({input, TRY(numbers(frame, column))});
            }
        }
        statistics::EffectSizeOptions options;
        options.add = add_;
        options.drop_double_zeros = drop_double_zeros_;
        const std::map<std::string, statistics::ZeroCells> choices = {
            {"only0", statistics::ZeroCells::only_tables_with_zeros},
            {"if0all", statistics::ZeroCells::all_if_any_has_zeros},
            {"all", statistics::ZeroCells::all},
            {"none", statistics::ZeroCells::none}};
        if (!choices.contains(to_)) {
            return fail(usage_error("--to takes only0, if0all, all or none").value(to_));
        }
        options.to = choices.at(to_);
        if (variance_type_ != "LS" && (variance_type_ != "UB" || measure_ != "SMD")) {
            return fail(usage_error("--vtype takes LS, or UB for SMD").value(variance_type_));
        }
        options.variance = variance_type_ == "UB" ? statistics::VarianceFormula::unbiased
                                                  : statistics::VarianceFormula::large_sample;
        return statistics::effect_sizes(measure_, given, options);
    }

    Result<void> analyse(const table::Frame& frame, const statistics::MetaOptions& options,
                         MetaFindings& findings) const {
        const statistics::EffectSizes sizes = TRY(effects(frame));
        findings.measure = measure_;
        findings.level = options.level;
        findings.rows = frame.rows();
        if (moderators_.empty()) {
            findings.studies = TRY(statistics::make_studies(sizes.effects, sizes.variances));
        } else {
            const ModelColumns columns = TRY(ModelColumns::of(frame, {factors_, references_, contrasts_}));
            findings.studies =
                TRY(statistics::make_studies(sizes.effects, sizes.variances, moderators_, columns.data()));
        }
        TRY_DO(name_studies(frame, findings));
        if (!cluster_.empty()) {
            return analyse_clusters(frame, options, findings);
        }
        const statistics::Studies& studies = findings.studies;
        findings.model = TRY(statistics::fit_meta_analysis(studies, options));
        if (studies.count() > studies.coefficients()) {
            findings.tau2_interval = statistics::q_profile_interval(studies, options.level);
        }
        findings.r2 = statistics::moderated_share(studies, findings.model, options);
        return analyse_further(frame, options, findings);
    }

    Result<void> analyse_further(const table::Frame& frame, const statistics::MetaOptions& options,
                                 MetaFindings& findings) const {
        const statistics::Studies& studies = findings.studies;
        if (egger_) {
            findings.egger =
                TRY(statistics::egger_test(studies, options, statistics::EggerModel::mixed_effects));
            findings.egger_lm =
                TRY(statistics::egger_test(studies, options, statistics::EggerModel::weighted_lm));
        }
        if (trim_fill_) {
            const auto [estimator, side] = TRY(trim_options());
            findings.filled = TRY(statistics::trim_and_fill(studies, options, estimator, side));
        }
        if (leave_one_out_) {
            findings.left_out = statistics::leave_one_out(studies, options);
        }
        if (!subgroup_.empty()) {
            std::vector<std::string> levels;
            const auto codes = codes_of(*TRY(frame.find(subgroup_)), levels);
            findings.subgroup = subgroup_;
            findings.subgroups = TRY(statistics::compare_subgroups(studies, codes, levels, options));
        }
        if (permutations_ != 0) {
            if (permutations_ < 1 || permutations_ > 10'000'000) {
                return fail(usage_error("--permutations is a number from 1 to 10000000"));
            }
            findings.permutation = TRY(statistics::permutation_test(
                studies, options,
                {static_cast<std::size_t>(permutations_), static_cast<std::uint64_t>(seed_)}));
        }
        return {};
    }

    Result<std::pair<statistics::TrimEstimator, statistics::FunnelSide>> trim_options() const {
        if (trim_estimator_ != "L0" && trim_estimator_ != "R0") {
            return fail(usage_error("--trim-estimator takes L0 or R0").value(trim_estimator_));
        }
        if (!side_.empty() && side_ != "left" && side_ != "right") {
            return fail(usage_error("--side takes left or right").value(side_));
        }
        return std::pair(
            trim_estimator_ == "L0" ? statistics::TrimEstimator::l0 : statistics::TrimEstimator::r0,
            side_.empty()     ? statistics::FunnelSide::found
            : side_ == "left" ? statistics::FunnelSide::left
                              : statistics::FunnelSide::right);
    }

    Result<void> analyse_clusters(const table::Frame& frame, const statistics::MetaOptions& options,
                                  MetaFindings& findings) const {
        if (egger_ || trim_fill_ || leave_one_out_ || !subgroup_.empty() || permutations_ != 0) {
            return fail(
                usage_error("--egger, --trim-fill, --leave-one-out, --subgroup and --permutations are for "
                            "independent effects.")
                    .remedy("Leave --cluster out, or use --mods with it."));
        }
        std::vector<std::string> levels;
        const auto codes = codes_of(*TRY(frame.find(cluster_)), levels);
        findings.cluster = cluster_;
        findings.three_level = TRY(statistics::fit_three_level(findings.studies, codes, options));
        findings.model.test = options.test;
        findings.model.dropped = findings.studies.dropped;
        return {};
    }

    Result<void> name_studies(const table::Frame& frame, MetaFindings& findings) const {
        const table::Column* column = label_.empty() ? nullptr : TRY(frame.find(label_));
        for (const std::size_t row : findings.studies.used) {
            const bool named = column != nullptr && !column->is_missing(row);
            findings.labels.push_back(named ? column->text(row)
                                            : "row " + std::to_string(frame.source_row(row)));
        }
        return {};
    }

    std::string file_, effect_, variance_, standard_error_, measure_, to_ = "only0", variance_type_ = "LS";
    std::string method_ = "REML", test_ = "z", moderators_, subgroup_, cluster_, label_,
                trim_estimator_ = "L0", side_;
    std::map<std::string, std::string> input_columns_;  // under metafor's names; "" where not given
    double add_ = 0.5, level_ = 95;
    long long permutations_ = 0, seed_ = 1;
    bool knapp_hartung_ = false, egger_ = false, trim_fill_ = false, leave_one_out_ = false,
         drop_double_zeros_ = false, show_studies_ = false;
    std::vector<std::string> mutations_, conditions_, factors_, references_, contrasts_;
};

}  // namespace

std::unique_ptr<Command> make_meta_command() { return std::make_unique<MetaCommand>(); }

}  // namespace groundwork::command
