// Kenward and Roger's joint tests: against pbkrtest (tests/reference/kenward_roger.R), against the paper's
// formulas written out with matrices of the size of the rows, and where an exact F is known.
#include "statistics/inference/kenward_roger.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "statistics/distributions.h"
#include "statistics/eigen_views.h"
#include "statistics/inference/inference_reference.h"
#include "statistics/inference/type_three.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MixedModel fitted(const std::string& formula, const Data& data, MixedModelOptions options = {}) {
    options.degrees_of_freedom = DegreesOfFreedom::kenward_roger;
    const Result<MixedModel> model = fit_mixed_model(formula, data, options);
    if (!model) {
        FAIL(model.error().describe());
    }
    return *model;
}

TestTable data_set(const std::string& name) {
    if (name == "visits") {
        TestTable table = test_table_of_csv(reference_text("generalized.csv"));
        return table;
    }
    if (name == "plots") {
        return test_table_of_csv(reference_text("kenward_roger_plots.csv"));
    }
    TestTable table = reference_diary();
    if (name == "few") {
        const std::span<const double> people = table.numbers("id");
        const std::span<const double> moods = table.numbers("mood");
        std::vector<double> mood(moods.begin(), moods.end());
        for (std::size_t row = 0; row < mood.size(); ++row) {
            mood[row] = std::fmod(people[row], 3) == 0 ? mood[row] : std::nan("");
        }
        table.add("few_mood", mood);
    }
    return table;
}

// b_2 = b_3, b_k = 0 and b_2 = 0, as in the script.
Matrix together(std::size_t coefficients) {
    Matrix contrasts(3, coefficients);
    contrasts(0, 1) = 1;
    contrasts(0, 2) = -1;
    contrasts(1, coefficients - 1) = 1;
    contrasts(2, 1) = 0.5;
    return contrasts;
}

void check_close(double value, double expected, double relative) {
    INFO(value, " for ", expected);
    CHECK(std::abs(value - expected) <= relative * std::abs(expected));
}

// The marginal covariance of the rows and its slopes with the parameters in which it is linear: for each term
// its variances and covariances, last sigma^2. All of the rows of the data enter.
struct DenseModel {
    MatrixXd x;
    std::vector<MatrixXd> slopes;
    VectorXd parameters;
};

struct DenseTerm {
    std::string group;
    std::vector<std::string> columns;  // "" is the intercept
};

MatrixXd same_group(const Variable& group) {
    const Eigen::Index rows = index(group.numbers.size() + group.codes.size());
    MatrixXd same(rows, rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
        for (Eigen::Index j = 0; j < rows; ++j) {
            const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
            same(i, j) = group.numbers.empty() ? group.codes[a] == group.codes[b]
                                               : group.numbers[a] == group.numbers[b];
        }
    }
    return same;
}

// Of the residuals over sigma^2.
MatrixXd residual_covariance(TestTable& table, const MixedModel& model, const MixedModelOptions& options) {
    const Eigen::Index rows = index(table.data().rows);
    MatrixXd covariance = MatrixXd::Identity(rows, rows);
    if (!options.serial_time.empty()) {
        const VectorXd time = view(table.numbers(options.serial_time));
        const MatrixXd apart = (time.replicate(1, rows) - time.transpose().replicate(rows, 1)).cwiseAbs();
        covariance = same_group(**table.data().find("person")).cwiseProduct(apart.unaryExpr([&](double days) {
            return std::pow(model.residual_correlation, days);
        }));
    }
    VectorXd deviations = VectorXd::Ones(rows);
    if (!options.weights.empty()) {
        deviations = view(table.numbers(options.weights)).cwiseSqrt().cwiseInverse();
    }
    for (const ResidualStratum& stratum : model.residual_strata) {
        const Variable& kinds = **table.data().find(options.residual_strata);
        for (Eigen::Index row = 0; row < rows; ++row) {
            const auto code = static_cast<std::size_t>(kinds.codes[static_cast<std::size_t>(row)]);
            deviations(row) *=
                kinds.levels[code] == stratum.level ? stratum.standard_deviation / model.sigma : 1;
        }
    }
    return deviations.asDiagonal() * covariance * deviations.asDiagonal();
}

