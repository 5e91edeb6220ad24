#include "table/read_statistics_file.h"

#include <fmt/format.h>
#include <readstat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

#include "table/header.h"
#include "table/infer.h"
#include "table/late_library.h"
#include "table/spreadsheet_date.h"

namespace groundwork::table {

namespace {

// What of ReadStat is used here.
struct ReadStat {
    LateLibrary library{"libreadstat.so.1"};
    decltype(&::readstat_parser_init) parser_init = library["readstat_parser_init"];
    decltype(&::readstat_parser_free) parser_free = library["readstat_parser_free"];
    decltype(&::readstat_set_variable_handler) set_variable_handler =
        library["readstat_set_variable_handler"];
    decltype(&::readstat_set_value_handler) set_value_handler = library["readstat_set_value_handler"];
    decltype(&::readstat_parse_sav) parse_sav = library["readstat_parse_sav"];
    decltype(&::readstat_parse_por) parse_por = library["readstat_parse_por"];
    decltype(&::readstat_parse_dta) parse_dta = library["readstat_parse_dta"];
    decltype(&::readstat_error_message) error_message = library["readstat_error_message"];
    decltype(&::readstat_variable_get_name) variable_get_name = library["readstat_variable_get_name"];
    decltype(&::readstat_variable_get_type_class) variable_get_type_class =
        library["readstat_variable_get_type_class"];
    decltype(&::readstat_variable_get_format) variable_get_format = library["readstat_variable_get_format"];
    decltype(&::readstat_variable_get_index) variable_get_index = library["readstat_variable_get_index"];
    decltype(&::readstat_value_type) value_type = library["readstat_value_type"];
    decltype(&::readstat_value_is_missing) value_is_missing = library["readstat_value_is_missing"];
    decltype(&::readstat_int8_value) int8_value = library["readstat_int8_value"];
    decltype(&::readstat_int16_value) int16_value = library["readstat_int16_value"];
    decltype(&::readstat_int32_value) int32_value = library["readstat_int32_value"];
    decltype(&::readstat_float_value) float_value = library["readstat_float_value"];
    decltype(&::readstat_double_value) double_value = library["readstat_double_value"];
    decltype(&::readstat_string_value) string_value = library["readstat_string_value"];
};

ReadStat& readstat() {
    static ReadStat library;
    return library;
}

// What a variable's numbers count.
enum class Meaning { quantity, spss_seconds, stata_days, stata_milliseconds };

struct Variable {
    std::string name;
    Meaning meaning = Meaning::quantity;
    bool is_text = false;
    std::vector<double> numbers;
    std::vector<std::optional<std::string>> texts;
};

enum class Program { spss, stata };

// What the library's callbacks fill. They may not throw through its C code, so trouble is kept here.
struct Reading {
    Program program = Program::spss;
    const MissingWords* missing = nullptr;
    std::vector<Variable> variables;
    std::size_t rows = 0;
    std::string trouble;
};

struct FreeParser {
    void operator()(readstat_parser_t* parser) const { readstat().parser_free(parser); }
};

// SPSS: DATE11, ADATE10, EDATE10, JDATE, SDATE10, DATETIME20, YMDHMS19; Stata: %td, %d, %tc, %tC and what
// follows.
Meaning meaning_of(std::string_view format, Program program) {
    if (program == Program::stata) {
        const bool is_days = format.starts_with("%td") || format.starts_with("%d");
        const bool is_moment = format.starts_with("%tc") || format.starts_with("%tC");
        return is_days ? Meaning::stata_days : is_moment ? Meaning::stata_milliseconds : Meaning::quantity;
    }
    for (const std::string_view date : {"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "YMDHMS"}) {
        if (format.starts_with(date)) {  // DATETIME begins with DATE
            return Meaning::spss_seconds;
        }
    }
    return Meaning::quantity;
}

double as_days(double number, Meaning meaning) {
    constexpr double seconds_a_day = 86400;
    constexpr double days_from_1582_10_14 = 141428;  // SPSS counts from there, Stata from 1960-01-01
    constexpr double days_from_1960 = 3653;
    switch (meaning) {
        case Meaning::quantity: return number;
        case Meaning::spss_seconds: return number / seconds_a_day - days_from_1582_10_14;
        case Meaning::stata_days: return number - days_from_1960;
        case Meaning::stata_milliseconds: return number / (seconds_a_day * 1000) - days_from_1960;
    }
    return number;
}

double number_of(const readstat_value_t& value) {
    switch (readstat().value_type(value)) {
        case READSTAT_TYPE_INT8: return static_cast<signed char>(readstat().int8_value(value));
        case READSTAT_TYPE_INT16: return readstat().int16_value(value);
        case READSTAT_TYPE_INT32: return readstat().int32_value(value);
        case READSTAT_TYPE_FLOAT: return static_cast<double>(readstat().float_value(value));
        default: return readstat().double_value(value);
    }
}

// Runs a callback's work; what it throws becomes trouble and stops the reading.
template <class Work>
int guarded(void* context, Work work) {
    auto& reading = *static_cast<Reading*>(context);
    try {
        work(reading);
        return reading.trouble.empty() ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
    } catch (const std::exception& exception) {
        reading.trouble = exception.what();
        return READSTAT_HANDLER_ABORT;
    }
}

int on_variable(int index, readstat_variable_t* variable, const char*, void* context) {
    return guarded(context, [&](Reading& reading) {
        const auto at = static_cast<std::size_t>(index);
        reading.variables.resize(std::max(reading.variables.size(), at + 1));
        Variable& mine = reading.variables[at];
        mine.name = trim(readstat().variable_get_name(variable));
        mine.is_text = readstat().variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING;
        const char* const format = readstat().variable_get_format(variable);
        mine.meaning = format == nullptr ? Meaning::quantity : meaning_of(format, reading.program);
    });
}

int on_value(int row, readstat_variable_t* variable, readstat_value_t value, void* context) {
    return guarded(context, [&](Reading& reading) {
        Variable& mine =
            reading.variables.at(static_cast<std::size_t>(readstat().variable_get_index(variable)));
        reading.rows = std::max(reading.rows, static_cast<std::size_t>(row) + 1);
        const bool is_missing = readstat().value_is_missing(value, variable) != 0;
        if (mine.is_text) {
            const char* const text = is_missing ? nullptr : readstat().string_value(value);
            const std::string_view trimmed = text == nullptr ? std::string_view() : trim(text);
            const bool is_present = !is_utf8(trimmed) || !reading.missing->contains(trimmed);
            if (!is_utf8(trimmed)) {
                reading.trouble = fmt::format("holds text in row {}, column {} that is not well-formed",
                                              row + 2, mine.name);
            }
            mine.texts.push_back(is_present ? std::optional<std::string>(trimmed) : std::nullopt);
        } else {
            mine.numbers.push_back(is_missing ? std::numeric_limits<double>::quiet_NaN() : number_of(value));
        }
    });
}

// Dates where all are whole days, text with the time of day where one is not, as in a CSV file.
Result<Column> date_column(const Variable& variable, const std::string& source) {
    std::vector<double> days;
    std::vector<std::optional<std::string>> texts;
    bool are_whole_days = true;
    for (std::size_t row = 0; row < variable.numbers.size(); ++row) {
        const double day = as_days(variable.numbers[row], variable.meaning);
        const auto text = std::isnan(day) ? std::nullopt : moment_text(day);
        if (!std::isnan(day) && !text) {
            return fail(unacceptable("is a date outside the years 0 to 9999")
                            .at(source, row + 2, variable.name)
                            .value(shortest(variable.numbers[row])));
        }
        are_whole_days = are_whole_days && (std::isnan(day) || day == std::floor(day));
        days.push_back(day);
        texts.push_back(text);
    }
    return are_whole_days ? Column::of_dates(variable.name, std::move(days))
                          : Column::of_text(variable.name, texts);
}

Result<Frame> frame_of(Reading& reading, const std::string& source, const ReadOptions& options) {
    std::vector<std::string> names;
    for (const Variable& variable : reading.variables) {
        names.push_back(variable.name);
    }
    names = TRY(checked_header(std::move(names), source, 1));
    Frame frame(source);
    for (std::size_t index = 0; index < names.size(); ++index) {
        Variable& variable = reading.variables[index];
        variable.name = names[index];
        if ((variable.is_text ? variable.texts.size() : variable.numbers.size()) != reading.rows) {
            return fail(
                unacceptable("is damaged: it does not hold a value for every row").at(source, variable.name));
        }
        reading.missing->clear_from(variable.numbers);
        const bool is_kept_as_text =
            std::ranges::find(options.text_columns, variable.name) != options.text_columns.end();
        if (variable.is_text) {
            TRY_DO(frame.set(Column::of_text(variable.name, variable.texts)));
        } else if (variable.meaning != Meaning::quantity) {
            Column dates = TRY(date_column(variable, source));
            TRY_DO(frame.set(std::move(dates)));
        } else if (is_kept_as_text) {
            const Column numbers = Column::of_numbers(variable.name, std::move(variable.numbers));
            std::vector<std::optional<std::string>> texts;
            for (std::size_t row = 0; row < reading.rows; ++row) {
                texts.push_back(numbers.is_missing(row) ? std::nullopt : std::optional(numbers.text(row)));
            }
            TRY_DO(frame.set(Column::of_text(variable.name, texts)));
        } else {
            TRY_DO(frame.set(Column::of_numbers(variable.name, std::move(variable.numbers))));
        }
    }
    return frame;
}

}  // namespace

Result<Frame> read_statistics_file(const std::string& path, const ReadOptions& options) {
    TRY_DO(readstat().library.check(path));
    const std::string ending = lower_case(std::filesystem::path(path).extension().string());
    const MissingWords missing(options.missing);
    Reading reading;
    reading.program = ending == ".dta" ? Program::stata : Program::spss;
    reading.missing = &missing;
    const std::unique_ptr<readstat_parser_t, FreeParser> parser(readstat().parser_init());
    ENSURE(parser != nullptr);
    readstat().set_variable_handler(parser.get(), on_variable);
    readstat().set_value_handler(parser.get(), on_value);
    const auto parse = ending == ".dta"   ? readstat().parse_dta
                       : ending == ".por" ? readstat().parse_por
                                          : readstat().parse_sav;
    const readstat_error_t outcome = parse(parser.get(), path.c_str(), &reading);
    if (outcome == READSTAT_ERROR_OPEN) {
        return fail(outside_failure("cannot open it").at(path));
    }
    if (outcome != READSTAT_OK) {
        const std::string reason =
            reading.trouble.empty() ? readstat().error_message(outcome) : reading.trouble;
        return fail(unacceptable(fmt::format("cannot be read as a file of {}: {}",
                                             reading.program == Program::stata ? "Stata" : "SPSS", reason))
                        .at(path)
                        .remedy("Save it again, or as CSV."));
    }
    if (reading.variables.empty()) {
        return fail(unacceptable("holds no columns").at(path));
    }
    return frame_of(reading, path, options);
}

}  // namespace groundwork::table
