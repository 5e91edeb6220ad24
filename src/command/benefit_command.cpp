// groundwork benefit: did it help, and whom?
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <ostream>

#include "command/answers.h"
#include "command/benefit_json.h"
#include "command/commands.h"
#include "command/output.h"
#include "report/report.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

using benefit::Allocation;
using benefit::Better;
using benefit::Effect;
using benefit::Findings;
using benefit::Question;

constexpr std::size_t text_width = 100;

std::string wrapped(const std::string& words, const std::string& indent) {
    std::string text;
    for (const std::string_view paragraph : split(words, '\n')) {
        std::string line = indent;
        for (const std::string_view word : split(paragraph, ' ')) {
            if (line.size() + word.size() + 1 > text_width && line.size() > indent.size()) {
                text += line + '\n';
                line = indent;
            }
            line += (line.size() > indent.size() ? " " : "") + std::string(word);
        }
        text += (line == indent ? "" : line) + '\n';
    }
    return text;
}

void print_effects(std::ostream& out, const std::vector<Effect>& effects) {
    out << fmt::format("{:<34} {:>10} {:>10} {:>8} {:>8} {:>7}   {}\n", "effect", "estimate", "se", "df", "t",
                       "p", "95 % interval");
    for (const Effect& effect : effects) {
        const auto& estimate = effect.estimate;
        out << fmt::format("{:<34} {:>10} {:>10} {:>8} {:>8} {:>7}   {} to {}\n", effect.id,
                           with_digits(estimate.estimate, 5), with_digits(estimate.standard_error, 5),
                           with_digits(estimate.degrees_of_freedom, 1), with_digits(estimate.statistic, 2),
                           shown_p(estimate.p), with_digits(effect.interval.low, 3),
                           with_digits(effect.interval.high, 3));
    }
}

std::string policy_sentence(const benefit::Policy& policy) {
    if (!policy.value) {
        return "Rule \"" + policy.rule + "\": " + policy.words;
    }
    return fmt::format("Rule \"{}\": {} ({} to {}). {}", policy.rule, with_digits(*policy.value, 2),
                       with_digits(policy.interval->low, 2), with_digits(policy.interval->high, 2),
                       policy.words);
}

void print_findings(std::ostream& out, const Findings& findings) {
    out << findings.verdict.headline << "\n\n" << wrapped(findings.verdict.words, "  ") << '\n';
    for (const benefit::ArmSummary& arm : findings.arms) {
        out << fmt::format("{}{} people with a start, {} of them with an outcome\n",
                           arm.arm.empty() ? "" : arm.arm + ": ", arm.people, arm.with_outcome);
    }
    out << '\n';
    print_effects(out, findings.effects);
    if (!findings.sensitivity.empty()) {
        out << "\nThe key numbers again, under other assumptions\n";
        for (const benefit::Sensitivity& one : findings.sensitivity) {
            out << fmt::format("  {} (n = {}): {} {}, {} to {}, p {}\n", one.label, one.people, one.effect.id,
                               with_digits(one.effect.estimate.estimate, 3),
                               with_digits(one.effect.interval.low, 3),
                               with_digits(one.effect.interval.high, 3), shown_p(one.effect.estimate.p));
        }
    }
    if (findings.regression_to_the_mean) {
        out << '\n' << wrapped(findings.regression_to_the_mean->words, "");
    }
    for (const benefit::Policy& policy : findings.policy) {
        out << '\n' << wrapped(policy_sentence(policy), "");
    }
    for (const std::string& warning : findings.warnings) {
        out << '\n' << wrapped("! " + warning, "");
    }
}

std::vector<std::string> names_in(const std::string& list) {
    std::vector<std::string> names;
    for (const std::string_view name : split(list, ',')) {
        if (!trim(name).empty()) {
            names.emplace_back(trim(name));
        }
    }
    return names;
}

Error no_such_answer(const std::string& option, const std::string& given, const std::string& choices) {
    return usage_error(option + " takes " + choices).value(given);
}

Result<Allocation> allocation_from(const std::string& given) {
    if (given.empty()) {
        return Allocation::not_stated;
    }
    if (given == "yes" || given == "no") {
        return given == "yes" ? Allocation::randomised : Allocation::not_randomised;
    }
    return fail(no_such_answer("--randomised", given, "yes or no"));
}

Result<Better> better_from(const std::string& given) {
    if (given.empty()) {
        return Better::not_stated;
    }
    if (given == "higher" || given == "lower") {
        return given == "higher" ? Better::higher : Better::lower;
    }
    return fail(no_such_answer("--better", given, "higher or lower"));
}

// "arm=MM" as in `fit`, or just "MM".
std::string level_from(const std::string& given, const std::string& column) {
    const std::string prefix = column + "=";
    return given.starts_with(prefix) ? given.substr(prefix.size()) : given;
}

