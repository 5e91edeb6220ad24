// The text form of a cohort's state, for snapshots: the cohort's own part and each person's stand apart,
// because each is kept under another key. A snapshot is a shortcut past a replay and may be thrown away at
// any time, so its form carries a version and no upgrade: another version is replayed instead.
#pragma once

#include <string>
#include <string_view>

#include "programme/core/cohort.h"

namespace groundwork::programme {

inline constexpr int state_version = 1;

// One JSON object each: the same bytes for the same state, always.
std::string write_person(const Participant& person);
std::string write_cohort(const Cohort& cohort);  // all but its people

// Exactly what the functions above wrote, of this version.
Result<Participant> read_person(std::string_view text);
Result<Cohort> read_cohort(std::string_view text);

// Puts somebody into a cohort that was read without its people. What is due for them is due again.
void add_person(Cohort& cohort, Participant person);

// Whether two states are the same, to the last member.
bool is_same_person(const Participant& one, const Participant& other);
bool is_same_cohort(const Cohort& one, const Cohort& other);          // with everyone in it
bool is_same_without_people(const Cohort& one, const Cohort& other);  // counted, not compared

}  // namespace groundwork::programme
