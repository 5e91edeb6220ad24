#include <doctest/doctest.h>
#include <zip.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "table/read.h"
#include "table/read_xlsx.h"
#include "table/write.h"
#include "table/zip_parts.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

using Parts = std::map<std::string, std::string>;

// The bytes of a ZIP archive.
std::string zipped(const Parts& parts) {
    zip_error_t trouble;
    zip_error_init(&trouble);
    zip_source_t* const stream = zip_source_buffer_create(nullptr, 0, 0, &trouble);
    zip_source_keep(stream);
    zip_t* const archive = zip_open_from_source(stream, ZIP_TRUNCATE, &trouble);
    for (const auto& [name, text] : parts) {
        zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0),
                     ZIP_FL_ENC_UTF_8);
    }
    zip_close(archive);
    zip_source_open(stream);
    std::string bytes(1 << 24, '\0');
    bytes.resize(static_cast<std::size_t>(zip_source_read(stream, bytes.data(), bytes.size())));
    zip_source_close(stream);
    zip_source_free(stream);
    return bytes;
}

// A small workbook around the rows of its sheet.
Parts workbook(const std::string& rows, const std::string& properties = "") {
    return {
        {"xl/workbook.xml",
         "<workbook xmlns:r=\"r\">" + properties +
             "<sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId7\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id=\"rId1\" Target=\"other.xml\"/>"
         "<Relationship Id=\"rId7\" Target=\"worksheets/s.xml\"/></Relationships>"},
        {"xl/sharedStrings.xml",
         "<sst><si><t>id</t></si><si><r><t>M</t></r><r><t xml:space=\"preserve\">M </t></r>"
         "<rPh><t>no</t></rPh></si></sst>"},
        {"xl/styles.xml",
         "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"[Red]dd/mm/yyyy\"/>"
         "<numFmt numFmtId=\"171\" formatCode=\"0.0&quot;days&quot;\"/></numFmts><cellXfs>"
         "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/>"
         "</cellXfs></styleSheet>"},
        {"xl/worksheets/s.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"},
    };
}

Result<Frame> read(const Parts& parts) { return read_xlsx(zipped(parts), "a.xlsx", {}); }

std::string csv_of(const Parts& parts) {
    const auto frame = read(parts);
    REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
    return to_csv(*frame);
}

std::string trouble(const Parts& parts) {
    const auto frame = read(parts);
    REQUIRE_FALSE(frame);
    return frame.error().describe();
}

const std::string header =
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>x</t></is></c></row>";

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "groundwork-xlsx-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

}  // namespace

