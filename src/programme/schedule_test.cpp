#include "programme/schedule.h"

#include <array>
#include <map>
#include <set>

#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

Anchor anchor(std::string_view day_zero, int hour, std::string_view zone) {
    return {parse_day(day_zero).value(), hour * 60, find_time_zone(zone).value()};
}

Course shipped_course() { return shipped_protocol().course.value(); }

std::size_t index_of(const Course& course, std::string_view id) {
    return static_cast<std::size_t>(course.find_form(id) - course.forms.data());
}

Bits stream(std::uint64_t seed) {
    return [random = RandomStream(seed, 0)]() mutable { return random.next(); };
}

std::vector<std::string> ids(const Course& course, const std::vector<PlannedPrompt>& prompts) {
    std::vector<std::string> list;
    for (const PlannedPrompt& prompt : prompts) {
        list.push_back(course.forms[prompt.form].id + " " + std::to_string(prompt.day));
    }
    return list;
}

// What the clocks do to a window of 16 hours with a reminder after four, opening at the anchor.
struct Row {
    std::string_view what, day_zero, zone;
    int day, anchor_hour;
    std::string_view opens, reminds, expires;
};

const Row rows[] = {
    {"an ordinary day", "2026-01-05", "America/New_York", 2, 18, "2026-01-07T23:00:00Z",
     "2026-01-08T03:00:00Z", "2026-01-08T15:00:00Z"},
    {"the night before clocks go forward: still 16 hours", "2026-03-02", "America/New_York", 5, 20,
     "2026-03-08T01:00:00Z", "2026-03-08T05:00:00Z", "2026-03-08T17:00:00Z"},
    {"the night shift whose anchor hour does not exist", "2026-03-02", "America/New_York", 6, 2,
     "2026-03-08T07:00:00Z", "2026-03-08T11:00:00Z", "2026-03-08T23:00:00Z"},
    {"the day after clocks went forward: the same hour on the wall", "2026-03-02", "America/New_York", 7, 18,
     "2026-03-09T22:00:00Z", "2026-03-10T02:00:00Z", "2026-03-10T14:00:00Z"},
    {"the anchor hour that comes twice: the first", "2026-10-26", "America/New_York", 6, 1,
     "2026-11-01T05:00:00Z", "2026-11-01T09:00:00Z", "2026-11-01T21:00:00Z"},
    {"the night before clocks go back", "2026-10-19", "Europe/Madrid", 5, 22, "2026-10-24T20:00:00Z",
     "2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z"},
    {"over the end of a month", "2026-01-26", "Europe/Madrid", 6, 23, "2026-02-01T22:00:00Z",
     "2026-02-02T02:00:00Z", "2026-02-02T14:00:00Z"},
    {"over the end of a February with 29 days", "2028-02-26", "Europe/Madrid", 3, 12, "2028-02-29T11:00:00Z",
     "2028-02-29T15:00:00Z", "2028-03-01T03:00:00Z"},
    {"before day 0, over the end of a year", "2027-01-04", "Asia/Kathmandu", -4, 6, "2026-12-31T00:15:00Z",
     "2026-12-31T04:15:00Z", "2026-12-31T16:15:00Z"},
};

}  // namespace

TEST_CASE("windows by the person's own clock, line by line as docs/scheduling.md has them") {
    const Course course = shipped_course();
    for (const Row& row : rows) {
        const PlannedPrompt prompt = prompt_on_day(course, index_of(course, "diary"), row.day,
                                                   anchor(row.day_zero, row.anchor_hour, row.zone));
        CHECK_MESSAGE(to_text(prompt.opens) == row.opens, row.what);
        REQUIRE(prompt.reminders.size() == 1);
        CHECK_MESSAGE(to_text(prompt.reminders[0]) == row.reminds, row.what);
        CHECK_MESSAGE(to_text(prompt.expires) == row.expires, row.what);
    }
}

TEST_CASE("a week holds its forms, each on its days, by opening") {
    const Course course = shipped_course();
    const Anchor here = anchor("2026-02-02", 18, "America/New_York");
    std::multiset<std::string> counted;
    for (int week = first_week(course); week <= last_week(course); ++week) {
        if (week == 0) {
            continue;
        }
        const auto prompts = plan_week(course, week, here, stream(7));
        int diaries = 0;
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            CHECK(week_of_day(prompts[i].day) == week);
            CHECK((i == 0 || prompts[i - 1].opens <= prompts[i].opens));
            diaries += course.forms[prompts[i].form].id == "diary" ? 1 : 0;
            counted.insert(course.forms[prompts[i].form].id);
        }
        CHECK(diaries == (week <= 9 ? 4 : 0));
    }
    CHECK(counted.count("before") == 0);  // opens at enrolment, not by the plan
    CHECK(counted.count("start") == 1);
    CHECK(counted.count("weekly") == 6);
    CHECK(counted.count("week-3") == 1);
    CHECK(counted.count("week-6") == 1);
    CHECK(counted.count("week-9") == 1);
    CHECK(counted.count("month-3") == 1);
    CHECK(counted.count("diary") == 11 * 4);
    CHECK(ids(course, plan_week(course, 10, here, stream(1))) == std::vector<std::string>{"week-9 63"});
    CHECK(ids(course, plan_week(course, 14, here, stream(1))) == std::vector<std::string>{"month-3 91"});
}

TEST_CASE("a day's forms open in the protocol's order") {
    const Course course = shipped_course();
    const Anchor here = anchor("2026-02-02", 18, "America/New_York");
    const Bits zero = [] { return std::uint64_t{0}; };  // draws the first four days of the week
    const auto week = plan_week(course, 1, here, zero);
    CHECK(ids(course, week) ==
          std::vector<std::string>{"start 0", "diary 0", "diary 1", "diary 2", "diary 3", "weekly 6"});
}

TEST_CASE("a plan depends on its bits alone, and takes none where nothing is drawn") {
    const Course course = shipped_course();
    const Anchor here = anchor("2026-02-02", 18, "America/New_York");
    CHECK(plan_week(course, 2, here, stream(5)) == plan_week(course, 2, here, stream(5)));
    CHECK(plan_week(course, 2, here, stream(5)) != plan_week(course, 2, here, stream(6)));
    const Bits none = []() -> std::uint64_t {
        FAIL("bits were taken");
        return 0;
    };
    CHECK(plan_week(course, 10, here, none).size() == 1);
    CHECK(draw_days(7, none) == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
    CHECK(draw_days(0, none).empty());
}

TEST_CASE("random days: every set of four days of seven is equally likely") {
    const Bits bits = stream(11);
    std::map<std::vector<int>, int> counts;
    constexpr int draws = 35000;
    for (int i = 0; i < draws; ++i) {
        const std::vector<int> days = draw_days(4, bits);
        REQUIRE(days.size() == 4);
        REQUIRE(std::set<int>(days.begin(), days.end()).size() == 4);
        ++counts[days];
    }
    REQUIRE(counts.size() == 35);
    double chi_square = 0;
    for (const auto& [days, count] : counts) {
        chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
    }
    CHECK(chi_square < 71);  // 34 degrees of freedom: p > .0002
}
