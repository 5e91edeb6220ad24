#include "command/score_summary.h"

#include <algorithm>
#include <limits>
#include <span>

#include "statistics/statistics.h"

namespace groundwork::command {

namespace {

using instrument::Instrument;
using instrument::Scale;
using instrument::Score;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

using Rows = std::vector<std::size_t>;
using Scores = std::vector<std::vector<Score>>;

std::vector<double> values_of(const Scores& scores, std::size_t scale, const Rows& rows) {
    std::vector<double> values;
    for (const std::size_t row : rows) {
        values.push_back(scores[row][scale].value.value_or(nothing));
    }
    return values;
}

double alpha_of(const Instrument& instrument, const Scale& scale, const AnswerSheet& sheet,
                const Rows& rows) {
    std::vector<std::vector<double>> columns;
    for (const int item : scale.items) {
        std::vector<double>& column = columns.emplace_back();
        for (const std::size_t row : rows) {
            const auto& answer = sheet.answers[row][static_cast<std::size_t>(item) - 1];
            column.push_back(answer ? counted_answer(instrument, scale, item, *answer) : nothing);
        }
    }
    const std::vector<std::span<const double>> items(columns.begin(), columns.end());
    return items.empty() ? nothing : statistics::cronbach_alpha(items);
}

std::vector<BandCount> count_bands(const Scale& scale, const std::vector<double>& values) {
    std::vector<BandCount> counts;
    for (const instrument::Band& band : scale.bands) {
        const auto n =
            std::ranges::count_if(values, [&](double value) { return value == value && band.holds(value); });
        counts.push_back({band.id, band.label.at("en"), static_cast<std::size_t>(n)});
    }
    return counts;
}

ScaleSummary summarise_scale(const Instrument& instrument, std::size_t index, const AnswerSheet& sheet,
                             const Scores& scores, const Rows& rows) {
    const Scale& scale = instrument.scales[index];
    const std::vector<double> values = values_of(scores, index, rows);
    const statistics::Summary summary = statistics::summarise(values);
    ScaleSummary result;
    result.scale = &scale;
    result.n = summary.n;
    result.missing = rows.size() - summary.n;
    result.mean = summary.mean;
    result.sd = summary.standard_deviation;
    result.min = summary.minimum;
    result.max = summary.maximum;
    result.alpha = alpha_of(instrument, scale, sheet, rows);
    for (const int point : percentile_points) {
        result.percentiles.push_back(summary.n == 0 ? nothing : statistics::quantile(values, point / 100.0));
    }
    result.bands = count_bands(scale, values);
    return result;
}

std::optional<double> halves_of(const Instrument& instrument, const Scores& scores, const Rows& rows) {
    const Scale* positive = instrument.find_scale("positive");
    const Scale* negative = instrument.find_scale("negative_reversed");
    if (positive == nullptr || negative == nullptr) {
        return std::nullopt;
    }
    const auto values = [&](const Scale* scale) {
        return values_of(scores, static_cast<std::size_t>(scale - instrument.scales.data()), rows);
    };
    return statistics::correlation(values(positive), values(negative));
}

struct Group {
    std::optional<std::string> name;
    Rows rows;
};

std::vector<Group> groups_of(const table::Frame& frame, const table::Column* column) {
    std::vector<Group> groups;
    if (column == nullptr) {
        groups.push_back({});
    }
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        if (column == nullptr) {
            groups.front().rows.push_back(row);
            continue;
        }
        const std::string name = column->is_missing(row) ? "(none)" : column->text(row);
        auto place = std::ranges::find(groups, name, &Group::name);
        if (place == groups.end()) {
            place = groups.insert(groups.end(), Group{name, {}});
        }
        place->rows.push_back(row);
    }
    return groups;
}

}  // namespace

Result<Scores> score_people(const Instrument& instrument, const AnswerSheet& sheet) {
    Scores scores;
    scores.reserve(sheet.answers.size());
    for (const instrument::Answers& answers : sheet.answers) {
        scores.push_back(TRY(instrument::score(instrument, answers)));
    }
    return scores;
}

Result<std::vector<GroupSummary>> summarise_groups(const table::Frame& frame, const std::string& group,
                                                   const Instrument& instrument, const AnswerSheet& sheet,
                                                   const Scores& scores) {
    const table::Column* column = group.empty() ? nullptr : TRY(frame.find(group));
    std::vector<GroupSummary> summaries;
    for (const Group& each : groups_of(frame, column)) {
        GroupSummary summary;
        summary.name = each.name;
        summary.n = each.rows.size();
        for (std::size_t i = 0; i < instrument.scales.size(); ++i) {
            summary.scales.push_back(summarise_scale(instrument, i, sheet, scores, each.rows));
        }
        summary.halves = halves_of(instrument, scores, each.rows);
        summaries.push_back(std::move(summary));
    }
    return summaries;
}

}  // namespace groundwork::command
