#include "statistics/psychometrics/reliability.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "statistics/descriptive.h"
#include "statistics/psychometrics/agreement.h"
#include "statistics/psychometrics/factor_model.h"
#include "statistics/psychometrics/item_analysis.h"
#include "statistics/psychometrics/omega.h"
#include "statistics/psychometrics/split_half.h"
#include "statistics/test_table.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using Columns = std::vector<std::vector<double>>;

std::vector<std::span<const double>> spans_of(const Columns& items) { return {items.begin(), items.end()}; }

doctest::Approx near(double value, double digits = 1e-10) { return doctest::Approx(value).epsilon(digits); }

// The bfi's agreeableness items, the first turned round; nothing where the data are not there.
std::optional<Columns> agreeableness() {
    std::optional<TestTable> bfi = shared_table("bfi.csv");
    if (!bfi) {
        return std::nullopt;
    }
    Columns items;
    for (const char* name : {"A1", "A2", "A3", "A4", "A5"}) {
        items.emplace_back(bfi->numbers(name).begin(), bfi->numbers(name).end());
    }
    for (double& answer : items[0]) {
        answer = 7 - answer;
    }
    return items;
}

// Answers 1 to 5 on items that share one or more factors; deterministic.
Columns made_items(std::size_t people, std::size_t items, double loading, std::size_t groups = 1) {
    RandomStream random(20261123, 7);
    Columns columns(items, std::vector<double>(people));
    for (std::size_t person = 0; person < people; ++person) {
        const double general = random.next_normal();
        std::vector<double> group(groups);
        for (double& value : group) {
            value = random.next_normal();
        }
        for (std::size_t item = 0; item < items; ++item) {
            const double value = 3 + loading * general + (groups > 1 ? 0.5 * group[item % groups] : 0.0) +
                                 0.7 * random.next_normal();
            columns[item][person] = std::clamp(std::round(value), 1.0, 5.0);
        }
    }
    return columns;
}

}  // namespace

TEST_CASE("alpha and omega of a small worked example") {
    // R 4.2.2: alpha from cov(items); three items fix one factor exactly: loading 1 = sqrt(r12 r13 / r23) and
    // so on.
    const std::vector<std::vector<double>> items = {
        {2, 4, 3, 5, 1, 4, 2, 5}, {3, 4, 2, 5, 2, 3, 3, 4}, {1, 5, 3, 4, 2, 3, 3, 3}};
    CHECK(cronbach_alpha(spans_of(items)) == doctest::Approx(0.8486842105263157).epsilon(1e-12));
    CHECK(omega_total(spans_of(items)) == doctest::Approx(0.8655097971730824).epsilon(1e-12));
}

TEST_CASE("alpha and omega are unknown, not zero, where they have no meaning") {
    const std::vector<std::vector<double>> one = {{1, 2, 3}};
    const std::vector<std::vector<double>> constant = {{2, 2, 2, 2}, {1, 1, 1, 1}};
    const std::vector<std::vector<double>> short_rows = {{1, 2, missing}, {missing, 1, 2}};
    for (const auto& items : {one, constant, short_rows}) {
        CHECK(std::isnan(cronbach_alpha(spans_of(items))));
        CHECK(std::isnan(omega_total(spans_of(items))));
    }
}

TEST_CASE("alpha and omega of the bfi's agreeableness items are those of R's psych") {
    std::optional<TestTable> bfi = shared_table("bfi.csv");
    if (!bfi) {
        return;
    }
    std::vector<std::vector<double>> items;
    for (const char* name : {"A1", "A2", "A3", "A4", "A5"}) {
        items.emplace_back(bfi->numbers(name).begin(), bfi->numbers(name).end());
    }
    for (double& answer : items[0]) {
        answer = 7 - answer;
    }
    CHECK(cronbach_alpha(spans_of(items)) == doctest::Approx(0.703755894375).epsilon(1e-11));
    CHECK(cronbach_alpha(spans_of(items), PartialRows::pairwise) ==
          doctest::Approx(0.703018446057).epsilon(1e-11));
    // psych stops its optimiser early: 0.723724356915; the exact minimum gives 0.723724364404.
    CHECK(omega_total(spans_of(items)) == doctest::Approx(0.723724364404).epsilon(1e-10));
    CHECK(omega_total(spans_of(items)) == doctest::Approx(0.723724356915).epsilon(2e-8));
}

