#include "keeper/keeper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "programme/programme.h"

using namespace groundwork;
using namespace groundwork::keeper;
using namespace groundwork::programme;

namespace {

const Instant start = parse_instant("2026-03-02T09:00:00Z").value();
const Id cohort = id_of(7, 7);

class Store {
  public:
    Store()
        : folder_(std::filesystem::temp_directory_path() / fmt::format("keeper-{}", to_text(random_.id()))) {
        std::filesystem::create_directory(folder_);
        open();
    }
    ~Store() {
        keeper_.reset();
        ledger_.reset();
        std::filesystem::remove_all(folder_);
    }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    void open() {
        keeper_.reset();
        ledger_.reset();
        auto ledger = ledger::Ledger::open({(folder_ / "ledger.db").string(), (folder_ / "keys.db").string(),
                                            "", 1000, (folder_ / "snapshots.db").string()},
                                           ledger::Key{1, 2, 3}, random_);
        REQUIRE(ledger.has_value());
        ledger_ = *std::move(ledger);
        auto keeper = Keeper::open(*ledger_, chance_);
        REQUIRE_MESSAGE(keeper.has_value(), keeper.error().describe());
        keeper_ = *std::move(keeper);
    }

    // Does something to the file of snapshots that nobody should, and opens again.
    void spoil_snapshots(const std::string& sql) {
        keeper_.reset();
        ledger_.reset();
        const std::string file = (folder_ / "snapshots.db").string();
        REQUIRE(std::system(fmt::format("sqlite3 {} \"{}\"", file, sql).c_str()) == 0);
        open();
    }
    void truncate_snapshots() {
        keeper_.reset();
        ledger_.reset();
        std::filesystem::resize_file(folder_ / "snapshots.db", 100);
        open();
    }

    Keeper& keeper() { return *keeper_; }
    ledger::Ledger& ledger() { return *ledger_; }
    Chance& chance() { return chance_; }

    Cohort state() const {
        Cohort copy;
        REQUIRE(keeper_->look(cohort, [&](const Cohort& seen) { copy = seen; }).has_value());
        return copy;
    }

  private:
    ledger::OperatingSystemBytes random_;
    OperatingSystemChance chance_;
    std::filesystem::path folder_;
    std::unique_ptr<ledger::Ledger> ledger_;
    std::unique_ptr<Keeper> keeper_;
};

Command launch_command() {
    return {id_of(1, 1), std::nullopt,
            Launch{cohort, find_protocol_source("waitlist").value().text, "", 20, false}};
}

Command enrol_command(std::uint64_t number) {
    const Id person = id_of(100, number);
    return {id_of(2, number), person, Enrol{to_text(person), "Europe/Madrid", Shift::day, 540}};
}

Command consent_command(std::uint64_t number) {
    return {id_of(3, number), id_of(100, number), GiveConsent{"1.0.0", true}};
}

}  // namespace

TEST_CASE("what was carried out is there after reopening, to the last member") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    for (std::uint64_t number = 1; number <= 5; ++number) {
        REQUIRE(store.keeper().carry_out(cohort, enrol_command(number), start).has_value());
        REQUIRE(store.keeper().carry_out(cohort, consent_command(number), start).has_value());
    }
    REQUIRE(store.keeper().carry_out(cohort, {id_of(4, 1), id_of(100, 2), Erase{}}, start).has_value());
    REQUIRE(store.keeper().tick(start + std::chrono::hours(49)).has_value());  // a reminder of the first form
    const Cohort before = store.state();
    CHECK(before.people.size() == 4);
    CHECK(before.tombstones.size() == 1);
    CHECK(before.find_person(id_of(100, 1))->counts.reminded == 1);
    store.open();
    CHECK(is_same_cohort(store.state(), before));
    const auto report = store.ledger().verify(cohort);
    REQUIRE(report.has_value());
    CHECK(report->troubles.empty());
    CHECK(report->erased > 0);
}

TEST_CASE(
    "a command is carried out once, also beside others and after reopening; another under its id is "
    "refused") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    const std::vector<Request> twice = {{enrol_command(1), start}, {enrol_command(1), start}};
    const auto receipts = store.keeper().carry_out(cohort, twice);
    REQUIRE(receipts.at(0).has_value());
    REQUIRE(receipts.at(1).has_value());
    CHECK(receipts.at(0)->events.size() == 2);
    CHECK(receipts.at(1)->events.empty());
    CHECK(receipts.at(1)->sequence == receipts.at(0)->sequence);
    store.open();
    const auto again = store.keeper().carry_out(cohort, enrol_command(1), start);
    REQUIRE(again.has_value());
    CHECK(again->events.empty());
    Command other = enrol_command(1);
    std::get<Enrol>(other.payload).anchor_minute = 7;
    CHECK(!store.keeper().carry_out(cohort, other, start).has_value());
}

