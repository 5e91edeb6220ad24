// A figure: a sentence, a drawing in two widths (telephone and page), its source, and its numbers in a table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "benefit/benefit.h"
#include "report/arms.h"
#include "report/html.h"
#include "report/svg.h"

namespace groundwork::report {

struct Figure {
    std::string id;                        // unique in the page
    std::string title;                     // the finding in one sentence
    std::string subtitle;                  // what is drawn, in which unit
    std::string description;               // what the eye would see, for those who hear the page
    std::vector<std::string> notes;        // under the drawing
    Table table;                           // the numbers drawn
    std::function<double(Drawing&)> draw;  // draws and returns the height used
};

// `source` is the line under the drawing.
std::string figure_html(const Figure& figure, std::string_view source);

// The figures. Each of the vectors is empty where the findings have nothing to draw.
std::vector<Figure> means_figures(const benefit::Findings& findings, const Arms& arms);
std::vector<Figure> scores_figures(const benefit::Findings& findings);
std::vector<Figure> naive_adjusted_figures(const benefit::Findings& findings);
std::vector<Figure> regression_figures(const benefit::Findings& findings);
std::vector<Figure> moderation_figures(const benefit::Findings& findings, const Arms& arms);
std::vector<Figure> reliable_change_figures(const benefit::Findings& findings);
std::vector<Figure> sensitivity_figures(const benefit::Findings& findings);

}  // namespace groundwork::report
