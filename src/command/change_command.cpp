// groundwork change: reliable change of each person between two occasions, every input printed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "command/answers.h"
#include "command/commands.h"
#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using namespace instrument;

// The inputs of the criterion, each with where it comes from.
struct Sources {
    ChangeInputs inputs;
    std::string sd_from, reliability_from;
};

struct Person {
    std::string id, group;
    std::optional<double> before, after;
    std::optional<Change> change;
};

struct Shares {
    std::optional<std::string> group;
    std::size_t n = 0, improved = 0, unchanged = 0, worse = 0, missing = 0;
};

std::string change_in_words(Change change) {
    switch (change) {
        case Change::improved: return "improved";
        case Change::unchanged: return "unchanged";
        case Change::worse: return "worse";
    }
    ENSURE(false);
    return "";
}

class ChangeCommand : public Command {
  public:
    std::string name() const override { return "change"; }
    std::string summary() const override {
        return "Who changed by more than measurement error, between two occasions";
    }
    std::string manual() const override {
        return "Example: groundwork change scs both.csv --id pid --before 'scs_pre_{}' --after "
               "'scs_post_{}'\n"
               "         groundwork change scs both.csv --before scs_pre --after scs_post --sd 0.7662 "
               "--reliability 0.88\n"
               "  --before and --after are columns of items, or one column that holds the score already.\n"
               "\n"
               "A change is reliable when it exceeds 1.96 x sqrt(2) x SD x sqrt(1 - reliability)\n"
               "(Jacobson & Truax 1991). SD and reliability are the first ones that the instrument's file "
               "cites,\n"
               "unless you give both; whatever is used is printed with its source. Reliable is not "
               "important, and\n"
               "a person who changed need not have changed because of the programme.";
    }
    void declare(Options& options) override {
        options.positional("INSTRUMENT", instrument_, Need::required,
                           "its id (`groundwork instruments`) or file");
        options.positional("FILE", file_, Need::required, "one row a person, with both occasions");
        options.text("--before", "T", before_,
                     "item columns before: 'scs_pre_{}' or a,b,c; or one column of scores");
        options.text("--after", "T", after_, "the same after");
        options.text("--scale", "ID", scale_, "the scale to compare (default: total)");
        options.number("--sd", "SD", sd_, "standard deviation before, in the reference group");
        options.number("--reliability", "R", reliability_, "reliability of the scale, 0 to below 1");
        options.text("--better", "WAY", better_, "higher or lower, where the key does not tell");
        options.text("--id", "COL", id_, "column that names each person; otherwise rows are numbered from 1");
        options.text("--group", "COL", group_, "shares for each value of this column");
        options.text("--out", "FILE", out_,
                     "write id, before, after, difference and class to this .csv or .xlsx");
        options.text("--missing", "VALUES", missing_,
                     "further cells that mean missing, e.g. --missing=-99,999");
    }

    Result<void> run(Console& console) override {
        if (before_.empty() || after_.empty()) {
            return fail(usage_error("--before and --after are needed")
                            .remedy("Name the columns, e.g. --before 'scs_pre_{}' --after 'scs_post_{}'."));
        }
        const Instrument instrument = TRY(find_instrument(instrument_));
        const Scale* scale = TRY(find_scale(instrument));
        const BetterWhen better = TRY(find_direction(instrument, *scale));
        const Sources sources = TRY(find_inputs(instrument, *scale));
        const ChangeCriterion criterion = change_criterion(sources.inputs);
        const table::Frame frame = TRY(read_people(file_, missing_, id_));
        note_about_health_answers(console);
        std::vector<Person> people = TRY(read_both(frame, instrument, *scale));
        for (Person& person : people) {
            if (person.before && person.after) {
                person.change = classify_change(*person.before, *person.after, criterion, better);
            }
        }
        if (!out_.empty()) {
            TRY_DO(write(people));
        }
        print(console, instrument, *scale, sources, criterion, better, people);
        return {};
    }

