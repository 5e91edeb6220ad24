#include "report/axes.h"

#include <algorithm>
#include <numeric>

#include "report/words.h"

namespace groundwork::report {

namespace {
double line_height(const Drawing& drawing) { return drawing.text_size() + 4; }
}  // namespace

void draw_grid(Drawing& drawing, const Scale& vertical, const Ticks& ticks, double left, double right) {
    for (const double tick : ticks.at) {
        const double y = vertical(tick);
        drawing.line({left, y}, {right, y}, "grid");
        drawing.text({left, y - 4}, Anchor::start, plain_number(tick, ticks.places), "quiet");
    }
}

double draw_bottom_axis(Drawing& drawing, const Scale& horizontal, const Ticks& ticks, double top,
                        std::string_view words) {
    const double size = drawing.text_size();
    double free_from = 0;
    for (const double tick : ticks.at) {
        const std::string number = plain_number(tick, ticks.places);
        const double half = estimated_width(number, size) / 2;
        const double x = horizontal(tick);
        drawing.line({x, top}, {x, top + 5}, "axis");
        if (x - half < free_from && free_from > 0) {
            continue;  // no room for the number
        }
        free_from = x + half + 6;
        drawing.text({std::clamp(x, half, drawing.width() - half), top + 7 + size}, Anchor::middle, number,
                     "quiet");
    }
    const std::vector<std::string> lines = wrapped(words, drawing.width(), size, 2);
    const double middle = (horizontal(horizontal.low()) + horizontal(horizontal.high())) / 2;
    double widest = 0;
    for (const std::string& line : lines) {
        widest = std::max(widest, estimated_width(line, size));
    }
    const double x = std::clamp(middle, widest / 2, std::max(widest / 2, drawing.width() - widest / 2));
    return draw_lines(drawing, lines, x, top + 12 + size, Anchor::middle, "quiet");
}

std::vector<double> spread(const std::vector<Block>& blocks, double low, double high) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return blocks[a].wanted < blocks[b].wanted; });
    std::vector<double> tops(blocks.size());
    double free_from = low;
    for (const std::size_t i : order) {
        tops[i] = std::max(free_from, blocks[i].wanted - blocks[i].height / 2);
        free_from = tops[i] + blocks[i].height;
    }
    double free_until = std::max(
        high, low + std::accumulate(blocks.begin(), blocks.end(), 0.0,
                                    [](double sum, const Block& block) { return sum + block.height; }));
    for (auto i = order.rbegin(); i != order.rend(); ++i) {
        tops[*i] = std::min(tops[*i], free_until - blocks[*i].height);
        free_until = tops[*i];
    }
    return tops;
}

double draw_lines(Drawing& drawing, const std::vector<std::string>& lines, double x, double top,
                  Anchor anchor, std::string_view classes) {
    double y = top;
    for (const std::string& line : lines) {
        drawing.text({x, y + drawing.text_size()}, anchor, line, classes);
        y += line_height(drawing);
    }
    return y;
}

double lines_height(const Drawing& drawing, std::size_t lines) {
    return line_height(drawing) * static_cast<double>(lines);
}

}  // namespace groundwork::report
