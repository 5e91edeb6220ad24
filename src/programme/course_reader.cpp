#include "programme/course_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "foundation/foundation.h"
#include "programme/coin.h"
#include "programme/protocol_values.h"

namespace groundwork::programme {

namespace {

// One of a list of names that the schema has checked already.
template <class Enum, std::size_t size>
Enum one_of(std::string_view name, const std::array<Enum, size>& values) {
    for (const Enum value : values) {
        if (name_of(value) == name) {
            return value;
        }
    }
    ENSURE(false);
    return values[0];
}

constexpr std::array moments = {Moment::before, Moment::start, Moment::daily,    Moment::weekly,
                                Moment::middle, Moment::after, Moment::follow_up};
constexpr std::array offers = {Offer::continue_, Offer::augment, Offer::switch_, Offer::refer};
constexpr std::array findings = {CourseFinding::improved, CourseFinding::unchanged_with_dose,
                                 CourseFinding::unchanged_without_dose, CourseFinding::worse,
                                 CourseFinding::cannot_be_judged};

class CourseReader {
  public:
    CourseReader(const json::object& object, std::string_view file) : object_(object), file_(file) {}

    Result<Course> read() {
        course_.weeks_before = whole_of(object_.at("weeks_before"));
        course_.weeks = whole_of(object_.at("weeks"));
        course_.weeks_after = whole_of(object_.at("weeks_after"));
        course_.expected_people = whole_of(object_.at("expected_people"));
        course_.grace_days = whole_of(object_.at("grace_days"));
        course_.critical_incident_hours = whole_of(object_.at("critical_incident_hours"));
        course_.ground = ground_of(object_);
        read_people();
        read_questions();
        TRY_DO(read_forms());
        TRY_DO(read_training());
        read_outcomes();
        TRY_DO(read_middle());
        read_safety();
        read_reporting();
        return std::move(course_);
    }

  private:
    Error trouble(std::string problem, std::string where) const {
        return unacceptable(std::move(problem)).at(std::string(file_), "course." + std::move(where));
    }

    const json::object& part(std::string_view key) const { return object_.at(key).as_object(); }

    const json::object* part_if_any(std::string_view key) const {
        const json::value* value = object_.if_contains(key);
        return value == nullptr ? nullptr : &value->as_object();
    }

    void read_people() {
        const json::object& eligibility = part("eligibility");
        course_.eligibility = {whole_of(eligibility.at("minimum_age")), ground_of(eligibility)};
        const json::object& consent = part("consent");
        course_.consent = {string_of(consent.at("version")), text_of(consent.at("text")), ground_of(consent)};
    }

    void read_questions() {
        for (const json::value& value : object_.at("questions").as_array()) {
            const json::object& each = value.as_object();
            Question question;
            question.id = string_of(each.at("id"));
            question.text = text_of(each.at("text"));
            question.lowest = text_of(each.at("lowest"));
            question.highest = text_of(each.at("highest"));
            question.minimum = whole_of(each.at("minimum"));
            question.maximum = whole_of(each.at("maximum"));
            const json::value* harm = each.if_contains("about_harm");
            question.is_about_harm = harm != nullptr && harm->as_bool();
            course_.questions.push_back(std::move(question));
        }
    }

    // The keys that each kind of timing needs; the schema cannot say which belong together.
    Result<Timing> timing_of(const json::object& when, const std::string& where) const {
        const std::string_view kind = when.at("kind").as_string();
        const auto wanted = [&]() -> std::vector<std::string_view> {
            if (kind == "day") {
                return {"day"};
            }
            if (kind == "weekday") {
                return {"day_of_week", "from_week", "to_week"};
            }
            if (kind == "random-days") {
                return {"days_a_week", "from_week", "to_week"};
            }
            return {};
        }();
        for (const std::string_view key : wanted) {
            if (!when.contains(key)) {
                return fail(trouble(fmt::format("needs \"{}\"", key), where).value(std::string(kind)));
            }
        }
        for (const auto& [key, value] : when) {
            if (key != "kind" && std::ranges::find(wanted, std::string_view(key)) == wanted.end()) {
                return fail(trouble(fmt::format("has no \"{}\"", std::string_view(key)), where)
                                .value(std::string(kind)));
            }
        }
        const auto number = [&](std::string_view key) { return whole_of(when.at(key)); };
        if (kind == "day") {
            return OnDay{number("day")};
        }
        if (kind == "enrolment") {
            return AtEnrolment{};
        }
        for (const std::string_view key : {"from_week", "to_week"}) {
            if (number(key) == 0) {
                return fail(trouble("is 0: week -1 is followed by week 1", where + "." + std::string(key)));
            }
        }
        if (kind == "weekday") {
            return OnWeekday{number("day_of_week"), number("from_week"), number("to_week")};
        }
        return OnRandomDays{number("days_a_week"), number("from_week"), number("to_week")};
    }