DenseModel dense_model(const Data& data, const MatrixXd& x, const std::vector<DenseTerm>& terms,
                       const MixedModel& model, const MatrixXd& residual) {
    DenseModel dense{.x = x, .slopes = {}, .parameters = {}};
    std::vector<double> parameters;
    for (std::size_t t = 0; t < terms.size(); ++t) {
        const auto described = std::find_if(model.random.begin(), model.random.end(),
                                            [&](const auto& one) { return one.group == terms[t].group; });
        REQUIRE(described != model.random.end());
        const MatrixXd same = same_group(**data.find(terms[t].group));
        std::size_t correlation = 0;
        const auto column = [&](const std::string& name) {
            const Eigen::Index rows = x.rows();
            return name.empty() ? VectorXd(VectorXd::Ones(rows))
                                : VectorXd(view((*data.find(name))->numbers));
        };
        for (std::size_t a = 0; a < terms[t].columns.size(); ++a) {
            for (std::size_t b = 0; b <= a; ++b) {
                const MatrixXd outer = column(terms[t].columns[a]) * column(terms[t].columns[b]).transpose();
                dense.slopes.push_back(
                    same.cwiseProduct(a == b ? outer : MatrixXd(outer + outer.transpose())));
                parameters.push_back(described->standard_deviations[a] * described->standard_deviations[b] *
                                     (a == b ? 1 : described->correlations[correlation++]));
            }
        }
    }
    dense.slopes.push_back(residual);
    parameters.push_back(model.sigma * model.sigma);
    dense.parameters = view(parameters);
    return dense;
}

// The paper's formulas as they stand (eqs. 3 to 9 and section 3), and rho as pbkrtest has it.
FTest by_the_paper(const DenseModel& dense, const VectorXd& estimates, const MatrixXd& contrasts) {
    const Eigen::Index count = index(dense.slopes.size());
    MatrixXd v = MatrixXd::Zero(dense.x.rows(), dense.x.rows());
    for (Eigen::Index i = 0; i < count; ++i) {
        v += dense.parameters(i) * dense.slopes[static_cast<std::size_t>(i)];
    }
    const MatrixXd inverse = v.inverse();
    const MatrixXd phi = (dense.x.transpose() * inverse * dense.x).inverse();
    std::vector<MatrixXd> p, weighed;
    for (const MatrixXd& slope : dense.slopes) {
        weighed.emplace_back(inverse * slope);
        p.emplace_back(-dense.x.transpose() * weighed.back() * inverse * dense.x);
    }
    std::vector<MatrixXd> q_of(static_cast<std::size_t>(count * count));
    MatrixXd information(count, count);
    const auto at = [&](Eigen::Index i, Eigen::Index j) { return static_cast<std::size_t>(i * count + j); };
    for (Eigen::Index i = 0; i < count; ++i) {
        for (Eigen::Index j = 0; j < count; ++j) {
            const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
            q_of[at(i, j)] = dense.x.transpose() * weighed[a] * weighed[b] * inverse * dense.x;
            information(i, j) = 0.5 * (weighed[a].cwiseProduct(weighed[b].transpose()).sum() -
                                       (2 * phi * q_of[at(i, j)] - phi * p[a] * phi * p[b]).trace());
        }
    }
    const MatrixXd w = information.inverse();
    MatrixXd adjusted = phi;
    const MatrixXd theta =
        contrasts.transpose() * (contrasts * phi * contrasts.transpose()).inverse() * contrasts;
    double a1 = 0, a2 = 0;
    for (Eigen::Index i = 0; i < count; ++i) {
        for (Eigen::Index j = 0; j < count; ++j) {
            const MatrixXd &one = p[static_cast<std::size_t>(i)], &other = p[static_cast<std::size_t>(j)];
            adjusted += 2 * w(i, j) * phi * (q_of[at(i, j)] - one * phi * other) * phi;
            a1 += w(i, j) * (theta * phi * one * phi).trace() * (theta * phi * other * phi).trace();
            a2 += w(i, j) * (theta * phi * one * phi * theta * phi * other * phi).trace();
        }
    }
    const auto q = static_cast<double>(contrasts.rows());
    const double b = (a1 + 6 * a2) / (2 * q), g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2);
    const double c1 = g / (3 * q + 2 * (1 - g)), c2 = (q - g) / (3 * q + 2 * (1 - g));
    const double c3 = (q + 2 - g) / (3 * q + 2 * (1 - g));
    const double mean = 1 / (1 - a2 / q);
    const double variance = 2 / q * (1 + c1 * b) / (std::pow(1 - c2 * b, 2) * (1 - c3 * b));
    const double rho = variance / (2 * mean * mean);
    FTest test;
    test.numerator_degrees = q;
    test.denominator_degrees = 4 + (q + 2) / (q * rho - 1);
    test.scaling = test.denominator_degrees / (mean * (test.denominator_degrees - 2));
    const VectorXd values = contrasts * estimates;
    test.statistic =
        test.scaling / q * values.dot((contrasts * adjusted * contrasts.transpose()).inverse() * values);
    return test;
}

