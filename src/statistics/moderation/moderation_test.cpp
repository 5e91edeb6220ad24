#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "statistics/distributions.h"
#include "statistics/inference/inference_reference.h"
#include "statistics/moderation/regions.h"
#include "statistics/moderation/simultaneous.h"

using namespace groundwork;
using namespace groundwork::statistics;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Study {
    Coefficients coefficients;
    Predictors predictors;
    std::size_t place(const char* name) const { return predictors.find(name).value(); }
};

Study study(const Data& data, const std::string& formula,
            DegreesOfFreedom degrees = DegreesOfFreedom::satterthwaite) {
    const MixedModel model = fit_mixed_model(formula, data, {Criterion::reml, degrees}).value();
    return {coefficients_of(model), Predictors::of(formula, data).value()};
}

std::optional<TestTable> compassion_study(const std::string& file) {
    std::optional<TestTable> table = shared_table(file);
    if (table) {
        std::vector<double> centred;
        for (const double value : table->numbers("sc")) {
            centred.push_back(value - 3);
        }
        table->add("scc", centred);
        table->set_reference("arm", "MM");
    }
    return table;
}

bool close(double value, double expected, double relative) {
    return std::abs(value - expected) <= relative * std::abs(expected);
}

struct SlopeReference {
    double estimate, standard_error, degrees;
};

// slopes: arm MM then LKM fastest, at -1, 0, +1 standard deviation of people.
void check_study(const std::string& file, const std::string& formula,
                 const std::vector<SlopeReference>& slopes, const std::vector<double>& difference,
                 const std::vector<double>& in_mm, const std::vector<double>& in_lkm) {
    const std::optional<TestTable> table = compassion_study(file);
    if (!table) {
        return;
    }
    const Study fit = study(table->data(), formula);
    const ObservedModerator people = observed_moderator(fit.predictors, fit.place("scc"));
    CHECK(people.unit == "id");
    CHECK(close(people.mean, -0.0934065934066, 1e-11));
    CHECK(close(people.standard_deviation, 0.732711949739, 1e-11));
    const std::vector<double> at = {people.mean - people.standard_deviation, people.mean,
                                    people.mean + people.standard_deviation};
    const Focal week = {{fit.place("week")}};
    const MarginalTable cells = marginal_table(fit.coefficients, fit.predictors, week,
                                               {{fit.place("arm"), {}}, {fit.place("scc"), at}})
                                    .value();
    REQUIRE(cells.cells.size() == slopes.size());
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        CHECK(close(cells.cells[k].estimate.estimate, slopes[k].estimate, 1e-6));
        CHECK(close(cells.cells[k].estimate.standard_error, slopes[k].standard_error, 1e-6));
        CHECK(close(cells.cells[k].estimate.degrees_of_freedom, slopes[k].degrees, 1e-5));
    }
    // The reference's boundaries use the normal quantile.
    const Study normal = study(table->data(), formula, DegreesOfFreedom::none);
    const auto boundaries = [&](const Focal& focal, const std::vector<Held>& held) {
        const ModeratedEffect effect =
            moderated_effect(normal.predictors, focal, held, normal.place("scc")).value();
        return johnson_neyman(normal.coefficients, effect, people).pointwise.boundaries;
    };
    const auto check = [&](const std::vector<double>& found, const std::vector<double>& expected) {
        REQUIRE(found.size() == expected.size());
        for (std::size_t k = 0; k < found.size(); ++k) {
            INFO("found ", shortest(found[k]), ", expected ", shortest(expected[k]));
            CHECK(close(found[k], expected[k], 2e-5));
        }
    };
    const std::size_t arm = fit.place("arm");
    check(boundaries({week.front(), {arm, 1, 0}}, {}), difference);
    check(boundaries(week, {{arm, 0}}), in_mm);
    check(boundaries(week, {{arm, 1}}), in_lkm);
}

}  // namespace

TEST_CASE("simple slopes and boundaries of the simulated study agree with lmerTest and emmeans") {
    check_study("study217_weekly.csv", "conn ~ week * arm * scc + (week | id)",
                {{0.01532395114, 0.01645233488, 202.37882032772},
                 {4.190600883e-02, 1.569895450e-02, 1.858472250e+02},
                 {5.129495488e-02, 1.160045992e-02, 2.078766321e+02},
                 {7.351298905e-02, 1.133725972e-02, 1.938482860e+02},
                 {8.726595861e-02, 1.551465758e-02, 1.978462718e+02},
                 {1.051199693e-01, 1.681692800e-02, 1.970941116e+02}},
                {}, {-2.923375670882, -0.577439630635}, {-6.235101808172, -0.994820738803});
    check_study("study217_daily.csv", "pos ~ week * arm * scc + (week | id)",
                {{-0.001990791326, 0.008491811467, 206.023858496798},
                 {-0.006780609189, 0.008370115531, 189.261322474632},
                 {1.038913392e-02, 5.987669105e-03, 2.002256726e+02},
                 {2.209364405e-02, 6.016991552e-03, 1.962373762e+02},
                 {2.276905916e-02, 8.174659346e-03, 1.970947576e+02},
                 {5.096789728e-02, 8.891879553e-03, 1.985335864e+02}},
                {0.17807261547, 62.43754293504}, {-8.2938242515234, -0.0125767955604},
                {-1.18738681037, -0.34297408083});
}

