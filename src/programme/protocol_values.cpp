#include "programme/protocol_values.h"

#include <cmath>

#include "foundation/text.h"
#include "programme/coin.h"

namespace groundwork::programme {

std::string string_of(const json::value& value) { return std::string(std::string_view(value.as_string())); }

double number_of(const json::value& value) { return value.to_number<double>(); }

int whole_of(const json::value& value) { return static_cast<int>(number_of(value)); }

Text text_of(const json::value& value) {
    Text text;
    for (const auto& [language, words] : value.as_object()) {
        text[std::string(language)] = string_of(words);
    }
    return text;
}

std::vector<std::string> strings_of(const json::value& value) {
    std::vector<std::string> strings;
    for (const json::value& each : value.as_array()) {
        strings.push_back(string_of(each));
    }
    return strings;
}

Ground ground_of(const json::object& object) {
    const std::string_view letter = object.at("standing").as_string();
    const Standing standing = letter == "E"   ? Standing::evidence
                              : letter == "C" ? Standing::computed
                                              : Standing::professional;
    return {standing, string_of(object.at("reason"))};
}

std::optional<Points> points_in(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? std::nullopt : std::optional<Points>(to_points(number_of(*value)));
}

Result<int> probability_of(const json::value& value, std::string_view file, std::string where) {
    const double scaled = number_of(value) * certain;
    const double whole = std::round(scaled);
    if (std::abs(scaled - whole) > 1e-6) {
        return fail(
            unacceptable("has more than four decimals")
                .at(std::string(file), std::move(where))
                .value(shortest(number_of(value)))
                .remedy("Write at most four, so that the probability logged is exactly the one used."));
    }
    return static_cast<int>(whole);
}

}  // namespace groundwork::programme
