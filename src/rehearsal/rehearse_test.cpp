#include "rehearsal/rehearse.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "programme/programme.h"
#include "rehearsal/simulated_server.h"
#include "rehearsal/watch.h"

using namespace groundwork;
using namespace groundwork::rehearsal;
using namespace groundwork::programme;

namespace {

RehearsalPlan plan_of(const std::string& protocol, std::size_t people, std::uint64_t seed) {
    const ProtocolSource source = find_protocol_source(protocol).value();
    RehearsalPlan plan;
    plan.protocol = source.text;
    plan.protocol_name = source.name;
    plan.people = people;
    plan.seed = seed;
    plan.power_trials = 0;
    return plan;
}

RehearsalOutcome must_rehearse(const RehearsalPlan& plan) {
    auto outcome = rehearse(plan);
    REQUIRE_MESSAGE(outcome.has_value(), outcome.error().describe());
    return *std::move(outcome);
}

std::string first(const std::vector<std::string>& violations) {
    return violations.empty() ? "none" : violations.front();
}

// The ledger that a rehearsal wrote, opened again from its bytes.
class Written {
  public:
    explicit Written(const RehearsalOutcome& outcome) : bytes_(99) {
        for (const auto& [name, bytes] : outcome.files) {
            disk_.put(name, bytes);
        }
        ledger::Key key{};
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] =
                static_cast<std::uint8_t>(std::stoi(outcome.programme_key.substr(2 * i, 2), nullptr, 16));
        }
        auto opened = ledger::Ledger::open({"ledger.db", "keys.db", disk_.vfs(), 1000}, key, bytes_);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().describe());
        ledger_ = *std::move(opened);
    }

    ledger::Ledger& ledger() { return *ledger_; }
    Id cohort() { return ledger_->cohorts().front(); }

    std::vector<Event> events() {
        std::vector<Event> events;
        const auto read = ledger_->read(cohort(), 1, [&](const ledger::ReadEvent& stored) -> Result<bool> {
            if (stored.readability == ledger::Readability::readable) {
                events.push_back(read_event(stored.payload).value());
            }
            return true;
        });
        REQUIRE(read.has_value());
        return events;
    }

  private:
    ledger::SimulatedDisk disk_;
    ledger::SeededBytes bytes_;
    std::unique_ptr<ledger::Ledger> ledger_;
};

std::size_t violations_of(const Protocol& protocol, const std::vector<Event>& events) {
    Watch watch(protocol);
    for (const Event& event : events) {
        watch.see(event);
    }
    return watch.violations().size();
}

template <class Kind>
std::vector<Event>::iterator first_event(std::vector<Event>& events, auto&& is_right) {
    const auto found = std::ranges::find_if(events, [&](const Event& event) {
        const auto* kind = std::get_if<Kind>(&event.payload);
        return kind != nullptr && is_right(*kind);
    });
    REQUIRE(found != events.end());
    return found;
}
constexpr auto any = [](const auto&) { return true; };

}  // namespace

TEST_CASE("a rehearsal goes from launch to close, and its counts add up") {
    for (const std::string id : {"matched-six-week", "mindfulness-or-loving-kindness", "waitlist"}) {
        CAPTURE(id);
        const RehearsalOutcome outcome = must_rehearse(plan_of(id, 24, 3));
        CHECK_MESSAGE(outcome.violations.empty(), first(outcome.violations));
        CHECK(outcome.checked > 5000);
        CHECK(outcome.kinds.at("PersonEnrolled") == 24);
        CHECK(outcome.kinds.at("CohortClosed") == 1);
        const PromptTotals& prompts = outcome.prompts;
        CHECK(prompts.answered > prompts.expired);
        const int over = prompts.answered + prompts.refused + prompts.expired + prompts.other;
        // Only whoever was erased took windows along that nobody will ever close.
        CHECK(prompts.planned >= over);
        CHECK((prompts.planned == over || outcome.kinds.contains("PersonErased")));
        CHECK(std::accumulate(outcome.kinds.begin(), outcome.kinds.end(), 0, [](int sum, const auto& kind) {
                  return sum + kind.second;
              }) == static_cast<int>(outcome.events));
        int drawn = 0;
        double planned = 0;
        for (const ArmTotals& arm : outcome.allocations) {
            drawn += arm.people;
            planned += arm.planned;
        }
        CHECK(drawn > 10);
        CHECK(planned == doctest::Approx(drawn));
        CHECK(drawn == outcome.allocation_kinds.at("drawn"));
        CHECK(outcome.outcomes.rows() <= 24);
        CHECK(outcome.allocation_ledger.rows() >= static_cast<std::size_t>(drawn) - 3);
    }
}

