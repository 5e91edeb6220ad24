#include "report/forest.h"

#include <algorithm>
#include <cmath>

#include "report/axes.h"
#include "report/scale.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

constexpr double band_height = 26;  // the room of one interval
constexpr std::size_t most_lines = 4;

std::string numbers(const ForestRow& row, int places) {
    const std::string estimate = signed_number(row.estimate, places);
    return is_known(row.interval) ? estimate + " (" + range(row.interval, places) + ")" : estimate;
}

Extent extent_of(const std::vector<ForestRow>& rows) {
    Extent extent;
    extent.include(0);
    for (const ForestRow& row : rows) {
        extent.include(row.estimate);
        extent.include(row.interval.low);
        extent.include(row.interval.high);
    }
    return extent.padded(0.06);
}

void draw_interval(Drawing& drawing, const ForestRow& row, const Scale& scale, double y) {
    if (is_known(row.interval)) {
        drawing.line({scale(row.interval.low), y}, {scale(row.interval.high), y}, "interval " + row.classes);
    }
    if (std::isfinite(row.estimate)) {
        drawing.marker(row.marker, {scale(row.estimate), y}, 6, "mark " + row.classes);
    }
}

// The telephone: words over each interval.
double draw_stacked(Drawing& drawing, const std::vector<ForestRow>& rows, const Scale& scale, int places) {
    double y = 0;
    for (const ForestRow& row : rows) {
        const auto lines = wrapped(row.label, drawing.width(), drawing.strong_text_size(), most_lines);
        y = draw_lines(drawing, lines, 0, y, Anchor::start, "strong");
        y = draw_lines(drawing, {numbers(row, places)}, 0, y, Anchor::start, "quiet");
        drawing.line({scale(0), y + 3}, {scale(0), y + 3 + band_height}, "zero");
        draw_interval(drawing, row, scale, y + 3 + band_height / 2);
        y += band_height + 16;
    }
    return y - 10;
}

// The page: words on the left, intervals in the middle, numbers on the right.
double draw_in_columns(Drawing& drawing, const std::vector<ForestRow>& rows, const Scale& scale, int places,
                       double words_width) {
    std::vector<double> middles;
    double y = 4;
    std::vector<std::vector<std::string>> labels;
    for (const ForestRow& row : rows) {
        labels.push_back(wrapped(row.label, words_width, drawing.strong_text_size(), most_lines));
        const double height = std::max(lines_height(drawing, labels.back().size()), band_height);
        middles.push_back(y + height / 2);
        y += height + 18;
    }
    const double bottom = y - 8;
    drawing.line({scale(0), 0}, {scale(0), bottom}, "zero");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double top = middles[i] - lines_height(drawing, labels[i].size()) / 2;
        draw_lines(drawing, labels[i], 0, top, Anchor::start, "strong");
        draw_interval(drawing, rows[i], scale, middles[i]);
        drawing.text({drawing.width(), middles[i] + 5}, Anchor::end, numbers(rows[i], places), "");
    }
    return bottom;
}

}  // namespace

int forest_places(const std::vector<ForestRow>& rows) {
    Extent widths;
    for (const ForestRow& row : rows) {
        widths.include(row.interval.high - row.interval.low);
    }
    return places_for(widths.empty() ? 1 : widths.low());
}

double draw_forest(Drawing& drawing, const std::vector<ForestRow>& rows, std::string_view axis,
                   std::string_view zero) {
    const int places = forest_places(rows);
    const double size = drawing.text_size();
    double numbers_width = 0;
    for (const ForestRow& row : rows) {
        numbers_width = std::max(numbers_width, estimated_width(numbers(row, places), size));
    }
    const double words_width = 210;
    const double left = drawing.narrow() ? 8 : words_width + 16;
    const double right = drawing.narrow() ? drawing.width() - 8 : drawing.width() - numbers_width - 16;
    const Scale scale(extent_of(rows), left, right);
    const double bottom = drawing.narrow() ? draw_stacked(drawing, rows, scale, places)
                                           : draw_in_columns(drawing, rows, scale, places, words_width);
    drawing.line({left, bottom}, {right, bottom}, "axis");
    Extent extent;
    extent.include(scale.low());
    extent.include(scale.high());
    const std::string words = std::string(axis) + "; 0 = " + std::string(zero);
    return draw_bottom_axis(drawing, scale, nice_ticks(extent, drawing.narrow() ? 4 : 5), bottom, words) + 2;
}

std::string forest_description(const std::vector<ForestRow>& rows) {
    const int places = forest_places(rows);
    std::string description = "Estimates with 95 % intervals.";
    for (const ForestRow& row : rows) {
        description += " " + row.label + ": " + numbers(row, places) + ".";
    }
    return description;
}

}  // namespace groundwork::report
