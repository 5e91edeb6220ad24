#include "statistics/psychometrics/rasch.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>

#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Columns = std::vector<std::vector<double>>;

doctest::Approx near(double value, double digits) { return doctest::Approx(value).epsilon(digits); }
std::vector<std::span<const double>> spans_of(const Columns& items) { return {items.begin(), items.end()}; }

std::string reference_text(const std::string& file) {
    return read_file(std::string(GROUNDWORK_SOURCE_DIR) + "/tests/reference/" + file).value();
}

// Columns prefix1, prefix2, ... of answers made by tests/reference/rasch.R.
Columns answers(const std::string& prefix, int count) {
    TestTable table = test_table_of_csv(reference_text("rasch_answers.csv"));
    Columns columns;
    for (int item = 1; item <= count; ++item) {
        const std::span<const double> column = table.numbers(prefix + std::to_string(item));
        columns.emplace_back(column.begin(), column.end());
    }
    return columns;
}

// What eRm said, by "model what".
const std::map<std::string, std::vector<double>>& references() {
    static const std::map<std::string, std::vector<double>> values = [] {
        std::map<std::string, std::vector<double>> read;
        const std::string text = reference_text("rasch_values.csv");
        for (const std::string_view line : split(text, '\n')) {
            const std::vector<std::string_view> cells = split(trim(line), ',');
            if (cells.size() == 4 && cells[0] != "model") {
                read[std::string(cells[0]) + " " + std::string(cells[1])].push_back(
                    to_number(trim(cells[3])).value());
            }
        }
        return read;
    }();
    return values;
}

void check_easiness(const RaschModel& model, const std::string& name) {
    CHECK(model.log_likelihood == near(references().at(name + " loglik")[0], 1e-9));
    CHECK(model.largest_slope < 1e-8);
    std::size_t next = 0;
    for (const RaschItem& item : model.items) {
        for (std::size_t h = 0; h < item.easiness.size(); ++h, ++next) {
            // eRm stops when its general optimiser is content, at about six digits.
            CHECK(std::abs(item.easiness[h] - references().at(name + " beta")[next]) < 2e-5);
            CHECK(std::abs(item.easiness_standard_errors[h] - references().at(name + " beta_se")[next]) <
                  2e-5);
        }
    }
    CHECK(next == references().at(name + " beta").size());
}

void check_fit(const RaschModel& model, const std::string& name) {
    for (std::size_t i = 0; i < model.items.size(); ++i) {
        CHECK(model.items[i].outfit == near(references().at(name + " outfit")[i], 1e-4));
        CHECK(model.items[i].infit == near(references().at(name + " infit")[i], 1e-4));
        CHECK(std::abs(model.items[i].outfit_t - references().at(name + " outfit_t")[i]) < 1e-3);
        CHECK(std::abs(model.items[i].infit_t - references().at(name + " infit_t")[i]) < 1e-3);
    }
}

Columns simulated(std::size_t people, std::size_t items, double spread) {
    RandomStream random(1960, 1);
    Columns columns(items, std::vector<double>(people));
    for (std::size_t person = 0; person < people; ++person) {
        const double theta = random.next_normal();
        for (std::size_t item = 0; item < items; ++item) {
            const double difficulty =
                spread * (2.0 * static_cast<double>(item) / static_cast<double>(items - 1) - 1);
            columns[item][person] = random.next_uniform() < 1 / (1 + std::exp(difficulty - theta)) ? 1 : 0;
        }
    }
    return columns;
}

}  // namespace

TEST_CASE("the Rasch model is eRm's: difficulties, errors, fit, people") {
    const RaschModel model = fit_rasch(spans_of(answers("d", 8))).value();
    check_easiness(model, "rm");
    check_fit(model, "rm");
    CHECK(model.parameters == 7);
    std::size_t next = 0;  // eRm leaves out those who solved all or none
    for (const RaschPerson& person : model.persons) {
        if (!std::isnan(person.maximum_likelihood) && next < 20) {
            CHECK(person.maximum_likelihood == near(references().at("rm theta")[next++], 1e-4));
        }
    }
    CHECK(next == 20);
}

TEST_CASE("the partial credit model is eRm's, with items of different numbers of categories") {
    const RaschModel model = fit_rasch(spans_of(answers("p", 5))).value();
    check_easiness(model, "pcm");
    check_fit(model, "pcm");
    CHECK(model.items[0].thresholds.size() == 3);
    CHECK(model.items[4].thresholds.size() == 2);
    CHECK(model.items[0].thresholds[1] ==
          near(model.items[0].easiness[0] - model.items[0].easiness[1], 1e-12));
}

