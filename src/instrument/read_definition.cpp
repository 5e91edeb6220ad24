#include <fmt/format.h>

#include "foundation/json.h"
#include "instrument/check_definition.h"

namespace groundwork::instrument {

namespace {

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? "" : std::string(std::string_view(value->as_string()));
}

int integer_of(const json::value& value) { return value.to_number<int>(); }

std::optional<double> number_of(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? std::nullopt : std::optional(value->to_number<double>());
}

std::optional<int> integer_of(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? std::nullopt : std::optional(integer_of(*value));
}

bool flag_of(const json::object& object, std::string_view key, bool otherwise) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? otherwise : value->as_bool();
}

// The elements of a list that may be absent, each turned by `read`.
template <class Read>
auto list_of(const json::object& object, std::string_view key, Read read) {
    std::vector<decltype(read(std::declval<const json::value&>()))> list;
    if (const json::value* value = object.if_contains(key)) {
        for (const json::value& element : value->as_array()) {
            list.push_back(read(element));
        }
    }
    return list;
}

std::vector<int> integers_of(const json::object& object, std::string_view key) {
    return list_of(object, key, [](const json::value& value) { return integer_of(value); });
}

std::vector<std::string> texts_of(const json::object& object, std::string_view key) {
    return list_of(object, key,
                   [](const json::value& value) { return std::string(std::string_view(value.as_string())); });
}

Wording wording_of(const json::object& object, std::string_view key) {
    Wording wording;
    if (const json::value* value = object.if_contains(key)) {
        for (const auto& [language, words] : value->as_object()) {
            wording.emplace(std::string(language), std::string(std::string_view(words.as_string())));
        }
    }
    return wording;
}

Responses read_responses(const json::object& object) {
    Responses responses;
    responses.minimum = integer_of(object.at("minimum"));
    responses.maximum = integer_of(object.at("maximum"));
    if (const json::value* labels = object.if_contains("labels")) {
        for (const auto& [language, ignored] : labels->as_object()) {
            responses.labels.emplace(std::string(language), texts_of(labels->get_object(), language));
        }
    }
    return responses;
}

Item read_item(const json::value& value) {
    const json::object& object = value.as_object();
    Item item;
    item.number = integer_of(object.at("number"));
    item.wording = wording_of(object, "wording");
    item.preamble = wording_of(object, "preamble");
    item.risk = text_of(object, "risk");
    if (const json::value* responses = object.if_contains("responses")) {
        item.responses = read_responses(responses->as_object());
    }
    return item;
}

Rule read_rule(std::string_view word) {
    static const std::map<std::string_view, Rule> rules = {{"mean_of_items", Rule::mean_of_items},
                                                           {"sum_of_items", Rule::sum_of_items},
                                                           {"mean_of_scales", Rule::mean_of_scales},
                                                           {"sum_of_scales", Rule::sum_of_scales},
                                                           {"count_at_least", Rule::count_at_least}};
    return rules.at(word);
}

MissingRule read_missing(const json::object& object) {
    return {.at_most = integer_of(object.at("at_most")),
            .fill = text_of(object, "fill") == "person_mean" ? Fill::person_mean : Fill::none,
            .source = text_of(object, "source")};
}

Band read_band(const json::value& value) {
    const json::object& object = value.as_object();
    return {.id = text_of(object, "id"),
            .label = wording_of(object, "label"),
            .at_least = number_of(object, "at_least"),
            .above = number_of(object, "above"),
            .at_most = number_of(object, "at_most"),
            .below = number_of(object, "below")};
}

CutOff read_cut_off(const json::value& value) {
    const json::object& object = value.as_object();
    return {*number_of(object, "at_least"), text_of(object, "meaning"), text_of(object, "source")};
}

Norm read_norm(const json::value& value) {
    const json::object& object = value.as_object();
    return {.population = text_of(object, "population"),
            .n = integer_of(object, "n"),
            .mean = number_of(object, "mean"),
            .sd = number_of(object, "sd"),
            .source = text_of(object, "source")};
}

Reliability read_reliability(const json::value& value) {
    const json::object& object = value.as_object();
    return {text_of(object, "kind"), *number_of(object, "value"), text_of(object, "population"),
            text_of(object, "source")};
}

PublishedChange read_change(const json::value& value) {
    const json::object& object = value.as_object();
    return {*number_of(object, "points"), text_of(object, "meaning"), text_of(object, "source"),
            flag_of(object, "verified", true)};
}

std::map<int, int> read_recoded(const json::object& scale, std::size_t index,
                                std::vector<Finding>& findings) {
    std::map<int, int> recoded;
    const json::value* value = scale.if_contains("recoded");
    if (value == nullptr) {
        return recoded;
    }
    for (const auto& [answer, counts_as] : value->as_object()) {
        const auto number = to_integer(std::string_view(answer));
        if (!number || std::abs(*number) > 1000) {
            findings.push_back({Severity::error,
                                fmt::format("scales[{}].recoded.{}", index, std::string_view(answer)),
                                "is not an answer: write whole numbers, e.g. {\"4\": 3}"});
        } else {
            recoded.emplace(static_cast<int>(*number), integer_of(counts_as));
        }
    }
    return recoded;
}

