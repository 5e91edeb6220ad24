#include "instrument/scoring.h"

#include <fmt/format.h>

#include <algorithm>

#include "instrument/working.h"

namespace groundwork::instrument {

namespace {

bool holds(const std::vector<int>& numbers, int number) {
    return std::ranges::find(numbers, number) != numbers.end();
}

Result<void> check_answers(const Instrument& instrument, const Answers& answers) {
    if (answers.size() != instrument.items.size()) {
        return fail(
            unacceptable(fmt::format("has {} answers, but {} has {} items", answers.size(), instrument.id,
                                     instrument.items.size()))
                .remedy("Give one answer for each item, in order, and nothing where there was none."));
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Responses& responses = instrument.responses_of(static_cast<int>(i) + 1);
        if (answers[i] && (*answers[i] < responses.minimum || *answers[i] > responses.maximum)) {
            return fail(unacceptable(fmt::format("is outside the answers {} to {}", responses.minimum,
                                                 responses.maximum))
                            .at("", std::to_string(i + 1))
                            .value(std::to_string(*answers[i]))
                            .remedy(fmt::format("Write {} to {}, or nothing if there was no answer.",
                                                responses.minimum, responses.maximum)));
        }
    }
    return {};
}

Fraction exact(double decimal) {
    const auto fraction = Fraction::of_decimal(decimal);
    ENSURE(fraction.has_value());
    return *fraction;
}

class Scorer {
  public:
    Scorer(const Instrument& instrument, const Answers& answers)
        : instrument_(instrument), answers_(answers) {
        workings_.resize(instrument.scales.size());
    }

    Result<std::vector<Working>> score_all() {
        for (std::size_t i = 0; i < workings_.size(); ++i) {
            score(i);
            if (workings_[i].value && !workings_[i].value->is_exact()) {
                return fail(unacceptable(fmt::format("scale {} has numbers too large to be scored exactly",
                                                     instrument_.scales[i].id)));
            }
        }
        return std::move(workings_);
    }

  private:
    void score(std::size_t index) {
        Working& working = workings_[index];
        if (working.scale != nullptr) {
            return;
        }
        const Scale& scale = instrument_.scales[index];
        working.scale = &scale;
        if (scale.rule == Rule::mean_of_scales || scale.rule == Rule::sum_of_scales) {
            score_from_scales(working);
        } else {
            read_terms(working);
            score_from_items(working);
        }
        if (working.value && working.value->is_exact()) {
            working.score.value = working.value->value();
        }
    }

    void read_terms(Working& working) const {
        const Scale& scale = *working.scale;
        for (const int item : scale.items) {
            const Responses& responses = instrument_.responses_of(item);
            Term term;
            term.item = item;
            term.answer = answers_[static_cast<std::size_t>(item) - 1];
            term.is_reversed = holds(scale.reversed, item);
            term.mirror = responses.minimum + responses.maximum;
            if (term.answer) {
                term.turned = term.is_reversed ? term.mirror - *term.answer : *term.answer;
                term.counted = counted_answer(instrument_, scale, item, *term.answer);
                working.sum = working.sum + Fraction(term.counted);
                ++working.score.answered;
            }
            working.terms.push_back(term);
        }
        working.score.asked = static_cast<int>(scale.items.size());
    }

    // True if the gate has decided: closed (a score without the items) or missing (no score).
    bool gate_decides(Working& working) const {
        if (!working.scale->gate) {
            return false;
        }
        const Gate& gate = *working.scale->gate;
        const auto answer = answers_[static_cast<std::size_t>(gate.item) - 1];
        if (!answer) {
            working.score.why =
                fmt::format("item {}, which decides whether the others count, is missing", gate.item);
            return true;
        }
        if (*answer == gate.equals) {
            working.gate_closed = true;
            working.value = exact(gate.then);
            return true;
        }
        return false;
    }

    void score_from_items(Working& working) const {
        const Scale& scale = *working.scale;
        if (gate_decides(working)) {
            return;
        }
        const int missing = working.score.asked - working.score.answered;
        if (missing > scale.missing.at_most || working.score.answered == 0) {
            working.score.why = fmt::format("{} of {} items are missing; at most {} may be", missing,
                                            working.score.asked, scale.missing.at_most);
            return;
        }
        Fraction value = working.sum;
        if (scale.rule == Rule::mean_of_items) {
            value = value / working.score.answered;  // with or without filling: the mean of the answered
        } else if (scale.missing.fill == Fill::person_mean) {
            value = value * Fraction(working.score.asked) / working.score.answered;
        }
        working.value = value * exact(scale.multiplier);
    }

    void score_from_scales(Working& working) {
        const Scale& scale = *working.scale;
        bool is_complete = true;
        for (const std::string& id : scale.scales) {
            const auto place = std::ranges::find(instrument_.scales, id, &Scale::id);
            ENSURE(place != instrument_.scales.end());
            const auto index = static_cast<std::size_t>(place - instrument_.scales.begin());
            score(index);
            const Working& part = workings_[index];
            working.parts.push_back(index);
            working.score.answered += part.score.answered;
            working.score.asked += part.score.asked;
            if (!part.value) {
                is_complete = false;
                working.score.why += fmt::format("{}{} is not scored: {}",
                                                 working.score.why.empty() ? "" : "; ", id, part.score.why);
                continue;
            }
            const bool is_reversed =
                std::ranges::find(scale.reversed_scales, id) != scale.reversed_scales.end();
            working.sum =
                working.sum +
                (is_reversed ? exact(place->minimum) + exact(place->maximum) - *part.value : *part.value);
        }
        if (is_complete) {
            const auto count = static_cast<std::int64_t>(scale.scales.size());
            const Fraction value = scale.rule == Rule::mean_of_scales ? working.sum / count : working.sum;
            working.value = value * exact(scale.multiplier);
        }
    }

    const Instrument& instrument_;
    const Answers& answers_;
    std::vector<Working> workings_;
};

}  // namespace

Result<std::vector<Working>> work_out(const Instrument& instrument, const Answers& answers) {
    TRY_DO(check_answers(instrument, answers));
    return Scorer(instrument, answers).score_all();
}

Result<std::vector<Score>> score(const Instrument& instrument, const Answers& answers) {
    std::vector<Working> workings = TRY(work_out(instrument, answers));
    std::vector<Score> scores;
    scores.reserve(workings.size());
    for (Working& working : workings) {
        scores.push_back(std::move(working.score));
    }
    return scores;
}

int counted_answer(const Instrument& instrument, const Scale& scale, int item, int answer) {
    const Responses& responses = instrument.responses_of(item);
    ENSURE(answer >= responses.minimum && answer <= responses.maximum);
    const int turned = holds(scale.reversed, item) ? responses.minimum + responses.maximum - answer : answer;
    const auto recoded = scale.recoded.find(turned);
    const int counted = recoded == scale.recoded.end() ? turned : recoded->second;
    return scale.rule == Rule::count_at_least ? static_cast<int>(counted >= *scale.threshold) : counted;
}

const Band* band_of(const Scale& scale, double score) {
    const auto place = std::ranges::find_if(scale.bands, [&](const Band& band) { return band.holds(score); });
    return place == scale.bands.end() ? nullptr : &*place;
}

}  // namespace groundwork::instrument