void check_dense(TestTable& table, const std::string& random, const std::vector<DenseTerm>& terms,
                 const MixedModelOptions& options = {}) {
    const std::vector<std::string> columns = {"day", "age", "warmth"};
    const std::string formula = "mood ~ day + age + warmth + " + random;
    MatrixXd x = MatrixXd::Ones(index(table.data().rows), index(columns.size() + 1));
    for (std::size_t k = 0; k < columns.size(); ++k) {
        x.col(index(k + 1)) = view(table.numbers(columns[k]));
    }
    CAPTURE(formula);
    const MixedModel model = fitted(formula, table.data(), options);
    CHECK(model.certificate.status != "not-certified");
    const DenseModel dense =
        dense_model(table.data(), x, terms, model, residual_covariance(table, model, options));
    VectorXd estimates(x.cols());
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
        estimates(k) = model.fixed[static_cast<std::size_t>(k)].estimate;
    }
    Matrix all(columns.size(), columns.size() + 1);  // every coefficient but the intercept
    for (std::size_t k = 0; k < columns.size(); ++k) {
        all(k, k + 1) = 1;
    }
    for (const Matrix& contrasts : {together(columns.size() + 1), all}) {
        const FTest expected = by_the_paper(dense, estimates, view(contrasts));
        const FTest test = joint_test(coefficients_of(model), contrasts);
        check_close(test.statistic, expected.statistic, 1e-8);
        check_close(test.denominator_degrees, expected.denominator_degrees, 1e-8);
        check_close(test.scaling, expected.scaling, 1e-8);
        CHECK(test.numerator_degrees == expected.numerator_degrees);
    }
}

// People with a start and a slope of their own, each seen at the same times.
struct Course {
    TestTable table;
    MatrixXd lines;  // people x 2: each one's least-squares start and slope
    std::vector<int> arm;
};

Course balanced_course() {
    constexpr int people = 12, times = 5;
    Course course{.table = {}, .lines = MatrixXd(people, 2), .arm = {}};
    RandomStream random(31, 1);
    std::vector<double> id, day, treated, mood;
    MatrixXd x(times, 2);
    for (int t = 0; t < times; ++t) {
        x.row(t) << 1, t;
    }
    for (int person = 0; person < people; ++person) {
        course.arm.push_back(person % 3 == 0 ? 1 : 0);
        const double start = 3 + random.next_normal(), slope = 0.3 + 0.5 * random.next_normal();
        VectorXd y(times);
        for (int t = 0; t < times; ++t) {
            y(t) = start + slope * t + 0.6 * random.next_normal();
            id.push_back(person);
            day.push_back(t);
            treated.push_back(course.arm.back());
            mood.push_back(y(t));
        }
        course.lines.row(person) = x.colPivHouseholderQr().solve(y).transpose();
    }
    course.table.add("id", id);
    course.table.add("day", day);
    course.table.add("treated", treated);
    course.table.add("mood", mood);
    return course;
}

}  // namespace

