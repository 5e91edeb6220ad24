// What an instrument's file says, as types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::instrument {

using Wording = std::map<std::string, std::string>;  // language ("en", "es") -> text

struct Responses {
    int minimum = 0;
    int maximum = 0;
    std::map<std::string, std::vector<std::string>>
        labels;  // one for each answer; "" = unlabelled between the ends
};

struct Item {
    int number = 0;   // from 1
    Wording wording;  // empty where the licence keeps it out
    Wording preamble;
    std::optional<Responses> responses;  // where they differ from the instrument's
    std::string risk;  // not empty: a risk item, asked only where somebody is on duty to read it
};

enum class Rule {
    mean_of_items,
    sum_of_items,
    mean_of_scales,  // of `scales`, each scored first, `reversed_scales` turned round within their range
    sum_of_scales,
    count_at_least,  // how many items have an answer of at least `threshold`
};

enum class Fill {
    none,  // the score is missing as soon as more than at_most items are; the answered items alone count
    person_mean,  // missing items take the mean of the person's answered items of the same scale (after
                  // reversal)
};

struct MissingRule {
    int at_most = 0;  // with more missing items the scale is not scored
    Fill fill = Fill::none;
    std::string source;
};

// A half-open or closed stretch; the bounds that are absent are the range's ends.
struct Band {
    std::string id;
    Wording label;
    std::optional<double> at_least, above, at_most, below;
    bool holds(double score) const;
};

struct CutOff {
    double at_least = 0;
    std::string meaning;
    std::string source;
};

struct Norm {
    std::string population;
    std::optional<int> n;
    std::optional<double> mean, sd;
    std::string source;
};

struct Reliability {
    std::string kind;  // "alpha", "omega", "retest"
    double value = 0;
    std::string population;
    std::string source;
};

// A change that counts, as published.
struct PublishedChange {
    double points = 0;
    std::string meaning;
    std::string source;
    bool verified = true;
};

// An item answered `equals` decides the scale alone: its score is `then`, other items unread.
struct Gate {
    int item = 0;
    int equals = 0;
    double then = 0;
};

struct Scale {
    std::string id;
    Wording name;
    Rule rule = Rule::sum_of_items;
    std::vector<int> items;
    std::vector<int> reversed;        // a subset of items: answer -> minimum + maximum - answer
    std::map<int, int> recoded;       // after reversal: this answer counts as that one
    std::vector<std::string> scales;  // for mean_of_scales and sum_of_scales
    std::vector<std::string> reversed_scales;
    double multiplier = 1;         // of the finished score (WHO-5: 4)
    std::optional<int> threshold;  // for count_at_least
    std::optional<Gate> gate;
    double minimum = 0, maximum = 0;  // the range the file states; lint checks that both are reached
    MissingRule missing;
    std::string bands_source;
    std::vector<Band> bands;
    std::vector<CutOff> cut_offs;
    std::vector<Norm> norms;
    std::vector<Reliability> reliability;
    std::vector<PublishedChange> reliable_change;
    std::string note;  // e.g. why two totals exist
};

struct LicenceEvidence {
    std::string source, address, says;
};

struct WordingSource {
    std::string language, source, address, checked_against;
};

struct Licence {
    bool wording_ships = false;
    std::string terms;
    std::vector<LicenceEvidence> evidence;
    std::vector<WordingSource> wording_sources;
};

struct Vector {
    std::string name;
    std::vector<std::optional<int>> answers;
    std::map<std::string, std::optional<double>> scores;  // nullopt = must come out as "not scored"
    std::string worked;
};

struct Instrument {
    std::string id, version, abbreviation, measures, higher_means, period, citation;
    Wording name, instruction;
    Licence licence;
    std::map<std::string, std::string>
        languages;  // language -> its standing ("published original", why there is none)
    Responses responses;
    std::vector<Item> items;
    bool key_verified = false;
    std::string key_source, key_address, key_note;
    std::vector<Scale> scales;  // the first is "total"
    std::vector<std::string> warnings;
    std::vector<Vector> vectors;
    std::string content_hash_source;  // the file's bytes, for whoever pins a version

    const Scale* find_scale(std::string_view id) const;
    const Responses& responses_of(int item_number) const;
};

// Reads and checks a definition: schema, then meaning (lint's errors are errors here too).
Result<Instrument> parse_instrument(std::string_view text, std::string_view file);

}  // namespace groundwork::instrument
