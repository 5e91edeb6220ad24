// groundwork fit: a linear model, mixed or not, by formula.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ostream>

#include "command/commands.h"
#include "command/model_columns.h"
#include "foundation/json.h"
#include "statistics/statistics.h"
#include "table/table.h"

namespace groundwork::command {

namespace {

using statistics::Criterion;
using statistics::DegreesOfFreedom;
using statistics::Estimate;
using statistics::LinearModel;
using statistics::MixedModel;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Seconds {
    double read = 0, fit = 0, total = 0;
};

json::array as_json(const std::vector<Estimate>& estimates) {
    json::array list;
    for (const Estimate& one : estimates) {
        list.push_back(json::object{{"term", one.term},
                                    {"estimate", one.estimate},
                                    {"se", one.standard_error},
                                    {"df", one.degrees_of_freedom},
                                    {"statistic", one.statistic},
                                    {"p", one.p}});
    }
    return list;
}

template <class T>
json::array list_of(const std::vector<T>& values) {
    return json::array(values.begin(), values.end());
}

json::object as_json(const Seconds& seconds) {
    return {{"read", seconds.read}, {"fit", seconds.fit}, {"total", seconds.total}};
}

json::object as_json(const MixedModel& model) {
    json::object groups;
    json::array random;
    for (const statistics::RandomTerm& term : model.random) {
        groups[term.group] = term.levels;
        random.push_back(json::object{{"group", term.group},
                                      {"terms", list_of(term.terms)},
                                      {"sd", list_of(term.standard_deviations)},
                                      {"corr", list_of(term.correlations)}});
    }
    return {{"n", model.rows_used},
            {"groups", groups},
            {"reml", model.criterion == Criterion::reml},
            {"objective", model.objective},
            {"logLik", model.log_likelihood},
            {"sigma", model.sigma},
            {"theta", list_of(model.theta)},
            {"random", random},
            {"fixed", as_json(model.fixed)},
            {"dropped", list_of(model.dropped)},
            {"certificate", json::object{{"status", model.certificate.status},
                                         {"gradient", model.certificate.gradient},
                                         {"remaining_deviance", model.certificate.remaining_deviance},
                                         {"words", model.certificate.words}}}};
}

// Least squares is exact: there is no search whose end would need a proof.
json::object as_json(const LinearModel& model) {
    return {{"n", model.rows_used},
            {"groups", json::object{}},
            {"reml", false},
            {"objective", nullptr},
            {"logLik", nullptr},
            {"sigma", model.sigma},
            {"theta", json::array{}},
            {"random", json::array{}},
            {"fixed", as_json(model.fixed)},
            {"dropped", list_of(model.dropped)},
            {"r_squared", model.r_squared},
            {"residual_df", model.residual_degrees_of_freedom},
            {"certificate",
             json::object{{"status", "certified"},
                          {"gradient", 0.0},
                          {"remaining_deviance", 0.0},
                          {"words", "Ordinary least squares, solved exactly; no search was needed."}}}};
}

std::string shown(double value, const char* format) {
    return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : std::isinf(value) ? "inf" : "-";
}

std::string shown_p(double p) { return std::isnan(p) ? "-" : p < 0.0005 ? "<.001" : fixed(p, 3).substr(1); }

void print_fixed(std::ostream& out, const std::vector<Estimate>& estimates) {
    std::size_t width = 6;
    for (const Estimate& one : estimates) {
        width = std::max(width, one.term.size());
    }
    out << fmt::format("{:<{}} {:>12} {:>11} {:>9} {:>8} {:>6}\n", "Effect", width, "estimate", "se", "df",
                       "t", "p");
    for (const Estimate& one : estimates) {
        out << fmt::format("{:<{}} {:>12} {:>11} {:>9} {:>8} {:>6}\n", one.term, width,
                           shown(one.estimate, "{:.6g}"), shown(one.standard_error, "{:.5g}"),
                           shown(one.degrees_of_freedom, "{:.2f}"), shown(one.statistic, "{:.3f}"),
                           shown_p(one.p));
    }
}

void print_random(std::ostream& out, const MixedModel& model) {
    out << fmt::format("{:<20} {:<20} {:>10}   {}\n", "Varies between", "what", "sd", "correlations");
    for (const statistics::RandomTerm& term : model.random) {
        std::size_t next = 0;
        for (std::size_t row = 0; row < term.terms.size(); ++row) {
            std::string correlations;
            for (std::size_t column = 0; column < row; ++column) {
                correlations += shown(term.correlations[next++], "{:.3f} ");
            }
            out << fmt::format("{:<20} {:<20} {:>10}   {}\n", row == 0 ? term.group : "", term.terms[row],
                               shown(term.standard_deviations[row], "{:.5g}"), correlations);
        }
    }
    out << fmt::format("{:<20} {:<20} {:>10}\n\n", "Residual", "", shown(model.sigma, "{:.5g}"));
}

void print_counts(std::ostream& out, std::size_t used, std::size_t rows) {
    out << fmt::format("{} rows", used);
    if (used < rows) {
        out << fmt::format(" ({} left out: a value is missing)", rows - used);
    }
}

void print_dropped(std::ostream& out, const std::vector<std::string>& dropped) {
    for (const std::string& name : dropped) {
        out << fmt::format("Left out because the other columns determine it: {}\n", name);
    }
}

void print(std::ostream& out, const MixedModel& model, std::size_t rows) {
    print_counts(out, model.rows_used, rows);
    for (const statistics::RandomTerm& term : model.random) {
        out << fmt::format(", {} {}", term.levels, term.group);
    }
    const bool reml = model.criterion == Criterion::reml;
    out << fmt::format("\n{} {:.8g}, log-likelihood {:.8g}\n\n",
                       reml ? "REML criterion" : "-2 log-likelihood", model.objective, model.log_likelihood);
    print_random(out, model);
    print_fixed(out, model.fixed);
    out << '\n';
    print_dropped(out, model.dropped);
    out << model.certificate.status << ": " << model.certificate.words << '\n';
}

void print(std::ostream& out, const LinearModel& model, std::size_t rows) {
    print_counts(out, model.rows_used, rows);
    out << "; ordinary least squares, because the formula has no random term\n";
    out << fmt::format("Residual sd {} on {} degrees of freedom, R squared {}\n\n",
                       shown(model.sigma, "{:.5g}"), model.residual_degrees_of_freedom,
                       shown(model.r_squared, "{:.4f}"));
    print_fixed(out, model.fixed);
    print_dropped(out, model.dropped);
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
               "Rows in which a variable of the formula is missing are left out and counted.";
    }

