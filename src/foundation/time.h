// Instants, calendar days and time zones. Instants are counted in UTC seconds without leap seconds, as every
// clock that people use counts them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/result.h"

namespace groundwork {

using Instant = std::chrono::sys_seconds;
using Day = std::chrono::local_days;  // a calendar day, wherever it is

// What a clock on the wall shows: a day and the minutes since its midnight. Minutes may pass 24 hours: 1470
// is half past midnight of the next day.
struct WallTime {
    Day day;
    int minute = 0;
    friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

// "2026-11-24T07:05:00Z".
std::string to_text(Instant instant);
// "2026-11-24".
std::string to_text(Day day);

// Exactly as to_text writes them; anything else, also a 30 February, is `unacceptable`.
Result<Instant> parse_instant(std::string_view text);
Result<Day> parse_day(std::string_view text);

// A time zone of the operating system's data, by its name ("America/New_York"). Cheap to copy; safe from any
// thread.
class TimeZone {
  public:
    const std::string& name() const;

    // The instant at which clocks there show this. A time that a clock skips (spring) is the first instant
    // after the gap; one that they show twice (autumn) is the first of the two.
    Instant instant_of(WallTime wall) const;

    WallTime wall_time(Instant instant) const;  // seconds are dropped

  private:
    friend Result<TimeZone> find_time_zone(std::string_view name);
    struct Zone;
    std::shared_ptr<const Zone> zone_;
};

// A usage error where the operating system has no zone of this name.
Result<TimeZone> find_time_zone(std::string_view name);

// The release of the operating system's time-zone data, e.g. "2025b": recorded where instants are planned.
std::string time_zone_data_version();

}  // namespace groundwork