TEST_CASE("Kenward and Roger's joint tests agree with pbkrtest") {
    const std::string text = reference_text("kenward_roger.csv");
    std::string last_case;
    MixedModel model;
    std::vector<TermTest> terms;
    std::size_t checked = 0, joint = 0;
    for (const std::string_view line : split(text, '\n')) {
        const std::vector<std::string_view> cells = split(trim(line), ',');
        if (cells.size() != 8 || cells[0] == "set") {
            continue;
        }
        CAPTURE(line);
        const std::string set(cells[0]);
        const std::string formula = (set == "few" ? "few_" : "") + std::string(cells[1]);
        if (last_case != set + formula) {
            last_case = set + formula;
            const TestTable table = data_set(set);
            model = fitted(formula, table.data());
            CHECK(model.certificate.status != "not-certified");
            terms = type_three_tests(coefficients_of(model), Predictors::of(formula, table.data()).value());
        }
        FTest test;
        if (cells[2] == "together") {
            test = joint_test(coefficients_of(model), together(model.fixed.size()));
        } else {
            const auto term = std::find_if(terms.begin(), terms.end(),
                                           [&](const TermTest& one) { return one.term == cells[2]; });
            REQUIRE(term != terms.end());
            test = term->test;
        }
        CHECK(test.numerator_degrees == *to_number(cells[3]));
        check_close(test.statistic, *to_number(cells[4]), 1e-6);
        check_close(test.denominator_degrees, *to_number(cells[5]), 1e-6);
        check_close(test.p, *to_number(cells[6]), 1e-6);
        check_close(test.scaling, *to_number(cells[7]), 1e-6);
        ++checked;
        joint += test.numerator_degrees > 1 ? 1 : 0;
    }
    CHECK(checked > 55);
    CHECK(joint > 25);
}

TEST_CASE("Kenward and Roger's joint tests are those of the paper's formulas in matrices of the rows' size") {
    TestTable table;
    RandomStream random(8, 3);
    std::vector<std::string> kind;
    std::vector<double> person, school, judge, day, warmth, age, mood, weight;
    for (int p = 0; p < 14; ++p) {
        const double start = random.next_normal(), slope = 0.5 * random.next_normal();
        const double years = std::round(40 + 12 * random.next_normal());
        const int days = 2 + static_cast<int>(random.next_below(6));
        for (int d = 0; d < days; ++d) {
            const auto who = static_cast<double>(random.next_below(5));
            person.push_back(p);
            school.push_back(p % 4);
            judge.push_back(who);
            day.push_back(d);
            age.push_back(years);
            warmth.push_back(random.next_normal());
            kind.emplace_back(random.next_uniform() < 0.4 ? "home" : "work");
            weight.push_back(0.5 + static_cast<double>(random.next_below(4)));
            mood.push_back(start + 2 * std::cos(2.0 * (p % 4)) + 0.9 * std::cos(2 * who) + slope * d +
                           0.02 * years + 0.7 * random.next_normal());
        }
    }
    table.add("person", person);
    table.add("school", school);
    table.add("judge", judge);
    table.add("day", day);
    table.add("warmth", warmth);
    table.add("age", age);
    table.add("mood", mood);
    table.add("weight", weight);
    table.add("kind", kind);
    const DenseTerm lines{"person", {"", "day"}}, starts{"person", {""}}, judges{"judge", {""}};
    MixedModelOptions weighted, serial, by_kind;
    weighted.weights = "weight";
    serial.serial_time = "day";
    by_kind.residual_strata = "kind";
    check_dense(table, "(1 | person)", {starts});
    check_dense(table, "(day | person)", {lines});
    check_dense(table, "(day | person)", {lines}, weighted);
    check_dense(table, "(1 | school) + (1 | person)", {{"school", {""}}, starts});
    check_dense(table, "(day | person) + (1 | judge)", {lines, judges});
    check_dense(table, "(1 | person) + (1 | judge)", {starts, judges}, weighted);
    check_dense(table, "(1 | person)", {starts}, serial);  // phi, and the ratio of variances, as known
    check_dense(table, "(1 | person)", {starts}, by_kind);
}

