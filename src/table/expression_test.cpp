#include "table/expression.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "table/read.h"

using namespace groundwork;
using namespace groundwork::table;

namespace {

Frame people() {
    return *read_csv(
        "x,y,arm,visit,odd name\n1,2,MM,2026-01-05,7\n,4,LKM,2026-02-05,8\n3,,,,9\n-2.5,0,MM,2026-03-05,10\n",
        "people.csv");
}

// The cells with | between them.
std::string cells(std::string_view expression) {
    const auto column = evaluate(people(), expression);
    REQUIRE_MESSAGE(column.has_value(), column.error().describe());
    std::string text;
    for (std::size_t row = 0; row < column->size(); ++row) {
        text += (row == 0 ? "" : "|") + column->text(row);
    }
    return text;
}

double number(std::string_view expression) {
    const auto column = evaluate(people(), expression);
    REQUIRE_MESSAGE(column.has_value(), column.error().describe());
    return column->numbers()[0];
}

std::string trouble(std::string_view expression) {
    const auto column = evaluate(people(), expression);
    REQUIRE_FALSE(column);
    return column.error().describe();
}

}  // namespace

TEST_CASE("arithmetic binds as in R: powers above signs, from right to left, then * and /, then + and -") {
    CHECK(number("-2^2") == -4);
    CHECK(number("2^3^2") == 512);
    CHECK(number("2^-1") == 0.5);
    CHECK(number("2 + 3 * 4 - 6 / 3") == 12);
    CHECK(number("10 - 4 - 3") == 3);
    CHECK(number("(2 + 3) * 4") == 20);
    CHECK(number("- -3") == 3);
    CHECK(number("1e2 + .5") == 100.5);
    CHECK(number("1 / 0") == HUGE_VAL);
}

TEST_CASE("comparisons and truths bind as in R") {
    CHECK(number("1 + 1 == 2 & !(3 < 2) | FALSE") == 1);
    CHECK(number("!TRUE & FALSE") == 0);  // (!TRUE) & FALSE
    CHECK(number("! 1 == 2") == 1);       // !(1 == 2)
    CHECK(number("TRUE | FALSE & FALSE") == 1);
    CHECK(number("1 <= 1 and not 2 >= 3 or FALSE") == 1);
    CHECK(number("1 != 1 || 2 > 1 && TRUE") == 1);
}

TEST_CASE("missing in, missing out, except where the other side decides") {
    CHECK(cells("x + 1") == "2||4|-1.5");
    CHECK(cells("x == 1") == "1||0|0");
    CHECK(cells("x > 0 & y > 0") == "1|||0");
    CHECK(cells("x > 0 | y > 0") == "1|1|1|0");
    CHECK(cells("FALSE & NA") == "0|0|0|0");
    CHECK(cells("TRUE | NA") == "1|1|1|1");
    CHECK(cells("NA ^ 0") == "|||");
    CHECK(cells("arm == 'MM'") == "1|0||1");
    CHECK(cells("arm == NA") == "|||");
}

TEST_CASE("text is compared with text, and dates with dates as people write them") {
    CHECK(cells("arm != \"MM\"") == "0|1||0");
    CHECK(cells("visit >= '2026-02-05'") == "0|1||1");
    CHECK(cells("'2026-02-05' > visit") == "1|0||0");
    CHECK(cells("visit") == "2026-01-05|2026-02-05||2026-03-05");
    CHECK(evaluate(people(), "visit")->kind() == ColumnKind::date);
    CHECK(cells("visit - min(visit)") == "0|31||59");
    CHECK(trouble("arm < 'MM'").find("== and != only") != std::string::npos);
    CHECK(trouble("arm == 1").find("a number is compared with text") != std::string::npos);
    CHECK(trouble("visit == 'soon'").find("2026-11-23") != std::string::npos);
}

TEST_CASE("membership is never missing, as in R") {
    CHECK(cells("x %in% c(1, 3)") == "1|0|1|0");
    CHECK(cells("arm %in% c('LKM', 'X')") == "0|1|0|0");
    CHECK(cells("x %in% c(1, NA)") == "1|1|0|0");
    CHECK(cells("!x %in% c(1)") == "0|1|1|1");
    CHECK(cells("x %in% c()") == "0|0|0|0");
    CHECK(trouble("x %in% 3").find("c(1, 2)") != std::string::npos);
    CHECK(trouble("x %in% c(y)").find("single values") != std::string::npos);
}

TEST_CASE("functions of single cells") {
    CHECK(cells("abs(x)") == "1||3|2.5");
    CHECK(number("sqrt(16) + exp(0) + log(1) + log10(1000)") == 8);
    CHECK(cells("floor(x)") == "1||3|-3");
    CHECK(cells("ceiling(x)") == "1||3|-2");
    CHECK(cells("sqrt(x - 2)") == "||1|");
    CHECK(number("round(2.5)") == 2);
    CHECK(number("round(-1.5)") == -2);
    CHECK(number("round(2.675, 2)") == 2.67);  // 2.675 is a little less than it looks
    CHECK(number("round(0.15, 1)") == 0.1);
    CHECK(number("round(1e300, 2)") == 1e300);
    CHECK(trouble("round(1, 1.5)").find("0 to 15") != std::string::npos);
}

