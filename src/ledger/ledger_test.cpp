#include "ledger/ledger.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "ledger/simulated_disk.h"

using namespace groundwork;
using namespace groundwork::ledger;

namespace {

const Id fire_station = id_of(1, 1);
const Id hospital = id_of(1, 2);
const Id ada = id_of(2, 1);
const Id ben = id_of(2, 2);
const Key programme_key = [] {
    Key key{};
    key.fill(7);
    return key;
}();

Instant at(std::string_view text) { return parse_instant(text).value(); }
const Instant noon = at("2026-11-24T12:00:34Z");

// A directory of its own, gone at the end.
struct Directory {
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "groundwork-ledger-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    LedgerFiles files() const { return {(path / "ledger.db").string(), (path / "keys.db").string(), ""}; }
    std::filesystem::path path;
};

std::unique_ptr<Ledger> open(const Directory& directory, RandomBytes& random) {
    auto opened = Ledger::open(directory.files(), programme_key, random);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().describe());
    return *std::move(opened);
}

Draft of(std::optional<Id> person, std::string payload) {
    return {person, noon, Kind::sealed, std::move(payload)};
}
Draft erasure_of(const Id& person, std::string tombstone) {
    return {person, noon, Kind::key_destroyed, std::move(tombstone)};
}

std::unique_ptr<Ledger> with_two_people(const Directory& directory, RandomBytes& random) {
    auto ledger = open(directory, random);
    REQUIRE(ledger->create_cohort(fire_station, {std::nullopt, noon, Kind::genesis, "launched"}).has_value());
    REQUIRE(ledger->append(fire_station, 1, {of(ada, "ada 1"), of(ben, "ben 1"), of(std::nullopt, "drawn")})
                .value() == 4);
    return ledger;
}

std::vector<ReadEvent> all(Ledger& ledger, const Id& cohort, std::uint64_t from = 1) {
    std::vector<ReadEvent> events;
    REQUIRE(ledger
                .read(cohort, from,
                      [&](const ReadEvent& event) -> Result<bool> {
                          events.push_back(event);
                          return true;
                      })
                .has_value());
    return events;
}

bool file_holds(const std::filesystem::path& directory, std::string_view needle) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        if (bytes.find(needle) != std::string::npos) {
            return true;
        }
    }
    return false;
}

// Changes one stored value behind the ledger's back.
void tamper(const Directory& directory, const std::string& sql) {
    const std::string command =
        fmt::format("sqlite3 '{}' \"{}\"", (directory.path / "ledger.db").string(), sql);
    REQUIRE(std::system(command.c_str()) == 0);
}

}  // namespace

TEST_CASE("what was appended is read back, in order, after reopening") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
    }
    const auto ledger = open(directory, random);
    const auto events = all(*ledger, fire_station);
    REQUIRE(events.size() == 4);
    CHECK(events[0].kind == Kind::genesis);
    CHECK(events[0].payload == "launched");
    CHECK(events[1].payload == "ada 1");
    CHECK(events[1].person == ada);
    CHECK(events[2].payload == "ben 1");
    CHECK(events[3].payload == "drawn");
    CHECK_FALSE(events[3].person.has_value());
    CHECK(events[1].minute == std::chrono::floor<std::chrono::minutes>(noon).time_since_epoch().count());
    CHECK(all(*ledger, fire_station, 4).size() == 1);
    CHECK(ledger->head(fire_station)->sequence == 4);
    CHECK(ledger->cohorts() == std::vector<Id>{fire_station});
    const auto report = ledger->verify(fire_station).value();
    CHECK(report.troubles.empty());
    CHECK(report.readable == 4);
    CHECK(report.head.hash == ledger->head(fire_station)->hash);
}

TEST_CASE("nothing that was said stands in clear in any file") {
    const Directory directory;
    SeededBytes random(1);
    const auto ledger = open(directory, random);
    REQUIRE(ledger->create_cohort(fire_station, {std::nullopt, noon, Kind::genesis, "CANARY genesis"})
                .has_value());
    REQUIRE(
        ledger->append(fire_station, 1, {of(ada, "CANARY of a person"), of(std::nullopt, "CANARY of all")})
            .has_value());
    CHECK_FALSE(file_holds(directory.path, "CANARY"));
}

