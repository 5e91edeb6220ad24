// The difference between a programme and the reference along the starting score, its interval, the stretches
// in which the interval excludes zero (Johnson-Neyman), and under them the people.
#include <algorithm>
#include <cmath>

#include "report/axes.h"
#include "report/figure.h"
#include "report/scale.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Findings;
using benefit::Moderation;
using benefit::ModerationPoint;
using benefit::Region;

std::vector<ModerationPoint> known_points(const Moderation& moderation) {
    std::vector<ModerationPoint> points;
    for (const ModerationPoint& point : moderation.curve) {
        if (std::isfinite(point.moderator) && std::isfinite(point.difference) && is_known(point.interval)) {
            points.push_back(point);
        }
    }
    return points;
}

std::vector<Region> regions_of(const Findings& findings, const Moderation& moderation) {
    std::vector<Region> regions;
    for (const Region& region : findings.regions) {
        const bool known = std::isfinite(region.from) && std::isfinite(region.to);
        if (region.arm == moderation.arm && region.sign != 0 && known) {
            regions.push_back(region);
        }
    }
    return regions;
}

int places_of(const std::vector<ModerationPoint>& points) {
    Extent widths;
    for (const ModerationPoint& point : points) {
        widths.include(point.interval.high - point.interval.low);
    }
    return places_for(widths.low());
}

std::string stretch(const Findings& findings, const Region& region) {
    const int places = places_for(findings.moderator_sd);
    return plain_number(region.from, places) + " to " + plain_number(region.to, places);
}

std::string title_of(const Findings& findings, const Moderation& moderation,
                     const std::vector<Region>& regions, const std::vector<ModerationPoint>& points) {
    const std::string both =
        short_arm_name(moderation.arm) + " and " + short_arm_name(moderation.reference_arm);
    if (regions.empty()) {
        const bool somewhere = std::any_of(points.begin(), points.end(), [](const ModerationPoint& point) {
            return excludes_zero(point.interval);
        });
        return somewhere ? "The difference between " + both + " by starting score"
                         : "At no starting score can " + both + " be told apart";
    }
    std::string title;
    for (const Region& region : regions) {
        title += (title.empty() ? "From " : " and from ") + stretch(findings, region);
    }
    return title + " on " + moderator_name(findings) + ", " + both + " can be told apart";
}

std::vector<std::string> notes_of(const Findings& findings, const std::vector<Region>& regions) {
    std::vector<std::string> notes;
    std::string shaded;
    for (const Region& region : regions) {
        shaded += (shaded.empty() ? "" : ", and ") + stretch(findings, region) + ", where " +
                  people(region.people) + " (" + percent(region.share_of_people) + ") started";
    }
    if (!shaded.empty()) {
        notes.push_back("Shaded: the 95 % interval excludes zero (Johnson-Neyman), from " + shaded + ".");
    }
    if (findings.question.allocation != benefit::Allocation::randomised) {
        notes.push_back(
            "People are not known to have been drawn into the programmes, so a difference here may come "
            "from who chose which, not from what the programmes do.");
    }
    return notes;
}

Table table_of(const Findings& findings, const Moderation& moderation,
               const std::vector<ModerationPoint>& points) {
    Table table{arm_name(moderation.arm) + " minus " + arm_name(moderation.reference_arm) + ", in " +
                    moderation.scale,
                {moderator_name(findings), "Difference", "95 % interval"},
                {Column::number, Column::number, Column::number},
                {}};
    const int places = places_of(points);
    const std::size_t step = std::max<std::size_t>(1, points.size() / 12);
    const auto add = [&](const ModerationPoint& point) {
        table.rows.push_back({plain_number(point.moderator, places_for(findings.moderator_sd)),
                              signed_number(point.difference, places), range(point.interval, places)});
    };
    for (std::size_t i = 0; i + 1 < points.size(); i += step) {
        add(points[i]);
    }
    add(points.back());
    return table;
}

std::string side(const Drawing& drawing, const Findings& findings, const Moderation& moderation, bool above) {
    const benefit::Better better = findings.question.better;
    const bool good = better == (above ? benefit::Better::higher : benefit::Better::lower);
    return std::string(above ? "\u2191 " : "\u2193 ") +
           wrapped(arm_name(moderation.arm), drawing.width() * 0.4, drawing.text_size(), 1).front() +
           (above ? " higher" : " lower") + (good ? " (better)" : "");
}

