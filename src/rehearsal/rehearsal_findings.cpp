#include "rehearsal/rehearsal_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "foundation/parallel.h"
#include "instrument/instrument.h"
#include "statistics/statistics.h"

namespace groundwork::rehearsal {

using namespace programme;

namespace {

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();

// One person of the confirmatory comparison.
struct Compared {
    double after = nowhere, before = nowhere, moderator = nowhere;
    double contrast = 0;    // 1: second arm, or started at once where there is one arm
    double difference = 0;  // what the contrast truly does to `after`, in points
};

const Outcome* confirmatory_outcome(const Course& course) {
    const auto found = std::ranges::find(course.outcomes, OutcomeRole::confirmatory, &Outcome::role);
    return found == course.outcomes.end() ? nullptr : &*found;
}

int day_of(const Course& course, const std::string& form) {
    const auto& timing = course.find_form(form)->timing;
    return std::holds_alternative<OnDay>(timing) ? std::get<OnDay>(timing).day : -7 * course.weeks_before;
}

const instrument::Instrument& definition_of(const std::string& id) {
    const auto& instruments = instrument::shipped_instruments();
    const auto found = std::ranges::find(instruments, id, &instrument::Instrument::id);
    ENSURE(found != instruments.end());
    return *found;
}

double score_of(const SimulatedParticipant& who, const std::string& instrument_id, const std::string& scale,
                int day, const Training& training) {
    const instrument::Instrument& definition = definition_of(instrument_id);
    const auto scores = instrument::score(definition, who.answers_to(instrument_id, day, training));
    for (std::size_t i = 0; scores && i < scores->size(); ++i) {
        if (definition.scales[i].id == scale) {
            return (*scores)[i].value.value_or(nowhere);
        }
    }
    return nowhere;
}

// What the contrast does to one person's answers, everything else that they would say being the same.
double true_difference(const SimulatedParticipant& who, const Outcome& outcome, int day, bool has_one_arm,
                       int length) {
    Training with{.is_second_arm = !has_one_arm, .is_only_arm = has_one_arm, .begins_on = 0, .days = length};
    Training without{.is_second_arm = false, .is_only_arm = has_one_arm, .begins_on = 0, .days = length};
    if (has_one_arm) {
        without.begins_on.reset();
    }
    return score_of(who, outcome.instrument, outcome.scale, day, with) -
           score_of(who, outcome.instrument, outcome.scale, day, without);
}

std::vector<Compared> people_compared(const Protocol& protocol, const Crowd& crowd,
                                      const RehearsalRecord& record, const Outcome& outcome) {
    const auto drawn = protocol.drawn_arms();
    const bool has_one_arm = drawn.size() < 2;
    const Course& course = *protocol.course;
    const auto enrolment = std::ranges::find_if(
        course.forms, [](const Form& form) { return std::holds_alternative<AtEnrolment>(form.timing); });
    const auto number = [](std::optional<Points> points) { return points ? to_score(*points) : nowhere; };
    std::vector<Compared> people;
    for (const RehearsalRecord::Person& person : record.people()) {
        const auto& allocation = person.allocation;
        if (!allocation || allocation->kind != AllocationKind::drawn ||
            (has_one_arm ? !allocation->start_was_drawn : allocation->is_delayed)) {
            continue;
        }
        Compared compared;
        compared.after = number(person.score(outcome.after, outcome.instrument, outcome.scale));
        compared.before = number(person.score(outcome.before, outcome.instrument, outcome.scale));
        compared.moderator =
            number(person.score(enrolment->id, protocol.moderator.instrument, protocol.moderator.scale));
        compared.contrast =
            has_one_arm ? (allocation->is_delayed ? 0 : 1) : (allocation->arm == drawn[1]->id ? 1 : 0);
        compared.difference = true_difference(crowd.find(person.id)->who, outcome,
                                              day_of(course, outcome.after), has_one_arm, 7 * course.weeks);
        if (!std::isnan(compared.after + compared.before + compared.moderator)) {
            people.push_back(compared);
        }
    }
    return people;
}

// "after ~ before + contrast * moderator", the moderator centred: the protocol's one confirmatory test.
Result<statistics::LinearModel> confirmatory_model(const std::vector<Compared>& people) {
    const double centre =
        std::accumulate(people.begin(), people.end(), 0.0,
                        [](double sum, const Compared& each) { return sum + each.moderator; }) /
        static_cast<double>(std::max<std::size_t>(1, people.size()));
    std::array<std::vector<double>, 4> columns;
    for (const Compared& each : people) {
        columns[0].push_back(each.after);
        columns[1].push_back(each.before);
        columns[2].push_back(each.contrast);
        columns[3].push_back(each.moderator - centre);
    }
    statistics::Data data;
    data.rows = people.size();
    constexpr std::array names = {"after", "before", "contrast", "moderator"};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        statistics::Variable variable;
        variable.name = names[i];
        variable.numbers = columns[i];
        data.variables.push_back(std::move(variable));
    }
    return statistics::fit_linear_model("after ~ before + contrast * moderator", data);
}

// Slope and mean of what is truly so, over the moderator: by least squares.
struct TrueEffects {
    double mean = 0, slope = 0;
};
TrueEffects true_effects(const std::vector<Compared>& people) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const Compared& each : people) {
        n += 1;
        x += each.moderator;
        y += each.difference;
        xx += each.moderator * each.moderator;
        xy += each.moderator * each.difference;
    }
    const double spread = n * xx - x * x;
    return {n > 0 ? y / n : 0, spread > 0 ? (n * xy - x * y) / spread : 0};
}

