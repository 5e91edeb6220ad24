// For tests: frames made in memory, and people whose truth is known.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "benefit/benefit.h"

namespace groundwork::benefit::test {

inline table::Frame frame_of(std::vector<table::Column> columns) {
    table::Frame frame("people.csv");
    for (table::Column& column : columns) {
        ENSURE(frame.set(std::move(column)).has_value());
    }
    return frame;
}

inline table::Column numbers(std::string name, std::vector<double> values) {
    return table::Column::of_numbers(std::move(name), std::move(values));
}

inline table::Column texts(std::string name, const std::vector<std::string>& values) {
    std::vector<std::optional<std::string>> cells;
    for (const std::string& value : values) {
        cells.push_back(value.empty() ? std::nullopt : std::optional(value));
    }
    return table::Column::of_text(std::move(name), cells);
}

// A trial of two arms, A and B (half each). Everyone's true outcome is standard normal and does not change;
// what is measured before and after adds error of standard deviation `error`. The moderator (standard
// deviation 1) correlates with the outcome as measured before. B adds `effect` + `by_moderator` x moderator
// to the outcome after.
struct Trial {
    std::size_t people = 400;
    double effect = 0;
    double by_moderator = 0;
    double error = 0.5;
    double correlation = -0.5;
    std::uint64_t seed = 1;
};

inline table::Frame simulate(const Trial& trial) {
    RandomStream random(trial.seed, 7);
    std::vector<double> before, after, moderator;
    std::vector<std::string> arm;
    for (std::size_t i = 0; i < trial.people; ++i) {
        const double truth = random.next_normal();
        const double first = truth + trial.error * random.next_normal();
        const double spread = std::sqrt(1 + trial.error * trial.error);
        const double start = trial.correlation * first / spread +
                             std::sqrt(1 - trial.correlation * trial.correlation) * random.next_normal();
        const bool in_b = i % 2 == 1;
        before.push_back(first);
        moderator.push_back(start);
        arm.push_back(in_b ? "B" : "A");
        after.push_back(truth + trial.error * random.next_normal() +
                        (in_b ? trial.effect + trial.by_moderator * start : 0));
    }
    return frame_of(
        {texts("arm", arm), numbers("before", before), numbers("after", after), numbers("start", moderator)});
}

inline Question question_of_trial() {
    Question question;
    question.outcome = "after";
    question.baseline = "before";
    question.arm = "arm";
    question.moderator = "start";
    question.outcome_name = "depression";
    question.moderator_name = "self-compassion";
    question.allocation = Allocation::randomised;
    return question;
}

inline Question without_arms(Question question) {
    question.arm.clear();
    return question;
}

inline const Effect& effect_called(const Findings& findings, const std::string& id) {
    for (const Effect& one : findings.effects) {
        if (one.id == id) {
            return one;
        }
    }
    ENSURE(false);
    return findings.effects.front();
}

inline bool contains(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
}

// A file of the shared data, or "" where it is not at hand.
inline std::string shared_data(const std::string& name) {
    const std::string path = std::string(GROUNDWORK_SHARED_DIR) + "/data/" + name;
    return std::filesystem::exists(path) ? path : "";
}

}  // namespace groundwork::benefit::test
