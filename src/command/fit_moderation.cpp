#include "command/fit_moderation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "command/fit_question.h"
#include "command/output.h"
#include "foundation/foundation.h"

namespace groundwork::command {

namespace {

using statistics::Adjustment;
using statistics::Averaging;
using statistics::Coefficients;
using statistics::Data;
using statistics::Estimate;
using statistics::Focal;
using statistics::FTest;
using statistics::Held;
using statistics::Interval;
using statistics::JohnsonNeyman;
using statistics::MarginalTable;
using statistics::ModeratedEffect;
using statistics::ObservedModerator;
using statistics::Predictor;
using statistics::Predictors;
using statistics::Region;

json::object as_json(const Estimate& one) {
    return {{"term", one.term},           {"estimate", one.estimate},
            {"se", one.standard_error},   {"df", one.degrees_of_freedom},
            {"statistic", one.statistic}, {"p", one.p}};
}
json::array as_json(const Interval& interval) { return {interval.low, interval.high}; }
bool by_kenward_roger(const FTest& test) { return !std::isnan(test.scaling); }
json::object as_json(const FTest& test) {
    json::object object = {{"F", test.statistic},
                           {"df1", test.numerator_degrees},
                           {"df2", test.denominator_degrees},
                           {"p", test.p}};
    if (by_kenward_roger(test)) {
        object["ddf"] = "kenward-roger";
        object["F_scaling"] = test.scaling;  // F is the Wald statistic over df1, times this
    }
    return object;
}
json::object places(const std::vector<std::string>& names, const std::vector<std::string>& at) {
    json::object object;
    for (std::size_t k = 0; k < names.size() && k < at.size(); ++k) {
        object[names[k]] = at[k];
    }
    return object;
}
const char* word_of(statistics::Verdict verdict) {
    return verdict == statistics::Verdict::positive   ? "above zero"
           : verdict == statistics::Verdict::negative ? "below zero"
                                                      : "cannot say";
}

void add_numbers(std::vector<std::string>& row, const Estimate& one) {
    for (const std::string& cell :
         {shown(one.estimate), shown(one.standard_error), shown(one.degrees_of_freedom, "{:.2f}"),
          shown(one.statistic, "{:.3f}"), shown_p(one.p)}) {
        row.push_back(cell);
    }
}

void append(FitAnswers& answers, const char* key, json::object entry) {
    answers.document.emplace(key, json::array{}).first->value().as_array().push_back(std::move(entry));
}

// Everything about one model that the questions share.
struct Asked {
    const Coefficients& coefficients;
    const Predictors& predictors;
    Averaging averaging;
    std::vector<double> reliabilities;  // by predictor; 1 where none was given
    FitAnswers& answers;
};

std::string heading(const MarginalTable& table) {
    std::string words = table.effect == "mean" ? "Mean" : "Effect of " + table.effect;
    for (std::size_t k = 0; k < table.by.size(); ++k) {
        words += (k == 0 ? " by " : ", ") + table.by[k];
    }
    return "\n" + words + "\n";
}

void show(const Asked& asked, const char* key, const MarginalTable& table) {
    std::vector<std::vector<std::string>> rows = {table.by};
    for (const char* word : {"estimate", "se", "df", "t", "p", "low", "high"}) {
        rows.front().emplace_back(word);
    }
    json::array cells;
    for (const statistics::MarginalCell& cell : table.cells) {
        std::vector<std::string> row = cell.at;
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (const std::optional<double> number = to_number(row[k]); number && row[k].size() > 8) {
                row[k] = shown(*number);
            }
        }
        add_numbers(row, cell.estimate);
        row.push_back(shown(cell.interval.low));
        row.push_back(shown(cell.interval.high));
        rows.push_back(std::move(row));
        json::object entry = as_json(cell.estimate);
        entry["at"] = places(table.by, cell.at);
        entry["interval"] = as_json(cell.interval);
        cells.push_back(std::move(entry));
    }
    asked.answers.tables += heading(table) + table_of(rows, table.by.size());
    append(asked.answers, key, {{"effect", table.effect}, {"cells", std::move(cells)}});
}

Result<void> ask_slopes(const Asked& asked, const std::string& text) {
    const Question question = TRY(read_question(text, asked.predictors, "--slopes"));
    std::vector<statistics::Along> along;
    std::vector<std::vector<std::string>> labels;  // where the values shown are true scores
    for (const QuestionAlong& by : question.by) {
        statistics::Along one{by.predictor, by.values};
        const Predictor& predictor = asked.predictors.list()[by.predictor];
        std::vector<std::string> names;
        if (!predictor.has_levels()) {
            const ObservedModerator people = statistics::observed_moderator(asked.predictors, by.predictor);
            const double reliability = asked.reliabilities[by.predictor];
            const double spread = people.standard_deviation * std::sqrt(reliability);
            if (one.values.empty()) {
                one.values = {people.mean - spread, people.mean, people.mean + spread};
            }
            for (double& value : one.values) {
                names.push_back(shortest(value));
                value = people.mean + (value - people.mean) / reliability;
            }
        }
        labels.push_back(std::move(names));
        along.push_back(std::move(one));
    }
    for (const Focal& focal : TRY(focal_effects(question, asked.predictors))) {
        MarginalTable table =
            TRY(marginal_table(asked.coefficients, asked.predictors, focal, along, {asked.averaging}));
        std::size_t stride = 1;
        for (std::size_t k = 0; k < along.size(); ++k) {
            const std::size_t count = labels[k].empty()
                                          ? asked.predictors.list()[along[k].predictor].levels.size()
                                          : labels[k].size();
            for (std::size_t cell = 0; cell < table.cells.size() && !labels[k].empty(); ++cell) {
                table.cells[cell].at[k] = labels[k][cell / stride % count];
            }
            stride *= along[k].values.empty() ? count : along[k].values.size();
        }
        show(asked, "slopes", table);
    }
    return {};
}

json::object as_json(const statistics::RegionSet& set) {
    json::array regions;
    for (const Region& region : set.regions) {
        regions.push_back(json::object{{"from", region.from},
                                       {"to", region.to},
                                       {"verdict", word_of(region.verdict)},
                                       {"share", region.share}});
    }
    return {{"boundaries", json::array(set.boundaries.begin(), set.boundaries.end())}, {"regions", regions}};
}

json::object as_json(const JohnsonNeyman& result) {
    json::array band;
    for (const statistics::BandPoint& point : result.band) {
        json::object entry = as_json(point.effect);
        entry["moderator"] = point.moderator;
        entry["pointwise"] = as_json(point.pointwise);
        entry["simultaneous"] = as_json(point.simultaneous);
        band.push_back(std::move(entry));
    }
    json::object simultaneous = as_json(result.simultaneous);
    simultaneous["critical_value"] = result.critical_value;
    return {{"moderation", as_json(result.moderation)},
            {"pointwise", as_json(result.pointwise)},
            {"simultaneous", std::move(simultaneous)},
            {"searched", json::array{result.searched_low, result.searched_high}},
            {"band", std::move(band)}};
}

std::vector<std::string> region_row(const std::string& kind, const Region& region) {
    return {kind, word_of(region.verdict), shown(region.from), shown(region.to),
            fmt::format("{:.1f} %", 100 * region.share)};
}

void show_region(const Asked& asked, const JohnsonNeyman& result, const ObservedModerator& people) {
    std::vector<std::vector<std::string>> rows = {
        {"interval", "effect", "from", "to", people.unit.empty() ? "rows" : "of " + people.unit}};
    for (const Region& region : result.pointwise.regions) {
        rows.push_back(region_row("pointwise", region));
    }
    for (const Region& region : result.simultaneous.regions) {
        rows.push_back(region_row("simultaneous", region));
    }
    asked.answers.tables += table_of(rows, 2);
    std::string boundaries;
    for (const double boundary : result.pointwise.boundaries) {
        boundaries += (boundaries.empty() ? "" : ", ") + shown(boundary);
    }
    asked.answers.tables += fmt::format(
        "Boundaries: {}. Change for one unit: {} (se {}, p {}). Simultaneous critical value {}.\n",
        boundaries.empty() ? "none" : boundaries, shown(result.moderation.estimate),
        shown(result.moderation.standard_error), shown_p(result.moderation.p),
        shown(result.critical_value, "{:.4f}"));
}

// One region, or one for each time, of one effect with some factors held.
struct RegionTask {
    Focal focal;
    std::vector<Held> held;
    std::size_t moderator = 0;
    std::optional<QuestionAlong> time;
    std::string name;
};

Result<ModeratedEffect> effect_of(const Asked& asked, const RegionTask& task, const std::vector<Held>& held,
                                  const ObservedModerator& people) {
    const ModeratedEffect effect = TRY(
        statistics::moderated_effect(asked.predictors, task.focal, held, task.moderator, asked.averaging));
    return calibrated(effect, asked.reliabilities[task.moderator], people.mean);
}

Result<void> ask_region(const Asked& asked, const RegionTask& task) {
    const ObservedModerator observed = statistics::observed_moderator(asked.predictors, task.moderator);
    const double reliability = asked.reliabilities[task.moderator];
    const ObservedModerator people = statistics::calibrated(observed, reliability);
    const std::string& moderator = asked.predictors.list()[task.moderator].name;
    json::object entry{{"effect", task.name},
                       {"moderator", moderator},
                       {"unit", people.unit},
                       {"mean", people.mean},
                       {"observed", json::array{people.low, people.high}},
                       {"reliability", reliability}};
    asked.answers.tables += fmt::format(
        "\nEffect of {} along {} ({} to {}{})\n", task.name, moderator, shown(people.low), shown(people.high),
        reliability < 1 ? ", true scores at reliability " + shown(reliability) : "");
    if (!task.time) {
        const ModeratedEffect effect = TRY(effect_of(asked, task, task.held, observed));
        const JohnsonNeyman result = statistics::johnson_neyman(asked.coefficients, effect, people);
        show_region(asked, result, people);
        for (auto& [key, value] : as_json(result)) {
            entry[key] = std::move(value);
        }
        append(asked.answers, "johnson_neyman", std::move(entry));
        return {};
    }
    std::vector<std::pair<double, ModeratedEffect>> effects;
    for (const double time : task.time->values) {
        std::vector<Held> held = task.held;
        held.push_back({task.time->predictor, time});
        effects.emplace_back(time, TRY(effect_of(asked, task, std::move(held), observed)));
    }
    const statistics::RegionPlane plane =
        statistics::johnson_neyman_plane(asked.coefficients, effects, people);
    const std::string& time_name = asked.predictors.list()[task.time->predictor].name;
    json::array moments;
    std::vector<std::vector<std::string>> rows = {
        {time_name, "interval", "effect", "from", "to", people.unit.empty() ? "rows" : "of " + people.unit}};
    for (const statistics::MomentRegion& moment : plane.moments) {
        for (const auto* set : {&moment.region.pointwise, &moment.region.simultaneous}) {
            for (const Region& region : set->regions) {
                std::vector<std::string> row =
                    region_row(set == &moment.region.pointwise ? "pointwise" : "simultaneous", region);
                row.insert(row.begin(), shown(moment.time));
                rows.push_back(std::move(row));
            }
        }
        json::object one = as_json(moment.region);
        one["time"] = moment.time;
        moments.push_back(std::move(one));
    }
    asked.answers.tables += table_of(rows, 3);
    asked.answers.tables += fmt::format("One critical value for all of it: {} (simulated).\n",
                                        shown(plane.critical_value, "{:.3f}"));
    entry["time"] = time_name;
    entry["critical_value"] = plane.critical_value;
    entry["moments"] = std::move(moments);
    append(asked.answers, "johnson_neyman", std::move(entry));
    return {};
}

Result<void> ask_regions(const Asked& asked, const std::string& text) {
    const Question question = TRY(read_question(text, asked.predictors, "--johnson-neyman"));
    std::vector<RegionTask> tasks = {{}};
    bool has_moderator = false;
    for (const QuestionAlong& by : question.by) {
        const Predictor& predictor = asked.predictors.list()[by.predictor];
        if (!predictor.has_levels()) {
            for (RegionTask& task : tasks) {
                if (!has_moderator) {
                    task.moderator = by.predictor;
                    continue;
                }
                task.time = by;
                for (int step = 0; by.values.empty() && step <= 6; ++step) {
                    task.time->values.push_back(predictor.low + (predictor.high - predictor.low) * step / 6);
                }
            }
            has_moderator = true;
            continue;
        }
        std::vector<RegionTask> longer;
        for (const RegionTask& task : tasks) {
            for (std::size_t level = 0; level < predictor.levels.size(); ++level) {
                const auto place = static_cast<double>(level);
                if (by.values.empty() ||
                    std::find(by.values.begin(), by.values.end(), place) != by.values.end()) {
                    longer.push_back(task);
                    longer.back().held.push_back({by.predictor, place});
                    longer.back().name += ", " + predictor.name + " " + predictor.levels[level];
                }
            }
        }
        tasks = std::move(longer);
    }
    if (!has_moderator) {
        return fail(usage_error("--johnson-neyman needs a moderator measured as a number, like 'week by scc'")
                        .value(text));
    }
    for (RegionTask& task : tasks) {
        const std::string where = task.name;
        for (const Focal& focal : TRY(focal_effects(question, asked.predictors))) {
            task.focal = focal;
            task.name = statistics::effect_name(asked.predictors, focal) + where;
            TRY_DO(ask_region(asked, task));
        }
    }
    return {};
}

void ask_type_three(const Asked& asked) {
    std::vector<std::vector<std::string>> rows = {{"Term", "F", "df1", "df2", "p"}};
    json::array list;
    bool kenward_roger = false;
    for (const statistics::TermTest& term :
         statistics::type_three_tests(asked.coefficients, asked.predictors)) {
        rows.push_back({term.term, shown(term.test.statistic, "{:.4f}"),
                        shown(term.test.numerator_degrees, "{:.0f}"),
                        shown(term.test.denominator_degrees, "{:.2f}"), shown_p(term.test.p)});
        json::object entry = as_json(term.test);
        entry["term"] = term.term;
        list.push_back(std::move(entry));
        kenward_roger = kenward_roger || by_kenward_roger(term.test);
    }
    asked.answers.tables += std::string("\nEach term beside all others (type III") +
                            (kenward_roger ? "; Kenward and Roger's F" : "") + ")\n" + table_of(rows, 1);
    asked.answers.document["type3"] = std::move(list);
}

Result<void> ask_means(const Asked& asked, const std::string& text, Adjustment adjustment) {
    const Question question = TRY(read_question(text, asked.predictors, "--emmeans"));
    std::vector<statistics::Along> along;
    for (const std::string& name : question.focal) {
        const std::size_t place = TRY(asked.predictors.find(name));
        if (!asked.predictors.list()[place].has_levels()) {
            return fail(
                usage_error("--emmeans takes categories before \"by\"; for a number ask for --slopes, or "
                            "write it after \"by\" with values")
                    .value(name));
        }
        along.push_back({place, {}});
    }
    for (const QuestionAlong& by : question.by) {
        along.push_back({by.predictor, by.values});
        const Predictor& predictor = asked.predictors.list()[by.predictor];
        if (!predictor.has_levels() && by.values.empty()) {
            along.back().values = {predictor.mean};
        }
    }
    const MarginalTable table =
        TRY(marginal_table(asked.coefficients, asked.predictors, {}, along, {asked.averaging}));
    show(asked, "emmeans", table);
    std::vector<std::vector<std::string>> rows = {
        {"Difference", "where", "estimate", "se", "df", "t", "p", "adjusted p"}};
    json::array pairs;
    for (const statistics::Comparison& one :
         statistics::pairwise(asked.coefficients, table, question.focal.size(), adjustment)) {
        std::string where;
        for (const std::string& place : one.at) {
            where += (where.empty() ? "" : " ") + place;
        }
        std::vector<std::string> row = {one.estimate.term, where};
        add_numbers(row, one.estimate);
        row.push_back(shown_p(one.adjusted_p));
        rows.push_back(std::move(row));
        json::object entry = as_json(one.estimate);
        entry["at"] = places(
            {table.by.begin() + static_cast<std::ptrdiff_t>(question.focal.size()), table.by.end()}, one.at);
        entry["adjusted_p"] = one.adjusted_p;
        pairs.push_back(std::move(entry));
    }
    asked.answers.tables += table_of(rows, 2);
    asked.answers.document["emmeans"].as_array().back().as_object()["pairs"] = std::move(pairs);
    return {};
}

Result<void> ask_contrast(const Asked& asked, const std::string& text) {
    const statistics::Matrix contrasts = TRY(read_contrasts(text, asked.coefficients.names));
    const FTest test = statistics::joint_test(asked.coefficients, contrasts);
    std::string line = fmt::format("\n{} = 0: F = {} on {} and {} degrees of freedom{}, p {}\n", text,
                                   shown(test.statistic, "{:.4f}"), shown(test.numerator_degrees, "{:.0f}"),
                                   shown(test.denominator_degrees, "{:.2f}"),
                                   by_kenward_roger(test) ? " (Kenward-Roger)" : "", shown_p(test.p));
    json::object entry = as_json(test);
    entry["contrast"] = text;
    if (contrasts.rows == 1) {
        const Estimate one = statistics::combination(asked.coefficients, contrasts.values, text);
        line += fmt::format("estimate {}, se {}\n", shown(one.estimate), shown(one.standard_error));
        entry["estimate"] = one.estimate;
        entry["se"] = one.standard_error;
    }
    asked.answers.tables += line;
    append(asked.answers, "contrasts", std::move(entry));
    return {};
}

void show_robust(const Coefficients& robust, const std::string& cluster, FitAnswers& answers) {
    std::vector<std::vector<std::string>> rows = {{"Effect", "estimate", "robust se", "df", "t", "p"}};
    json::array fixed;
    for (std::size_t k = 0; k < robust.names.size(); ++k) {
        std::vector<double> weights(robust.names.size(), 0.0);
        weights[k] = 1;
        const Estimate one = statistics::combination(robust, weights, robust.names[k]);
        rows.push_back({one.term});
        add_numbers(rows.back(), one);
        fixed.push_back(as_json(one));
    }
    answers.tables += "\nStandard errors robust to any dependence within " + cluster +
                      " (CR2); what follows uses them\n" + table_of(rows, 1);
    answers.document["robust"] = json::object{{"cluster", cluster}, {"fixed", std::move(fixed)}};
}

void ask_intervals(const Asked& asked) {
    std::vector<std::vector<std::string>> rows = {{"Effect", "estimate", "low", "high"}};
    json::array intervals;
    for (std::size_t k = 0; k < asked.coefficients.names.size(); ++k) {
        std::vector<double> weights(asked.coefficients.names.size(), 0.0);
        weights[k] = 1;
        const Estimate one =
            statistics::combination(asked.coefficients, weights, asked.coefficients.names[k]);
        const statistics::Interval interval = statistics::confidence_interval(one);
        rows.push_back({one.term, shown(one.estimate), shown(interval.low), shown(interval.high)});
        intervals.push_back(
            json::object{{"term", one.term}, {"ci", json::array{known(interval.low), known(interval.high)}}});
    }
    asked.answers.tables +=
        "\nIntervals of 95 %, estimate -/+ t times its standard error\n" + table_of(rows, 1);
    asked.answers.document["intervals"] = std::move(intervals);
}

Result<std::vector<double>> read_reliabilities(const std::vector<std::string>& texts,
                                               const Predictors& predictors) {
    std::vector<double> reliabilities(predictors.list().size(), 1.0);
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        const std::optional<double> value = equals == std::string::npos
                                                ? std::nullopt
                                                : to_number(trim(std::string_view(text).substr(equals + 1)));
        if (!value || !(*value > 0) || !(*value <= 1)) {
            return fail(
                usage_error("--reliability is written MODERATOR=ALPHA with a number above 0 and up to 1, "
                            "for example scc=0.86")
                    .value(text));
        }
        reliabilities[TRY(predictors.find(trim(std::string_view(text).substr(0, equals))))] = *value;
    }
    return reliabilities;
}

}  // namespace