TEST_CASE("a balanced split plot has the F of its analysis of variance, and no scaling") {
    // Blocks, one whole plot for each of three seeds in each, four varieties on every whole plot.
    constexpr int blocks = 5, seeds = 3, varieties = 4;
    RandomStream random(4, 4);
    TestTable table;
    std::vector<std::string> block, whole, seed, variety;
    std::vector<double> yield;
    MatrixXd mean_of_whole(blocks, seeds);
    for (int b = 0; b < blocks; ++b) {
        const double of_block = 2 * random.next_normal();
        for (int s = 0; s < seeds; ++s) {
            const double of_whole = of_block + 1.5 * random.next_normal();
            double sum = 0;
            for (int v = 0; v < varieties; ++v) {
                block.push_back("b" + std::to_string(b));
                whole.push_back("w" + std::to_string(b) + std::to_string(s));
                seed.push_back("s" + std::to_string(s));
                variety.push_back("v" + std::to_string(v));
                yield.push_back(10 + of_whole + 0.7 * s + 0.2 * s * v + random.next_normal());
                sum += yield.back();
            }
            mean_of_whole(b, s) = sum / varieties;
        }
    }
    table.add("block", block);
    table.add("whole", whole);
    table.add("seed", seed);
    table.add("variety", variety);
    table.add("yield", yield);
    const std::string formula = "yield ~ seed * variety + (1 | block) + (1 | whole)";
    const MixedModel model = fitted(formula, table.data());
    REQUIRE(model.certificate.status == "certified");
    const std::vector<TermTest> tests =
        type_three_tests(coefficients_of(model), Predictors::of(formula, table.data()).value());
    // By hand: seeds against blocks by seeds.
    const VectorXd by_seed = mean_of_whole.colwise().mean(), by_block = mean_of_whole.rowwise().mean();
    const double grand = mean_of_whole.mean();
    const double between = blocks * (by_seed.array() - grand).square().sum() / (seeds - 1);
    const MatrixXd residual =
        ((mean_of_whole.rowwise() - by_seed.transpose()).colwise() - by_block).array() + grand;
    const double within = residual.squaredNorm() / ((blocks - 1) * (seeds - 1));
    check_close(tests[0].test.statistic, between / within, 1e-6);
    const double whole_degrees = (blocks - 1) * (seeds - 1);
    const double plot_degrees = seeds * (blocks - 1) * (varieties - 1);
    check_close(tests[0].test.denominator_degrees, whole_degrees, 1e-6);
    check_close(tests[1].test.denominator_degrees, plot_degrees, 1e-6);
    check_close(tests[2].test.denominator_degrees, plot_degrees, 1e-6);
    for (const TermTest& one : tests) {
        check_close(one.test.scaling, 1, 1e-8);
    }
}

TEST_CASE(
    "start and slope of two arms are compared by Hotelling's T^2 where everyone is seen at the same times") {
    const Course course = balanced_course();
    const MixedModel model = fitted("mood ~ treated * day + (day | id)", course.table.data());
    REQUIRE(model.certificate.status == "certified");
    Matrix contrasts(2, 4);
    contrasts(0, 1) = contrasts(1, 3) = 1;
    const FTest test = joint_test(coefficients_of(model), contrasts);
    const Eigen::Index people = course.lines.rows();
    MatrixXd means = MatrixXd::Zero(2, 2);
    VectorXd sizes = VectorXd::Zero(2);
    for (Eigen::Index k = 0; k < people; ++k) {
        const int arm = course.arm[static_cast<std::size_t>(k)];
        means.row(arm) += course.lines.row(k);
        sizes(arm) += 1;
    }
    means.array().colwise() /= sizes.array();
    MatrixXd spread = MatrixXd::Zero(2, 2);
    for (Eigen::Index k = 0; k < people; ++k) {
        const VectorXd off = course.lines.row(k) - means.row(course.arm[static_cast<std::size_t>(k)]);
        spread += off * off.transpose();
    }
    const double nu = static_cast<double>(people) - 2;
    const VectorXd difference = (means.row(1) - means.row(0)).transpose();
    const double t_squared =
        difference.dot((spread / nu).inverse() * difference) * sizes.prod() / sizes.sum();
    check_close(test.denominator_degrees, nu - 1, 1e-6);
    check_close(test.scaling, (nu - 1) / nu, 1e-6);
    check_close(test.statistic, (nu - 1) / (2 * nu) * t_squared, 1e-6);
    CHECK(test.p == doctest::Approx(f_probability_above(test.statistic, 2, nu - 1)).epsilon(1e-5));
}

