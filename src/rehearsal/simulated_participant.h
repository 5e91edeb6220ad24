// A person of a rehearsed programme who does not exist: where they stand, what they answer, and when they do
// what. Everything they answer depends on the seed, their number, the form and the day alone, so that faults
// on the way change when answers arrive, never what they say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "foundation/time.h"
#include "programme/programme.h"
#include "rehearsal/programme_truth.h"

namespace groundwork::rehearsal {

// The training that somebody has.
struct Training {
    bool is_second_arm = false, is_only_arm = false;  // of the arms that people are drawn to
    std::optional<int> begins_on{};                   // day of the course; nothing: not at all
    int days = 42;
};

class SimulatedParticipant {
  public:
    SimulatedParticipant(std::uint64_t seed, std::size_t number, const ProgrammeTruth& truth);

    const Id& id() const { return id_; }
    std::size_t number() const { return number_; }
    const programme::Enrol& enrolment() const { return enrolment_; }

    // Standing on the traits, in standard deviations.
    double self_compassion() const { return self_compassion_; }
    // Of the depressive trait on a day, training's part included, the day's own ups and downs left out.
    double expected_depression(int day, const Training& training) const;

    // How training changes the trait by a day.
    double effect(int day, const Training& training) const;

    // Answers to everything that a form asks. `copy` above 0: what they would have said in a second window.
    programme::Answer answer_to(const programme::Protocol& protocol, const programme::Form& form, int day,
                                const Training& training, int copy = 0) const;

    // The answers of one instrument.
    std::vector<std::optional<int>> answers_to(const std::string& instrument, int day,
                                               const Training& training, int copy = 0) const;

    // Habits, as probabilities.
    double answers() const { return answers_; }
    double practises() const { return practises_; }

    // Chance of this person's behaviour, apart from that of their answers.
    RandomStream& behaviour() { return behaviour_; }

  private:
    double trait_for(const std::string& instrument, int day, const Training& training, int copy) const;
    std::optional<int> answer_to_question(const programme::Question& question, int day,
                                          const Training& training, RandomStream& random) const;
    RandomStream stream_of(std::string_view what, int day, int copy) const;

    std::uint64_t seed_;
    std::size_t number_;
    ProgrammeTruth truth_;
    Id id_;
    programme::Enrol enrolment_;
    double self_compassion_ = 0, stable_depression_ = 0, loneliness_ = 0;
    double answers_ = 0, practises_ = 0;
    RandomStream behaviour_;
};

}  // namespace groundwork::rehearsal
