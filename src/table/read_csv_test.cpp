#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "table/read.h"
#include "table/write.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

Frame read(std::string_view csv, const ReadOptions& options = {}) {
    auto frame = read_csv(csv, "a.csv", options);
    REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
    return *std::move(frame);
}

std::string trouble(std::string_view csv, const ReadOptions& options = {}) {
    const auto frame = read_csv(csv, "a.csv", options);
    REQUIRE_FALSE(frame);
    return frame.error().describe();
}

// Kind, then cells with | between them: "number 1|2|".
std::string column(const Frame& frame, std::string_view name) {
    const auto found = frame.find(name);
    REQUIRE_MESSAGE(found.has_value(), found.error().describe());
    const Column& cells = **found;
    std::string text = cells.kind() == ColumnKind::number ? "number "
                       : cells.kind() == ColumnKind::date ? "date "
                                                          : "text ";
    for (std::size_t row = 0; row < cells.size(); ++row) {
        text += (row == 0 ? "" : "|") + cells.text(row);
    }
    return text;
}

}  // namespace

TEST_CASE("commas, semicolons, tabs and bars are told apart by the file itself") {
    for (const std::string_view csv :
         {"id,note,x\n1,a;b,2.5\n2,c d,3.5\n", "id;note;x\n1;a,b;2.5\n2;c d;3.5\n",
          "id\tnote\tx\n1\ta,b\t2.5\n2\tc;d\t3.5\n", "id|note|x\n1|a,b|2.5\n2|c;d|3.5\n"}) {
        const Frame frame = read(csv);
        CHECK(frame.column_names() == std::vector<std::string>{"id", "note", "x"});
        CHECK(column(frame, "x") == "number 2.5|3.5");
    }
    CHECK(column(read("x\n1\n2\n"), "x") == "number 1|2");
    CHECK(column(read("sep=;\na;b\n1;2,5\n"), "b") == "number 2.5");
    CHECK(read("sep=;\na;b\n1;2,5\n").source_row(0) == 3);
    CHECK(read("a;b\n1;2\n", {.delimiter = ','}).column_names() == std::vector<std::string>{"a;b"});
}

TEST_CASE("decimal commas are read where the file shows that they are decimal") {
    CHECK(column(read("a;b\n1,25;x\n-3;y\n"), "a") == "number 1.25|-3");
    CHECK(column(read("a;b\n1,234;x\n"), "a") == "number 1.234");
    CHECK(column(read("a\tb\n1,5\tx\n12,25\ty\n"), "a") == "number 1.5|12.25");
    CHECK(column(read("a,b\n\"1,5\",x\n"), "a") == "number 1.5");
    // 1,234 may be a thousand and more, and 1.5 elsewhere shows that decimals have a point.
    CHECK(column(read("a\tb\n1,234\tx\n"), "a") == "text 1,234");
    CHECK(column(read("a;b\n1,5;1.5\n"), "a") == "text 1,5");
    CHECK(column(read("a\tb\n1,234\tx\n", {.decimal = ','}), "a") == "number 1.234");
    CHECK(column(read("a;b\n1,5;1.5\n", {.decimal = ','}), "b") == "text 1.5");
    CHECK(column(read("a;b\n1,5;1.5\n", {.decimal = '.'}), "a") == "text 1,5");
}

TEST_CASE("marks of encoding, UTF-16 and Latin-1 all come out as UTF-8") {
    const std::string wanted = "text Mu\xC3\xB1oz \xF0\x9F\x94\xA5";
    CHECK(column(read("\xEF\xBB\xBFname\nMu\xC3\xB1oz \xF0\x9F\x94\xA5\n"), "name") == wanted);
    const std::u16string text = u"\uFEFFname\nMuñoz \U0001F525\n";
    std::string little;
    std::string big;
    for (const char16_t unit : text) {
        little += {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
        big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xFF)};
    }
    CHECK(column(read(little), "name") == wanted);
    CHECK(column(read(big), "name") == wanted);
    CHECK(column(read("name,x\nMu\xF1oz,1\n\x80,2\n"), "name") == "text Mu\xC3\xB1oz|\xE2\x82\xAC");
    CHECK(trouble("\xFF\xFE"
                  "a") ==
          "a.csv: is UTF-16 text cut in the middle of a character. Save it again, as UTF-8 "
          "if you can.");
    CHECK_FALSE(read_csv(std::string_view("\xFF\xFE\x00\xD8", 4), "a.csv"));
}

