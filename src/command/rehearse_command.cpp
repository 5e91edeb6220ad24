// groundwork rehearse: a whole programme with people who do not exist.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <ostream>

#include "command/commands.h"
#include "command/console.h"
#include "command/progress_bar.h"
#include "command/rehearsal_report.h"
#include "programme/programme.h"
#include "rehearsal/rehearsal.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

constexpr long long people_max = 100'000;

class RehearseCommand final : public Command {
  public:
    std::string name() const override { return "rehearse"; }
    std::string summary() const override {
        return "A whole programme in a second, with people who do not exist";
    }
    std::string manual() const override {
        return "Runs a protocol from launch to close with simulated people: enrolment, screening, the draw,\n"
               "prompts, night shifts, lost mail, practice, harms, leaving, erasing. The programme core and\n"
               "the ledger are the real ones; people, clock, network, mail and disk are simulated, and what "
               "is\n"
               "true of the people is known. It shows what would happen, what it would ask of people, "
               "whether\n"
               "the flags are right, and whether the truth comes back from the data.\n\n"
               "Examples:\n"
               "  groundwork rehearse matched-six-week\n"
               "  groundwork rehearse waitlist --people 400 --seed 7 --out rehearsal\n"
               "  groundwork rehearse matched-six-week --faults all\n\n"
               "Faults: crash (the power fails at some write), disk (writes fail, the disk is full), "
               "duplicate,\n"
               "delay, lose (of what devices send), tabs (two windows answer one prompt), clock (the "
               "server's\n"
               "steps), mail (messages do not arrive); all or none (default).\n\n"
               "--out writes outcomes.csv, scores.csv, diary.csv, allocations.csv, report.json and the "
               "ledger\n"
               "itself, with its key. The same protocol, people, seed and faults give the same bytes. What "
               "the\n"
               "simulated people are like is an assumption: docs/rehearsal.md says each number.\n"
               "Exit status 1 where an invariant was violated.";
    }
    void declare(Options& options) override {
        options.positional("PROTOCOL", protocol_, Need::required, "an id that ships, or a file");
        options.integer("--people", "N", people_, "how many enrol (default 217)");
        options.integer("--seed", "N", seed_, "another seed, other people and other luck (default 1)");
        options.text("--faults", "LIST", faults_, "what goes wrong on purpose (default none)");
        options.text("--variant", "ID", variant_, "of the protocol's planned probabilities");
        options.number(
            "--moderation", "SD", truth_.moderation,
            "true change of the second arm for each standard deviation of self-compassion (default "
            "-0.2; 0: none)");
        options.number("--difference", "SD", truth_.difference_of_second_arm,
                       "true difference between the arms, in standard deviations (default -0.1)");
        options.integer("--power", "N", trials_,
                        "simulated trials behind the power shown (default 200; 0: none)");
        options.text("--out", "FOLDER", folder_, "where to write the data and the ledger");
    }

    Result<void> run(Console& console) override {
        if (people_ < 1 || people_ > people_max || seed_ < 0 || trials_ < 0) {
            return fail(usage_error(
                fmt::format("--people takes 1 to {}, --seed and --power are not negative", people_max)));
        }
        const programme::ProtocolSource source = TRY(programme::find_protocol_source(protocol_));
        rehearsal::RehearsalPlan plan;
        plan.protocol = source.text;
        plan.protocol_name = source.name;
        plan.variant = variant_;
        plan.people = static_cast<std::size_t>(people_);
        plan.seed = static_cast<std::uint64_t>(seed_);
        plan.faults = TRY(rehearsal::parse_faults(faults_));
        plan.truth = truth_;
        plan.power_trials = static_cast<std::size_t>(trials_);
        const auto began = std::chrono::steady_clock::now();
        const rehearsal::RehearsalOutcome outcome = TRY(rehearsed(plan));
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        json::object report = rehearsal_json(plan, outcome);
        if (!folder_.empty()) {
            TRY_DO(write_files(outcome, report));
        }
        if (console.wants_json()) {
            report["seconds"] = seconds;
            console.print_json(report);
        } else {
            print_rehearsal(console.out(), plan, outcome, seconds);
            if (!folder_.empty()) {
                console.out() << fmt::format(
                    "\nWritten to {}: outcomes, scores, diary, allocations (CSV), "
                    "report.json, data/ (the ledger), programme-key\n",
                    folder_);
            }
        }
        if (!outcome.violations.empty()) {
            return fail(
                unacceptable(fmt::format("{} invariants were violated; the first: {}",
                                         outcome.violations.size(), outcome.violations.front()))
                    .at("rehearsal")
                    .remedy(fmt::format("groundwork rehearse {} --people {} --seed {} --faults {} repeats it "
                                        "exactly.",
                                        protocol_, people_, seed_, faults_)));
        }
        return {};
    }

  private:
    static Result<rehearsal::RehearsalOutcome> rehearsed(rehearsal::RehearsalPlan plan) {
        ProgressBar bar;
        plan.progress = bar.observer();
        return rehearsal::rehearse(plan);
    }

    Result<void> write_files(const rehearsal::RehearsalOutcome& outcome, const json::object& report) const {
        const std::filesystem::path folder(folder_);
        std::error_code trouble;
        std::filesystem::create_directories(folder / "data", trouble);
        if (trouble) {
            return fail(outside_failure("cannot be made: " + trouble.message()).at(folder_));
        }
        TRY_DO(table::write_table(outcome.outcomes, (folder / "outcomes.csv").string()));
        TRY_DO(table::write_table(outcome.scores, (folder / "scores.csv").string()));
        TRY_DO(table::write_table(outcome.diary, (folder / "diary.csv").string()));
        TRY_DO(table::write_table(outcome.allocation_ledger, (folder / "allocations.csv").string()));
        TRY_DO(write_file(folder / "report.json", json::serialize(report) + "\n"));
        for (const auto& [name, bytes] : outcome.files) {
            TRY_DO(write_file(folder / "data" / name, bytes));
        }
        return write_file(folder / "programme-key", outcome.programme_key + "\n");
    }

    std::string protocol_, faults_ = "none", variant_, folder_;
    long long people_ = 217, seed_ = 1, trials_ = 200;
    rehearsal::ProgrammeTruth truth_;
};

}  // namespace

std::unique_ptr<Command> make_rehearse_command() { return std::make_unique<RehearseCommand>(); }

}  // namespace groundwork::command
