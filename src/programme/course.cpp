#include "programme/course.h"

#include <algorithm>

#include "foundation/foundation.h"

namespace groundwork::programme {

std::string_view name_of(Moment moment) {
    switch (moment) {
        case Moment::before: return "before";
        case Moment::start: return "start";
        case Moment::daily: return "daily";
        case Moment::weekly: return "weekly";
        case Moment::middle: return "middle";
        case Moment::after: return "after";
        case Moment::follow_up: return "follow-up";
    }
    ENSURE(false);
    return "";
}

std::string_view name_of(Offer offer) {
    switch (offer) {
        case Offer::continue_: return "continue";
        case Offer::augment: return "augment";
        case Offer::switch_: return "switch";
        case Offer::refer: return "refer";
    }
    ENSURE(false);
    return "";
}

std::string_view name_of(CourseFinding finding) {
    switch (finding) {
        case CourseFinding::improved: return "improved";
        case CourseFinding::unchanged_with_dose: return "unchanged-with-dose";
        case CourseFinding::unchanged_without_dose: return "unchanged-without-dose";
        case CourseFinding::worse: return "worse";
        case CourseFinding::cannot_be_judged: return "cannot-be-judged";
    }
    ENSURE(false);
    return "";
}

namespace {

template <class List>
auto find_in(const List& list, std::string_view id) -> decltype(&list[0]) {
    const auto place = std::ranges::find_if(list, [&](const auto& each) { return each.id == id; });
    return place == list.end() ? nullptr : &*place;
}

}  // namespace

const Form* Course::find_form(std::string_view id) const { return find_in(forms, id); }
const Question* Course::find_question(std::string_view id) const { return find_in(questions, id); }
const Outcome* Course::find_outcome(std::string_view id) const { return find_in(outcomes, id); }

int first_day_of_week(int week) {
    ENSURE(week != 0);
    return week > 0 ? (week - 1) * 7 : week * 7;
}

int week_of_day(int day) { return day >= 0 ? day / 7 + 1 : (day - 6) / 7; }

std::optional<DayRange> days_of(const Form& form) {
    if (const auto* on_day = std::get_if<OnDay>(&form.timing)) {
        return DayRange{on_day->day, on_day->day};
    }
    if (const auto* weekly = std::get_if<OnWeekday>(&form.timing)) {
        return DayRange{first_day_of_week(weekly->from_week) + weekly->day_of_week - 1,
                        first_day_of_week(weekly->to_week) + weekly->day_of_week - 1};
    }
    if (const auto* random = std::get_if<OnRandomDays>(&form.timing)) {
        return DayRange{first_day_of_week(random->from_week), first_day_of_week(random->to_week) + 6};
    }
    return std::nullopt;
}

}  // namespace groundwork::programme
