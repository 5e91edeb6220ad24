#include "command/fit_generalized.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <ostream>

#include "command/fit_output.h"
#include "command/output.h"
#include "foundation/json.h"
#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using statistics::Estimate;
using statistics::Family;
using statistics::GeneralizedModel;
using statistics::GeneralizedModelOptions;

std::string family_name(Family family) {
    switch (family) {
        case Family::binomial: return "binomial";
        case Family::poisson: return "poisson";
        case Family::negative_binomial: return "negbinomial";
    }
    return "";
}

json::object json_of(const GeneralizedModel& model) {
    json::object groups;
    json::array random;
    for (const statistics::RandomTerm& term : model.random) {
        groups[term.group] = term.levels;
        json::array correlations;
        for (const double correlation : term.correlations) {
            correlations.push_back(known(correlation));
        }
        random.push_back(json::object{{"group", term.group},
                                      {"terms", list_of(term.terms)},
                                      {"sd", list_of(term.standard_deviations)},
                                      {"corr", correlations}});
    }
    return {{"n", model.rows_used},
            {"groups", groups},
            {"family", family_name(model.family)},
            {"quadrature", model.quadrature_points},
            {"success", model.success.empty() ? json::value(nullptr) : json::value(model.success)},
            {"reml", false},
            {"objective", model.objective},
            {"logLik", model.log_likelihood},
            {"sigma", nullptr},
            {"dispersion", known(model.dispersion)},
            {"theta", list_of(model.theta)},
            {"random", random},
            {"fixed", as_json(model.fixed)},
            {"zero_inflation", as_json(model.zero_part)},
            {"dropped", list_of(model.dropped)},
            {"certificate", json::object{{"status", model.certificate.status},
                                         {"gradient", known(model.certificate.gradient)},
                                         {"remaining_deviance", known(model.certificate.remaining_deviance)},
                                         {"words", model.certificate.words}}}};
}

void print_estimates(std::ostream& out, const std::string& title, const std::vector<Estimate>& estimates) {
    std::size_t width = title.size();
    for (const Estimate& one : estimates) {
        width = std::max(width, one.term.size());
    }
    out << fmt::format("{:<{}} {:>12} {:>11} {:>8} {:>6}\n", title, width, "estimate", "se", "z", "p");
    for (const Estimate& one : estimates) {
        out << fmt::format("{:<{}} {:>12} {:>11} {:>8} {:>6}\n", one.term, width,
                           shown(one.estimate, "{:.6g}"), shown(one.standard_error, "{:.5g}"),
                           shown(one.statistic, "{:.3f}"), shown_p(one.p));
    }
    out << '\n';
}

void print_random(std::ostream& out, const GeneralizedModel& model) {
    out << fmt::format("{:<20} {:<20} {:>10}   {}\n", "Varies between", "what", "sd", "correlations");
    for (const statistics::RandomTerm& term : model.random) {
        std::size_t next = 0;
        for (std::size_t row = 0; row < term.terms.size(); ++row) {
            std::string line = fmt::format("{:<20} {:<20} {:>10}", row == 0 ? term.group : "",
                                           term.terms[row], shown(term.standard_deviations[row], "{:.5g}"));
            for (std::size_t column = 0; column < row; ++column) {
                line += (column == 0 ? "   " : " ") + shown(term.correlations[next++], "{:.3f}");
            }
            out << line << '\n';
        }
    }
    out << '\n';
}

void print(std::ostream& out, const GeneralizedModel& model, std::size_t rows) {
    out << fmt::format("{} rows", model.rows_used);
    if (model.rows_used < rows) {
        out << fmt::format(" ({} left out: a value is missing)", rows - model.rows_used);
    }
    for (const statistics::RandomTerm& term : model.random) {
        out << fmt::format(", {} {}", term.levels, term.group);
    }
    out << '\n';
    switch (model.family) {
        case Family::binomial:
            out << "Binomial: log odds of " << (model.success.empty() ? "success" : model.success);
            break;
        case Family::poisson: out << "Poisson: log of the expected count"; break;
        case Family::negative_binomial:
            out << fmt::format("Negative binomial: log of the expected count; dispersion {}",
                               shown(model.dispersion, "{:.5g}"));
            break;
    }
    if (!model.random.empty()) {
        out << (model.quadrature_points > 1
                    ? fmt::format("; quadrature with {} points", model.quadrature_points)
                    : std::string("; Laplace's approximation"));
    }
    out << fmt::format("\n-2 log-likelihood {:.8g}, log-likelihood {:.8g}\n\n", model.objective,
                       model.log_likelihood);
    if (!model.random.empty()) {
        print_random(out, model);
    }
    print_estimates(out, "Effect", model.fixed);
    if (!model.zero_part.empty()) {
        print_estimates(out, "Log odds of a sure zero", model.zero_part);
    }
    for (const std::string& name : model.dropped) {
        out << fmt::format("Left out because the other columns determine it: {}\n", name);
    }
    out << model.certificate.status << ": " << model.certificate.words << '\n';
}

