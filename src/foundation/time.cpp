// The only file that includes the time-zone library.
#include "foundation/time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <optional>

#include "foundation/ensure.h"
#include "foundation/text.h"

namespace groundwork {

namespace {

constexpr int minutes_of_a_day = 24 * 60;

// The number that these digits write, if they are digits.
std::optional<int> digits(std::string_view text) {
    for (const char each : text) {
        if (each < '0' || each > '9') {
            return std::nullopt;
        }
    }
    return static_cast<int>(to_integer(text).value_or(0));
}

std::optional<Day> day_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = digits(text.substr(0, 4));
    const auto month = digits(text.substr(5, 2));
    const auto day = digits(text.substr(8, 2));
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    return date.ok() ? std::optional<Day>(Day(date)) : std::nullopt;
}

}  // namespace

namespace {

// Events are full of instants: digits by hand are several times faster than a format.
char* put_digits(char* at, unsigned number, int digits) {
    for (int place = digits - 1; place >= 0; --place) {
        at[place] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    return at + digits;
}

char* put_day(char* at, Day day) {
    const std::chrono::year_month_day date(day);
    at = put_digits(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *at++ = '-';
    at = put_digits(at, static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    return put_digits(at, static_cast<unsigned>(date.day()), 2);
}

bool has_four_digits_of_year(Day day) {
    const int year = static_cast<int>(std::chrono::year_month_day(day).year());
    return year >= 0 && year <= 9999;
}

}  // namespace

std::string to_text(Day day) {
    ENSURE(has_four_digits_of_year(day));
    std::string text(10, '\0');
    put_day(text.data(), day);
    return text;
}

std::string to_text(Instant instant) {
    const auto days = std::chrono::floor<std::chrono::days>(instant);
    const auto seconds = static_cast<unsigned>((instant - days).count());
    const Day day(days.time_since_epoch());
    ENSURE(has_four_digits_of_year(day));
    std::string text(20, 'Z');
    char* at = put_day(text.data(), day);
    *at++ = 'T';
    at = put_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_digits(at, seconds / 60 % 60, 2);
    *at++ = ':';
    put_digits(at, seconds % 60, 2);
    return text;
}

Result<Day> parse_day(std::string_view text) {
    if (const auto day = day_of(text)) {
        return *day;
    }
    return fail(unacceptable("is not a day of the calendar")
                    .value(std::string(text))
                    .remedy("Write it as 2026-11-24."));
}

Result<Instant> parse_instant(std::string_view text) {
    const auto trouble = [&] {
        return fail(unacceptable("is not an instant in UTC")
                        .value(std::string(text))
                        .remedy("Write it as 2026-11-24T07:05:00Z."));
    };
    if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') {
        return trouble();
    }
    const auto day = day_of(text.substr(0, 10));
    const auto hours = digits(text.substr(11, 2));
    const auto minutes = digits(text.substr(14, 2));
    const auto seconds = digits(text.substr(17, 2));
    if (!day || !hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 59) {
        return trouble();
    }
    return Instant(day->time_since_epoch()) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
           std::chrono::seconds(*seconds);
}

struct TimeZone::Zone {
    std::string name;
    const date::time_zone* data = nullptr;
};

const std::string& TimeZone::name() const { return zone_->name; }

Instant TimeZone::instant_of(WallTime wall) const {
    const date::local_seconds local(wall.day.time_since_epoch() + std::chrono::minutes(wall.minute));
    const date::local_info info = zone_->data->get_info(local);
    if (info.result == date::local_info::nonexistent) {
        return Instant(info.second.begin.time_since_epoch());
    }
    return Instant(local.time_since_epoch() - info.first.offset);
}

WallTime TimeZone::wall_time(Instant instant) const {
    const auto offset = zone_->data->get_info(date::sys_seconds(instant.time_since_epoch())).offset;
    const auto local = instant + offset;
    const auto days = std::chrono::floor<std::chrono::days>(local);
    const auto minute = std::chrono::floor<std::chrono::minutes>(local - days).count();
    ENSURE(minute >= 0 && minute < minutes_of_a_day);
    return {Day(days.time_since_epoch()), static_cast<int>(minute)};
}

Result<TimeZone> find_time_zone(std::string_view name) {
    try {
        auto zone = std::make_shared<TimeZone::Zone>();
        zone->data = date::locate_zone(std::string(name));
        zone->name = std::string(name);
        TimeZone found;
        found.zone_ = std::move(zone);
        return found;
    } catch (const std::runtime_error&) {
        return fail(usage_error("is not a time zone that this machine knows")
                        .value(std::string(name))
                        .remedy("Use a name such as America/New_York or Europe/Madrid."));
    }
}

std::string time_zone_data_version() { return date::get_tzdb().version; }

}  // namespace groundwork
