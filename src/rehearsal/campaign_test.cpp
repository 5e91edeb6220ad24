// Long campaigns, run by ./test --all: thousands of programmes with everything going wrong, and whether known
// truth comes back.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <mutex>

#include "foundation/parallel.h"
#include "programme/programme.h"
#include "rehearsal/rehearse.h"

using namespace groundwork;
using namespace groundwork::rehearsal;

namespace {

RehearsalPlan plan_of(const std::string& protocol, std::size_t people, std::uint64_t seed) {
    const programme::ProtocolSource source = programme::find_protocol_source(protocol).value();
    RehearsalPlan plan;
    plan.protocol = source.text;
    plan.protocol_name = source.name;
    plan.people = people;
    plan.seed = seed;
    plan.power_trials = 0;
    return plan;
}

using FaultTable = std::map<std::string, std::map<std::string, int>>;

// Runs them on every core; gives the faults that each kind of command met. A failure prints what repeats it.
FaultTable run_all(std::size_t runs, const std::function<RehearsalPlan(std::size_t)>& plan_for) {
    FaultTable table;
    std::size_t failed = 0;
    std::mutex mutex;
    for_each_part(runs, 0, [&](std::size_t run) {
        const RehearsalPlan plan = plan_for(run);
        const auto outcome = rehearse(plan);
        const std::lock_guard lock(mutex);
        if (!outcome || !outcome->violations.empty()) {
            ++failed;
            std::cout << fmt::format(
                "FAILED: groundwork rehearse {} --people {} --seed {} --faults all: {}\n", plan.protocol_name,
                plan.people, plan.seed, outcome ? outcome->violations.front() : outcome.error().describe());
        }
        if (outcome) {
            for (const auto& [fault, by_command] : outcome->faults) {
                for (const auto& [command, count] : by_command) {
                    table[fault][command] += count;
                }
            }
        }
    });
    CHECK(failed == 0);
    return table;
}

void print_table(const FaultTable& table) {
    for (const auto& [fault, by_command] : table) {
        std::string line = fault + ":";
        for (const auto& [command, count] : by_command) {
            line += fmt::format(" {} {}", command, count);
        }
        std::cout << "measured: " << line << '\n';
    }
}

// What people do often enough in a small programme for each fault to meet it.
constexpr std::array common = {"Answer",       "Enrol",           "GiveConsent", "RecordPractice",
                               "Correct",      "RecordCare",      "Withdraw",    "PausePrompts",
                               "StopMessages", "NoteIntercurrent"};

}  // namespace

TEST_CASE("campaign: 10,000 small programmes with every fault, no invariant violated") {
    constexpr std::size_t runs = 10'000;
    const std::array protocols = {"matched-six-week", "waitlist", "mindfulness-or-loving-kindness"};
    const FaultTable table = run_all(runs, [&](std::size_t run) {
        RehearsalPlan plan = plan_of(protocols[run % protocols.size()], 12 + run % 19, 1000 + run);
        plan.faults.assign(all_faults.begin(), all_faults.end());
        return plan;
    });
    print_table(table);
    for (const Fault fault : all_faults) {
        if (fault == Fault::tabs) {
            CHECK(table.at("tabs").at("Answer") >= 100);
            continue;
        }
        for (const char* command : common) {
            CAPTURE(name_of(fault));
            CAPTURE(command);
            const auto& by_command = table.at(std::string(name_of(fault)));
            CHECK((by_command.contains(command) && by_command.at(command) >= 100));
        }
    }
}

TEST_CASE("campaign: 50 programmes of full size with every fault, no invariant violated") {
    constexpr std::size_t runs = 50;
    print_table(run_all(runs, [](std::size_t run) {
        RehearsalPlan plan = plan_of("matched-six-week", 217, 500 + run);
        plan.faults.assign(all_faults.begin(), all_faults.end());
        return plan;
    }));
}

TEST_CASE("campaign: known truth comes back: no effect is found in 5 %, effects as they are") {
    constexpr std::size_t runs = 400, people = 100;
    for (const bool has_effect : {false, true}) {
        std::vector<double> errors(runs, 0), found(runs, 0), known(runs, 0), covered(runs, 0);
        for_each_part(runs, 0, [&](std::size_t run) {
            RehearsalPlan plan = plan_of("matched-six-week", people, 30'000 + run);
            plan.variant = "equal";
            plan.truth.moderation = has_effect ? -0.6 : 0;
            plan.truth.difference_of_second_arm = has_effect ? -0.3 : 0;
            const auto outcome = rehearse(plan);
            if (!outcome || outcome->recovered.size() < 2) {
                return;
            }
            const Recovered& moderation = outcome->recovered.back();
            known[run] = 1;
            errors[run] = moderation.estimate - moderation.truth;
            found[run] = moderation.p < 0.05 ? 1 : 0;
            covered[run] = moderation.low <= moderation.truth && moderation.truth <= moderation.high ? 1 : 0;
        });
        double n = 0, sum = 0, squares = 0, rejected = 0, inside = 0;
        for (std::size_t run = 0; run < runs; ++run) {
            n += known[run];
            sum += errors[run];
            squares += errors[run] * errors[run];
            rejected += found[run];
            inside += covered[run];
        }
        REQUIRE(n > 0.95 * runs);
        const double bias = sum / n;
        const double standard_error = std::sqrt((squares / n - bias * bias) / n);
        std::cout << fmt::format(
            "measured: moderation {}: bias {:.3f} points (standard error {:.3f}), found in "
            "{:.1f} %, interval holds the truth in {:.1f} % of {} programmes\n",
            has_effect ? "as set" : "none", bias, standard_error, 100 * rejected / n, 100 * inside / n, n);
        CHECK(std::abs(bias) < 3.5 * standard_error);
        const double error = std::sqrt(0.05 * 0.95 / n);
        CHECK(inside / n > 0.95 - 3.5 * error);
        if (!has_effect) {
            CHECK(std::abs(rejected / n - 0.05) < 3.5 * error);
        }
    }
}
