#include "rehearsal/rehearsal_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace groundwork::rehearsal {

using namespace programme;

namespace {

double number_of(std::optional<Points> points) {
    return points ? to_score(*points) : std::numeric_limits<double>::quiet_NaN();
}

std::string_view name_of(AnswerStatus status) {
    switch (status) {
        case AnswerStatus::complete: return "complete";
        case AnswerStatus::partial: return "partial";
        case AnswerStatus::refused: return "refused";
        case AnswerStatus::arrived_late: return "arrived-late";
        case AnswerStatus::kept_unscored: return "kept-unscored";
    }
    return "";
}

std::string_view name_of(AllocationKind kind) {
    switch (kind) {
        case AllocationKind::drawn: return "drawn";
        case AllocationKind::chosen: return "chosen";
        case AllocationKind::safety: return "safety";
        case AllocationKind::clinician: return "clinician";
    }
    return "";
}

// Columns that grow row by row.
class Columns {
  public:
    void text(const std::string& name, std::string_view cell) {
        column(name, true).texts.push_back(cell.empty() ? std::nullopt : std::optional(std::string(cell)));
    }
    void number(const std::string& name, double cell) { column(name, false).numbers.push_back(cell); }

    Result<table::Frame> frame() {
        table::Frame frame;
        for (Growing& each : columns_) {
            TRY_DO(frame.set(each.is_text ? table::Column::of_text(each.name, each.texts)
                                          : table::Column::of_numbers(each.name, std::move(each.numbers))));
        }
        return frame;
    }

  private:
    struct Growing {
        std::string name;
        bool is_text = false;
        std::vector<std::optional<std::string>> texts;
        std::vector<double> numbers;
    };
    // Rows name their columns in the same order each time.
    Growing& column(const std::string& name, bool is_text) {
        if (next_ < columns_.size() && columns_[next_].name == name) {
            return columns_[next_++];
        }
        const auto found = std::ranges::find(columns_, name, &Growing::name);
        if (found != columns_.end()) {
            next_ = static_cast<std::size_t>(found - columns_.begin()) + 1;
            return *found;
        }
        columns_.push_back({name, is_text, {}, {}});
        next_ = columns_.size();
        return columns_.back();
    }
    std::vector<Growing> columns_;
    std::size_t next_ = 0;
};

// The occasions on which an outcome is asked, in the forms' order.
std::vector<const Form*> occasions_of(const Protocol& protocol, const Outcome& outcome) {
    std::vector<const Form*> forms;
    for (const Form& form : protocol.course->forms) {
        const auto asked = instruments_asked(protocol, form);
        if (std::ranges::find(asked, outcome.instrument) != asked.end()) {
            forms.push_back(&form);
        }
    }
    return forms;
}

}  // namespace

std::optional<Points> RehearsalRecord::Person::score(std::string_view form, std::string_view instrument,
                                                     std::string_view scale) const {
    for (const AnswerRow& answer : answers) {
        if (answer.form != form) {
            continue;
        }
        for (const ScoreTaken& score : answer.scores) {
            if (score.instrument == instrument && score.scale == scale && score.points) {
                return score.points;
            }
        }
    }
    return std::nullopt;
}

void RehearsalRecord::see(const Event& event) {
    const std::optional<Id> subject = subject_of(event);
    if (!subject) {
        return;
    }
    if (std::holds_alternative<PersonEnrolled>(event.payload)) {
        numbers_.emplace(*subject, people_.size());
        people_.emplace_back().id = *subject;
        return;
    }
    Person& person = people_[numbers_.at(*subject)];
    if (const auto* erased = std::get_if<PersonErased>(&event.payload)) {
        person = {};
        person.id = erased->person;
        person.is_erased = true;
    } else if (const auto* profile = std::get_if<ProfileSet>(&event.payload)) {
        person.profile = *profile;
    } else if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
        for (const PlannedWindow& window : planned->prompts) {
            person.planned[window.prompt] = {window.form, window.day};
        }
    } else if (const auto* allocation = std::get_if<PersonAllocated>(&event.payload)) {
        person.allocation = *allocation;
        person.allocated_at = event.at;
    } else if (const auto* safety = std::get_if<SafetyAssessed>(&event.payload)) {
        person.safety = *safety;
    } else if (const auto* middle = std::get_if<MiddleJudged>(&event.payload)) {
        person.middle = *middle;
    } else if (const auto* reassessed = std::get_if<Reassessed>(&event.payload)) {
        person.reassessed = *reassessed;
    } else if (const auto* human = std::get_if<HumanOffered>(&event.payload)) {
        person.was_found_worse |= human->reason == HumanReason::worsening;
    } else if (const auto* practice = std::get_if<PracticeRecorded>(&event.payload)) {
        ++person.practices;
        person.practice_minutes += practice->minutes;
    } else if (const auto* answer = std::get_if<PromptAnswered>(&event.payload)) {
        const auto& [form, day] = person.planned.at(answer->prompt);
        person.answers.push_back({answer->prompt, form, day, answer->status, answer->answered_at,
                                  answer->scores, answer->questions});
    } else if (const auto* corrected = std::get_if<AnswerCorrected>(&event.payload)) {
        for (AnswerRow& row : person.answers) {
            if (row.prompt == corrected->prompt && row.status != AnswerStatus::kept_unscored) {
                row.scores = corrected->scores;
                row.questions = corrected->questions;
            }
        }
    }
}

