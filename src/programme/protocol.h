// What a protocol's file says, as types (docs/formats.md, content/schemas/protocol.schema.json).
//
// Every number stands in the file with a standing and a reason. Probabilities are whole ten-thousandths and
// scores whole millionths of a point, so that allocations are decided without floating-point arithmetic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"
#include "programme/coin.h"
#include "programme/course.h"
#include "programme/ground.h"

namespace groundwork::programme {

struct Training {
    std::string id;
    int weeks = 0;
};

enum class EnteredBy { draw, choice };

struct Arm {
    std::string id, label;
    Text name, description;
    std::vector<Training> trainings;
    EnteredBy entered_by = EnteredBy::draw;
    std::optional<int> expected_at_least;  // offered only where so many people are expected
    Ground ground;
};

// The score that makes the strata.
struct Moderator {
    std::string instrument, scale;
    std::vector<std::string> halves;  // none or two scales
    std::optional<double> show_total_from_correlation;
    Ground ground;
};

struct Stratum {
    std::string id;
    std::optional<Points> at_least, above, at_most, below;  // at most one of each side
    Probabilities planned;                                  // of the arms of the draw, in order
    Ground ground;

    bool holds(Points score) const;
    std::optional<Points> lower_cut() const { return at_least ? at_least : above; }
    std::optional<Points> upper_cut() const { return at_most ? at_most : below; }
};

struct MeasurementError {
    double standard_deviation = 0, reliability = 0;
    std::string reliability_kind, source;
    Points standard_error = 0;
    Ground ground;
};

// Scores within `distance` of a cut, both ends included, have these planned probabilities.
struct NearACut {
    double standard_errors = 0;
    Points distance = 0;  // standard_errors x standard error of measurement
    Probabilities planned;
    Ground ground;
};

struct KindnessCheck {
    std::vector<Text> items;
    int minimum = 0, maximum = 0, flag_from = 0;
    bool validated = false;
    Probabilities planned;
    Text gentler_start;
    Ground ground;
};

enum class Asked { always, with_responder, optional };

struct Screen {
    std::string instrument, scale;
    Asked asked = Asked::always;
};

struct SafetyRule {
    std::string id, instrument;
    std::optional<int> item;  // one item's answer instead of the screen's score
    Points at_least = 0;
    Ground ground;
};

struct Responder {
    std::string name, hours, deputy;
    double reply_within_hours = 0;
};

struct OnDeviceList {
    std::map<std::string, std::vector<std::string>> topics;  // by language
    Ground ground;
};

struct Safety {
    std::optional<Responder> responder;
    std::vector<Screen> screens;
    std::vector<std::string> screened_by_one_of;  // instruments
    std::vector<SafetyRule> talk_first, suggest_talking;
    std::optional<OnDeviceList> on_device_list;
};

struct DelayedStart {
    int weeks = 0;
    int probability = 0;  // ten-thousandths
    int from_people = 0;
    std::vector<std::string> never_when;  // ids of safety rules
    Ground ground;
};

// The same planned probabilities for everybody.
struct Variant {
    std::string id;
    Probabilities planned;
    Ground ground;
};

struct Protocol {
    std::string id, version, purpose;
    Text title;
    std::vector<std::string> hypotheses, evidence;  // what the matching rests on, in sentences
    std::vector<Arm> arms;
    Moderator moderator;
    std::optional<MeasurementError> measurement_error;
    std::vector<Stratum> strata;
    std::optional<NearACut> near_a_cut;
    CoinRule coin;
    Ground coin_ground, limits_ground;
    std::optional<KindnessCheck> kindness;
    Safety safety;
    std::optional<DelayedStart> delayed_start;
    std::vector<Variant> variants;
    std::optional<Course> course;  // without one the protocol can match people but not run
    std::string content_hash;      // BLAKE2b-256 of the file's bytes, in hexadecimal

    // The arms that people are drawn to, in the file's order; Probabilities follow it.
    std::vector<const Arm*> drawn_arms() const;
    const Screen* find_screen(std::string_view instrument) const;
    const Variant* find_variant(std::string_view id) const;
};

// What a form of the protocol's course asks: its own instruments and, at enrolment, every safety screen that
// is asked of everyone (with a responder only where one is named).
std::vector<std::string> instruments_asked(const Protocol& protocol, const Form& form);

// Reads a protocol's file: schema, then form (names that point nowhere, probabilities with more than four
// decimals or that do not sum to 1). Does not ask whether the protocol is wise: that is check_protocol
// (protocol_check.h).
Result<Protocol> read_protocol(std::string_view text, std::string_view file);

// Reads a protocol and refuses it where check_protocol finds an error.
Result<Protocol> parse_protocol(std::string_view text, std::string_view file);

// The bytes and the name for messages of a protocol given by the id of one that ships or by a path (anything
// with a '/' or ending in .json).
struct ProtocolSource {
    std::string text, name;
};
Result<ProtocolSource> find_protocol_source(std::string_view id_or_path);
Result<Protocol> find_protocol(std::string_view id_or_path);

}  // namespace groundwork::programme
