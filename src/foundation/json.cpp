#include "foundation/json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "foundation/ensure.h"
#include "foundation/text.h"

namespace groundwork {

namespace {

std::size_t line_at(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, std::min(offset, text.size()));
    return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

// What Boost's reader leaves out, on Boost's own parser: keys written twice, and doubles to the last bit (its
// own may be off by one in the last place).
struct FirstReading {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    std::vector<std::vector<std::string>> open_objects;
    std::string partial_key;
    std::optional<std::string> duplicate;  // may be the empty key
    std::string partial_number;
    std::vector<double> doubles;  // in the order of the document

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) {
        open_objects.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&) {
        // Sorting once per object keeps a hostile file with a million keys from costing a million squared.
        auto& keys = open_objects.back();
        std::ranges::sort(keys);
        const auto twice = std::ranges::adjacent_find(keys);
        if (twice != keys.end()) {
            duplicate = *twice;
        }
        open_objects.pop_back();
        return true;
    }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t, json::error_code&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        partial_key.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        partial_key.append(part.data(), part.size());
        open_objects.back().push_back(std::exchange(partial_key, {}));
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_number_part(json::string_view part, json::error_code&) {
        partial_number.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) {
        partial_number.clear();
        return true;
    }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) {
        partial_number.clear();
        return true;
    }
    bool on_double(double nearly, json::string_view part, json::error_code&) {
        partial_number.append(part.data(), part.size());
        doubles.push_back(to_number(partial_number).value_or(nearly));
        partial_number.clear();
        return true;
    }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

// Puts the exact doubles into the value, in the order of the document; returns those left over.
std::span<const double> put_doubles(json::value& value, std::span<const double> doubles) {
    if (value.is_double()) {
        ENSURE(!doubles.empty());
        value = doubles.front();
        return doubles.subspan(1);
    }
    if (auto* const array = value.if_array()) {
        for (json::value& element : *array) {
            doubles = put_doubles(element, doubles);
        }
    } else if (auto* const object = value.if_object()) {
        for (json::key_value_pair& pair : *object) {
            doubles = put_doubles(pair.value(), doubles);
        }
    }
    return doubles;
}

// "-0" would read back as the whole number 0.
std::string written_double(double number) {
    const bool is_minus_zero = number == 0 && std::signbit(number);
    return !std::isfinite(number) ? "null" : is_minus_zero ? "-0.0" : shortest(number);
}

void write_value(const json::value& value, std::size_t depth, std::string& out);

template <class Container, class WriteElement>
void write_container(const Container& elements, char open, char close, std::size_t depth, std::string& out,
                     WriteElement write_element) {
    if (elements.empty()) {
        out += open;
        out += close;
        return;
    }
    out += open;
    bool is_first = true;
    for (const auto& element : elements) {
        out += is_first ? "\n" : ",\n";
        is_first = false;
        out.append(2 * (depth + 1), ' ');
        write_element(element);
    }
    out += '\n';
    out.append(2 * depth, ' ');
    out += close;
}

void write_value(const json::value& value, std::size_t depth, std::string& out) {
    switch (value.kind()) {
        case json::kind::object:
            write_container(value.get_object(), '{', '}', depth, out, [&](const json::key_value_pair& pair) {
                out += json::serialize(pair.key());
                out += ": ";
                write_value(pair.value(), depth + 1, out);
            });
            break;
        case json::kind::array:
            write_container(value.get_array(), '[', ']', depth, out,
                            [&](const json::value& element) { write_value(element, depth + 1, out); });
            break;
        case json::kind::double_: out += written_double(value.get_double()); break;
        default: out += json::serialize(value);
    }
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::string_view file) {
    json::parse_options options;
    options.max_depth = 64;
    json::basic_parser<FirstReading> first(options);
    json::error_code trouble;
    const std::size_t read = first.write_some(false, text.data(), text.size(), trouble);
    // JSON's white space is these four; a form feed, which trim() takes away too, is not among them.
    if (!trouble && text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) {
        trouble = json::error::extra_data;
    }
    if (trouble) {
        return fail(
            unacceptable(fmt::format("is not JSON at line {}: {}", line_at(text, read), trouble.message()))
                .at(std::string(file))
                .remedy("Check the brackets, commas and quotes just before that place."));
    }
    if (first.handler().duplicate) {
        return fail(unacceptable("is written twice in one object")
                        .at(std::string(file))
                        .value(*first.handler().duplicate)
                        .remedy("Keep one of the two."));
    }
    json::value value = json::parse(json::string_view(text.data(), text.size()), trouble, {}, options);
    ENSURE(!trouble);
    const auto left_over = put_doubles(value, first.handler().doubles);
    ENSURE(left_over.empty());
    return value;
}

std::string write_json(const json::value& value) {
    std::string out;
    write_value(value, 0, out);
    out += '\n';
    return out;
}

}  // namespace groundwork