TEST_CASE("people with missing answers count with what they have, as in eRm") {
    check_easiness(fit_rasch(spans_of(answers("m", 8))).value(), "holes");
}

TEST_CASE("Andersen's test is eRm's") {
    const Columns items = answers("d", 8);
    const AndersenTest test = andersen_test(spans_of(items), median_split(spans_of(items))).value();
    const std::vector<double>& reference = references().at("rm andersen");
    CHECK(test.statistic == near(reference[0], 1e-6));
    CHECK(test.degrees_of_freedom == reference[1]);
    CHECK(test.p == near(reference[2], 1e-5));
}

TEST_CASE("two items: the difference of difficulties is the log ratio of those who solve one only") {
    // 30 people solve the first only, 12 the second only: closed form (Rasch 1960).
    Columns items(2);
    const auto add = [&](int count, double first, double second) {
        for (int i = 0; i < count; ++i) {
            items[0].push_back(first);
            items[1].push_back(second);
        }
    };
    add(30, 1, 0);
    add(12, 0, 1);
    add(5, 1, 1);
    add(7, 0, 0);
    const RaschModel model = fit_rasch(spans_of(items)).value();
    CHECK(model.people == 54);
    CHECK(model.people_used == 42);
    CHECK(model.items[0].easiness[0] - model.items[1].easiness[0] == near(std::log(30.0 / 12), 1e-10));
    CHECK(model.items[0].easiness_standard_errors[0] == near(std::sqrt(1.0 / 30 + 1.0 / 12) / 2, 1e-9));
    CHECK(model.log_likelihood == near(30 * std::log(30.0 / 42) + 12 * std::log(12.0 / 42), 1e-12));
}

TEST_CASE("Warm's estimate exists at the extremes and lies inside maximum likelihood's") {
    const RaschModel model = fit_rasch(spans_of(answers("d", 8))).value();
    for (const RaschPerson& person : model.persons) {
        CHECK(std::isfinite(person.weighted));
        CHECK(person.weighted_standard_error > 0);
        if (!std::isnan(person.maximum_likelihood)) {
            CHECK(std::abs(person.weighted) <= std::abs(person.maximum_likelihood) + 0.05);
        } else {
            CHECK((person.score == 0 || person.score == 8));
        }
    }
    CHECK(model.person_separation > 0);
    CHECK(model.person_separation < 1);
}

TEST_CASE("many items of very different difficulty keep their digits") {
    const Columns items = simulated(400, 200, 3);
    const RaschModel model = fit_rasch(spans_of(items)).value();
    CHECK(model.largest_slope < 1e-6);
    for (std::size_t i = 0; i < 200; ++i) {
        const double truth = 3 * (2.0 * static_cast<double>(i) / 199 - 1);
        CHECK(std::abs(model.items[i].location - truth) <
              5 * model.items[i].threshold_standard_errors[0] + 0.2);
    }
}

TEST_CASE("difficulties cover the truth in simulated data") {
    const RaschModel model = fit_rasch(spans_of(simulated(2000, 10, 2))).value();
    double largest = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        const double truth = 2 * (2.0 * static_cast<double>(i) / 9 - 1);
        largest = std::max(
            largest, std::abs(model.items[i].location - truth) / model.items[i].threshold_standard_errors[0]);
    }
    CHECK(largest < 3.5);
}

TEST_CASE("answers that no Rasch model can take say why") {
    const auto trouble = [](const Columns& items) { return fit_rasch(spans_of(items)).error().describe(); };
    CHECK(trouble({{0, 1, 1}}).find("two items") != std::string::npos);
    CHECK(trouble({{0, 1, 0.5}, {0, 1, 1}}).find("no whole number") != std::string::npos);
    CHECK(trouble({{0, 1, 0}, {1, 1, 1}}).find("same by everybody") != std::string::npos);
    CHECK(trouble({{0, 1, 3}, {1, 0, 1}}).find("Nobody gave the answer 2") != std::string::npos);
    // A perfect Guttman scale: every harder item was solved only by people who solved the easier ones.
    CHECK(trouble({{1, 1, 1, 0}, {0, 1, 1, 0}, {0, 0, 1, 0}}).find("item") != std::string::npos);
    CHECK(trouble({{1, 1, 0, 0}, {1, 0, 1, 0}, {missing, missing, missing, missing}}).find("by nobody") !=
          std::string::npos);
}