TEST_CASE("the item analysis of the bfi is that of R's psych::alpha") {
    const std::optional<Columns> items = agreeableness();
    if (!items) {
        return;
    }
    const ItemAnalysis analysis = analyse_items(spans_of(*items)).value();
    CHECK(analysis.people == 2800);
    CHECK(analysis.complete_people == 2709);
    CHECK(analysis.alpha.raw == near(0.703018446057));
    CHECK(analysis.alpha.standardised == near(0.713028578671));
    CHECK(analysis.alpha.lambda6 == near(0.68276267203));
    CHECK(analysis.alpha.average_r == near(0.331967657099));
    CHECK(analysis.alpha.standard_error == near(0.00895177442639));
    CHECK(analysis.score_mean == near(4.6520952381));
    CHECK(analysis.score_standard_deviation == near(0.898401877075));
    // n, raw.r, std.r, r.cor, r.drop, mean, sd
    const double reference[5][7] = {
        {2784, 0.5806903118, 0.5664248142, 0.3763568402, 0.3084177395, 4.586566092, 1.407737151},
        {2773, 0.7279845314, 0.7479918646, 0.6665475389, 0.5636151638, 4.802380094, 1.172019922},
        {2774, 0.7603190043, 0.7673622565, 0.7092193307, 0.5870045895, 4.603821197, 1.301833639},
        {2781, 0.6541864371, 0.6306788429, 0.4712400981, 0.3944440866, 4.699748292, 1.479632686},
        {2784, 0.6865886208, 0.6991918436, 0.5956636577, 0.4885651358, 4.560344828, 1.258512098}};
    // raw_alpha, std.alpha, G6, average_r, S/N, alpha se, var.r, med.r
    const double dropped[5][8] = {{0.7185173570, 0.7255091486, 0.6730278423, 0.3978722613, 2.643108668,
                                   0.008725478826, 0.006530005378, 0.3759844723},
                                  {0.6171800370, 0.6255798818, 0.5794587882, 0.2946317348, 1.670796657,
                                   0.011903882626, 0.016945574352, 0.2866022432},
                                  {0.6002595788, 0.6129446570, 0.5578154544, 0.2836175698, 1.583609859,
                                   0.012439996141, 0.009430953948, 0.3218973594},
                                  {0.6858056523, 0.6935413428, 0.6498474078, 0.3613368892, 2.263082887,
                                   0.009825119336, 0.015861539382, 0.3650620731},
                                  {0.6429529601, 0.6555301885, 0.6050622901, 0.3223798304, 1.903012011,
                                   0.011147899647, 0.012602968606, 0.3376233408}};
    for (std::size_t i = 0; i < 5; ++i) {
        const ItemStatistics& item = analysis.items[i];
        const double ours[7] = {static_cast<double>(item.n),
                                item.total_r,
                                item.standardised_r,
                                item.corrected_r,
                                item.rest_r,
                                item.mean,
                                item.standard_deviation};
        for (std::size_t k = 0; k < 7; ++k) {
            CHECK(ours[k] == near(reference[i][k], 2e-10));
        }
        const AlphaCoefficients& without = item.if_dropped;
        const double ours_dropped[8] = {without.raw,        without.standardised,    without.lambda6,
                                        without.average_r,  without.signal_to_noise, without.standard_error,
                                        without.variance_r, without.median_r};
        for (std::size_t k = 0; k < 8; ++k) {
            CHECK(ours_dropped[k] == near(dropped[i][k], 2e-9));
        }
    }
    CHECK(analyse_items(spans_of(*items), PartialRows::leave_out)->alpha.raw == near(0.703755894375));
}

TEST_CASE("an item that should have been reversed is named") {
    Columns items = made_items(200, 5, 0.8);
    for (double& answer : items[2]) {
        answer = 6 - answer;
    }
    CHECK(analyse_items(spans_of(items))->against_the_scale == std::vector<std::size_t>{2});
}

