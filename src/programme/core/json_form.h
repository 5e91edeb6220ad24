// Writing described values (described.h) as JSON and reading them back, strictly. Private to programme/core/.
//
// Members of a type come in the order of its list. An empty optional is left out; everything else is always
// there. Instants and days are text, ids are 32 hexadecimal digits, enumerators their names, maps are lists
// of pairs.
#pragma once

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "foundation/id.h"
#include "foundation/json.h"
#include "foundation/time.h"

namespace groundwork::programme::json_form {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_any_access>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class T>
inline constexpr bool is_map<std::map<K, T>> = true;

template <class T>
inline constexpr bool is_shared = false;
template <class T>
inline constexpr bool is_shared<std::shared_ptr<const T>> = true;

void write_string(std::string& out, std::string_view text);

template <class T>
void write(std::string& out, const T& value);

// The members of `value`, each with a comma before it unless it is the first within the braces.
template <Described T>
void write_members(std::string& out, const T& value, bool& is_first) {
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        const auto& part = value.*member.pointer;
        using Part = std::remove_cvref_t<decltype(part)>;
        if constexpr (is_optional<Part>) {
            if (!part) {
                return;
            }
        }
        out += is_first ? "\"" : ",\"";
        is_first = false;
        out += member.name;
        out += "\":";
        if constexpr (is_optional<Part>) {
            write(out, *part);
        } else {
            write(out, part);
        }
    });
}

template <class T>
void write(std::string& out, const T& value) {
    if constexpr (std::same_as<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
        fmt::format_to(std::back_inserter(out), "{}", value);
    } else if constexpr (std::same_as<T, std::string>) {
        write_string(out, value);
    } else if constexpr (std::same_as<T, Id> || std::same_as<T, Instant> || std::same_as<T, Day>) {
        out += '"';
        out += to_text(value);
        out += '"';
    } else if constexpr (DescribedEnum<T>) {
        out += '"';
        out += boost::describe::enum_to_string(value, "?");
        out += '"';
    } else if constexpr (is_optional<T>) {  // within a list
        if (value) {
            write(out, *value);
        } else {
            out += "null";
        }
    } else if constexpr (is_shared<T>) {
        write(out, *value);
    } else if constexpr (is_vector<T>) {
        out += '[';
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0) {
                out += ',';
            }
            write(out, value[i]);
        }
        out += ']';
    } else if constexpr (is_map<T>) {
        out += '[';
        for (const auto& [key, part] : value) {
            out += out.back() == '[' ? "[" : ",[";
            write(out, key);
            out += ',';
            write(out, part);
            out += ']';
        }
        out += ']';
    } else {
        static_assert(Described<T>);
        bool is_first = true;
        out += '{';
        write_members(out, value, is_first);
        out += '}';
    }
}

// What stood where something else was wanted.
Error trouble(std::string wanted, const json::value& found);

template <class T>
Result<T> read(const json::value& value);

// The members of T from an object whose keys are all used; `used` counts them.
template <Described T>
Result<T> read_members(const json::object& object, std::size_t& used) {
    T result{};
    std::optional<Error> error;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        if (error) {
            return;
        }
        auto& part = result.*member.pointer;
        using Part = std::remove_cvref_t<decltype(part)>;
        const json::value* found = object.if_contains(member.name);
        if (found == nullptr) {
            if constexpr (!is_optional<Part>) {
                error = unacceptable(fmt::format("has no \"{}\"", member.name));
            }
            return;
        }
        ++used;
        const auto take = [&]<class Inner>(std::type_identity<Inner>) {
            Result<Inner> inner = read<Inner>(*found);
            if (inner) {
                part = *std::move(inner);
            } else {
                error = std::move(inner).error().at("", member.name);
            }
        };
        if constexpr (is_optional<Part>) {
            take(std::type_identity<typename Part::value_type>{});
        } else {
            take(std::type_identity<Part>{});
        }
    });
    if (error) {
        return fail(*std::move(error));
    }
    return result;
}

template <class T>
Result<T> read(const json::value& value) {
    if constexpr (std::same_as<T, bool>) {
        if (value.is_bool()) {
            return value.get_bool();
        }
        return fail(trouble("true or false", value));
    } else if constexpr (std::integral<T>) {
        boost::system::error_code error;
        if (value.is_int64() || value.is_uint64()) {
            const T number = value.to_number<T>(error);
            if (!error) {
                return number;
            }
        }
        return fail(trouble("a whole number", value));
    } else if constexpr (std::same_as<T, std::string>) {
        if (value.is_string()) {
            return std::string(std::string_view(value.get_string()));
        }
        return fail(trouble("text", value));
    } else if constexpr (std::same_as<T, Id>) {
        if (value.is_string()) {
            if (const auto id = parse_id(std::string_view(value.get_string()))) {
                return *id;
            }
        }
        return fail(trouble("an id", value));
    } else if constexpr (std::same_as<T, Instant>) {
        return value.is_string() ? parse_instant(std::string_view(value.get_string()))
                                 : Result<Instant>(fail(trouble("an instant", value)));
    } else if constexpr (std::same_as<T, Day>) {
        return value.is_string() ? parse_day(std::string_view(value.get_string()))
                                 : Result<Day>(fail(trouble("a day", value)));
    } else if constexpr (DescribedEnum<T>) {
        T result{};
        if (value.is_string() && boost::describe::enum_from_string(value.get_string().c_str(), result)) {
            return result;
        }
        return fail(trouble("one of its names", value));
    } else if constexpr (is_optional<T>) {
        if (value.is_null()) {
            return T{};
        }
        return T{TRY(read<typename T::value_type>(value))};
    } else if constexpr (is_shared<T>) {
        return std::make_shared<typename T::element_type>(
            TRY(read<std::remove_const_t<typename T::element_type>>(value)));
    } else if constexpr (is_vector<T>) {
        if (!value.is_array()) {
            return fail(trouble("a list", value));
        }
        T list;
        list.reserve(value.get_array().size());
        for (const json::value& each : value.get_array()) {
            list.push_back(TRY(read<typename T::value_type>(each)));
        }
        return list;
    } else if constexpr (is_map<T>) {
        if (!value.is_array()) {
            return fail(trouble("a list of pairs", value));
        }
        T map;
        for (const json::value& each : value.get_array()) {
            if (!each.is_array() || each.get_array().size() != 2) {
                return fail(trouble("a pair", each));
            }
            auto key = TRY(read<typename T::key_type>(each.get_array()[0]));
            auto part = TRY(read<typename T::mapped_type>(each.get_array()[1]));
            map.emplace(std::move(key), std::move(part));
        }
        return map;
    } else {
        static_assert(Described<T>);
        if (!value.is_object()) {
            return fail(trouble("an object", value));
        }
        std::size_t used = 0;
        T result = TRY(read_members<T>(value.get_object(), used));
        if (used != value.get_object().size()) {
            return fail(unacceptable("holds a name that is not known"));
        }
        return result;
    }
}

}  // namespace groundwork::programme::json_form
