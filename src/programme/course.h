// The course of a programme: what is asked when, what counts as enough practice, as not helping yet, as harm,
// and what is reported. Part of a protocol (protocol.h); shapes in content/schemas/course.schema.json.
//
// Days count from a person's day 0, the first day of week 1; day -1 is the last of week -1 (there is no week
// 0). Windows open at the person's own anchor, a time of day in their own time zone (docs/scheduling.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "programme/ground.h"

namespace groundwork::programme {

// A question of our own wording, never part of a published scale.
struct Question {
    std::string id;
    Text text, lowest, highest;  // the words at both ends of the answers
    int minimum = 0, maximum = 0;
    bool is_about_harm = false;  // never advances by itself; read by whoever watches over harms
};

enum class Moment { before, start, daily, weekly, middle, after, follow_up };
std::string_view name_of(Moment moment);  // "before", ..., "follow-up"

// When a form is asked. Weeks are numbered without a week 0.
struct AtEnrolment {};
struct OnDay {
    int day = 0;
};
struct OnWeekday {
    int day_of_week = 1;  // 1 to 7 of the programme's week
    int from_week = 1, to_week = 1;
};
struct OnRandomDays {
    int days_a_week = 1;  // drawn anew for each person and week
    int from_week = 1, to_week = 1;
};
using Timing = std::variant<AtEnrolment, OnDay, OnWeekday, OnRandomDays>;

struct Form {
    std::string id;
    Text name;
    Moment moment = Moment::before;
    // instruments_asked (protocol.h) adds the safety screens to the form at enrolment.
    std::vector<std::string> instruments, questions;
    Timing timing;
    int seconds = 0;     // what it asks of a person's time
    int open_hours = 0;  // from opening to expiry
    std::vector<int> remind_after_hours;
    Ground ground;
};

struct Consent {
    std::string version;
    Text text;
    Ground ground;
};

struct Eligibility {
    int minimum_age = 0;
    Ground ground;
};

// What a week of training asks for.
struct Practice {
    int days_a_week = 0, minutes = 0, short_minutes = 0, lesson_minutes = 0;
    Ground ground;
};

// Enough practice for an offer to mean something; never a condition for being counted.
struct AdequateDose {
    int practices_a_week = 0;
    int share_of_weeks = 0;  // of the weeks elapsed, in ten-thousandths
    Ground ground;
};

enum class Better { lower, higher };
enum class OutcomeRole { confirmatory, primary, secondary };

struct ReliableChange {
    Points points = 0;
    bool decides = false;  // whether it takes part in reassessment
    std::string source;
    Ground ground;
};

struct Outcome {
    std::string id, instrument, scale;
    Text name;
    OutcomeRole role = OutcomeRole::secondary;
    Better better = Better::lower;
    std::string before, after;  // ids of forms
    std::optional<ReliableChange> reliable_change;
};

// The middle: who began high enough, practised enough, changed little and says so.
struct NotHelpingYet {
    std::string form;
    std::string outcome;     // an outcome's id
    Points began_from = 0;   // below it "cannot be judged by this"
    int fell_less_than = 0;  // share of the score before, in ten-thousandths
    std::string second_outcome;
    Points gained_less_than = 0;
    std::string question;  // the person's own word: an answer of at most `says_so_to`
    int says_so_to = 0;
    Ground ground;
};

enum class Offer { continue_, augment, switch_, refer };
std::string_view name_of(Offer offer);  // "continue", "augment", "switch", "refer"

// The draw at the middle among people whom it is not helping yet. `refer` is never drawn.
struct SecondDraw {
    std::string form;
    std::vector<Offer> options;
    std::vector<int> planned;  // ten-thousandths, together `certain`
    Ground ground;
};

enum class CourseFinding { improved, unchanged_with_dose, unchanged_without_dose, worse, cannot_be_judged };
std::string_view name_of(CourseFinding finding);

// After the course: what reliable change says, and what is offered next.
struct Reassessment {
    std::string form;
    struct Next {
        CourseFinding finding = CourseFinding::improved;
        std::vector<Offer> offers;
    };
    std::vector<Next> next;  // one for each finding
    Ground ground;
};

// A rise of so many points, seen again within `again_within_days`, brings a human the same day.
struct Worsening {
    std::string instrument, scale;
    Points by = 0;
    int again_within_days = 0;
    Ground ground;
};

struct HarmRules {
    std::string question;  // answers from `pause_from` on pause the person's practice
    int pause_from = 0;
    int some_from = 0, some_in_a_row = 0;  // milder ones, so many times running, bring an offer
    Ground ground;
};

// An arm pauses when its rate of impairing harm is above `rate` with probability above `certainty`, under a
// Beta(prior_harmed, prior_unharmed) prior; looked at every `every` people from `from_people` on.
struct ArmPause {
    double rate = 0, certainty = 0, prior_harmed = 0, prior_unharmed = 0;
    int from_people = 0, every = 0;
    int harm_from = 0;  // answers to the harm question from here on count
    Ground ground;
};

struct Reporting {
    int smallest_group = 0;  // k
    int change_from_people = 0, moderation_from_people_in_each_arm = 0;
    std::vector<std::string> released_after;  // ids of forms
    std::vector<std::string> groups;          // "cohort", "arm"
    Ground ground;
};

struct Retention {
    int contacts_days = 0, keys_months = 0, logs_days = 0, key_backups_days = 0;
    Ground ground;
};

struct Course {
    int weeks_before = 0, weeks = 0, weeks_after = 0;
    int expected_people = 0;
    int grace_days = 0;               // an answer given in time may arrive so much later
    int critical_incident_hours = 0;  // how long prompts pause after one
    Ground ground;
    Eligibility eligibility;
    Consent consent;
    std::vector<Question> questions;
    std::vector<Form> forms;
    Practice practice;
    AdequateDose adequate_dose;
    std::vector<Outcome> outcomes;
    std::optional<NotHelpingYet> not_helping_yet;
    std::optional<SecondDraw> second_draw;
    std::optional<Reassessment> reassessment;
    std::vector<Worsening> worsening;
    std::optional<HarmRules> harms;
    std::optional<ArmPause> arm_pause;
    Reporting reporting;
    Retention retention;

    const Form* find_form(std::string_view id) const;
    const Question* find_question(std::string_view id) const;
    const Outcome* find_outcome(std::string_view id) const;
};

// The first day of a week, from the person's day 0: week 1 -> 0, week -1 -> -7. Week 0 does not exist.
int first_day_of_week(int week);

// The week that a day is in: 0 -> 1, -1 -> -1, 7 -> 2.
int week_of_day(int day);

// The days on which a form may be asked: of a random one, every day it may fall on.
struct DayRange {
    int first = 0, last = 0;
};
std::optional<DayRange> days_of(const Form& form);

}  // namespace groundwork::programme
