#include "table/reshape.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace groundwork::table {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// One cell taken from each of several columns of one kind; nullptr is a missing cell.
struct Taken {
    const Column* column = nullptr;
    std::size_t row = 0;
};

bool is_all_missing(const Column& column) {
    for (std::size_t row = 0; row < column.size(); ++row) {
        if (!column.is_missing(row)) {
            return false;
        }
    }
    return true;
}

// The one kind of the columns; columns without any value fit every kind.
Result<ColumnKind> common_kind(const Frame& frame, const std::vector<const Column*>& columns) {
    const Column* first = nullptr;
    for (const Column* column : columns) {
        if (is_all_missing(*column)) {
            continue;
        }
        first = first == nullptr ? column : first;
        if (column->kind() != first->kind()) {
            return fail(unacceptable(
                            fmt::format("does not hold the same kind of cells as {}: numbers, dates and text "
                                        "cannot stand in one column",
                                        first->name()))
                            .at(frame.source(), column->name()));
        }
    }
    return first == nullptr ? ColumnKind::number : first->kind();
}

Column gathered(std::string name, ColumnKind kind, const std::vector<Taken>& cells) {
    if (kind == ColumnKind::text) {
        std::vector<std::optional<std::string>> texts;
        for (const Taken& cell : cells) {
            const bool is_present = cell.column != nullptr && !cell.column->is_missing(cell.row);
            texts.push_back(is_present ? std::optional(cell.column->text(cell.row)) : std::nullopt);
        }
        return Column::of_text(std::move(name), texts);
    }
    std::vector<double> numbers;
    for (const Taken& cell : cells) {
        const bool is_present = cell.column != nullptr && !cell.column->is_missing(cell.row);
        numbers.push_back(is_present ? cell.column->numbers()[cell.row] : missing);
    }
    return kind == ColumnKind::date ? Column::of_dates(std::move(name), std::move(numbers))
                                    : Column::of_numbers(std::move(name), std::move(numbers));
}

Result<void> add_new(Frame& frame, Column column) {
    if (frame.has(column.name())) {
        return fail(unacceptable("would be two columns of one name")
                        .at(frame.source(), column.name())
                        .remedy("Rename the one that the file has."));
    }
    return frame.set(std::move(column));
}

// Numbers where every name of an occasion is one, otherwise text.
Column occasion_column(const std::string& name, const std::vector<std::string>& occasions,
                       std::size_t people) {
    std::vector<double> numbers;
    std::vector<std::optional<std::string>> texts;
    for (std::size_t person = 0; person < people; ++person) {
        for (const std::string& occasion : occasions) {
            numbers.push_back(to_number(occasion).value_or(missing));
            texts.emplace_back(occasion);
        }
    }
    const bool are_numbers =
        std::ranges::all_of(occasions, [](const std::string& o) { return to_number(o).has_value(); });
    return are_numbers ? Column::of_numbers(name, std::move(numbers)) : Column::of_text(name, texts);
}

}  // namespace

Result<Frame> wide_to_long(const Frame& wide, const std::vector<Measure>& measures,
                           const std::string& occasion_name, const std::vector<std::string>& occasions) {
    std::set<std::string> used;
    for (const Measure& measure : measures) {
        if (measure.columns.size() != occasions.size()) {
            return fail(usage_error(fmt::format("has {} columns for {} occasions", measure.columns.size(),
                                                occasions.size()))
                            .value(measure.name));
        }
        used.insert(measure.columns.begin(), measure.columns.end());
    }
    std::vector<std::size_t> repeated;
    std::vector<std::size_t> source_rows;
    for (std::size_t row = 0; row < wide.rows(); ++row) {
        repeated.insert(repeated.end(), occasions.size(), row);
        source_rows.insert(source_rows.end(), occasions.size(), wide.source_row(row));
    }
    Frame tall(wide.source());
    tall.set_source_rows(std::move(source_rows));
    for (const Column& column : wide.columns()) {
        if (!used.contains(column.name())) {
            TRY_DO(add_new(tall, column.picked(repeated)));
        }
    }
    TRY_DO(add_new(tall, occasion_column(occasion_name, occasions, wide.rows())));
    for (const Measure& measure : measures) {
        std::vector<const Column*> columns;
        for (const std::string& name : measure.columns) {
            columns.push_back(TRY(wide.find(name)));
        }
        const ColumnKind kind = TRY(common_kind(wide, columns));
        std::vector<Taken> cells;
        for (std::size_t row = 0; row < wide.rows(); ++row) {
            for (const Column* column : columns) {
                cells.push_back({column, row});
            }
        }
        TRY_DO(add_new(tall, gathered(measure.name, kind, cells)));
    }
    return tall;
}