TEST_CASE("what is written to a workbook reads back the same") {
    const Folder folder;
    const double missing = std::numeric_limits<double>::quiet_NaN();
    Frame frame("x");
    REQUIRE(frame.set(Column::of_numbers("number", {1.5, missing, -3, 4.11538461538462, 100000})));
    REQUIRE(frame.set(Column::of_dates("day", {20780, missing, 0, -25508, -40000})));
    const std::vector<std::optional<std::string>> texts = {"=1+1", "Mu\xC3\xB1oz <&>", std::nullopt, "007",
                                                           "a\nb"};
    REQUIRE(frame.set(Column::of_text("text", texts)));
    const std::string path = (folder.path / "a.xlsx").string();
    const auto written = write_table(frame, path);
    REQUIRE_MESSAGE(written.has_value(), written.error().describe());
    const auto again = read_table(path);
    REQUIRE_MESSAGE(again.has_value(), again.error().describe());
    CHECK(to_csv(*again) == to_csv(frame));
    CHECK((*again->find("day"))->kind() == ColumnKind::date);
    CHECK((*again->find("text"))->text(0) == "=1+1");
    const auto first = read_file(path);
    REQUIRE(write_table(frame, path));
    CHECK(*first == *read_file(path));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("texts may be shared, rich or inline, and cells may be missing or have no address") {
    CHECK(
        csv_of(workbook(header + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>1</v></c></row>"
                                 "<row r=\"4\"><c r=\"B4\" t=\"str\"><f>A1</f><v>y</v></c></row>"
                                 "<row><c><v>3</v></c></row>")) == "id,x\n1,MM\n,y\n3,\n");
    const auto frame = read(workbook(header + "<row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row r=\"12\"/>"));
    CHECK(frame->rows() == 1);
    CHECK(frame->source_row(0) == 9);
}

TEST_CASE("booleans, formulas' last values, errors and numbers stored as text are understood") {
    CHECK(
        csv_of(workbook(
            header + "<row r=\"2\"><c r=\"A2\" t=\"b\"><v>1</v></c><c r=\"B2\"><f>1+1</f><v>2</v></c></row>"
                     "<row r=\"3\"><c r=\"A3\" t=\"b\"><v>0</v></c><c r=\"B3\" t=\"e\"><v>#N/A</v></c></row>"
                     "<row r=\"4\"><c r=\"B4\" t=\"inlineStr\"><is><t>26</t></is></c></row>")) ==
        "id,x\nTRUE,2\nFALSE,\n,26\n");
    const auto frame =
        read(workbook(header + "<row r=\"2\"><c r=\"B2\" t=\"inlineStr\"><is><t>26</t></is></c></row>"));
    CHECK((*frame->find("x"))->kind() == ColumnKind::number);
}

TEST_CASE("dates are known by their number format, in both date systems") {
    const std::string rows =
        header +
        "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>46349</v></c><c r=\"B2\" s=\"3\"><v>2</v></c></row>"
        "<row r=\"3\"><c r=\"A3\" s=\"2\"><v>59</v></c></row>";
    CHECK(csv_of(workbook(rows)) == "id,x\n2026-11-23,2\n1900-02-28,\n");
    CHECK(csv_of(workbook(rows, "<workbookPr date1904=\"1\"/>")) == "id,x\n2030-11-24,2\n1904-02-29,\n");
    CHECK(csv_of(workbook(header + "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>46349.5</v></c></row>")) ==
          "id,x\n2026-11-23 12:00:00,\n");
    CHECK(trouble(workbook(header + "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>1e9</v></c></row>"))
              .find("row 2, column A2") != std::string::npos);
}

TEST_CASE("a workbook that is not one is refused in words") {
    CHECK(trouble({{"a", "b"}}).find("has no xl/workbook.xml") != std::string::npos);
    CHECK_FALSE(read_xlsx("id,x\n1,2\n", "a.xlsx", {}));
    CHECK_FALSE(read_xlsx("", "a.xlsx", {}));
    CHECK(trouble(workbook("<row")).find("cannot be read in its part xl/worksheets/s.xml") !=
          std::string::npos);
    CHECK(trouble(workbook("")).find("is empty") != std::string::npos);
    CHECK(trouble(workbook(header + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99</v></c></row>"))
              .find("row 2, column A2: \"99\" points to a text") != std::string::npos);
    CHECK(
        trouble(workbook(header + "<row r=\"2\"><c r=\"A2\"><v>abc</v></c></row>")).find("is not a number") !=
        std::string::npos);
    CHECK(trouble(workbook(header + "<row r=\"2\"><c r=\"ZZZZ2\"><v>1</v></c></row>"))
              .find("\"ZZZZ2\" in row 2") != std::string::npos);
    CHECK(trouble(workbook(header + "<row r=\"99999999\"/>")).find("99999999") != std::string::npos);
    CHECK(trouble(workbook(header + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row>"))
              .find("twice") != std::string::npos);
    CHECK(trouble(workbook(header + "<row r=\"2\"><c r=\"C2\"><v>1</v></c><c r=\"D2\"><v>1</v></c></row>"))
              .find("column without a name") != std::string::npos);
    const std::string whole = zipped(workbook(header));
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        CHECK_FALSE(read_xlsx(whole.substr(0, size), "a.xlsx", {}));
    }
}

TEST_CASE("a small file that unpacks to very much is refused") {
    const std::string bytes = zipped({{"a.xml", std::string(std::size_t{5} << 20, ' ')}});
    CHECK(bytes.size() < 100'000);
    const auto parts = ZipParts::open(bytes, "a.xlsx", std::size_t{4} << 20);
    REQUIRE(parts.has_value());
    CHECK(parts->part("a.xml").error().describe() ==
          "a.xlsx: unpacks to more than 4 MiB in its part a.xml. Save it as CSV.");
    CHECK(ZipParts::open(bytes, "a.xlsx")->part("a.xml")->size() == std::size_t{5} << 20);
    CHECK(most_bytes_of_a_part == std::size_t{256} << 20);
}