TEST_CASE("campaign: type-I error of a joint test with twelve people in three arms") {
    constexpr std::size_t draws = 10'000;
    const std::string formula = "mood ~ arm * day + (day | id)";
    std::vector<char> rejected_own(draws, 0), rejected_satterthwaite(draws, 0);
    for_each_part(draws, 0, [&](std::size_t draw) {
        RandomStream random(53, draw);
        std::vector<double> id, day, mood;
        std::vector<std::string> arm;
        for (int person = 0; person < 12; ++person) {
            const double start = random.next_normal(), slope = 0.4 * random.next_normal();
            const int days = 3 + person % 4;  // some leave early
            for (int d = 0; d < days; ++d) {
                id.push_back(person);
                day.push_back(d);
                arm.emplace_back(person < 3 ? "a" : person < 7 ? "b" : "c");
                mood.push_back(start + slope * d + 0.7 * random.next_normal());
            }
        }
        TestTable table;
        table.add("id", id);
        table.add("day", day);
        table.add("arm", arm);
        table.add("mood", mood);
        Matrix contrasts(4, 6);  // arms differ neither at the start nor in slope
        contrasts(0, 1) = contrasts(1, 2) = contrasts(2, 4) = contrasts(3, 5) = 1;
        MixedModelOptions options;
        options.threads = 1;
        for (const DegreesOfFreedom degrees :
             {DegreesOfFreedom::kenward_roger, DegreesOfFreedom::satterthwaite}) {
            options.degrees_of_freedom = degrees;
            const Result<MixedModel> model = fit_mixed_model(formula, table.data(), options);
            const bool rejects = model && joint_test(coefficients_of(*model), contrasts).p < 0.05;
            (degrees == DegreesOfFreedom::kenward_roger ? rejected_own : rejected_satterthwaite)[draw] =
                rejects ? 1 : 0;
        }
    });
    const auto share = [&](const std::vector<char>& rejected, const char* what) {
        const double percent =
            100.0 * static_cast<double>(std::count(rejected.begin(), rejected.end(), 1)) / draws;
        std::printf("measured: four contrasts, 12 people, %s: rejects %.2f %% of %zu\n", what, percent,
                    draws);
        return percent;
    };
    const double own = share(rejected_own, "Kenward-Roger"),
                 usual = share(rejected_satterthwaite, "Satterthwaite");
    // Few people and variances on their boundary: careful, never loose.
    CHECK(own > 2.5);
    CHECK(own < 5.5);
    CHECK(usual > 5.5);
}

TEST_CASE("a joint test of one contrast is the coefficient's own") {
    const TestTable table = data_set("few");
    const MixedModel model = fitted("few_mood ~ arm * day + site + (day | id)", table.data());
    const Coefficients coefficients = coefficients_of(model);
    for (std::size_t k = 0; k < model.fixed.size(); ++k) {
        Matrix contrast(1, model.fixed.size());
        contrast(0, k) = -3;
        const FTest test = joint_test(coefficients, contrast);
        const Estimate& alone = model.fixed[k];
        CHECK(test.scaling == doctest::Approx(1).epsilon(1e-12));
        CHECK(test.denominator_degrees == doctest::Approx(alone.degrees_of_freedom).epsilon(1e-11));
        CHECK(test.statistic == doctest::Approx(alone.statistic * alone.statistic).epsilon(1e-11));
        CHECK(test.p == doctest::Approx(alone.p).epsilon(1e-10));
    }
}

