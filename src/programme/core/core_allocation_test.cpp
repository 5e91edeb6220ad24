// The draw as the core makes it: what is logged is what was used.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "instrument/instrument.h"
#include "programme/core/core.h"
#include "programme/protocol_for_tests.h"

using namespace groundwork;
using namespace groundwork::programme;

namespace {

InstrumentAnswers all_answers(std::string_view instrument, int answer) {
    const auto definition = instrument::find_instrument(instrument).value();
    return {std::string(instrument), std::vector<std::optional<int>>(definition.items.size(), answer)};
}

// No symptoms at all: four items of the CES-D are reversed.
InstrumentAnswers no_symptoms() {
    InstrumentAnswers answers = all_answers("cesd", 0);
    for (const std::size_t item : {3UL, 7UL, 11UL, 15UL}) {
        answers.answers[item] = 3;
    }
    return answers;
}

// Self-compassion of about this total: the reversed half answers the other way round.
InstrumentAnswers self_compassion(int level) {
    const auto definition = instrument::find_instrument("scs").value();
    InstrumentAnswers answers{"scs", {}};
    const auto& reversed = definition.scales.front().reversed;
    for (const instrument::Item& item : definition.items) {
        const bool is_reversed = std::ranges::find(reversed, item.number) != reversed.end();
        answers.answers.emplace_back(is_reversed ? 6 - level : level);
    }
    return answers;
}

class Waiting {
  public:
    explicit Waiting(int expected_people)
        : chance_(5, 5), now_(parse_instant("2026-03-02T15:00:00Z").value()) {
        run({id_of(1, 1), std::nullopt, Launch{id_of(9, 9), shipped_text(), "", expected_people, false}});
    }

    void run(const Command& command) {
        const auto decided = decide(cohort_, command, now_, chance_);
        REQUIRE_MESSAGE(decided.has_value(), decided.error().describe());
        for (const Event& event : *decided) {
            REQUIRE(apply(cohort_, event).has_value());
        }
    }

    void enrol(std::uint64_t number, int level) {
        const Id id = id_of(100, number);
        run({next(), id, Enrol{to_text(id), "America/New_York", Shift::day, 18 * 60}});
        run({next(), id, GiveConsent{"1.0.0", true}});
        Answer answer;
        answer.prompt = 1;
        answer.answered_at = now_;
        answer.instruments = {self_compassion(level),
                              no_symptoms(),
                              all_answers("ucla3", 2),
                              all_answers("who5", 3),
                              {"kindness-unsafe", {0, 0, 0}}};
        answer.questions = {{"past-programmes", 0}, {"on-device-list", 0}, {"asks-for-help", 0}};
        run({next(), id, answer});
    }

    void go_to_start() {
        now_ += std::chrono::hours(24 * 14 + 12);
        run({Id{}, std::nullopt, Tick{}});
    }

    // The answer to the form of day 0, after which somebody is drawn.
    Command start(std::uint64_t number) {
        const Id id = id_of(100, number);
        Answer answer;
        answer.answered_at = now_;
        for (const OpenPrompt& prompt : cohort_.find_person(id)->prompts) {
            if (prompt.is_open && prompt.window.form == "start") {
                answer.prompt = prompt.window.prompt;
            }
        }
        REQUIRE(answer.prompt != 0);
        answer.instruments = {no_symptoms(), all_answers("ucla3", 2), all_answers("who5", 3)};
        answer.questions = {{"other-help", 0}};
        return {next(), id, answer};
    }

    // What a command would allocate, with this chance.
    PersonAllocated allocation(const Command& command, std::uint64_t seed) {
        SeededChance chance(seed, 77);
        const auto decided = decide(cohort_, command, now_, chance);
        REQUIRE(decided.has_value());
        for (const Event& event : *decided) {
            if (const auto* allocated = std::get_if<PersonAllocated>(&event.payload)) {
                return *allocated;
            }
        }
        FAIL("nobody was allocated");
        return {};
    }

  private:
    Id next() { return id_of(2, ++commands_); }

    Cohort cohort_;
    SeededChance chance_;
    Instant now_;
    std::uint64_t commands_ = 0;
};

}  // namespace

TEST_CASE("the logged probability is the real one, whoever came before") {
    Waiting cohort(20);  // too few for a delayed start
    constexpr std::uint64_t people = 9;
    for (std::uint64_t number = 1; number <= people; ++number) {
        cohort.enrol(number, 2);
    }
    cohort.go_to_start();
    constexpr int draws = 4000;
    for (std::uint64_t number = 1; number <= people; ++number) {
        const Command command = cohort.start(number);
        std::map<std::string, int> arms;
        const PersonAllocated logged = cohort.allocation(command, 1);
        for (std::uint64_t seed = 1; seed <= draws; ++seed) {
            const PersonAllocated drawn = cohort.allocation(command, seed);
            ++arms[drawn.arm];
            REQUIRE(drawn.conditional == logged.conditional);  // chance does not move the odds, only the draw
        }
        CHECK(!logged.start_was_drawn);
        const double probability = logged.conditional[0] / static_cast<double>(certain);
        const double error = std::sqrt(probability * (1 - probability) / draws);
        CAPTURE(number);
        CHECK(std::abs(arms["mindfulness"] / static_cast<double>(draws) - probability) < 4 * error);
        CHECK(logged.stratum == "below-2.5");
        CHECK(logged.planned == std::vector<int>{3300, 6700});
        CHECK((probability >= 0.2 && probability <= 0.8));
        CHECK(probability >= 0.5 * 0.33);
        cohort.run(command);  // with the cohort's own chance: the next one finds other odds
    }
}

TEST_CASE("a start is delayed with its probability, by a draw of its own") {
    Waiting cohort(200);
    cohort.enrol(1, 3);
    cohort.go_to_start();
    const Command command = cohort.start(1);
    constexpr int draws = 8000;
    int delayed = 0, delayed_in_first = 0, first = 0;
    for (std::uint64_t seed = 1; seed <= draws; ++seed) {
        const PersonAllocated drawn = cohort.allocation(command, seed);
        REQUIRE(drawn.start_was_drawn);
        CHECK(drawn.is_delayed == happens(2500, drawn.start_draw));
        delayed += drawn.is_delayed ? 1 : 0;
        first += drawn.arm == "mindfulness" ? 1 : 0;
        delayed_in_first += drawn.is_delayed && drawn.arm == "mindfulness" ? 1 : 0;
    }
    const double error = std::sqrt(0.25 * 0.75 / draws);
    CHECK(std::abs(delayed / static_cast<double>(draws) - 0.25) < 4 * error);
    // Independent of the arm.
    const double within = std::sqrt(0.25 * 0.75 / first);
    CHECK(std::abs(delayed_in_first / static_cast<double>(first) - 0.25) < 4 * within);
}
