#include "rehearsal/simulated_answers.h"

#include <algorithm>
#include <cmath>

namespace groundwork::rehearsal {

namespace {

// The answer whose threshold is the last one below the underlying response.
int answer_for(double response, const instrument::Responses& responses, const AnswerModel& model) {
    const int thresholds = responses.maximum - responses.minimum;
    int answer = responses.minimum;
    for (int k = 0; k < thresholds; ++k) {
        const double threshold = model.difficulty + model.spacing * (k - (thresholds - 1) / 2.0);
        answer += response > threshold ? 1 : 0;
    }
    return answer;
}

}  // namespace

instrument::Answers simulate_answers(const instrument::Instrument& instrument, double trait,
                                     const AnswerModel& model, RandomStream& random) {
    ENSURE(model.loading > 0 && model.loading < 1);
    ENSURE(!instrument.scales.empty());
    const double noise = std::sqrt(1 - model.loading * model.loading);
    const std::vector<int>& reversed = instrument.scales.front().reversed;
    instrument::Answers answers;
    for (const instrument::Item& item : instrument.items) {
        const instrument::Responses& responses = instrument.responses_of(item.number);
        const double response = model.loading * trait + noise * random.next_normal();
        const int answer = answer_for(response, responses, model);
        const bool is_reversed = std::ranges::find(reversed, item.number) != reversed.end();
        answers.push_back(is_reversed ? responses.minimum + responses.maximum - answer : answer);
    }
    return answers;
}

}  // namespace groundwork::rehearsal
