#include "report/report.h"

#include <doctest/doctest.h>

#include <pugixml.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "report/html.h"
#include "report/sample_findings.h"
#include "report/sections.h"

namespace {

using namespace groundwork::report;
using groundwork::benefit::Findings;

const ReportLabels labels{"Did it help?", "answers.csv", "groundwork 0.1.0", {}};

std::vector<Findings> all_samples() {
    return {samples::two_occasions(), samples::repeated_measures(), samples::hostile(2), samples::hostile(40),
            Findings{}};
}

// The report is written so that it is well-formed XML as well.
pugi::xml_document parsed(const std::string& html) {
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_string(html.c_str(), pugi::parse_full);
    INFO(result.description(), " near ", html.substr(static_cast<std::size_t>(result.offset), 80));
    REQUIRE(result.status == pugi::status_ok);
    return document;
}

std::size_t number_of(const pugi::xml_document& document, const char* path) {
    return document.select_nodes(path).size();
}

std::string all_text(const pugi::xml_document& document) {
    std::string words;
    for (const pugi::xpath_node& each : document.select_nodes("//body//text()")) {
        words += std::string(each.node().value()) + "\n";
    }
    return words;
}

TEST_CASE("the report is well-formed, whatever the findings hold") {
    for (const Findings& findings : all_samples()) {
        const pugi::xml_document document = parsed(benefit_report(findings, labels));
        CHECK(number_of(document, "/html[@lang='en']/body/main") == 1);
        CHECK(number_of(document, "//h1") == 1);
    }
}

TEST_CASE("every identifier is unique and every reference has its target") {
    for (const Findings& findings : all_samples()) {
        const std::string html = benefit_report(findings, labels);
        const pugi::xml_document document = parsed(html);
        std::set<std::string> ids;
        for (const pugi::xpath_node& each : document.select_nodes("//*[@id]")) {
            CHECK(ids.insert(each.node().attribute("id").value()).second);
        }
        for (const pugi::xpath_node& each : document.select_nodes("//*[@aria-labelledby]")) {
            std::istringstream references(each.node().attribute("aria-labelledby").value());
            for (std::string id; references >> id;) {
                CHECK(ids.count(id) == 1);
            }
        }
        const std::regex pattern("url\\(#([^)]*)\\)");
        for (std::sregex_iterator each(html.begin(), html.end(), pattern), end; each != end; ++each) {
            CHECK(ids.count((*each)[1]) == 1);
        }
    }
}

TEST_CASE(
    "every figure has a name, two drawings with title and description, a source and its table of numbers") {
    const pugi::xml_document document = parsed(benefit_report(samples::two_occasions(), labels));
    const auto figures = document.select_nodes("//figure");
    CHECK(figures.size() == 8);
    for (const pugi::xpath_node& figure : figures) {
        CHECK(figure.node().select_nodes("figcaption/h3").size() == 1);
        CHECK(figure.node().select_nodes("svg[@role='img'][title][desc]").size() == 2);
        CHECK(figure.node().select_nodes("p[@class='source']").size() == 1);
        CHECK(figure.node().select_nodes("details//table[caption][thead//th[@scope='col']]").size() == 1);
        CHECK(figure.node().select_nodes("details//tbody/tr").size() >= 2);
    }
}

TEST_CASE("repeated measures are drawn over time") {
    const pugi::xml_document document = parsed(benefit_report(samples::repeated_measures(), labels));
    CHECK(number_of(document, "//figure") == 4);
    CHECK(number_of(document, "//figure[@id='averages']//tbody/tr") == 14);
    CHECK(number_of(document, "//figure[@id='averages']/svg[1]/polyline") == 2);
}

TEST_CASE("no number of the machine's that is none reaches the reader") {
    const std::regex none("\\b(nan|inf|infinity|-nan)\\b", std::regex::icase);
    for (const Findings& findings : all_samples()) {
        const std::string html = benefit_report(findings, labels);
        CHECK_FALSE(std::regex_search(html.substr(html.find("</style>")), none));
    }
}

TEST_CASE("markup in data stays text") {
    const std::string html = benefit_report(samples::hostile(5), labels);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("' onload='") == std::string::npos);
    CHECK(html.find("\x01") == std::string::npos);
    const pugi::xml_document document = parsed(html);
    CHECK(number_of(document, "//@onload") == 0);
    CHECK(all_text(document).find("<script>alert(\"1\")</script>' onload='x") != std::string::npos);
}

