// What regression to the mean alone would give, over how stable one assumes an unchanged person's scores to
// be, beside what was seen.
#include <algorithm>
#include <cmath>

#include "report/axes.h"
#include "report/figure.h"
#include "report/scale.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Findings;
using benefit::RegressionToTheMean;

Extent slopes_of(const RegressionToTheMean& regression) {
    Extent slopes;
    for (const auto& point : regression.curve) {
        slopes.include(point.slope);
    }
    return slopes;
}

double draw_regression(Drawing& drawing, const RegressionToTheMean& regression, int places) {
    Extent extent = slopes_of(regression);
    extent.include(0);
    extent.include(regression.observed);
    const double top = 30;
    const double bottom = drawing.narrow() ? 270 : 310;
    const double left = 52;
    const double right = drawing.width() - 26;
    const Scale vertical(extent.padded(0.1), bottom, top);
    Extent stabilities;
    for (const auto& point : regression.curve) {
        stabilities.include(point.stability);
    }
    const Scale horizontal(stabilities, left, right);
    draw_grid(drawing, vertical, nice_ticks(extent, 4), 0, drawing.width());

    std::vector<Point> curve;
    std::vector<Point> area{{left, vertical(0)}};
    for (const auto& point : regression.curve) {
        if (!std::isfinite(point.slope) || !std::isfinite(point.stability)) {
            continue;
        }
        curve.push_back({horizontal(point.stability), vertical(point.slope)});
        area.push_back(curve.back());
    }
    area.push_back({right, vertical(0)});
    drawing.polygon(area, "band arm-1");
    drawing.polyline(curve, "arm-1");
    const bool up = slopes_of(regression).high() >= -slopes_of(regression).low();
    const double zero = vertical(0);
    drawing.line({0, zero}, {drawing.width(), zero}, "zero");
    const std::vector<std::string> name =
        wrapped("regression to the mean alone", drawing.narrow() ? 120 : 220, drawing.text_size(), 2);
    draw_lines(drawing, name, left + 8, up ? zero - 6 - lines_height(drawing, name.size()) : zero + 6,
               Anchor::start, "strong ink-arm-1 halo");
    if (std::isfinite(regression.observed)) {
        const double y = vertical(regression.observed);
        drawing.line({left, y}, {right, y}, "stroke arm-2 dash-2");
        drawing.text({right, up ? y - 8 : y + 18}, Anchor::end,
                     "seen here: " + signed_number(regression.observed, places), "strong ink-arm-2 halo");
    }
    double free_from = 0;
    for (const auto& point : regression.curve) {
        if (!std::isfinite(point.slope) || !std::isfinite(point.stability)) {
            continue;
        }
        const Point at{horizontal(point.stability), vertical(point.slope)};
        const std::string number = signed_number(point.slope, places);
        const double half = estimated_width(number, drawing.text_size()) / 2;
        if (at.x - half < free_from) {
            continue;  // no room: the table has it
        }
        free_from = at.x + half + 6;
        drawing.marker(Marker::circle, at, 4, "mark arm-1");
        drawing.text({at.x, up ? at.y - 10 : at.y + 20}, Anchor::middle, number, "halo");
    }
    return draw_bottom_axis(drawing, horizontal, nice_ticks(stabilities, 4), bottom,
                            "assumed stability of an unchanged person\u2019s scores") +
           2;
}

}  // namespace

std::vector<Figure> regression_figures(const Findings& findings) {
    if (!findings.regression_to_the_mean) {
        return {};
    }
    const RegressionToTheMean& regression = *findings.regression_to_the_mean;
    const Extent slopes = slopes_of(regression);
    if (regression.curve.size() < 2 || slopes.empty()) {
        return {};
    }
    const int places = places_for(std::max(std::abs(slopes.low()), std::abs(slopes.high())));
    const bool up = slopes.high() >= -slopes.low();
    Figure figure;
    figure.id = "regression-to-the-mean";
    figure.title = "Regression to the mean alone would give " +
                   signed_number(up ? slopes.low() : slopes.high(), places) + " to " +
                   signed_number(up ? slopes.high() : slopes.low(), places) + "; seen was " +
                   signed_number(regression.observed, places);
    figure.subtitle =
        "Change in " + outcome_unit(findings) + " for each point of " + moderator_name(findings) +
        " that would appear with nobody changed, by how stable scores are taken to be (the correlation "
        "of two measurements of an unchanged person).";
    figure.description =
        "A curve of what regression to the mean alone would give, and a dashed line at what was seen. " +
        figure.title + ".";
    for (const std::string& paragraph : paragraphs(regression.words)) {
        figure.notes.push_back(paragraph);
    }
    figure.table = {"Change by starting score under regression to the mean alone",
                    {"Assumed stability", "Slope"},
                    {Column::words, Column::number},
                    {}};
    for (const auto& point : regression.curve) {
        figure.table.rows.push_back({exact_number(point.stability), signed_number(point.slope, places)});
    }
    figure.table.rows.push_back({"Seen in these data", signed_number(regression.observed, places)});
    figure.draw = [&regression, places](Drawing& drawing) {
        return draw_regression(drawing, regression, places);
    };
    return {std::move(figure)};
}

}  // namespace groundwork::report
