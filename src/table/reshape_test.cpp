#include "table/reshape.h"

#include <doctest/doctest.h>

#include "table/read.h"
#include "table/write.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

Frame read(std::string_view csv) { return *read_csv(csv, "a.csv"); }

const std::vector<Measure> two_measures = {{"cesd", {"cesd_pre", "cesd_post"}},
                                           {"seen", {"seen_pre", "seen_post"}}};

}  // namespace

TEST_CASE("wide rows become one row for each occasion, and other columns are repeated") {
    const Frame wide = read(
        "id,arm,cesd_pre,cesd_post,seen_pre,seen_post\n1,MM,7,5,2026-01-01,2026-02-01\n"
        "2,LKM,,3,,2026-02-02\n");
    const auto tall = wide_to_long(wide, two_measures, "week", {"0", "6"});
    REQUIRE_MESSAGE(tall.has_value(), tall.error().describe());
    CHECK(to_csv(*tall) ==
          "id,arm,week,cesd,seen\n1,MM,0,7,2026-01-01\n1,MM,6,5,2026-02-01\n2,LKM,0,,\n"
          "2,LKM,6,3,2026-02-02\n");
    CHECK((*tall->find("week"))->kind() == ColumnKind::number);
    CHECK((*tall->find("seen"))->kind() == ColumnKind::date);
    CHECK(tall->source_row(2) == 3);
    CHECK((*wide_to_long(wide, two_measures, "when", {"pre", "post"})->find("when"))->kind() ==
          ColumnKind::text);
}

TEST_CASE("long rows become one row for each person, and back") {
    const std::string csv = "id,week,arm,cesd\nb,6,MM,5\nb,0,MM,7\na,0,LKM,20\n";
    const auto wide = long_to_wide(read(csv), "id", "week", {"cesd"});
    REQUIRE_MESSAGE(wide.has_value(), wide.error().describe());
    CHECK(to_csv(*wide) == "id,arm,cesd_0,cesd_6\nb,MM,7,5\na,LKM,20,\n");
    CHECK(wide->source_row(1) == 4);
    const auto again = wide_to_long(*wide, {{"cesd", {"cesd_0", "cesd_6"}}}, "week", {"0", "6"});
    CHECK(to_csv(*again) == "id,arm,week,cesd\nb,MM,0,7\nb,MM,6,5\na,LKM,0,20\na,LKM,6,\n");
}

TEST_CASE("columns that change from one occasion to the next are left out unless they are measures") {
    const auto wide = long_to_wide(read("id,week,mood,cesd\n1,0,2,7\n1,6,3,5\n"), "id", "week", {"cesd"});
    CHECK(wide->column_names() == std::vector<std::string>{"id", "cesd_0", "cesd_6"});
}

TEST_CASE("reshaping refuses what has no answer") {
    const Frame twice = read("id,week,x\n1,0,2\n1,6,3\n1,0,4\n");
    CHECK(long_to_wide(twice, "id", "week", {"x"}).error().describe() ==
          "a.csv, row 4, column id: \"1\" has a second row for week 0; the first is row 2. Leave one of them "
          "out.");
    CHECK_FALSE(long_to_wide(read("id,week,x\n1,,2\n"), "id", "week", {"x"}));
    CHECK_FALSE(long_to_wide(read("id,week,x,x_0\n1,0,2,3\n"), "id", "week", {"x"}));
    CHECK_FALSE(long_to_wide(twice, "id", "week", {"y"}));
    const Frame wide = read("id,a,b\n1,2,x\n");
    CHECK_FALSE(wide_to_long(wide, {{"m", {"a", "b"}}}, "week", {"0", "6"}));
    CHECK_FALSE(wide_to_long(wide, {{"m", {"a"}}}, "week", {"0", "6"}));
    CHECK_FALSE(wide_to_long(wide, {{"m", {"a"}}}, "id", {"0"}));
    CHECK_FALSE(wide_to_long(wide, {{"m", {"c"}}}, "week", {"0"}));
}
