#include "foundation/result.h"

#include <fmt/format.h>

namespace groundwork {

Error&& Error::at(std::string file) && {
    place_.file = std::move(file);
    return std::move(*this);
}

Error&& Error::at(std::string file, std::string column) && {
    place_.file = std::move(file);
    place_.column = std::move(column);
    return std::move(*this);
}

Error&& Error::at(std::string file, std::size_t row, std::string column) && {
    return std::move(*this).at(Place{std::move(file), row, std::move(column)});
}

Error&& Error::at(Place place) && {
    place_ = std::move(place);
    return std::move(*this);
}

Error&& Error::value(std::string value) && {
    value_ = std::move(value);
    return std::move(*this);
}

Error&& Error::remedy(std::string remedy) && {
    remedy_ = std::move(remedy);
    return std::move(*this);
}

void Error::also(Error other) { others_.push_back(std::move(other)); }

void Error::set_file_if_unknown(std::string_view file) {
    if (place_.file.empty()) {
        place_.file = file;
    }
    for (Error& other : others_) {
        other.set_file_if_unknown(file);
    }
}

namespace {

std::string describe_place(const Place& place) {
    std::string text = place.file;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (place.row) {
        add(fmt::format("row {}", *place.row));
    }
    if (!place.column.empty()) {
        // A path into a JSON file or an option says what it is by its look; a bare name is a column's.
        const bool is_column = place.row || (!place.file.ends_with(".json") &&
                                             place.column.find_first_of(".[-") == std::string::npos);
        add((is_column ? "column " : "") + place.column);
    }
    return text;
}

}  // namespace

std::string Error::describe() const {
    std::string text = describe_place(place_);
    text += text.empty() ? "" : ": ";
    if (!value_.empty()) {
        text += fmt::format("\"{}\" ", value_);
    }
    text += problem_;
    if (!text.empty() && text.back() != '.' && text.back() != '?') {
        text += '.';
    }
    if (!remedy_.empty()) {
        text += ' ' + remedy_;
    }
    for (const Error& other : others_) {
        text += '\n' + other.describe();
    }
    return text;
}

Error unacceptable(std::string problem) { return {ErrorKind::unacceptable, std::move(problem)}; }
Error usage_error(std::string problem) { return {ErrorKind::usage, std::move(problem)}; }
Error outside_failure(std::string problem) { return {ErrorKind::outside, std::move(problem)}; }

}  // namespace groundwork
