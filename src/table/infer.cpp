#include "table/infer.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace groundwork::table {

namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_sign(char c) { return c == '-' || c == '+'; }

}  // namespace

MissingWords::MissingWords(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        words_.emplace_back(trim(word));
        if (!words_.back().empty()) {
            first_letters_[static_cast<unsigned char>(words_.back().front())] = true;
        }
        if (const auto number = parse_number(words_.back(), '.')) {
            numbers_.push_back(*number);
        }
    }
}

bool MissingWords::contains(std::string_view cell) const {
    const std::string_view word = trim(cell);
    return word.empty() || (first_letters_[static_cast<unsigned char>(word.front())] &&
                            std::ranges::find(words_, word) != words_.end());
}

void MissingWords::clear_from(std::span<double> numbers) const {
    for (const double word : numbers_) {
        std::ranges::replace(numbers, word, missing_number);
    }
}

std::optional<double> parse_number(std::string_view cell, char decimal) {
    std::string_view digits = cell;
    if (!digits.empty() && is_sign(digits.front())) {
        digits.remove_prefix(1);
    }
    if (digits == "Inf" || digits == "inf") {
        const double infinity = std::numeric_limits<double>::infinity();
        return cell.front() == '-' ? -infinity : infinity;
    }
    // The library would also take "nan", "infinity" and a second sign.
    if (digits.empty() || !(is_digit(digits.front()) || digits.front() == decimal)) {
        return std::nullopt;
    }
    double number = 0;
    const char* const end = digits.data() + digits.size();
    const fast_float::parse_options options(fast_float::chars_format::general, decimal);
    const auto [after, trouble] = fast_float::from_chars_advanced(digits.data(), end, number, options);
    if (trouble != std::errc{} || after != end || !std::isfinite(number)) {
        return std::nullopt;
    }
    return cell.front() == '-' ? -number : number;
}

bool has_leading_zero(std::string_view cell) {
    if (!cell.empty() && is_sign(cell.front())) {
        cell.remove_prefix(1);
    }
    return cell.size() > 1 && cell[0] == '0' && is_digit(cell[1]);
}

