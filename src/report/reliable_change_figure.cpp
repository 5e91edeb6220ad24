// How many people changed by more than measurement error, programme by programme.
#include <algorithm>

#include "report/arms.h"
#include "report/axes.h"
#include "report/figure.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Findings;
using benefit::ReliableChange;

// The three parts of a bar and their words: better and worse where the question says which way is better,
// otherwise what rose and what fell.
struct Parts {
    std::string arm;
    std::size_t left = 0;
    std::size_t unchanged = 0;
    std::size_t right = 0;
    std::size_t everyone() const { return left + unchanged + right; }
};
struct PartWords {
    std::string left;
    std::string right;
};

bool judged(const Findings& findings) { return findings.question.better != benefit::Better::not_stated; }

PartWords words_of(const Findings& findings) {
    return judged(findings) ? PartWords{"better", "worse"} : PartWords{"rose", "fell"};
}

Parts parts_of(const Findings& findings, const ReliableChange& change) {
    if (judged(findings)) {
        return {change.arm, change.improved, change.unchanged, change.worse};
    }
    return {change.arm, change.rose, change.unchanged, change.fell};
}

double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string title_of(const Findings& findings, const std::vector<Parts>& bars) {
    Parts sum;
    for (const Parts& bar : bars) {
        sum.left += bar.left;
        sum.unchanged += bar.unchanged;
        sum.right += bar.right;
    }
    const std::string change = judged(findings) ? " got " : " ";
    const PartWords words = words_of(findings);
    return "Of " + people(sum.everyone()) + ", " + count(sum.left) + change + words.left + " and " +
           count(sum.right) + change + words.right + " by more than measurement error";
}

double draw_row(Drawing& drawing, const Parts& parts, const PartWords& words, double top) {
    const std::size_t all = parts.everyone();
    const double width = drawing.width();
    const double size = drawing.text_size();
    const std::string name = arm_name(parts.arm) + ", " + people(all);
    const double bar = 4 + draw_lines(drawing, wrapped(name, width, drawing.strong_text_size(), 2), 0, top,
                                      Anchor::start, "strong");
    const double left_width = width * share(parts.left, all);
    const double right_width = width * share(parts.right, all);
    const double height = 30;
    drawing.rectangle({0.75, bar, width - 1.5, height}, "unchanged");
    if (parts.left > 0) {
        drawing.rectangle({0, bar, left_width, height}, "improved");
    }
    if (parts.right > 0) {
        drawing.hatched_rectangle({width - right_width, bar, right_width, height}, "worse");
    }

    const std::string left = words.left + " " + percent(share(parts.left, all));
    const std::string middle = "no clear change " + percent(share(parts.unchanged, all));
    const std::string right = words.right + " " + percent(share(parts.right, all));
    const double half = estimated_width(middle, size) / 2;
    const double low = estimated_width(left, size) + 10 + half;
    const double high = width - estimated_width(right, size) - 10 - half;
    const double wanted = left_width + (width - left_width - right_width) / 2;
    const double y = bar + height + 2;
    draw_lines(drawing, {left}, 0, y, Anchor::start, "");
    draw_lines(drawing, {middle}, std::max(low, std::min(high, wanted)), y, Anchor::middle, "quiet");
    return draw_lines(drawing, {right}, width, y, Anchor::end, "");
}

Table table_of(const Findings& findings, const PartWords& words) {
    Table table{"Reliable change by programme",
                {"Programme", "People", "Got " + words.left, "No clear change", "Got " + words.right,
                 "Change needed", "Reliability", "Standard deviation", "Reliability from"},
                {Column::words, Column::number, Column::number, Column::number, Column::number,
                 Column::number, Column::number, Column::number, Column::words},
                {}};
    if (!judged(findings)) {
        table.heads[2] = "Rose";
        table.heads[4] = "Fell";
    }
    for (const ReliableChange& change : findings.reliable_change) {
        const Parts parts = parts_of(findings, change);
        table.rows.push_back({arm_name(change.arm), count(parts.everyone()), count(parts.left),
                              count(parts.unchanged), count(parts.right), plain_number(change.criterion, 2),
                              plain_number(change.reliability, 2), plain_number(change.standard_deviation, 2),
                              change.source.empty() ? std::string("not stated") : change.source});
    }
    return table;
}

}  // namespace

std::vector<Figure> reliable_change_figures(const Findings& findings) {
    std::vector<Parts> bars;
    for (const ReliableChange& change : findings.reliable_change) {
        const Parts parts = parts_of(findings, change);
        if (parts.everyone() > 0) {
            bars.push_back(parts);
        }
    }
    if (bars.empty()) {
        return {};
    }
    const PartWords words = words_of(findings);
    Figure figure;
    figure.id = "reliable-change";
    figure.title = title_of(findings, bars);
    figure.subtitle = "Share of people whose " + outcome_name(findings) +
                      " changed by more than measurement error explains (Jacobson and Truax 1991).";
    figure.description = "Bars divided into " + words.left + ", no clear change and " + words.right + ". " +
                         figure.title + ".";
    figure.notes = {
        "This counts people, not what caused their change: without a group that got no programme, some of "
        "it would have happened anyway."};
    figure.table = table_of(findings, words);
    figure.draw = [bars, words](Drawing& drawing) {
        double y = 0;
        for (const Parts& bar : bars) {
            y = draw_row(drawing, bar, words, y) + 18;
        }
        return y - 14;
    };
    return {std::move(figure)};
}

}  // namespace groundwork::report
