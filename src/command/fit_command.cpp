// groundwork fit: a linear model, mixed or not, by formula.
#include <chrono>
#include <optional>
#include <ostream>

#include "command/commands.h"
#include "command/fit_generalized.h"
#include "command/fit_moderation.h"
#include "command/fit_output.h"
#include "command/fit_permutation.h"
#include "command/model_columns.h"
#include "command/output.h"
#include "command/progress_bar.h"
#include "foundation/json.h"
#include "statistics/statistics.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

using statistics::Criterion;
using statistics::DegreesOfFreedom;
using statistics::MixedModelOptions;

struct Seconds {
    double read = 0, fit = 0, profile = 0, total = 0;
};

json::object seconds_json(const Seconds& seconds) {
    json::object document = {{"read", seconds.read}, {"fit", seconds.fit}, {"total", seconds.total}};
    if (seconds.profile > 0) {
        document["profile"] = seconds.profile;
    }
    return document;
}

class FitCommand final : public Command {
  public:
    std::string name() const override { return "fit"; }

    std::string summary() const override {
        return "Fit a linear (mixed) model by formula, with a certificate";
    }

    std::string manual() const override {
        return "Fits a model written as in R, and proves that the answer is the optimum.\n\n"
               "  groundwork fit 'pos ~ week * arm * scc + (week | id)' diary.csv \\\n"
               "      --mutate 'scc = sc - 3' --reference arm=MM\n\n"
               "(week | id): everybody has an own start and an own slope over weeks. (1 | site/team) nests "
               "teams in\n"
               "sites; (week || id) leaves the correlation out. Without such a term it is ordinary least "
               "squares.\n"
               "Text columns are categories, compared with their first value in the alphabet or with "
               "--reference.\n"
               "--repeat N fits N times more, each time with the outcome permuted (moved on by a row), so "
               "that the\n"
               "time of the fit itself can be measured from outside.\n"
               "Rows in which a variable of the formula is missing are left out and counted." +
               std::string(GeneralizedFit::manual()) + "\n\n" + FitQuestions::manual() +
               FitPermutation::manual();
    }

    void declare(Options& options) override {
        options.positional("FORMULA", formula_, Need::required, "outcome ~ terms + (terms | group)");
        options.positional("FILE", file_, Need::required, "the data: CSV, XLSX, SAV or DTA");
        options.flag("--ml", maximum_likelihood_,
                     "maximum likelihood instead of REML (to compare fixed effects)");
        options.text(
            "--ddf", "METHOD", degrees_,
            "degrees of freedom: satterthwaite (default), kenward-roger (small samples; their scaled F for "
            "several coefficients at once) or none (z)");
        options.text("--weights", "COL", weights_,
                     "prior weights: a row's residual variance is sigma^2 / weight; with --family "
                     "proportions' trials");
        options.list(
            "--contrast", "COL=CODING", contrasts_,
            "code a factor by treatment (default), sum, helmert or polynomial contrasts; repeatable");
        options.list("--mutate", "NAME=EXPRESSION", mutations_,
                     "make a column first, e.g. 'scc = sc - 3'; repeatable");
        options.list("--where", "CONDITION", conditions_,
                     "keep only the rows that satisfy this, after --mutate; repeatable");
        options.list("--factor", "COL", factors_, "treat this column of numbers as categories; repeatable");
        options.list("--reference", "COL=VALUE", references_,
                     "the value that others are compared with; repeatable");
        options.text("--ar1", "TIME", serial_time_,
                     "residuals of a group resemble those before them, the more the nearer in this column");
        options.text("--variance-by", "COL", residual_strata_,
                     "residuals have a variance of their own in each category of this column");
        options.flag("--profile", profile_,
                     "likelihood intervals of every coefficient, standard deviation and correlation");
        options.integer("--bootstrap", "N", bootstrap_, "refit to N simulated or resampled data sets");
        options.text("--bootstrap-kind", "KIND", bootstrap_kind_,
                     "parametric (default: from the fitted model), cases (draw groups) or wild (turn signs)");
        options.integer("--seed", "N", seed_, "of the bootstrap and of --permute (default 1)");
        options.integer("--threads", "N", threads_, "threads to use; 0 (default) = every core");
        options.integer("--repeat", "N", repeat_,
                        "fit N times more, each time with the outcome moved on by a row");
        generalized_.declare(options);
        questions_.declare(options);
        permutation_.declare(options);
    }

