// Averages before and after, or over time, by programme. Up to four programmes are lines on one pair of axes,
// labelled at their ends; more of them are rows, first against last.
#include <algorithm>
#include <cmath>

#include "report/axes.h"
#include "report/figure.h"
#include "report/scale.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Design;
using benefit::Findings;
using benefit::MeanAt;

constexpr std::size_t most_lines = 4;

// One programme's averages in the order of time.
struct Course {
    std::string arm;
    ArmLook look;
    std::vector<MeanAt> means;  // at least one
};

std::vector<Course> courses_of(const Findings& findings, const Arms& arms) {
    std::vector<Course> courses;
    for (const std::string& arm : arms.names()) {
        Course course{arm, arms.look(arm), {}};
        for (const MeanAt& mean : findings.means) {
            if (mean.arm == arm && std::isfinite(mean.mean) && std::isfinite(mean.time)) {
                course.means.push_back(mean);
            }
        }
        std::stable_sort(course.means.begin(), course.means.end(),
                         [](const MeanAt& a, const MeanAt& b) { return a.time < b.time; });
        if (!course.means.empty()) {
            courses.push_back(std::move(course));
        }
    }
    return courses;
}

int places_of(const std::vector<Course>& courses) {
    Extent widths;
    for (const Course& course : courses) {
        for (const MeanAt& mean : course.means) {
            widths.include(mean.interval.high - mean.interval.low);
        }
    }
    return std::min(places_for(widths.empty() ? 1 : widths.high()), 3);
}

Extent outcome_extent(const std::vector<Course>& courses) {
    Extent extent;
    for (const Course& course : courses) {
        for (const MeanAt& mean : course.means) {
            extent.include(mean.mean);
            extent.include(mean.interval.low);
            extent.include(mean.interval.high);
        }
    }
    if (extent.low() > 0 && extent.low() < extent.width()) {
        extent.include(0);  // zero is near enough to show
    }
    return extent.padded(0.05);
}

// Long data with two occasions come as the times 0 and 1 too.
bool two_occasions(const Findings& findings) {
    return findings.design == Design::two_occasions ||
           std::all_of(findings.means.begin(), findings.means.end(),
                       [](const MeanAt& mean) { return mean.time == 0 || mean.time == 1; });
}

std::string time_word(const Findings& findings, double time) {
    if (two_occasions(findings)) {
        return time == 0 ? "before" : "after";
    }
    return findings.question.time + " " + exact_number(time);
}

std::string from_to(const Course& course, int places) {
    return "from " + plain_number(course.means.front().mean, places) + " to " +
           plain_number(course.means.back().mean, places);
}

std::string title_of(const Findings& findings, const std::vector<Course>& courses, int places) {
    const std::string when = two_occasions(findings)
                                 ? std::string("before and after")
                                 : "from " + time_word(findings, courses.front().means.front().time) +
                                       " to " + exact_number(courses.front().means.back().time);
    if (courses.size() > 2) {
        return "The average of " + outcome_name(findings) + " in " + count(courses.size()) + " programmes, " +
               when;
    }
    std::string title;
    for (const Course& course : courses) {
        const std::string who =
            course.arm.empty() ? "Average " + outcome_name(findings) + " went"
                               : short_arm_name(course.arm) +
                                     (title.empty() ? " average " + outcome_name(findings) + " went" : "");
        title += title.empty() ? "" : ", in ";
        title += (title.empty() && !course.arm.empty() ? "In " : "") + who + " " + from_to(course, places);
    }
    return title;
}

std::string description_of(const Findings& findings, const std::vector<Course>& courses, int places) {
    std::string words = "Averages with 95 % intervals, by programme.";
    for (std::size_t i = 0; i < std::min<std::size_t>(courses.size(), 6); ++i) {
        const Course& course = courses[i];
        words += " " + arm_name(course.arm) + ": " + from_to(course, places) + " (" +
                 time_word(findings, course.means.front().time) + " to " +
                 time_word(findings, course.means.back().time) + ").";
    }
    return words + " The table under the figure holds every number.";
}