TEST_CASE("an append says after which event it comes, and is refused where another was first") {
    const Directory directory;
    SeededBytes random(1);
    const auto ledger = with_two_people(directory, random);
    const auto refused = ledger->append(fire_station, 3, {of(ada, "too late")});
    REQUIRE_FALSE(refused.has_value());
    CHECK(is_conflict(refused.error()));
    CHECK_FALSE(ledger->append(fire_station, 5, {of(ada, "too early")}).has_value());
    const auto nowhere = ledger->append(hospital, 0, {of(ada, "x")});
    REQUIRE_FALSE(nowhere.has_value());
    CHECK_FALSE(is_conflict(nowhere.error()));
    CHECK_FALSE(ledger->create_cohort(fire_station, {std::nullopt, noon, Kind::genesis, ""}).has_value());
    CHECK(all(*ledger, fire_station).size() == 4);
    CHECK(ledger->append(fire_station, 4, {of(ada, "in time")}).value() == 5);
}

TEST_CASE("erasing a person: unreadable at once, the chain holds, erased is not lost") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
        REQUIRE(ledger->append(fire_station, 4, {erasure_of(ada, "tombstone")}).value() == 5);
        const auto events = all(*ledger, fire_station);
        CHECK(events[1].readability == Readability::erased);
        CHECK(events[1].payload.empty());
        CHECK(events[2].payload == "ben 1");
        CHECK(events[4].kind == Kind::key_destroyed);
        CHECK(events[4].person == ada);
        CHECK(events[4].payload == "tombstone");
        const auto again = ledger->append(fire_station, 5, {of(ada, "after the end")});
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().describe().find("was erased") != std::string::npos);
    }
    const auto ledger = open(directory, random);
    const auto report = ledger->verify(fire_station).value();
    CHECK(report.troubles.empty());
    CHECK(report.erased == 1);
    CHECK(report.readable == 4);
    CHECK(report.lost == 0);
}

TEST_CASE("a key that is missing without an erasure is lost, and verify says so") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
    }
    std::filesystem::remove(directory.path / "keys.db");
    const auto ledger = open(directory, random);
    const auto report = ledger->verify(fire_station).value();
    CHECK(report.lost == 4);
    REQUIRE(report.troubles.size() == 1);
    CHECK(report.troubles[0].find("keys are lost") != std::string::npos);
    CHECK(all(*ledger, fire_station)[1].readability == Readability::lost);
    const auto refused = ledger->append(fire_station, 4, {of(std::nullopt, "x")});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().describe().find("key is lost") != std::string::npos);
}

TEST_CASE("another programme key is refused before anything is read") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
    }
    Key other = programme_key;
    other[31] ^= 1;
    const auto opened = Ledger::open(directory.files(), other, random);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().describe().find("another programme key") != std::string::npos);
}

TEST_CASE("what was changed behind the ledger's back is found, each by its name") {
    struct Row {
        std::string sql, says;
    };
    const Row rows[] = {
        {"UPDATE event SET minute = minute + 1 WHERE sequence = 2", "sequence 2 was changed"},
        {"UPDATE event SET sealed = zeroblob(length(sealed)) WHERE sequence = 3", "sequence 3 was changed"},
        {"UPDATE event SET kind = 2 WHERE sequence = 4", "sequence 4 was changed"},
        {"UPDATE event SET hash = zeroblob(32) WHERE sequence = 2", "sequence 2 was changed"},
        {"DELETE FROM event WHERE sequence = 2", "sequence 2 is missing"},
        {"UPDATE event SET previous = zeroblob(32) WHERE sequence = 3", "sequence 3 does not follow"},
        {"UPDATE event SET key = zeroblob(16) WHERE sequence = 2", "sequence 2 was changed"},
        {"UPDATE event SET kind = kind + 256 WHERE sequence = 2", "after sequence 1 stands a row"},
        {"UPDATE event SET version = version + 4294967296 WHERE sequence = 2",
         "after sequence 1 stands a row"},
        {"PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = replace(sql, 'kind = 2', 'kind = 1');"
         "PRAGMA writable_schema=RESET; REINDEX; PRAGMA writable_schema=ON;"
         "UPDATE sqlite_master SET sql = replace(sql, 'kind = 1', 'kind = 2')",
         "the index of erasures does not say"},
    };
    for (const Row& row : rows) {
        const Directory directory;
        SeededBytes random(1);
        {
            const auto ledger = with_two_people(directory, random);
        }
        tamper(directory, row.sql);
        const auto ledger = open(directory, random);
        const auto report = ledger->verify(fire_station).value();
        const bool says = std::ranges::any_of(report.troubles, [&](const std::string& trouble) {
            return trouble.find(row.says) != std::string::npos;
        });
        CHECK_MESSAGE(says, row.sql, " gave ", report.troubles.empty() ? "nothing" : report.troubles[0]);
    }
}