// Trials of as many people as were compared, without the programme around them.
double share_found(const RehearsalPlan& plan, const Protocol& protocol, const Outcome& outcome,
                   std::size_t people) {
    const Course& course = *protocol.course;
    const bool has_one_arm = protocol.drawn_arms().size() < 2;
    const int after_day = day_of(course, outcome.after), before_day = day_of(course, outcome.before);
    std::vector<int> found(plan.power_trials, 0);
    for_each_part(plan.power_trials, 0, [&](std::size_t trial) {
        std::vector<Compared> compared;
        const std::uint64_t seed = plan.seed * 1000003 + trial + 1;
        for (std::size_t number = 0; number < people; ++number) {
            SimulatedParticipant who(seed, number, plan.truth);
            const bool has_contrast = who.behaviour().next_below(2) == 0;
            Training training{.is_second_arm = !has_one_arm && has_contrast,
                              .is_only_arm = has_one_arm,
                              .begins_on = 0,
                              .days = 7 * course.weeks};
            if (has_one_arm && !has_contrast) {
                training.begins_on.reset();
            }
            Compared each;
            each.before = score_of(who, outcome.instrument, outcome.scale, before_day, {});
            each.after = score_of(who, outcome.instrument, outcome.scale, after_day, training);
            each.moderator =
                score_of(who, protocol.moderator.instrument, protocol.moderator.scale, before_day, {});
            each.contrast = has_contrast ? 1 : 0;
            if (!std::isnan(each.after + each.before + each.moderator)) {
                compared.push_back(each);
            }
        }
        if (const auto model = confirmatory_model(compared)) {
            const statistics::Estimate* term = model->find("contrast:moderator");
            found[trial] = term != nullptr && term->p < 0.05 ? 1 : 0;
        }
    });
    return std::accumulate(found.begin(), found.end(), 0.0) / static_cast<double>(plan.power_trials);
}

Result<void> find_effects(const RehearsalPlan& plan, const Protocol& protocol, const Crowd& crowd,
                          const RehearsalRecord& record, RehearsalOutcome& outcome) {
    const Outcome* confirmatory = confirmatory_outcome(*protocol.course);
    constexpr std::size_t fewest_people = 10;
    if (confirmatory == nullptr) {
        return {};
    }
    const auto people = people_compared(protocol, crowd, record, *confirmatory);
    if (people.size() < fewest_people) {
        return {};
    }
    const auto model = confirmatory_model(people);
    if (!model) {
        return {};  // nobody in one of the arms: there is nothing to compare
    }
    const TrueEffects truth = true_effects(people);
    const auto recover = [&](std::string what, std::string_view term, double true_value) -> Recovered {
        Recovered recovered;
        recovered.what = std::move(what);
        recovered.truth = true_value;
        recovered.people = static_cast<int>(people.size());
        if (const statistics::Estimate* estimate = model->find(term)) {
            const statistics::Interval interval = statistics::confidence_interval(*estimate);
            recovered.estimate = estimate->estimate;
            recovered.standard_error = estimate->standard_error;
            recovered.low = interval.low;
            recovered.high = interval.high;
            recovered.p = estimate->p;
        }
        return recovered;
    };
    outcome.recovered.push_back(recover(confirmatory->id + ": difference", "contrast", truth.mean));
    Recovered moderation = recover(confirmatory->id + ": moderation", "contrast:moderator", truth.slope);
    if (plan.power_trials > 0) {
        moderation.power = share_found(plan, protocol, *confirmatory, people.size());
        const double error = 1.96 * std::sqrt(moderation.power * (1 - moderation.power) /
                                              static_cast<double>(plan.power_trials));
        moderation.power_low = std::max(0.0, moderation.power - error);
        moderation.power_high = std::min(1.0, moderation.power + error);
    }
    outcome.recovered.push_back(std::move(moderation));
    return {};
}

