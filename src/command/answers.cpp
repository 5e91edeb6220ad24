#include "command/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace groundwork::command {

namespace {

using instrument::Instrument;
using instrument::Responses;
using table::Column;
using table::ColumnKind;
using table::Frame;

// Columns whose names differ in one number only, e.g. scs_1 to scs_26 or scs01_pre to scs26_pre.
struct Family {
    std::string name;                          // "scs_{}"
    std::map<long long, std::string> columns;  // number -> column

    bool is_complete(std::size_t count) const {
        return columns.size() == count && columns.begin()->first == 1 &&
               columns.rbegin()->first == static_cast<long long>(count);
    }
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// Splits a name at its last number; nothing if it has none, or one too long to be an item's.
std::optional<std::pair<std::string, long long>> family_of(const std::string& column) {
    const auto last = std::find_if(column.rbegin(), column.rend(), is_digit);
    const auto first = std::find_if_not(last, column.rend(), is_digit);
    const auto number = to_integer(std::string(first.base(), last.base()));
    if (last == column.rend() || !number || *number > 9999) {
        return std::nullopt;
    }
    return std::pair(
        std::string(column.begin(), first.base()) + "{}" + std::string(last.base(), column.end()), *number);
}

std::vector<Family> families_of(const Frame& frame) {
    std::vector<Family> families;
    for (const Column& column : frame.columns()) {
        const auto family = family_of(column.name());
        if (!family) {
            continue;
        }
        auto place = std::ranges::find(families, family->first, &Family::name);
        if (place == families.end()) {
            place = families.insert(families.end(), Family{family->first, {}});
        }
        place->columns.emplace(family->second, column.name());
    }
    return families;
}

std::vector<std::string> columns_of(const Family& family) {
    std::vector<std::string> columns;
    for (const auto& [number, column] : family.columns) {
        columns.push_back(column);
    }
    return columns;
}

std::string usual_template(const Instrument& instrument) {
    std::string name = instrument.id;
    std::ranges::replace(name, '-', '_');
    return name + "_{}";
}

std::string with_number(std::string name, std::size_t number) {
    return name.replace(name.find("{}"), 2, std::to_string(number));
}

Error wrong_count(const Frame& frame, const Instrument& instrument, const Family& family) {
    std::vector<std::string> missing;
    for (std::size_t item = 1; item <= instrument.items.size(); ++item) {
        if (!family.columns.contains(static_cast<long long>(item))) {
            missing.push_back(with_number(family.name, item));
        }
    }
    const std::string problem =
        missing.empty() ? fmt::format("has {} columns {}, but {} has {} items", family.columns.size(),
                                      family.name, instrument.id, instrument.items.size())
                        : fmt::format("has no column {}, but {} has {} items", join(missing, ", "),
                                      instrument.id, instrument.items.size());
    return unacceptable(problem)
        .at(frame.source())
        .remedy("Check that it is the right instrument, or list the items' columns in order: --items a,b,c.");
}

Result<std::vector<std::string>> find_without_template(const Frame& frame, const Instrument& instrument) {
    const std::vector<Family> families = families_of(frame);
    const std::size_t count = instrument.items.size();
    const auto usual = std::ranges::find(families, usual_template(instrument), &Family::name);
    if (usual != families.end()) {
        if (!usual->is_complete(count)) {
            return fail(wrong_count(frame, instrument, *usual));
        }
        return columns_of(*usual);
    }
    std::vector<std::string> fitting;
    const Family* only = nullptr;
    for (const Family& family : families) {
        if (family.is_complete(count)) {
            fitting.push_back(fmt::format("'{}'", family.name));
            only = &family;
        }
    }
    if (fitting.size() == 1) {
        return columns_of(*only);
    }
    const std::string seen = fitting.empty() ? "" : fmt::format(" These would fit: {}.", join(fitting, ", "));
    return fail(
        usage_error(fmt::format("the columns of the {} items of {} cannot be told from their names", count,
                                instrument.id))
            .at(frame.source())
            .remedy(fmt::format("Name them, e.g. --items '{}', or list them in order: --items a,b,c.{}",
                                usual_template(instrument), seen)));
}

// A template that named only the first items of a longer questionnaire would score the wrong one without a
// word.
Result<std::vector<std::string>> find_by_template(const Frame& frame, const Instrument& instrument,
                                                  const std::string& items) {
    const std::vector<Family> families = families_of(frame);
    const auto family = std::ranges::find(families, items, &Family::name);
    if (family == families.end()) {
        return table::expand_template(items, instrument.items.size());
    }
    if (!family->is_complete(instrument.items.size())) {
        return fail(wrong_count(frame, instrument, *family));
    }
    return columns_of(*family);
}

// One answer's label in any language, for people who left the words in the cells.
std::optional<int> answer_labelled(const Responses& responses, std::string_view words) {
    for (const auto& [language, labels] : responses.labels) {
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (!labels[i].empty() && lower_case(labels[i]) == lower_case(words)) {
                return responses.minimum + static_cast<int>(i);
            }
        }
    }
    return std::nullopt;
}

std::optional<long long> whole_number(const Column& column, std::size_t row) {
    if (column.kind() == ColumnKind::text) {
        return to_integer(trim(column.text(row)));
    }
    const double number = column.numbers()[row];
    constexpr double largest = 1e15;
    if (column.kind() == ColumnKind::date || number != std::floor(number) || std::abs(number) > largest) {
        return std::nullopt;
    }
    return static_cast<long long>(number);
}

// Every row's id, or its number without an id column.
Result<std::vector<std::string>> collect_ids(const Frame& frame, const std::string& id_column,
                                             std::vector<Error>& troubles) {
    const Column* column = id_column.empty() ? nullptr : TRY(frame.find(id_column));
    std::vector<std::string> ids;
    std::map<std::string, std::size_t> rows;
    for (std::size_t row = 0; row < frame.rows(); ++row) {
        ids.push_back(column == nullptr ? std::to_string(row + 1) : column->text(row));
        if (column != nullptr && column->is_missing(row)) {
            troubles.push_back(unacceptable("the id is missing")
                                   .at(frame.place(row, column->name()))
                                   .remedy("Every row needs an id of its own."));
        } else if (const auto [place, is_new] = rows.emplace(ids.back(), row); !is_new) {
            troubles.push_back(
                unacceptable(fmt::format("is the id of row {} already", frame.source_row(place->second)))
                    .at(frame.place(row, column->name()))
                    .value(ids.back())
                    .remedy("One row must stand for one person: remove one of the two, or give it "
                            "another id."));
        }
    }
    return ids;
}

// The first twenty troubles as one error, and how many more there are.
Error all_together(const std::vector<Error>& troubles, const std::string& source) {
    constexpr std::size_t reported_at_once = 20;
    Error error = troubles.front();
    for (std::size_t i = 1; i < std::min(troubles.size(), reported_at_once); ++i) {
        error.also(troubles[i]);
    }
    if (troubles.size() > reported_at_once) {
        error.also(
            unacceptable(fmt::format("{} more cells are in trouble", troubles.size() - reported_at_once))
                .at(source)
                .remedy("`groundwork lint` lists them all."));
    }
    return error;
}

class Reader {
  public:
    Reader(const Frame& frame, const Instrument& instrument) : frame_(frame), instrument_(instrument) {}

