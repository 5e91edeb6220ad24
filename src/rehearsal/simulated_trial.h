// A simulated two-arm programme with known truth: people with a station, answers before and after, some of
// whom are lost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rehearsal/simulated_answers.h"

namespace groundwork::rehearsal {

// Effects are changes of the depressive trait, in its standard deviations; negative is better.
struct TrialTruth {
    double change_in_first_arm = -0.25;
    double difference_of_second_arm = -0.10;
    double moderation_in_second_arm = -0.20;  // further change for each standard deviation of self-compassion
    double correlation = -0.55;               // of self-compassion and depressive symptoms before
    double retest = 0.75;         // of the depressive trait over six weeks, nothing else happening
    double lost = 0.12;           // share without answers after
    double skipped_item = 0.001;  // share of single answers left out
};

struct SimulatedPerson {
    std::string id;       // "P001"
    std::string station;  // "Station 1"
    std::string arm;      // "A" or "B", by an even draw
    instrument::Answers self_compassion;
    instrument::Answers kindness_unsafe;  // three answers 0-4
    instrument::Answers depression_before;
    std::optional<instrument::Answers> depression_after;  // nothing: lost to follow-up
};

// The same people for the same seed, whatever else is asked; person i does not depend on how many there are.
std::vector<SimulatedPerson> simulate_trial(const instrument::Instrument& self_compassion,
                                            const instrument::Instrument& depression, std::size_t people,
                                            std::uint64_t seed, const TrialTruth& truth = {});

}  // namespace groundwork::rehearsal