TEST_CASE("how a hypothesis is written changes nothing: rows mixed, repeated, or in other units") {
    const TestTable table = data_set("few");
    const MixedModel model = fitted("few_mood ~ arm * day + site + (day | id)", table.data());
    const Coefficients coefficients = coefficients_of(model);
    const std::size_t terms = model.fixed.size();
    const Matrix contrasts = together(terms);
    const FTest plain = joint_test(coefficients, contrasts);
    Matrix mixed(4, terms);
    for (std::size_t k = 0; k < terms; ++k) {
        mixed(0, k) = 1e6 * contrasts(0, k);
        mixed(1, k) = contrasts(0, k) + 2 * contrasts(1, k);
        mixed(2, k) = 1e-6 * (contrasts(2, k) - contrasts(0, k));
        mixed(3, k) = mixed(0, k);
    }
    const FTest other = joint_test(coefficients, mixed);
    CHECK(other.numerator_degrees == 3);
    check_close(other.statistic, plain.statistic, 1e-8);
    check_close(other.denominator_degrees, plain.denominator_degrees, 1e-8);
    check_close(other.scaling, plain.scaling, 1e-8);
    CHECK(std::isnan(joint_test(coefficients, Matrix(2, terms)).statistic));  // nothing is asked
    // The same by Satterthwaite's degrees, which depend on the writing: no row is lost to its unit.
    const Coefficients usual =
        coefficients_of(fit_mixed_model("few_mood ~ arm * day + site + (day | id)", table.data()).value());
    CHECK(joint_test(usual, mixed).numerator_degrees == 3);
    check_close(joint_test(usual, mixed).statistic, joint_test(usual, contrasts).statistic, 1e-8);
    CHECK(std::isnan(joint_test(usual, contrasts).scaling));
}

TEST_CASE("the scaling of F at the edges: a covariance that is known, exact tests on 2 and 4 degrees") {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    CHECK(kenward_roger_scaling(0, 0, 3).denominator_degrees == infinite);
    CHECK(kenward_roger_scaling(0, 0, 3).scaling == 1);
    // A balanced analysis of variance of q contrasts on m degrees has A1 = 2 q^2 / m and A2 = 2 q / m.
    for (const double degrees : {1.0, 2.0, 2.005, 3.0, 4.0, 7.0, 1e3, 1e9}) {
        for (const std::size_t contrasts : {1, 2, 3, 6}) {
            CAPTURE(degrees);
            CAPTURE(contrasts);
            const auto q = static_cast<double>(contrasts);
            const KenwardRogerScaling exact =
                kenward_roger_scaling(2 * q * q / degrees, 2 * q / degrees, contrasts);
            CHECK(exact.denominator_degrees == doctest::Approx(degrees).epsilon(1e-12));
            CHECK(exact.scaling == doctest::Approx(1).epsilon(1e-11));
        }
    }
}

TEST_CASE("without an F distribution of such moments nothing is claimed") {
    // More contrasts than a covariance so badly known can bear.
    CHECK(!(kenward_roger_scaling(4.55, 9.1, 2).denominator_degrees > 0));
    CHECK(!(kenward_roger_scaling(1.5, 6.1, 3).scaling > 0));
    MixedModel model;
    model.fixed = {make_estimate("a", 1, 1, 5), make_estimate("b", 1, 1, 5)};
    model.covariance = model.uncertainty.unadjusted = {1, 0, 0, 1};
    model.uncertainty.covariance = {9.1, 0, 0, 9.1};
    model.uncertainty.slopes = {{0.683, 0, 0, -0.183}, {-0.183, 0, 0, 0.683}};
    Matrix both(2, 2);
    both(0, 0) = both(1, 1) = 1;
    const FTest test = joint_test(coefficients_of(model), both);
    CHECK(test.numerator_degrees == 2);
    CHECK(!(test.denominator_degrees > 0));
    CHECK(std::isnan(test.statistic));
    CHECK(std::isnan(test.p));
}
