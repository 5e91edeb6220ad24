// The key numbers again under other assumptions, as small forests: one for each number.
#include <algorithm>

#include "report/figure.h"
#include "report/forest.h"
#include "report/words.h"

namespace groundwork::report {

namespace {

using benefit::Effect;
using benefit::Findings;
using benefit::Sensitivity;

// A number of the main analysis with everything it became under other assumptions.
struct Group {
    const Effect* main = nullptr;  // none if the main analysis does not show it
    std::vector<const Sensitivity*> others;
};

const Effect* main_effect(const Findings& findings, const std::string& id) {
    for (const Effect& effect : findings.effects) {
        if (effect.id == id) {
            return &effect;
        }
    }
    if (findings.adjusted && findings.adjusted->id == id) {
        return &*findings.adjusted;
    }
    if (findings.naive && findings.naive->id == id) {
        return &*findings.naive;
    }
    return nullptr;
}

std::vector<Group> groups_of(const Findings& findings) {
    std::vector<Group> groups;
    for (const Sensitivity& sensitivity : findings.sensitivity) {
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return group.others.front()->effect.id == sensitivity.effect.id;
        });
        if (same != groups.end()) {
            same->others.push_back(&sensitivity);
        } else {
            groups.push_back({main_effect(findings, sensitivity.effect.id), {&sensitivity}});
        }
    }
    return groups;
}

std::string title_of(const Group& group) {
    if (group.main == nullptr) {
        return "The same question under other assumptions";
    }
    const bool clear = excludes_zero(group.main->interval);
    const bool same = std::all_of(group.others.begin(), group.others.end(), [&](const Sensitivity* other) {
        return excludes_zero(other->effect.interval) == clear &&
               (!clear || (other->effect.interval.low > 0) == (group.main->interval.low > 0));
    });
    if (!same) {
        return "The answer depends on the assumption";
    }
    return clear ? "No assumption tried changes the answer: it differs from zero"
                 : "No assumption tried changes the answer: it cannot be told from zero";
}

Figure figure_of(const Findings& findings, const Group& group, std::size_t number) {
    const std::string what = group.main != nullptr ? group.main->label : group.others.front()->effect.label;
    Figure figure;
    figure.id = "sensitivity-" + std::to_string(number);
    figure.title = title_of(group);
    figure.subtitle = what + ", with 95 % intervals.";
    figure.table = {what,
                    {"Assumption", "People", "Estimate", "95 % interval", "p"},
                    {Column::words, Column::number, Column::number, Column::number, Column::number},
                    {}};
    std::vector<ForestRow> rows;
    std::vector<std::pair<const Effect*, std::size_t>> shown;
    if (group.main != nullptr) {
        rows.push_back(
            {"As analysed", group.main->estimate.estimate, group.main->interval, Marker::circle, "arm-1"});
        shown.emplace_back(group.main, findings.people);
    }
    for (const Sensitivity* other : group.others) {
        rows.push_back(
            {other->label, other->effect.estimate.estimate, other->effect.interval, Marker::square, "arm-3"});
        shown.emplace_back(&other->effect, other->people);
        for (const std::string& paragraph : paragraphs(other->words)) {
            figure.notes.push_back(paragraph);
        }
    }
    const int places = forest_places(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Effect& effect = *shown[i].first;
        figure.table.rows.push_back({rows[i].label, count(shown[i].second),
                                     signed_number(effect.estimate.estimate, places),
                                     range(effect.interval, places), p_value(effect.estimate.p)});
    }
    figure.description = forest_description(rows);
    figure.draw = [rows](Drawing& drawing) { return draw_forest(drawing, rows, "estimate", "none"); };
    return figure;
}

}  // namespace

std::vector<Figure> sensitivity_figures(const Findings& findings) {
    std::vector<Figure> figures;
    for (const Group& group : groups_of(findings)) {
        figures.push_back(figure_of(findings, group, figures.size() + 1));
    }
    return figures;
}

}  // namespace groundwork::report
