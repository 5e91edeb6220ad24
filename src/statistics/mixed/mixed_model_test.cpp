#include "statistics/mixed/mixed_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "statistics/moderation/johnson_neyman.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

// 40 people of two arms, 8 days, some answers missing; made by tests/reference/mixed_models.R.
std::string reference_text(const std::string& file) {
    return read_file(std::string(GROUNDWORK_SOURCE_DIR) + "/tests/reference/" + file).value();
}

TestTable diary() {
    TestTable table = test_table_of_csv(reference_text("diary.csv"));
    table.set_reference("arm", "MM");
    return table;
}

MixedModel fitted(const Data& data, const std::string& formula, Criterion criterion = Criterion::reml) {
    const Result<MixedModel> model =
        fit_mixed_model(formula, data, {criterion, DegreesOfFreedom::satterthwaite});
    if (!model) {
        FAIL(model.error().describe());
    }
    return *model;
}

std::string trouble(const Data& data, const std::string& formula) {
    const Result<MixedModel> model = fit_mixed_model(formula, data);
    return model ? "none" : model.error().describe();
}

// Relative to the largest of the group they belong to: the references carry 12 digits of an optimum found
// to 8.
void check_close(const std::vector<double>& values, const std::vector<double>& expected, double tolerance) {
    REQUIRE(values.size() == expected.size());
    double scale = 0;
    for (const double value : expected) {
        scale = std::max(scale, std::abs(value));
    }
    for (std::size_t k = 0; k < values.size(); ++k) {
        CHECK(std::abs(values[k] - expected[k]) <= tolerance * scale + 1e-9);
    }
}

struct Reference {
    const char* file;
    const char* formula;
    Criterion criterion;
    double objective, sigma;
    std::vector<double> theta;
    std::vector<std::pair<double, double>> fixed;  // estimate, standard error
    const char* status = "certified";
};

// lme4 1.1-31, polished past its own stopping point.
const std::vector<Reference>& references() {
    constexpr Criterion reml = Criterion::reml, ml = Criterion::maximum_likelihood;
    static const std::vector<Reference> list = {
        {"sleepstudy.csv",
         "Reaction ~ Days + (Days | Subject)",
         reml,
         1743.6282719585,
         25.5918156269,
         {0.96673295158, 0.0151690540167, 0.230909594857},
         {{251.405104848, 6.82455653063}, {10.4672859596, 1.54578889674}}},
        {"sleepstudy.csv",
         "Reaction ~ Days + (Days | Subject)",
         ml,
         1751.9393444632,
         25.5918156269,
         {0.92922547362, 0.0181657070561, 0.222645422486},
         {{251.405104848, 6.63227680655}, {10.4672859596, 1.50223678206}}},
        {"sleepstudy.csv",
         "Reaction ~ Days + (Days || Subject)",
         reml,
         1743.6692935813,
         25.5652853541,
         {0.979896299608, 0.234230578231},
         {{251.405104848, 6.88538129451}, {10.4672859596, 1.5595659444}}},
        {"sleepstudy.csv",
         "Reaction ~ Days + (1 | Subject)",
         reml,
         1786.4650853949,
         30.991233904,
         {1.19788153053},
         {{251.405104848, 9.74671625578}, {10.4672859596, 0.804221429083}}},
        {"Dyestuff.csv",
         "Yield ~ 1 + (1 | Batch)",
         reml,
         319.65427684226,
         49.5100999808,
         {0.848323781288},
         {{1527.5, 19.3834121502}}},
        {"Dyestuff.csv",
         "Yield ~ 1 + (1 | Batch)",
         ml,
         327.32705988114,
         49.5100999786,
         {0.752580692434},
         {{1527.5, 17.6945534637}}},
        {"Dyestuff2.csv",
         "Yield ~ 1 + (1 | Batch)",
         reml,
         161.82827781229,
         3.71568427448,
         {0},
         {{5.6656, 0.678388031233}},
         "certified-singular"},
        {"Penicillin.csv",
         "diameter ~ 1 + (1 | plate) + (1 | sample)",
         reml,
         330.86058899109,
         0.549923139064,
         {1.53967757278, 3.51241523548},
         {{22.9722222222, 0.808573393504}}},
        {"Pastes.csv",
         "strength ~ 1 + (1 | batch/cask)",
         reml,
         246.99074585349,
         0.823407554056,
         {3.52690181034, 1.56346027262},
         {{60.0533333333, 0.676870066015}}},
        {"Orthodont.csv",
         "distance ~ age * Sex + (age | Subject)",
         reml,
         432.58166150261,
         1.31003958144,
         {1.8362045158, -0.0919071727854, 0.102491355095},
         {{16.340625, 1.01853192313},
          {0.784375, 0.0859995126859},
          {1.03210227273, 1.59573284726},
          {-0.304829545454, 0.134735342235}}},
        {"study217_daily.csv",
         "pos ~ week * arm * I(sc - 3) + (week | id)",
         reml,
         18871.647383585,
         0.54412683312,
         {1.11689512822, -0.0263431071917, 0.0930961411873},
         {{2.19026412485, 0.0602932599666},
          {0.011967334921, 0.00600512771066},
          {0.0110843653587, 0.0857690714202},
          {0.231922470605, 0.0792601695829},
          {0.0138072171413, 0.00857106754553},
          {0.0168960328228, 0.00791294743656},
          {-0.0356794438046, 0.116664403306},
          {0.0225113401908, 0.011578540547}}},
        {"study217_daily.csv",
         "pos ~ week * arm * I(sc - 3) + (week | id)",
         ml,
         18824.889957187,
         0.544128690162,
         {1.10586183639, -0.0258543179473, 0.0918953006342},
         {{2.19027900388, 0.0597317484149},
          {0.0119542889384, 0.0059455079391},
          {0.0110872337914, 0.0849705660824},
          {0.231904255691, 0.0785231673811},
          {0.0138018864816, 0.00848573570129},
          {0.0168971932892, 0.00783517609866},
          {-0.0356966627317, 0.115577649925},
          {0.0225217018835, 0.0114630146534}}},
        {"study217_weekly.csv",
         "conn ~ week * arm * I(sc - 3) + (week | id)",
         reml,
         3575.7302169026,
         0.600580820503,
         {1.34014284326, -0.0265250608409, 0.122505611824},
         {{4.58927669202, 0.0872653112439},
          {0.0558805617273, 0.0116029501849},
          {-0.0822277218747, 0.123718642503},
          {0.304923935453, 0.114254504891},
          {0.021661705574, 0.0163612588693},
          {0.0490929671768, 0.0150202434718},
          {-0.0610517586948, 0.167804675487},
          {-0.00595598786266, 0.0218886964356}}},
    };
    return list;
}