TEST_CASE("nothing is loaded and nothing runs") {
    for (const Findings& findings : all_samples()) {
        const pugi::xml_document document = parsed(benefit_report(findings, labels));
        CHECK(number_of(document, "//script | //link | //img | //iframe | //*[@src]") == 0);
        CHECK(number_of(document, "//*[@href][not(starts-with(@href, '#'))]") == 0);
    }
}

TEST_CASE("the verdict comes first, its standing in words") {
    Findings findings = samples::two_occasions();
    using groundwork::benefit::VerdictStatus;
    for (const auto& [status, words] : {std::pair{VerdictStatus::supports, "The data support it"},
                                        std::pair{VerdictStatus::contradicts, "The data speak against it"},
                                        std::pair{VerdictStatus::cannot_say, "Cannot say yet"}}) {
        findings.verdict.status = status;
        const pugi::xml_document document = parsed(benefit_report(findings, labels));
        const pugi::xml_node first = document.select_node("/html/body/main/*[1]").node();
        CHECK(std::string(first.attribute("id").value()) == "verdict");
        CHECK(std::string(first.child("p").text().get()) == words);
        CHECK(std::string(document.select_node("/html/body/main/*[2]/@id").attribute().value()) ==
              "warnings");
    }
}

TEST_CASE("the intended purpose stands at the beginning and the end, and the help line with it") {
    const std::string words = all_text(parsed(benefit_report(samples::two_occasions(), labels)));
    const std::string purpose(intended_purpose);
    CHECK(purpose ==
          "Education and programme evaluation. Not for diagnosis, treatment, triage or fitness for duty.");
    CHECK(words.find(purpose) < words.find("Did it help?"));
    CHECK(words.rfind(purpose) > words.find("The models"));
    CHECK(words.find("call or text 988") != std::string::npos);
}

TEST_CASE("the report's own words claim nothing that may not be claimed") {
    // "moderates" belongs to a randomised contrast alone, so the report leaves the word to the findings.
    const std::regex never(
        "moderates|predicts|prevents|detects|screens for|clinically proven|non-responder|"
        "recommended for you",
        std::regex::icase);
    for (const Findings& findings : {samples::two_occasions(), samples::repeated_measures()}) {
        CHECK_FALSE(std::regex_search(all_text(parsed(benefit_report(findings, labels))), never));
    }
}

TEST_CASE("an unverified key is named among the first things to know") {
    ReportLabels unverified = labels;
    unverified.unverified_instruments = {"pss10"};
    const pugi::xml_document document = parsed(benefit_report(samples::two_occasions(), unverified));
    CHECK(number_of(document, "//section[@id='warnings']//li") == 3);
    CHECK(number_of(document, "//section[@id='warnings']//li[contains(., 'pss10')]") == 1);
}

TEST_CASE("a section without anything to say is not there") {
    const pugi::xml_document document = parsed(benefit_report(Findings{}, labels));
    CHECK(number_of(document, "//figure") == 0);
    CHECK(number_of(document, "//section[@id='warnings']") == 0);
    CHECK(number_of(document, "//section[not(*)]") == 0);
}

TEST_CASE("a number stays with its percent sign") {
    CHECK(text("a 95 % interval") == "a 95\u00A0% interval");
    CHECK(text("per % of") == "per % of");
}

}  // namespace
