// The change by starting score twice: as it looks, and with the starting level of the outcome held equal.
#include "report/figure.h"
#include "report/forest.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Effect;
using benefit::Findings;

std::string title_of(const Effect& naive, const Effect& adjusted) {
    const bool apparent = excludes_zero(naive.interval);
    const bool left = excludes_zero(adjusted.interval);
    if (apparent && !left) {
        return "What looks like a link is gone once people who began alike are compared";
    }
    if (apparent && left) {
        return "The link is still there when people who began alike are compared";
    }
    if (left) {
        return "A link shows only when people who began alike are compared";
    }
    return "No link can be told from chance, adjusted or not";
}

ForestRow row_of(const Effect& effect, std::string label, Marker marker, std::string classes) {
    return {std::move(label), effect.estimate.estimate, effect.interval, marker, std::move(classes)};
}

}  // namespace

std::vector<Figure> naive_adjusted_figures(const Findings& findings) {
    if (!findings.naive || !findings.adjusted) {
        return {};
    }
    const std::vector<ForestRow> rows{
        row_of(*findings.naive, "As it looks: change, nothing held equal", Marker::diamond, "arm-2"),
        row_of(*findings.adjusted, "Comparing people who began with the same " + outcome_name(findings),
               Marker::circle, "arm-1")};
    const int places = forest_places(rows);
    const std::string unit =
        moderator_name(findings).empty()
            ? "Points of " + outcome_unit(findings)
            : "Points of " + outcome_unit(findings) + " for each point of " + moderator_name(findings);
    Figure figure;
    figure.id = "naive-adjusted";
    figure.title = title_of(*findings.naive, *findings.adjusted);
    figure.subtitle = unit + ", everyone together, with 95 % intervals.";
    figure.description = forest_description(rows);
    for (const std::string& words : {findings.naive_words, findings.adjusted_words}) {
        for (const std::string& paragraph : paragraphs(words)) {
            figure.notes.push_back(paragraph);
        }
    }
    figure.table = {unit,
                    {"Estimate", "Value", "95 % interval", "Standard error", "p"},
                    {Column::words, Column::number, Column::number, Column::number, Column::number},
                    {}};
    for (const Effect* effect : {&*findings.naive, &*findings.adjusted}) {
        figure.table.rows.push_back(
            {effect->label, signed_number(effect->estimate.estimate, places), range(effect->interval, places),
             plain_number(effect->estimate.standard_error, places), p_value(effect->estimate.p)});
    }
    figure.draw = [rows, unit](Drawing& drawing) { return draw_forest(drawing, rows, unit, "no link"); };
    return {std::move(figure)};
}

}  // namespace groundwork::report
