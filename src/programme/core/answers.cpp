// Answers to prompts: what counts, what is kept, what is scored, and what an answer at enrolment sets going.
#include <fmt/format.h>

#include <algorithm>

#include "instrument/instrument.h"
#include "programme/core/decision.h"
#include "programme/safety.h"

namespace groundwork::programme {

namespace {

constexpr std::size_t kept_lists_max = 60;
constexpr std::size_t kept_answers_max = 100;
constexpr std::size_t kept_name_max = 80;
constexpr std::int64_t far_ahead_seconds = 300;  // a device's clock may be so far ahead of ours

const instrument::Instrument* shipped(std::string_view id) {
    const auto& instruments = instrument::shipped_instruments();
    const auto found = std::ranges::find(instruments, id, &instrument::Instrument::id);
    return found == instruments.end() ? nullptr : &*found;
}

// The form's answers in full: what was left out is there as not answered.
struct Checked {
    std::vector<InstrumentAnswers> instruments;
    std::vector<QuestionAnswer> questions;
    std::vector<ScoreTaken> scores;
    bool is_complete = true;
};

class AnswerCheck {
  public:
    AnswerCheck(const Protocol& protocol, const Form& form) : protocol_(protocol), form_(form) {}

    Result<Checked> check(const std::vector<InstrumentAnswers>& instruments,
                          const std::vector<QuestionAnswer>& questions) {
        std::vector<std::string> known = instruments_asked(protocol_, form_);
        for (const std::string& id : known) {
            TRY_DO(take_instrument(id, instruments));
        }
        const bool is_enrolment = std::holds_alternative<AtEnrolment>(form_.timing);
        if (is_enrolment && protocol_.kindness) {
            known.emplace_back(kindness_items);
            TRY_DO(take_kindness(instruments));
        }
        for (const InstrumentAnswers& each : instruments) {
            if (std::ranges::find(known, each.instrument) == known.end()) {
                return fail(trouble(fmt::format("is not asked by {}", form_.id), each.instrument));
            }
        }
        return take_questions(questions, is_enrolment);
    }

  private:
    static Error trouble(std::string problem, std::string value) {
        return unacceptable(std::move(problem)).value(std::move(value));
    }

    template <class List>
    static auto find_given(const List& list, std::string_view id, auto member) -> decltype(&list[0]) {
        const auto found = std::ranges::find(list, id, member);
        return found == list.end() ? nullptr : &*found;
    }

    Result<void> take_instrument(const std::string& id, const std::vector<InstrumentAnswers>& given) {
        const instrument::Instrument* instrument = shipped(id);
        if (instrument == nullptr) {
            return fail(trouble("is not an instrument that this program knows", id));
        }
        const InstrumentAnswers* answers = find_given(given, id, &InstrumentAnswers::instrument);
        InstrumentAnswers taken{
            id, answers == nullptr ? instrument::Answers(instrument->items.size()) : answers->answers};
        auto scores = instrument::score(*instrument, taken.answers);
        if (!scores) {
            return fail(std::move(scores).error().at(id));
        }
        for (std::size_t i = 0; i < scores->size(); ++i) {
            const std::optional<double> value = (*scores)[i].value;
            checked_.scores.push_back({id, instrument->version, instrument->scales[i].id,
                                       value ? std::optional<Points>(to_points(*value)) : std::nullopt});
        }
        note_gaps(taken.answers);
        checked_.instruments.push_back(std::move(taken));
        return {};
    }

    Result<void> take_kindness(const std::vector<InstrumentAnswers>& given) {
        const KindnessCheck& check = *protocol_.kindness;
        const InstrumentAnswers* answers = find_given(given, kindness_items, &InstrumentAnswers::instrument);
        InstrumentAnswers taken{std::string(kindness_items), answers == nullptr
                                                                 ? instrument::Answers(check.items.size())
                                                                 : answers->answers};
        if (taken.answers.size() != check.items.size()) {
            return fail(trouble(
                fmt::format("has {} answers; it has {} items", taken.answers.size(), check.items.size()),
                std::string(kindness_items)));
        }
        for (const std::optional<int>& answer : taken.answers) {
            if (answer && (*answer < check.minimum || *answer > check.maximum)) {
                return fail(
                    trouble(fmt::format("is outside the answers {} to {}", check.minimum, check.maximum),
                            std::to_string(*answer)));
            }
        }
        note_gaps(taken.answers);
        checked_.instruments.push_back(std::move(taken));
        return {};
    }