TEST_CASE("lines end in LF, CRLF or a lone CR, and the last may end in nothing") {
    for (const std::string_view csv :
         {"a,b\n1,x\n2,y\n", "a,b\r\n1,x\r\n2,y\r\n", "a,b\r1,x\r2,y\r", "a,b\n1,x\n2,y"}) {
        CHECK(column(read(csv), "a") == "number 1|2");
        CHECK(column(read(csv), "b") == "text x|y");
    }
    CHECK(column(read("a,b\n1,"), "b") == "number ");
    CHECK(read("a,b").rows() == 0);
    CHECK(read("a,b\n").columns().size() == 2);
}

TEST_CASE("quoted cells hold separators, line ends and doubled quotes, and count as numbers where they are") {
    const Frame frame = read("id,\"the note\",x\n\"1\",\"a, \"\"b\"\"\nc\",\"2.5\"\n\"2\", \"d\" ,\" 3 \"\n");
    CHECK(column(frame, "id") == "number 1|2");
    CHECK(column(frame, "the note") == "text a, \"b\"\nc|d");
    CHECK(column(frame, "x") == "number 2.5|3");
    CHECK(column(read("a,b\n5\" pipe,1\n"), "a") == "text 5\" pipe");
    CHECK(column(read("a,b\n 1 ,  x y \n2,\" z\"\n"), "b") == "text x y| z");
    CHECK(column(read("a,b\n 1 ,x\n"), "a") == "number 1");
}

TEST_CASE("a row is counted as a spreadsheet counts it, line ends inside quotes and blank lines included") {
    const Frame frame = read("a,b\n\"x\ny\",1\n\n\nz,2\nw,3\n\n \n");
    CHECK(frame.rows() == 3);
    CHECK(frame.source_row(0) == 2);
    CHECK(frame.source_row(1) == 5);
    CHECK(frame.source_row(2) == 6);
}

TEST_CASE("missing cells are the empty one and the words of the options, also as numbers") {
    CHECK(column(read("a,b\n1,x\nNA,NA\n,\n.,N/A\n\"\",\" \"\nNaN,null\n"), "a") == "number 1|||||");
    CHECK(column(read("a,b\n1,x\nNA,NA\n,\n.,N/A\n\"\",\" \"\nNaN,null\n"), "b") == "text x|||||");
    CHECK(column(read("a,b\n-99,-99\n-99.0,x\n3,y\n", {.missing = {"-99"}}), "a") == "number ||3");
    CHECK(column(read("a,b\n-99,-99\n-99.0,x\n3,y\n", {.missing = {"-99"}}), "b") == "text |x|y");
    CHECK(column(read("a,b\n1,NA\n", {.missing = {}}), "b") == "text NA");
    CHECK(column(read("a,b\n1,\n2,NA\n"), "b") == "number |");
}

TEST_CASE("dates are read in the forms that leave no doubt") {
    CHECK(column(read("d,x\n2026-11-23,1\nNA,2\n2024-02-29,3\n"), "d") == "date 2026-11-23||2024-02-29");
    CHECK(column(read("d\n2026-11-23T00:00\n2026-11-24 00:00:00.000Z\n2026-11-25\n"), "d") ==
          "date 2026-11-23|2026-11-24|2026-11-25");
    CHECK(column(read("d\n2026-11-23T07:30\n"), "d") == "text 2026-11-23T07:30");
    CHECK(column(read("d\n23/11/2026\n1/2/2026\n"), "d") == "date 2026-11-23|2026-02-01");
    CHECK(column(read("d\n11/23/2026\n1/2/2026\n"), "d") == "date 2026-11-23|2026-01-02");
    CHECK(column(read("d\n23.11.2026\n01.02.2026\n"), "d") == "date 2026-11-23|2026-02-01");
    CHECK(column(read("d\n01/02/2026\n03/04/2026\n"), "d") == "text 01/02/2026|03/04/2026");
    CHECK(column(read("d\n02/02/2026\n"), "d") == "date 2026-02-02");
    CHECK(column(read("d\n2026-02-30\n"), "d") == "text 2026-02-30");
    CHECK(column(read("d\n23/11/2026\n11/23/2026\n"), "d") == "text 23/11/2026|11/23/2026");
}