TEST_CASE("at a boundary the interval on the effect's own degrees of freedom touches zero") {
    const TestTable diary = reference_diary();
    const Study fit = study(diary.data(), "mood ~ day * arm * start + (day | id)");
    const ObservedModerator people = observed_moderator(fit.predictors, fit.place("start"));
    CHECK(people.unit == "id");
    CHECK(people.values.size() == 40);
    const ModeratedEffect effect =
        moderated_effect(fit.predictors, {{fit.place("day")}}, {{fit.place("arm"), 1}}, fit.place("start"))
            .value();
    const JohnsonNeyman regions =
        johnson_neyman(fit.coefficients, effect, people, {.5});  // so low that there are some
    REQUIRE(!regions.pointwise.boundaries.empty());
    for (const double boundary : regions.pointwise.boundaries) {
        const Interval interval =
            confidence_interval(combination(fit.coefficients, effect.at(boundary), "x"), .5);
        CHECK(std::min(std::abs(interval.low), std::abs(interval.high)) < 1e-9);
    }
    double total = 0;
    for (const Region& region : regions.pointwise.regions) {
        total += region.share;
    }
    CHECK(std::abs(total - 1) < 1e-12);
    CHECK(regions.pointwise.regions.front().from == people.low);
    CHECK(regions.pointwise.regions.back().to == people.high);
    for (const BandPoint& point : regions.band) {
        CHECK(point.simultaneous.low < point.pointwise.low);
        CHECK(point.simultaneous.high > point.pointwise.high);
    }
}

TEST_CASE("the simultaneous critical value is a pointwise one on a point and Scheffe's on the whole line") {
    const LineCovariance covariance{2, 0.3, 0.5};
    for (const double degrees : {5.0, 30.0, infinite}) {
        CHECK(close(simultaneous_critical_value(covariance, 1, 1, degrees, .95),
                    student_t_quantile(.975, degrees), 1e-9));
        const double whole = simultaneous_critical_value(covariance, -1e9, 1e9, degrees, .95);
        // Scheffe: k^2 / 2 is the quantile of F on 2 and `degrees`.
        CHECK(std::abs(f_probability_above(whole * whole / 2, 2, degrees) - .05) < 1e-8);
    }
}

TEST_CASE("simulated and exact critical values agree, and a seed gives one value") {
    Matrix weights(81, 2), covariance(2, 2);
    covariance.values = {2, .3, .3, .5};
    for (std::size_t k = 0; k < 81; ++k) {
        weights(k, 0) = 1;
        weights(k, 1) = -3 + static_cast<double>(k) * .075;
    }
    for (const double degrees : {20.0, infinite}) {
        const double exact = simultaneous_critical_value({2, .3, .5}, -3, 3, degrees, .95);
        const double simulated = simulated_critical_value(weights, covariance, degrees, .95, 40'000, 7);
        CHECK(std::abs(simulated - exact) < .035);
        CHECK(simulated == simulated_critical_value(weights, covariance, degrees, .95, 40'000, 7));
    }
}

TEST_CASE("an effect at true scores is the effect at the observed score that predicts them") {
    const ModeratedEffect effect{{1, 0}, {0, 1}};
    const double mean = 2, reliability = .8;
    const ModeratedEffect corrected = calibrated(effect, reliability, mean);
    const double observed = 3.5, true_score = mean + reliability * (observed - mean);
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(std::abs(corrected.at(true_score)[k] - effect.at(observed)[k]) < 1e-14);
    }
    const Estimate moderation = make_estimate("b", .4, .1, 100);
    const Estimate known = calibrated_moderation(moderation, reliability, 0);
    CHECK(close(known.estimate, .5, 1e-14));
    CHECK(close(known.statistic, moderation.statistic, 1e-14));
    // .1^2 / .64 + .16 * .05^2 / .4096
    CHECK(close(calibrated_moderation(moderation, reliability, .05).standard_error,
                std::sqrt(.01 / .64 + .16 * .0025 / .4096), 1e-14));
}

TEST_CASE("what cannot have a region is refused in words") {
    const TestTable diary = reference_diary();
    const auto trouble = [&](const std::string& formula, const char* focal, const char* moderator) {
        const Predictors predictors = Predictors::of(formula, diary.data()).value();
        const Result<ModeratedEffect> effect = moderated_effect(
            predictors, {{predictors.find(focal).value(), 1, 0}}, {}, predictors.find(moderator).value());
        return effect ? "none" : effect.error().describe();
    };
    CHECK(trouble("mood ~ day + start + (1 | id)", "day", "start").find("no such interaction") !=
          std::string::npos);
    CHECK(trouble("mood ~ day * arm + (1 | id)", "day", "arm").find("has levels") != std::string::npos);
    CHECK(trouble("mood ~ arm * (day + I(day^2)) + (1 | id)", "arm", "day").find("curve") !=
          std::string::npos);
}
