#include "table/template.h"

#include <doctest/doctest.h>

using namespace groundwork;
using namespace groundwork::table;

using Names = std::vector<std::string>;

TEST_CASE("a template counts from 1, and a list names its columns") {
    CHECK(*expand_template("scs_{}", 3) == Names{"scs_1", "scs_2", "scs_3"});
    CHECK(*expand_template("q{}_pre", 2) == Names{"q1_pre", "q2_pre"});
    CHECK(*expand_template("a, b,c", 3) == Names{"a", "b", "c"});
    CHECK(*expand_template("a,b", 0) == Names{"a", "b"});
}

TEST_CASE("a list of another length than needed is a usage error that counts both") {
    const auto names = expand_template("a,b", 3);
    REQUIRE_FALSE(names);
    CHECK(names.error().kind() == ErrorKind::usage);
    CHECK(names.error().problem() == "names 2 columns where 3 are needed");
}

TEST_CASE("a template that cannot be understood is refused") {
    CHECK_FALSE(expand_template("", 0));
    CHECK_FALSE(expand_template("a,,b", 0));
    CHECK_FALSE(expand_template("a,b,a", 3));
    CHECK_FALSE(expand_template("a_{}", 0));
    CHECK_FALSE(expand_template("a_{}_{}", 2));
    CHECK_FALSE(expand_template("a_{},b", 2));
}
