#include "programme/course_check.h"

#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;
using instrument::Finding;
using instrument::Severity;

namespace {

// The shipped file with one thing changed in its course, and what must then be said.
struct Spoilt {
    std::string_view old, replacement;
    Severity severity;
    std::string_view where, says;
};

std::string spoil(const Spoilt& spoilt) {
    std::string text = shipped_text();
    const std::size_t course = text.find("\"course\"");
    REQUIRE(course != std::string::npos);
    const std::size_t place = text.find(spoilt.old, course);
    REQUIRE_MESSAGE(place != std::string::npos, spoilt.old);
    return text.replace(place, spoilt.old.size(), spoilt.replacement);
}

constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;

const Spoilt spoilt_courses[] = {
    {R"("instruments": [])", R"("instruments": ["scl-90"])", error, "course.forms[2].instruments", "scl-90"},
    {R"("questions": ["past-programmes"])", R"("questions": ["past-programmes", "shoe-size"])", error,
     "course.forms[0].questions", "no question \"shoe-size\""},
    {R"("questions": ["past-programmes"])", R"("questions": [])", warning,
     "course.questions[0]", "no form asks \"past-programmes\""},
    {R"("day": 21)", R"("day": 421)", error, "course.forms[4].when", "never opens on some of its days"},
    {R"("from_week": 1, "to_week": 6)", R"("from_week": 6, "to_week": 1)", error, "course.forms[3].when",
     "never opens: it ends before it begins"},
    {R"("from_week": 1, "to_week": 6)", R"("from_week": 0, "to_week": 6)", error,
     "course.forms[3].when.from_week", "week -1 is followed by week 1"},
    {R"({ "kind": "day", "day": 21 })", R"({ "kind": "day", "day_of_week": 2 })", error,
     "course.forms[4].when", "needs \"day\""},
    {R"({ "kind": "day", "day": 21 })", R"({ "kind": "day", "day": 21, "to_week": 2 })", error,
     "course.forms[4].when", "has no \"to_week\""},
    {R"("remind_after_hours": [48, 120])", R"("remind_after_hours": [48, 168])", error,
     "course.forms[0].remind_after_hours", "168 hours after opening never goes out"},
    {R"("remind_after_hours": [48, 120])", R"("remind_after_hours": [120, 48])", error,
     "course.forms[0].remind_after_hours", "must rise"},
    {R"("open_hours": 16,)", R"("open_hours": 25,)", error, "course.forms[2].open_hours",
     "still be open when it opens again"},
    {R"("seconds": 45)", R"("seconds": 150)", warning, "course.forms", "ask 13 minutes in week 1"},
    {R"("seconds": 540)", R"("seconds": 2400)", warning, "course.forms[0].seconds",
     "40 minutes at one sitting"},
    {R"(["scs", "cesd", "ucla3", "who5"])", R"(["cesd", "ucla3", "who5"])", error, "course.forms",
     "does not ask scs, which makes the strata"},
    {R"(["scs", "cesd", "ucla3", "who5"])", R"(["scs", "cesd", "who5"])", error, "course.outcomes[2].before",
     "the outcome connectedness has no baseline"},
    {R"("after": "week-6")", R"("after": "diary")", error, "course.outcomes[0].after",
     "never asked afterwards"},
    {R"("role": "confirmatory")", R"("role": "primary")", warning, "course.outcomes",
     "0 outcomes are confirmatory"},
    {R"("scale": "total",)", R"("scale": "grand",)", error, "course.outcomes[0].scale", "no scale \"grand\""},
    {R"("question": "helping")", R"("question": "sleep")", error, "course.not_helping_yet.question",
     "does not ask \"sleep\""},
    {R"("second_outcome": "well-being")", R"("second_outcome": "joy")", error, "course.not_helping_yet",
     "no outcome \"joy\""},
    {R"("continue": 0.34, "augment": 0.33)", R"("continue": 0.44, "augment": 0.33)", error,
     "course.second_draw.planned", "it must be 1"},
    {R"("continue": 0.34, "augment": 0.33, "switch": 0.33)", R"("continue": 0, "augment": 0, "switch": 1)",
     warning, "course.second_draw.planned", "always or never"},
    {R"("continue": 0.34)", R"("refer": 0.34)", error, "course.second_draw.planned", "is never drawn"},
    {R"(["refer", "switch"])", R"(["switch"])", error, "course.reassessment.next", "add \"refer\""},
    {R"("finding": "worse")", R"("finding": "improved")", error, "course.reassessment.next",
     "\"improved\" is there twice"},
    {R"("question": "harm",)", R"("question": "sleep",)", error, "course.harms.question",
     "not marked \"about_harm\""},
    {R"("pause_from": 2)", R"("pause_from": 4)", error, "course.harms.pause_from", "nobody's practice"},
    {R"("harm_from": 3)", R"("harm_from": 4)", error, "course.arm_pause.harm_from", "no arm ever pauses"},
    {R"("expected_people": 217)", R"("expected_people": 10)", warning, "course.reporting",
     "no report can appear"},
    {R"("expected_people": 217)", R"("expected_people": 20)", warning, "course.reporting.groups",
     "the arm mindfulness gets at most 10 of 20 people"},
    {R"("released_after": ["week-6")", R"("released_after": ["week-7")", error,
     "course.reporting.released_after", "no form \"week-7\""},
    {R"("weeks": 6)", R"("weeks": 5)", warning, "arms[0].trainings",
     "trains for 6 weeks, the course lasts 5"},
};

bool says(const std::vector<Finding>& findings, const Spoilt& wanted) {
    for (const Finding& finding : findings) {
        if (finding.severity == wanted.severity && finding.where == wanted.where &&
            finding.message.find(wanted.says) != std::string::npos) {
            return true;
        }
    }
    return false;
}

std::string all_of(const std::vector<Finding>& findings) {
    std::string all;
    for (const Finding& finding : findings) {
        all += finding.where + ": " + finding.message + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("every mistake in a course is found where it stands") {
    for (const Spoilt& spoilt : spoilt_courses) {
        const std::vector<Finding> findings = check_protocol(spoil(spoilt), "mine.json");
        CHECK_MESSAGE(says(findings, spoilt), spoilt.replacement, " must give ", spoilt.where, ": ",
                      spoilt.says, "\nbut gave\n", all_of(findings));
    }
}

TEST_CASE("a risk item in a form needs somebody who reads it") {
    const std::string weekly = spoil({R"("sscs-s", "phq2")", R"("sscs-s", "cesd-r")", error, "", ""});
    const std::vector<Finding> findings = check_protocol(weekly, "mine.json");
    CHECK(says(findings, {"", "", error, "course.forms[3].instruments", "asks a risk item"}));
}

TEST_CASE("the three protocols that ship have courses in which nothing is found") {
    for (const char* id : {"matched-six-week", "mindfulness-or-loving-kindness", "waitlist"}) {
        const auto source = find_protocol_source(id);
        REQUIRE(source.has_value());
        const std::vector<Finding> findings = check_protocol(source->text, source->name);
        CHECK_MESSAGE(findings.empty(), all_of(findings));
    }
}

TEST_CASE("the founding study's frame: two weeks before, six during, three after, every day") {
    const Protocol protocol = find_protocol("mindfulness-or-loving-kindness").value();
    const Course& course = protocol.course.value();
    CHECK(course.weeks_before == 2);
    CHECK(course.weeks == 6);
    CHECK(course.weeks_after == 3);
    const auto days = days_of(*course.find_form("diary"));
    REQUIRE(days.has_value());
    CHECK(days->first == -14);
    CHECK(days->last == 62);
    CHECK(std::get<OnRandomDays>(course.find_form("diary")->timing).days_a_week == 7);
}

TEST_CASE("the form at enrolment asks every safety screen, risk items only with a responder") {
    Protocol protocol = shipped_protocol();
    const Form& before = *protocol.course.value().find_form("before");
    const Form& after = *protocol.course.value().find_form("week-6");
    CHECK(instruments_asked(protocol, before) == std::vector<std::string>{"scs", "cesd", "ucla3", "who5"});
    protocol.safety.responder = Responder{"duty chaplain", "day and night", "peer team lead", 4};
    CHECK(instruments_asked(protocol, before) ==
          std::vector<std::string>{"scs", "cesd", "ucla3", "who5", "phq9"});
    CHECK(instruments_asked(protocol, after) == after.instruments);
}

TEST_CASE("weeks have no zero") {
    CHECK(first_day_of_week(1) == 0);
    CHECK(first_day_of_week(2) == 7);
    CHECK(first_day_of_week(-1) == -7);
    CHECK(first_day_of_week(-2) == -14);
    CHECK(week_of_day(0) == 1);
    CHECK(week_of_day(6) == 1);
    CHECK(week_of_day(7) == 2);
    CHECK(week_of_day(-1) == -1);
    CHECK(week_of_day(-7) == -1);
    CHECK(week_of_day(-8) == -2);
    for (int day = -100; day <= 100; ++day) {
        const int first = first_day_of_week(week_of_day(day));
        CHECK((first <= day && day < first + 7));
    }
}

TEST_CASE("the burden of a week is what its recurring forms ask") {
    const Protocol protocol = shipped_protocol();
    const auto burden = burden_by_week(protocol.course.value());
    CHECK(burden.at(-2) == 4 * 45);
    CHECK(burden.at(1) == 4 * 45 + 180);
    CHECK(burden.at(9) == 4 * 45);
    CHECK_FALSE(burden.contains(0));
    CHECK_FALSE(burden.contains(10));
}

TEST_CASE("a protocol's fingerprint is that of its bytes") {
    const Protocol one = shipped_protocol();
    const Protocol other = read_protocol(shipped_text() + "\n", "mine.json").value();
    CHECK(one.content_hash.size() == 64);
    CHECK(one.content_hash != other.content_hash);
}