    Result<Checked> take_questions(const std::vector<QuestionAnswer>& given, bool is_enrolment) {
        for (const QuestionAnswer& answer : given) {
            const bool is_of_safety =
                is_enrolment && (answer.question == on_device_list || answer.question == help_question);
            const bool is_asked =
                std::ranges::find(form_.questions, answer.question) != form_.questions.end();
            if (!is_asked && !is_of_safety) {
                return fail(trouble(fmt::format("is not a question of {}", form_.id), answer.question));
            }
            const Question* question = protocol_.course->find_question(answer.question);
            const int lowest = question == nullptr ? 0 : question->minimum;
            const int highest = question == nullptr ? 1 : question->maximum;
            if (answer.answer && (*answer.answer < lowest || *answer.answer > highest)) {
                return fail(trouble(fmt::format("is outside the answers {} to {} of \"{}\"", lowest, highest,
                                                answer.question),
                                    std::to_string(*answer.answer)));
            }
            if (find_given(checked_.questions, answer.question, &QuestionAnswer::question) != nullptr) {
                return fail(trouble("is answered twice", answer.question));
            }
            checked_.questions.push_back(answer);
        }
        for (const std::string& id : form_.questions) {
            const QuestionAnswer* answer = find_given(checked_.questions, id, &QuestionAnswer::question);
            if (answer == nullptr) {
                checked_.questions.push_back({id, std::nullopt});
            }
            checked_.is_complete &= answer != nullptr && answer->answer.has_value();
        }
        return std::move(checked_);
    }

    void note_gaps(const std::vector<std::optional<int>>& answers) {
        checked_.is_complete &=
            std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); });
    }

    const Protocol& protocol_;
    const Form& form_;
    Checked checked_;
};

std::optional<int> answer_to(const Checked& checked, std::string_view question) {
    const auto found = std::ranges::find(checked.questions, question, &QuestionAnswer::question);
    return found == checked.questions.end() ? std::nullopt : found->answer;
}

// What the score would at least be, whatever the missing answers are.
std::optional<Points> lowest_possible(const instrument::Instrument& instrument, const std::string& scale,
                                      const instrument::Answers& answers) {
    std::optional<Points> lowest;
    // Each missing item takes the answer that adds least to the scale.
    instrument::Answers filled = answers;
    const instrument::Scale& definition = *instrument.find_scale(scale);
    for (std::size_t i = 0; i < filled.size(); ++i) {
        if (filled[i]) {
            continue;
        }
        const int number = static_cast<int>(i) + 1;
        const instrument::Responses& responses = instrument.responses_of(number);
        int least = responses.minimum;
        for (int answer = responses.minimum; answer <= responses.maximum; ++answer) {
            if (instrument::counted_answer(instrument, definition, number, answer) <
                instrument::counted_answer(instrument, definition, number, least)) {
                least = answer;
            }
        }
        filled[i] = least;
    }
    const auto scores = instrument::score(instrument, filled);
    for (std::size_t i = 0; scores && i < scores->size(); ++i) {
        if (instrument.scales[i].id == scale && (*scores)[i].value) {
            lowest = to_points(*(*scores)[i].value);
        }
    }
    return lowest;
}