    Result<void> read_forms() {
        std::size_t index = 0;
        for (const json::value& value : object_.at("forms").as_array()) {
            const json::object& each = value.as_object();
            Form form;
            form.id = string_of(each.at("id"));
            form.name = text_of(each.at("name"));
            form.moment = one_of(each.at("moment").as_string(), moments);
            form.instruments = strings_of(each.at("instruments"));
            form.questions = strings_of(each.at("questions"));
            form.timing = TRY(timing_of(each.at("when").as_object(), fmt::format("forms[{}].when", index)));
            form.seconds = whole_of(each.at("seconds"));
            form.open_hours = whole_of(each.at("open_hours"));
            for (const json::value& hours : each.at("remind_after_hours").as_array()) {
                form.remind_after_hours.push_back(whole_of(hours));
            }
            form.ground = ground_of(each);
            course_.forms.push_back(std::move(form));
            ++index;
        }
        return {};
    }

    Result<void> read_training() {
        const json::object& practice = part("practice");
        course_.practice = {.days_a_week = whole_of(practice.at("days_a_week")),
                            .minutes = whole_of(practice.at("minutes")),
                            .short_minutes = whole_of(practice.at("short_minutes")),
                            .lesson_minutes = whole_of(practice.at("lesson_minutes")),
                            .ground = ground_of(practice)};
        const json::object& dose = part("adequate_dose");
        course_.adequate_dose = {
            whole_of(dose.at("practices_a_week")),
            TRY(probability_of(dose.at("share_of_weeks"), file_, "course.adequate_dose.share_of_weeks")),
            ground_of(dose)};
        return {};
    }

    void read_outcomes() {
        for (const json::value& value : object_.at("outcomes").as_array()) {
            const json::object& each = value.as_object();
            const std::string_view role = each.at("role").as_string();
            Outcome outcome;
            outcome.id = string_of(each.at("id"));
            outcome.name = text_of(each.at("name"));
            outcome.instrument = string_of(each.at("instrument"));
            outcome.scale = string_of(each.at("scale"));
            outcome.role = role == "confirmatory" ? OutcomeRole::confirmatory
                           : role == "primary"    ? OutcomeRole::primary
                                                  : OutcomeRole::secondary;
            outcome.better = each.at("better").as_string() == "lower" ? Better::lower : Better::higher;
            outcome.before = string_of(each.at("before"));
            outcome.after = string_of(each.at("after"));
            if (const json::value* change = each.if_contains("reliable_change")) {
                const json::object& object = change->as_object();
                outcome.reliable_change =
                    ReliableChange{to_points(number_of(object.at("points"))), object.at("decides").as_bool(),
                                   string_of(object.at("source")), ground_of(object)};
            }
            course_.outcomes.push_back(std::move(outcome));
        }
    }