TEST_CASE("whoever can only write to the file cannot have a key destroyed") {
    for (const int sequence : {2, 4}) {  // a person's event, and one of the cohort's
        const Directory directory;
        SeededBytes random(1);
        {
            const auto ledger = with_two_people(directory, random);
        }
        tamper(directory, fmt::format("UPDATE event SET kind = 2 WHERE sequence = {}", sequence));
        {
            const auto ledger = open(directory, random);
        }
        tamper(directory, fmt::format("UPDATE event SET kind = 0 WHERE sequence = {}", sequence));
        const auto ledger = open(directory, random);
        const auto report = ledger->verify(fire_station).value();
        CHECK(report.troubles.empty());
        CHECK(report.readable == 4);
    }
}

TEST_CASE("an erasure whose key outlived a crash is finished on opening") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
    }
    std::filesystem::copy_file(directory.path / "keys.db", directory.path / "keys-before");
    {
        const auto ledger = open(directory, random);
        REQUIRE(ledger->append(fire_station, 4, {erasure_of(ada, "tombstone")}).has_value());
    }
    std::filesystem::remove(directory.path / "keys.db");
    std::filesystem::rename(directory.path / "keys-before", directory.path / "keys.db");
    const auto ledger = open(directory, random);
    CHECK(all(*ledger, fire_station)[1].readability == Readability::erased);
    CHECK(ledger->verify(fire_station).value().troubles.empty());
}

TEST_CASE("a sealed payload opens in its own place only") {
    SeededBytes random(1);
    StoredEvent event;
    event.cohort = fire_station;
    event.event = id_of(5, 5);
    event.key = ada;
    seal(event, "words", programme_key, random);
    CHECK(unseal(event, programme_key) == "words");
    for (const auto change : {0, 1, 2, 3, 4, 5}) {
        StoredEvent moved = event;
        Key key = programme_key;
        switch (change) {
            case 0: moved.cohort = hospital; break;
            case 1: moved.event = id_of(5, 6); break;
            case 2: moved.key = ben; break;
            case 3: moved.version = 2; break;
            case 4: moved.sealed[0] = static_cast<char>(moved.sealed[0] ^ 1); break;
            default: key[0] ^= 1;
        }
        CHECK_FALSE(unseal(moved, key).has_value());
    }
    StoredEvent cut = event;
    cut.sealed.resize(3);
    CHECK_FALSE(unseal(cut, programme_key).has_value());
}

TEST_CASE("a second process is kept out of the directory") {
    const Directory directory;
    SeededBytes random(1);
    const auto ledger = with_two_people(directory, random);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        SeededBytes other(2);
        const auto opened = Ledger::open(directory.files(), programme_key, other);
        _exit(!opened && opened.error().describe().find("another process") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("a newer format is refused") {
    const Directory directory;
    SeededBytes random(1);
    {
        const auto ledger = with_two_people(directory, random);
    }
    tamper(directory, "PRAGMA user_version=99");
    const auto opened = Ledger::open(directory.files(), programme_key, random);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().describe().find("newer version") != std::string::npos);
}

TEST_CASE("a file that is no database, or a piece of one, is named") {
    for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{100}, std::uintmax_t{5000}}) {
        const Directory directory;
        SeededBytes random(1);
        {
            const auto ledger = with_two_people(directory, random);
        }
        const auto path = directory.path / "ledger.db";
        if (size == 0) {
            std::ofstream(path) << std::string(8192, 'x');
        } else {
            std::filesystem::resize_file(path, size);
        }
        auto opened = Ledger::open(directory.files(), programme_key, random);
        const bool is_found =
            !opened || !(*opened)->verify(fire_station) || !(*opened)->verify(fire_station)->troubles.empty();
        CHECK(is_found);
    }
}