    Result<AnswerSheet> read(const std::string& items, const std::string& id_column) {
        sheet_.columns = TRY(find_item_columns(frame_, instrument_, items));
        std::vector<const Column*> columns;
        for (const std::string& name : sheet_.columns) {
            columns.push_back(TRY(frame_.find(name)));
        }
        sheet_.ids = TRY(collect_ids(frame_, id_column, sheet_.troubles));
        find_other_coding(columns);
        for (std::size_t row = 0; row < frame_.rows(); ++row) {
            instrument::Answers answers;
            for (std::size_t item = 0; item < columns.size(); ++item) {
                answers.push_back(read_answer(*columns[item], row, static_cast<int>(item) + 1));
            }
            sheet_.answers.push_back(std::move(answers));
        }
        std::ranges::stable_sort(sheet_.troubles, {}, [](const Error& error) { return error.place().row; });
        return std::move(sheet_);
    }

  private:
    std::optional<int> read_answer(const Column& column, std::size_t row, int item) {
        if (column.is_missing(row)) {
            return std::nullopt;
        }
        const Responses& responses = instrument_.responses_of(item);
        const auto number = whole_number(column, row);
        if (number && *number >= responses.minimum && *number <= responses.maximum) {
            return static_cast<int>(*number);
        }
        const std::string cell = column.text(row);
        const std::string problem =
            number ? fmt::format("is outside the answers {} to {} of item {}", responses.minimum,
                                 responses.maximum, item)
                   : fmt::format("is not a whole number, as the answers {} to {} of item {} are",
                                 responses.minimum, responses.maximum, item);
        sheet_.troubles.push_back(unacceptable(problem)
                                      .at(frame_.place(row, column.name()))
                                      .value(cell)
                                      .remedy(remedy_for(responses, cell, number.has_value())));
        return std::nullopt;
    }

