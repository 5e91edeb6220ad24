#include "programme/course_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

namespace groundwork::programme {

using instrument::Finding;
using instrument::Instrument;
using instrument::Severity;

namespace {

constexpr int burden_seconds_max = 600;        // of the recurring forms, a week
constexpr int single_form_seconds_max = 1200;  // of any one form
constexpr int hours_of_a_day = 24;

// The first and last week of a recurring form.
std::optional<std::pair<int, int>> weeks_of(const Form& form) {
    if (const auto* weekly = std::get_if<OnWeekday>(&form.timing)) {
        return std::pair(weekly->from_week, weekly->to_week);
    }
    if (const auto* random = std::get_if<OnRandomDays>(&form.timing)) {
        return std::pair(random->from_week, random->to_week);
    }
    return std::nullopt;
}

int times_a_week(const Form& form) {
    const auto* random = std::get_if<OnRandomDays>(&form.timing);
    return random == nullptr ? 1 : random->days_a_week;
}

class CourseChecker {
  public:
    CourseChecker(const Protocol& protocol, const Course& course) : protocol_(protocol), course_(course) {}

    std::vector<Finding> check() {
        check_reasons();
        check_names();
        for (std::size_t i = 0; i < course_.forms.size(); ++i) {
            check_form(course_.forms[i], fmt::format("course.forms[{}]", i));
        }
        check_screening();
        check_burden();
        check_outcomes();
        check_middle();
        check_after();
        check_harms();
        check_training();
        check_reporting();
        return std::move(findings_);
    }

  private:
    void error(std::string where, std::string message) {
        findings_.push_back({Severity::error, std::move(where), std::move(message)});
    }
    void warning(std::string where, std::string message) {
        findings_.push_back({Severity::warning, std::move(where), std::move(message)});
    }

    void check_reason(const Ground& ground, const std::string& where) {
        if (trim(ground.reason).empty()) {
            error(where + ".reason",
                  "is empty: nobody may ship a number without a reason. Say where it comes from.");
        }
    }

    void check_reasons() {
        check_reason(course_.ground, "course");
        check_reason(course_.eligibility.ground, "course.eligibility");
        check_reason(course_.consent.ground, "course.consent");
        check_reason(course_.practice.ground, "course.practice");
        check_reason(course_.adequate_dose.ground, "course.adequate_dose");
        check_reason(course_.reporting.ground, "course.reporting");
        check_reason(course_.retention.ground, "course.retention");
        for (std::size_t i = 0; i < course_.forms.size(); ++i) {
            check_reason(course_.forms[i].ground, fmt::format("course.forms[{}]", i));
        }
        for (std::size_t i = 0; i < course_.outcomes.size(); ++i) {
            if (course_.outcomes[i].reliable_change) {
                check_reason(course_.outcomes[i].reliable_change->ground,
                             fmt::format("course.outcomes[{}].reliable_change", i));
            }
        }
        for (std::size_t i = 0; i < course_.worsening.size(); ++i) {
            check_reason(course_.worsening[i].ground, fmt::format("course.worsening[{}]", i));
        }
        const auto check_if_any = [&](const auto& part, const std::string& where) {
            if (part) {
                check_reason(part->ground, where);
            }
        };
        check_if_any(course_.not_helping_yet, "course.not_helping_yet");
        check_if_any(course_.second_draw, "course.second_draw");
        check_if_any(course_.reassessment, "course.reassessment");
        check_if_any(course_.harms, "course.harms");
        check_if_any(course_.arm_pause, "course.arm_pause");
    }

