// Where people started: how many at each score, with the bands that the instrument or the protocol names.
#include <algorithm>
#include <cmath>

#include "report/axes.h"
#include "report/figure.h"
#include "report/scale.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Findings;
using benefit::ScoreBand;
using benefit::StartingScores;

struct Bin {
    double from = 0;
    double to = 0;
    std::size_t people = 0;
};

Extent scores_extent(const StartingScores& scores) {
    Extent extent;
    for (const double score : scores.people) {
        extent.include(score);
    }
    if (scores.lowest) {
        extent.include(*scores.lowest);
    }
    if (scores.highest) {
        extent.include(*scores.highest);
    }
    return extent;
}

// About 16 bins of a round width that start at the lowest score.
std::vector<Bin> bins_of(const StartingScores& scores, const Extent& extent) {
    if (!(extent.width() > 0)) {
        return {{extent.low() - 0.5, extent.low() + 0.5, scores.people.size()}};
    }
    const double rough = extent.width() / 16;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double width = 10 * power;
    for (const double factor : {5.0, 2.5, 2.0, 1.0}) {
        if (rough <= factor * power * 1.0001) {
            width = factor * power;
        }
    }
    const double first = std::floor(extent.low() / width + 1e-9) * width;
    std::vector<Bin> bins;
    for (double from = first; from < extent.high() - 1e-9 * width; from += width) {
        bins.push_back({from, from + width, 0});
    }
    for (const double score : scores.people) {
        if (!std::isfinite(score)) {
            continue;
        }
        const auto place =
            static_cast<std::size_t>(std::max(0.0, std::floor((score - first) / width + 1e-9)));
        ++bins[std::min(place, bins.size() - 1)].people;
    }
    return bins;
}

std::string title_of(const Findings& findings, const StartingScores& scores) {
    const int places = places_for(findings.moderator_sd);
    if (scores.bands.empty() || scores.bands.size() > 4) {
        return "On average people started at " + plain_number(findings.moderator_mean, places) + " on " +
               moderator_name(findings);
    }
    std::string title = "Of " + people(scores.people.size()) + ", ";
    for (std::size_t i = 0; i < scores.bands.size(); ++i) {
        title += i == 0 ? "" : i + 1 == scores.bands.size() ? " and " : ", ";
        title += count(scores.bands[i].people) + (i == 0 ? " started in the band \u201C" : " in \u201C") +
                 shortened(scores.bands[i].label, 32) + "\u201D";
    }
    return title;
}

Table table_of(const StartingScores& scores, const std::vector<Bin>& bins) {
    Table table{
        "People by score", {"Score", "People", "Share"}, {Column::words, Column::number, Column::number}, {}};
    const auto all = static_cast<double>(scores.people.size());
    const auto add = [&](std::string label, std::size_t number) {
        table.rows.push_back({std::move(label), count(number), percent(static_cast<double>(number) / all)});
    };
    const auto bounds = [](double from, double to) { return exact_number(from) + " to " + exact_number(to); };
    for (const ScoreBand& band : scores.bands) {
        add("Band \u201C" + band.label + "\u201D, " + bounds(band.from, band.to), band.people);
    }
    for (const Bin& bin : bins) {
        add(bounds(bin.from, bin.to), bin.people);
    }
    return table;
}

// The bands' shading and, over the bars, their names and numbers. Returns the height of the names.
double draw_bands(Drawing& drawing, const StartingScores& scores, const Scale& horizontal, double bottom) {
    double height = 0;
    std::vector<std::vector<std::string>> names;
    for (const ScoreBand& band : scores.bands) {
        const double width = horizontal(band.to) - horizontal(band.from);
        names.push_back(wrapped(band.label, width - 8, drawing.strong_text_size(), 3));
        names.back().push_back(count(band.people));
        height = std::max(height, lines_height(drawing, names.back().size()));
    }
    for (std::size_t i = 0; i < scores.bands.size(); ++i) {
        const double from = horizontal(scores.bands[i].from);
        const double to = horizontal(scores.bands[i].to);
        if (i % 2 == 0) {
            drawing.rectangle({from, 0, to - from, bottom}, "shade");
        }
        if (i > 0) {
            drawing.line({from, 0}, {from, bottom}, "cut");
        }
        draw_lines(drawing, names[i], (from + to) / 2, 4, Anchor::middle, "");
    }
    return height;
}

double draw_scores(Drawing& drawing, const Findings& findings, const StartingScores& scores,
                   const std::vector<Bin>& bins) {
    Extent extent = scores_extent(scores);
    extent.include(bins.front().from);
    extent.include(bins.back().to);
    for (const ScoreBand& band : scores.bands) {
        extent.include(band.from);
        extent.include(band.to);
    }
    const double bottom = drawing.narrow() ? 270 : 320;
    const Scale horizontal(extent, 4, drawing.width() - 4);
    const double names = draw_bands(drawing, scores, horizontal, bottom);
    std::size_t most = 1;
    for (const Bin& bin : bins) {
        most = std::max(most, bin.people);
    }
    Extent numbers;
    numbers.include(0);
    numbers.include(static_cast<double>(most));
    const double top = names + 40;
    const Scale vertical(numbers, bottom, top);
    for (const Bin& bin : bins) {
        const double x = horizontal(bin.from);
        const double y = vertical(static_cast<double>(bin.people));
        const double width = horizontal(bin.to) - x;
        if (bin.people > 0) {
            drawing.rectangle({x + 1, y, width - 2, bottom - y}, "bar");
        }
        if (bin.people > 0 && estimated_width(count(bin.people), drawing.text_size()) < width + 3) {
            drawing.text({x + width / 2, y - 4}, Anchor::middle, count(bin.people), "quiet halo");
        }
    }
    drawing.line({4, bottom}, {drawing.width() - 4, bottom}, "axis");
    Extent shown;
    shown.include(horizontal.low());
    shown.include(horizontal.high());
    return draw_bottom_axis(drawing, horizontal, nice_ticks(shown, drawing.narrow() ? 5 : 9), bottom,
                            moderator_name(findings)) +
           2;
}

}  // namespace

std::vector<Figure> scores_figures(const Findings& findings) {
    if (!findings.starting_scores) {
        return {};
    }
    const StartingScores& scores = *findings.starting_scores;
    const Extent extent = scores_extent(scores);
    if (scores.people.empty() || extent.empty()) {
        return {};
    }
    const std::vector<Bin> bins = bins_of(scores, extent);
    const int places = places_for(findings.moderator_sd);
    Figure figure;
    figure.id = "starting-scores";
    figure.title = title_of(findings, scores);
    figure.subtitle = "Number of people by their first score on " + moderator_name(findings) + ". Average " +
                      plain_number(findings.moderator_mean, places) + ", standard deviation " +
                      plain_number(findings.moderator_sd, places) + ".";
    figure.description = "Bars: how many people started at each score. " + figure.title + ".";
    if (!scores.bands.empty()) {
        figure.notes.push_back(
            "Bands: " + (scores.band_source.empty() ? "source not stated" : scores.band_source) +
            ". Somebody near a cut could as well be in the neighbouring band.");
    }
    figure.table = table_of(scores, bins);
    figure.draw = [&findings, &scores, bins](Drawing& drawing) {
        return draw_scores(drawing, findings, scores, bins);
    };
    return {std::move(figure)};
}

}  // namespace groundwork::report
