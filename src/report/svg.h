// A small builder of SVG drawings. Whatever is given as text is escaped here and nowhere else; coordinates
// are written with two decimals and must be finite. How things look is decided by the classes of
// content/report/report.css.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace groundwork::report {

struct Point {
    double x = 0;
    double y = 0;
};

struct Box {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

enum class Anchor { start, middle, end };
enum class Marker { circle, square, triangle, diamond };

class Drawing {
  public:
    // `id` is unique in the page; `title` is what a screen reader says first, `description` what the eye
    // would see.
    Drawing(std::string id, std::string_view title, std::string_view description, double width);

    double width() const { return width_; }
    bool narrow() const { return width_ < 500; }  // the telephone's variant
    double text_size() const { return narrow() ? 13 : 14; }
    double strong_text_size() const {
        return 1.13 * text_size();
    }  // bold letters of text_size are as wide as these

    void line(Point from, Point to, std::string_view classes);
    void rectangle(Box box, std::string_view classes);
    // Filled with slanting strokes of the class's colour, so that it can be told from plain fill without
    // colour.
    void hatched_rectangle(Box box, std::string_view classes);
    void polyline(const std::vector<Point>& points, std::string_view classes);
    void polygon(const std::vector<Point>& points, std::string_view classes);
    void marker(Marker kind, Point center, double radius, std::string_view classes);
    void text(Point baseline, Anchor anchor, std::string_view words, std::string_view classes = "");

    // The finished element, cut at `height`, with `variant` among its classes.
    std::string finish(double height, std::string_view variant) const;

  private:
    void element(std::string_view name, std::string_view attributes, std::string_view classes);

    std::string id_;
    std::string title_;
    std::string description_;
    double width_;
    std::string definitions_;
    std::string body_;
    int hatchings_ = 0;
};

}  // namespace groundwork::report