Scale read_scale(const json::object& object, std::size_t index, std::vector<Finding>& findings) {
    Scale scale;
    scale.id = text_of(object, "id");
    scale.name = wording_of(object, "name");
    scale.rule = read_rule(text_of(object, "rule"));
    scale.items = integers_of(object, "items");
    scale.reversed = integers_of(object, "reversed");
    scale.recoded = read_recoded(object, index, findings);
    scale.scales = texts_of(object, "scales");
    scale.reversed_scales = texts_of(object, "reversed_scales");
    scale.multiplier = number_of(object, "multiplier").value_or(1);
    scale.threshold = integer_of(object, "threshold");
    if (const json::value* gate = object.if_contains("gate")) {
        const json::object& fields = gate->as_object();
        scale.gate =
            Gate{integer_of(fields.at("item")), integer_of(fields.at("equals")), *number_of(fields, "then")};
    }
    scale.minimum = *number_of(object.at("range").as_object(), "minimum");
    scale.maximum = *number_of(object.at("range").as_object(), "maximum");
    scale.missing = read_missing(object.at("missing").as_object());
    if (const json::value* bands = object.if_contains("bands")) {
        scale.bands_source = text_of(bands->as_object(), "source");
        scale.bands = list_of(bands->as_object(), "list", read_band);
    }
    scale.cut_offs = list_of(object, "cut_offs", read_cut_off);
    scale.norms = list_of(object, "norms", read_norm);
    scale.reliability = list_of(object, "reliability", read_reliability);
    scale.reliable_change = list_of(object, "reliable_change", read_change);
    scale.note = text_of(object, "note");
    return scale;
}

Licence read_licence(const json::object& object) {
    Licence licence;
    licence.wording_ships = object.at("wording_ships").as_bool();
    licence.terms = text_of(object, "terms");
    licence.evidence = list_of(object, "evidence", [](const json::value& value) {
        const json::object& fields = value.as_object();
        return LicenceEvidence{text_of(fields, "source"), text_of(fields, "address"),
                               text_of(fields, "says")};
    });
    licence.wording_sources = list_of(object, "wording_sources", [](const json::value& value) {
        const json::object& fields = value.as_object();
        return WordingSource{text_of(fields, "language"), text_of(fields, "source"),
                             text_of(fields, "address"), text_of(fields, "checked_against")};
    });
    return licence;
}

// One text for each language: its status, then source and note where they are given.
std::map<std::string, std::string> read_languages(const json::object& document) {
    std::map<std::string, std::string> languages;
    if (const json::value* value = document.if_contains("languages")) {
        for (const auto& [language, standing] : value->as_object()) {
            std::string words = text_of(standing.as_object(), "status");
            for (const std::string_view key : {"source", "note"}) {
                const std::string more = text_of(standing.as_object(), key);
                words += more.empty() ? "" : "; " + more;
            }
            languages.emplace(std::string(language), words);
        }
    }
    return languages;
}

Vector read_vector(const json::value& value) {
    const json::object& object = value.as_object();
    Vector vector;
    vector.name = text_of(object, "name");
    vector.worked = text_of(object, "worked");
    vector.answers = list_of(object, "answers", [](const json::value& answer) {
        return answer.is_null() ? std::nullopt : std::optional(integer_of(answer));
    });
    for (const auto& [scale, score] : object.at("scores").as_object()) {
        vector.scores.emplace(std::string(scale),
                              score.is_null() ? std::nullopt : std::optional(score.to_number<double>()));
    }
    return vector;
}

}  // namespace

Instrument read_definition(const json::object& document, std::vector<Finding>& findings) {
    Instrument instrument;
    instrument.id = text_of(document, "id");
    instrument.version = text_of(document, "version");
    instrument.name = wording_of(document, "name");
    instrument.abbreviation = text_of(document, "abbreviation");
    instrument.measures = text_of(document, "measures");
    instrument.higher_means = text_of(document, "higher_means");
    instrument.period = text_of(document, "period");
    instrument.citation = text_of(document, "citation");
    instrument.instruction = wording_of(document, "instruction");
    instrument.licence = read_licence(document.at("licence").as_object());
    instrument.languages = read_languages(document);
    instrument.responses = read_responses(document.at("responses").as_object());
    instrument.items = list_of(document, "items", read_item);
    const json::object& key = document.at("key").as_object();
    instrument.key_verified = key.at("verified").as_bool();
    instrument.key_source = text_of(key, "source");
    instrument.key_address = text_of(key, "address");
    instrument.key_note = text_of(key, "note");
    const json::array& scales = document.at("scales").as_array();
    for (std::size_t i = 0; i < scales.size(); ++i) {
        instrument.scales.push_back(read_scale(scales[i].as_object(), i, findings));
    }
    instrument.warnings = texts_of(document, "warnings");
    instrument.vectors = list_of(document, "vectors", read_vector);
    return instrument;
}

}  // namespace groundwork::instrument
