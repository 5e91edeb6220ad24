#include "ledger/simulated_disk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "ledger/database.h"
#include "ledger/simulated_file.h"

using namespace groundwork;
using namespace groundwork::ledger;

namespace {

std::string all_of(const SimulatedFile& file) { return file.read(0, static_cast<std::size_t>(file.size())); }

std::string sectors(std::string_view letters) {
    std::string bytes;
    for (const char letter : letters) {
        bytes.append(SimulatedFile::sector_size, letter);
    }
    return bytes;
}

// What is left of a file over many power cuts, a letter for each sector; "?" where one is torn itself.
template <class Steps>
std::set<std::string> left_by_power_cuts(const Steps& steps) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        SimulatedFile file;
        steps(file);
        RandomStream random(seed, 1);
        file.lose_power(random);
        const std::string bytes = all_of(file);
        std::string letters;
        for (std::size_t place = 0; place < bytes.size(); place += SimulatedFile::sector_size) {
            const std::string sector = bytes.substr(place, SimulatedFile::sector_size);
            const bool is_whole = sector == std::string(SimulatedFile::sector_size, sector[0]);
            letters += !is_whole ? '?' : sector[0] == '\0' ? '0' : sector[0];
        }
        found.insert(letters);
    }
    return found;
}

Result<void> write_rows(const SimulatedDisk& disk, const std::string& file, int rows) {
    Database database = TRY(Database::open(file, disk.vfs()));
    TRY_DO(database.execute("CREATE TABLE IF NOT EXISTS row (value BLOB)"));
    for (int row = 0; row < rows; ++row) {
        TRY_DO(database.execute("INSERT INTO row VALUES (zeroblob(1000))"));
    }
    return {};
}

std::int64_t rows_in(const SimulatedDisk& disk, const std::string& file) {
    Database database = Database::open(file, disk.vfs()).value();
    Statement count = database.prepare("SELECT count(*) FROM row").value();
    REQUIRE(count.step().value());
    return count.number(0);
}

}  // namespace

TEST_CASE("a simulated file holds what was written, across its blocks") {
    SimulatedFile file;
    std::string expected;
    RandomStream random(1, 1);
    for (int step = 0; step < 400; ++step) {
        const std::size_t place = random.next_below(200'000);
        if (step % 9 == 8) {
            file.resize(place);
            expected.resize(place, '\0');
            continue;
        }
        const std::string bytes(random.next_below(9'000), static_cast<char>('a' + step % 26));
        file.write(place, bytes);
        expected.resize(std::max(expected.size(), bytes.empty() ? 0 : place + bytes.size()), '\0');
        expected.replace(place, bytes.size(), bytes);
        REQUIRE(all_of(file) == expected);
        if (step % 7 == 0) {
            file.sync();
        }
    }
    file.sync();
    file.lose_power(random);
    CHECK(all_of(file) == expected);
}

TEST_CASE("unsynced writes are lost, kept, reordered and torn; synced ones stay") {
    const auto left = left_by_power_cuts([](SimulatedFile& file) {
        file.write(0, sectors("aaaa"));
        file.sync();
        file.write(0, sectors("bbb"));
        file.write(SimulatedFile::sector_size, sectors("c"));
    });
    CHECK(left.size() == 2 * 3 * 2);
    for (const char* outcome : {"aaaa", "bcba", "acaa", "bbba", "abaa"}) {
        CHECK_MESSAGE(left.contains(outcome), outcome);
    }
    CHECK(std::ranges::all_of(left, [](const auto& letters) { return letters.ends_with('a'); }));
}

TEST_CASE("a write leaves alone what lies beside it in its sector, whatever becomes of it") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SimulatedFile file;
        file.write(0, sectors("aa"));
        file.sync();
        file.write(100, std::string(600, 'b'));
        RandomStream random(seed, 1);
        file.lose_power(random);
        const std::string bytes = all_of(file);
        CHECK(bytes.substr(0, 100) == std::string(100, 'a'));
        CHECK(bytes.substr(700) == std::string(324, 'a'));
        CHECK((bytes[100] == bytes[511] && bytes[512] == bytes[699]));
    }
}

TEST_CASE("a file that grew has the old size or the new one; what was not written there is zeros") {
    const auto left = left_by_power_cuts([](SimulatedFile& file) {
        file.write(0, sectors("a"));
        file.sync();
        file.write(SimulatedFile::sector_size, sectors("bc"));
    });
    CHECK(left == std::set<std::string>{"a", "a00", "ab0", "a0c", "abc"});
}

TEST_CASE("a file is cut whole or not at all, and what was written after the cut goes with it") {
    const auto left = left_by_power_cuts([](SimulatedFile& file) {
        file.write(0, sectors("aaa"));
        file.sync();
        file.write(0, sectors("b"));
        file.resize(0);
        file.write(0, sectors("n"));
    });
    CHECK(left == std::set<std::string>{"aaa", "baa", "", "0", "n"});
}

TEST_CASE("a database works on a simulated disk as on another, and two disks know nothing of each other") {
    SimulatedDisk one;
    const SimulatedDisk other;
    REQUIRE(write_rows(one, "a.db", 20).has_value());
    REQUIRE(write_rows(other, "a.db", 5).has_value());
    CHECK(rows_in(one, "a.db") == 20);
    CHECK(rows_in(other, "a.db") == 5);
    CHECK(one.files() == std::vector<std::string>{"a.db"});
    CHECK(one.bytes_used() == one.read("a.db")->size());
    CHECK(one.write_points() > 20);
    one.put("b.db", *other.read("a.db"));
    CHECK(rows_in(one, "b.db") == 5);
    CHECK_FALSE(one.read("c.db").has_value());
}

TEST_CASE("a file that is open cannot be opened again") {
    const SimulatedDisk disk;
    const Database database = Database::open("a.db", disk.vfs()).value();
    const auto second = Database::open("a.db", disk.vfs());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().describe().find("another process") != std::string::npos);
}

