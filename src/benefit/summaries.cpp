#include "benefit/summaries.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "benefit/verdict.h"
#include "benefit/words.h"
#include "instrument/instrument.h"

namespace groundwork::benefit {

namespace {

constexpr std::size_t most_windows = 12;
constexpr double share_at_bound_to_mention = 0.15;  // Terwee et al. 2007, J. Clin. Epidemiol. 60, 34-42
constexpr double loss_difference_to_mention = 0.10;
constexpr double selective_loss_to_mention = 0.25;  // standard deviations
constexpr double correlation_to_mention = 0.3;

std::vector<std::size_t> both_occasions(const Study& study) {
    std::vector<std::size_t> who;
    for (const std::size_t at : study.complete_people()) {
        if (!std::isnan(study.people[at].baseline) && !std::isnan(study.people[at].after)) {
            who.push_back(at);
        }
    }
    return who;
}

std::string in_arm(const Study& study, std::size_t arm) {
    return study.has_arms ? " in " + study.arms[arm] : "";
}

MeanAt mean_at(const Study& study, std::size_t arm, double time, const std::vector<double>& values) {
    const statistics::Summary summary = statistics::summarise(values);
    MeanAt mean;
    mean.arm = study.arms[arm];
    mean.time = time;
    mean.people = summary.n;
    mean.mean = summary.mean;
    mean.standard_deviation = summary.standard_deviation;
    const double n = static_cast<double>(summary.n);
    if (summary.n >= 2) {
        mean.interval = statistics::confidence_interval(
            statistics::make_estimate("", summary.mean, summary.standard_deviation / std::sqrt(n), n - 1));
    }
    return mean;
}

// The window of each answer's time: the time itself where there are few, else one of twelve of equal length.
std::size_t window_of(const Study& study, const std::set<double>& times, double time) {
    if (times.size() <= most_windows) {
        return static_cast<std::size_t>(std::distance(times.begin(), times.find(time)));
    }
    const double share = (time - study.first_time) / (study.last_time - study.first_time);
    return std::min(most_windows - 1, static_cast<std::size_t>(share * static_cast<double>(most_windows)));
}

struct Window {
    double time_sum = 0;
    std::size_t answers = 0;
    std::map<std::size_t, std::pair<double, double>> of_person;  // sum and count
};

std::vector<MeanAt> repeated_means(const Study& study) {
    std::set<double> times;
    for (const Answer& answer : study.answers) {
        times.insert(answer.time);
    }
    std::vector<std::vector<Window>> windows(study.arms.size(), std::vector<Window>(most_windows));
    for (const Answer& answer : study.answers) {
        const Person& person = study.people[answer.person];
        if (!study.is_complete(person)) {
            continue;
        }
        Window& window = windows[static_cast<std::size_t>(person.arm)][window_of(study, times, answer.time)];
        window.time_sum += answer.time;
        ++window.answers;
        auto& [sum, count] = window.of_person[answer.person];
        sum += answer.outcome;
        count += 1;
    }
    std::vector<MeanAt> means;
    for (std::size_t arm = 0; arm < windows.size(); ++arm) {
        for (const Window& window : windows[arm]) {
            std::vector<double> values;
            for (const auto& [person, total] : window.of_person) {
                values.push_back(total.first / total.second);
            }
            if (!values.empty()) {
                means.push_back(
                    mean_at(study, arm, window.time_sum / static_cast<double>(window.answers), values));
            }
        }
    }
    return means;
}

}  // namespace

std::vector<ArmSummary> arm_summaries(const Study& study) {
    std::vector<ArmSummary> summaries;
    for (const std::string& arm : study.arms) {
        summaries.push_back({arm, 0, 0});
    }
    for (const Person& person : study.people) {
        if (person.arm < 0 || std::isnan(person.baseline)) {
            continue;
        }
        ArmSummary& summary = summaries[static_cast<std::size_t>(person.arm)];
        ++summary.people;
        summary.with_outcome += std::isnan(person.after) ? 0 : 1;
    }
    return summaries;
}

StartingScores starting_scores(const Study& study, const ModeratorScale& scale) {
    StartingScores scores;
    scores.people = scale.people;
    const Result<instrument::Instrument> found = instrument::find_instrument("scs");
    if (study.moderator_name != "self-compassion" || !found) {
        return scores;
    }
    const instrument::Scale& total = found->scales.front();
    if (!std::all_of(scale.people.begin(), scale.people.end(),
                     [&](double value) { return value >= total.minimum && value <= total.maximum; })) {
        return scores;
    }
    scores.lowest = total.minimum;
    scores.highest = total.maximum;
    scores.band_source = total.bands_source;
    for (const instrument::Band& band : total.bands) {
        ScoreBand shown;
        shown.label = band.label.at("en");
        shown.from = band.at_least.value_or(band.above.value_or(total.minimum));
        shown.to = band.below.value_or(band.at_most.value_or(total.maximum));
        shown.people = static_cast<std::size_t>(std::count_if(
            scale.people.begin(), scale.people.end(), [&](double value) { return band.holds(value); }));
        scores.bands.push_back(std::move(shown));
    }
    return scores;
}

std::vector<MeanAt> means_over_time(const Study& study) {
    if (study.design == Design::repeated_measures) {
        return repeated_means(study);
    }
    std::vector<std::vector<double>> before(study.arms.size()), after(study.arms.size());
    for (const std::size_t at : study.complete_people()) {
        const Person& person = study.people[at];
        before[static_cast<std::size_t>(person.arm)].push_back(person.baseline);
        after[static_cast<std::size_t>(person.arm)].push_back(person.after);
    }
    std::vector<MeanAt> means;
    for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
        means.push_back(mean_at(study, arm, 0, before[arm]));
        means.push_back(mean_at(study, arm, 1, after[arm]));
    }
    return means;
}