std::optional<TestTable> reference_table(const std::string& file) {
    std::optional<TestTable> table = shared_table(file);
    if (table && file.starts_with("study217")) {
        table->set_reference("arm", "MM");
    }
    if (table && file == "Orthodont.csv") {
        table->set_reference("Sex", "Male");
    }
    return table;
}

}  // namespace

TEST_CASE("classic models come out as in lme4, certified") {
    for (const Reference& reference : references()) {
        std::optional<TestTable> table = reference_table(reference.file);
        if (!table) {
            continue;
        }
        CAPTURE(reference.file);
        CAPTURE(reference.formula);
        const MixedModel model = fitted(table->data(), reference.formula, reference.criterion);
        CHECK(model.certificate.status == reference.status);
        CHECK(model.objective == doctest::Approx(reference.objective).epsilon(1e-12));
        CHECK(model.sigma == doctest::Approx(reference.sigma).epsilon(1e-8));
        check_close(model.theta, reference.theta, 2e-8);
        for (std::size_t k = 0; k < reference.fixed.size(); ++k) {
            CHECK(std::abs(model.fixed[k].estimate - reference.fixed[k].first) <=
                  1e-8 * std::abs(reference.fixed[k].first) + 1e-9);
            CHECK(model.fixed[k].standard_error == doctest::Approx(reference.fixed[k].second).epsilon(2e-8));
        }
    }
}