    std::string remedy_for(const Responses& responses, const std::string& cell, bool is_whole) {
        if (const auto meant = answer_labelled(responses, cell)) {
            return fmt::format("That is the label of the answer {}: write the number.", *meant);
        }
        std::string remedy = fmt::format("Write {} to {}, or leave the cell empty if there was no answer",
                                         responses.minimum, responses.maximum);
        if (is_whole && !has_other_coding_) {
            remedy += fmt::format("; if {} stands for a missing answer, add --missing={}", cell, cell);
        }
        return remedy + "." + std::exchange(other_coding_, "");
    }

    // When every answer would fit after adding the same number, the file counts its answers from another one.
    void find_other_coding(const std::vector<const Column*>& columns) {
        const bool has_own_responses = std::ranges::any_of(
            instrument_.items, [](const auto& item) { return item.responses.has_value(); });
        long long lowest = std::numeric_limits<long long>::max();
        long long highest = std::numeric_limits<long long>::min();
        for (const Column* column : columns) {
            for (std::size_t row = 0; row < column->size(); ++row) {
                const auto number = column->is_missing(row) ? std::nullopt : whole_number(*column, row);
                if (number) {
                    lowest = std::min(lowest, *number);
                    highest = std::max(highest, *number);
                }
            }
        }
        const Responses& responses = instrument_.responses;
        const long long width = responses.maximum - responses.minimum;
        const bool is_outside = lowest < responses.minimum || highest > responses.maximum;
        if (has_own_responses || lowest > highest || !is_outside || highest - lowest > width) {
            return;
        }
        const long long shift =
            lowest < responses.minimum ? responses.minimum - lowest : responses.maximum - highest;
        has_other_coding_ = true;
        other_coding_ = fmt::format(
            " All answers of the file lie between {} and {}: if it codes them {} to {}, {} {} "
            "{} every one first.",
            lowest, highest, responses.minimum - shift, responses.maximum - shift, shift > 0 ? "add" : "take",
            std::abs(shift), shift > 0 ? "to" : "from");
    }

    const Frame& frame_;
    const Instrument& instrument_;
    AnswerSheet sheet_;
    bool has_other_coding_ = false;
    std::string other_coding_;  // what to say of it, once
};

}  // namespace

Result<std::vector<std::string>> find_item_columns(const Frame& frame, const Instrument& instrument,
                                                   const std::string& items) {
    if (items.empty()) {
        return find_without_template(frame, instrument);
    }
    return find_by_template(frame, instrument, items);
}

Result<AnswerSheet> collect_answers(const Frame& frame, const Instrument& instrument,
                                    const std::string& items, const std::string& id_column) {
    return Reader(frame, instrument).read(items, id_column);
}

Result<AnswerSheet> read_answers(const Frame& frame, const Instrument& instrument, const std::string& items,
                                 const std::string& id_column) {
    AnswerSheet sheet = TRY(collect_answers(frame, instrument, items, id_column));
    if (!sheet.troubles.empty()) {
        return fail(all_together(sheet.troubles, frame.source()));
    }
    return sheet;
}

Result<std::vector<std::string>> read_ids(const Frame& frame, const std::string& id_column) {
    std::vector<Error> troubles;
    std::vector<std::string> ids = TRY(collect_ids(frame, id_column, troubles));
    if (!troubles.empty()) {
        return fail(all_together(troubles, frame.source()));
    }
    return ids;
}

Result<Frame> read_people(const std::string& file, const std::string& missing, const std::string& id_column) {
    table::ReadOptions options;
    if (!missing.empty()) {
        for (const std::string_view value : split(missing, ',')) {
            options.missing.emplace_back(trim(value));
        }
    }
    if (!id_column.empty()) {
        options.text_columns.push_back(id_column);
    }
    return table::read_table(file, options);
}

void note_about_health_answers(Console& console) {
    console.note(
        "If you are the employer: answers about health may not reach you in a form that identifies people.");
}

}  // namespace groundwork::command
