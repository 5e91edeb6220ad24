#include "report/words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "foundation/foundation.h"

namespace groundwork::report {

namespace {

constexpr std::string_view ellipsis = "\u2026";
constexpr std::string_view replacement = "\uFFFD";

// The length in bytes of the UTF-8 sequence that starts `text`, or 0 where it is broken.
std::size_t sequence_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(sequence_length(text), 1);
        pieces.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return pieces;
}

// Widths in ems of the widest usual typefaces (DejaVu Sans, Verdana), so that text in any other fits too.
double character_width(std::string_view character) {
    if (character.size() == 3) {
        return static_cast<unsigned char>(character.front()) >= 0xE3 ? 1.0
                                                                     : 0.75;  // from U+3000 on: full width
    }
    if (character.size() > 1) {
        return character.size() == 4 ? 1.2 : 0.65;
    }
    const char letter = character.front();
    if (std::string_view("iljI.,:;'|! ").find(letter) != std::string_view::npos) {
        return 0.32;
    }
    if (std::string_view("ftr()[]-/").find(letter) != std::string_view::npos) {
        return 0.41;
    }
    if (std::string_view("mwMW@%").find(letter) != std::string_view::npos) {
        return 1.0;
    }
    if (letter >= 'A' && letter <= 'Z') {
        return 0.74;
    }
    return 0.63;
}

// "1234567.25" -> "1,234,567.25", from so many digits on.
std::string grouped(std::string digits, std::size_t least) {
    const std::size_t start = digits.front() == '-' ? 1 : 0;
    const std::size_t end = std::min(digits.find('.'), digits.size());
    if (end - start < least) {
        return digits;
    }
    for (std::size_t place = end; place > start + 3; place -= 3) {
        digits.insert(place - 3, ",");
    }
    return digits;
}

std::string with_real_minus(std::string text) {
    if (!text.empty() && text.front() == '-') {
        text.replace(0, 1, "\u2212");
    }
    return text;
}

std::string with_ellipsis(std::string line, double width, double size) {
    std::vector<std::string_view> pieces = characters(line);
    std::string cut;
    do {
        if (!pieces.empty()) {
            pieces.pop_back();
        }
        cut.clear();
        for (const std::string_view piece : pieces) {
            cut += piece;
        }
        cut = std::string(trim(cut)) + std::string(ellipsis);
    } while (!pieces.empty() && estimated_width(cut, size) > width);
    return cut;
}

// What a line may be broken behind: a word; where a word is wider than a line, its hyphens, or else any
// letter.
struct Piece {
    std::string text;
    bool ends_word = true;
};

std::vector<Piece> breakable(std::string_view text, double width, double size) {
    std::vector<Piece> pieces;
    for (const std::string_view word : split(text, ' ')) {
        if (word.empty()) {
            continue;
        }
        if (estimated_width(word, size) <= width) {
            pieces.push_back({std::string(word), true});
            continue;
        }
        std::string part;
        for (const std::string_view character : characters(word)) {
            if (!part.empty() && estimated_width(part + std::string(character), size) > width) {
                pieces.push_back({std::move(part), false});
                part.clear();
            }
            part += character;
            if (character == "-" || character == "_" || character == "/") {
                pieces.push_back({std::move(part), false});
                part.clear();
            }
        }
        if (part.empty()) {
            pieces.back().ends_word = true;
        } else {
            pieces.push_back({std::move(part), true});
        }
    }
    return pieces;
}

}  // namespace

int places_for(double width) {
    if (!std::isfinite(width) || width <= 0) {
        return 2;
    }
    if (width >= 10) {
        return width < 100 ? 1 : 0;
    }
    return std::clamp(static_cast<int>(std::ceil(-std::log10(width))) + 1, 2, 6);
}

std::string plain_number(double number, int places) {
    return std::isfinite(number) ? with_real_minus(grouped(fixed(number, places), 5))
                                 : std::string(no_number);
}

std::string signed_number(double number, int places) {
    if (!std::isfinite(number)) {
        return std::string(no_number);
    }
    const std::string text = grouped(fixed(number, places), 5);
    const bool zero = text.find_first_not_of("0.,-") == std::string::npos;
    return zero || text.front() == '-' ? with_real_minus(text) : "+" + text;
}

std::string range(const statistics::Interval& interval, int places) {
    if (!is_known(interval)) {
        return std::string(no_number);
    }
    return plain_number(interval.low, places) + " to " + plain_number(interval.high, places);
}

std::string p_value(double p) {
    if (!std::isfinite(p)) {
        return std::string(no_number);
    }
    return p < 0.001 ? "< 0.001" : fixed(p, 3);
}

std::string exact_number(double number) {
    return std::isfinite(number) ? with_real_minus(fmt::format("{:.6g}", number)) : std::string(no_number);
}

std::string percent(double share) {
    if (!std::isfinite(share)) {
        return std::string(no_number);
    }
    if (share > 0 && share < 0.01) {
        return "< 1 %";
    }
    if (share < 1 && share > 0.99) {
        return "> 99 %";
    }
    return fixed(100 * share, 0) + " %";
}

std::string count(std::size_t number) { return grouped(std::to_string(number), 4); }

std::string people(std::size_t number) { return count(number) + (number == 1 ? " person" : " people"); }

bool is_known(const statistics::Interval& interval) {
    return std::isfinite(interval.low) && std::isfinite(interval.high);
}

bool excludes_zero(const statistics::Interval& interval) {
    return is_known(interval) && (interval.low > 0 || interval.high < 0);
}

std::string clean(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const auto lead = static_cast<unsigned char>(text.front());
        const bool control = (lead < 0x20 && lead != '\n' && lead != '\t') || lead == 0x7F;
        result += length == 0 || control ? replacement : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

std::string shortened(std::string_view text, std::size_t most) {
    const std::vector<std::string_view> pieces = characters(text);
    if (pieces.size() <= most) {
        return std::string(text);
    }
    std::string result;
    for (std::size_t i = 0; i + 1 < most; ++i) {
        result += pieces[i];
    }
    return std::string(trim(result)) + std::string(ellipsis);
}

double estimated_width(std::string_view text, double size) {
    double width = 0;
    for (const std::string_view character : characters(text)) {
        width += character_width(character);
    }
    return width * size;
}

std::vector<std::string> wrapped(std::string_view text, double width, double size, std::size_t lines) {
    std::vector<std::string> result(1);
    std::string_view between;
    for (const Piece& piece : breakable(text, width, size)) {
        const std::string longer = result.back() + std::string(between) + piece.text;
        if (result.back().empty() || estimated_width(longer, size) <= width) {
            result.back() = longer;
        } else if (result.size() < lines) {
            result.push_back(piece.text);
        } else {
            result.back() = with_ellipsis(longer, width, size);
            return result;
        }
        between = piece.ends_word ? " " : "";
    }
    return result;
}

std::vector<std::string> paragraphs(std::string_view text) {
    std::vector<std::string> result;
    std::string current;
    for (const std::string_view line : split(text, '\n')) {
        if (!trim(line).empty()) {
            current += (current.empty() ? "" : " ") + std::string(trim(line));
        } else if (!current.empty()) {
            result.push_back(std::move(current));
            current.clear();
        }
    }
    if (!current.empty()) {
        result.push_back(std::move(current));
    }
    return result;
}

}  // namespace groundwork::report
