#include "rehearsal/simulated_trial.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace groundwork;
using rehearsal::SimulatedPerson;

namespace {

const instrument::Instrument& shipped(const char* id) {
    static std::vector<instrument::Instrument> found;
    found.reserve(8);
    found.push_back(instrument::find_instrument(id).value());
    return found.back();
}

double total(const instrument::Instrument& instrument, const instrument::Answers& answers) {
    return instrument::score(instrument, answers).value().front().value.value();
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        mx += x[i] / static_cast<double>(x.size());
        my += y[i] / static_cast<double>(y.size());
    }
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return xy / std::sqrt(xx * yy);
}

}  // namespace

TEST_CASE("the same seed makes the same person, however many others there are") {
    const auto& scs = shipped("scs");
    const auto& cesd = shipped("cesd");
    const auto few = rehearsal::simulate_trial(scs, cesd, 3, 7);
    const auto many = rehearsal::simulate_trial(scs, cesd, 30, 7);
    CHECK(few[2].self_compassion == many[2].self_compassion);
    CHECK(few[2].arm == many[2].arm);
    CHECK(rehearsal::simulate_trial(scs, cesd, 3, 8)[2].self_compassion != few[2].self_compassion);
}

TEST_CASE("simulated people look like real ones: correlated traits, plausible means, the stated loss") {
    const auto& scs = shipped("scs");
    const auto& cesd = shipped("cesd");
    const auto people = rehearsal::simulate_trial(scs, cesd, 2000, 1, {.skipped_item = 0});
    std::vector<double> compassion, depression;
    double lost = 0;
    for (const SimulatedPerson& person : people) {
        compassion.push_back(total(scs, person.self_compassion));
        depression.push_back(total(cesd, person.depression_before));
        lost += person.depression_after ? 0 : 1;
    }
    const auto mean = [](const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values) {
            sum += value;
        }
        return sum / static_cast<double>(values.size());
    };
    CHECK(mean(compassion) > 2.7);
    CHECK(mean(compassion) < 3.1);
    CHECK(mean(depression) > 8);
    CHECK(mean(depression) < 18);
    const double r = correlation(compassion, depression);
    CHECK(r < -0.35);
    CHECK(r > -0.6);
    CHECK(std::abs(lost / 2000 - 0.12) < 0.03);
}

TEST_CASE("a true moderation is in the answers: in arm B, kinder starters improve more") {
    const auto& scs = shipped("scs");
    const auto& cesd = shipped("cesd");
    const auto people = rehearsal::simulate_trial(
        scs, cesd, 4000, 3, {.moderation_in_second_arm = -0.6, .lost = 0, .skipped_item = 0});
    const auto change_slope = [&](const char* arm) {
        std::vector<double> compassion, change;
        for (const SimulatedPerson& person : people) {
            if (person.arm == arm) {
                compassion.push_back(total(scs, person.self_compassion));
                change.push_back(total(cesd, *person.depression_after) -
                                 total(cesd, person.depression_before));
            }
        }
        return correlation(compassion, change);
    };
    CHECK(change_slope("B") < change_slope("A") - 0.2);
}
