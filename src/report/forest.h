// Estimates with their intervals, one row each, on one axis with a line at zero.
#pragma once

#include <string>
#include <vector>

#include "benefit/benefit.h"
#include "report/html.h"
#include "report/svg.h"

namespace groundwork::report {

struct ForestRow {
    std::string label;
    double estimate = 0;
    statistics::Interval interval;
    Marker marker = Marker::circle;
    std::string classes;
};

// How many places show all the rows' numbers.
int forest_places(const std::vector<ForestRow>& rows);

// Returns the height used. `axis` says what the numbers are, `zero` what the line at zero means.
double draw_forest(Drawing& drawing, const std::vector<ForestRow>& rows, std::string_view axis,
                   std::string_view zero);

// "Label: +1.77 (1.10 to 2.43)." for each row, for those who hear the page.
std::string forest_description(const std::vector<ForestRow>& rows);

}  // namespace groundwork::report