std::vector<Effect> mean_changes(const Study& study) {
    std::vector<std::vector<double>> changes(study.arms.size());
    for (const std::size_t at : both_occasions(study)) {
        const Person& person = study.people[at];
        changes[static_cast<std::size_t>(person.arm)].push_back(person.after - person.baseline);
    }
    std::vector<Effect> effects;
    for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
        const statistics::Summary summary = statistics::summarise(changes[arm]);
        if (summary.n < 2) {
            continue;
        }
        const double n = static_cast<double>(summary.n);
        effects.push_back(effect(study.has_arms ? "change:" + study.arms[arm] : "change",
                                 "Mean change in " + study.outcome_name + in_arm(study, arm) +
                                     ", which says nothing about its cause",
                                 statistics::make_estimate("after - before", summary.mean,
                                                           summary.standard_deviation / std::sqrt(n), n - 1),
                                 ""));
    }
    return effects;
}

std::vector<ReliableChange> reliable_changes(const Study& study) {
    const std::vector<std::size_t> who = both_occasions(study);
    std::vector<double> before;
    for (const std::size_t at : who) {
        before.push_back(study.people[at].baseline);
    }
    const double sd = statistics::summarise(before).standard_deviation;
    if (!(sd > 0)) {
        return {};
    }
    const bool given = study.question.outcome_reliability.has_value();
    const std::vector<double> reliabilities =
        given ? std::vector<double>{*study.question.outcome_reliability} : std::vector<double>{0.7, 0.8, 0.9};
    std::vector<ReliableChange> all;
    for (const double reliability : reliabilities) {
        const instrument::ChangeCriterion criterion = instrument::change_criterion({sd, reliability});
        std::vector<ReliableChange> by_arm(study.arms.size());
        for (const std::size_t at : who) {
            const Person& person = study.people[at];
            ReliableChange& arm = by_arm[static_cast<std::size_t>(person.arm)];
            // "improved" stands for "rose" as long as higher counts as better.
            switch (instrument::classify_change(person.baseline, person.after, criterion,
                                                instrument::BetterWhen::higher)) {
                case instrument::Change::improved: ++arm.rose; break;
                case instrument::Change::unchanged: ++arm.unchanged; break;
                case instrument::Change::worse: ++arm.fell; break;
            }
        }
        for (std::size_t arm = 0; arm < study.arms.size(); ++arm) {
            ReliableChange& change = by_arm[arm];
            change.arm = study.arms[arm];
            change.reliability = reliability;
            change.standard_deviation = sd;
            change.criterion = criterion.smallest_reliable_change;
            change.source = given ? "given" : "assumed";
            if (study.question.better != Better::not_stated) {
                const bool up = study.question.better == Better::higher;
                change.improved = up ? change.rose : change.fell;
                change.worse = up ? change.fell : change.rose;
            }
            all.push_back(change);
        }
    }
    return all;
}

std::size_t count_imputed(const Study& study) {
    if (study.design == Design::two_occasions) {
        return static_cast<std::size_t>(
            std::count_if(study.people.begin(), study.people.end(),
                          [](const Person& person) { return person.looks_imputed; }));
    }
    return static_cast<std::size_t>(std::count_if(study.answers.begin(), study.answers.end(),
                                                  [](const Answer& answer) { return answer.looks_imputed; }));
}