TEST_CASE("the same plan gives the same bytes, another seed other ones") {
    RehearsalPlan plan = plan_of("matched-six-week", 10, 5);
    plan.faults.assign(all_faults.begin(), all_faults.end());
    const RehearsalOutcome one = must_rehearse(plan);
    const RehearsalOutcome same = must_rehearse(plan);
    CHECK(one.files == same.files);
    CHECK(one.programme_key == same.programme_key);
    CHECK(one.head == same.head);
    CHECK(table::to_csv(one.scores) == table::to_csv(same.scores));
    CHECK(one.files.size() == 3);  // nothing left beside the three databases
    plan.seed = 6;
    CHECK(must_rehearse(plan).head != one.head);
}

TEST_CASE("whatever goes wrong, nothing that was acknowledged is lost and every invariant holds") {
    for (const Fault fault : all_faults) {
        CAPTURE(name_of(fault));
        RehearsalPlan plan = plan_of("matched-six-week", 14, 11);
        plan.faults = {fault};
        const RehearsalOutcome outcome = must_rehearse(plan);
        CHECK_MESSAGE(outcome.violations.empty(), first(outcome.violations));
        CHECK(!outcome.faults.at(std::string(name_of(fault))).empty());
    }
    for (const std::uint64_t seed : {21U, 22U, 23U, 24U}) {
        CAPTURE(seed);
        RehearsalPlan plan = plan_of(seed % 2 == 0 ? "waitlist" : "matched-six-week", 12, seed);
        plan.faults.assign(all_faults.begin(), all_faults.end());
        const RehearsalOutcome outcome = must_rehearse(plan);
        CHECK_MESSAGE(outcome.violations.empty(), first(outcome.violations));
        CHECK(outcome.faults.size() == all_faults.size());
    }
}

TEST_CASE("faults change when answers arrive, never what people would have said") {
    const RehearsalOutcome calm = must_rehearse(plan_of("matched-six-week", 14, 2));
    RehearsalPlan plan = plan_of("matched-six-week", 14, 2);
    plan.faults = {Fault::crash, Fault::duplicate, Fault::lose};
    const RehearsalOutcome stormy = must_rehearse(plan);
    const auto first_scores = [](const RehearsalOutcome& outcome) {
        const auto moderator = outcome.outcomes.find_numbers("moderator");
        REQUIRE(moderator.has_value());
        std::vector<double> known;
        for (const double score : (*moderator)->numbers()) {
            if (score == score) {
                known.push_back(score);
            }
        }
        std::ranges::sort(known);
        return known;
    };
    // Nearly all: chance decides anew who answers at all.
    const auto before = first_scores(calm), after = first_scores(stormy);
    std::vector<double> common;
    std::ranges::set_intersection(before, after, std::back_inserter(common));
    CHECK(common.size() + 2 >= before.size());
}

TEST_CASE("a large effect that is there is found, and its interval holds it") {
    RehearsalPlan plan = plan_of("matched-six-week", 150, 8);
    plan.variant = "equal";
    plan.truth.moderation = -1.5;
    plan.power_trials = 20;
    const RehearsalOutcome outcome = must_rehearse(plan);
    REQUIRE(outcome.recovered.size() == 2);
    const Recovered& moderation = outcome.recovered.back();
    CHECK(moderation.truth < -5);
    CHECK(moderation.p < 0.01);
    CHECK((moderation.low <= moderation.truth && moderation.truth <= moderation.high));
    CHECK(moderation.power > 0.8);
    const FlagTotals& talk = outcome.flags.at("talk first: cesd-27");
    CHECK(talk.rightly > 0);
    CHECK(talk.rightly > talk.missed);
}

