#include "rehearsal/simulated_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace groundwork::rehearsal {

namespace {

constexpr AnswerModel self_compassion_model = {.loading = 0.62, .difficulty = 0.1, .spacing = 0.85};
constexpr AnswerModel depression_model = {.loading = 0.7, .difficulty = 1.0, .spacing = 0.8};
constexpr std::uint64_t stations = 6;

instrument::Answers with_gaps(instrument::Answers answers, double share, RandomStream& random) {
    for (auto& answer : answers) {
        if (random.next_uniform() < share) {
            answer.reset();
        }
    }
    return answers;
}

instrument::Answers simulate_unsafe_check(double self_compassion, RandomStream& random) {
    instrument::Answers answers;
    for (int item = 0; item < 3; ++item) {
        const double response = -0.5 * self_compassion + random.next_normal() + 0.6;
        answers.emplace_back(std::clamp(static_cast<int>(std::lround(response)), 0, 4));
    }
    return answers;
}

// A unit-variance variable that correlates `correlation` with the standard normal `base`.
double correlated(double base, double correlation, RandomStream& random) {
    return correlation * base + std::sqrt(1 - correlation * correlation) * random.next_normal();
}

SimulatedPerson simulate_person(const instrument::Instrument& self_compassion,
                                const instrument::Instrument& depression, std::size_t number,
                                std::uint64_t seed, const TrialTruth& truth) {
    RandomStream random(seed, number);
    SimulatedPerson person;
    person.id = fmt::format("P{:03}", number);
    person.station = fmt::format("Station {}", 1 + random.next_below(stations));
    person.arm = random.next_below(2) == 0 ? "A" : "B";

    const double compassion = random.next_normal();
    const double before = correlated(compassion, truth.correlation, random);
    double after = correlated(before, truth.retest, random) + truth.change_in_first_arm;
    if (person.arm == "B") {
        after += truth.difference_of_second_arm + truth.moderation_in_second_arm * compassion;
    }
    const auto answer = [&](const instrument::Instrument& instrument, double trait,
                            const AnswerModel& model) {
        return with_gaps(simulate_answers(instrument, trait, model, random), truth.skipped_item, random);
    };
    person.self_compassion = answer(self_compassion, compassion, self_compassion_model);
    person.kindness_unsafe = simulate_unsafe_check(compassion, random);
    person.depression_before = answer(depression, before, depression_model);
    if (random.next_uniform() >= truth.lost) {
        person.depression_after = answer(depression, after, depression_model);
    }
    return person;
}

}  // namespace

std::vector<SimulatedPerson> simulate_trial(const instrument::Instrument& self_compassion,
                                            const instrument::Instrument& depression, std::size_t people,
                                            std::uint64_t seed, const TrialTruth& truth) {
    std::vector<SimulatedPerson> everyone;
    everyone.reserve(people);
    for (std::size_t number = 1; number <= people; ++number) {
        everyone.push_back(simulate_person(self_compassion, depression, number, seed, truth));
    }
    return everyone;
}

}  // namespace groundwork::rehearsal