// The data with the columns that the outcome is made of moved on by some rows.
class MovedOutcome {
  public:
    MovedOutcome(const statistics::Data& data, std::string_view formula) : moved_(data) {
        const std::string outcome(formula.substr(0, formula.find('~')));
        for (std::size_t k = 0; k < data.variables.size(); ++k) {
            if (mentions(outcome, data.variables[k].name)) {
                columns_.push_back(k);
                numbers_.emplace_back(data.variables[k].numbers.begin(), data.variables[k].numbers.end());
                codes_.emplace_back(data.variables[k].codes.begin(), data.variables[k].codes.end());
            }
        }
    }

    // By one row more than the last time.
    const statistics::Data& next() {
        for (std::size_t k = 0; k < columns_.size(); ++k) {
            if (!numbers_[k].empty()) {
                std::rotate(numbers_[k].begin(), numbers_[k].begin() + 1, numbers_[k].end());
            }
            if (!codes_[k].empty()) {
                std::rotate(codes_[k].begin(), codes_[k].begin() + 1, codes_[k].end());
            }
            moved_.variables[columns_[k]].numbers = numbers_[k];
            moved_.variables[columns_[k]].codes = codes_[k];
        }
        return moved_;
    }

  private:
    static bool mentions(const std::string& text, const std::string& name) {
        const auto is_part = [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
        };
        for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
            const bool starts = at == 0 || !is_part(text[at - 1]);
            const bool ends = at + name.size() == text.size() || !is_part(text[at + name.size()]);
            if (starts && ends) {
                return true;
            }
        }
        return false;
    }

    statistics::Data moved_;
    std::vector<std::size_t> columns_;
    std::vector<std::vector<double>> numbers_;
    std::vector<std::vector<std::int32_t>> codes_;
};

}  // namespace

const char* GeneralizedFit::manual() {
    return "\n\nOutcomes that are no measurements: --family binomial for 0/1, two categories (the first in "
           "the alphabet "
           "or\n--reference is failure), cbind(successes, failures), or proportions with the numbers of "
           "trials as "
           "--weights;\npoisson or negbinomial for counts.\n\n"
           "  groundwork fit 'practised ~ week * arm + (1 | id)' diary.csv --family binomial --quadrature 9\n"
           "  groundwork fit 'minutes ~ arm + offset(log(days)) + (1 | id)' log.csv --family negbinomial \\\n"
           "      --zero-inflation '~ arm'";
}

void GeneralizedFit::declare(Options& options) {
    options.text("--family", "FAMILY", family_, "gaussian (default), binomial, poisson or negbinomial");
    options.integer(
        "--quadrature", "N", points_,
        "points of adaptive quadrature for each random effect; 1 (default) is Laplace's approximation");
    options.text("--zero-inflation", "FORMULA", zero_inflation_,
                 "counts with surplus zeros: the formula of their log odds, '~ 1' if the same for everybody");
}

Result<bool> GeneralizedFit::wanted() const {
    if (family_ == "gaussian") {
        if (points_ != 1 || !zero_inflation_.empty()) {
            return fail(
                usage_error("--quadrature and --zero-inflation need --family binomial, poisson or "
                            "negbinomial"));
        }
        return false;
    }
    return true;
}

Result<GeneralizedModelOptions> GeneralizedFit::model_options(const Task& task) const {
    GeneralizedModelOptions options;
    options.weights = task.weights;
    if (family_ == "binomial") {
        options.family = Family::binomial;
    } else if (family_ == "poisson") {
        options.family = Family::poisson;
    } else if (family_ == "negbinomial" || family_ == "nbinom2") {
        options.family = Family::negative_binomial;
    } else {
        return fail(usage_error("--family takes gaussian, binomial, poisson or negbinomial").value(family_));
    }
    if (points_ < 1) {
        return fail(
            usage_error("--quadrature takes a number of points from 1").value(std::to_string(points_)));
    }
    options.quadrature_points = static_cast<std::size_t>(points_);
    if (!zero_inflation_.empty()) {
        options.zero_inflation = zero_inflation_;
    }
    return options;
}

Result<void> GeneralizedFit::run(const Task& task, const statistics::Data& data, Console& console) const {
    const GeneralizedModelOptions options = TRY(model_options(task));
    const Clock::time_point start = Clock::now();
    Result<GeneralizedModel> model = statistics::fit_generalized_model(task.formula, data, options);
    if (!model) {
        Error error = model.error();
        error.set_file_if_unknown(task.file);
        return fail(std::move(error));
    }
    const double seconds = seconds_since(start);
    if (console.wants_json()) {
        json::object document = json_of(*model);
        document["seconds"] = json::object{{"read", task.seconds_read},
                                           {"fit", seconds},
                                           {"total", task.seconds_read + seconds_since(start)}};
        console.print_json(document);
    } else {
        print(console.out(), *model, task.rows);
    }
    MovedOutcome moved(data, task.formula);
    for (long long round = 0; round < task.repeat; ++round) {
        // A moved outcome may be separated by chance; only the time counts here.
        (void)statistics::fit_generalized_model(task.formula, moved.next(), options);
    }
    return {};
}

}  // namespace groundwork::command
