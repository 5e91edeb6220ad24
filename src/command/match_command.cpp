// groundwork match: from screening answers to starting plans.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "command/commands.h"
#include "command/match_report.h"
#include "command/screening.h"

namespace groundwork::command {

namespace {

class MatchCommand : public Command {
  public:
    std::string name() const override { return "match"; }
    std::string summary() const override {
        return "Match people to a starting plan: safety first, then a logged draw";
    }
    std::string manual() const override {
        return "Example: groundwork match matched-six-week screening.csv --id pid --out plan.csv\n"
               "  reads the 26 SCS items (scs_1 to scs_26), and for safety cesd_1 to cesd_20, phq9_1 to "
               "phq9_9,\n"
               "  pc_ptsd_5_1 to pc_ptsd_5_6 and kindness_unsafe_1 to _3 where the file has them, and writes "
               "one row a\n"
               "  person: stratum, arm, the probability used, the planned one, the draw and the reason.\n"
               "\n"
               "Whoever a safety rule sends to talk to someone first gets no draw. Without safety answers "
               "every row\n"
               "says not-screened and the match is provisional: screen for safety before anyone starts.\n"
               "Other names: --safety cesd='mood_{}' (items), --safety cesd=cesd_total (a finished score),\n"
               "--safety on_device=COL (\"proceed\" or \"talk first\"), --safety asks_for_help=COL (1 or 0; "
               "such\n"
               "people never wait), --safety cesd=none (those columns are something else).\n"
               "\n"
               "Draws come from the operating system and are recorded; --seed makes a rehearsal that can be "
               "repeated.\n"
               "People are drawn in the file's order; docs/matching.md works the arithmetic by hand.";
    }
    void declare(Options& options) override {
        options.positional("PROTOCOL", protocol_, Need::required,
                           "matched-six-week, or a path to a protocol file");
        options.positional("FILE", file_, Need::required,
                           "screening answers: CSV, XLSX, SAV or DTA; one row a person");
        options.text("--items", "T", columns_.items,
                     "columns of the moderator's items: 'scs_{}' or a,b,c in item order");
        options.text("--id", "COL", columns_.id,
                     "column that names each person; otherwise rows are numbered from 1");
        options.list("--safety", "WHAT=T", columns_.safety,
                     "where safety answers stand; may be given several times");
        options.text("--variant", "ID", variant_, "a variant of the protocol, e.g. equal");
        options.text("--seed", "N", seed_,
                     "draws that can be repeated: for rehearsals, not for real allocations");
        options.text("--out", "FILE", out_, "write one row a person to this .csv or .xlsx");
        options.text("--missing", "VALUES", missing_,
                     "further cells that mean missing, e.g. --missing=-99,999");
    }

    Result<void> run(Console& console) override {
        const auto entropy = TRY(make_entropy());
        const programme::Protocol protocol = TRY(programme::find_protocol(protocol_));
        const table::Frame frame = TRY(read_people(file_, missing_, columns_.id));
        note_about_health_answers(console);
        const Screening screening = TRY(read_screening(frame, protocol, columns_));
        const programme::Matching matching =
            TRY(programme::match(protocol, screening.people, {.variant = variant_}, *entropy));
        const MatchReport report{.protocol = protocol,
                                 .matching = matching,
                                 .variant = variant_,
                                 .warnings = warnings_for(protocol, screening, matching),
                                 .found = screening.found};
        if (!out_.empty()) {
            TRY_DO(table::write_table(match_as_table(report), out_));
        }
        if (console.wants_json()) {
            console.print_json(match_as_json(report));
            return {};
        }
        print_match(console.out(), report);
        console.out() << (out_.empty() ? "These draws are not kept: add --out plan.csv to keep them.\n"
                                       : fmt::format("Written: {}\n", out_));
        return {};
    }

  private:
    Result<std::unique_ptr<programme::Entropy>> make_entropy() const {
        if (seed_.empty()) {
            return std::make_unique<programme::OperatingSystemEntropy>();
        }
        const auto seed = to_integer(seed_);
        if (!seed || *seed < 0) {
            return fail(usage_error("is not a seed")
                            .at("", "--seed")
                            .value(seed_)
                            .remedy("Give a whole number from 0."));
        }
        return std::make_unique<programme::SeededEntropy>(static_cast<std::uint64_t>(*seed));
    }

    std::vector<std::string> warnings_for(const programme::Protocol& protocol, const Screening& screening,
                                          const programme::Matching& matching) const {
        std::vector<std::string> warnings = matching.warnings;
        const auto least = protocol.moderator.show_total_from_correlation;
        if (least && screening.halves_correlation && *screening.halves_correlation < *least) {
            warnings.push_back(
                fmt::format("The two halves of the {} total ({}) correlate only {} here: do not show the "
                            "total to people.",
                            protocol.moderator.instrument, join(protocol.moderator.halves, ", "),
                            fixed(*screening.halves_correlation, 2)));
        }
        if (!seed_.empty()) {
            warnings.emplace_back(
                "The draws come from a seed, so whoever knows it can foresee them: leave --seed out for "
                "real allocations.");
        }
        return warnings;
    }

    std::string protocol_, file_, variant_, seed_, out_, missing_;
    ScreeningColumns columns_;
};

}  // namespace

std::unique_ptr<Command> make_match_command() { return std::make_unique<MatchCommand>(); }

}  // namespace groundwork::command