std::string FitQuestions::manual() {
    return "Questions about the fitted model (all may be repeated):\n"
           "  --slopes 'week by arm by scc'      the slope of week in each arm, at -1, 0, +1 sd of people's "
           "scc\n"
           "  --slopes 'week by arm by scc=-1,1'  the same at values of one's own\n"
           "  --johnson-neyman 'week by scc by arm'  where along scc the slope can be told from zero, in "
           "each arm;\n"
           "                                     pointwise and for the whole range at once, with the share "
           "of "
           "people\n"
           "  --johnson-neyman 'week:arm by scc'  the same for the difference between the arms' slopes\n"
           "  --johnson-neyman 'arm by scc by week=0,3,6'  the arms' difference in the plane of scc and "
           "week\n"
           "  --reliability scc=0.86             both at true scores (regression calibration)\n"
           "  --emmeans 'site by arm'            estimated marginal means and their differences\n"
           "  --contrast-test 'week + week:armLKM, armLKM'   sums of coefficients, tested together\n";
}

void FitQuestions::declare(Options& options) {
    options.list("--slopes", "EFFECT by VAR ...", slopes_,
                 "simple slopes, e.g. 'week by arm by scc'; repeatable");
    options.list("--johnson-neyman", "EFFECT by VAR ...", regions_,
                 "regions of a moderator, e.g. 'week by scc by arm'; repeatable");
    options.list("--reliability", "VAR=ALPHA", reliabilities_,
                 "give --slopes and --johnson-neyman at true scores of a moderator of this reliability");
    options.flag("--intervals", intervals_,
                 "95 % intervals of the coefficients by t (Wald); see also --profile");
    options.flag("--type3", type_three_, "an F test of each term beside all others");
    options.list("--emmeans", "FACTOR by VAR ...", means_, "marginal means and differences; repeatable");
    options.text("--adjust", "METHOD", adjust_,
                 "for those differences: tukey (default), holm, bonferroni, none");
    options.text("--averaging", "HOW", averaging_,
                 "over categories not asked for: equal (default) or proportional to their rows");
    options.list("--contrast-test", "SUMS", contrasts_, "sums of coefficients that may be zero; repeatable");
    options.text("--robust", "COL", robust_, "cluster-robust standard errors (CR2) by this column");
}

