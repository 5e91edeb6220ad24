// What the figures share: grid lines, the line of ticks, labels that keep clear of one another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/scale.h"
#include "report/svg.h"

namespace groundwork::report {

// Horizontal grid lines from x = left to right, each with its number above its left end.
void draw_grid(Drawing& drawing, const Scale& vertical, const Ticks& ticks, double left, double right);

// Numbers under the line y = top, and under them what they are. Returns where the drawing goes on.
double draw_bottom_axis(Drawing& drawing, const Scale& horizontal, const Ticks& ticks, double top,
                        std::string_view words);

struct Block {
    double wanted = 0;  // where its middle would best be
    double height = 0;
};

// The tops of the blocks, in their own order, so that none overlap, all stay between low and high if they
// fit, and each is as near to its wanted place as the simple way of pushing down, then up, brings it.
std::vector<double> spread(const std::vector<Block>& blocks, double low, double high);

// Lines of text, one under the other; `top` is the top of the first. Returns the bottom of the last.
double draw_lines(Drawing& drawing, const std::vector<std::string>& lines, double x, double top,
                  Anchor anchor, std::string_view classes);

// The height that draw_lines uses for so many lines.
double lines_height(const Drawing& drawing, std::size_t lines);

}  // namespace groundwork::report