TEST_CASE("a number that begins with 0 makes its column a column of names") {
    CHECK(column(read("a,b\n7,0\n007,0.5\n-1,-0.25\n"), "a") == "text 7|007|-1");
    CHECK(column(read("a,b\n7,0\n007,0.5\n-1,-0.25\n"), "b") == "number 0|0.5|-0.25");
    CHECK(column(read("a;b\n1,5;x\n00,5;y\n"), "a") == "text 1,5|00,5");
}

TEST_CASE("columns can be kept as text") {
    CHECK(column(read("id,x\n12,1\n13,2\n", {.text_columns = {"id"}}), "id") == "text 12|13");
    CHECK(column(read("id,x\n12,1\n13,2\n", {.text_columns = {"id"}}), "x") == "number 1|2");
}

TEST_CASE("a column that turns out to be text late keeps every cell above as it was written") {
    std::string csv = "a,b,c\n";
    for (int row = 0; row < 1000; ++row) {
        csv +=
            (row % 7 == 0 ? "\n" : "") + std::string("\"1.50\",2.50,") + (row == 900 ? "x" : "0.10") + "\n";
    }
    const Frame frame = read(csv + "y,3,1\n");
    const Column& a = **frame.find("a");
    const Column& c = **frame.find("c");
    REQUIRE(frame.rows() == 1001);
    CHECK(a.levels() == std::vector<std::string>{"1.50", "y"});
    CHECK(c.levels() == std::vector<std::string>{"0.10", "x", "1"});
    CHECK(c.text(900) == "x");
    CHECK((*frame.find("b"))->kind() == ColumnKind::number);
}

TEST_CASE("signs, exponents and infinities are numbers; near misses are text") {
    CHECK(column(read("a,b\n+1,x\n-.5,x\n1e3,x\n2E-2,x\nInf,x\n-Inf,x\n5.,x\n"), "a") ==
          "number 1|-0.5|1000|0.02|Inf|-Inf|5");
    for (const std::string_view cell :
         {"1 2", "0x10", "1e999", "nan(1)", "--1", "+-1", "infinity", "1e", "12a", "-"}) {
        CHECK(column(read("a,b\n1,1\n" + std::string(cell) + ",2\n"), "a") == "text 1|" + std::string(cell));
    }
}

TEST_CASE("the one column without a name is called row_name, as R writes it") {
    CHECK(read("\"\",\"x\"\n\"1\",2\n").column_names() == std::vector<std::string>{"row_name", "x"});
    CHECK(trouble("a,,\n1,2,3\n").find("column without a name") != std::string::npos);
    CHECK(trouble(",row_name\n1,2\n").find("columns 1 and 2") != std::string::npos);
}

TEST_CASE("what cannot be a table is refused with its row") {
    CHECK(trouble("a,b\n1,2\n\n1,2,3,4\n") ==
          "a.csv, row 4: has 4 cells where the header has 2. Every row needs as "
          "many cells as the header; quote a cell that holds the separator.");
    CHECK(trouble("a,b\n1\n").find("row 2: has 1 cell where the header has 2") != std::string::npos);
    CHECK(trouble("a,b,a\n1,2,3\n") ==
          "a.csv, row 1: \"a\" is the name of columns 1 and 3. Rename one: every column "
          "needs a name of its own.");
    CHECK(trouble("a,b\n1,2\n3,\"x\n4,5\n").find("row 3: \"x") != std::string::npos);
    CHECK(trouble("a,b\n1,\"x\"y\n").find("row 2: \"x\" is followed by more text") != std::string::npos);
    CHECK(trouble(std::string_view("a,b\n1,2\n3,\0\n", 13)).find("row 3: holds a zero byte in cell 2") !=
          std::string::npos);
    CHECK(trouble("").find("is empty") != std::string::npos);
    CHECK(trouble("\n\n").find("is empty") != std::string::npos);
    const auto usage = read_csv("a,b\n", "a.csv", {.delimiter = 'x'});
    REQUIRE_FALSE(usage);
    CHECK(usage.error().kind() == ErrorKind::usage);
}

