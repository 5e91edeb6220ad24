// durable_appends FOLDER: how fast events become durable in the ledger, sealed and chained, beside plain rows
// of the same bytes that SQLite commits in batches of the same size on the same disk. Best of three, in turn.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "ledger/ledger.h"

namespace {

using namespace groundwork;
using Clock = std::chrono::steady_clock;

constexpr std::size_t payload_size = 300;
constexpr std::size_t tag_size = 16;

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "durable_appends: {}\n", why);
    std::exit(3);
}

double seconds_of(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Rows as the ledger's, their bytes at random, in transactions of `batch`.
double raw_rows(const std::filesystem::path& folder, std::size_t rows, std::size_t batch) {
    const std::string file = (folder / "raw.db").string();
    sqlite3* database = nullptr;
    const auto run = [&](const char* sql) {
        if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
            give_up(sqlite3_errmsg(database));
        }
    };
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) {
        give_up("cannot open " + file);
    }
    run("PRAGMA page_size=8192; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA "
        "synchronous=FULL;"
        "PRAGMA secure_delete=ON; CREATE TABLE event (cohort BLOB NOT NULL, sequence INTEGER NOT NULL,"
        " event BLOB NOT NULL, key BLOB NOT NULL, minute INTEGER NOT NULL, kind INTEGER NOT NULL,"
        " version INTEGER NOT NULL, previous BLOB NOT NULL, nonce BLOB NOT NULL, sealed BLOB NOT NULL,"
        " hash BLOB NOT NULL, PRIMARY KEY (cohort, sequence)) WITHOUT ROWID;"
        "CREATE INDEX erasure ON event (cohort, sequence) WHERE kind = 2;");
    sqlite3_stmt* insert = nullptr;
    sqlite3_stmt* begin = nullptr;
    sqlite3_stmt* commit = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO event VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)", -1, &insert,
                       nullptr);
    sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, nullptr);
    sqlite3_prepare_v2(database, "COMMIT", -1, &commit, nullptr);
    const auto step = [&](sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) {
            give_up(sqlite3_errmsg(database));
        }
        sqlite3_reset(statement);
    };
    std::array<char, 16> id{};
    std::array<char, 32> hash{};
    std::array<char, 24> nonce{};
    std::array<char, payload_size + tag_size> sealed{};
    RandomStream random(1, 1);
    const auto fill = [&](auto& bytes) {
        for (char& byte : bytes) {
            byte = static_cast<char>(random.next_below(128));
        }
    };
    fill(hash);
    fill(nonce);
    fill(sealed);
    const double seconds = seconds_of([&] {
        for (std::size_t row = 0; row < rows; ++row) {
            if (row % batch == 0) {
                step(begin);
            }
            int place = 1;
            const auto blob = [&](const auto& bytes) {
                sqlite3_bind_blob(insert, place++, bytes.data(), static_cast<int>(bytes.size()),
                                  SQLITE_STATIC);
            };
            const auto number = [&](std::size_t value) {
                sqlite3_bind_int64(insert, place++, static_cast<sqlite3_int64>(value));
            };
            blob(id);
            number(row + 1);
            blob(id);
            blob(id);
            number(29'000'000);
            number(0);
            number(1);
            blob(hash);
            blob(nonce);
            blob(sealed);
            blob(hash);
            step(insert);
            if (row % batch == batch - 1 || row + 1 == rows) {
                step(commit);
            }
        }
    });
    for (sqlite3_stmt* statement : {insert, begin, commit}) {
        sqlite3_finalize(statement);
    }
    sqlite3_close(database);
    return seconds;
}

// `clients` threads, each appending to its own cohort; with one client, to one cohort.
double ledger_events(const std::filesystem::path& folder, std::size_t clients, std::size_t events,
                     std::size_t batch) {
    ledger::OperatingSystemBytes random;
    ledger::LedgerFiles files;
    files.ledger = (folder / "ledger.db").string();
    files.keys = (folder / "keys.db").string();
    auto opened = ledger::Ledger::open(files, ledger::Key{7}, random);
    if (!opened) {
        give_up(opened.error().describe());
    }
    ledger::Ledger& ledger = **opened;
    const std::string payload(payload_size, 'x');
    const auto draft = [&](ledger::Kind kind) {
        return ledger::Draft{std::nullopt, Instant{}, kind, payload};
    };
    for (std::size_t client = 0; client < clients; ++client) {
        if (!ledger.create_cohort(id_of(1, client), draft(ledger::Kind::genesis))) {
            give_up("cannot create a cohort");
        }
    }
    return seconds_of([&] {
        std::vector<std::thread> threads;
        for (std::size_t client = 0; client < clients; ++client) {
            threads.emplace_back([&, client] {
                std::uint64_t after = 1;
                for (std::size_t done = 0; done < events / clients; done += batch) {
                    const auto appended =
                        ledger.append(id_of(1, client), after,
                                      std::vector<ledger::Draft>(batch, draft(ledger::Kind::sealed)));
                    if (!appended) {
                        give_up(appended.error().describe());
                    }
                    after = *appended;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
    });
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        fmt::print(stderr, "usage: durable_appends FOLDER\n");
        return 2;
    }
    struct Task {
        const char* name;
        std::size_t clients, batch;
    };
    constexpr std::size_t events = 16'000;
    for (const Task& task : {Task{"one_cohort", 1, 20}, Task{"many_cohorts", 8, 5}}) {
        double ours = 1e9, raw = 1e9;
        for (int round = 0; round < 3; ++round) {
            const std::filesystem::path folder = std::filesystem::path(arguments[1]) / "durable";
            const auto afresh = [&] {
                std::filesystem::remove_all(folder);
                std::filesystem::create_directories(folder);
            };
            afresh();
            ours = std::min(ours, ledger_events(folder, task.clients, events, task.batch));
            afresh();
            // Of the clients that wait together the raw rows get the largest batch there can be.
            raw = std::min(raw, raw_rows(folder, events, task.batch * task.clients));
            std::filesystem::remove_all(folder);
        }
        fmt::print("{} {:.6g} {:.6g}\n", task.name, ours, raw);
    }
}