// How many people started where: bars that stand on `bottom`.
void draw_people(Drawing& drawing, const std::vector<double>& people, const Scale& horizontal, double top,
                 double bottom) {
    const std::size_t bins = drawing.narrow() ? 20 : 36;
    std::vector<std::size_t> numbers(bins);
    for (const double score : people) {
        if (!std::isfinite(score) || score < horizontal.low() || score > horizontal.high()) {
            continue;
        }
        const double share = (score - horizontal.low()) / (horizontal.high() - horizontal.low());
        ++numbers[std::min(bins - 1, static_cast<std::size_t>(share * static_cast<double>(bins)))];
    }
    const std::size_t most = std::max<std::size_t>(1, *std::max_element(numbers.begin(), numbers.end()));
    const double left = horizontal(horizontal.low());
    const double width = (horizontal(horizontal.high()) - left) / static_cast<double>(bins);
    for (std::size_t i = 0; i < bins; ++i) {
        const double height = (bottom - top) * static_cast<double>(numbers[i]) / static_cast<double>(most);
        if (numbers[i] > 0) {
            drawing.rectangle(
                {left + width * static_cast<double>(i) + 0.5, bottom - height, width - 1, height}, "bar");
        }
    }
}

double draw_moderation(Drawing& drawing, const Findings& findings, const Moderation& moderation,
                       const std::vector<ModerationPoint>& points, const std::vector<Region>& regions,
                       const ArmLook& look) {
    Extent scores;
    Extent differences;
    differences.include(0);
    for (const ModerationPoint& point : points) {
        scores.include(point.moderator);
        differences.include(point.interval.low);
        differences.include(point.interval.high);
    }
    const double top = 26;
    const double bottom = drawing.narrow() ? 270 : 330;
    const Scale horizontal(scores, 46, drawing.width() - 8);
    const Scale vertical(differences.padded(0.08), bottom, top);
    for (const Region& region : regions) {
        const double from = horizontal(std::max(region.from, scores.low()));
        const double to = horizontal(std::min(region.to, scores.high()));
        if (to > from) {
            drawing.rectangle({from, top, to - from, bottom - top}, "shade");
        }
        const std::string word = "they differ";
        if (to - from > estimated_width(word, drawing.text_size()) + 8) {
            const double y =
                region.sign > 0 ? bottom - 8 : top + 6 + drawing.text_size();  // away from the line
            drawing.text({(from + to) / 2, y}, Anchor::middle, word, "quiet");
        }
    }
    draw_grid(drawing, vertical, nice_ticks(differences, 4), 0, drawing.width());
    std::vector<Point> line;
    std::vector<Point> band;
    for (const ModerationPoint& point : points) {
        line.push_back({horizontal(point.moderator), vertical(point.difference)});
        band.push_back({line.back().x, vertical(point.interval.high)});
    }
    for (std::size_t i = points.size(); i-- > 0;) {
        band.push_back({line[i].x, vertical(points[i].interval.low)});
    }
    drawing.polygon(band, "band " + look.classes);
    drawing.line({0, vertical(0)}, {drawing.width(), vertical(0)}, "zero");
    drawing.polyline(line, look.classes);
    drawing.text({drawing.width(), 14}, Anchor::end, side(drawing, findings, moderation, true), "");
    drawing.text({drawing.width(), bottom + 16}, Anchor::end, side(drawing, findings, moderation, false), "");

    const double people_top = bottom + 40;
    const double people_bottom = people_top + (drawing.narrow() ? 40 : 52);
    draw_people(drawing, moderation.people, horizontal, people_top, people_bottom);
    drawing.text({0, bottom + 16}, Anchor::start, people(moderation.people.size()), "quiet");
    drawing.line({46, people_bottom}, {drawing.width() - 8, people_bottom}, "axis");
    return draw_bottom_axis(drawing, horizontal, nice_ticks(scores, drawing.narrow() ? 5 : 8), people_bottom,
                            "starting score: " + moderator_name(findings)) +
           2;
}

}  // namespace

std::vector<Figure> moderation_figures(const Findings& findings, const Arms& arms) {
    std::vector<Figure> figures;
    for (const Moderation& moderation : findings.moderation) {
        const std::vector<ModerationPoint> points = known_points(moderation);
        if (points.size() < 2) {
            continue;
        }
        const std::vector<Region> regions = regions_of(findings, moderation);
        Figure figure;
        figure.id = "difference-" + std::to_string(figures.size() + 1);
        figure.title = title_of(findings, moderation, regions, points);
        figure.subtitle = "Difference in " + shortened(moderation.scale, 64) + ", " +
                          short_arm_name(moderation.arm) + " minus " +
                          short_arm_name(moderation.reference_arm) +
                          ", by where people started, with its 95 % interval; below it, the people.";
        figure.description =
            "A line with its interval over the starting score, a line at zero, and bars for the "
            "number of people. " +
            figure.title + ".";
        figure.notes = notes_of(findings, regions);
        figure.table = table_of(findings, moderation, points);
        const ArmLook look = arms.look(moderation.arm);
        figure.draw = [&findings, &moderation, points, regions, look](Drawing& drawing) {
            return draw_moderation(drawing, findings, moderation, points, regions, look);
        };
        figures.push_back(std::move(figure));
    }
    return figures;
}

}  // namespace groundwork::report