TEST_CASE("every double in a file is the nearest one, as the standard library reads it") {
    CHECK(rc::check([](std::uint64_t bits, std::uint64_t digits, int exponent) {
        const double number = std::bit_cast<double>(bits);
        RC_PRE(std::isfinite(number));
        const int power = exponent % 330;
        std::vector<std::string> cells = {shortest(number), std::to_string(number), std::to_string(digits),
                                          std::to_string(digits) + "e" + std::to_string(power),
                                          "0." + std::to_string(digits) + std::to_string(bits)};
        std::string csv = "x,y\n";
        std::vector<double> wanted;
        for (const std::string& cell : cells) {
            double value = 0;
            const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
            if (read.ec == std::errc{}) {
                wanted.push_back(value);
                csv += cell + ",1\n";
            }
        }
        const auto frame = read_csv(csv, "a.csv");
        RC_ASSERT(frame.has_value());
        const auto numbers = (*frame->find("x"))->numbers();
        RC_ASSERT(numbers.size() == wanted.size());
        for (std::size_t row = 0; row < wanted.size(); ++row) {
            RC_ASSERT(std::bit_cast<std::uint64_t>(numbers[row]) ==
                      std::bit_cast<std::uint64_t>(wanted[row]));
        }
    }));
}

TEST_CASE("a large file is read in parts, to the same table as from its beginning to its end") {
    std::string rows;
    for (int row = 0; row < 170'000; ++row) {
        rows += std::to_string(row) + "," + std::to_string(row % 97) + ".25,";
        rows += row % 3 == 0 ? "calm" : row % 3 == 1 ? "" : "rough";
        rows += row < 165'000 ? ",7," : ",late,";  // text only in the last part
        rows += row % 2 == 0 ? "2026-11-23\n" : "NA\n";
    }
    REQUIRE(rows.size() > std::size_t{4} << 20);
    const std::string header = "id,score,mood,word,day\n";
    const Frame parted = read_csv(header + rows, "parted.csv").value();
    // A quoted cell makes it one part.
    const Frame whole = read_csv(header + rows + "170000,1,\"calm\",late,NA\n", "whole.csv").value();
    REQUIRE(parted.rows() == 170'000);
    REQUIRE(whole.rows() == 170'001);
    for (std::size_t column = 0; column < 5; ++column) {
        const Column &ours = parted.columns()[column], &expected = whole.columns()[column];
        CHECK(ours.kind() == expected.kind());
        bool same = true;
        for (std::size_t row = 0; row < parted.rows(); ++row) {
            same = same && ours.is_missing(row) == expected.is_missing(row) &&
                   ours.text(row) == expected.text(row);
        }
        CHECK(same);
    }
    CHECK(parted.columns()[3].kind() == ColumnKind::text);
    CHECK(parted.columns()[3].text(0) == "7");
    CHECK(parted.columns()[4].kind() == ColumnKind::date);

    const Result<Frame> ragged = read_csv(header + rows + "1,2,3\n", "ragged.csv");
    REQUIRE(!ragged);
    CHECK(ragged.error().describe().find("row 170002") != std::string::npos);
    const Frame gaps = read_csv(header + rows + "\n\n1,2,calm,4,NA\n", "gaps.csv").value();
    CHECK(gaps.rows() == 170'001);
    CHECK(gaps.place(170'000, "id").row == 170'004);
}