std::optional<double> given_number(double value) {
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

class BenefitCommand final : public Command {
  public:
    std::string name() const override { return "benefit"; }

    std::string summary() const override {
        return "Did it help, and whom? An honest reading of before and after";
    }

    std::string manual() const override {
        return "Compares people with others who started at the same outcome, shows beside it the change that "
               "a plain\n"
               "before-and-after table would show and what regression to the mean alone would give, and ends "
               "in a\n"
               "verdict: supports, contradicts, or cannot say yet.\n\n"
               "One row a person, the same outcome before and after:\n"
               "  groundwork benefit people.csv --outcome cesd_after --baseline cesd_before --arm programme "
               "\\\n"
               "      --moderator scs --randomised yes --better lower --report report.html\n\n"
               "A row for each answer (a diary, weekly scores):\n"
               "  groundwork benefit diary.csv --id id --time week --outcome mood --arm arm --moderator "
               "sc\n\n"
               "A moderator that has to be computed first:\n"
               "  --mutate 'scs = (kind + human + mindful + 18 - harsh - alone - absorbed) / 6'\n\n"
               "The arm that the others are compared with is the untreated one (--control), else the one "
               "named with\n"
               "--reference, else the one with most people. Who is drawn into an arm by lot must be said "
               "with\n"
               "--randomised yes: without it no difference counts as an effect. docs/benefit.md has every "
               "rule.";
    }

    void declare(Options& options) override {
        options.positional("FILE", file_, Need::required, "the answers: CSV, XLSX, SAV or DTA");
        options.text("--outcome", "COLUMN", question_.outcome, "the outcome after, or at every time");
        options.text("--baseline", "COLUMN", question_.baseline,
                     "the same outcome before; with --time the first occasion unless named");
        options.text("--arm", "COLUMN", question_.arm, "which programme; leave out where there was one");
        options.text("--moderator", "COLUMN", question_.moderator,
                     "where each person started, e.g. self-compassion");
        options.text("--id", "COLUMN", question_.id, "whose row it is; needed with --time");
        options.text("--time", "COLUMN", question_.time, "when; the file then has a row for each answer");
        options.text("--covariates", "COLUMNS", covariates_,
                     "further columns to adjust for, with commas between");
        options.list("--mutate", "NAME=EXPR", mutations_, "make a column first; may be given several times");
        options.list("--where", "EXPR", conditions_, "keep only the rows for which this is true");
        options.text("--randomised", "yes|no", randomised_, "were people drawn into the arms by lot?");
        options.text("--control", "ARM", control_, "the arm that went without (a waiting list)");
        options.text("--reference", "ARM", reference_, "the arm that the others are compared with");
        options.text("--better", "higher|lower", better_, "which direction of the outcome is better");
        options.number("--reliability", "R", outcome_reliability_, "of the outcome, 0 to 1");
        options.number("--moderator-reliability", "R", moderator_reliability_, "of the moderator, 0 to 1");
        options.number("--smallest-difference", "SD", question_.smallest_difference,
                       "that matters, in SD of the outcome for one SD of the moderator (.1)");
        options.text("--outcome-name", "WORDS", question_.outcome_name,
                     "the outcome in words, e.g. depression");
        options.text("--moderator-name", "WORDS", question_.moderator_name,
                     "the moderator in words, e.g. self-compassion");
        options.text("--missing", "LIST", missing_, "further cells that mean missing, e.g. -99,999");
        options.text("--report", "HTML", report_, "write the report to this file");
        options.text("--title", "WORDS", title_, "the report's title");
    }

    Result<void> run(Console& console) override {
        const Question question = TRY(the_question());
        if (!question.id.empty()) {
            note_about_health_answers(console);
        }
        const table::Frame frame = TRY(read_frame());
        const Findings findings = TRY(benefit::find_benefit(frame, question));
        if (!report_.empty()) {
            TRY_DO(write_file(report_, report::benefit_report(findings, labels())));
            console.note("The report is in " + report_);
        }
        if (console.wants_json()) {
            console.print_json(findings_as_json(findings));
        } else {
            print_findings(console.out(), findings);
        }
        return {};
    }

  private:
    Result<Question> the_question() const {
        Question question = question_;
        question.covariates = names_in(covariates_);
        question.allocation = TRY(allocation_from(randomised_));
        question.better = TRY(better_from(better_));
        question.outcome_reliability = given_number(outcome_reliability_);
        question.moderator_reliability = given_number(moderator_reliability_);
        if (!control_.empty()) {
            question.control_arm = level_from(control_, question.arm);
        }
        if (!reference_.empty()) {
            question.reference_arm = level_from(reference_, question.arm);
        }
        return question;
    }

    Result<table::Frame> read_frame() const {
        if (std::filesystem::is_directory(file_) || file_.ends_with(".db")) {
            return fail(unacceptable("is a programme's ledger or a folder, and this command reads data files")
                            .at(file_)
                            .remedy("Give a CSV, XLSX, SAV or DTA file with the people's scores."));
        }
        table::Frame frame = TRY(read_people(file_, missing_, question_.id));
        for (const std::string& assignment : mutations_) {
            TRY_DO(table::mutate(frame, assignment));
        }
        for (const std::string& condition : conditions_) {
            frame = TRY(table::where(frame, condition));
        }
        return frame;
    }

    report::ReportLabels labels() const {
        const std::string name = std::filesystem::path(file_).filename().string();
        return {title_.empty() ? "Did it help? " + name : title_, name, "groundwork " GROUNDWORK_VERSION};
    }

    std::string file_, covariates_, randomised_, control_, reference_, better_, missing_, report_, title_;
    std::vector<std::string> mutations_, conditions_;
    double outcome_reliability_ = std::numeric_limits<double>::quiet_NaN();
    double moderator_reliability_ = std::numeric_limits<double>::quiet_NaN();
    Question question_;
};

}  // namespace

std::unique_ptr<Command> make_benefit_command() { return std::make_unique<BenefitCommand>(); }

}  // namespace groundwork::command