TEST_CASE("choosing between values keeps their kind") {
    CHECK(cells("ifelse(x > 0, 'up', 'down')") == "up||up|down");
    CHECK(cells("ifelse(is.na(x), 0, x)") == "1|0|3|-2.5");
    CHECK(cells("ifelse(arm == 'MM', visit, NA)") == "2026-01-05|||2026-03-05");
    CHECK(cells("coalesce(x, y, 99)") == "1|4|3|-2.5");
    CHECK(cells("coalesce(arm, 'none')") == "MM|LKM|none|MM");
    CHECK(cells("coalesce(NA, NA)") == "|||");
    CHECK(trouble("ifelse(TRUE, 'a', 1)").find("text and numbers") != std::string::npos);
    CHECK(trouble("coalesce(arm, x)").find("text and numbers") != std::string::npos);
}

TEST_CASE("whole columns are summed up without their missing cells") {
    CHECK(number("mean(x)") == 0.5);
    CHECK(number("sum(y)") == 6);
    CHECK(number("min(x)") == -2.5);
    CHECK(number("max(x)") == 3);
    CHECK(number("median(x)") == 1);
    CHECK(number("median(`odd name`)") == 8.5);
    CHECK(cells("mean(ifelse(x > 9, x, NA))") == "|||");
    CHECK(number("sd(x)") == doctest::Approx(2.7838821814150108).epsilon(1e-15));  // R: sd(c(1, 3, -2.5))
    CHECK(cells("x - mean(x)") == "0.5||2.5|-3");
}

TEST_CASE("rows are summed up only where nothing is missing") {
    CHECK(cells("rowmean(x, y)") == "1.5|||-1.25");
    CHECK(cells("rowsum(x, y, 1)") == "4|||-1.5");
    CHECK(trouble("mean(x, y)").find("rowmean") != std::string::npos);
}

TEST_CASE("names that are not words stand in backticks") { CHECK(cells("`odd name` + 0") == "7|8|9|10"); }

TEST_CASE("what cannot be understood is named with its place") {
    CHECK(trouble("x - )") == "\"x - )\" cannot be understood at character 5: a value is needed here.");
    CHECK(trouble("x = 3").find("character 3: a comparison is written ==") != std::string::npos);
    CHECK(trouble("x +").find("character 4: it ends where a value is needed") != std::string::npos);
    CHECK(trouble("(x").find("\")\" is needed here") != std::string::npos);
    CHECK(trouble("1 < 2 < 3").find("do not chain") != std::string::npos);
    CHECK(trouble("'abc").find("never closed") != std::string::npos);
    CHECK(trouble("2x").find("character 2") != std::string::npos);
    CHECK(trouble("x # y").find("means nothing") != std::string::npos);
    CHECK(trouble("sqr(x)").find("Did you mean \"sqrt\"?") != std::string::npos);
    CHECK(trouble("ax + 1").find("\"ax\" is not a column of this file. Did you mean \"x\"?") !=
          std::string::npos);
    CHECK(trouble("arm + 1").find("text stands where numbers are needed") != std::string::npos);
    CHECK(trouble("ifelse(x, 1)").find("takes 3 arguments") != std::string::npos);
    CHECK(trouble("c(1)").find("%in%") != std::string::npos);
    CHECK(trouble("").find("it ends where a value is needed") != std::string::npos);
}

TEST_CASE("no text is too deep for the stack") {
    CHECK(trouble(std::string(5000, '(')).find("64 deep") != std::string::npos);
    CHECK(trouble(std::string(5000, '-')).find("64 deep") != std::string::npos);
    CHECK(trouble(std::string(5000, '!')).find("64 deep") != std::string::npos);
    std::string powers = "1";
    std::string sums = "1";
    for (int i = 0; i < 2000; ++i) {
        powers += "^1";
        sums += "+1";
    }
    CHECK(trouble(powers).find("64 deep") != std::string::npos);
    CHECK(number(sums) == 2001);
    CHECK(trouble(std::string(20000, ' ')).find("longer than") != std::string::npos);
}

TEST_CASE("an assignment adds a column or replaces one") {
    Frame frame = people();
    REQUIRE(mutate(frame, "xc = x - 3"));
    CHECK((*frame.find("xc"))->text(0) == "-2");
    REQUIRE(mutate(frame, "`new one` = ifelse(xc == 0, 'zero', arm)"));
    CHECK((*frame.find("new one"))->text(2) == "zero");
    REQUIRE(mutate(frame, "x = 5"));
    CHECK((*frame.find("x"))->numbers()[3] == 5);
    CHECK(frame.columns().size() == 7);
    CHECK_FALSE(mutate(frame, "x == 5"));
    CHECK_FALSE(mutate(frame, "x"));
    CHECK_FALSE(mutate(frame, "= 5"));
    const auto error = mutate(frame, "z = x + ");
    REQUIRE_FALSE(error);
    CHECK(error.error().kind() == ErrorKind::usage);
    CHECK(error.error().describe().find("character 9") != std::string::npos);
}

TEST_CASE("a row is kept where the condition is true, not where it is false or missing") {
    const Frame kept = *where(people(), "x > 0");
    CHECK(kept.rows() == 2);
    CHECK(kept.source_row(1) == 4);
    CHECK(where(people(), "TRUE")->rows() == 4);
    CHECK(where(people(), "NA")->rows() == 0);
    CHECK_FALSE(where(people(), "arm"));
}

TEST_CASE("rounding agrees with exact decimal arithmetic on hundredths") {
    CHECK(rc::check([](int hundredths) {
        const double value = hundredths / 100.0;
        const auto column = evaluate(people(), "round(" + shortest(std::abs(value)) + ", 2)");
        RC_ASSERT(column.has_value());
        RC_ASSERT(column->numbers()[0] == std::abs(value));
    }));
}