    void declare(Options& options) override {
        options.positional("FORMULA", formula_, Need::required, "outcome ~ terms + (terms | group)");
        options.positional("FILE", file_, Need::required, "the data: CSV, XLSX, SAV or DTA");
        options.flag("--ml", maximum_likelihood_,
                     "maximum likelihood instead of REML (to compare fixed effects)");
        options.text("--ddf", "METHOD", degrees_, "degrees of freedom: satterthwaite (default) or none (z)");
        options.list("--mutate", "NAME=EXPRESSION", mutations_,
                     "make a column first, e.g. 'scc = sc - 3'; repeatable");
        options.list("--where", "CONDITION", conditions_,
                     "keep only the rows that satisfy this, after --mutate; repeatable");
        options.list("--factor", "COL", factors_, "treat this column of numbers as categories; repeatable");
        options.list("--reference", "COL=VALUE", references_,
                     "the value that others are compared with; repeatable");
    }

    Result<void> run(Console& console) override {
        const Clock::time_point start = Clock::now();
        const DegreesOfFreedom degrees = TRY(degrees_of_freedom());
        const table::Frame frame = TRY(read());
        const ModelColumns columns = TRY(ModelColumns::of(frame, {factors_, references_}));
        Seconds seconds;
        seconds.read = seconds_since(start);
        const bool mixed = TRY(statistics::has_random_terms(formula_));
        const auto finish = [&](const auto& fitted, Clock::time_point fit_start) -> Result<void> {
            if (!fitted) {
                Error error = fitted.error();
                error.set_file_if_unknown(file_);
                return fail(std::move(error));
            }
            seconds.fit = seconds_since(fit_start);
            seconds.total = seconds_since(start);
            if (console.wants_json()) {
                json::object document = as_json(*fitted);
                document["seconds"] = as_json(seconds);
                console.print_json(document);
            } else {
                print(console.out(), *fitted, frame.rows());
            }
            return {};
        };
        const Clock::time_point fit_start = Clock::now();
        if (mixed) {
            const Criterion criterion = maximum_likelihood_ ? Criterion::maximum_likelihood : Criterion::reml;
            return finish(statistics::fit_mixed_model(formula_, columns.data(), {criterion, degrees}),
                          fit_start);
        }
        return finish(statistics::fit_linear_model(formula_, columns.data()), fit_start);
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
            return fail(usage_error("--ddf kenward-roger is not available yet")
                            .remedy("Use --ddf satterthwaite; with many groups the two hardly differ."));
        }
        return fail(usage_error("--ddf takes satterthwaite or none").value(degrees_));
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

    std::string formula_, file_, degrees_ = "satterthwaite";
    bool maximum_likelihood_ = false;
    std::vector<std::string> mutations_, conditions_, factors_, references_;
};

}  // namespace

std::unique_ptr<Command> make_fit_command() { return std::make_unique<FitCommand>(); }

}  // namespace groundwork::command
