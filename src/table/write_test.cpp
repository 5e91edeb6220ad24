#include "table/write.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>

#include "table/read.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

Frame of(Column column) {
    Frame frame("a.csv");
    REQUIRE(frame.set(std::move(column)));
    return frame;
}

Column texts(const std::string& name, const std::vector<std::optional<std::string>>& cells) {
    return Column::of_text(name, cells);
}

}  // namespace

TEST_CASE("cells are quoted only where they must be") {
    Frame frame =
        of(texts("a", {"plain", "with, comma", "a \"quote\"", "two\nlines", " outer ", std::nullopt}));
    REQUIRE(frame.set(Column::of_numbers("b,c", {1, 0.1, 1e300, missing, -0.0, 100000})));
    CHECK(to_csv(frame) ==
          "a,\"b,c\"\nplain,1\n\"with, comma\",0.1\n\"a \"\"quote\"\"\",1e+300\n\"two\nlines\",\n"
          "\" outer \",-0\n,100000\n");
}

TEST_CASE("text that a spreadsheet would run gets an apostrophe, and numbers do not") {
    Frame frame = of(texts("=a", {"=1+1", "+1", "-x", "@y", "safe"}));
    REQUIRE(frame.set(Column::of_numbers("n", {-1, -2, -3, -4, -5})));
    CHECK(to_csv(frame) == "\"'=a\",n\n\"'=1+1\",-1\n\"'+1\",-2\n\"'-x\",-3\n\"'@y\",-4\nsafe,-5\n");
}

TEST_CASE("what a reader would take for something else is quoted") {
    CHECK(to_csv(of(Column::of_numbers("sep=;", {1}))) == "\"sep=;\"\n1\n");
    const Frame frame = of(Column::of_numbers("x", {missing, 1}));
    CHECK(to_csv(frame) == "x\n\"\"\n1\n");
    CHECK(read_csv(to_csv(frame), "b.csv")->rows() == 2);
}

TEST_CASE("any table of numbers, dates and text reads back the same") {
    CHECK(rc::check([](const std::vector<std::uint64_t>& bits, const std::vector<std::string>& words) {
        std::vector<double> numbers;
        std::vector<double> days;
        std::vector<std::optional<std::string>> cells;
        for (std::size_t row = 0; row < bits.size(); ++row) {
            const double number = std::bit_cast<double>(bits[row]);
            numbers.push_back(std::isnan(number) ? missing : number);
            days.push_back(row % 3 == 0 ? missing : first_day + static_cast<double>(bits[row] % 3652425));
            std::string word = "w" + (row < words.size() ? words[row] : "");
            std::erase(word, '\0');
            cells.push_back(is_utf8(word) ? std::optional(word) : std::nullopt);
        }
        Frame frame("a.csv");
        RC_ASSERT(frame.set(Column::of_numbers("number", numbers)).has_value());
        RC_ASSERT(frame.set(Column::of_dates("day", days)).has_value());
        RC_ASSERT(frame.set(texts("word", cells)).has_value());
        const auto again = read_csv(to_csv(frame), "b.csv");
        RC_ASSERT(again.has_value());
        RC_ASSERT(to_csv(*again) == to_csv(frame));
        for (std::size_t row = 0; row < numbers.size(); ++row) {
            const double read = (*again->find("number"))->numbers()[row];
            const bool is_same = std::isnan(numbers[row]) ? std::isnan(read)
                                                          : std::bit_cast<std::uint64_t>(read) ==
                                                                std::bit_cast<std::uint64_t>(numbers[row]);
            RC_ASSERT(is_same);
            RC_ASSERT((*again->find("word"))->text(row) == cells[row].value_or(""));
        }
    }));
}

TEST_CASE("a name that is no kind of table is refused, and a folder that is not there is named") {
    const Frame frame = of(Column::of_numbers("x", {1}));
    const auto unknown = write_table(frame, "a.docx");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind() == ErrorKind::usage);
    for (const std::string ending : {"csv", "xlsx"}) {
        const auto nowhere = write_table(frame, "/nowhere/at/all." + ending);
        REQUIRE_FALSE(nowhere);
        CHECK(nowhere.error().kind() == ErrorKind::outside);
    }
}

TEST_CASE("real files of statistics programs are read as what they are") {
    const std::filesystem::path folder = std::filesystem::path(GROUNDWORK_SHARED_DIR) / "data";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("skipped: the shared data are not here");
        return;
    }
    const auto orthodont = read_table((folder / "Orthodont.csv").string());
    REQUIRE_MESSAGE(orthodont.has_value(), orthodont.error().describe());
    CHECK((*orthodont->find("distance"))->kind() == ColumnKind::number);
    CHECK((*orthodont->find("Subject"))->levels().size() == 27);
    const auto diary = read_table((folder / "study217_daily.csv").string());
    REQUIRE(diary.has_value());
    CHECK(diary->rows() == 217 * 63);
    CHECK((*diary->find("sc"))->numbers()[0] == 4.11538461538462);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto frame = read_table(entry.path().string());
        REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
        const auto again = read_csv(to_csv(*frame), "again.csv");
        REQUIRE_MESSAGE(again.has_value(), again.error().describe());
        CHECK(to_csv(*again) == to_csv(*frame));
    }
}
