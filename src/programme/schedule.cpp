#include "programme/schedule.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "foundation/foundation.h"

namespace groundwork::programme {

namespace {

constexpr int days_of_a_week = 7;

// A whole number in [0, bound) from 64 bits: the bias is below bound / 2^64.
int below(int bound, std::uint64_t bits) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<int>((Wide{bits} * static_cast<unsigned>(bound)) >> 64U);
}

// The days of a form within a week, counted from the course's day 0.
std::vector<int> days_in_week(const Form& form, int week, const Bits& bits) {
    const int first = first_day_of_week(week);
    if (const auto* on_day = std::get_if<OnDay>(&form.timing)) {
        return week_of_day(on_day->day) == week ? std::vector<int>{on_day->day} : std::vector<int>{};
    }
    if (const auto* weekly = std::get_if<OnWeekday>(&form.timing)) {
        const bool is_asked = week >= weekly->from_week && week <= weekly->to_week;
        return is_asked ? std::vector<int>{first + weekly->day_of_week - 1} : std::vector<int>{};
    }
    std::vector<int> days;
    if (const auto* random = std::get_if<OnRandomDays>(&form.timing);
        random != nullptr && week >= random->from_week && week <= random->to_week) {
        days = draw_days(random->days_a_week, bits);
        for (int& day : days) {
            day += first;
        }
    }
    return days;
}

}  // namespace

PlannedPrompt prompt_opening_at(const Course& course, std::size_t form, int day, Instant opens) {
    ENSURE(form < course.forms.size());
    PlannedPrompt prompt{form, day, opens, opens + std::chrono::hours(course.forms[form].open_hours), {}};
    for (const int hours : course.forms[form].remind_after_hours) {
        prompt.reminders.push_back(opens + std::chrono::hours(hours));
    }
    return prompt;
}

PlannedPrompt prompt_on_day(const Course& course, std::size_t form, int day, const Anchor& anchor) {
    const WallTime wall{anchor.day_zero + std::chrono::days(day), anchor.anchor_minute};
    return prompt_opening_at(course, form, day, anchor.zone.instant_of(wall));
}

std::vector<int> draw_days(int wanted, const Bits& bits) {
    ENSURE(wanted >= 0 && wanted <= days_of_a_week);
    std::vector<int> days(days_of_a_week);
    std::iota(days.begin(), days.end(), 0);
    if (wanted < days_of_a_week) {
        // The first steps of Fisher and Yates's shuffle.
        for (int i = 0; i < wanted; ++i) {
            std::swap(days[static_cast<std::size_t>(i)],
                      days[static_cast<std::size_t>(i + below(days_of_a_week - i, bits()))]);
        }
        days.resize(static_cast<std::size_t>(wanted));
        std::ranges::sort(days);
    }
    return days;
}

std::vector<PlannedPrompt> plan_week(const Course& course, int week, const Anchor& anchor, const Bits& bits) {
    std::vector<PlannedPrompt> prompts;
    for (std::size_t form = 0; form < course.forms.size(); ++form) {
        for (const int day : days_in_week(course.forms[form], week, bits)) {
            prompts.push_back(prompt_on_day(course, form, day, anchor));
        }
    }
    std::ranges::stable_sort(
        prompts, {}, [](const PlannedPrompt& prompt) { return std::tuple(prompt.opens, prompt.form); });
    return prompts;
}

int first_week(const Course& course) { return course.weeks_before > 0 ? -course.weeks_before : 1; }

int last_week(const Course& course) { return course.weeks + course.weeks_after + 1; }

}  // namespace groundwork::programme
