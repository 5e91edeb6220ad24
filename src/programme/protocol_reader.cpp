// From a schema-checked document to a Protocol.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "content/schema.h"
#include "foundation/hash.h"
#include "programme/course_reader.h"
#include "programme/protocol.h"
#include "programme/protocol_values.h"

namespace groundwork::programme {

namespace {

class ProtocolReader {
  public:
    ProtocolReader(const json::object& document, std::string_view file) : document_(document), file_(file) {}

    Result<Protocol> read() {
        protocol_.id = string_of(document_.at("id"));
        protocol_.version = string_of(document_.at("version"));
        protocol_.purpose = string_of(document_.at("purpose"));
        protocol_.title = text_of(document_.at("title"));
        protocol_.hypotheses = strings_of(document_.at("known").as_object().at("hypothesis"));
        protocol_.evidence = strings_of(document_.at("known").as_object().at("evidence"));
        TRY_DO(read_arms());
        read_moderator();
        TRY_DO(read_matching(document_.at("matching").as_object()));
        TRY_DO(read_kindness());
        read_safety(document_.at("safety").as_object());
        TRY_DO(read_delayed_start());
        TRY_DO(read_variants());
        if (const json::value* course = document_.if_contains("course")) {
            protocol_.course = TRY(read_course(course->as_object(), file_));
        }
        return std::move(protocol_);
    }

  private:
    Error trouble(std::string problem, std::string where) const {
        return unacceptable(std::move(problem)).at(std::string(file_), std::move(where));
    }

    Result<void> read_arms() {
        std::set<std::string> seen;
        std::size_t index = 0;
        for (const json::value& value : document_.at("arms").as_array()) {
            const json::object& object = value.as_object();
            Arm arm;
            arm.id = string_of(object.at("id"));
            arm.label = string_of(object.at("label"));
            arm.name = text_of(object.at("name"));
            arm.description = text_of(object.at("description"));
            for (const json::value& training : object.at("trainings").as_array()) {
                const json::object& each = training.as_object();
                arm.trainings.push_back({string_of(each.at("training")), whole_of(each.at("weeks"))});
            }
            arm.entered_by =
                object.at("entered_by").as_string() == "draw" ? EnteredBy::draw : EnteredBy::choice;
            if (const json::value* expected = object.if_contains("expected_at_least")) {
                arm.expected_at_least = whole_of(*expected);
            }
            arm.ground = ground_of(object);
            if (!seen.insert(arm.id).second) {
                return fail(
                    trouble("is the id of two arms", fmt::format("arms[{}].id", index)).value(arm.id));
            }
            protocol_.arms.push_back(std::move(arm));
            ++index;
        }
        if (protocol_.drawn_arms().empty()) {
            return fail(trouble("have none that people are drawn to", "arms")
                            .remedy("Give at least one arm \"entered_by\": \"draw\"."));
        }
        return {};
    }

    void read_moderator() {
        const json::object& object = document_.at("moderator").as_object();
        Moderator& moderator = protocol_.moderator;
        moderator.instrument = string_of(object.at("instrument"));
        moderator.scale = string_of(object.at("scale"));
        if (const json::value* halves = object.if_contains("halves")) {
            moderator.halves = strings_of(*halves);
        }
        if (const json::value* correlation = object.if_contains("show_total_from_correlation")) {
            moderator.show_total_from_correlation = number_of(*correlation);
        }
        moderator.ground = ground_of(object);
    }

    Result<int> probability_of(const json::value& value, const std::string& where) const {
        return programme::probability_of(value, file_, where);
    }

