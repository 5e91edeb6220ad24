// groundwork power: what a planned programme could show, by simulation.
#include <fmt/format.h>

#include <cmath>
#include <ostream>

#include "command/commands.h"
#include "command/console.h"
#include "command/progress_bar.h"
#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using statistics::PowerDesign;
using statistics::PowerEffect;
using statistics::PowerPoint;

Result<std::vector<double>> numbers_of(std::string_view text, std::string_view option) {
    std::vector<double> numbers;
    for (const std::string_view cell : split(text, ',')) {
        const std::optional<double> number = to_number(trim(cell));
        if (!number) {
            return fail(usage_error(fmt::format("is no number; {} takes numbers separated by commas", option))
                            .value(std::string(cell)));
        }
        numbers.push_back(*number);
    }
    return numbers;
}

class PowerCommand final : public Command {
  public:
    std::string name() const override { return "power"; }
    std::string summary() const override {
        return "How likely a planned programme is to show an effect, by simulation";
    }
    std::string manual() const override {
        return "Simulates a diary of two arms in which people's starting point may moderate their course,\n"
               "  outcome ~ week * arm * moderator + (week | person)\n"
               "and counts how often the effect asked for is told from zero at 5 % (two-sided).\n\n"
               "  groundwork power --people 100,217,400 --days 63 --effect "
               "week:arm:moderator=0.01,0.02,0.03\n\n"
               "An effect is named by its term (week, arm, moderator, week:arm, week:moderator, "
               "arm:moderator,\n"
               "week:arm:moderator; scc may stand for moderator) and sized in units of the outcome: by week, "
               "by arm, by\n"
               "unit of the moderator. Every number of people is combined with every size.\n"
               "The defaults are those of the founding study's diaries: see docs/mathematics.md. Replace "
               "them "
               "with yours.\n"
               "Besides the power, its 95 % Monte-Carlo interval, and what a small study does to what it "
               "finds: how much\n"
               "too large an effect that is told from zero is on average, and how often it has the wrong "
               "sign.";
    }
    void declare(Options& options) override {
        options.text("--people", "N,...", people_, "numbers of people in all (default 217)");
        options.integer("--days", "N", days_, "days of the diary (default 63)");
        options.list("--effect", "TERM=SIZE,...", effects_,
                     "an effect and its sizes; repeatable (default week:arm:moderator=0.02)");
        options.number("--missing", "SHARE", design_.missing,
                       "of single days without an answer (default .15)");
        options.number("--dropout", "SHARE", design_.dropout,
                       "of people who stop on some day before the end (default .15)");
        options.number("--sd-intercept", "SD", design_.sd_intercept, "between people, at the start");
        options.number("--sd-slope", "SD", design_.sd_slope, "between people, of their change per week");
        options.number("--correlation", "R", design_.correlation, "of start and change");
        options.number("--sd-residual", "SD", design_.sigma, "of single days");
        options.number("--sd-moderator", "SD", design_.sd_moderator, "of the moderator");
        options.number("--group-size", "N", design_.group_size, "people taught together (default 1: alone)");
        options.number("--group-icc", "R", design_.group_correlation,
                       "how alike people of a group are, beyond their arm (default 0)");
        options.integer("--simulations", "N", simulations_, "for each number of people (default 1000)");
        options.integer("--seed", "N", seed_, "another seed, other simulations (default 1)");
        options.text("--ddf", "METHOD", degrees_, "satterthwaite (default), kenward-roger or none");
        options.integer("--threads", "N", threads_, "threads to use; 0 (default) = every core");
    }