TEST_CASE("the intervals of alpha are Feldt's and Bonett's") {
    // R: psych::alpha.ci(alpha, n.obs = 50, n.var = 4) and Bonett's formula, alpha of these items.
    const Columns items = made_items(50, 4, 0.8);
    const ItemAnalysis analysis = analyse_items(spans_of(items)).value();
    const double rest = 1 - analysis.alpha.raw;
    CHECK(1 - rest * 1.544350503 == doctest::Approx(analysis.feldt.low).epsilon(1e-9));  // qf(.975, 49, 147)
    CHECK(1 - rest * 0.6136753071 ==
          doctest::Approx(analysis.feldt.high).epsilon(1e-9));  // qf(.025, 49, 147)
    const double width = 1.959963984540054 * std::sqrt(8.0 / (3 * 48));
    CHECK(analysis.bonett.low == near(1 - rest * std::exp(width)));
    CHECK(analysis.bonett.high == near(1 - rest * std::exp(-width)));
}

TEST_CASE("one factor by maximum likelihood is lavaan's on the bfi") {
    const std::optional<Columns> items = agreeableness();
    if (!items) {
        return;
    }
    const OneFactorModel model = fit_one_factor(spans_of(*items)).value();
    CHECK(model.people == 2709);
    CHECK(model.log_likelihood == near(-21777.579958, 1e-11));
    CHECK(model.chi_square == near(86.6960615933, 1e-8));
    CHECK(model.approximation_error == near(0.0776624443803, 1e-8));
    CHECK(model.comparative_fit == near(0.967627642583, 1e-9));
    CHECK(model.omega_total == near(0.712128965485, 1e-6));
    CHECK(model.omega_interval.low < model.omega_total);
    CHECK(model.omega_interval.high > model.omega_total);
    const double reference[5][4] = {{0.52833674753, 0.0297818091082, 1.69296317039, 0.0484874401562},
                                    {0.774114139571, 0.0234804248131, 0.784187206057, 0.0285754505532},
                                    {0.993512247682, 0.0257579673712, 0.714164429656, 0.035155921055},
                                    {0.717343355914, 0.030823669284, 1.69411181184, 0.0509096349215},
                                    {0.791072144012, 0.0253045767556, 0.965259316084, 0.0333116695386}};
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(model.items[i].loading == near(reference[i][0], 1e-6));  // lavaan stops at about seven digits
        CHECK(model.items[i].loading_standard_error == near(reference[i][1], 1e-6));
        CHECK(model.items[i].residual == near(reference[i][2], 1e-6));
        CHECK(model.items[i].residual_standard_error == near(reference[i][3], 1e-6));
    }
}

TEST_CASE("three items fix one factor exactly, and omega with it") {
    const Columns items = {{2, 4, 3, 5, 1, 4, 2, 5}, {3, 4, 2, 5, 2, 3, 3, 4}, {1, 5, 3, 4, 2, 3, 3, 3}};
    const OneFactorModel model = fit_one_factor(spans_of(items)).value();
    CHECK(model.chi_square == doctest::Approx(0).epsilon(1e-9));
    CHECK(std::isnan(model.p));
    // Loading of the first: sqrt(s12 s13 / s23), covariances with divisor n = 8.
    const auto s = [&](std::size_t i, std::size_t j) {
        return correlation(items[i], items[j]) * summarise(items[i]).standard_deviation *
               summarise(items[j]).standard_deviation * 7 / 8;
    };
    CHECK(model.items[0].loading == near(std::sqrt(s(0, 1) * s(0, 2) / s(1, 2)), 1e-9));
    CHECK(model.omega_total == near(model.omega_hierarchical, 1e-9));
}

TEST_CASE("a residual that would be negative is held, and named") {
    Columns items = made_items(300, 4, 0.5);
    RandomStream random(5, 5);
    for (std::size_t person = 0; person < 300;
         ++person) {  // the first is nearly what the others share, doubled
        items[0][person] =
            0.02 * random.next_normal() + items[1][person] + items[2][person] + items[3][person];
    }
    const Result<OneFactorModel> model = fit_one_factor(spans_of(items));
    REQUIRE(model);
    CHECK(model->at_bound == std::vector<std::size_t>{0});
    CHECK(model->items[0].residual > 0);
}