TEST_CASE("without power nothing works; afterwards only what is opened anew") {
    SimulatedDisk disk;
    REQUIRE(write_rows(disk, "a.db", 5).has_value());
    Database before = Database::open("a.db", disk.vfs()).value();
    REQUIRE(before.execute("INSERT INTO row VALUES (1)").has_value());
    disk.lose_power();
    CHECK_FALSE(disk.has_power());
    CHECK_FALSE(before.execute("INSERT INTO row VALUES (2)").has_value());
    CHECK_FALSE(Database::open("b.db", disk.vfs()).has_value());
    RandomStream random(1, 1);
    disk.restore_power(random);
    CHECK_FALSE(before.execute("INSERT INTO row VALUES (3)").has_value());
    CHECK(rows_in(disk, "a.db") == 6);
}

TEST_CASE("a file that was never synced may be gone, one deleted without the directory's sync may be back") {
    std::set<std::vector<std::string>> after_creation, after_closing;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        RandomStream random(seed, 2);
        SimulatedDisk fresh;
        fresh.lose_power_at(1);
        CHECK_FALSE(write_rows(fresh, "a.db", 1).has_value());
        fresh.restore_power(random);
        after_creation.insert(fresh.files());
        SimulatedDisk closed;
        REQUIRE(write_rows(closed, "a.db", 1).has_value());
        closed.lose_power();
        closed.restore_power(random);
        after_closing.insert(closed.files());
        CHECK(rows_in(closed, "a.db") == 1);
    }
    CHECK(after_creation == std::set<std::vector<std::string>>{{}, {"a.db"}});
    CHECK(after_closing == std::set<std::vector<std::string>>{{"a.db"}, {"a.db", "a.db-wal"}});
}

TEST_CASE("one operation fails and no other") {
    SimulatedDisk disk;
    Database database = Database::open("a.db", disk.vfs()).value();
    REQUIRE(database.execute("CREATE TABLE row (value BLOB)").has_value());
    disk.fail_at(disk.write_points() + 1);
    const auto failed = database.execute("INSERT INTO row VALUES (1)");
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().describe().find("could not be read or written") != std::string::npos);
    CHECK(database.execute("INSERT INTO row VALUES (1)").has_value());
}

TEST_CASE("a full disk says so, and takes up again when there is room") {
    SimulatedDisk disk;
    disk.set_capacity(60'000);
    const auto full = write_rows(disk, "a.db", 50);
    REQUIRE_FALSE(full.has_value());
    CHECK(full.error().describe().find("disk is full") != std::string::npos);
    CHECK(disk.bytes_used() <= 60'000);
    disk.set_capacity(std::nullopt);
    const std::int64_t rows = rows_in(disk, "a.db");
    CHECK(rows > 0);
    REQUIRE(write_rows(disk, "a.db", 5).has_value());
    CHECK(rows_in(disk, "a.db") == rows + 5);
}

TEST_CASE("the same calls leave the same bytes, those of the log as well where the process is seeded") {
    std::optional<std::string> file, log;
    for (int run = 0; run < 2; ++run) {
        SimulatedDisk::seed_process(7);
        const SimulatedDisk disk(3);
        REQUIRE(write_rows(disk, "a.db", 10).has_value());
        Database database = Database::open("a.db", disk.vfs()).value();
        REQUIRE(database.execute("INSERT INTO row VALUES (1)").has_value());
        CHECK((run == 0 || file == disk.read("a.db")));
        CHECK((run == 0 || log == disk.read("a.db-wal")));
        file = disk.read("a.db");
        log = disk.read("a.db-wal");
    }
    CHECK(log->size() > 4096);
}