    template <class List>
    void check_distinct(const List& list, std::string_view path) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!seen.insert(list[i].id).second) {
                error(fmt::format("{}[{}]", path, i), fmt::format("\"{}\" is there twice.", list[i].id));
            }
        }
    }

    void check_names() {
        check_distinct(course_.questions, "course.questions");
        check_distinct(course_.forms, "course.forms");
        check_distinct(course_.outcomes, "course.outcomes");
        for (std::size_t i = 0; i < course_.questions.size(); ++i) {
            const Question& question = course_.questions[i];
            const std::string where = fmt::format("course.questions[{}]", i);
            if (question.minimum >= question.maximum) {
                error(where, fmt::format("{} has no answers: {} to {}.", question.id, question.minimum,
                                         question.maximum));
            }
            const bool is_asked = std::ranges::any_of(course_.forms, [&](const Form& form) {
                return std::ranges::find(form.questions, question.id) != form.questions.end();
            });
            if (!is_asked) {
                warning(where, fmt::format("no form asks \"{}\".", question.id));
            }
        }
    }

    // One that ships is used where it is; one of the agency's own, given by its path, is read and kept.
    const Instrument* instrument_at(const std::string& id, const std::string& where) {
        const auto& shipped = instrument::shipped_instruments();
        const auto place = std::ranges::find(shipped, id, &Instrument::id);
        if (place != shipped.end()) {
            return &*place;
        }
        Result<Instrument> own = instrument::find_instrument(id);
        if (!own) {
            error(where, own.error().describe());
            return nullptr;
        }
        own_instruments_.push_back(*std::move(own));
        return &own_instruments_.back();
    }

    void check_form(const Form& form, const std::string& where) {
        for (const std::string& id : form.instruments) {
            if (const Instrument* instrument = instrument_at(id, where + ".instruments")) {
                check_risk_items(*instrument, where + ".instruments");
            }
        }
        for (const std::string& id : form.questions) {
            if (course_.find_question(id) == nullptr) {
                error(where + ".questions", fmt::format("there is no question \"{}\".", id));
            }
        }
        if (form.instruments.empty() && form.questions.empty()) {
            error(where, fmt::format("{} asks nothing.", form.id));
        }
        check_window(form, where);
        if (form.seconds > single_form_seconds_max) {
            warning(where + ".seconds",
                    fmt::format("{} takes {} minutes at one sitting; people on shift break off.", form.id,
                                form.seconds / 60));
        }
    }

    void check_risk_items(const Instrument& instrument, const std::string& where) {
        const Screen* screen = protocol_.find_screen(instrument.id);
        if (protocol_.safety.responder || (screen != nullptr && screen->asked == Asked::with_responder)) {
            return;
        }
        const auto risk = std::ranges::find_if(
            instrument.items, [](const instrument::Item& item) { return !item.risk.empty(); });
        if (risk != instrument.items.end()) {
            error(where,
                  fmt::format("{} asks a risk item (item {}) and the protocol names no responder. Name "
                              "one, or ask CES-D (no risk item) or PHQ-8 instead.",
                              instrument.id, risk->number));
        }
    }

    void check_window(const Form& form, const std::string& where) {
        for (const int hours : form.remind_after_hours) {
            if (hours >= form.open_hours) {
                error(where + ".remind_after_hours",
                      fmt::format("a reminder {} hours after opening never goes out: {} closes after {}.",
                                  hours, form.id, form.open_hours));
            }
        }
        if (!std::ranges::is_sorted(form.remind_after_hours, std::less_equal<>())) {
            error(where + ".remind_after_hours", "must rise: write the earliest reminder first.");
        }
        const std::optional<DayRange> days = days_of(form);
        if (!days) {
            return;
        }
        if (days->first > days->last) {
            error(where + ".when", fmt::format("{} never opens: it ends before it begins.", form.id));
            return;
        }
        // A form after the last week closes the course's follow-up on its own day.
        const int first = -7 * course_.weeks_before;
        const int last = 7 * (course_.weeks + course_.weeks_after);
        if (days->first < first || days->last > last) {
            error(where + ".when", fmt::format("{} never opens on some of its days: the course runs from day "
                                               "{} to day {}, the form from day {} to day {}.",
                                               form.id, first, last, days->first, days->last));
        }
        const bool is_daily = std::holds_alternative<OnRandomDays>(form.timing);
        const int again_after_hours = is_daily ? hours_of_a_day : 7 * hours_of_a_day;
        if (weeks_of(form) && form.open_hours > again_after_hours) {
            error(where + ".open_hours",
                  fmt::format("{} would still be open when it opens again after {} hours.", form.id,
                              again_after_hours));
        }
    }

    // The form at enrolment must ask what the strata rest on; the screens of the safety rules join it.
    void check_screening() {
        const auto first = std::ranges::find_if(
            course_.forms, [](const Form& form) { return std::holds_alternative<AtEnrolment>(form.timing); });
        if (first == course_.forms.end()) {
            error("course.forms", "no form opens at enrolment, so nobody is ever screened.");
            return;
        }
        const auto asks = [&](std::string_view id) {
            return std::ranges::find(first->instruments, id) != first->instruments.end();
        };
        if (!asks(protocol_.moderator.instrument)) {
            error("course.forms", fmt::format("{} does not ask {}, which makes the strata.", first->id,
                                              protocol_.moderator.instrument));
        }
        if (std::ranges::count_if(course_.forms, [](const Form& form) {
                return std::holds_alternative<AtEnrolment>(form.timing);
            }) > 1) {
            error("course.forms", "two forms open at enrolment; put what they ask into one.");
        }
    }

    void check_burden() {
        for (const auto& [week, seconds] : burden_by_week(course_)) {
            if (seconds > burden_seconds_max) {
                warning("course.forms",
                        fmt::format("the daily and weekly forms ask {} minutes in week {}; above {} a week "
                                    "people stop answering.",
                                    shortest(seconds / 60.0), week, burden_seconds_max / 60));
                return;
            }
        }
    }

    void check_outcomes() {
        int confirmatory = 0;
        for (std::size_t i = 0; i < course_.outcomes.size(); ++i) {
            const Outcome& outcome = course_.outcomes[i];
            const std::string where = fmt::format("course.outcomes[{}]", i);
            confirmatory += outcome.role == OutcomeRole::confirmatory ? 1 : 0;
            if (const Instrument* instrument = instrument_at(outcome.instrument, where + ".instrument")) {
                if (instrument->find_scale(outcome.scale) == nullptr) {
                    error(where + ".scale",
                          fmt::format("{} has no scale \"{}\".", instrument->id, outcome.scale));
                }
            }
            check_form_asks(outcome.before, outcome.instrument, where + ".before",
                            fmt::format("the outcome {} has no baseline", outcome.id));
            check_form_asks(outcome.after, outcome.instrument, where + ".after",
                            fmt::format("the outcome {} is never asked afterwards", outcome.id));
        }
        if (confirmatory != 1) {
            warning("course.outcomes",
                    fmt::format("{} outcomes are confirmatory; one planned test is what a claim rests on.",
                                confirmatory));
        }
    }

    void check_form_asks(const std::string& id, const std::string& instrument, const std::string& where,
                         const std::string& otherwise) {
        const Form* form = course_.find_form(id);
        if (form == nullptr) {
            error(where, fmt::format("{}: there is no form \"{}\".", otherwise, id));
        } else if (std::ranges::find(form->instruments, instrument) == form->instruments.end()) {
            error(where, fmt::format("{}: the form {} does not ask {}.", otherwise, id, instrument));
        }
    }

    void check_form_exists(const std::string& id, const std::string& where) {
        if (course_.find_form(id) == nullptr) {
            error(where, fmt::format("there is no form \"{}\".", id));
        }
    }

    void check_question_of(const std::string& form_id, const std::string& question,
                           const std::string& where) {
        const Form* form = course_.find_form(form_id);
        if (form != nullptr && std::ranges::find(form->questions, question) == form->questions.end()) {
            error(where, fmt::format("the form {} does not ask \"{}\".", form_id, question));
        }
    }

    void check_middle() {
        if (course_.not_helping_yet) {
            const NotHelpingYet& rule = *course_.not_helping_yet;
            check_form_exists(rule.form, "course.not_helping_yet.form");
            check_question_of(rule.form, rule.question, "course.not_helping_yet.question");
            for (const std::string& id : {rule.outcome, rule.second_outcome}) {
                const Outcome* outcome = course_.find_outcome(id);
                if (outcome == nullptr) {
                    error("course.not_helping_yet", fmt::format("there is no outcome \"{}\".", id));
                } else {
                    check_form_asks(rule.form, outcome->instrument, "course.not_helping_yet.form",
                                    fmt::format("{} cannot be judged at the middle", id));
                }
            }
        }
        if (course_.second_draw) {
            check_form_exists(course_.second_draw->form, "course.second_draw.form");
            if (!course_.not_helping_yet) {
                error("course.second_draw",
                      "draws among people whom it is not helping yet, but nothing says "
                      "who they are: add \"not_helping_yet\".");
            }
            for (std::size_t i = 0; i < course_.second_draw->planned.size(); ++i) {
                if (course_.second_draw->planned[i] == 0 || course_.second_draw->planned[i] == certain) {
                    warning("course.second_draw.planned",
                            fmt::format("{} is drawn always or never, so nothing can be learnt from it.",
                                        name_of(course_.second_draw->options[i])));
                }
            }
        }
    }

    void check_after() {
        if (!course_.reassessment) {
            warning("course.reassessment", "is missing: nobody is told what could come next.");
            return;
        }
        check_form_exists(course_.reassessment->form, "course.reassessment.form");
        std::set<CourseFinding> seen;
        for (const Reassessment::Next& next : course_.reassessment->next) {
            if (!seen.insert(next.finding).second) {
                error("course.reassessment.next",
                      fmt::format("\"{}\" is there twice.", name_of(next.finding)));
            }
            if (next.finding == CourseFinding::worse &&
                std::ranges::find(next.offers, Offer::refer) == next.offers.end()) {
                error("course.reassessment.next",
                      "somebody who is worse must be offered a human: add "
                      "\"refer\".");
            }
        }
        const bool one_decides = std::ranges::any_of(course_.outcomes, [](const Outcome& outcome) {
            return outcome.reliable_change && outcome.reliable_change->decides;
        });
        if (!one_decides) {
            error("course.reassessment", "no outcome has a reliable change that decides.");
        }
    }

    void check_harms() {
        if (!course_.harms) {
            warning("course.harms",
                    "is missing: 6 to 14 % of people report lasting bad effects of such "
                    "programmes; ask every week.");
            return;
        }
        const Question* question = course_.find_question(course_.harms->question);
        if (question == nullptr) {
            error("course.harms.question",
                  fmt::format("there is no question \"{}\".", course_.harms->question));
        } else if (!question->is_about_harm) {
            error("course.harms.question", fmt::format("\"{}\" is not marked \"about_harm\".", question->id));
        } else if (course_.harms->pause_from > question->maximum) {
            error("course.harms.pause_from", "no answer goes so high, so nobody's practice ever stops.");
        }
        if (course_.arm_pause && question != nullptr && course_.arm_pause->harm_from > question->maximum) {
            error("course.arm_pause.harm_from", "no answer goes so high, so no arm ever pauses.");
        }
    }

    void check_training() {
        for (std::size_t i = 0; i < protocol_.arms.size(); ++i) {
            int weeks = 0;
            for (const Training& training : protocol_.arms[i].trainings) {
                weeks += training.weeks;
            }
            if (weeks != 0 && weeks != course_.weeks) {
                warning(fmt::format("arms[{}].trainings", i),
                        fmt::format("{} trains for {} weeks, the course lasts {}.", protocol_.arms[i].id,
                                    weeks, course_.weeks));
            }
        }
    }

    void check_reporting() {
        for (const std::string& id : course_.reporting.released_after) {
            check_form_exists(id, "course.reporting.released_after");
        }
        const int k = course_.reporting.smallest_group;
        if (course_.expected_people < k) {
            warning("course.reporting",
                    fmt::format("{} people are expected and groups under {} are never reported: no report "
                                "can appear.",
                                course_.expected_people, k));
            return;
        }
        const auto by = [&](std::string_view group) {
            return std::ranges::find(course_.reporting.groups, group) != course_.reporting.groups.end();
        };
        if (!by("arm")) {
            return;
        }
        // Everyone expected, in the stratum that gives the arm the most people.
        const std::vector<const Arm*> drawn = protocol_.drawn_arms();
        for (std::size_t arm = 0; arm < drawn.size(); ++arm) {
            int highest = 0;
            for (const Stratum& stratum : protocol_.strata) {
                highest = std::max(highest, stratum.planned[arm]);
            }
            const int people = course_.expected_people * highest / certain;
            if (people < k) {
                warning("course.reporting.groups",
                        fmt::format("the arm {} gets at most {} of {} people: it can never reach {} and is "
                                    "never reported.",
                                    drawn[arm]->id, people, course_.expected_people, k));
            }
        }
    }

    const Protocol& protocol_;
    const Course& course_;
    std::vector<Finding> findings_;
    std::deque<Instrument> own_instruments_;  // stay where they are as it grows
};

}  // namespace

std::vector<Finding> check_course(const Protocol& protocol) {
    if (!protocol.course) {
        return {{Severity::warning, "course",
                 "is missing: this protocol can match people but a programme cannot run by it."}};
    }
    return CourseChecker(protocol, *protocol.course).check();
}

std::map<int, int> burden_by_week(const Course& course) {
    std::map<int, int> seconds;
    for (const Form& form : course.forms) {
        if (const auto weeks = weeks_of(form)) {
            for (int week = weeks->first; week <= weeks->second; ++week) {
                if (week != 0) {
                    seconds[week] += form.seconds * times_a_week(form);
                }
            }
        }
    }
    return seconds;
}

}  // namespace groundwork::programme