SafetyAnswers safety_answers(const Protocol& protocol, const Checked& checked) {
    SafetyAnswers answers;
    for (const Screen& screen : protocol.safety.screens) {
        ScreenAnswers taken;
        const auto given =
            std::ranges::find(checked.instruments, screen.instrument, &InstrumentAnswers::instrument);
        if (given != checked.instruments.end()) {
            const instrument::Instrument& instrument = *shipped(screen.instrument);
            taken.is_asked = true;
            taken.items = given->answers;
            for (const ScoreTaken& score : checked.scores) {
                if (score.instrument == screen.instrument && score.scale == screen.scale) {
                    taken.score = score.points;
                }
            }
            taken.lowest_possible =
                taken.score ? taken.score : lowest_possible(instrument, screen.scale, given->answers);
        }
        answers.screens.push_back(std::move(taken));
    }
    const auto kindness =
        std::ranges::find(checked.instruments, kindness_items, &InstrumentAnswers::instrument);
    if (kindness != checked.instruments.end()) {
        answers.kindness = kindness->answers;
    }
    if (protocol.safety.on_device_list) {
        const auto list = answer_to(checked, on_device_list);
        answers.list = !list        ? ListAnswer::missing
                       : *list == 1 ? ListAnswer::talk_first
                                    : ListAnswer::proceed;
    }
    answers.asks_for_help = answer_to(checked, help_question) == 1;
    return answers;
}

Result<void> assess(Decision& decision, const Id& id, const Checked& checked) {
    const Protocol& protocol = decision.protocol_of(decision.person(id));
    const SafetyAnswers answers = safety_answers(protocol, checked);
    const SafetyAssessment assessment = assess_safety(protocol, answers);
    TRY_DO(decision.emit(id, SafetyAssessed{std::string(name_of(assessment.status)), assessment.rules,
                                            assessment.missing, assessment.kindness_feels_unsafe}));
    if (assessment.status == SafetyStatus::talk_first) {
        TRY_DO(offer_human(decision, id, HumanReason::talk_first));
    } else if (answers.asks_for_help) {
        TRY_DO(offer_human(decision, id, HumanReason::asked));
    }
    return {};
}

// The form at enrolment fixes day 0 and sets the plan going.
Result<void> begin_course(Decision& decision, const Id& id, Instant answered_at) {
    const Participant& person = decision.person(id);
    if (person.day_zero) {
        return {};
    }
    const TimeZone zone = TRY(find_time_zone(person.profile.zone));
    const Course& course = *decision.protocol_of(person).course;
    TRY_DO(decision.emit(
        id, DayZeroSet{zone.wall_time(answered_at).day + std::chrono::days(7 * course.weeks_before)}));
    return plan_next(decision, id);
}

Result<void> count_answer(Decision& decision, const Id& id, const Form& form, const Checked& checked,
                          Instant answered_at, std::uint32_t prompt) {
    const Course& course = *decision.protocol_of(decision.person(id)).course;
    if (course.harms) {
        if (const auto level = answer_to(checked, course.harms->question)) {
            TRY_DO(report_harm(decision, id, *level, prompt));
        }
    }
    const std::string form_id = form.id;
    if (std::holds_alternative<AtEnrolment>(form.timing)) {
        TRY_DO(assess(decision, id, checked));
        TRY_DO(begin_course(decision, id, answered_at));
    }
    return follow_up(decision, id, form_id);
}

}  // namespace

namespace {

// An answer to a prompt that is long over: nobody checks it against a form, and it never counts; it is kept,
// within bounds.
Result<void> keep_as_it_came(Decision& decision, const Id& id, const Answer& answer) {
    const bool is_too_long =
        answer.instruments.size() > kept_lists_max || answer.questions.size() > kept_lists_max ||
        std::ranges::any_of(answer.instruments,
                            [](const InstrumentAnswers& each) {
                                return each.answers.size() > kept_answers_max ||
                                       each.instrument.size() > kept_name_max;
                            }) ||
        std::ranges::any_of(answer.questions,
                            [](const QuestionAnswer& each) { return each.question.size() > kept_name_max; });
    if (is_too_long) {
        return fail(unacceptable("is over, and these are more answers than any form asks")
                        .value(std::to_string(answer.prompt)));
    }
    return decision.emit(id, PromptAnswered{answer.prompt,
                                            AnswerStatus::kept_unscored,
                                            std::min(answer.answered_at, decision.now()),
                                            decision.now(),
                                            answer.is_time_uncertain,
                                            answer.instruments,
                                            answer.questions,
                                            {}});
}

}  // namespace

