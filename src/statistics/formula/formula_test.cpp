#include "statistics/formula/formula.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

#include "statistics/formula/model_matrix.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

// The terms in R's notation: "a b a:b 1" with the intercept last.
std::string labels(const TermSet& set) {
    std::string text;
    for (const Term& term : set.terms) {
        std::string label;
        for (std::size_t v = 0; v < set.variables.size(); ++v) {
            if (term[v]) {
                label += (label.empty() ? "" : ":") + deparse(set.variables[v]);
            }
        }
        text += label + " ";
    }
    return text + (set.intercept ? "1" : "0");
}

std::string fixed_labels(const std::string& formula) {
    const Result<Formula> read = read_formula(formula);
    return read ? labels(read->fixed) : "error: " + read.error().describe();
}

std::string random_labels(const std::string& formula) {
    const Result<Formula> read = read_formula(formula);
    if (!read) {
        return "error: " + read.error().describe();
    }
    std::string text;
    for (const RandomPart& part : read->random) {
        text += "(" + labels(part.terms) + " | " + part.group + ")";
    }
    return text;
}

std::string trouble(const std::string& formula) {
    const Result<Formula> read = read_formula(formula);
    return read ? "none" : read.error().describe();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// a in p, q, r; b in u, v; every combination once; x = 1..6.
TestTable small_design() {
    TestTable table;
    table.add("a", std::vector<std::string>{"p", "q", "r", "p", "q", "r"});
    table.add("b", std::vector<std::string>{"u", "u", "u", "v", "v", "v"});
    table.add("x", std::vector<double>{1, 2, 3, 4, 5, 6});
    table.add("y", std::vector<double>{1, 3, 2, 5, 4, 6});
    return table;
}

std::string column_names(const std::string& formula) {
    TestTable table = small_design();
    const Formula meaning = read_formula(formula).value();
    const ModelFrame frame = make_model_frame(meaning, table.data()).value();
    const ModelMatrix matrix = make_model_matrix(meaning.fixed, frame.fixed, frame.used.size()).value();
    return join(matrix.names, " ");
}

}  // namespace

TEST_CASE("terms expand as R's terms() expands them") {  // each line from R 4.2.2
    CHECK(fixed_labels("y ~ a*b*c") == "a b c a:b a:c b:c a:b:c 1");
    CHECK(fixed_labels("y ~ (a+b+c)^2") == "a b c a:b a:c b:c 1");
    CHECK(fixed_labels("y ~ a/b") == "a a:b 1");
    CHECK(fixed_labels("y ~ (a+b)/c") == "a b a:b:c 1");
    CHECK(fixed_labels("y ~ a %in% b") == "a:b 1");
    CHECK(fixed_labels("y ~ a*b - a") == "b a:b 1");
    CHECK(fixed_labels("y ~ 0 + a") == "a 0");
    CHECK(fixed_labels("y ~ a - 1 + 1") == "a 1");
    CHECK(fixed_labels("y ~ a*1") == "a 1");
    CHECK(fixed_labels("y ~ -1 + a:b + b") == "b a:b 0");
    CHECK(fixed_labels("y ~ I(x*2) + log(x+1) + I((a+b)/2)") == "I(x * 2) log(x + 1) I((a + b)/2) 1");
    CHECK(fixed_labels("y ~ a:b + c") == "c a:b 1");
    CHECK(fixed_labels("y ~ c + b:a + a:b") == "c b:a 1");
    CHECK(fixed_labels("y ~ 1") == "1");
    CHECK(fixed_labels("log(y + .5) ~ `mean score`*week.1") == "`mean score` week.1 `mean score`:week.1 1");
}

TEST_CASE("random terms split as in lme4") {
    CHECK(random_labels("y ~ x + (week | id)") == "(week 1 | id)");
    CHECK(random_labels("y ~ (0 + week | id) + x + (1 | site)") == "(week 0 | id)(1 | site)");
    CHECK(random_labels("y ~ (a*b || g)") == "(1 | g)(a 0 | g)(b 0 | g)(a:b 0 | g)");
    CHECK(random_labels("y ~ (1 | batch/cask)") == "(1 | cask:batch)(1 | batch)");
    CHECK(random_labels("y ~ (1 | h/g/a)") == "(1 | a:(g:h))(1 | g:h)(1 | h)");
    CHECK(random_labels("y ~ (1 | g:a)") == "(1 | g:a)");
    CHECK(fixed_labels("y ~ x + (week | id)") == "x 1");
}

