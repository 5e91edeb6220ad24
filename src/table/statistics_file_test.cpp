#include <doctest/doctest.h>
#include <readstat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "table/read.h"
#include "table/write.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "groundwork-readstat-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

ssize_t append(const void* data, std::size_t size, void* file) {
    static_cast<std::string*>(file)->append(static_cast<const char*>(data), size);
    return static_cast<ssize_t>(size);
}

using Begin = readstat_error_t (*)(readstat_writer_t*, void*, long);

// Three people: a number with a label, text, a date and a moment.
std::string written(Begin begin, bool is_stata, const std::function<void(readstat_writer_t*)>& set_up = {}) {
    std::string bytes;
    readstat_writer_t* const writer = readstat_writer_init();
    readstat_set_data_writer(writer, append);
    readstat_label_set_t* const labels = readstat_add_label_set(writer, READSTAT_TYPE_DOUBLE, "labels");
    readstat_label_double_value(labels, 1, "Often");
    readstat_variable_t* const answer = readstat_add_variable(writer, "answer", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_label_set(answer, labels);
    if (!is_stata) {
        readstat_variable_add_missing_double_value(answer, -99);
    }
    readstat_variable_t* const arm = readstat_add_variable(writer, "arm", READSTAT_TYPE_STRING, 8);
    readstat_variable_t* const visit = readstat_add_variable(writer, "visit", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_format(visit, is_stata ? "%td" : "DATE11");
    readstat_variable_t* const moment = readstat_add_variable(writer, "moment", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_format(moment, is_stata ? "%tc" : "DATETIME20");
    if (set_up) {
        set_up(writer);
    }
    REQUIRE(begin(writer, &bytes, 3) == READSTAT_OK);
    // 2026-11-23, as each program counts.
    const double day = is_stata ? 20780 + 3653 : (20780.0 + 141428) * 86400;
    const double noon = is_stata ? (20780.5 + 3653) * 86400000 : (20780.5 + 141428) * 86400;
    const double answers[] = {1, -99, 2.25};
    for (int person = 0; person < 3; ++person) {
        REQUIRE(readstat_begin_row(writer) == READSTAT_OK);
        if (is_stata && person == 1) {
            readstat_insert_tagged_missing_value(writer, answer, 'a');
        } else {
            readstat_insert_double_value(writer, answer, answers[person]);
        }
        readstat_insert_string_value(writer, arm, person == 0 ? "MM" : person == 1 ? "" : " LKM ");
        if (person == 1) {
            readstat_insert_missing_value(writer, visit);
        } else {
            readstat_insert_double_value(writer, visit, day + 0.0 * person);
        }
        readstat_insert_double_value(writer, moment, noon);
        REQUIRE(readstat_end_row(writer) == READSTAT_OK);
    }
    REQUIRE(readstat_end_writing(writer) == READSTAT_OK);
    readstat_writer_free(writer);
    return bytes;
}

Result<Frame> read(const std::string& bytes, const std::string& ending, const ReadOptions& options = {}) {
    const Folder folder;
    const std::string path = (folder.path / ("a" + ending)).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return read_table(path, options);
}

const std::string people =
    "answer,arm,visit,moment\n1,MM,2026-11-23,2026-11-23 12:00:00\n,,,2026-11-23 12:00:00\n"
    "2.25,LKM,2026-11-23,2026-11-23 12:00:00\n";

void use_binary_compression(readstat_writer_t* writer) {
    readstat_writer_set_compression(writer, READSTAT_COMPRESS_BINARY);
}

}  // namespace

TEST_CASE("SPSS files are read: labelled numbers, defined missing values, text, dates") {
    for (const auto& [bytes, ending] :
         {std::pair(written(readstat_begin_writing_sav, false), ".sav"),
          std::pair(written(readstat_begin_writing_sav, false, use_binary_compression), ".zsav")}) {
        const auto frame = read(bytes, ending);
        REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
        CHECK(to_csv(*frame) == people);
        CHECK((*frame->find("answer"))->kind() == ColumnKind::number);
        CHECK((*frame->find("visit"))->kind() == ColumnKind::date);
        CHECK((*frame->find("moment"))->kind() == ColumnKind::text);
    }
}

TEST_CASE("portable SPSS files are read") {
    const auto upper_case = [](readstat_writer_t* writer) {
        for (int index = 0; index < 4; ++index) {
            for (char* c = readstat_get_variable(writer, index)->name; *c != '\0'; ++c) {
                *c = static_cast<char>(*c - 'a' + 'A');
            }
        }
    };
    const auto frame = read(written(readstat_begin_writing_por, false, upper_case), ".por");
    REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
    CHECK(to_csv(*frame) == "ANSWER,ARM,VISIT,MOMENT" + people.substr(people.find('\n')));
}

TEST_CASE("Stata files are read: tagged missing values, text, days and milliseconds") {
    const auto frame = read(written(readstat_begin_writing_dta, true), ".dta");
    REQUIRE_MESSAGE(frame.has_value(), frame.error().describe());
    CHECK(to_csv(*frame) == people);
    CHECK((*frame->find("visit"))->kind() == ColumnKind::date);
}

TEST_CASE("missing words and text columns of the options hold for these files too") {
    const auto frame = read(written(readstat_begin_writing_sav, false), ".sav",
                            {.missing = {"LKM", "2.25"}, .text_columns = {"answer"}});
    REQUIRE(frame.has_value());
    CHECK((*frame->find("arm"))->is_missing(2));
    CHECK((*frame->find("answer"))->is_missing(2));
    CHECK((*frame->find("answer"))->kind() == ColumnKind::text);
    CHECK((*frame->find("answer"))->text(0) == "1");
}

TEST_CASE("a file that is not of its kind, cut short, or not there is an error that names it") {
    const std::string whole = written(readstat_begin_writing_sav, false);
    const std::string_view endings[] = {".sav", ".zsav", ".por", ".dta"};
    for (const std::string_view ending : endings) {
        const auto frame = read("id,x\n1,2\n", std::string(ending));
        REQUIRE_FALSE(frame);
        CHECK(frame.error().describe().find("cannot be read as a file of S") != std::string::npos);
    }
    for (std::size_t size = 0; size < whole.size(); size += 5) {
        const auto frame = read(whole.substr(0, size), ".sav");
        CHECK_FALSE((frame && frame->rows() == 3 && to_csv(*frame) != people));
    }
    const auto missing = read_table("/nowhere/a.sav");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind() == ErrorKind::outside);
    CHECK_FALSE(read_table("a.docx"));
}
