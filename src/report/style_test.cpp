// The colours of content/report/report.css: every pair that meets on the page, in both themes.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <regex>
#include <string>

#include "content/content.h"

namespace {

using Theme = std::map<std::string, std::string>;

std::string style() { return std::string(groundwork::content::find_file("report/report.css")->bytes); }

Theme tokens(const std::string& block) {
    Theme theme;
    const std::regex token("--([a-z0-9-]+): (#[0-9A-F]{6});");
    for (std::sregex_iterator each(block.begin(), block.end(), token), end; each != end; ++each) {
        theme[(*each)[1]] = (*each)[2];
    }
    return theme;
}

struct Themes {
    Theme light;
    Theme dark;
};

Themes themes() {
    const std::string css = style();
    const std::size_t dark = css.find("prefers-color-scheme: dark");
    const std::size_t end = css.find("\n}\n", dark);
    REQUIRE(end != std::string::npos);
    return {tokens(css.substr(0, dark)), tokens(css.substr(dark, end - dark))};
}

// Relative luminance and contrast ratio as WCAG 2.2 defines them.
double luminance(const std::string& colour) {
    const std::array<double, 3> weights{0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double contrast(const std::string& a, const std::string& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

struct Pair {
    const char* front;
    const char* behind;
    double least;
};

constexpr std::array text_on{Pair{"ink", "paper", 4.5},
                             Pair{"ink", "surface", 4.5},
                             Pair{"ink", "action-soft", 4.5},
                             Pair{"ink", "attention-soft", 4.5},
                             Pair{"ink", "shade", 4.5},
                             Pair{"quiet", "paper", 4.5},
                             Pair{"quiet", "surface", 4.5},
                             Pair{"quiet", "shade", 4.5},
                             Pair{"action", "paper", 4.5},
                             Pair{"action", "surface", 4.5},
                             Pair{"attention", "attention-soft", 4.5},
                             Pair{"arm-1", "surface", 4.5},
                             Pair{"arm-2", "surface", 4.5},
                             Pair{"arm-3", "surface", 4.5},
                             Pair{"arm-4", "surface", 4.5}};
constexpr std::array shapes_on{
    Pair{"bar", "surface", 3},   Pair{"bar", "shade", 3},   Pair{"control", "surface", 3},
    Pair{"control", "paper", 3}, Pair{"arm-1", "shade", 3}, Pair{"arm-2", "shade", 3},
    Pair{"arm-3", "shade", 3},   Pair{"arm-4", "shade", 3}, Pair{"action", "attention-soft", 3}};

TEST_CASE("black on white has contrast 21, as the definition says") {
    CHECK(contrast("#000000", "#FFFFFF") == doctest::Approx(21));
    CHECK(contrast("#767676", "#FFFFFF") == doctest::Approx(4.54).epsilon(0.01));
}

TEST_CASE("every pair of colours that meets can be told apart in both themes") {
    const Themes both = themes();
    for (const Theme& theme : {both.light, both.dark}) {
        const auto check = [&](const Pair& pair) {
            INFO(pair.front, " on ", pair.behind, ": ",
                 contrast(theme.at(pair.front), theme.at(pair.behind)));
            CHECK(contrast(theme.at(pair.front), theme.at(pair.behind)) >= pair.least);
        };
        for (const Pair& pair : text_on) {
            check(pair);
        }
        for (const Pair& pair : shapes_on) {
            check(pair);
        }
    }
}

TEST_CASE("both themes define every colour used, and no colour is written outside them") {
    const Themes both = themes();
    const std::string css = style();
    const std::regex use("var\\(--([a-z0-9-]+)\\)");
    for (std::sregex_iterator each(css.begin(), css.end(), use), end; each != end; ++each) {
        INFO((*each)[1].str());
        CHECK(both.light.count((*each)[1]) == 1);
        CHECK(both.dark.count((*each)[1]) == 1);
    }
    const std::regex colour("#[0-9A-Fa-f]{3,8}\\b[^;]*;");
    const auto written =
        std::distance(std::sregex_iterator(css.begin(), css.end(), colour), std::sregex_iterator());
    CHECK(static_cast<std::size_t>(written) == both.light.size() + both.dark.size());
}

TEST_CASE("the style asks nothing of the network and cannot end its element") {
    const std::string css = style();
    for (const char* forbidden : {"url(", "@import", "@font-face", "</", "http"}) {
        CHECK(css.find(forbidden) == std::string::npos);
    }
}

}  // namespace
