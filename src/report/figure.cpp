#include "report/figure.h"

namespace groundwork::report {

namespace {

constexpr double wide_width = 680;
constexpr double narrow_width = 320;

std::string drawing_html(const Figure& figure, double width, std::string_view variant) {
    Drawing drawing(figure.id + "-" + std::string(variant), figure.title, figure.description, width);
    const double height = figure.draw(drawing);
    return drawing.finish(height, "drawing " + std::string(variant));
}

}  // namespace

std::string figure_html(const Figure& figure, std::string_view source) {
    const std::string name = figure.id + "-title";
    std::string html = "<figure role=\"group\" aria-labelledby=\"" + name + "\" id=\"" + figure.id + "\">\n";
    html += "<figcaption>\n<h3 id=\"" + name + "\">" + text(figure.title) + "</h3>\n";
    html += prose(figure.subtitle, "subtitle") + "</figcaption>\n";
    html += drawing_html(figure, wide_width, "wide") + drawing_html(figure, narrow_width, "narrow");
    for (const std::string& note : figure.notes) {
        html += prose(note, "note");
    }
    html += "<p class=\"source\">" + text(source) + "</p>\n";
    html += details_html("The numbers in this figure", table_html(figure.table, figure.id + "-numbers"));
    return html + "</figure>\n";
}

}  // namespace groundwork::report