    Result<Probabilities> planned_of(const json::object& parent, const std::string& path) const {
        const std::string where = path + ".planned";
        const json::object& object = parent.at("planned").as_object();
        const std::vector<const Arm*> arms = protocol_.drawn_arms();
        std::vector<std::string> names;
        Probabilities planned;
        for (const Arm* arm : arms) {
            names.push_back(arm->id);
            const json::value* value = object.if_contains(arm->id);
            planned.push_back(value == nullptr ? 0 : TRY(probability_of(*value, where + "." + arm->id)));
        }
        for (const auto& [key, value] : object) {
            if (std::ranges::find(names, std::string_view(key)) == names.end()) {
                return fail(trouble("is not an arm that people are drawn to." + suggestion(key, names), where)
                                .value(std::string(key)));
            }
        }
        const int sum = std::accumulate(planned.begin(), planned.end(), 0);
        if (sum != certain) {
            return fail(trouble("is the sum of the planned probabilities; it must be 1", where)
                            .value(shortest(sum / double{certain})));
        }
        return planned;
    }

    Result<void> read_matching(const json::object& object) {
        if (const json::value* value = object.if_contains("measurement_error")) {
            const json::object& error = value->as_object();
            protocol_.measurement_error =
                MeasurementError{.standard_deviation = number_of(error.at("standard_deviation")),
                                 .reliability = number_of(error.at("reliability")),
                                 .reliability_kind = string_of(error.at("reliability_kind")),
                                 .source = string_of(error.at("source")),
                                 .standard_error = to_points(number_of(error.at("standard_error"))),
                                 .ground = ground_of(error)};
        }
        TRY_DO(read_strata(object.at("strata").as_array()));
        if (const json::value* value = object.if_contains("near_a_cut")) {
            TRY_DO(read_near_a_cut(value->as_object()));
        }
        const json::object& limits = object.at("limits").as_object();
        Limits& bounds = protocol_.coin.limits;
        bounds.lowest = TRY(probability_of(limits.at("lowest"), "matching.limits.lowest"));
        bounds.highest = TRY(probability_of(limits.at("highest"), "matching.limits.highest"));
        bounds.least_share_of_planned = TRY(
            probability_of(limits.at("least_share_of_planned"), "matching.limits.least_share_of_planned"));
        protocol_.limits_ground = ground_of(limits);
        const json::object& coin = object.at("coin").as_object();
        protocol_.coin.gamma = whole_of(coin.at("gamma"));
        protocol_.coin.starting_people = whole_of(coin.at("starting_people"));
        protocol_.coin_ground = ground_of(coin);
        return {};
    }

    Result<void> read_strata(const json::array& strata) {
        for (std::size_t i = 0; i < strata.size(); ++i) {
            const json::object& object = strata[i].as_object();
            const std::string where = fmt::format("matching.strata[{}]", i);
            Stratum stratum;
            stratum.id = string_of(object.at("id"));
            stratum.at_least = points_in(object, "at_least");
            stratum.above = points_in(object, "above");
            stratum.at_most = points_in(object, "at_most");
            stratum.below = points_in(object, "below");
            if ((stratum.at_least && stratum.above) || (stratum.at_most && stratum.below)) {
                return fail(trouble("has two bounds on one side", where)
                                .remedy("Give \"at_least\" or \"above\", and \"at_most\" or \"below\"."));
            }
            stratum.planned = TRY(planned_of(object, where));
            stratum.ground = ground_of(object);
            protocol_.strata.push_back(std::move(stratum));
        }
        return {};
    }

    Result<void> read_near_a_cut(const json::object& object) {
        if (!protocol_.measurement_error) {
            return fail(trouble("needs the standard error of measurement", "matching.near_a_cut")
                            .remedy("Add \"measurement_error\" with its source."));
        }
        NearACut near;
        near.standard_errors = number_of(object.at("standard_errors"));
        near.distance =
            to_points(near.standard_errors * to_score(protocol_.measurement_error->standard_error));
        near.planned = TRY(planned_of(object, "matching.near_a_cut"));
        near.ground = ground_of(object);
        protocol_.near_a_cut = std::move(near);
        return {};
    }

