#include "table/frame.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace groundwork;
using namespace groundwork::table;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

Frame people() {
    Frame frame("people.csv");
    REQUIRE(frame.set(Column::of_numbers("age", {44, missing, 63.5})));
    const std::vector<std::optional<std::string>> arms = {"MM", std::nullopt, "LKM"};
    REQUIRE(frame.set(Column::of_text("arm", arms)));
    REQUIRE(frame.set(Column::of_dates("start", {0, 20780, missing})));
    return frame;
}

}  // namespace

TEST_CASE("cells read as text: whole numbers in full, others exactly, dates by year, month and day") {
    const Frame frame = people();
    CHECK((*frame.find("age"))->text(0) == "44");
    CHECK((*frame.find("age"))->text(1) == "");
    CHECK((*frame.find("age"))->text(2) == "63.5");
    CHECK((*frame.find("arm"))->text(2) == "LKM");
    CHECK((*frame.find("start"))->text(0) == "1970-01-01");
    CHECK((*frame.find("start"))->text(1) == "2026-11-23");
    const Column large = Column::of_numbers("id", {100000, 0.1, 1e300, -3});
    CHECK(large.text(0) == "100000");
    CHECK(large.text(1) == "0.1");
    CHECK(large.text(2) == "1e+300");
    CHECK(large.text(3) == "-3");
}

TEST_CASE("a date is written with four digits of year from the first day to the last") {
    CHECK(date_text(first_day) == "0000-01-01");
    CHECK(date_text(last_day) == "9999-12-31");
}

TEST_CASE("levels stand in the order of their first appearance, and a missing cell has none") {
    const std::vector<std::optional<std::string>> cells = {"b", "a", std::nullopt, "b"};
    const Column column = Column::of_text("x", cells);
    CHECK(column.levels() == std::vector<std::string>{"b", "a"});
    CHECK(std::vector<std::int32_t>(column.codes().begin(), column.codes().end()) ==
          std::vector<std::int32_t>{0, 1, -1, 0});
    CHECK(column.is_missing(2));
}

TEST_CASE("a column that does not exist is met with the file and the name most likely meant") {
    const auto found = people().find("agee");
    REQUIRE_FALSE(found);
    CHECK(found.error().describe() ==
          "people.csv: \"agee\" is not a column of this file. Did you mean \"age\"?");
}

TEST_CASE("a text column asked for numbers names its first cell that is not one") {
    const auto found = people().find_numbers("arm");
    REQUIRE_FALSE(found);
    CHECK(found.error().describe() ==
          "people.csv, row 2, column arm: \"MM\" is not a number. Write a number, or "
          "leave the cell empty where there is none.");
    CHECK(people().find_numbers("start").has_value());
    Frame frame("f.csv");
    const std::vector<std::optional<std::string>> codes = {std::nullopt, "007"};
    REQUIRE(frame.set(Column::of_text("code", codes)));
    const auto zeros = frame.find_numbers("code");
    REQUIRE_FALSE(zeros);
    CHECK(zeros.error().offending_value() == "007");
    CHECK(zeros.error().place().row == 3u);
}

TEST_CASE("setting a column of a known name replaces it, and another length is refused") {
    Frame frame = people();
    REQUIRE(frame.set(Column::of_numbers("age", {1, 2, 3})));
    CHECK(frame.columns().size() == 3);
    CHECK((*frame.find("age"))->numbers()[2] == 3);
    CHECK_FALSE(frame.set(Column::of_numbers("other", {1, 2})));
    CHECK_FALSE(frame.has("other"));
}

TEST_CASE("picked rows keep the row that they had in the file") {
    const std::vector<std::size_t> rows = {2, 0};
    const Frame frame = people().picked(rows);
    CHECK(frame.rows() == 2);
    CHECK((*frame.find("age"))->text(0) == "63.5");
    CHECK((*frame.find("arm"))->text(1) == "MM");
    CHECK(frame.source_row(0) == 4);
    const Place place = frame.place(1, "age");
    CHECK(place.file == "people.csv");
    CHECK(place.row == 2u);
    CHECK(place.column == "age");
}