  private:
    Result<const Scale*> find_scale(const Instrument& instrument) const {
        if (const Scale* scale = instrument.find_scale(scale_)) {
            return scale;
        }
        std::vector<std::string> ids;
        std::ranges::transform(instrument.scales, std::back_inserter(ids), &Scale::id);
        return fail(usage_error(fmt::format("is not a scale of {}", instrument.id))
                        .at("", "--scale")
                        .value(scale_)
                        .remedy(std::string(trim(suggestion(scale_, ids)))));
    }

    Result<BetterWhen> find_direction(const Instrument& instrument, const Scale& scale) const {
        if (better_ == "higher" || better_ == "lower") {
            return better_ == "higher" ? BetterWhen::higher : BetterWhen::lower;
        }
        if (!better_.empty()) {
            return fail(usage_error("is neither higher nor lower").at("", "--better").value(better_));
        }
        if (const auto better = better_when(instrument, scale)) {
            return *better;
        }
        return fail(usage_error(fmt::format("the key does not tell whether a higher {} is better", scale.id))
                        .remedy("Say --better higher or --better lower."));
    }

    Result<Sources> find_inputs(const Instrument& instrument, const Scale& scale) const {
        Sources sources;
        if (!std::isnan(sd_)) {
            sources.inputs.standard_deviation = sd_;
            sources.sd_from = "--sd";
        } else if (const auto norm = std::ranges::find_if(
                       scale.norms, [](const Norm& each) { return each.sd.has_value(); });
                   norm != scale.norms.end()) {
            sources.inputs.standard_deviation = *norm->sd;
            sources.sd_from = fmt::format("{}; {}", norm->population, norm->source);
        }
        if (!std::isnan(reliability_)) {
            sources.inputs.reliability = reliability_;
            sources.reliability_from = "--reliability";
        } else if (!scale.reliability.empty()) {
            const Reliability& first = scale.reliability.front();
            sources.inputs.reliability = first.value;
            sources.reliability_from = fmt::format("{}, {}; {}", first.kind, first.population, first.source);
        }
        if (sources.sd_from.empty() || sources.reliability_from.empty()) {
            return fail(
                usage_error(fmt::format("the file of {} cites no {} of {}", instrument.id,
                                        sources.sd_from.empty() ? "standard deviation" : "reliability",
                                        scale.id))
                    .remedy("Give --sd and --reliability from a source that you can cite."));
        }
        if (!(sources.inputs.standard_deviation > 0) || !std::isfinite(sources.inputs.standard_deviation)) {
            return fail(usage_error("must be above 0").at("", "--sd").value(shortest(sd_)));
        }
        if (!(sources.inputs.reliability >= 0 && sources.inputs.reliability < 1)) {
            return fail(usage_error("must be at least 0 and below 1")
                            .at("", "--reliability")
                            .value(shortest(sources.inputs.reliability)));
        }
        return sources;
    }