    Result<void> read_middle() {
        if (const json::object* rule = part_if_any("not_helping_yet")) {
            NotHelpingYet not_yet;
            not_yet.form = string_of(rule->at("form"));
            not_yet.outcome = string_of(rule->at("outcome"));
            not_yet.began_from = to_points(number_of(rule->at("began_from")));
            not_yet.fell_less_than = TRY(
                probability_of(rule->at("fell_less_than"), file_, "course.not_helping_yet.fell_less_than"));
            not_yet.second_outcome = string_of(rule->at("second_outcome"));
            not_yet.gained_less_than = to_points(number_of(rule->at("gained_less_than")));
            not_yet.question = string_of(rule->at("question"));
            not_yet.says_so_to = whole_of(rule->at("says_so_to"));
            not_yet.ground = ground_of(*rule);
            course_.not_helping_yet = std::move(not_yet);
        }
        if (const json::object* rule = part_if_any("second_draw")) {
            TRY_DO(read_second_draw(*rule));
        }
        if (const json::object* rule = part_if_any("reassessment")) {
            Reassessment reassessment;
            reassessment.form = string_of(rule->at("form"));
            for (const json::value& value : rule->at("next").as_array()) {
                const json::object& each = value.as_object();
                Reassessment::Next next;
                next.finding = one_of(each.at("finding").as_string(), findings);
                for (const json::value& offer : each.at("offers").as_array()) {
                    next.offers.push_back(one_of(offer.as_string(), offers));
                }
                reassessment.next.push_back(std::move(next));
            }
            reassessment.ground = ground_of(*rule);
            course_.reassessment = std::move(reassessment);
        }
        return {};
    }

    Result<void> read_second_draw(const json::object& rule) {
        SecondDraw draw;
        draw.form = string_of(rule.at("form"));
        for (const auto& [key, value] : rule.at("planned").as_object()) {
            if (key != "continue" && key != "augment" && key != "switch") {
                return fail(trouble("is never drawn; continue, augment and switch are", "second_draw.planned")
                                .value(std::string(key)));
            }
            draw.options.push_back(one_of(key, offers));
            draw.planned.push_back(TRY(probability_of(value, file_, "course.second_draw.planned")));
        }
        const int sum = std::accumulate(draw.planned.begin(), draw.planned.end(), 0);
        if (sum != certain) {
            return fail(
                trouble("is the sum of the planned probabilities; it must be 1", "second_draw.planned")
                    .value(shortest(sum / double{certain})));
        }
        draw.ground = ground_of(rule);
        course_.second_draw = std::move(draw);
        return {};
    }

    void read_safety() {
        for (const json::value& value : object_.at("worsening").as_array()) {
            const json::object& each = value.as_object();
            course_.worsening.push_back({string_of(each.at("instrument")), string_of(each.at("scale")),
                                         to_points(number_of(each.at("by"))),
                                         whole_of(each.at("again_within_days")), ground_of(each)});
        }
        if (const json::object* rule = part_if_any("harms")) {
            course_.harms = HarmRules{string_of(rule->at("question")), whole_of(rule->at("pause_from")),
                                      whole_of(rule->at("some_from")), whole_of(rule->at("some_in_a_row")),
                                      ground_of(*rule)};
        }
        if (const json::object* rule = part_if_any("arm_pause")) {
            course_.arm_pause = ArmPause{.rate = number_of(rule->at("rate")),
                                         .certainty = number_of(rule->at("certainty")),
                                         .prior_harmed = number_of(rule->at("prior_harmed")),
                                         .prior_unharmed = number_of(rule->at("prior_unharmed")),
                                         .from_people = whole_of(rule->at("from_people")),
                                         .every = whole_of(rule->at("every")),
                                         .harm_from = whole_of(rule->at("harm_from")),
                                         .ground = ground_of(*rule)};
        }
    }

    void read_reporting() {
        const json::object& reporting = part("reporting");
        course_.reporting = {.smallest_group = whole_of(reporting.at("smallest_group")),
                             .change_from_people = whole_of(reporting.at("change_from_people")),
                             .moderation_from_people_in_each_arm =
                                 whole_of(reporting.at("moderation_from_people_in_each_arm")),
                             .released_after = strings_of(reporting.at("released_after")),
                             .groups = strings_of(reporting.at("groups")),
                             .ground = ground_of(reporting)};
        const json::object& retention = part("retention");
        course_.retention = {.contacts_days = whole_of(retention.at("contacts_days")),
                             .keys_months = whole_of(retention.at("keys_months")),
                             .logs_days = whole_of(retention.at("logs_days")),
                             .key_backups_days = whole_of(retention.at("key_backups_days")),
                             .ground = ground_of(retention)};
    }

    const json::object& object_;
    std::string_view file_;
    Course course_;
};

}  // namespace

Result<Course> read_course(const json::object& object, std::string_view file) {
    return CourseReader(object, file).read();
}

}  // namespace groundwork::programme
