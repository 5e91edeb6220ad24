#include "benefit/words.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace groundwork::benefit {

namespace {

struct Known {
    std::string_view piece;  // a piece of a column's name
    std::string_view words;
};

constexpr std::array known_names = {
    Known{"depression", "depression"},
    Known{"dep", "depression"},
    Known{"cesd", "depression"},
    Known{"cesdr", "depression"},
    Known{"phq", "depression"},
    Known{"phq2", "depression"},
    Known{"phq8", "depression"},
    Known{"phq9", "depression"},
    Known{"bdi", "depression"},
    Known{"hamd", "depression"},
    Known{"hamd17", "depression"},
    Known{"anxiety", "anxiety"},
    Known{"gad7", "anxiety"},
    Known{"stress", "stress"},
    Known{"pss", "stress"},
    Known{"pss10", "stress"},
    Known{"pcl5", "post-traumatic stress"},
    Known{"burnout", "burnout"},
    Known{"loneliness", "loneliness"},
    Known{"ucla", "loneliness"},
    Known{"ucla3", "loneliness"},
    Known{"who5", "well-being"},
    Known{"sc", "self-compassion"},
    Known{"scc", "self-compassion"},
    Known{"scs", "self-compassion"},
    Known{"scssf", "self-compassion"},
    Known{"sscs", "self-compassion"},
};

constexpr std::array<std::string_view, 6> symptoms = {
    "depression", "anxiety", "stress", "post-traumatic stress", "burnout", "distress"};

constexpr std::array<std::string_view, 12> occasions = {
    "pre", "post", "before", "after", "baseline", "base", "t0", "t1", "t2", "end", "followup", "total"};

std::vector<std::string> pieces_of(std::string_view column) {
    std::vector<std::string> pieces;
    std::string piece;
    const auto finish = [&] {
        if (!piece.empty()) {
            pieces.push_back(std::exchange(piece, ""));
        }
    };
    for (const char c : column) {
        if (c == '_' || c == '.' || c == '-' || c == ' ') {
            finish();
        } else {
            piece.push_back(c);
        }
    }
    finish();
    return pieces;
}

}  // namespace

std::string name_in_words(std::string_view column) {
    std::vector<std::string> left;
    for (const std::string& piece : pieces_of(column)) {
        const std::string low = lower_case(piece);
        for (const Known& known : known_names) {
            if (low == known.piece) {
                return std::string(known.words);
            }
        }
        if (std::find(occasions.begin(), occasions.end(), low) == occasions.end()) {
            left.push_back(piece);
        }
    }
    return left.empty() ? std::string(column) : join(left, " ");
}

bool names_symptoms(std::string_view name) {
    return std::find(symptoms.begin(), symptoms.end(), lower_case(name)) != symptoms.end();
}

std::string said(double number) {
    if (!std::isfinite(number)) {
        return "-";
    }
    const double size = std::abs(number);
    if (size >= 100) {
        return fixed(number, 0);
    }
    constexpr int most_places = 8;
    const int second_digit = size > 0 ? 1 - static_cast<int>(std::floor(std::log10(size))) : 0;
    return fixed(number, std::clamp(second_digit, 2, most_places));
}

std::string said(const Effect& effect) {
    return said(effect.estimate.estimate) + " (95 % interval " + said(effect.interval.low) + " to " +
           said(effect.interval.high) + ")";
}

std::string said_p(double p) {
    if (!std::isfinite(p)) {
        return "p unknown";
    }
    if (p < 0.001) {
        return "p < .001";
    }
    const std::string digits = fixed(p, p < 0.1 ? 3 : 2);
    return "p = " + (digits.front() == '0' ? digits.substr(1) : digits);
}

std::string people(std::size_t count) { return std::to_string(count) + (count == 1 ? " person" : " people"); }

std::string listed(const std::vector<std::string>& names) {
    std::string words;
    for (std::size_t i = 0; i < names.size(); ++i) {
        words += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    }
    return words;
}

std::string sentence(std::string words) {
    if (!words.empty() && words.front() >= 'a' && words.front() <= 'z') {
        words.front() = static_cast<char>(words.front() - 'a' + 'A');
    }
    return words;
}

std::string percent(double share) { return fixed(100 * share, 0) + " %"; }

}  // namespace groundwork::benefit