namespace {

// Calls `visit` with every trimmed cell that is not missing, until it says false. True if it never did.
template <class Visit>
bool every_filled(const TextColumn& column, const MissingWords& missing, Visit visit) {
    return std::ranges::all_of(
        column.cells, [&](std::string_view cell) { return missing.contains(cell) || visit(trim(cell)); });
}

bool is_quantity(std::string_view cell, char decimal) {
    return !has_leading_zero(cell) && parse_number(cell, decimal).has_value();
}

// 1,234 and 12,345,678 could be whole numbers with their thousands set apart.
bool could_be_thousands(std::string_view cell) {
    if (!cell.empty() && is_sign(cell.front())) {
        cell.remove_prefix(1);
    }
    const std::vector<std::string_view> groups = split(cell, ',');
    const auto is_digits = [](std::string_view group) { return std::ranges::all_of(group, is_digit); };
    constexpr std::size_t group_size = 3;
    return !groups.front().empty() && groups.front().size() <= group_size && is_digits(groups.front()) &&
           std::all_of(groups.begin() + 1, groups.end(), [&](std::string_view group) {
               return group.size() == group_size && is_digits(group);
           });
}

bool is_forced_text(const TextColumn& column, const InferenceRules& rules) {
    return std::ranges::find(*rules.text_columns, column.name) != rules.text_columns->end();
}

bool are_numbers(const TextColumn& column, const InferenceRules& rules, char decimal) {
    return every_filled(column, *rules.missing,
                        [&](std::string_view cell) { return is_quantity(cell, decimal); });
}

// Whether this file's decimals have a comma. Where nobody said so, "1,234" alone proves nothing (it may be a
// thousand and more), nor does "1,5" beside decimals with a point.
bool are_commas_decimal(std::span<const TextColumn> columns, const InferenceRules& rules) {
    if (rules.decimal) {
        return *rules.decimal == ',';
    }
    bool is_point_seen = rules.points_are_seen;
    bool is_proven = rules.commas_are_expected;
    for (const TextColumn& column : columns) {
        if (is_forced_text(column, rules)) {
            continue;
        }
        if (are_numbers(column, rules, '.')) {
            is_point_seen = is_point_seen || !every_filled(column, *rules.missing, [](std::string_view cell) {
                                return cell.find('.') == std::string_view::npos;
                            });
        } else if (!is_proven && are_numbers(column, rules, ',')) {
            is_proven = !every_filled(column, *rules.missing, [](std::string_view cell) {
                return cell.find(',') == std::string_view::npos || could_be_thousands(cell);
            });
        }
    }
    return is_proven && !is_point_seen;
}

std::vector<double> numbers_of(const TextColumn& column, const InferenceRules& rules, char decimal) {
    std::vector<double> numbers;
    numbers.reserve(column.cells.size());
    for (const std::string_view cell : column.cells) {
        numbers.push_back(rules.missing->contains(cell) ? missing_number
                                                        : parse_number(trim(cell), decimal).value());
    }
    rules.missing->clear_from(numbers);
    return numbers;
}

enum class DateForm { iso, day_month_slashes, month_day_slashes, day_month_points };

// The whole number in a date's part: `least` to `most` digits.
std::optional<int> date_part(std::string_view digits, std::size_t least, std::size_t most) {
    if (digits.size() < least || digits.size() > most || !std::ranges::all_of(digits, is_digit)) {
        return std::nullopt;
    }
    return static_cast<int>(*to_integer(digits));
}

std::optional<double> day_number(std::optional<int> year, std::optional<int> month, std::optional<int> day) {
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// 00:00, 00:00:00, 00:00:00.000, with or without Z.
bool is_midnight(std::string_view time) {
    if (time.ends_with('Z')) {
        time.remove_suffix(1);
    }
    constexpr std::string_view with_fraction = "00:00:00.";
    const bool has_zero_fraction =
        time.size() > with_fraction.size() && time.starts_with(with_fraction) &&
        time.find_first_not_of('0', with_fraction.size()) == std::string_view::npos;
    return time == "00:00" || time == "00:00:00" || has_zero_fraction;
}

std::optional<double> parse_date(std::string_view cell, DateForm form) {
    if (form == DateForm::iso) {
        return parse_iso_date(cell);
    }
    const std::vector<std::string_view> parts = split(cell, form == DateForm::day_month_points ? '.' : '/');
    if (parts.size() != 3) {
        return std::nullopt;
    }
    const auto first = date_part(parts[0], 1, 2);
    const auto second = date_part(parts[1], 1, 2);
    const auto year = date_part(parts[2], 4, 4);
    return form == DateForm::month_day_slashes ? day_number(year, first, second)
                                               : day_number(year, second, first);
}

std::optional<std::vector<double>> dates_in_form(const TextColumn& column, const InferenceRules& rules,
                                                 DateForm form) {
    std::vector<double> days;
    for (const std::string_view cell : column.cells) {
        if (rules.missing->contains(cell)) {
            days.push_back(missing_number);
        } else if (const auto day = parse_date(trim(cell), form)) {
            days.push_back(*day);
        } else {
            return std::nullopt;
        }
    }
    return days;
}

bool are_same_days(const std::vector<double>& a, const std::vector<double>& b) {
    return std::ranges::equal(a, b,
                              [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

// The column as dates, if it is one without ambiguity.
std::optional<std::vector<double>> dates_of(const TextColumn& column, const InferenceRules& rules) {
    for (const DateForm form : {DateForm::iso, DateForm::day_month_points}) {
        if (auto days = dates_in_form(column, rules, form)) {
            return days;
        }
    }
    auto day_first = dates_in_form(column, rules, DateForm::day_month_slashes);
    auto month_first = dates_in_form(column, rules, DateForm::month_day_slashes);
    if (day_first && month_first && !are_same_days(*day_first, *month_first)) {
        return std::nullopt;
    }
    return day_first ? day_first : month_first;
}

Column text_of(const TextColumn& column, const MissingWords& missing) {
    std::vector<std::int32_t> codes;
    std::vector<std::string> levels;
    std::unordered_map<std::string_view, std::int32_t> known;
    codes.reserve(column.cells.size());
    for (const std::string_view cell : column.cells) {
        // The cell above is often the same: no need to ask the table.
        if (!codes.empty() && codes.back() >= 0 && levels[static_cast<std::size_t>(codes.back())] == cell) {
            codes.push_back(codes.back());
            continue;
        }
        const auto at = known.find(cell);
        if (at != known.end()) {
            codes.push_back(at->second);
        } else if (missing.contains(cell)) {
            codes.push_back(-1);
        } else {
            codes.push_back(static_cast<std::int32_t>(levels.size()));
            known.emplace(cell, codes.back());
            levels.emplace_back(cell);
        }
    }
    return Column::of_text(column.name, std::move(codes), std::move(levels));
}

}  // namespace

std::optional<double> parse_iso_date(std::string_view cell) {
    constexpr std::size_t date_size = 10;
    const bool has_time = cell.size() > date_size;
    if (cell.size() < date_size || cell[4] != '-' || cell[7] != '-' ||
        (has_time && cell[date_size] != 'T' && cell[date_size] != ' ') ||
        (has_time && !is_midnight(cell.substr(date_size + 1)))) {
        return std::nullopt;
    }
    return day_number(date_part(cell.substr(0, 4), 4, 4), date_part(cell.substr(5, 2), 2, 2),
                      date_part(cell.substr(8, 2), 2, 2));
}

std::vector<Column> infer_columns(std::span<const TextColumn> columns, const InferenceRules& rules) {
    std::vector<char> decimals = {rules.decimal.value_or('.')};
    if (!rules.decimal && are_commas_decimal(columns, rules)) {
        decimals.push_back(',');
    }
    std::vector<Column> inferred;
    for (const TextColumn& column : columns) {
        const bool is_text = is_forced_text(column, rules);
        const auto decimal = std::ranges::find_if(
            decimals, [&](char sign) { return !is_text && are_numbers(column, rules, sign); });
        if (decimal != decimals.end()) {
            inferred.push_back(Column::of_numbers(column.name, numbers_of(column, rules, *decimal)));
        } else if (auto days = is_text ? std::nullopt : dates_of(column, rules)) {
            inferred.push_back(Column::of_dates(column.name, *std::move(days)));
        } else {
            inferred.push_back(text_of(column, *rules.missing));
        }
    }
    return inferred;
}

}  // namespace groundwork::table
