#include "report/svg.h"

#include <cmath>

#include "foundation/foundation.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

std::string coordinate(double number) {
    ENSURE(std::isfinite(number));
    return fixed(number, 2);
}

std::string attribute(std::string_view name, double number) {
    return " " + std::string(name) + "=\"" + coordinate(number) + "\"";
}

std::string box_attributes(const Box& box) {
    return attribute("x", box.x) + attribute("y", box.y) + attribute("width", box.width) +
           attribute("height", box.height);
}

std::string path(const std::vector<Point>& points) {
    std::string text;
    for (const Point& point : points) {
        text += (text.empty() ? "" : " ") + coordinate(point.x) + "," + coordinate(point.y);
    }
    return " points=\"" + text + "\"";
}

std::string class_attribute(std::string_view classes) {
    return classes.empty() ? std::string() : " class=\"" + escape_html(classes) + "\"";
}

}  // namespace

Drawing::Drawing(std::string id, std::string_view title, std::string_view description, double width)
    : id_(std::move(id)), title_(clean(title)), description_(clean(description)), width_(width) {}

void Drawing::element(std::string_view name, std::string_view attributes, std::string_view classes) {
    body_ += "<" + std::string(name) + class_attribute(classes) + std::string(attributes) + "/>\n";
}

void Drawing::line(Point from, Point to, std::string_view classes) {
    element("line",
            attribute("x1", from.x) + attribute("y1", from.y) + attribute("x2", to.x) + attribute("y2", to.y),
            classes);
}

void Drawing::rectangle(Box box, std::string_view classes) { element("rect", box_attributes(box), classes); }

void Drawing::hatched_rectangle(Box box, std::string_view classes) {
    const std::string hatch = id_ + "-hatch-" + std::to_string(++hatchings_);
    definitions_ += "<pattern id=\"" + hatch +
                    "\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" " +
                    "patternTransform=\"rotate(45)\"><line x1=\"1.5\" y1=\"0\" x2=\"1.5\" y2=\"6\"" +
                    class_attribute(std::string(classes) + " hatch") + "/></pattern>";
    element("rect", box_attributes(box) + " fill=\"url(#" + hatch + ")\"", std::string(classes) + " hatched");
}

void Drawing::polyline(const std::vector<Point>& points, std::string_view classes) {
    if (points.size() > 1) {
        element("polyline", path(points), std::string(classes) + " stroke");
    }
}

void Drawing::polygon(const std::vector<Point>& points, std::string_view classes) {
    if (points.size() > 2) {
        element("polygon", path(points), classes);
    }
}

void Drawing::marker(Marker kind, Point center, double radius, std::string_view classes) {
    const double r = radius;
    switch (kind) {
        case Marker::circle:
            element("circle", attribute("cx", center.x) + attribute("cy", center.y) + attribute("r", r),
                    classes);
            return;
        case Marker::square:
            rectangle({center.x - 0.9 * r, center.y - 0.9 * r, 1.8 * r, 1.8 * r}, classes);
            return;
        case Marker::triangle:
            polygon({{center.x, center.y - 1.2 * r},
                     {center.x + 1.1 * r, center.y + 0.8 * r},
                     {center.x - 1.1 * r, center.y + 0.8 * r}},
                    classes);
            return;
        case Marker::diamond:
            polygon({{center.x, center.y - 1.25 * r},
                     {center.x + 1.25 * r, center.y},
                     {center.x, center.y + 1.25 * r},
                     {center.x - 1.25 * r, center.y}},
                    classes);
            return;
    }
}

void Drawing::text(Point baseline, Anchor anchor, std::string_view words, std::string_view classes) {
    const std::string_view where = anchor == Anchor::start    ? "start"
                                   : anchor == Anchor::middle ? "middle"
                                                              : "end";
    body_ += "<text" + class_attribute(classes) + attribute("x", baseline.x) + attribute("y", baseline.y) +
             " text-anchor=\"" + std::string(where) + "\">" + escape_html(clean(words)) + "</text>\n";
}

std::string Drawing::finish(double height, std::string_view variant) const {
    const std::string definitions = definitions_.empty() ? "" : "<defs>" + definitions_ + "</defs>\n";
    return "<svg class=\"" + escape_html(variant) + "\" viewBox=\"0 0 " + coordinate(width_) + " " +
           coordinate(height) + "\" role=\"img\" aria-labelledby=\"" + id_ + "-title " + id_ +
           "-description\">\n" + "<title id=\"" + id_ + "-title\">" + escape_html(title_) + "</title>\n" +
           "<desc id=\"" + id_ + "-description\">" + escape_html(description_) + "</desc>\n" + definitions +
           body_ + "</svg>\n";
}

}  // namespace groundwork::report
