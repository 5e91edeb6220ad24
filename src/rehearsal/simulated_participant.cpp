#include "rehearsal/simulated_participant.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "instrument/instrument.h"
#include "rehearsal/simulated_answers.h"

namespace groundwork::rehearsal {

namespace {

using programme::Question;

// Streams of random numbers by what they are for.
enum : std::uint64_t { for_traits = 1ULL << 40U, for_behaviour = 2ULL << 40U, for_answers = 3ULL << 40U };

constexpr AnswerModel self_compassion_model = {.loading = 0.62, .difficulty = 0.1, .spacing = 0.85};
constexpr AnswerModel depression_model = {.loading = 0.7, .difficulty = 1.0, .spacing = 0.8};
constexpr AnswerModel well_being_model = {.loading = 0.75, .difficulty = -0.2, .spacing = 0.7};

enum class Construct { self_compassion, depression, loneliness, well_being };

Construct construct_of(const std::string& instrument) {
    if (instrument.starts_with("scs") || instrument.starts_with("sscs")) {
        return Construct::self_compassion;
    }
    if (instrument.starts_with("ucla")) {
        return Construct::loneliness;
    }
    return instrument.starts_with("who5") ? Construct::well_being : Construct::depression;
}

const AnswerModel& model_of(Construct construct) {
    switch (construct) {
        case Construct::self_compassion: return self_compassion_model;
        case Construct::well_being: return well_being_model;
        case Construct::depression:
        case Construct::loneliness: return depression_model;
    }
    return depression_model;
}

const instrument::Instrument& shipped(const std::string& id) {
    const auto& instruments = instrument::shipped_instruments();
    const auto found = std::ranges::find(instruments, id, &instrument::Instrument::id);
    ENSURE(found != instruments.end());
    return *found;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// A person's own probability around the median of all.
double own_probability(double median, double spread, double standing) {
    return logistic(std::log(median / (1 - median)) + spread * standing);
}

double correlated(double base, double correlation, double noise) {
    return correlation * base + std::sqrt(1 - correlation * correlation) * noise;
}

}  // namespace

SimulatedParticipant::SimulatedParticipant(std::uint64_t seed, std::size_t number,
                                           const ProgrammeTruth& truth)
    : seed_(seed), number_(number), truth_(truth), behaviour_(seed, for_behaviour + number) {
    RandomStream random(seed, for_traits + number);
    id_ = id_of(random.next(), random.next());
    self_compassion_ = random.next_normal();
    stable_depression_ =
        correlated(self_compassion_, truth.correlation / std::sqrt(truth.retest), random.next_normal());
    loneliness_ = correlated(stable_depression_, 0.5, random.next_normal());
    answers_ = own_probability(truth.answers, 0.8, random.next_normal() - 0.3 * stable_depression_);
    practises_ = own_probability(truth.practises, 1.0, random.next_normal() - 0.2 * stable_depression_);

    constexpr std::array zones = {"America/New_York",   "America/New_York", "America/Chicago",
                                  "America/Chicago",    "America/Denver",   "America/Phoenix",
                                  "America/Los_Angeles"};
    constexpr int quarter_of_an_hour = 15, evening = 16 * 60, morning = 7 * 60;
    const bool is_night = random.next_uniform() < truth.works_nights;
    const int quarters = static_cast<int>(random.next_below(17));
    enrolment_ = {fmt::format("{:016x}{:016x}", random.next(), random.next()),
                  zones[random.next_below(zones.size())],
                  is_night ? programme::Shift::night : programme::Shift::day,
                  (is_night ? morning : evening) + quarter_of_an_hour * quarters};
}

RandomStream SimulatedParticipant::stream_of(std::string_view what, int day, int copy) const {
    // FNV-1a over what is asked: any mixing would do, for the stream's number need only differ.
    std::uint64_t mixed = 14695981039346656037ULL;
    const auto mix = [&](std::uint64_t bits) { mixed = (mixed ^ bits) * 1099511628211ULL; };
    std::ranges::for_each(what, [&](char letter) { mix(static_cast<unsigned char>(letter)); });
    mix(static_cast<std::uint64_t>(day + 1000));
    mix(static_cast<std::uint64_t>(copy));
    mix(number_);
    return {seed_ ^ mixed, for_answers};
}

double SimulatedParticipant::effect(int day, const Training& training) const {
    if (!training.begins_on || day <= *training.begins_on) {
        return 0;
    }
    const double done = std::min(1.0, static_cast<double>(day - *training.begins_on) / training.days);
    const double more = training.is_second_arm ? truth_.difference_of_second_arm : 0;
    const double moderated =
        training.is_second_arm || training.is_only_arm ? truth_.moderation * self_compassion_ : 0;
    return done * (truth_.with_training + more + moderated);
}

double SimulatedParticipant::expected_depression(int day, const Training& training) const {
    return std::sqrt(truth_.retest) * stable_depression_ + effect(day, training);
}

double SimulatedParticipant::trait_for(const std::string& instrument, int day, const Training& training,
                                       int copy) const {
    const double own = stream_of("occasion", day, copy).next_normal();  // the same for all that is asked then
    const double depression = expected_depression(day, training) + std::sqrt(1 - truth_.retest) * own;
    switch (construct_of(instrument)) {
        case Construct::self_compassion: return self_compassion_ + 0.2 * own - 0.3 * effect(day, training);
        case Construct::depression: return depression;
        case Construct::loneliness: return loneliness_ + 0.3 * effect(day, training) + 0.3 * own;
        case Construct::well_being: return -0.8 * depression;
    }
    return depression;
}

std::vector<std::optional<int>> SimulatedParticipant::answers_to(const std::string& instrument, int day,
                                                                 const Training& training, int copy) const {
    RandomStream random = stream_of(instrument, day, copy);
    auto answers = simulate_answers(shipped(instrument), trait_for(instrument, day, training, copy),
                                    model_of(construct_of(instrument)), random);
    for (auto& answer : answers) {
        if (random.next_uniform() < truth_.skipped_item) {
            answer.reset();
        }
    }
    return answers;
}

std::optional<int> SimulatedParticipant::answer_to_question(const Question& question, int day,
                                                            const Training& training,
                                                            RandomStream& random) const {
    const double u = random.next_uniform();
    const double noise = random.next_normal();
    if (u < truth_.skipped_item) {
        return std::nullopt;
    }
    if (question.is_about_harm) {
        const double worse = 1 + 0.5 * std::max(0.0, stable_depression_);
        if (u < truth_.is_harmed_a_week * worse) {
            return std::min(question.maximum, question.minimum + (noise > 0.6 ? 3 : 2));
        }
        return question.minimum + (u < (truth_.is_harmed_a_week + truth_.is_bothered_a_week) * worse ? 1 : 0);
    }
    const int span = question.maximum - question.minimum;
    const double better = -expected_depression(day, training);
    return question.minimum + static_cast<int>(std::lround(span * logistic(0.5 * better + 0.8 * noise)));
}

programme::Answer SimulatedParticipant::answer_to(const programme::Protocol& protocol,
                                                  const programme::Form& form, int day,
                                                  const Training& training, int copy) const {
    programme::Answer answer;
    for (const std::string& id : instruments_asked(protocol, form)) {
        answer.instruments.push_back({id, answers_to(id, day, training, copy)});
    }
    RandomStream random = stream_of(form.id, day, copy);
    for (const std::string& id : form.questions) {
        answer.questions.push_back(
            {id, answer_to_question(*protocol.course->find_question(id), day, training, random)});
    }
    if (std::holds_alternative<programme::AtEnrolment>(form.timing)) {
        if (protocol.kindness) {
            programme::InstrumentAnswers check{std::string(programme::kindness_items), {}};
            for (std::size_t item = 0; item < protocol.kindness->items.size(); ++item) {
                const double response = -0.5 * self_compassion_ + random.next_normal() + 0.6;
                check.answers.emplace_back(std::clamp(static_cast<int>(std::lround(response)),
                                                      protocol.kindness->minimum,
                                                      protocol.kindness->maximum));
            }
            answer.instruments.push_back(std::move(check));
        }
        if (protocol.safety.on_device_list) {
            answer.questions.push_back(
                {std::string(programme::on_device_list), random.next_uniform() < 0.01 ? 1 : 0});
        }
        const double asks = 0.01 + 0.03 * std::max(0.0, stable_depression_);
        answer.questions.push_back(
            {std::string(programme::help_question), random.next_uniform() < asks ? 1 : 0});
    }
    return answer;
}

}  // namespace groundwork::rehearsal
