// groundwork lint: what is wrong with an instrument, a protocol, or a file of answers.
#include "command/commands.h"
#include "command/findings.h"
#include "command/lint_answers.h"
#include "foundation/json.h"
#include "programme/programme.h"

namespace groundwork::command {

namespace {

using instrument::Finding;

// The "format" that a JSON file names, e.g. "groundwork-instrument/1"; "" when it names none.
std::string format_of(std::string_view text, const std::string& file) {
    const auto document = parse_json(text, file);
    if (!document || !document->is_object()) {
        return "";
    }
    const json::value* format = document->get_object().if_contains("format");
    return format != nullptr && format->is_string() ? std::string(std::string_view(format->get_string()))
                                                    : "";
}

class LintCommand : public Command {
  public:
    std::string name() const override { return "lint"; }
    std::string summary() const override {
        return "Find contradictions in an instrument, a protocol or a file of answers";
    }
    std::string manual() const override {
        return "Example: groundwork lint my-scale.json\n"
               "         groundwork lint answers.csv --instrument scs --items 'scs_{}' --id pid\n"
               "An instrument: ranges that its items cannot give, reversed items that are none of the "
               "scale's, bands\n"
               "with gaps or overlaps, known answers that do not come out, wording without a licence, and "
               "more.\n"
               "A file of answers: cells that are not answers, duplicate ids, people who answered nothing or "
               "the same\n"
               "to everything, columns that never vary, items that look reversed already.\n"
               "A protocol: what `groundwork protocol check` says.\n"
               "Exit status 1 if there is an error; warnings alone leave it 0.";
    }
    void declare(Options& options) override {
        options.positional("FILE", file_, Need::required,
                           "an instrument or a protocol (JSON), or a file of answers");
        options.text("--instrument", "ID", instrument_, "the instrument that the answers belong to");
        options.text("--items", "T", items_, "columns of the items: 'scs_{}' or a,b,c in item order");
        options.text("--id", "COL", id_, "column that names each person");
        options.text("--missing", "VALUES", missing_,
                     "further cells that mean missing, e.g. --missing=-99,999");
    }

    Result<void> run(Console& console) override {
        const std::vector<Finding> findings =
            lower_case(file_).ends_with(".json") ? TRY(lint_definition()) : TRY(lint_people(console));
        return report_findings(console, file_, findings);
    }

  private:
    // Each kind of definition that a JSON file may hold has its own check.
    Result<std::vector<Finding>> lint_definition() const {
        const std::string text = TRY(read_file(file_));
        const std::string format = format_of(text, file_);
        if (format.empty() || format.starts_with("groundwork-instrument/")) {
            return instrument::lint_instrument(text, file_);
        }
        if (format.starts_with("groundwork-protocol/")) {
            return programme::check_protocol(text, file_);
        }
        return fail(unacceptable("is not a format that lint knows")
                        .at(file_, "format")
                        .value(format)
                        .remedy("It knows \"groundwork-instrument/1\" and \"groundwork-protocol/1\"."));
    }

    Result<std::vector<Finding>> lint_people(Console& console) const {
        if (instrument_.empty()) {
            return fail(usage_error("a file of answers needs --instrument")
                            .at(file_)
                            .remedy("For example --instrument scs; `groundwork instruments` lists them."));
        }
        const auto instrument = TRY(instrument::find_instrument(instrument_));
        const table::Frame frame = TRY(read_people(file_, missing_, id_));
        note_about_health_answers(console);
        const AnswerSheet sheet = TRY(collect_answers(frame, instrument, items_, id_));
        return lint_answers(frame, instrument, sheet);
    }

    std::string file_, instrument_, items_, id_, missing_;
};

}  // namespace

std::unique_ptr<Command> make_lint_command() { return std::make_unique<LintCommand>(); }

}  // namespace groundwork::command
