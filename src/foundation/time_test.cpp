#include "foundation/time.h"

#include <doctest/doctest.h>

using namespace groundwork;

namespace {

Instant at(std::string_view text) { return parse_instant(text).value(); }
WallTime wall(std::string_view day, int hour, int minute) {
    return {parse_day(day).value(), hour * 60 + minute};
}

}  // namespace

TEST_CASE("an instant reads back as it was written") {
    for (const char* text : {"2026-11-24T07:05:00Z", "2024-02-29T23:59:59Z", "1970-01-01T00:00:00Z",
                             "1969-12-31T23:59:59Z", "2100-12-31T00:00:01Z"}) {
        CHECK(to_text(at(text)) == text);
    }
    CHECK(at("1970-01-02T00:00:01Z").time_since_epoch().count() == 86401);
}

TEST_CASE("what is no instant or day is refused") {
    for (const char* text : {"", "2026-11-24", "2026-11-24T07:05:00", "2026-11-24 07:05:00Z",
                             "2026-02-30T07:05:00Z", "2026-11-24T24:00:00Z", "2026-11-24T07:60:00Z",
                             "2026-11-24T07:05:60Z", "2026-1a-24T07:05:00Z", "2026-11-24T07:05:00z"}) {
        CHECK_FALSE(parse_instant(text).has_value());
    }
    for (const char* text :
         {"2025-02-29", "2026-13-01", "2026-00-10", "2026-1-10", "26-01-10", "+026-01-10"}) {
        CHECK_FALSE(parse_day(text).has_value());
    }
}

TEST_CASE("an unknown zone is refused by name") {
    const auto zone = find_time_zone("Mars/Olympus");
    REQUIRE_FALSE(zone.has_value());
    CHECK(zone.error().offending_value() == "Mars/Olympus");
    CHECK_FALSE(find_time_zone("../../etc/passwd").has_value());
    CHECK_FALSE(find_time_zone("").has_value());
}

TEST_CASE("wall clocks and instants, with the clocks' changes") {
    const TimeZone new_york = find_time_zone("America/New_York").value();
    CHECK(new_york.name() == "America/New_York");
    CHECK(new_york.instant_of(wall("2026-01-15", 7, 30)) == at("2026-01-15T12:30:00Z"));
    CHECK(new_york.instant_of(wall("2026-07-15", 7, 30)) == at("2026-07-15T11:30:00Z"));
    // On 8 March 2026 clocks go from 2:00 to 3:00, which is 7:00 UTC: half past two does not exist.
    CHECK(new_york.instant_of(wall("2026-03-08", 1, 59)) == at("2026-03-08T06:59:00Z"));
    CHECK(new_york.instant_of(wall("2026-03-08", 2, 30)) == at("2026-03-08T07:00:00Z"));
    CHECK(new_york.instant_of(wall("2026-03-08", 3, 0)) == at("2026-03-08T07:00:00Z"));
    // On 1 November 2026 they show 1:30 twice; the first is in summer time.
    CHECK(new_york.instant_of(wall("2026-11-01", 1, 30)) == at("2026-11-01T05:30:00Z"));
    CHECK(new_york.wall_time(at("2026-11-01T05:30:00Z")) == wall("2026-11-01", 1, 30));
    CHECK(new_york.wall_time(at("2026-11-01T06:30:00Z")) == wall("2026-11-01", 1, 30));
    CHECK(new_york.wall_time(at("2026-01-15T04:59:59Z")) == wall("2026-01-14", 23, 59));
    // Half past midnight, said as a late hour of the day before.
    CHECK(new_york.instant_of(wall("2026-01-14", 24, 30)) == new_york.instant_of(wall("2026-01-15", 0, 30)));
}

TEST_CASE("zones with odd offsets, and a day that was skipped whole") {
    const TimeZone kathmandu = find_time_zone("Asia/Kathmandu").value();
    CHECK(kathmandu.instant_of(wall("2026-01-15", 6, 0)) == at("2026-01-15T00:15:00Z"));
    const TimeZone lord_howe = find_time_zone("Australia/Lord_Howe").value();
    CHECK(lord_howe.instant_of(wall("2026-01-15", 11, 0)) == at("2026-01-15T00:00:00Z"));
    // Samoa went from 29 to 31 December 2011.
    const TimeZone apia = find_time_zone("Pacific/Apia").value();
    CHECK(apia.instant_of(wall("2011-12-30", 12, 0)) == at("2011-12-30T10:00:00Z"));
    CHECK(apia.wall_time(at("2011-12-30T10:00:00Z")) == wall("2011-12-31", 0, 0));
}

TEST_CASE("the release of the time-zone data is known") { CHECK(time_zone_data_version().size() >= 5); }