TEST_CASE("omega of three group factors is that of R's psych") {
    const std::optional<Columns> items = agreeableness();
    if (!items) {
        return;
    }
    const SchmidLeiman three = schmid_leiman(spans_of(*items), 3).value();
    CHECK_FALSE(
        three.determined);  // five items do not fix three factors: where a search ends depends on its path
    CHECK(three.hierarchical == near(0.683003138926, 3e-4));
    CHECK(three.total == near(0.757321220023, 1e-5));
    CHECK(schmid_leiman(spans_of(*items), 1)->total == near(0.723724356915, 1e-6));
}

TEST_CASE("omega of 26 items with three and six group factors is that of R's psych") {
    std::optional<TestTable> people = shared_table("state_self_compassion_baseline_items.csv");
    if (!people) {
        return;
    }
    Columns items;
    for (int item = 1; item <= 26; ++item) {
        const std::span<const double> answers = people->numbers("scs_" + std::to_string(item));
        items.emplace_back(answers.begin(), answers.end());
    }
    for (const std::size_t item : {1, 2, 4, 6, 8, 11, 13, 16, 18, 20, 21, 24, 25}) {
        for (double& answer : items[item - 1]) {
            answer = 6 - answer;
        }
    }
    // R 4.2.2, psych 2.2.9: omega(items, 3), omega(items, 6), guttman(items)
    const SchmidLeiman three = schmid_leiman(spans_of(items), 3).value();
    CHECK(three.determined);
    CHECK(three.hierarchical == near(0.657072854869, 1e-4));
    CHECK(three.total == near(0.944928528540, 1e-6));
    const SchmidLeiman six = schmid_leiman(spans_of(items), 6).value();
    CHECK(six.hierarchical == near(0.756057829094, 1e-4));
    CHECK(six.total == near(0.952911780267, 1e-6));
    const SplitHalves halves = split_halves(spans_of(items)).value();
    CHECK(halves.every_split);
    CHECK(halves.splits_examined == 10'400'600);
    CHECK(halves.lambda1 == near(0.8959060035, 1e-9));
    CHECK(halves.lambda2 == near(0.9335923942, 1e-9));
    CHECK(halves.lambda3 == near(0.9317422436, 1e-9));
    CHECK(halves.lambda5 == near(0.9125948709, 1e-9));
    CHECK(halves.lambda6 == near(0.9477606966, 1e-9));
    CHECK(halves.largest >= 0.9613832589);  // psych samples splits; ours looks at every one
    CHECK(halves.smallest <= 0.843990725876);
}

TEST_CASE("split halves of the bfi are those of R's psych") {
    const std::optional<Columns> items = agreeableness();
    if (!items) {
        return;
    }
    const SplitHalves halves = split_halves(spans_of(*items)).value();
    CHECK(halves.largest == near(0.755487619686));
    CHECK(halves.smallest == near(0.616913266703));
    CHECK(halves.lambda6 == near(0.683170316429));
    CHECK(halves.lambda2 == near(0.720972, 1e-6));
    CHECK(halves.lambda3 == near(0.713501552635));
    CHECK(halves.mean == near(0.684961491, 1e-8));  // R: the mean over combn(5, 2)
    CHECK(halves.splits_examined == 10);
}

TEST_CASE("every split is looked at once, and the search of exchanges finds the same extremes") {
    for (std::size_t count = 2; count <= 11; ++count) {
        const Columns items = made_items(60, count, 0.6, 3);
        const SplitHalves halves = split_halves(spans_of(items)).value();
        double lowest = 2, highest = -2, sum = 0;
        std::uint64_t splits = 0;
        const double factor = static_cast<double>(count) / static_cast<double>(count - 1);
        std::vector<std::vector<double>> r(count, std::vector<double>(count));
        double total = 0;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                r[i][j] = correlation(items[i], items[j]);
                total += r[i][j];
            }
        }
        for (unsigned set = 0; set < (1u << count); ++set) {
            if (static_cast<std::size_t>(std::popcount(set)) != count / 2) {
                continue;
            }
            double between = 0;
            for (std::size_t i = 0; i < count; ++i) {
                for (std::size_t j = 0; j < count; ++j) {
                    between += (set >> i & 1) && !(set >> j & 1) ? r[i][j] : 0;
                }
            }
            ++splits;
            sum += 4 * between / total;
            lowest = std::min(lowest, 4 * between / total);
            highest = std::max(highest, 4 * between / total);
        }
        CHECK(halves.splits_examined == splits);
        CHECK(halves.largest == near(highest));
        CHECK(halves.smallest == near(lowest));
        CHECK(halves.mean == near(sum / static_cast<double>(splits)));
        CHECK(halves.lambda3 == near(factor * (1 - static_cast<double>(count) / total)));
    }
}