    Result<void> read_kindness() {
        const json::value* value = document_.if_contains("kindness_unsafe");
        if (value == nullptr) {
            return {};
        }
        const json::object& object = value->as_object();
        KindnessCheck check;
        for (const json::value& item : object.at("items").as_array()) {
            check.items.push_back(text_of(item));
        }
        check.minimum = whole_of(object.at("minimum"));
        check.maximum = whole_of(object.at("maximum"));
        check.flag_from = whole_of(object.at("flag_from"));
        check.validated = object.at("validated").as_bool();
        check.planned = TRY(planned_of(object, "kindness_unsafe"));
        check.gentler_start = text_of(object.at("gentler_start"));
        check.ground = ground_of(object);
        protocol_.kindness = std::move(check);
        return {};
    }

    static std::vector<SafetyRule> rules_of(const json::value& value) {
        std::vector<SafetyRule> rules;
        for (const json::value& each : value.as_array()) {
            const json::object& object = each.as_object();
            SafetyRule rule;
            rule.id = string_of(object.at("id"));
            rule.instrument = string_of(object.at("instrument"));
            if (const json::value* item = object.if_contains("item")) {
                rule.item = whole_of(*item);
            }
            rule.at_least = to_points(number_of(object.at("at_least")));
            rule.ground = ground_of(object);
            rules.push_back(std::move(rule));
        }
        return rules;
    }

    void read_safety(const json::object& object) {
        Safety& safety = protocol_.safety;
        if (const json::value& value = object.at("responder"); value.is_object()) {
            const json::object& responder = value.as_object();
            safety.responder = Responder{.name = string_of(responder.at("name")),
                                         .hours = string_of(responder.at("hours")),
                                         .deputy = string_of(responder.at("deputy")),
                                         .reply_within_hours = number_of(responder.at("reply_within_hours"))};
        }
        for (const json::value& value : object.at("screens").as_array()) {
            const json::object& screen = value.as_object();
            const std::string_view asked = screen.at("asked").as_string();
            safety.screens.push_back({string_of(screen.at("instrument")), string_of(screen.at("scale")),
                                      asked == "always"           ? Asked::always
                                      : asked == "with-responder" ? Asked::with_responder
                                                                  : Asked::optional});
        }
        safety.screened_by_one_of = strings_of(object.at("screened_by_one_of"));
        safety.talk_first = rules_of(object.at("talk_first"));
        safety.suggest_talking = rules_of(object.at("suggest_talking"));
        if (const json::value* value = object.if_contains("on_device_list")) {
            OnDeviceList list;
            for (const auto& [language, topics] : value->as_object().at("topics").as_object()) {
                list.topics[std::string(language)] = strings_of(topics);
            }
            list.ground = ground_of(value->as_object());
            safety.on_device_list = std::move(list);
        }
    }

    Result<void> read_delayed_start() {
        const json::value* value = document_.if_contains("comparison");
        if (value == nullptr) {
            return {};
        }
        const json::object& object = value->as_object();
        DelayedStart delay;
        delay.weeks = whole_of(object.at("weeks"));
        delay.probability = TRY(probability_of(object.at("probability"), "comparison.probability"));
        delay.from_people = whole_of(object.at("from_people"));
        delay.never_when = strings_of(object.at("never_when"));
        delay.ground = ground_of(object);
        protocol_.delayed_start = std::move(delay);
        return {};
    }

    Result<void> read_variants() {
        const json::value* value = document_.if_contains("variants");
        if (value == nullptr) {
            return {};
        }
        std::size_t index = 0;
        for (const json::value& each : value->as_array()) {
            const json::object& object = each.as_object();
            Probabilities planned = TRY(planned_of(object, fmt::format("variants[{}]", index++)));
            protocol_.variants.push_back({string_of(object.at("id")), std::move(planned), ground_of(object)});
        }
        return {};
    }

    const json::object& document_;
    std::string_view file_;
    Protocol protocol_;
};

}  // namespace

Result<Protocol> read_protocol(std::string_view text, std::string_view file) {
    const json::value document = TRY(parse_json(text, file));
    TRY_DO(content::check_schema(document, "schemas/protocol.schema.json", file));
    Protocol protocol = TRY(ProtocolReader(document.get_object(), file).read());
    protocol.content_hash = content_hash(text);
    return protocol;
}

}  // namespace groundwork::programme
