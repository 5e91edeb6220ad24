// When a person's prompts open, remind and expire (docs/scheduling.md). Times of day are the person's own:
// their time zone and their anchor, the time at which their day of work is over or has not begun.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "foundation/time.h"
#include "programme/course.h"

namespace groundwork::programme {

enum class Shift { day, night };

// Where a person's course is fixed in time.
struct Anchor {
    Day day_zero;           // day 0 on the calendar of `zone`
    int anchor_minute = 0;  // prompts open then, in minutes since midnight, 0 to 1439
    TimeZone zone;
};

// A prompt that will open: one form on one day.
struct PlannedPrompt {
    std::size_t form = 0;  // index into Course::forms
    int day = 0;           // from day 0
    Instant opens, expires;
    std::vector<Instant> reminders;  // between the two, rising
    friend bool operator==(const PlannedPrompt&, const PlannedPrompt&) = default;
};

// The window of a form that opens at this instant. Hours are elapsed hours: a window over a change of the
// clocks is as long as any other.
PlannedPrompt prompt_opening_at(const Course& course, std::size_t form, int day, Instant opens);

// The window of a form on a day of the person's course.
PlannedPrompt prompt_on_day(const Course& course, std::size_t form, int day, const Anchor& anchor);

// 64 uniform bits, asked for as often as a plan needs.
using Bits = std::function<std::uint64_t()>;

// All prompts of one week of the course (week_of_day), by opening, then by the forms' order. Random days are
// drawn here: each set of days is equally likely, to within 2^-60. Takes no bits where nothing is drawn.
std::vector<PlannedPrompt> plan_week(const Course& course, int week, const Anchor& anchor, const Bits& bits);

// `wanted` of the days 0 to 6, rising.
std::vector<int> draw_days(int wanted, const Bits& bits);

// The first and the last week that a course plans prompts for.
int first_week(const Course& course);
int last_week(const Course& course);

}  // namespace groundwork::programme
