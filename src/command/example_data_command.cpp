// groundwork example-data: made-up people to try everything on.
#include <filesystem>
#include <system_error>

#include "command/commands.h"
#include "instrument/instrument.h"
#include "rehearsal/rehearsal.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

using instrument::Answers;
using rehearsal::SimulatedPerson;

// One column an item, "<prefix>_1" to "<prefix>_n".
Result<void> add_items(table::Frame& frame, const std::string& prefix,
                       const std::vector<SimulatedPerson>& people,
                       const Answers& (*answers_of)(const SimulatedPerson&)) {
    const std::size_t items = answers_of(people.front()).size();
    for (std::size_t item = 0; item < items; ++item) {
        std::vector<double> column;
        for (const SimulatedPerson& person : people) {
            const auto& answer = answers_of(person)[item];
            column.push_back(answer ? *answer : std::numeric_limits<double>::quiet_NaN());
        }
        TRY_DO(
            frame.set(table::Column::of_numbers(prefix + '_' + std::to_string(item + 1), std::move(column))));
    }
    return {};
}

Result<void> add_text(table::Frame& frame, const std::string& name,
                      const std::vector<SimulatedPerson>& people, std::string SimulatedPerson::* member) {
    std::vector<std::optional<std::string>> cells;
    for (const SimulatedPerson& person : people) {
        cells.emplace_back(person.*member);
    }
    return frame.set(table::Column::of_text(name, cells));
}

Result<table::Frame> screening_frame(const std::vector<SimulatedPerson>& people) {
    table::Frame frame;
    TRY_DO(add_text(frame, "id", people, &SimulatedPerson::id));
    TRY_DO(add_text(frame, "station", people, &SimulatedPerson::station));
    TRY_DO(add_items(frame, "scs", people,
                     [](const SimulatedPerson& person) -> const Answers& { return person.self_compassion; }));
    TRY_DO(add_items(frame, "cesd", people, [](const SimulatedPerson& person) -> const Answers& {
        return person.depression_before;
    }));
    TRY_DO(add_items(frame, "kindness_unsafe", people,
                     [](const SimulatedPerson& person) -> const Answers& { return person.kindness_unsafe; }));
    return frame;
}

// The total of each person's answers; missing where they are absent or cannot be scored.
Result<table::Column> total_column(const std::string& name, const instrument::Instrument& instrument,
                                   const std::vector<const Answers*>& answers) {
    std::vector<double> totals;
    for (const Answers* person : answers) {
        std::optional<double> total;
        if (person != nullptr) {
            total = TRY(instrument::score(instrument, *person)).front().value;
        }
        totals.push_back(total.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return table::Column::of_numbers(name, std::move(totals));
}

Result<table::Frame> outcomes_frame(const std::vector<SimulatedPerson>& people,
                                    const instrument::Instrument& scs, const instrument::Instrument& cesd) {
    std::vector<const Answers*> compassion, before, after;
    for (const SimulatedPerson& person : people) {
        compassion.push_back(&person.self_compassion);
        before.push_back(&person.depression_before);
        after.push_back(person.depression_after ? &*person.depression_after : nullptr);
    }
    table::Frame frame;
    TRY_DO(add_text(frame, "id", people, &SimulatedPerson::id));
    TRY_DO(add_text(frame, "station", people, &SimulatedPerson::station));
    TRY_DO(add_text(frame, "arm", people, &SimulatedPerson::arm));
    table::Column scs_total = TRY(total_column("scs", scs, compassion));
    table::Column cesd_before = TRY(total_column("cesd_before", cesd, before));
    table::Column cesd_after = TRY(total_column("cesd_after", cesd, after));
    TRY_DO(frame.set(std::move(scs_total)));
    TRY_DO(frame.set(std::move(cesd_before)));
    TRY_DO(frame.set(std::move(cesd_after)));
    return frame;
}

class ExampleDataCommand : public Command {
  public:
    std::string name() const override { return "example-data"; }
    std::string summary() const override { return "Write files of made-up people to try everything on"; }
    std::string manual() const override {
        return "Two files about people who do not exist, the same ones for the same seed:\n"
               "  screening.csv  their answers before (SCS, CES-D, the kindness-feels-unsafe check)\n"
               "  outcomes.csv   arm (an even draw), self-compassion, depressive symptoms before and after;\n"
               "                 some people are lost, as in life\n\n"
               "Example:\n"
               "  groundwork example-data --out example\n"
               "  groundwork score scs example/screening.csv --id id --group station\n"
               "  groundwork match matched-six-week example/screening.csv --id id --seed 1 --out "
               "example/plans.csv\n"
               "  groundwork benefit example/outcomes.csv --id id --outcome cesd_after --baseline "
               "cesd_before \\\n"
               "      --arm arm --moderator scs --randomised yes --better lower --report example/report.html";
    }
    void declare(Options& options) override {
        options.text("--out", "FOLDER", folder_, "Where to write (made if absent; default: example)");
        options.integer("--people", "N", people_, "How many (default 300; 2 to 100000)");
        options.integer("--seed", "N", seed_, "Another seed, other people (default 1)");
    }

    Result<void> run(Console& console) override {
        if (people_ < 2 || people_ > 100000) {
            return fail(usage_error("is not a number of people this can make up")
                            .at("", "--people")
                            .value(std::to_string(people_))
                            .remedy("Ask for 2 to 100000."));
        }
        const auto scs = TRY(instrument::find_instrument("scs"));
        const auto cesd = TRY(instrument::find_instrument("cesd"));
        const auto people = rehearsal::simulate_trial(scs, cesd, static_cast<std::size_t>(people_),
                                                      static_cast<std::uint64_t>(seed_));
        std::error_code trouble;
        std::filesystem::create_directories(folder_, trouble);
        if (trouble) {
            return fail(outside_failure("cannot be made: " + trouble.message()).at(folder_));
        }
        const auto screening = (std::filesystem::path(folder_) / "screening.csv").string();
        const auto outcomes = (std::filesystem::path(folder_) / "outcomes.csv").string();
        const table::Frame before = TRY(screening_frame(people));
        const table::Frame after = TRY(outcomes_frame(people, scs, cesd));
        TRY_DO(table::write_table(before, screening));
        TRY_DO(table::write_table(after, outcomes));
        if (console.wants_json()) {
            console.print_json(
                {{"people", people.size()}, {"seed", seed_}, {"files", {screening, outcomes}}});
        } else {
            console.out() << people.size() << " people who do not exist: " << screening << ", " << outcomes
                          << '\n';
        }
        return {};
    }

  private:
    std::string folder_ = "example";
    long long people_ = 300;
    long long seed_ = 1;
};

}  // namespace

std::unique_ptr<Command> make_example_data_command() { return std::make_unique<ExampleDataCommand>(); }

}  // namespace groundwork::command