    Result<void> run(Console& console) override {
        const std::vector<PowerEffect> effects = TRY(asked_effects());
        PowerDesign design = design_;
        design.people.clear();
        for (const double people : TRY(numbers_of(people_, "--people"))) {
            if (!(people >= 1 && people <= 1e6) || people != static_cast<double>(static_cast<long>(people))) {
                return fail(usage_error("is no number of people; --people takes whole numbers")
                                .value(shortest(people)));
            }
            design.people.push_back(static_cast<std::size_t>(people));
        }
        if (days_ < 1 || simulations_ < 1 || seed_ < 0 || threads_ < 0) {
            return fail(usage_error("--days, --simulations, --seed and --threads are not negative"));
        }
        design.days = static_cast<std::size_t>(days_);
        statistics::PowerOptions options;
        options.simulations = static_cast<std::size_t>(simulations_);
        options.seed = static_cast<std::uint64_t>(seed_);
        options.threads = static_cast<unsigned>(threads_);
        if (degrees_ == "kenward-roger") {
            options.degrees_of_freedom = statistics::DegreesOfFreedom::kenward_roger;
        } else if (degrees_ == "none") {
            options.degrees_of_freedom = statistics::DegreesOfFreedom::none;
        } else if (degrees_ != "satterthwaite") {
            return fail(usage_error("--ddf takes satterthwaite, kenward-roger or none").value(degrees_));
        }
        const std::vector<PowerPoint> points = TRY(simulated(design, effects, options));
        if (console.wants_json()) {
            console.print_json(as_json(points));
        } else {
            print(console.out(), design, points);
        }
        return {};
    }

  private:
    static Result<std::vector<PowerPoint>> simulated(const statistics::PowerDesign& design,
                                                     const std::vector<statistics::PowerEffect>& effects,
                                                     statistics::PowerOptions options) {
        ProgressBar bar;
        options.progress = bar.observer();
        return statistics::power_of_design(design, effects, options);
    }

    Result<std::vector<PowerEffect>> asked_effects() const {
        std::vector<PowerEffect> effects;
        for (const std::string& text :
             effects_.empty() ? std::vector<std::string>{"week:arm:moderator=0.02"} : effects_) {
            const std::size_t equals = text.find('=');
            if (equals == std::string::npos) {
                return fail(usage_error("write it as TERM=SIZE, for example --effect week:arm:moderator=0.02")
                                .value(text));
            }
            PowerEffect effect{std::string(trim(std::string_view(text).substr(0, equals))),
                               TRY(numbers_of(std::string_view(text).substr(equals + 1), "--effect"))};
            const std::size_t short_name = effect.term.find("scc");
            if (short_name != std::string::npos) {
                effect.term.replace(short_name, 3, "moderator");
            }
            effects.push_back(std::move(effect));
        }
        return effects;
    }

    static json::object as_json(const std::vector<PowerPoint>& points) {
        json::array list;
        for (const PowerPoint& point : points) {
            list.push_back(json::object{{"people", point.people},
                                        {"term", point.term},
                                        {"effect", point.effect},
                                        {"power", point.power},
                                        {"lo", point.interval.low},
                                        {"hi", point.interval.high},
                                        {"se", point.standard_error},
                                        {"exaggeration", point.exaggeration},
                                        {"wrong_sign", point.wrong_sign}});
        }
        return {{"points", list}};
    }

    void print(std::ostream& out, const PowerDesign& design, const std::vector<PowerPoint>& points) const {
        out << fmt::format(
            "{} days, two arms; {} simulated programmes for each number of people (seed {})\n\n", design.days,
            simulations_, seed_);
        out << fmt::format("{:>7}  {:<20} {:>8} {:>7} {:>15} {:>10} {:>13} {:>11}\n", "people", "effect",
                           "size", "power", "95 % interval", "se", "exaggeration", "wrong sign");
        for (const PowerPoint& point : points) {
            const auto shown = [](double value, const char* format) {
                return std::isnan(value) ? std::string("-") : fmt::format(fmt::runtime(format), value);
            };
            out << fmt::format("{:>7}  {:<20} {:>8} {:>7.3f} {:>15} {:>10.4g} {:>13} {:>11}\n", point.people,
                               point.term, shortest(point.effect), point.power,
                               fmt::format("{:.3f} to {:.3f}", point.interval.low, point.interval.high),
                               point.standard_error, shown(point.exaggeration, "{:.2f} x"),
                               shown(point.wrong_sign, "{:.4f}"));
        }
        out << "\nPower holds for a programme exactly like the simulated one. Exaggeration: how many times "
               "too "
               "large an\neffect is on average once it has been told from zero.\n";
    }

    std::string people_ = "217", degrees_ = "satterthwaite";
    std::vector<std::string> effects_;
    long long days_ = 63, simulations_ = 1000, seed_ = 1, threads_ = 0;
    PowerDesign design_;
};

}  // namespace

std::unique_ptr<Command> make_power_command() { return std::make_unique<PowerCommand>(); }

}  // namespace groundwork::command