TEST_CASE("models of our own diary come out as in lme4 and lmerTest") {
    TestTable table = diary();
    std::string formula;
    std::optional<MixedModel> model;
    const std::string text = reference_text("mixed_models.csv");
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> cells = split(trim(line), ',');
        if (cells.size() != 4 || cells[0] == "formula") {
            continue;
        }
        const std::string key = std::string(cells[0]) + std::string(cells[1]);
        if (key != formula) {
            formula = key;
            model = fitted(table.data(), std::string(cells[0]),
                           cells[1] == "1" ? Criterion::reml : Criterion::maximum_likelihood);
            CHECK(model->certificate.status != "not-certified");
        }
        CAPTURE(line);
        const double expected = *to_number(cells[3]);
        const std::string what(cells[2]);
        const std::string term = what.substr(std::min(what.size(), what.find(' ') + 1));
        if (what == "objective") {
            CHECK(model->objective <= expected + 1e-8);
            CHECK(model->objective == doctest::Approx(expected).epsilon(1e-9));
        } else if (what == "sigma") {
            CHECK(model->sigma == doctest::Approx(expected).epsilon(1e-6));
        } else if (what.starts_with("theta")) {
            const auto at = static_cast<std::size_t>(*to_integer(term) - 1);
            CHECK(std::abs(model->theta.at(at) - expected) < 2e-6);
        } else {
            const Estimate* estimate = model->find(term);
            REQUIRE(estimate != nullptr);
            const double value = what.starts_with("estimate") ? estimate->estimate
                                 : what.starts_with("se")     ? estimate->standard_error
                                                              : estimate->degrees_of_freedom;
            CHECK(value == doctest::Approx(expected).epsilon(what.starts_with("df") ? 2e-5 : 1e-6));
        }
    }
}

TEST_CASE("degrees of freedom and simple slopes are those of lmerTest") {
    std::optional<TestTable> table = reference_table("study217_weekly.csv");
    if (!table) {
        return;
    }
    const MixedModel model = fitted(table->data(), "conn ~ week * arm * I(sc - 3) + (week | id)");
    const double degrees[8] = {215.0558135, 207.1705590, 212.7853287, 211.9609567,
                               201.0931007, 192.1914895, 210.1096749, 190.9266297};
    for (std::size_t k = 0; k < 8; ++k) {
        CHECK(model.fixed[k].degrees_of_freedom == doctest::Approx(degrees[k]).epsilon(1e-6));
    }
    // The slope over weeks in LKM one standard deviation below the mean of baseline self-compassion.
    const double at = -0.826118543145;
    const Estimate slope = combination(model, std::vector<double>{0, 1, 0, 0, 1, at, 0, at}, "slope");
    CHECK(slope.estimate == doctest::Approx(4.190600883e-02).epsilon(1e-7));
    CHECK(slope.standard_error == doctest::Approx(1.569895450e-02).epsilon(1e-7));
    CHECK(slope.degrees_of_freedom == doctest::Approx(185.8472250).epsilon(1e-6));
    const auto covariance = [&](std::size_t i, std::size_t j) { return model.covariance[i * 8 + j]; };
    const LinearSlope in_mm{model.fixed[1].estimate, model.fixed[5].estimate,
                            covariance(1, 1),        covariance(5, 5),
                            covariance(1, 5),        std::numeric_limits<double>::infinity()};
    // R's roots use z = 1.96 where the exact quantile is 1.959964: they agree to 5 digits.
    const std::vector<double> boundaries = johnson_neyman_boundaries(in_mm);
    REQUIRE(boundaries.size() == 2);
    CHECK(boundaries[0] == doctest::Approx(-2.923375670882).epsilon(1e-4));
    CHECK(boundaries[1] == doctest::Approx(-0.577439630635).epsilon(1e-4));
}

TEST_CASE("a variance of zero is proven, and no number of the table is undefined") {
    TestTable table;  // every group has the same values: nothing varies between groups
    std::vector<double> group, y;
    for (int g = 0; g < 6; ++g) {
        for (const double value : {1.0, 2.0, 4.0, 7.0}) {
            group.push_back(g);
            y.push_back(value);
        }
    }
    table.add("g", group);
    table.add("y", y);
    const MixedModel model = fitted(table.data(), "y ~ 1 + (1 | g)");
    CHECK(model.certificate.status == "certified-singular");
    CHECK(model.theta[0] == 0);
    CHECK(model.certificate.curvature[0] > 0);  // twice the one-sided slope in the variance
    CHECK(model.certificate.words.find("variance of (Intercept) between g is zero") != std::string::npos);
    CHECK(model.fixed[0].estimate == doctest::Approx(3.5).epsilon(1e-12));
    CHECK(model.fixed[0].degrees_of_freedom == doctest::Approx(23).epsilon(1e-8));
}