Table table_of(const Findings& findings, const std::vector<Course>& courses, int places) {
    Table table{
        "Average of " + outcome_name(findings) + " by programme and time",
        {"Programme", "When", "People", "Average", "95 % interval", "Standard deviation"},
        {Column::words, Column::words, Column::number, Column::number, Column::number, Column::number},
        {}};
    for (const Course& course : courses) {
        for (const MeanAt& mean : course.means) {
            table.rows.push_back({arm_name(course.arm), time_word(findings, mean.time), count(mean.people),
                                  plain_number(mean.mean, places), range(mean.interval, places),
                                  plain_number(mean.standard_deviation, places)});
        }
    }
    return table;
}

// A programme's name and its last average, beside the end of its line.
void draw_end_labels(Drawing& drawing, const std::vector<Course>& courses, const Scale& vertical,
                     double line_end, double x, double low, double high, int places) {
    const double width = drawing.width() - x;
    std::vector<std::vector<std::string>> names;
    std::vector<Block> blocks;
    for (const Course& course : courses) {
        names.push_back(wrapped(arm_name(course.arm), width, drawing.strong_text_size(), 2));
        blocks.push_back(
            {vertical(course.means.back().mean), lines_height(drawing, names.back().size() + 1) + 4});
    }
    const std::vector<double> tops = spread(blocks, low, high);
    for (std::size_t i = 0; i < courses.size(); ++i) {
        const double middle = tops[i] + blocks[i].height / 2;
        drawing.line({line_end, blocks[i].wanted}, {x - 4, middle}, "leader");
        const double next =
            draw_lines(drawing, names[i], x, tops[i], Anchor::start, "strong ink-" + courses[i].look.classes);
        draw_lines(drawing, {plain_number(courses[i].means.back().mean, places)}, x, next, Anchor::start, "");
    }
}

// The first averages, left of where the lines begin.
void draw_start_labels(Drawing& drawing, const std::vector<Course>& courses, const Scale& vertical, double x,
                       double bottom, int places) {
    std::vector<Block> blocks;
    for (const Course& course : courses) {
        blocks.push_back({vertical(course.means.front().mean), lines_height(drawing, 1)});
    }
    const std::vector<double> tops = spread(blocks, 0, bottom);
    for (std::size_t i = 0; i < courses.size(); ++i) {
        draw_lines(drawing, {plain_number(courses[i].means.front().mean, places)}, x, tops[i], Anchor::end,
                   "halo ink-" + courses[i].look.classes);
    }
}

// Two averages carry an interval each; a course carries a band.
void draw_course(Drawing& drawing, const Course& course, const std::vector<Point>& points,
                 const Scale& vertical) {
    std::vector<Point> upper;
    std::vector<Point> lower;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const statistics::Interval& interval = course.means[i].interval;
        if (!is_known(interval)) {
            continue;
        }
        upper.push_back({points[i].x, vertical(interval.high)});
        lower.push_back({points[i].x, vertical(interval.low)});
    }
    if (points.size() > 2) {
        std::vector<Point> band = upper;
        band.insert(band.end(), lower.rbegin(), lower.rend());
        drawing.polygon(band, "band " + course.look.classes);
    } else {
        for (std::size_t i = 0; i < upper.size(); ++i) {
            drawing.line(upper[i], lower[i], "interval " + course.look.classes);
        }
    }
    drawing.polyline(points, course.look.classes);
    for (const Point& point : points) {
        drawing.marker(course.look.marker, point, 5, "mark " + course.look.classes);
    }
}