TEST_CASE("opening and reading the last event take a few pages, however many events there are") {
    SimulatedDisk disk;
    SeededBytes random(1);
    const LedgerFiles files{.ledger = "ledger.db", .keys = "keys.db", .vfs = disk.vfs()};
    {
        auto ledger = *Ledger::open(files, programme_key, random);
        for (const Id& cohort : {fire_station, hospital}) {
            REQUIRE(ledger->create_cohort(cohort, {std::nullopt, noon, Kind::genesis, ""}).has_value());
            const std::vector<Draft> drafts(2000, of(cohort == hospital ? ben : ada, "an answer"));
            REQUIRE(ledger->append(cohort, 1, drafts).has_value());
        }
        REQUIRE(ledger->append(fire_station, 2001, {erasure_of(ada, "")}).has_value());
    }
    const std::uint64_t before = disk.bytes_read();
    const auto ledger = *Ledger::open(files, programme_key, random);
    CHECK(ledger->head(fire_station)->sequence == 2002);
    CHECK(ledger->head(hospital)->sequence == 2001);
    CHECK(all(*ledger, fire_station, 2002).size() == 1);
    CHECK(disk.read("ledger.db")->size() > 800'000);
    CHECK(disk.bytes_read() - before < 150'000);
}

TEST_CASE("many threads append to one cohort and to many: every acknowledged event is there once") {
    const Directory directory;
    OperatingSystemBytes random;
    auto ledger = open(directory, random);
    constexpr int threads = 8;
    constexpr int appends = 25;
    REQUIRE(ledger->create_cohort(fire_station, {std::nullopt, noon, Kind::genesis, "one"}).has_value());
    for (int i = 0; i < threads; ++i) {
        REQUIRE(ledger
                    ->create_cohort(id_of(9, static_cast<std::uint64_t>(i)),
                                    {std::nullopt, noon, Kind::genesis, "many"})
                    .has_value());
    }
    {
        std::vector<std::jthread> running;
        for (int i = 0; i < threads; ++i) {
            running.emplace_back([&, i] {
                const Id own = id_of(9, static_cast<std::uint64_t>(i));
                for (int n = 0; n < appends; ++n) {
                    while (true) {  // the loser reloads the head and tries again
                        const auto head = ledger->head(fire_station);
                        const auto done = ledger->append(
                            fire_station, head->sequence,
                            {of(id_of(3, static_cast<std::uint64_t>(i)), fmt::format("{} {}", i, n))});
                        if (done) {
                            break;
                        }
                        if (!is_conflict(done.error())) {
                            std::abort();
                        }
                    }
                    if (!ledger->append(own, static_cast<std::uint64_t>(n) + 1,
                                        {of(std::nullopt, std::to_string(n))})) {
                        std::abort();
                    }
                }
            });
        }
    }
    ledger.reset();
    ledger = open(directory, random);
    CHECK(ledger->verify(fire_station).value().troubles.empty());
    std::map<std::string, int> seen;
    for (const ReadEvent& event : all(*ledger, fire_station)) {
        ++seen[event.payload];
    }
    CHECK(seen.size() == threads * appends + 1);
    for (int i = 0; i < threads; ++i) {
        CHECK(ledger->head(id_of(9, static_cast<std::uint64_t>(i)))->sequence == appends + 1);
    }
}

TEST_CASE("killed at any moment, every acknowledged event is there and nothing is half applied") {
    for (int round = 0; round < 6; ++round) {
        const Directory directory;
        OperatingSystemBytes random;
        {
            const auto ledger = with_two_people(directory, random);
        }
        int acknowledged[2];
        REQUIRE(pipe(acknowledged) == 0);
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            OperatingSystemBytes bytes;
            auto ledger = Ledger::open(directory.files(), programme_key, bytes);
            for (std::uint64_t sequence = 4;; sequence += 3) {
                const auto done = (*ledger)->append(
                    fire_station, sequence,
                    {of(ada, fmt::format("{} a", sequence)), of(std::nullopt, fmt::format("{} b", sequence)),
                     of(ben, fmt::format("{} c", sequence))});
                const std::uint64_t last = done.value();
                if (write(acknowledged[1], &last, sizeof last) != sizeof last) {
                    _exit(1);
                }
            }
        }
        close(acknowledged[1]);
        std::uint64_t last = 4;
        for (int i = 0; i < 3 + 5 * round; ++i) {
            REQUIRE(::read(acknowledged[0], &last, sizeof last) == sizeof last);
        }
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        std::uint64_t more = 0;
        while (::read(acknowledged[0], &more, sizeof more) == sizeof more) {
            last = more;
        }
        close(acknowledged[0]);
        const auto ledger = open(directory, random);
        const auto report = ledger->verify(fire_station).value();
        CHECK(report.troubles.empty());
        CHECK(report.head.sequence >= last);
        CHECK((report.head.sequence - 4) % 3 == 0);  // all three of an append or none
    }
}

TEST_CASE("the same seed gives the same files, to the byte") {
    std::string first;
    for (int run = 0; run < 2; ++run) {
        const Directory directory;
        SeededBytes random(42);
        {
            const auto ledger = with_two_people(directory, random);
            REQUIRE(ledger->append(fire_station, 4, {erasure_of(ada, "tombstone")}).has_value());
        }
        std::string bytes;
        for (const char* name : {"ledger.db", "keys.db"}) {
            std::ifstream in(directory.path / name, std::ios::binary);
            bytes.append((std::istreambuf_iterator<char>(in)), {});
        }
        CHECK((run == 0 || bytes == first));
        first = bytes;
    }
}