    Result<void> run(Console& console) override {
        const Clock::time_point start = Clock::now();
        if (threads_ < 0 || repeat_ < 0 || bootstrap_ < 0 || seed_ < 0) {
            return fail(usage_error("--threads, --repeat, --bootstrap and --seed are not negative"));
        }
        const DegreesOfFreedom degrees = TRY(degrees_of_freedom());
        const table::Frame frame = TRY(read());
        const ModelColumns columns = TRY(ModelColumns::of(frame, {factors_, references_, contrasts_}));
        Seconds seconds;
        seconds.read = seconds_since(start);
        if (TRY(generalized_.wanted())) {
            if (questions_.any() || permutation_.wanted()) {
                return fail(usage_error(
                    "--slopes, --johnson-neyman, --type3, --emmeans, --contrast-test, --robust and --permute "
                    "are not available together with --family yet"));
            }
            return generalized_.run({formula_, file_, weights_, frame.rows(), repeat_, seconds.read},
                                    columns.data(), console);
        }
        const bool mixed = TRY(statistics::has_random_terms(formula_));
        std::optional<statistics::Bootstrap> bootstrap;
        std::optional<statistics::Profile> profile;
        const auto finish = [&](const auto& fitted, Clock::time_point fit_start) -> Result<void> {
            if (!fitted) {
                Error error = fitted.error();
                error.set_file_if_unknown(file_);
                return fail(std::move(error));
            }
            seconds.fit = seconds.fit > 0 ? seconds.fit : seconds_since(fit_start);
            FitAnswers answers = TRY(questions_.answer(*fitted, formula_, columns.data(), weights_));
            std::optional<statistics::ModeratorPermutation> permutation;
            if (permutation_.wanted()) {
                TRY_DO(refuse_permutation_of_weighted());
                permutation =
                    TRY(permutation_.run(formula_, columns.data(), static_cast<std::uint64_t>(seed_),
                                         static_cast<unsigned>(threads_)));
            }
            seconds.total = seconds_since(start);
            if (console.wants_json()) {
                json::object document = as_json(*fitted);
                for (auto& [key, value] : answers.document) {
                    document[key] = std::move(value);
                }
                document["seconds"] = seconds_json(seconds);
                if (profile) {
                    document["profile"] = as_json(*profile);
                }
                if (bootstrap) {
                    document["bootstrap"] = as_json(*bootstrap);
                }
                if (permutation) {
                    document["permutation"] = permutation_.as_json(*permutation);
                }
                console.print_json(document);
            } else {
                print(console.out(), *fitted, frame.rows());
                if (profile) {
                    print(console.out(), *profile);
                }
                if (bootstrap) {
                    print(console.out(), *bootstrap);
                }
                console.out() << answers.tables;
                if (permutation) {
                    console.out() << permutation_.shown_test(*permutation);
                }
            }
            return {};
        };
        const Clock::time_point fit_start = Clock::now();
        if (!mixed) {
            TRY_DO(refuse_mixed_options());
            return finish(statistics::fit_linear_model(formula_, columns.data(), {.weights = weights_}),
                          fit_start);
        }
        MixedModelOptions options;
        options.criterion = maximum_likelihood_ ? Criterion::maximum_likelihood : Criterion::reml;
        options.degrees_of_freedom = degrees;
        options.weights = weights_;
        options.serial_time = serial_time_;
        options.residual_strata = residual_strata_;
        options.threads = static_cast<unsigned>(threads_);
        const auto fitted = statistics::fit_mixed_model(formula_, columns.data(), options);
        seconds.fit = seconds_since(fit_start);
        if (profile_ && fitted) {
            const Clock::time_point profile_start = Clock::now();
            profile = TRY(statistics::profile_mixed_model(formula_, columns.data(), options));
            seconds.profile = seconds_since(profile_start);
        }
        if (bootstrap_ > 0 && fitted) {
            statistics::BootstrapOptions resampling;
            resampling.kind = TRY(bootstrap_kind());
            resampling.replicates = static_cast<std::size_t>(bootstrap_);
            resampling.seed = static_cast<std::uint64_t>(seed_);
            ProgressBar bar;
            resampling.progress = bar.observer();
            bootstrap = TRY(statistics::bootstrap_mixed_model(formula_, columns.data(), options, resampling));
        }
        TRY_DO(finish(fitted, fit_start));
        return repeat(columns, options);
    }

  private:
    Result<DegreesOfFreedom> degrees_of_freedom() const {
        if (degrees_ == "satterthwaite") {
            return DegreesOfFreedom::satterthwaite;
        }
        if (degrees_ == "none") {
            return DegreesOfFreedom::none;
        }
        if (degrees_ == "kenward-roger") {
            return DegreesOfFreedom::kenward_roger;
        }
        return fail(usage_error("--ddf takes satterthwaite, kenward-roger or none").value(degrees_));
    }

    // What the refits would leave unheard.
    Result<void> refuse_permutation_of_weighted() const {
        if (!weights_.empty() || !serial_time_.empty() || !residual_strata_.empty()) {
            return fail(
                usage_error("--permute is not available together with --weights, --ar1 or --variance-by"));
        }
        return {};
    }

    // What least squares would leave unheard.
    Result<void> refuse_mixed_options() const {
        if (!serial_time_.empty() || !residual_strata_.empty() || bootstrap_ > 0 || profile_) {
            return fail(
                usage_error("--ar1, --variance-by, --profile and --bootstrap need a random term such as "
                            "(1 | id) in the formula."));
        }
        return {};
    }

    Result<statistics::BootstrapKind> bootstrap_kind() const {
        if (bootstrap_kind_ == "parametric") {
            return statistics::BootstrapKind::parametric;
        }
        if (bootstrap_kind_ == "cases") {
            return statistics::BootstrapKind::cases;
        }
        if (bootstrap_kind_ == "wild") {
            return statistics::BootstrapKind::wild;
        }
        return fail(usage_error("--bootstrap-kind takes parametric, cases or wild").value(bootstrap_kind_));
    }

    // For timing: the same model on other outcomes, again and again. Nothing is printed.
    Result<void> repeat(const ModelColumns& columns, MixedModelOptions options) const {
        for (long long round = 1; round <= repeat_; ++round) {
            options.outcome_moved_by = static_cast<std::size_t>(round);
            TRY(statistics::fit_mixed_model(formula_, columns.data(), options));
        }
        return {};
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

    GeneralizedFit generalized_;
    std::string formula_, file_, degrees_ = "satterthwaite", weights_;
    bool maximum_likelihood_ = false, profile_ = false;
    std::string serial_time_, residual_strata_, bootstrap_kind_ = "parametric";
    long long threads_ = 0, repeat_ = 0, bootstrap_ = 0, seed_ = 1;
    FitQuestions questions_;
    FitPermutation permutation_;
    std::vector<std::string> mutations_, conditions_, factors_, references_, contrasts_;
};

}  // namespace

std::unique_ptr<Command> make_fit_command() { return std::make_unique<FitCommand>(); }

}  // namespace groundwork::command