Result<void> decide_answer(Decision& decision, const Id& id, const Answer& answer) {
    const Participant& person = decision.person(id);
    const Protocol& protocol = decision.protocol_of(person);
    const Instant now = decision.now();
    if (answer.prompt == 0 || answer.prompt > person.prompts_made) {
        return fail(unacceptable("is not a prompt of this person").value(std::to_string(answer.prompt)));
    }
    const auto open = std::ranges::find_if(
        person.prompts, [&](const OpenPrompt& prompt) { return prompt.window.prompt == answer.prompt; });
    if (open != person.prompts.end() && !open->is_open) {
        return fail(unacceptable("is not open yet").value(std::to_string(answer.prompt)));
    }
    const auto past = std::ranges::find_if(
        person.past, [&](const PastPrompt& prompt) { return prompt.window.prompt == answer.prompt; });
    if (open == person.prompts.end() && past == person.past.end()) {
        return keep_as_it_came(decision, id, answer);
    }
    const PlannedWindow window = open != person.prompts.end() ? open->window : past->window;
    const Form& form = *protocol.course->find_form(window.form);

    const bool is_ahead = answer.answered_at > now + std::chrono::seconds(far_ahead_seconds);
    PromptAnswered answered;
    answered.prompt = answer.prompt;
    answered.answered_at = std::min(answer.answered_at, now);
    answered.received_at = now;
    answered.is_time_uncertain = answer.is_time_uncertain || is_ahead;
    if (answer.is_refused && open != person.prompts.end()) {
        answered.status = AnswerStatus::refused;
        TRY_DO(decision.emit(id, std::move(answered)));
        return follow_up(decision, id, window.form);
    }
    Checked checked = TRY(AnswerCheck(protocol, form).check(answer.instruments, answer.questions));
    answered.instruments = checked.instruments;
    answered.questions = checked.questions;
    const bool was_in_time = answered.answered_at >= window.opens && answered.answered_at < window.expires &&
                             !answered.is_time_uncertain;
    if (open != person.prompts.end()) {
        answered.status = checked.is_complete ? AnswerStatus::complete : AnswerStatus::partial;
    } else if (!past->is_answered && was_in_time &&
               now <= window.expires + std::chrono::days(protocol.course->grace_days)) {
        answered.status = AnswerStatus::arrived_late;
    } else {
        answered.status = AnswerStatus::kept_unscored;
    }
    const AnswerStatus status = answered.status;
    const Instant answered_at = answered.answered_at;
    if (status != AnswerStatus::kept_unscored) {
        answered.scores = checked.scores;
    }
    TRY_DO(decision.emit(id, std::move(answered)));
    // Decisions already made stand: what arrives late sets nothing going.
    if (status == AnswerStatus::complete || status == AnswerStatus::partial) {
        return count_answer(decision, id, form, checked, answered_at, answer.prompt);
    }
    return {};
}

Result<void> decide_correction(Decision& decision, const Id& id, const Correct& correct) {
    const Participant& person = decision.person(id);
    const Protocol& protocol = decision.protocol_of(person);
    const auto past = std::ranges::find_if(
        person.past, [&](const PastPrompt& prompt) { return prompt.window.prompt == correct.prompt; });
    if (past == person.past.end() || !past->is_answered) {
        return fail(unacceptable("has no answer that can still be corrected")
                        .value(std::to_string(correct.prompt))
                        .remedy(fmt::format("An answer can be corrected for {} days after its window closed.",
                                            protocol.course->grace_days)));
    }
    const Form& form = *protocol.course->find_form(past->window.form);
    Checked checked = TRY(AnswerCheck(protocol, form).check(correct.instruments, correct.questions));
    TRY_DO(decision.emit(
        id, AnswerCorrected{correct.prompt, checked.instruments, checked.questions, checked.scores}));
    // A correction can make a draw possible that was not; it changes none that was made.
    if (std::holds_alternative<AtEnrolment>(form.timing) && !decision.person(id).allocation) {
        TRY_DO(assess(decision, id, checked));
        return allocate_if_ready(decision, id);
    }
    return {};
}

}  // namespace groundwork::programme