TEST_CASE("deliberate bugs are caught by the invariants") {
    const RehearsalPlan plan = plan_of("matched-six-week", 20, 4);
    const RehearsalOutcome outcome = must_rehearse(plan);
    const Protocol protocol = read_protocol(plan.protocol, "protocol").value();
    const std::vector<Event> events = Written(outcome).events();
    REQUIRE(violations_of(protocol, events) == 0);

    SUBCASE("a prompt that is sent twice") {
        std::vector<Event> bad = events;
        const auto opened =
            first_event<PromptOpened>(bad, [](const PromptOpened& each) { return each.is_announced; });
        bad.insert(opened, Event(*opened));
        CHECK(violations_of(protocol, bad) > 0);
    }
    SUBCASE("a window that expires one second early") {
        std::vector<Event> bad = events;
        std::map<std::pair<Id, std::uint32_t>, PlannedWindow> windows;
        for (Event& event : bad) {
            if (const auto* planned = std::get_if<PromptsPlanned>(&event.payload)) {
                for (const PlannedWindow& window : planned->prompts) {
                    windows[{*event.person, window.prompt}] = window;
                }
            }
            if (const auto* closed = std::get_if<PromptClosed>(&event.payload);
                closed != nullptr && closed->why == Unanswered::expired) {
                event.at = windows.at({*event.person, closed->prompt}).expires - std::chrono::seconds(1);
            }
        }
        CHECK(violations_of(protocol, bad) > 0);
    }
    SUBCASE("an answer that counts after its window") {
        std::vector<Event> bad = events;
        const auto closed = first_event<PromptClosed>(bad, any);
        Event late = *closed;
        late.payload = PromptAnswered{.prompt = std::get<PromptClosed>(closed->payload).prompt,
                                      .status = AnswerStatus::complete,
                                      .answered_at = closed->at,
                                      .received_at = closed->at,
                                      .is_time_uncertain = false,
                                      .instruments = {},
                                      .questions = {},
                                      .scores = {}};
        bad.insert(std::next(closed), late);
        CHECK(violations_of(protocol, bad) > 0);
    }
    SUBCASE("an allocation that is drawn twice, and one that is not what was drawn") {
        std::vector<Event> twice = events;
        const auto allocated = first_event<PersonAllocated>(twice, any);
        twice.insert(allocated, Event(*allocated));
        CHECK(violations_of(protocol, twice) > 0);
        std::vector<Event> other = events;
        auto& arm = std::get<PersonAllocated>(first_event<PersonAllocated>(other, any)->payload).arm;
        arm = arm == "mindfulness" ? "compassion-first" : "mindfulness";
        CHECK(violations_of(protocol, other) > 0);
    }
    SUBCASE("events in another order") {
        std::vector<Event> bad = events;
        const auto middle = bad.begin() + static_cast<std::ptrdiff_t>(bad.size() / 2);
        const auto later =
            std::find_if(middle, bad.end(), [&](const Event& event) { return event.at > middle->at; });
        std::iter_swap(middle, later);
        CHECK(violations_of(protocol, bad) > 0);
    }
    SUBCASE("a key that is not destroyed") {
        // As if erasing wrote its event like any other: what the person typed stays readable.
        Written written(outcome);
        const auto practice = std::ranges::find_if(events, [](const Event& event) {
            return std::holds_alternative<PracticeRecorded>(event.payload);
        });
        REQUIRE(practice != events.end());
        const std::set<std::string> erased = {to_text(*practice->person)};
        const auto is_found = [&] {
            bool found = false;
            const auto verified = written.ledger().verify(
                written.cohort(), [&](const ledger::ReadEvent& stored) -> Result<void> {
                    found |= is_trace_of(erased, stored.payload);
                    return {};
                });
            REQUIRE(verified.has_value());
            return found;
        };
        const auto append = [&](ledger::Kind kind) {
            const std::optional<Id> whose =
                kind == ledger::Kind::key_destroyed ? practice->person : std::optional<Id>();
            const auto head = written.ledger().head(written.cohort());
            REQUIRE(written.ledger()
                        .append(written.cohort(), head->sequence, {{whose, practice->at, kind, "erased"}})
                        .has_value());
        };
        append(ledger::Kind::sealed);
        CHECK(is_found());
        append(ledger::Kind::key_destroyed);
        CHECK(!is_found());
    }
}
