#include "foundation/result.h"

#include <doctest/doctest.h>

using namespace groundwork;

namespace {
Result<int> half(int number) {
    if (number % 2 != 0) {
        return fail(unacceptable("is odd").value(std::to_string(number)).remedy("Give an even number."));
    }
    return number / 2;
}
Result<int> quarter(int number) { return half(TRY(half(number))); }
}  // namespace

TEST_CASE("an error says where, what, and what would be right") {
    const Error error = unacceptable("is outside the answers 1 to 5")
                            .at("answers.csv", 14, "scs_3")
                            .value("7")
                            .remedy("Write an answer from 1 to 5.");
    CHECK(error.describe() ==
          "answers.csv, row 14, column scs_3: \"7\" is outside the answers 1 to 5. Write an answer from 1 to "
          "5.");
}

TEST_CASE("TRY gives the value or leaves with the error") {
    CHECK(quarter(12) == 3);
    REQUIRE_FALSE(quarter(6));
    CHECK(quarter(6).error().describe() == "\"3\" is odd. Give an even number.");
}

TEST_CASE("a file learnt later is named everywhere it was unknown") {
    Error error = unacceptable("first");
    error.also(unacceptable("second").at("b.csv"));
    error.set_file_if_unknown("a.csv");
    CHECK(error.describe() == "a.csv: first.\nb.csv: second.");
}