namespace {

// Which rows of a long frame belong to which person and occasion.
struct Occasions {
    std::vector<std::size_t> first_rows;  // of each person, in the order of appearance
    std::vector<std::string> names;       // ascending where they are numbers or dates
    std::map<std::pair<std::size_t, std::string>, std::size_t> rows;  // (person, occasion) -> row
    std::vector<std::size_t> person_of_row;
};

std::vector<std::string> occasion_names(const Column& occasion) {
    std::vector<std::size_t> firsts;
    std::set<std::string> seen;
    for (std::size_t row = 0; row < occasion.size(); ++row) {
        if (seen.insert(occasion.text(row)).second) {
            firsts.push_back(row);
        }
    }
    if (occasion.kind() != ColumnKind::text) {
        std::ranges::sort(firsts, {}, [&](std::size_t row) { return occasion.numbers()[row]; });
    }
    std::vector<std::string> names;
    for (const std::size_t row : firsts) {
        names.push_back(occasion.text(row));
    }
    return names;
}

Result<Occasions> find_occasions(const Frame& tall, const Column& id, const Column& occasion) {
    for (const Column* column : {&id, &occasion}) {
        for (std::size_t row = 0; row < tall.rows(); ++row) {
            if (column->is_missing(row)) {
                return fail(unacceptable("is missing, so this row belongs to nobody or to no occasion")
                                .at(tall.place(row, column->name()))
                                .remedy("Fill the cell in or leave the row out."));
            }
        }
    }
    Occasions found;
    std::map<std::string, std::size_t> people;
    for (std::size_t row = 0; row < tall.rows(); ++row) {
        const auto [person, is_new] = people.try_emplace(id.text(row), people.size());
        if (is_new) {
            found.first_rows.push_back(row);
        }
        found.person_of_row.push_back(person->second);
        const auto [at, is_first] = found.rows.try_emplace({person->second, occasion.text(row)}, row);
        if (!is_first) {
            return fail(
                unacceptable(fmt::format("has a second row for {} {}; the first is row {}", occasion.name(),
                                         occasion.text(row), tall.source_row(at->second)))
                    .at(tall.place(row, id.name()))
                    .value(id.text(row))
                    .remedy("Leave one of them out."));
        }
    }
    found.names = occasion_names(occasion);
    return found;
}

// Whether every person has one value in all rows.
bool is_constant_in_people(const Column& column, const Occasions& occasions) {
    for (std::size_t row = 0; row < column.size(); ++row) {
        const std::size_t first = occasions.first_rows[occasions.person_of_row[row]];
        if (column.text(row) != column.text(first)) {
            return false;
        }
    }
    return true;
}

}  // namespace

Result<Frame> long_to_wide(const Frame& tall, const std::string& id, const std::string& occasion,
                           const std::vector<std::string>& measures) {
    const Column* const person_column = TRY(tall.find(id));
    const Column* const occasion_column = TRY(tall.find(occasion));
    const Occasions occasions = TRY(find_occasions(tall, *person_column, *occasion_column));
    std::vector<std::size_t> source_rows;
    for (const std::size_t row : occasions.first_rows) {
        source_rows.push_back(tall.source_row(row));
    }
    Frame wide(tall.source());
    wide.set_source_rows(std::move(source_rows));
    TRY_DO(add_new(wide, person_column->picked(occasions.first_rows)));
    for (const Column& column : tall.columns()) {
        const bool is_used = column.name() == id || column.name() == occasion ||
                             std::ranges::find(measures, column.name()) != measures.end();
        if (!is_used && is_constant_in_people(column, occasions)) {
            TRY_DO(add_new(wide, column.picked(occasions.first_rows)));
        }
    }
    for (const std::string& name : measures) {
        const Column* const measure = TRY(tall.find(name));
        for (const std::string& at : occasions.names) {
            std::vector<Taken> cells;
            for (std::size_t person = 0; person < occasions.first_rows.size(); ++person) {
                const auto row = occasions.rows.find({person, at});
                cells.push_back(row == occasions.rows.end() ? Taken{} : Taken{measure, row->second});
            }
            TRY_DO(add_new(wide, gathered(fmt::format("{}_{}", name, at), measure->kind(), cells)));
        }
    }
    return wide;
}

}  // namespace groundwork::table