bool FitQuestions::any() const {
    return intervals_ || type_three_ || !robust_.empty() || !slopes_.empty() || !regions_.empty() ||
           !means_.empty() || !contrasts_.empty();
}

template <class Model>
Result<FitAnswers> FitQuestions::answer_of(const Model& model, const std::string& formula, const Data& data,
                                           const std::string& weights) const {
    if (!any()) {
        return FitAnswers{};
    }
    if (robust_.empty()) {
        return answer_all(coefficients_of(model), formula, data);
    }
    if (!weights.empty()) {
        return fail(usage_error("--robust is not available together with --weights"));
    }
    return answer_all(TRY(statistics::cluster_robust(model, formula, data, robust_)), formula, data);
}

Result<FitAnswers> FitQuestions::answer(const statistics::LinearModel& model, const std::string& formula,
                                        const Data& data, const std::string& weights) const {
    return answer_of(model, formula, data, weights);
}

Result<FitAnswers> FitQuestions::answer(const statistics::MixedModel& model, const std::string& formula,
                                        const Data& data, const std::string& weights) const {
    return answer_of(model, formula, data, weights);
}

Result<FitAnswers> FitQuestions::answer_all(const Coefficients& coefficients, const std::string& formula,
                                            const Data& data) const {
    const std::vector<std::pair<std::string, Adjustment>> adjustments = {
        {"tukey", Adjustment::tukey},
        {"holm", Adjustment::holm},
        {"bonferroni", Adjustment::bonferroni},
        {"none", Adjustment::none}};
    const auto adjustment = std::find_if(adjustments.begin(), adjustments.end(),
                                         [&](const auto& one) { return one.first == adjust_; });
    if (adjustment == adjustments.end()) {
        return fail(usage_error("--adjust takes tukey, holm, bonferroni or none").value(adjust_));
    }
    if (averaging_ != "equal" && averaging_ != "proportional") {
        return fail(usage_error("--averaging takes equal or proportional").value(averaging_));
    }
    const Predictors predictors = TRY(Predictors::of(formula, data));
    FitAnswers answers;
    const Asked asked{coefficients, predictors,
                      averaging_ == "equal" ? Averaging::equal : Averaging::proportional,
                      TRY(read_reliabilities(reliabilities_, predictors)), answers};
    if (!robust_.empty()) {
        show_robust(coefficients, robust_, answers);
    }
    if (intervals_) {
        ask_intervals(asked);
    }
    if (type_three_) {
        ask_type_three(asked);
    }
    for (const std::string& text : slopes_) {
        TRY_DO(ask_slopes(asked, text));
    }
    for (const std::string& text : regions_) {
        TRY_DO(ask_regions(asked, text));
    }
    for (const std::string& text : means_) {
        TRY_DO(ask_means(asked, text, adjustment->second));
    }
    for (const std::string& text : contrasts_) {
        TRY_DO(ask_contrast(asked, text));
    }
    return answers;
}

}  // namespace groundwork::command