namespace {

void warn_of_imputed(const Study& study, std::vector<std::string>& warnings) {
    const std::size_t count = count_imputed(study);
    if (count == 0) {
        return;
    }
    const bool two = study.design == Design::two_occasions;
    const std::size_t all = two ? study.people.size() : study.answers.size();
    warnings.push_back(
        std::to_string(count) + " of " + std::to_string(all) + (two ? " rows" : " answers") +
        " look filled in afterwards (imputed, or prorated for missing items): their " + study.outcome_name +
        " falls between the values on which nearly all others lie. Such values are less uncertain than "
        "real ones look and may carry the very relation that is asked about. The analysis is repeated "
        "without them.");
}

// Values that look filled in are left out: they know no floor.
std::vector<double> real_outcomes(const Study& study) {
    std::vector<double> values;
    if (study.design == Design::repeated_measures) {
        for (const Answer& answer : study.answers) {
            if (!answer.looks_imputed) {
                values.push_back(answer.outcome);
            }
        }
        return values;
    }
    for (const std::size_t at : study.complete_people()) {
        const Person& person = study.people[at];
        if (!person.looks_imputed) {
            values.push_back(person.after);
        }
    }
    return values;
}

void warn_of_bounds(const Study& study, std::vector<std::string>& warnings) {
    const std::vector<double> values = real_outcomes(study);
    if (values.empty()) {
        return;
    }
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    for (const auto& [bound, word] : {std::pair(*low, "lowest"), std::pair(*high, "highest")}) {
        const double share = static_cast<double>(std::count(values.begin(), values.end(), bound)) /
                             static_cast<double>(values.size());
        if (share >= share_at_bound_to_mention) {
            warnings.push_back(
                percent(share) + " of the answers about " + study.outcome_name + " are at the " + word +
                " value seen, " + said(bound) +
                ": whoever is near it has little room to change, which looks like a difference in "
                "benefit.");
        }
    }
}

void warn_of_loss(const Study& study, std::vector<std::string>& warnings) {
    const std::vector<ArmSummary> arms = arm_summaries(study);
    double least = 1;
    double most = 0;
    std::size_t lost = 0;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        if (arms[i].people == 0) {
            continue;
        }
        const std::size_t gone = arms[i].people - arms[i].with_outcome;
        const double share = static_cast<double>(gone) / static_cast<double>(arms[i].people);
        least = std::min(least, share);
        most = std::max(most, share);
        lost += gone;
        parts.push_back(std::to_string(gone) + " of " + std::to_string(arms[i].people) + in_arm(study, i));
    }
    if (lost == 0) {
        return;
    }
    const std::string words = sentence(people(lost)) + " have a start but no " + study.outcome_name +
                              " after (" + listed(parts) + ").";
    const bool unequal = study.has_arms && most - least >= loss_difference_to_mention;
    warnings.push_back(words +
                       (unequal ? " The arms lost different shares of their people, so those left may differ "
                                  "for that reason alone."
                                : " The findings hold for those who answered."));
}

// Are those without an outcome after different at the start?
void warn_of_selective_loss(const Study& study, const std::string& name, double Person::* value,
                            std::vector<std::string>& warnings) {
    std::vector<double> stayed, left, all;
    for (const Person& person : study.people) {
        const double one = person.*value;
        if (person.arm < 0 || std::isnan(one)) {
            continue;
        }
        all.push_back(one);
        (std::isnan(person.after) ? left : stayed).push_back(one);
    }
    constexpr std::size_t enough_to_compare = 5;
    if (left.size() < enough_to_compare || stayed.size() < enough_to_compare) {
        return;
    }
    const double difference = (statistics::summarise(left).mean - statistics::summarise(stayed).mean) /
                              statistics::summarise(all).standard_deviation;
    if (std::abs(difference) >= selective_loss_to_mention) {
        warnings.push_back("Those without an answer after started " + said(std::abs(difference)) +
                           " standard deviations " + (difference > 0 ? "higher" : "lower") + " in " + name +
                           ".");
    }
}

void warn_of_correlated_start(const Study& study, std::vector<std::string>& warnings) {
    std::vector<double> moderator, baseline;
    for (const std::size_t at : study.complete_people()) {
        moderator.push_back(study.people[at].moderator);
        baseline.push_back(study.people[at].baseline);
    }
    const double r = statistics::correlation(moderator, baseline);
    if (std::abs(r) >= correlation_to_mention) {
        warnings.push_back(sentence(study.moderator_name) + " and " + study.outcome_name +
                           " before go together (r = " + fixed(r, 2) +
                           "): any fall back towards the mean in " + study.outcome_name +
                           " will look like an effect of " + study.moderator_name + ".");
    }
}

}  // namespace

std::vector<std::string> warnings_of(const Study& study) {
    std::vector<std::string> warnings = study.notes;
    warn_of_imputed(study, warnings);
    warn_of_bounds(study, warnings);
    warn_of_loss(study, warnings);
    warn_of_selective_loss(study, study.outcome_name + " before", &Person::baseline, warnings);
    if (study.has_moderator) {
        warn_of_selective_loss(study, study.moderator_name, &Person::moderator, warnings);
        warn_of_correlated_start(study, warnings);
    }
    if (study.has_arms && study.question.allocation == Allocation::not_stated) {
        warnings.push_back(
            "It is not said whether people were drawn into the arms by lot (--randomised yes or no). "
            "Until then no difference between arms counts as an effect.");
    }
    return warnings;
}

}  // namespace groundwork::benefit
