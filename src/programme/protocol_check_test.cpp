#include <algorithm>

#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;
using groundwork::instrument::Finding;
using groundwork::instrument::Severity;

namespace {

// Whether the shipped protocol with one change gives a finding of this severity whose place and words hold
// these.
bool finds(std::string_view old, std::string_view replacement, Severity severity, std::string_view where,
           std::string_view words) {
    const std::vector<Finding> findings = check_protocol(shipped_text_with(old, replacement), "mine.json");
    for (const Finding& finding : findings) {
        INFO(finding.where << ": " << finding.message);
        if (finding.severity == severity && finding.where.find(where) != std::string::npos &&
            finding.message.find(words) != std::string::npos) {
            return true;
        }
    }
    for (const Finding& finding : findings) {
        MESSAGE(finding.where << ": " << finding.message);
    }
    return false;
}

constexpr Severity error = Severity::error;
constexpr Severity warning = Severity::warning;

}  // namespace

TEST_CASE("the shipped protocol has no findings") {
    for (const Finding& finding : check_protocol(shipped_text(), "matched-six-week.json")) {
        FAIL_CHECK(finding.where << ": " << finding.message);
    }
}

TEST_CASE("a file that is not JSON is one finding with its line") {
    const auto findings = check_protocol("{\n \"id\": ,}", "mine.json");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].message.find("line 2") != std::string::npos);
}

TEST_CASE("a planned probability outside the limits is found") {
    CHECK(finds("{ \"mindfulness\": 0.33, \"compassion-first\": 0.67 }",
                "{ \"mindfulness\": 0.15, \"compassion-first\": 0.85 }", error, "matching.strata[0].planned",
                "compassion-first the probability 0.85, outside the protocol's limits 0.2 to 0.8"));
}

TEST_CASE("limits that cross are found") {
    CHECK(finds("\"lowest\": 0.2", "\"lowest\": 0.9", error, "matching.limits", "is above the highest"));
}

TEST_CASE("a coin that may go below half the plan is warned about") {
    CHECK(finds("\"least_share_of_planned\": 0.5", "\"least_share_of_planned\": 0.1", warning,
                "least_share_of_planned", "foresee"));
}

TEST_CASE("a gap between strata is found") {
    CHECK(
        finds("\"below\": 2.5", "\"below\": 2.4", error, "matching.strata[1]", "nobody between 2.4 and 2.5"));
}

TEST_CASE("an overlap of strata is found") {
    CHECK(finds("\"below\": 2.5", "\"below\": 2.6", error, "matching.strata[1]", "overlap"));
}

TEST_CASE("a cut that belongs to both neighbours is found") {
    CHECK(finds("\"below\": 2.5", "\"at_most\": 2.5", error, "matching.strata[1]",
                "a score of 2.5 is in both"));
}

TEST_CASE("a cut that belongs to neither neighbour is found") {
    CHECK(finds("\"at_least\": 2.5", "\"above\": 2.5", error, "matching.strata[1]",
                "exactly 2.5 is in neither"));
}

TEST_CASE("strata that do not reach the ends of the scale are found") {
    CHECK(finds("\"below\": 2.5", "\"at_least\": 1.5, \"below\": 2.5", error, "matching.strata[0]",
                "go down to 1"));
    CHECK(finds("\"above\": 3.5", "\"above\": 3.5, \"below\": 5", error, "matching.strata[2]", "go up to 5"));
}

TEST_CASE("an arm that nobody can reach is found") {
    CHECK(finds("\"entered_by\": \"choice\",\n      \"expected_at_least\": 600,", "\"entered_by\": \"draw\",",
                error, "arms", "nobody can reach the arm layered"));
}

TEST_CASE("an arm that is drawn to cannot wait for a larger cohort") {
    CHECK(finds("\"entered_by\": \"draw\",", "\"entered_by\": \"draw\", \"expected_at_least\": 600,", error,
                "arms", "drawn to in every cohort"));
}

TEST_CASE("a risk item without a responder is refused, with CES-D and PHQ-8 offered") {
    CHECK(finds("\"asked\": \"with-responder\"", "\"asked\": \"optional\"", error, "safety.screens[1]",
                "ask CES-D (no risk item) or PHQ-8 instead"));
}

TEST_CASE("a risk item with a responder is accepted") {
    std::string text = shipped_text_with("\"asked\": \"with-responder\"", "\"asked\": \"always\"");
    const std::string_view nobody = "\"responder\": null";
    text.replace(text.find(nobody), nobody.size(),
                 "\"responder\": {\"name\": \"duty chaplain\", \"hours\": \"day and night\", "
                 "\"reply_within_hours\": 4, "
                 "\"deputy\": \"peer team lead\"}");
    CHECK(check_protocol(text, "mine.json").empty());
}