Result<table::Frame> RehearsalRecord::outcomes() const {
    Columns columns;
    for (const Person& person : people_) {
        if (person.is_erased) {
            continue;
        }
        const auto& allocation = person.allocation;
        const bool is_drawn = allocation && allocation->kind == AllocationKind::drawn;
        columns.text("id", to_text(person.id));
        columns.text("zone", person.profile.zone);
        columns.text("shift", person.profile.shift == Shift::night ? "night" : "day");
        columns.text("arm", allocation ? allocation->arm : "");
        columns.text("allocation", allocation ? name_of(allocation->kind) : "");
        columns.text("stratum", allocation ? allocation->stratum : "");
        columns.text("start", !is_drawn || !allocation->start_was_drawn ? ""
                              : allocation->is_delayed                  ? "waits"
                                                                        : "at-once");
        columns.number("practices", person.practices);
        columns.number("practice_minutes", person.practice_minutes);
        const Moderator& moderator = protocol_.moderator;
        for (const Form& form : protocol_.course->forms) {
            if (std::holds_alternative<AtEnrolment>(form.timing)) {
                columns.number("moderator",
                               number_of(person.score(form.id, moderator.instrument, moderator.scale)));
            }
        }
        for (const Outcome& outcome : protocol_.course->outcomes) {
            for (const Form* form : occasions_of(protocol_, outcome)) {
                columns.number(fmt::format("{}_{}", outcome.id, form->id),
                               number_of(person.score(form->id, outcome.instrument, outcome.scale)));
            }
        }
    }
    return columns.frame();
}

Result<table::Frame> RehearsalRecord::scores() const {
    Columns columns;
    for (const Person& person : people_) {
        for (const AnswerRow& answer : person.answers) {
            for (const ScoreTaken& score : answer.scores) {
                columns.text("id", to_text(person.id));
                columns.text("form", answer.form);
                columns.number("day", answer.day);
                columns.text("answered_at", to_text(answer.answered_at));
                columns.text("status", name_of(answer.status));
                columns.text("instrument", score.instrument);
                columns.text("scale", score.scale);
                columns.number("score", number_of(score.points));
            }
        }
    }
    return columns.frame();
}

Result<table::Frame> RehearsalRecord::diary() const {
    Columns columns;
    for (const Person& person : people_) {
        for (const AnswerRow& answer : person.answers) {
            const Form* form = protocol_.course->find_form(answer.form);
            const bool counts =
                answer.status != AnswerStatus::kept_unscored && answer.status != AnswerStatus::refused;
            if (form->moment != Moment::daily || !counts) {
                continue;
            }
            columns.text("id", to_text(person.id));
            columns.text("arm", person.allocation ? person.allocation->arm : "");
            columns.number("day", answer.day);
            for (const std::string& question : form->questions) {
                const auto found = std::ranges::find(answer.questions, question, &QuestionAnswer::question);
                const bool has_answer = found != answer.questions.end() && found->answer;
                columns.number(question,
                               has_answer ? *found->answer : std::numeric_limits<double>::quiet_NaN());
            }
        }
    }
    return columns.frame();
}

Result<table::Frame> RehearsalRecord::allocations() const {
    Columns columns;
    const auto drawn = protocol_.drawn_arms();
    for (const Person& person : people_) {
        if (!person.allocation) {
            continue;
        }
        const PersonAllocated& allocation = *person.allocation;
        columns.text("id", to_text(person.id));
        columns.text("allocated_at", to_text(*person.allocated_at));
        columns.text("kind", name_of(allocation.kind));
        columns.text("rule", allocation.rule);
        columns.text("stratum", allocation.stratum);
        columns.text("arm", allocation.arm);
        columns.text("draw", allocation.kind == AllocationKind::drawn ? std::to_string(allocation.draw) : "");
        columns.text("start", !allocation.start_was_drawn ? "" : allocation.is_delayed ? "waits" : "at-once");
        for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
            const auto share = [&](const std::vector<int>& of) {
                return arm < of.size() ? of[arm] / static_cast<double>(certain)
                                       : std::numeric_limits<double>::quiet_NaN();
            };
            columns.number("planned_" + drawn[arm]->id, share(allocation.planned));
            columns.number("probability_" + drawn[arm]->id, share(allocation.conditional));
        }
    }
    return columns.frame();
}

}  // namespace groundwork::rehearsal
