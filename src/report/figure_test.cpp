// What figures say and where they put it.
#include "report/figure.h"

#include <doctest/doctest.h>

#include <pugixml.hpp>

#include "report/axes.h"
#include "report/sample_findings.h"
#include "report/words.h"

namespace {

using namespace groundwork::report;
using groundwork::benefit::Findings;

pugi::xml_document drawn(const Figure& figure, double width) {
    Drawing drawing("test", figure.title, figure.description, width);
    const double height = figure.draw(drawing);
    pugi::xml_document document;
    REQUIRE(document.load_string(drawing.finish(height, "wide").c_str()).status == pugi::status_ok);
    return document;
}

Figure only(std::vector<Figure> figures) {
    REQUIRE(figures.size() == 1);
    return std::move(figures.front());
}

TEST_CASE("the title of before and after gives both averages of both programmes") {
    const Findings findings = samples::two_occasions();
    CHECK(only(means_figures(findings, Arms(findings))).title ==
          "In MBSR average depression went from 4.20 to 2.25, in CCT from 3.82 to 2.02");
}

TEST_CASE("a higher average is drawn higher, and its interval around it") {
    const Findings findings = samples::two_occasions();
    const pugi::xml_document picture = drawn(only(means_figures(findings, Arms(findings))), 680);
    const auto before = picture.select_node("//circle[1]").node();  // MBSR
    const auto after = picture.select_node("//circle[2]").node();
    CHECK(before.attribute("cy").as_double() < after.attribute("cy").as_double());
    CHECK(before.attribute("cx").as_double() < after.attribute("cx").as_double());
    const auto interval = picture.select_node("//line[contains(@class, 'interval arm-1')][1]").node();
    CHECK(interval.attribute("y1").as_double() < before.attribute("cy").as_double());
    CHECK(interval.attribute("y2").as_double() > before.attribute("cy").as_double());
    CHECK(interval.attribute("x1").as_double() == before.attribute("cx").as_double());
}

TEST_CASE("more than four programmes become rows, one for each that has numbers") {
    const Findings findings = samples::hostile(40);
    const pugi::xml_document picture = drawn(only(means_figures(findings, Arms(findings))), 320);
    CHECK(picture.select_nodes("//circle").size() == 80);
    CHECK(picture.select_nodes("//polyline").empty());
}

TEST_CASE("what looks like a link and is none is said to be gone; the title follows the intervals") {
    Findings findings = samples::two_occasions();
    CHECK(only(naive_adjusted_figures(findings)).title ==
          "What looks like a link is gone once people who began alike are compared");
    findings.adjusted->interval = {0.5, 1.5};
    CHECK(only(naive_adjusted_figures(findings)).title ==
          "The link is still there when people who began alike are compared");
    findings.naive->interval = {-1, 1};
    CHECK(only(naive_adjusted_figures(findings)).title ==
          "A link shows only when people who began alike are compared");
    findings.adjusted->interval = {-1, 1};
    CHECK(only(naive_adjusted_figures(findings)).title == "No link can be told from chance, adjusted or not");
}

TEST_CASE("both estimates stand on one axis with zero between its ends") {
    const pugi::xml_document picture = drawn(only(naive_adjusted_figures(samples::two_occasions())), 680);
    const double zero = picture.select_node("//line[@class='zero']").node().attribute("x1").as_double();
    const auto naive = picture.select_node("//line[contains(@class, 'interval arm-2')]").node();
    const auto adjusted = picture.select_node("//line[contains(@class, 'interval arm-1')]").node();
    CHECK(naive.attribute("x1").as_double() > zero);
    CHECK(adjusted.attribute("x1").as_double() < zero);
    CHECK(adjusted.attribute("x2").as_double() > zero);
}

TEST_CASE("regression to the mean is given as a range beside what was seen, without a judgement") {
    CHECK(only(regression_figures(samples::two_occasions())).title ==
          "Regression to the mean alone would give +0.27 to +1.34; seen was +1.77");
}

TEST_CASE("where no interval excludes zero nothing is shaded and the title says so") {
    const Findings findings = samples::two_occasions();
    const Figure figure = only(moderation_figures(findings, Arms(findings)));
    CHECK(figure.title == "At no starting score can CCT and MBSR be told apart");
    CHECK(drawn(figure, 680).select_nodes("//rect[@class='shade']").empty());
    CHECK(figure.notes.size() == 1);  // not drawn at random
}

TEST_CASE("stretches in which the interval excludes zero are shaded where they are and counted in people") {
    const Findings findings = samples::repeated_measures();
    const Figure figure = only(moderation_figures(findings, Arms(findings)));
    CHECK(figure.title ==
          "From 1.20 to 2.41 and from 3.36 to 4.80 on self-compassion, loving-kindness and "
          "mindfulness can be told apart");
    REQUIRE(figure.notes.size() == 1);
    CHECK(figure.notes[0].find("46 people (21 %)") != std::string::npos);
    const pugi::xml_document picture = drawn(figure, 680);
    const auto shades = picture.select_nodes("//rect[@class='shade']");
    REQUIRE(shades.size() == 2);
    CHECK(shades[0].node().attribute("x").as_double() == doctest::Approx(46));
    const double width = 680 - 46 - 8;
    CHECK(shades[0].node().attribute("width").as_double() ==
          doctest::Approx(width * (2.41 - 1.2) / 3.6).epsilon(0.001));
}

TEST_CASE("reliable change speaks of better and worse only where the question says which way is better") {
    Findings findings = samples::two_occasions();
    CHECK(only(reliable_change_figures(findings)).title ==
          "Of 278 people, 69 got better and 8 got worse by more than measurement error");
    findings.question.better = groundwork::benefit::Better::not_stated;
    const Figure figure = only(reliable_change_figures(findings));
    CHECK(figure.title == "Of 278 people, 8 rose and 69 fell by more than measurement error");
    CHECK(figure.table.heads[2] == "Rose");
}

TEST_CASE("assumed reliabilities are alternatives: nobody is counted once for each") {
    Findings findings = samples::two_occasions();
    auto also = findings.reliable_change;
    for (auto& change : also) {
        change.reliability = 0.7;
        change.unchanged += change.improved;
        change.improved = 0;
        findings.reliable_change.push_back(change);
    }
    const Figure figure = only(reliable_change_figures(findings));
    CHECK(figure.title == "Of 278 people, 0 to 69 got better and 8 got worse by more than measurement error");
    CHECK(figure.notes.front().find("several reliabilities are assumed") != std::string::npos);
    Drawing drawing("test", figure.title, figure.description, 680);
    const double height = figure.draw(drawing);
    CHECK(drawing.finish(height, "wide").find("if reliability is 0.70") != std::string::npos);
}

TEST_CASE("the three parts of a bar differ without colour: filled, empty, hatched") {
    const pugi::xml_document picture = drawn(only(reliable_change_figures(samples::two_occasions())), 680);
    CHECK(picture.select_nodes("//rect[@class='improved']").size() == 2);
    CHECK(picture.select_nodes("//rect[@class='unchanged']").size() == 2);
    CHECK(picture.select_nodes("//rect[contains(@class, 'hatched')][starts-with(@fill, 'url(#test-hatch-')]")
              .size() == 2);
    const auto improved = picture.select_node("//rect[@class='improved']").node();
    CHECK(improved.attribute("width").as_double() == doctest::Approx(680.0 * 47 / 182).epsilon(0.001));
}

TEST_CASE("every person is in one bar of the scores, and the bands keep their counts") {
    const Findings findings = samples::two_occasions();
    const Figure figure = only(scores_figures(findings));
    std::size_t in_bars = 0;
    std::size_t in_bands = 0;
    for (const auto& row : figure.table.rows) {
        (row[0].starts_with("Band") ? in_bands : in_bars) += std::stoul(row[1]);
    }
    CHECK(in_bars == 278);
    CHECK(in_bands == 278);
    CHECK(drawn(figure, 320).select_nodes("//line[@class='cut']").size() == 2);
}

TEST_CASE("a sensitivity that changes the answer is not passed over") {
    const std::vector<Figure> same = sensitivity_figures(samples::two_occasions());
    REQUIRE(same.size() == 2);
    CHECK(same[0].title == "No assumption tried changes the answer: it cannot be told from zero");
    CHECK(same[0].table.rows.size() == 2);
    CHECK(only(sensitivity_figures(samples::repeated_measures())).title ==
          "The answer depends on the assumption");
}

TEST_CASE("the first sixteen programmes differ in colour, dash or both, and have a marker of their dash") {
    Findings findings;
    for (int i = 0; i < 16; ++i) {
        findings.arms.push_back({"arm " + std::to_string(i), 1, 1});
    }
    const Arms arms(findings);
    for (std::size_t i = 0; i < 16; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            CHECK(arms.look(arms.names()[i]).classes != arms.look(arms.names()[j]).classes);
        }
    }
    CHECK(arms.look("arm 0").marker != arms.look("arm 1").marker);
}

}  // namespace