TEST_CASE("variances that the data do not determine are not certified") {
    TestTable table = diary();  // nobody is in both arms, so their correlation is anything
    const MixedModel model = fitted(table.data(), "mood ~ day + (0 + arm | id)");
    CHECK(model.certificate.status == "not-certified");
    CHECK(model.certificate.words.find("not determined") != std::string::npos);
}

TEST_CASE("the answer does not depend on units, origins or the order of rows") {
    TestTable table = diary();
    const MixedModel plain = fitted(table.data(), "mood ~ day * arm + (day | id)");
    const MixedModel moved =
        fitted(table.data(), "mood ~ I(day * 86400 + 1700000) * arm + (I(day * 86400 + 1700000) | id)");
    CHECK(plain.certificate.status == "certified");
    CHECK(moved.certificate.status == "certified");
    CHECK(moved.sigma == doctest::Approx(plain.sigma).epsilon(1e-8));
    CHECK(moved.log_likelihood == doctest::Approx(plain.log_likelihood - 2 * std::log(86400)).epsilon(1e-9));
    CHECK(moved.fixed[1].estimate * 86400 == doctest::Approx(plain.fixed[1].estimate).epsilon(1e-7));
    CHECK(moved.fixed[3].p == doctest::Approx(plain.fixed[3].p).epsilon(1e-6));
    CHECK(moved.fixed[3].degrees_of_freedom ==
          doctest::Approx(plain.fixed[3].degrees_of_freedom).epsilon(1e-6));
}

TEST_CASE("crossed and single grouping agree where the second factor adds nothing") {
    TestTable table = diary();
    const MixedModel one = fitted(table.data(), "mood ~ day * start + (day | id)");
    const MixedModel two = fitted(table.data(), "mood ~ day * start + (day | id) + (1 | site)");
    if (two.certificate.status == "certified-singular") {
        CHECK(two.objective == doctest::Approx(one.objective).epsilon(1e-9));
    } else {
        CHECK(two.certificate.status == "certified");
        CHECK(two.objective < one.objective);
    }
    CHECK(fitted(table.data(), "mood ~ day + (1 | id) + (1 | rater)").certificate.status != "not-certified");
}

TEST_CASE("missing answers are left out, one-row groups stay in, constant columns are dropped by name") {
    TestTable table = diary();
    table.add("constant", std::vector<double>(table.data().rows, 4.0));
    const MixedModel model = fitted(table.data(), "mood ~ day + constant + (1 | id)");
    CHECK(model.dropped == std::vector<std::string>{"constant"});
    CHECK(model.rows_used < table.data().rows);
    TestTable uneven;
    uneven.add("g", std::vector<double>{1, 1, 1, 2, 3, 3, 3, 4, 5, 5});
    uneven.add("y", std::vector<double>{1, 2, 1.5, 4, 7, 6.5, 6, 3, 2, 2.5});
    CHECK(fitted(uneven.data(), "y ~ 1 + (1 | g)").random[0].levels == 5);
}

TEST_CASE("what cannot be fitted says why") {
    TestTable table = diary();
    std::vector<double> own_group, by_group, wrong(table.data().rows, 1.0);
    for (std::size_t row = 0; row < table.data().rows; ++row) {
        own_group.push_back(static_cast<double>(row));
        by_group.push_back(table.numbers("id")[row] * 2);
    }
    wrong[3] = std::numeric_limits<double>::infinity();
    table.add("row", own_group);
    table.add("level", by_group);
    table.add("wrong", wrong);
    table.add("one", std::vector<double>(table.data().rows, 1.0));
    CHECK(trouble(table.data(), "mood ~ day").find("no random term") != std::string::npos);
    CHECK(trouble(table.data(), "mood ~ day + (1 | row)").find("cannot be told from the residual") !=
          std::string::npos);
    CHECK(trouble(table.data(), "mood ~ day + (1 | one)").find("only one value") != std::string::npos);
    CHECK(trouble(table.data(), "mood ~ wrong + (1 | id)").find("infinite") != std::string::npos);
    CHECK(trouble(table.data(), "one ~ day + (1 | id)").find("without any remainder") != std::string::npos);
    CHECK(trouble(table.data(), "level ~ 1 + (1 | id)").find("without any remainder") != std::string::npos);
    CHECK(trouble(table.data(), "mood ~ day + (day | id) + (day | id)").find("twice") != std::string::npos);
}
