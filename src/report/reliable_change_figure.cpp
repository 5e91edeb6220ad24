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
    double reliability = 0;
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
        return {change.arm, change.reliability, change.improved, change.unchanged, change.worse};
    }
    return {change.arm, change.reliability, change.rose, change.unchanged, change.fell};
}

double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Everyone's parts under each reliability: one entry where it is known, several where it is assumed. The same
// people stand under every assumption, so they are never added across.
std::vector<Parts> totals_of(const std::vector<Parts>& bars) {
    std::vector<Parts> totals;
    for (const Parts& bar : bars) {
        auto total = std::ranges::find(totals, bar.reliability, &Parts::reliability);
        if (total == totals.end()) {
            total = totals.insert(total, Parts{"", bar.reliability});
        }
        total->left += bar.left;
        total->unchanged += bar.unchanged;
        total->right += bar.right;
    }
    return totals;
}

// "12", or "12 to 40" over the assumptions.
std::string span_of(const std::vector<Parts>& totals, std::size_t Parts::* part) {
    const auto [least, most] = std::ranges::minmax(totals, {}, part);
    const std::string low = count(least.*part);
    const std::string high = count(most.*part);
    return low == high ? low : low + " to " + high;
}

std::string title_of(const Findings& findings, const std::vector<Parts>& bars) {
    const std::vector<Parts> totals = totals_of(bars);
    const std::string change = judged(findings) ? " got " : " ";
    const PartWords words = words_of(findings);
    return "Of " + people(totals.front().everyone()) + ", " + span_of(totals, &Parts::left) + change +
           words.left + " and " + span_of(totals, &Parts::right) + change + words.right +
           " by more than measurement error";
}

double draw_row(Drawing& drawing, const Parts& parts, const PartWords& words, const std::string& assumption,
                double top) {
    const std::size_t all = parts.everyone();
    const double width = drawing.width();
    const double size = drawing.text_size();
    const std::string name = arm_name(parts.arm) + ", " + people(all) + assumption;
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
    const bool is_assumed = totals_of(bars).size() > 1;
    if (is_assumed) {
        figure.notes.insert(
            figure.notes.begin(),
            "How exactly the measure works in these people was not given, so several "
            "reliabilities are assumed: the more exact it is, the smaller a change can be told "
            "from error.");
    }
    figure.table = table_of(findings, words);
    figure.draw = [bars, words, is_assumed](Drawing& drawing) {
        double y = 0;
        for (const Parts& bar : bars) {
            const std::string assumption =
                is_assumed ? ", if reliability is " + plain_number(bar.reliability, 2) : std::string();
            y = draw_row(drawing, bar, words, assumption, y) + 18;
        }
        return y - 14;
    };
    return {std::move(figure)};
}

}  // namespace groundwork::report
