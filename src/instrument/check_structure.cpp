#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "instrument/check_definition.h"
#include "instrument/fraction.h"

namespace groundwork::instrument {

namespace {

bool is_made_of(std::string_view text, std::string_view further) {
    return !text.empty() && std::ranges::all_of(text, [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               further.find(letter) != std::string_view::npos;
    });
}

bool is_language(std::string_view code) {
    return code.size() == 2 &&
           std::ranges::all_of(code, [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

template <class Range, class Value>
bool holds(const Range& range, const Value& value) {
    return std::ranges::find(range, value) != std::ranges::end(range);
}

class StructureCheck {
  public:
    explicit StructureCheck(const Instrument& instrument) : instrument_(instrument) {}

    std::vector<Finding> run() {
        check_names();
        check_items();
        check_licence();
        for (std::size_t i = 0; i < instrument_.scales.size(); ++i) {
            check_scale(instrument_.scales[i], fmt::format("scales[{}]", i));
        }
        check_circles();
        check_unused_items();
        if (!instrument_.key_verified) {
            warn("key.verified",
                 fmt::format("the key is not verified against its source ({}); every report says so",
                             instrument_.key_source));
        }
        return std::move(findings_);
    }

  private:
    void error(std::string where, std::string message) {
        findings_.push_back({Severity::error, std::move(where), std::move(message)});
    }
    void warn(std::string where, std::string message) {
        findings_.push_back({Severity::warning, std::move(where), std::move(message)});
    }

    void check_wording(const Wording& wording, const std::string& where, bool needs_english) {
        for (const auto& [language, words] : wording) {
            if (!is_language(language)) {
                error(where + "." + language,
                      "is not a language code: write two lower-case letters, e.g. \"en\"");
            }
        }
        if (needs_english && !wording.contains("en")) {
            error(where, "has no English text: add the key \"en\"");
        }
    }

    void check_names() {
        if (!is_made_of(instrument_.id, "-")) {
            error("id", fmt::format("\"{}\" is not a name: use lower-case letters, digits and hyphens",
                                    instrument_.id));
        }
        check_wording(instrument_.name, "name", true);
        check_wording(instrument_.instruction, "instruction", false);
        for (const auto& [language, standing] : instrument_.languages) {
            if (!is_language(language)) {
                error("languages." + language,
                      "is not a language code: write two lower-case letters, e.g. \"en\"");
            }
        }
        if (instrument_.scales.front().id != "total") {
            error("scales[0].id",
                  fmt::format("the first scale is \"{}\", but it must be the main one, \"total\"",
                              instrument_.scales.front().id));
        }
        std::set<std::string> seen;
        for (std::size_t i = 0; i < instrument_.scales.size(); ++i) {
            if (!seen.insert(instrument_.scales[i].id).second) {
                error(fmt::format("scales[{}].id", i),
                      fmt::format("there are two scales \"{}\": give one another name",
                                  instrument_.scales[i].id));
            }
        }
    }

    void check_responses(const Responses& responses, const std::string& where) {
        if (responses.minimum >= responses.maximum) {
            error(where, fmt::format("the lowest answer {} is not below the highest {}", responses.minimum,
                                     responses.maximum));
            return;
        }
        const auto choices = static_cast<std::size_t>(responses.maximum - responses.minimum) + 1;
        for (const auto& [language, labels] : responses.labels) {
            if (!is_language(language)) {
                error(where + ".labels." + language,
                      "is not a language code: write two lower-case letters, e.g. \"en\"");
            }
            if (labels.size() != choices) {
                error(where + ".labels." + language,
                      fmt::format(
                          "has {} labels, but the answers {} to {} need {}: write \"\" where there is none",
                          labels.size(), responses.minimum, responses.maximum, choices));
            }
        }
    }

    void check_items() {
        check_responses(instrument_.responses, "responses");
        for (std::size_t i = 0; i < instrument_.items.size(); ++i) {
            const Item& item = instrument_.items[i];
            const std::string where = fmt::format("items[{}]", i);
            if (static_cast<std::size_t>(item.number) != i + 1) {
                error(where + ".number",
                      fmt::format("is {}, but items are numbered 1, 2, 3, ... without gaps: {} "
                                  "belongs here",
                                  item.number, i + 1));
            }
            check_wording(item.wording, where + ".wording", false);
            check_wording(item.preamble, where + ".preamble", false);
            if (item.responses) {
                check_responses(*item.responses, where + ".responses");
            }
        }
    }

    // The languages in which any item is worded.
    std::set<std::string> wording_languages() const {
        std::set<std::string> languages;
        for (const Item& item : instrument_.items) {
            for (const auto& [language, words] : item.wording) {
                languages.insert(language);
            }
        }
        return languages;
    }

    void check_licence() {
        const Licence& licence = instrument_.licence;
        const std::set<std::string> languages = wording_languages();
        if (!licence.wording_ships) {
            const bool has_preamble = std::ranges::any_of(
                instrument_.items, [](const Item& item) { return !item.preamble.empty(); });
            if (!languages.empty() || has_preamble || !instrument_.instruction.empty()) {
                error("licence.wording_ships",
                      "is false, but the file holds wording: take the wording out, or record the evidence "
                      "that allows it");
            }
            return;
        }
        if (licence.evidence.empty()) {
            error("licence.evidence", "is empty, but wording_ships is true: record who allows it, and where");
        }
        if (languages.empty()) {
            error("licence.wording_ships", "is true, but no item has wording");
        }
        for (const std::string& language : languages) {
            check_wording_of(language);
        }
    }

    void check_wording_of(const std::string& language) {
        for (std::size_t i = 0; i < instrument_.items.size(); ++i) {
            if (!instrument_.items[i].wording.contains(language)) {
                error(fmt::format("items[{}].wording", i),
                      fmt::format("has no \"{}\" text, but other items do", language));
            }
        }
        if (!holds(views_of_source_languages(), language)) {
            error("licence.wording_sources",
                  fmt::format("does not say where the \"{}\" wording was copied from", language));
        }
        if (!instrument_.languages.contains(language)) {
            error("languages",
                  fmt::format("does not say what the \"{}\" wording is, e.g. \"published original\"",
                              language));
        }
    }

    std::vector<std::string> views_of_source_languages() const {
        std::vector<std::string> languages;
        for (const WordingSource& source : instrument_.licence.wording_sources) {
            languages.push_back(source.language);
        }
        return languages;
    }

    void check_scale(const Scale& scale, const std::string& where) {
        if (!is_made_of(scale.id, "_")) {
            error(where + ".id",
                  fmt::format("\"{}\" is not a name: use lower-case letters, digits and underscores",
                              scale.id));
        }
        check_wording(scale.name, where + ".name", true);
        const bool is_of_scales = scale.rule == Rule::mean_of_scales || scale.rule == Rule::sum_of_scales;
        if (is_of_scales) {
            check_parts(scale, where);
        } else {
            check_scale_items(scale, where);
        }
        check_missing_rule(scale, where, is_of_scales);
        check_decimals(scale, where);
        check_band_names(scale, where);
    }

    void check_scale_items(const Scale& scale, const std::string& where) {
        if (scale.items.empty()) {
            error(where + ".items", fmt::format("the scale \"{}\" has no items", scale.id));
        }
        if (!scale.scales.empty() || !scale.reversed_scales.empty()) {
            error(where + ".scales", "does not belong to a rule of items: remove it or change the rule");
        }
        check_numbers(scale.items, where + ".items");
        check_numbers(scale.reversed, where + ".reversed");
        for (std::size_t i = 0; i < scale.reversed.size(); ++i) {
            if (!holds(scale.items, scale.reversed[i])) {
                error(fmt::format("{}.reversed[{}]", where, i),
                      fmt::format("item {} is reversed but is not an item of the scale \"{}\"",
                                  scale.reversed[i], scale.id));
            }
        }
        if ((scale.rule == Rule::count_at_least) != scale.threshold.has_value()) {
            error(where + ".threshold", scale.threshold ? "belongs to the rule count_at_least only"
                                                        : "is needed by the rule count_at_least");
        }
        if (scale.gate) {
            check_gate(scale, where + ".gate");
        }
        check_recoded(scale, where + ".recoded");
    }

    bool exists(int item) const { return static_cast<std::size_t>(item) <= instrument_.items.size(); }

    void check_numbers(const std::vector<int>& items, const std::string& where) {
        std::set<int> seen;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!exists(items[i])) {
                error(fmt::format("{}[{}]", where, i),
                      fmt::format("there is no item {}: the instrument has items 1 to {}", items[i],
                                  instrument_.items.size()));
            }
            if (!seen.insert(items[i]).second) {
                error(fmt::format("{}[{}]", where, i), fmt::format("item {} stands there twice", items[i]));
            }
        }
    }

    void check_gate(const Scale& scale, const std::string& where) {
        if (!exists(scale.gate->item)) {
            error(where + ".item", fmt::format("there is no item {}", scale.gate->item));
            return;
        }
        if (holds(scale.items, scale.gate->item)) {
            error(where + ".item",
                  fmt::format("item {} decides whether the items count, so it cannot be one of them",
                              scale.gate->item));
        }
        const Responses& responses = instrument_.responses_of(scale.gate->item);
        if (scale.gate->equals < responses.minimum || scale.gate->equals > responses.maximum) {
            error(where + ".equals",
                  fmt::format("{} is outside the answers {} to {} of item {}", scale.gate->equals,
                              responses.minimum, responses.maximum, scale.gate->item));
        }
    }

    void check_recoded(const Scale& scale, const std::string& where) {
        for (const auto& [answer, counts_as] : scale.recoded) {
            const bool is_possible = std::ranges::any_of(scale.items, [&](int item) {
                return exists(item) && instrument_.responses_of(item).minimum <= answer &&
                       answer <= instrument_.responses_of(item).maximum;
            });
            if (!is_possible) {
                error(fmt::format("{}.{}", where, answer),
                      fmt::format("{} is not an answer of any item of the scale", answer));
            }
        }
    }

    void check_parts(const Scale& scale, const std::string& where) {
        if (scale.scales.empty()) {
            error(where + ".scales", fmt::format("the scale \"{}\" has no scales to be made of", scale.id));
        }
        if (!scale.items.empty() || !scale.reversed.empty() || !scale.recoded.empty() || scale.gate ||
            scale.threshold) {
            error(
                where,
                "items, reversed, recoded, gate and threshold do not belong to a rule of scales: remove them "
                "or change the rule");
        }
        std::set<std::string> seen;
        for (std::size_t i = 0; i < scale.scales.size(); ++i) {
            if (instrument_.find_scale(scale.scales[i]) == nullptr) {
                error(fmt::format("{}.scales[{}]", where, i),
                      fmt::format("there is no scale \"{}\"", scale.scales[i]));
            }
            if (!seen.insert(scale.scales[i]).second) {
                error(fmt::format("{}.scales[{}]", where, i),
                      fmt::format("the scale \"{}\" stands there twice", scale.scales[i]));
            }
        }
        for (std::size_t i = 0; i < scale.reversed_scales.size(); ++i) {
            if (!seen.contains(scale.reversed_scales[i])) {
                error(fmt::format("{}.reversed_scales[{}]", where, i),
                      fmt::format("\"{}\" is reversed but is not one of the scales that count",
                                  scale.reversed_scales[i]));
            }
        }
    }

    bool has_equal_answers(const Scale& scale) const {
        return std::ranges::all_of(scale.items, [&](int item) {
            if (!exists(item) || !exists(scale.items.front())) {
                return true;  // has its own finding
            }
            const Responses& first = instrument_.responses_of(scale.items.front());
            const Responses& other = instrument_.responses_of(item);
            return first.minimum == other.minimum && first.maximum == other.maximum;
        });
    }

    void check_missing_rule(const Scale& scale, const std::string& where, bool is_of_scales) {
        const MissingRule& missing = scale.missing;
        if (is_of_scales || scale.rule == Rule::count_at_least) {
            if (missing.at_most != 0 || missing.fill != Fill::none) {
                error(where + ".missing", "this rule needs every part: at_most must be 0 and fill \"none\"");
            }
            return;
        }
        if (!scale.items.empty() && static_cast<std::size_t>(missing.at_most) >= scale.items.size()) {
            error(
                where + ".missing.at_most",
                fmt::format("{} of {} items may be missing, which would score somebody who answered nothing",
                            missing.at_most, scale.items.size()));
        }
        if (missing.at_most > 0 && !has_equal_answers(scale)) {
            error(where + ".missing.at_most",
                  "must be 0, because the items have different answers: the mean of some says "
                  "nothing about the others");
        }
        if (scale.rule == Rule::sum_of_items && missing.at_most > 0 && missing.fill == Fill::none) {
            error(where + ".missing.fill",
                  "a sum of the answered items alone would count a missing answer as 0: use "
                  "\"person_mean\", or at_most 0");
        }
    }

    // Scores are computed as exact fractions, which need the decimals as they were written.
    void check_decimals(const Scale& scale, const std::string& where) {
        const auto check = [&](double number, const std::string& place) {
            if (!Fraction::of_decimal(number)) {
                error(where + place,
                      fmt::format("{} has more than six decimal places, or is beyond a billion",
                                  shortest(number)));
            }
        };
        check(scale.multiplier, ".multiplier");
        check(scale.minimum, ".range.minimum");
        check(scale.maximum, ".range.maximum");
        if (scale.gate) {
            check(scale.gate->then, ".gate.then");
        }
    }

    void check_band_names(const Scale& scale, const std::string& where) {
        std::set<std::string> seen;
        for (std::size_t i = 0; i < scale.bands.size(); ++i) {
            const std::string place = fmt::format("{}.bands.list[{}]", where, i);
            if (!is_made_of(scale.bands[i].id, "_")) {
                error(place + ".id",
                      fmt::format("\"{}\" is not a name: use lower-case letters, digits and underscores",
                                  scale.bands[i].id));
            }
            if (!seen.insert(scale.bands[i].id).second) {
                error(place + ".id", fmt::format("there are two bands \"{}\"", scale.bands[i].id));
            }
            check_wording(scale.bands[i].label, place + ".label", true);
        }
    }

    // A scale must not be made of itself, directly or by way of others.
    void check_circles() {
        for (std::size_t i = 0; i < instrument_.scales.size(); ++i) {
            std::set<std::string> reached;
            std::vector<std::string> open = instrument_.scales[i].scales;
            while (!open.empty()) {
                const std::string next = std::move(open.back());
                open.pop_back();
                const Scale* scale = instrument_.find_scale(next);
                if (scale != nullptr && reached.insert(next).second) {
                    open.insert(open.end(), scale->scales.begin(), scale->scales.end());
                }
            }
            if (reached.contains(instrument_.scales[i].id)) {
                error(fmt::format("scales[{}].scales", i),
                      fmt::format("the scale \"{}\" is made of itself", instrument_.scales[i].id));
            }
        }
    }

    void check_unused_items() {
        std::set<int> used;
        for (const Scale& scale : instrument_.scales) {
            used.insert(scale.items.begin(), scale.items.end());
            if (scale.gate) {
                used.insert(scale.gate->item);
            }
        }
        for (std::size_t i = 0; i < instrument_.items.size(); ++i) {
            if (!used.contains(static_cast<int>(i) + 1)) {
                warn(fmt::format("items[{}]", i), fmt::format("item {} counts in no scale", i + 1));
            }
        }
    }

    const Instrument& instrument_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_structure(const Instrument& instrument) {
    return StructureCheck(instrument).run();
}

}  // namespace groundwork::instrument