TEST_CASE("one that is refused leaves nothing and does not touch its neighbours") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    Command same_code = enrol_command(2);
    std::get<Enrol>(same_code.payload).code_digest = to_text(id_of(100, 1));
    const std::vector<Request> three = {
        {enrol_command(1), start}, {same_code, start}, {enrol_command(3), start}};
    const auto receipts = store.keeper().carry_out(cohort, three);
    CHECK(receipts.at(0).has_value());
    CHECK(!receipts.at(1).has_value());
    CHECK(receipts.at(2).has_value());
    CHECK(store.state().people.size() == 2);
    CHECK(store.ledger().head(cohort)->sequence == 5);
    CHECK(!store.keeper().carry_out(id_of(9, 9), enrol_command(1), start).has_value());
}

TEST_CASE("commands from many threads and two servers are each carried out once, in one order") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    auto second = Keeper::open(store.ledger(), store.chance());
    REQUIRE(second.has_value());
    constexpr std::uint64_t people = 12, threads = 4;
    std::vector<std::thread> clients;
    for (std::uint64_t client = 0; client < threads; ++client) {
        clients.emplace_back([&, client] {
            Keeper& server = client % 2 == 0 ? store.keeper() : **second;
            for (std::uint64_t number = 1; number <= people; ++number) {  // every client says everything
                CHECK(server.carry_out(cohort, enrol_command(number), start).has_value());
                CHECK(server.carry_out(cohort, consent_command(number), start).has_value());
                CHECK(server.next_due(cohort).has_value());
            }
        });
    }
    for (std::thread& client : clients) {
        client.join();
    }
    const Cohort living = store.state();
    CHECK(living.people.size() == people);
    CHECK(store.ledger().head(cohort)->sequence == 1 + people * 5);
    store.open();
    CHECK(is_same_cohort(store.state(), living));
}

TEST_CASE("where another was first, its tail is read and the command decided again") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    auto other = Keeper::open(store.ledger(), store.chance());  // as another process would
    REQUIRE(other.has_value());
    REQUIRE((*other)->carry_out(cohort, enrol_command(1), start).has_value());
    const auto repeated = store.keeper().carry_out(cohort, enrol_command(1), start);
    REQUIRE(repeated.has_value());
    CHECK(repeated->events.empty());
    REQUIRE(store.keeper().carry_out(cohort, consent_command(1), start).has_value());
    REQUIRE((*other)->carry_out(cohort, enrol_command(2), start).has_value());
    const Cohort before = store.state();
    CHECK(before.people.size() == 1);  // its own view, until it writes again
    REQUIRE(store.keeper().carry_out(cohort, consent_command(2), start).has_value());
    const Cohort after = store.state();
    store.open();
    CHECK(is_same_cohort(store.state(), after));
}

TEST_CASE("a snapshot stands for the events before it, also when somebody in it was erased since") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    for (std::uint64_t number = 1; number <= 6; ++number) {
        REQUIRE(store.keeper().carry_out(cohort, enrol_command(number), start).has_value());
    }
    REQUIRE(store.keeper().carry_out(cohort, {id_of(4, 1), id_of(100, 2), Erase{}}, start).has_value());
    REQUIRE(store.keeper().keep_snapshot(cohort).has_value());
    const auto at_snapshot = store.ledger().head(cohort)->sequence;
    REQUIRE(store.keeper().carry_out(cohort, consent_command(1), start).has_value());
    REQUIRE(store.keeper().carry_out(cohort, {id_of(4, 3), id_of(100, 3), Erase{}}, start).has_value());
    const Cohort before = store.state();
    const auto restored = restore_snapshot(store.ledger(), cohort);
    REQUIRE(restored.has_value());
    REQUIRE(restored->has_value());
    CHECK((*restored)->sequence == at_snapshot);
    CHECK((*restored)->cohort.people.size() == 5);
    // Of whoever was erased since nothing can be read but that they were there.
    CHECK((*restored)->cohort.find_person(id_of(100, 3))->profile.zone.empty());
    store.open();
    CHECK(is_same_cohort(store.state(), before));
}

TEST_CASE("a snapshot that was changed or belongs to another chain is passed over") {
    Store store;
    REQUIRE(store.keeper().launch(launch_command(), start).has_value());
    REQUIRE(store.keeper().carry_out(cohort, enrol_command(1), start).has_value());
    REQUIRE(store.keeper().keep_snapshot(cohort).has_value());
    const Cohort before = store.state();
    REQUIRE(restore_snapshot(store.ledger(), cohort).value().has_value());
    store.spoil_snapshots("UPDATE section SET sealed = substr(sealed, 1, 40) || x'00' || substr(sealed, 42)");
    CHECK(!restore_snapshot(store.ledger(), cohort).value().has_value());
    CHECK(is_same_cohort(store.state(), before));
    REQUIRE(store.keeper().keep_snapshot(cohort).has_value());
    REQUIRE(restore_snapshot(store.ledger(), cohort).value().has_value());
    store.spoil_snapshots("UPDATE snapshot SET sequence = 1");
    CHECK(!restore_snapshot(store.ledger(), cohort).value().has_value());
    store.truncate_snapshots();
    CHECK(!restore_snapshot(store.ledger(), cohort).value().has_value());
    CHECK(is_same_cohort(store.state(), before));
    REQUIRE(store.keeper().keep_snapshot(cohort).has_value());
    CHECK(restore_snapshot(store.ledger(), cohort).value().has_value());
}