TEST_CASE("a rule on an instrument that is not asked is found") {
    CHECK(finds("{ \"instrument\": \"pc-ptsd-5\", \"scale\": \"total\", \"asked\": \"optional\" }",
                "{ \"instrument\": \"gad7\", \"scale\": \"total\", \"asked\": \"optional\" }", error,
                "safety.suggest_talking[2]", "reads pc-ptsd-5, which is not asked"));
}

TEST_CASE("an instrument that does not exist is found") {
    CHECK(finds("{ \"instrument\": \"cesd\", \"scale\"", "{ \"instrument\": \"cesdd\", \"scale\"", error,
                "safety.screens[0].instrument", "cesdd"));
}

TEST_CASE("a scale that does not exist is found") {
    CHECK(finds("\"scale\": \"total\"", "\"scale\": \"totl\"", error, "moderator.scale",
                "Did you mean \"total\"?"));
}

TEST_CASE("a rule that can never hold or always holds is found") {
    CHECK(finds("\"at_least\": 27", "\"at_least\": 61", error, "safety.talk_first[0]", "can never hold"));
    CHECK(finds("\"at_least\": 27", "\"at_least\": 0", error, "safety.talk_first[0]", "always holds"));
    CHECK(finds("\"item\": 9", "\"item\": 10", error, "safety.talk_first[2]", "has no item 10"));
}

TEST_CASE("a suggestion that comes too late is warned about") {
    CHECK(
        finds("\"at_least\": 16", "\"at_least\": 27", warning, "safety.suggest_talking[0]", "never decides"));
}

TEST_CASE("a protocol in which nobody is ever screened is refused") {
    CHECK(finds("\"screened_by_one_of\": [\"cesd\", \"phq9\"]", "\"screened_by_one_of\": [\"phq9\"]", error,
                "screened_by_one_of", "nobody would ever count as screened"));
}

TEST_CASE("a number without a reason is found") {
    CHECK(finds(
        "\"reason\": \"27 is the stricter published cut of the CES-D; training opens after a human reply.\"",
        "\"reason\": \" \"", error, "safety.talk_first[0].reason", "without a reason"));
}

TEST_CASE("a standard error of measurement that does not follow from its inputs is found") {
    CHECK(
        finds("\"standard_error\": 0.1779", "\"standard_error\": 0.18", error, "standard_error", "= 0.1779"));
}

TEST_CASE("a kindness flag that is always raised is found") {
    CHECK(finds("\"flag_from\": 3", "\"flag_from\": 0", error, "kindness_unsafe", "always is"));
}

TEST_CASE("names that are there twice are found") {
    CHECK(
        finds("\"id\": \"above-3.5\"", "\"id\": \"below-2.5\"", error, "matching.strata[2]", "there twice"));
    CHECK(finds("\"id\": \"phq9-20\"", "\"id\": \"cesd-27\"", error, "safety.talk_first[1]", "there twice"));
}

TEST_CASE("a delayed start must except rules that exist and leave somebody to compare with") {
    CHECK(finds("\"never_when\": [\"cesd-27\"]", "\"never_when\": [\"cesd-28\"]", error,
                "comparison.never_when", "cesd-28"));
    CHECK(finds("\"probability\": 0.25", "\"probability\": 0", error, "comparison.probability",
                "nobody to compare"));
}

TEST_CASE("a stratum so narrow that everybody is near a cut is warned about") {
    std::string text = shipped_text_with("\"at_most\": 3.5", "\"at_most\": 2.8");
    text.replace(text.find("\"above\": 3.5"), 12, "\"above\": 2.8");
    const auto findings = check_protocol(text, "mine.json");
    CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.severity == warning && finding.message.find("never used") != std::string::npos;
    }));
}

TEST_CASE("errors of meaning refuse the protocol; warnings do not") {
    CHECK_FALSE(
        parse_protocol(shipped_text_with("\"at_least\": 27", "\"at_least\": 61"), "mine.json").has_value());
    CHECK(parse_protocol(shipped_text_with("\"at_least\": 16", "\"at_least\": 27"), "mine.json").has_value());
}

TEST_CASE("a protocol that is wrong in two places is refused with both") {
    std::string text = shipped_text_with("\"at_least\": 27", "\"at_least\": 61");
    text.replace(text.find("\"flag_from\": 3"), 14, "\"flag_from\": 0");
    const auto refused = parse_protocol(text, "mine.json");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().describe().find("safety.talk_first[0]") != std::string::npos);
    CHECK(refused.error().describe().find("kindness_unsafe") != std::string::npos);
}