TEST_CASE("many items are split by search, the same way each time") {
    const Columns items = made_items(150, 40, 0.5, 4);
    const SplitHalves once = split_halves(spans_of(items), 20).value();
    CHECK_FALSE(once.every_split);
    CHECK(once.largest > once.mean);
    CHECK(once.smallest < once.mean);
    CHECK(split_halves(spans_of(items), 20)->largest == once.largest);
}

TEST_CASE("the six intraclass correlations are Shrout and Fleiss's") {
    const Columns raters = {{9, 6, 8, 7, 10, 6}, {2, 1, 4, 1, 5, 2}, {5, 3, 6, 2, 6, 4}, {8, 2, 8, 6, 9, 7}};
    const Agreement agreement = intraclass_correlations(spans_of(raters)).value();
    // R 4.2.2, psych 2.2.9: ICC(sf, lmer = FALSE): value, F, df1, df2, p, lower, upper
    const double reference[6][7] = {
        {0.1657417684, 1.794678492, 5, 18, 0.1647688083446, -0.13293232487, 0.7225600623},
        {0.2897637795, 11.027247956, 5, 15, 0.0001345665165, 0.01878651337, 0.7610843696},
        {0.7148407148, 11.027247956, 5, 15, 0.0001345665165, 0.34246476503, 0.9458582600},
        {0.4427971337, 1.794678492, 5, 18, 0.1647688083446, -0.88444215524, 0.9124154203},
        {0.6200505476, 11.027247956, 5, 15, 0.0001345665165, 0.07113681530, 0.9272320402},
        {0.9093155424, 11.027247956, 5, 15, 0.0001345665165, 0.67567471382, 0.9858916782}};
    for (std::size_t i = 0; i < 6; ++i) {
        const IntraclassCorrelation& icc = agreement.correlations[i];
        const double ours[7] = {icc.value,        icc.f, icc.df1, icc.df2, icc.p, icc.interval.low,
                                icc.interval.high};
        for (std::size_t k = 0; k < 7; ++k) {
            CHECK(ours[k] == near(reference[i][k], 1e-9));
        }
    }
}

TEST_CASE("items that cannot be analysed say why") {
    const auto trouble = [](const Columns& items) {
        return analyse_items(spans_of(items)).error().describe();
    };
    CHECK(trouble({{1, 2, 3}}).find("too short") != std::string::npos);
    CHECK(trouble({{1, 2, 3}, {2, 2, 2}}).find("Item 2 was answered the same by everybody") !=
          std::string::npos);
    CHECK(trouble({{1, 2, 3}, {missing, missing, missing}}).find("by nobody") != std::string::npos);
    CHECK(trouble({{1, 2, missing, 4}, {1, missing, 3, 4}}).find("Only 2 rows") != std::string::npos);
    CHECK(trouble({{1, 2, 3, 4}, {4, 3, 2, 1}}).find("does not vary") != std::string::npos);
    CHECK(trouble({{1, 2, 3}, {1, 2, std::numeric_limits<double>::infinity()}}).find("infinite") !=
          std::string::npos);
    const Columns copies = {{1, 2, 3, 4, 2}, {1, 2, 3, 4, 2}, {2, 1, 4, 3, 3}};
    CHECK(fit_one_factor(spans_of(copies)).error().describe().find("copy") != std::string::npos);
    CHECK(std::isnan(analyse_items(spans_of(copies))->alpha.lambda6));
    CHECK(schmid_leiman(spans_of(copies), 3).error().kind() == ErrorKind::usage);
    const Columns agreed = {{1, 2, 3}, {2, 3, 4}};
    CHECK(intraclass_correlations(spans_of(agreed)).error().describe().find("perfect") != std::string::npos);
}