    Result<std::vector<Person>> read_both(const table::Frame& frame, const Instrument& instrument,
                                          const Scale& scale) const {
        const table::Column* groups = group_.empty() ? nullptr : TRY(frame.find(group_));
        const auto before = TRY(read_scores(frame, instrument, scale, before_));
        const auto after = TRY(read_scores(frame, instrument, scale, after_));
        std::vector<Person> people;
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            Person person;
            person.id = before.ids[row];
            person.group = groups == nullptr ? "" : groups->is_missing(row) ? "(none)" : groups->text(row);
            person.before = before.scores[row];
            person.after = after.scores[row];
            people.push_back(std::move(person));
        }
        return people;
    }

    struct Occasion {
        std::vector<std::string> ids;
        std::vector<std::optional<double>> scores;
    };

    Result<Occasion> read_scores(const table::Frame& frame, const Instrument& instrument, const Scale& scale,
                                 const std::string& columns) const {
        const bool is_score =
            columns.find("{}") == std::string::npos && columns.find(',') == std::string::npos;
        if (is_score) {
            return read_ready_scores(frame, scale, columns);
        }
        const AnswerSheet sheet = TRY(read_answers(frame, instrument, columns, id_));
        const auto index = static_cast<std::size_t>(&scale - instrument.scales.data());
        Occasion occasion{sheet.ids, {}};
        for (const Answers& answers : sheet.answers) {
            occasion.scores.push_back(TRY(score(instrument, answers))[index].value);
        }
        return occasion;
    }

    Result<Occasion> read_ready_scores(const table::Frame& frame, const Scale& scale,
                                       const std::string& name) const {
        Occasion occasion;
        occasion.ids = TRY(read_ids(frame, id_));
        const table::Column* column = TRY(frame.find_numbers(name));
        for (std::size_t row = 0; row < frame.rows(); ++row) {
            if (column->is_missing(row)) {
                occasion.scores.emplace_back();
                continue;
            }
            const double value = column->numbers()[row];
            if (value < scale.minimum || value > scale.maximum) {
                return fail(
                    unacceptable(fmt::format("is outside the range {} to {} of {}", shortest(scale.minimum),
                                             shortest(scale.maximum), scale.id))
                        .at(frame.place(row, name))
                        .value(column->text(row))
                        .remedy("Check that the column holds this scale's score."));
            }
            occasion.scores.emplace_back(value);
        }
        return occasion;
    }

    Result<void> write(const std::vector<Person>& people) const {
        table::Frame frame(out_);
        std::vector<std::optional<std::string>> ids, classes;
        std::vector<double> before, after, difference;
        for (const Person& person : people) {
            ids.emplace_back(person.id);
            before.push_back(person.before.value_or(std::nan("")));
            after.push_back(person.after.value_or(std::nan("")));
            difference.push_back(after.back() - before.back());
            classes.push_back(person.change ? std::optional(change_in_words(*person.change)) : std::nullopt);
        }
        TRY_DO(frame.set(table::Column::of_text("id", ids)));
        TRY_DO(frame.set(table::Column::of_numbers("before", std::move(before))));
        TRY_DO(frame.set(table::Column::of_numbers("after", std::move(after))));
        TRY_DO(frame.set(table::Column::of_numbers("difference", std::move(difference))));
        TRY_DO(frame.set(table::Column::of_text("change", classes)));
        return table::write_table(frame, out_);
    }

    std::vector<Shares> count(const std::vector<Person>& people) const {
        std::vector<Shares> all;
        for (const Person& person : people) {
            const std::optional<std::string> group =
                group_.empty() ? std::nullopt : std::optional(person.group);
            auto place = std::ranges::find(all, group, &Shares::group);
            if (place == all.end()) {
                place = all.insert(all.end(), Shares{.group = group});
            }
            ++place->n;
            place->improved += person.change == Change::improved ? 1 : 0;
            place->unchanged += person.change == Change::unchanged ? 1 : 0;
            place->worse += person.change == Change::worse ? 1 : 0;
            place->missing += person.change ? 0 : 1;
        }
        return all;
    }

    void print(Console& console, const Instrument& instrument, const Scale& scale, const Sources& sources,
               const ChangeCriterion& criterion, BetterWhen better, const std::vector<Person>& people) const {
        const auto shares = count(people);
        std::vector<double> before;
        for (const Person& person : people) {
            before.push_back(person.before.value_or(std::nan("")));
        }
        const double sample_sd = statistics::summarise(before).standard_deviation;
        const std::string better_word = better == BetterWhen::higher ? "higher" : "lower";
        if (console.wants_json()) {
            print_json(console, instrument, scale, sources, criterion, better_word, sample_sd, people.size(),
                       shares);
            return;
        }
        std::ostream& out = console.out();
        out << fmt::format("{}, {}: {} is better\n\n", instrument.name.at("en"), scale.id, better_word);
        out << fmt::format("  standard deviation             {}  ({})\n",
                           shortest(sources.inputs.standard_deviation), sources.sd_from);
        out << fmt::format("  reliability                    {}  ({})\n",
                           shortest(sources.inputs.reliability), sources.reliability_from);
        out << fmt::format("  standard error of measurement  {} x sqrt(1 - {}) = {}\n",
                           shortest(sources.inputs.standard_deviation), shortest(sources.inputs.reliability),
                           fixed(criterion.standard_error_of_measurement, 5));
        out << fmt::format("  standard error of difference   sqrt(2) x {} = {}\n",
                           fixed(criterion.standard_error_of_measurement, 5),
                           fixed(criterion.standard_error_of_difference, 5));
        out << fmt::format("  smallest reliable change       {} x {} = {}\n", shortest(sources.inputs.z),
                           fixed(criterion.standard_error_of_difference, 5),
                           fixed(criterion.smallest_reliable_change, 4));
        if (!std::isnan(sample_sd)) {
            const ChangeInputs own{.standard_deviation = std::max(sample_sd, 1e-300),
                                   .reliability = sources.inputs.reliability};
            out << fmt::format("  (with this file's own SD before, {}, it would be {})\n",
                               fixed(sample_sd, 4), fixed(change_criterion(own).smallest_reliable_change, 4));
        }
        for (const PublishedChange& change : scale.reliable_change) {
            out << fmt::format("  (published: {} points{}; {}{})\n", shortest(change.points),
                               change.meaning.empty() ? "" : ", " + change.meaning, change.source,
                               change.verified ? "" : "; NOT VERIFIED");
        }
        out << fmt::format("\n  {:<20} {:>6} {:>9} {:>10} {:>6} {:>8}\n", "group", "people", "improved",
                           "unchanged", "worse", "missing");
        for (const Shares& each : shares) {
            out << fmt::format("  {:<20} {:>6} {:>9} {:>10} {:>6} {:>8}\n", each.group.value_or("everybody"),
                               each.n, each.improved, each.unchanged, each.worse, each.missing);
        }
        out << "\nReliable means beyond measurement error, nothing more: people who start far from the "
               "middle drift\n"
               "towards it without any programme. `groundwork benefit` asks whether the programme did it.\n";
        if (!out_.empty()) {
            console.note(fmt::format("Changes of {} people written to {}.", people.size(), out_));
        }
    }

    static void print_json(Console& console, const Instrument& instrument, const Scale& scale,
                           const Sources& sources, const ChangeCriterion& criterion,
                           const std::string& better, double sample_sd, std::size_t people,
                           const std::vector<Shares>& shares) {
        json::array groups;
        for (const Shares& each : shares) {
            json::object group{{"group", nullptr},          {"n", each.n},
                               {"improved", each.improved}, {"unchanged", each.unchanged},
                               {"worse", each.worse},       {"missing", each.missing}};
            if (each.group) {
                group["group"] = *each.group;
            }
            groups.push_back(std::move(group));
        }
        console.print_json(
            json::object{{"instrument", instrument.id},
                         {"version", instrument.version},
                         {"scale", scale.id},
                         {"better", better},
                         {"people", people},
                         {"inputs", json::object{{"sd", sources.inputs.standard_deviation},
                                                 {"sd_source", sources.sd_from},
                                                 {"reliability", sources.inputs.reliability},
                                                 {"reliability_source", sources.reliability_from},
                                                 {"z", sources.inputs.z}}},
                         {"standard_error_of_measurement", criterion.standard_error_of_measurement},
                         {"standard_error_of_difference", criterion.standard_error_of_difference},
                         {"smallest_reliable_change", criterion.smallest_reliable_change},
                         {"sample_sd_before", sample_sd},
                         {"groups", groups}});
    }

    std::string instrument_, file_, before_, after_, better_, id_, group_, out_, missing_;
    std::string scale_ = "total";
    double sd_ = std::nan(""), reliability_ = std::nan("");
};

}  // namespace

std::unique_ptr<Command> make_change_command() { return std::make_unique<ChangeCommand>(); }

}  // namespace groundwork::command
