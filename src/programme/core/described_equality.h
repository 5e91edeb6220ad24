// Equality of described values (described.h), member by member. Private to programme/core/.
#pragma once

#include <algorithm>

#include "programme/core/json_form.h"

namespace groundwork::programme {

template <class T>
bool are_equal(const T& one, const T& other) {
    if constexpr (json_form::Described<T>) {
        bool equal = true;
        boost::mp11::mp_for_each<json_form::MembersOf<T>>(
            [&](auto member) { equal = equal && are_equal(one.*member.pointer, other.*member.pointer); });
        return equal;
    } else if constexpr (json_form::is_optional<T>) {
        return one.has_value() == other.has_value() && (!one || are_equal(*one, *other));
    } else if constexpr (json_form::is_shared<T>) {
        return one == other || are_equal(*one, *other);
    } else if constexpr (json_form::is_vector<T>) {
        return std::ranges::equal(one, other, [](const auto& a, const auto& b) { return are_equal(a, b); });
    } else if constexpr (json_form::is_map<T>) {
        return std::ranges::equal(one, other, [](const auto& a, const auto& b) {
            return a.first == b.first && are_equal(a.second, b.second);
        });
    } else {
        return one == other;
    }
}

}  // namespace groundwork::programme