TEST_CASE("columns are named and factors coded as R's model.matrix does") {  // each line from R 4.2.2
    CHECK(column_names("y ~ a*b") == "(Intercept) aq ar bv aq:bv ar:bv");
    CHECK(column_names("y ~ 0+a+b") == "ap aq ar bv");
    CHECK(column_names("y ~ a:b") == "(Intercept) ap:bu aq:bu ar:bu ap:bv aq:bv ar:bv");
    CHECK(column_names("y ~ x:a") == "(Intercept) x:ap x:aq x:ar");
    CHECK(column_names("y ~ 0+x:a") == "x:ap x:aq x:ar");
    CHECK(column_names("y ~ x+x:a") == "(Intercept) x x:aq x:ar");
    CHECK(column_names("y ~ 0+x+x:a") == "x x:ap x:aq x:ar");
    CHECK(column_names("y ~ a+a:b") == "(Intercept) aq ar ap:bv aq:bv ar:bv");
    CHECK(column_names("y ~ b+a:b") == "(Intercept) bv bu:aq bv:aq bu:ar bv:ar");
    CHECK(column_names("y ~ 0+a:b+x") == "x ap:bu aq:bu ar:bu ap:bv aq:bv ar:bv");
    CHECK(column_names("y ~ a/b") == "(Intercept) aq ar ap:bv aq:bv ar:bv");
    CHECK(column_names("y ~ a:b:x") == "(Intercept) ap:bu:x aq:bu:x ar:bu:x ap:bv:x aq:bv:x ar:bv:x");
    CHECK(column_names("y ~ 0+b*x") == "bu bv x bv:x");
    CHECK(column_names("y ~ 0+x+b") == "x bu bv");
    CHECK(column_names("y ~ factor(x)") ==
          "(Intercept) factor(x)2 factor(x)3 factor(x)4 factor(x)5 factor(x)6");
}

TEST_CASE("what is not a formula is refused with its place") {
    CHECK(contains(trouble("y"), "no outcome"));
    CHECK(contains(trouble("y ~ a +"), "character 8"));
    CHECK(contains(trouble("y ~ (a + b"), "\")\" is expected"));
    CHECK(contains(trouble("y ~ a b"), "character 7"));
    CHECK(contains(trouble("y ~ a ~ b"), "second"));
    CHECK(contains(trouble("y ~ a + 2"), "0 and 1"));
    CHECK(contains(trouble("y ~ a | g"), "parentheses"));
    CHECK(contains(trouble("y ~ x * (1 | g)"), "on its own"));
    CHECK(contains(trouble("y ~ (0 | g)"), "nothing varies"));
    CHECK(contains(trouble("y ~ a^b"), "whole number"));
    CHECK(contains(trouble("y ~ $a"), "no meaning"));
    CHECK(contains(trouble(""), "ends where"));
    CHECK(contains(trouble("y ~ ."), "not supported"));
}

TEST_CASE("a hostile formula is refused, not worked on for ever") {
    CHECK(trouble("y ~ " + std::string(5000, '(')) != "none");
    CHECK(trouble("y ~ " + std::string(20000, 'x')) != "none");
    std::string many = "y ~ (v0";
    for (int i = 1; i < 60; ++i) {
        many += "+v" + std::to_string(i);
    }
    CHECK(contains(trouble(many + ")^9"), "too many terms") != contains(trouble(many + ")^9"), "more than"));
}

TEST_CASE("any bytes are either a formula or a described error") {
    CHECK(rc::check([](const std::string& text) {
        const Result<Formula> read = read_formula(text);
        const bool is_answered = read.has_value() || !read.error().describe().empty();
        RC_ASSERT(is_answered);
    }));
}