// ---- flags ----

// The score that somebody of this standing would have on average over occasions.
double expected_score(const SimulatedParticipant& who, const std::string& instrument,
                      const std::string& scale, int day, const Training& training) {
    constexpr int occasions = 12;
    const instrument::Instrument& definition = definition_of(instrument);
    double sum = 0;
    int counted = 0;
    for (int copy = 100; copy < 100 + occasions; ++copy) {
        const auto scores = instrument::score(definition, who.answers_to(instrument, day, training, copy));
        for (std::size_t i = 0; scores && i < scores->size(); ++i) {
            if (definition.scales[i].id == scale && (*scores)[i].value) {
                sum += *(*scores)[i].value;
                ++counted;
            }
        }
    }
    return counted == 0 ? nowhere : sum / counted;
}

void count(FlagTotals& totals, bool is_raised, bool is_so) {
    totals.rightly += is_raised && is_so ? 1 : 0;
    totals.wrongly += is_raised && !is_so ? 1 : 0;
    totals.missed += !is_raised && is_so ? 1 : 0;
}

void find_flags_of(const Protocol& protocol, const Crowd::Life& life, const RehearsalRecord::Person& person,
                   std::map<std::string, FlagTotals>& flags) {
    const Course& course = *protocol.course;
    const int first = -7 * course.weeks_before;
    const auto expected = [&](const Outcome& outcome, const std::string& form) {
        return expected_score(life.who, outcome.instrument, outcome.scale, day_of(course, form),
                              life.training);
    };
    if (person.safety) {
        for (const SafetyRule& rule : protocol.safety.talk_first) {
            const Screen* screen = protocol.find_screen(rule.instrument);
            if (rule.item || screen == nullptr || screen->asked != Asked::always) {
                continue;
            }
            const double score = expected_score(life.who, rule.instrument, screen->scale, first, {});
            count(flags["talk first: " + rule.id],
                  std::ranges::find(person.safety->rules, rule.id) != person.safety->rules.end(),
                  score >= to_score(rule.at_least));
        }
    }
    if (person.middle && person.middle->finding != MiddleFinding::cannot_be_judged &&
        course.not_helping_yet) {
        const NotHelpingYet& rule = *course.not_helping_yet;
        const Outcome& outcome = *course.find_outcome(rule.outcome);
        const double before = expected(outcome, outcome.before), now = expected(outcome, rule.form);
        const double change = outcome.better == Better::lower ? before - now : now - before;
        count(flags["not helping yet"], person.middle->finding == MiddleFinding::not_helping_yet,
              change < before * rule.fell_less_than / certain);
    }
    if (person.reassessed && course.reassessment) {
        bool is_better = false;
        for (const Outcome& outcome : course.outcomes) {
            if (outcome.reliable_change && outcome.reliable_change->decides) {
                const double before = expected(outcome, outcome.before);
                const double now = expected(outcome, course.reassessment->form);
                const double change = outcome.better == Better::lower ? before - now : now - before;
                is_better |= change >= to_score(outcome.reliable_change->points);
            }
        }
        count(flags["improved"], person.reassessed->finding == name_of(CourseFinding::improved), is_better);
    }
    if (!course.worsening.empty() && person.reassessed) {
        bool is_worse = false;
        for (const Worsening& rule : course.worsening) {
            const double before = expected_score(life.who, rule.instrument, rule.scale, first, {});
            const double now = expected_score(life.who, rule.instrument, rule.scale,
                                              day_of(course, course.reassessment->form), life.training);
            is_worse |= now - before >= to_score(rule.by);
        }
        count(flags["worse"], person.was_found_worse, is_worse);
    }
}

}  // namespace

Result<void> find(const RehearsalPlan& plan, const Protocol& protocol, const Crowd& crowd,
                  const RehearsalRecord& record, RehearsalOutcome& outcome) {
    TRY_DO(find_effects(plan, protocol, crowd, record, outcome));
    for (const RehearsalRecord::Person& person : record.people()) {
        if (!person.is_erased) {
            find_flags_of(protocol, *crowd.find(person.id), person, outcome.flags);
        }
    }
    return {};
}

}  // namespace groundwork::rehearsal
