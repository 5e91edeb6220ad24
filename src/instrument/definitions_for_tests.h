// Small definitions for the tests of this room, as JSON that a test changes before it parses it.
#pragma once

#include <string>
#include <string_view>

#include "foundation/json.h"
#include "instrument/instrument.h"

namespace groundwork::instrument {

// Four items answered 1 to 5, the second and fourth reversed. `total` = mean of items, one missing allowed;
// `sum` = sum with person means for one missing; `first` and `second` = sums of two items each;
// `halves` = mean of `first` and `second`, the latter turned round; `high` = how many answers are 4 or 5.
inline json::object four_items() {
    return parse_json(R"({
        "format": "groundwork-instrument/1", "id": "four", "version": "1.0.0", "name": {"en": "Four items"},
        "measures": "a test", "higher_means": "better", "citation": "Made for the tests.",
        "licence": {"wording_ships": false, "terms": "None needed.", "evidence": []},
        "responses": {"minimum": 1, "maximum": 5,
                      "labels": {"en": ["never", "", "", "", "always"]}},
        "items": [{"number": 1}, {"number": 2}, {"number": 3}, {"number": 4}],
        "key": {"verified": true, "source": "the tests"},
        "scales": [
          {"id": "total", "name": {"en": "Total"}, "rule": "mean_of_items", "items": [1, 2, 3, 4],
           "reversed": [2, 4],
           "range": {"minimum": 1, "maximum": 5}, "missing": {"at_most": 1, "fill": "none",
           "source": "the tests"},
           "bands": {"source": "the tests", "list": [
             {"id": "low", "label": {"en": "low"}, "below": 2.5},
             {"id": "middle", "label": {"en": "middle"}, "at_least": 2.5, "at_most": 3.5},
             {"id": "high", "label": {"en": "high"}, "above": 3.5}]},
           "norms": [{"population": "nobody", "n": 10, "mean": 3, "sd": 0.8, "source": "the tests"}],
           "reliability": [{"kind": "alpha", "value": 0.9, "population": "nobody", "source": "the tests"}]},
          {"id": "sum", "name": {"en": "Sum"}, "rule": "sum_of_items", "items": [1, 2, 3, 4],
           "reversed": [2, 4],
           "range": {"minimum": 4, "maximum": 20},
           "missing": {"at_most": 1, "fill": "person_mean", "source": "the tests"}},
          {"id": "first", "name": {"en": "First half"}, "rule": "sum_of_items", "items": [1, 2],
           "range": {"minimum": 2, "maximum": 10}, "missing": {"at_most": 0, "fill": "none",
           "source": "the tests"}},
          {"id": "second", "name": {"en": "Second half"}, "rule": "sum_of_items", "items": [3, 4],
           "range": {"minimum": 2, "maximum": 10}, "missing": {"at_most": 0, "fill": "none",
           "source": "the tests"}},
          {"id": "halves", "name": {"en": "Halves"}, "rule": "mean_of_scales", "scales": ["first", "second"],
           "reversed_scales": ["second"], "range": {"minimum": 2, "maximum": 10},
           "missing": {"at_most": 0, "fill": "none", "source": "the tests"}},
          {"id": "high", "name": {"en": "High answers"}, "rule": "count_at_least", "items": [1, 2, 3, 4],
           "threshold": 4, "range": {"minimum": 0, "maximum": 4},
           "missing": {"at_most": 0, "fill": "none", "source": "the tests"}}
        ],
        "vectors": [
          {"name": "mixed", "answers": [1, 2, 3, 4],
           "scores": {"total": 2.5, "sum": 10, "first": 3, "second": 7, "halves": 4, "high": 1},
           "worked": "1 + (6-2) + 3 + (6-4) = 10; 10 / 4 = 2.5; 1+2; 3+4; (3 + 12-7) / 2 = 4"},
          {"name": "one missing", "answers": [1, 2, 3, null],
           "scores": {"total": 2.6666666666666665, "sum": 10.666666666666666, "first": 3, "second": null,
                      "halves": null, "high": null},
           "worked": "1 + 4 + 3 = 8; 8/3; 8 x 4 / 3"}
        ]})",
                      "four.json")
        ->as_object();
}

// One item (yes or no) that decides whether the two others (0 to 3, 3 counting as 2) are added up and
// doubled.
inline json::object gated_items() {
    return parse_json(R"({
        "format": "groundwork-instrument/1", "id": "gated", "version": "1.0.0", "name": {"en": "Gated items"},
        "measures": "a test", "higher_means": "worse", "citation": "Made for the tests.",
        "licence": {"wording_ships": false, "terms": "None needed.", "evidence": []},
        "responses": {"minimum": 0, "maximum": 3},
        "items": [{"number": 1, "responses": {"minimum": 0, "maximum": 1}}, {"number": 2}, {"number": 3}],
        "key": {"verified": true, "source": "the tests"},
        "scales": [
          {"id": "total", "name": {"en": "Total"}, "rule": "sum_of_items", "items": [2, 3],
           "recoded": {"3": 2},
           "multiplier": 2, "gate": {"item": 1, "equals": 0, "then": 0}, "range": {"minimum": 0,
           "maximum": 8},
           "missing": {"at_most": 0, "fill": "none", "source": "the tests"},
           "bands": {"source": "the tests", "list": [
             {"id": "none", "label": {"en": "none"}, "at_most": 0},
             {"id": "some", "label": {"en": "some"}, "at_least": 2}]}}
        ],
        "vectors": [
          {"name": "open", "answers": [1, 3, 1], "scores": {"total": 6}, "worked": "(2 + 1) x 2 = 6"},
          {"name": "closed", "answers": [0, null, null], "scores": {"total": 0}, "worked": "0"}
        ]})",
                      "gated.json")
        ->as_object();
}

inline Instrument parsed(const json::object& document) {
    Result<Instrument> instrument = parse_instrument(write_json(document), "test.json");
    ENSURE(instrument.has_value());
    return std::move(*instrument);
}

// A place in a document by its path, e.g. at(document, "scales[0].range").
inline json::value& at(json::object& document, std::string_view path) {
    json::value* value = nullptr;
    for (std::string_view step : split(path, '.')) {
        const std::size_t bracket = step.find('[');
        const std::string_view key = step.substr(0, bracket);
        json::object& object = value == nullptr ? document : value->as_object();
        value = &object[key];
        if (bracket != std::string_view::npos) {
            const auto index = to_integer(step.substr(bracket + 1, step.size() - bracket - 2));
            value = &value->as_array().at(static_cast<std::size_t>(*index));
        }
    }
    return *value;
}

}  // namespace groundwork::instrument