double draw_lines_figure(Drawing& drawing, const Findings& findings, const std::vector<Course>& courses,
                         int places) {
    const double top = 24;
    const double bottom = drawing.narrow() ? 300 : 380;
    const bool two = two_occasions(findings);
    double widest = drawing.narrow() ? 56 : 90;
    for (const Course& course : courses) {
        widest = std::max(widest, estimated_width(arm_name(course.arm), drawing.strong_text_size()));
    }
    const double labels_x = drawing.width() - std::min(widest, drawing.narrow() ? 108.0 : 190.0);
    const double left = two ? (drawing.narrow() ? 66 : 120) : 44;
    const double right = labels_x - (two ? 30 : 22);
    const Scale vertical(outcome_extent(courses), bottom, top);
    Extent outcome;
    outcome.include(vertical.low());
    outcome.include(vertical.high());
    draw_grid(drawing, vertical, nice_ticks(outcome, 5), 0, labels_x - 12);

    Extent times;
    for (const Course& course : courses) {
        for (const MeanAt& mean : course.means) {
            times.include(mean.time);
        }
    }
    const Scale horizontal(times, left, right);
    const double apart = two ? 10 : drawing.narrow() ? 3 : 5;
    for (std::size_t i = 0; i < courses.size(); ++i) {
        const double aside = apart * (static_cast<double>(i) - static_cast<double>(courses.size() - 1) / 2);
        std::vector<Point> points;
        for (const MeanAt& mean : courses[i].means) {
            points.push_back({horizontal(mean.time) + aside, vertical(mean.mean)});
        }
        draw_course(drawing, courses[i], points, vertical);
    }
    draw_end_labels(drawing, courses, vertical, right + 14, labels_x, 0, bottom + 10, places);
    if (!two) {
        const Ticks ticks = nice_ticks(times, drawing.narrow() ? 5 : 8);
        return draw_bottom_axis(drawing, horizontal, ticks, bottom + 4, findings.question.time) + 2;
    }
    draw_start_labels(drawing, courses, vertical, left - (drawing.narrow() ? 12 : 16), bottom, places);
    drawing.text({left, bottom + 26}, Anchor::middle, "Before", "strong");
    drawing.text({right, bottom + 26}, Anchor::middle, "After", "strong");
    return bottom + 34;
}

// Many programmes: a row each, the first average hollow, the last filled.
double draw_rows_figure(Drawing& drawing, const std::vector<Course>& courses, int places) {
    const Scale horizontal(outcome_extent(courses), 8, drawing.width() - 8);
    double y = 0;
    for (const Course& course : courses) {
        const std::string numbers = plain_number(course.means.front().mean, places) + " \u2192 " +
                                    plain_number(course.means.back().mean, places);
        const double room = drawing.width() - estimated_width(numbers, drawing.text_size()) - 12;
        drawing.text({drawing.width(), y + drawing.text_size()}, Anchor::end, numbers, "");
        y = draw_lines(drawing, wrapped(arm_name(course.arm), room, drawing.strong_text_size(), 2), 0, y,
                       Anchor::start, "strong");
        for (const MeanAt* mean : {&course.means.front(), &course.means.back()}) {
            const bool last = mean == &course.means.back();
            const double at = y + (last ? 16 : 7);
            if (is_known(mean->interval)) {
                drawing.line({horizontal(mean->interval.low), at}, {horizontal(mean->interval.high), at},
                             last ? "interval arm-1" : "interval before");
            }
            drawing.marker(Marker::circle, {horizontal(mean->mean), at}, 4.5,
                           last ? "mark arm-1" : "mark hollow");
        }
        y += 34;
    }
    drawing.line({8, y - 8}, {drawing.width() - 8, y - 8}, "axis");
    Extent outcome;
    outcome.include(horizontal.low());
    outcome.include(horizontal.high());
    return draw_bottom_axis(drawing, horizontal, nice_ticks(outcome, drawing.narrow() ? 4 : 7), y - 8,
                            "hollow: first, filled: last; lines: 95 % intervals") +
           2;
}

}  // namespace

std::vector<Figure> means_figures(const Findings& findings, const Arms& arms) {
    const std::vector<Course> courses = courses_of(findings, arms);
    if (courses.empty()) {
        return {};
    }
    const int places = places_of(courses);
    Figure figure;
    figure.id = "averages";
    figure.title = title_of(findings, courses, places);
    figure.subtitle = "Average of " + outcome_name(findings) + " with its 95 % interval" +
                      (two_occasions(findings) && !findings.question.baseline.empty()
                           ? ", before (" + findings.question.baseline + ") and after"
                           : "") +
                      ".";
    figure.description = description_of(findings, courses, places);
    if (findings.question.allocation != benefit::Allocation::randomised && courses.size() > 1) {
        figure.notes.push_back(
            "People are not known to have been drawn into the programmes: these may differ because different "
            "people chose them.");
    }
    figure.table = table_of(findings, courses, places);
    figure.draw = [&findings, courses, places](Drawing& drawing) {
        return courses.size() > most_lines ? draw_rows_figure(drawing, courses, places)
                                           : draw_lines_figure(drawing, findings, courses, places);
    };
    return {std::move(figure)};
}

}  // namespace groundwork::report
