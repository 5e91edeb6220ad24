// What is true of a rehearsal's people: how training changes them, and how they live with it. Assumptions,
// all of them, none an estimate from real people; docs/rehearsal.md says so beside each number.
#pragma once

namespace groundwork::rehearsal {

struct ProgrammeTruth {
    // Changes of the depressive trait over the weeks of training, in its standard deviations; negative is
    // better. The second arm is the second that people are drawn to; where only one is, `with_training` and
    // `moderation` compare those who start at once with those who wait.
    double with_training = -0.25;
    double difference_of_second_arm = -0.10;
    double moderation = -0.20;   // further change for each standard deviation of self-compassion
    double correlation = -0.55;  // of self-compassion and depressive symptoms before
    double retest = 0.75;  // correlation of two occasions of the depressive trait, nothing else happening
    double skipped_item = 0.002;  // share of single answers left out

    // Habits: medians over people, of probabilities.
    double answers = 0.85;  // a prompt that was noticed
    double answers_when_reminded = 0.5;
    double practises = 0.6;           // on a day of the week's plan
    double notices_alone = 0.15;      // opens the app without having been told
    double drops_out_a_week = 0.012;  // stops answering; more often the more depressed
    double works_nights = 0.3;
    double is_harmed_a_week = 0.012;  // an effect that frightens or gets in the way
    double is_bothered_a_week = 0.05;
};

}  // namespace groundwork::rehearsal
