#include "ledger/snapshot_store.h"

#include <algorithm>
#include <filesystem>

namespace groundwork::ledger {

namespace {

constexpr std::int64_t snapshot_format = 1;

std::string_view view(const auto& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT(*-reinterpret-cast)
}

template <std::size_t size>
bool take(std::string_view blob, std::array<std::uint8_t, size>& bytes) {
    if (blob.size() != size) {
        return false;
    }
    std::copy(blob.begin(), blob.end(), bytes.begin());
    return true;
}

}  // namespace

Result<void> SnapshotStore::begin_anew() {
    return database_.execute(
        "BEGIN; DROP TABLE IF EXISTS section; DROP TABLE IF EXISTS snapshot;"
        "CREATE TABLE snapshot (cohort BLOB PRIMARY KEY, sequence INTEGER NOT NULL, hash BLOB NOT NULL)"
        " WITHOUT ROWID;"
        "CREATE TABLE section (cohort BLOB NOT NULL, key BLOB NOT NULL, sealed BLOB NOT NULL,"
        " PRIMARY KEY (cohort, key));"
        "PRAGMA user_version=1; COMMIT;");
}

Result<SnapshotStore> SnapshotStore::open(const std::string& file, const std::string& vfs) {
    auto store = open_as_it_is(file, vfs);
    if (!store && vfs.empty()) {
        std::error_code trouble;  // where it cannot be removed, opening says so again
        std::filesystem::remove(file, trouble);
        std::filesystem::remove(file + "-wal", trouble);
        return open_as_it_is(file, vfs);
    }
    return store;
}

Result<SnapshotStore> SnapshotStore::open_as_it_is(const std::string& file, const std::string& vfs) {
    SnapshotStore store(TRY(Database::open(file, vfs)));
    Statement version = TRY(store.database_.prepare("PRAGMA user_version"));
    const bool is_known = TRY(version.step()) && version.number(0) == snapshot_format;
    version.reset();
    if (!is_known) {
        TRY_DO(store.begin_anew());
    }
    return store;
}

Result<void> SnapshotStore::keep(const Id& cohort, const SealedSnapshot& snapshot) {
    const auto write = [&]() -> Result<void> {
        TRY_DO(database_.execute("BEGIN IMMEDIATE"));
        Statement forget = TRY(database_.prepare("DELETE FROM section WHERE cohort = ?1"));
        TRY_DO(forget.bind(1, view(cohort.bytes)).run());
        Statement head = TRY(database_.prepare("INSERT OR REPLACE INTO snapshot VALUES (?1, ?2, ?3)"));
        TRY_DO(head.bind(1, view(cohort.bytes))
                   .bind(2, static_cast<std::int64_t>(snapshot.sequence))
                   .bind(3, view(snapshot.hash))
                   .run());
        Statement insert = TRY(database_.prepare("INSERT INTO section VALUES (?1, ?2, ?3)"));
        for (const SealedSection& section : snapshot.sections) {
            TRY_DO(insert.bind(1, view(cohort.bytes))
                       .bind(2, view(section.key.bytes))
                       .bind(3, std::string_view(section.sealed))
                       .run());
        }
        return database_.execute("COMMIT");
    };
    auto written = write();
    if (!written) {
        (void)database_.execute("ROLLBACK");
    }
    return written;
}

Result<std::optional<SealedSnapshot>> SnapshotStore::find(const Id& cohort) {
    Statement head = TRY(database_.prepare("SELECT sequence, hash FROM snapshot WHERE cohort = ?1"));
    SealedSnapshot snapshot;
    if (!TRY(head.bind(1, view(cohort.bytes)).step()) || !take(head.blob(1), snapshot.hash)) {
        return std::optional<SealedSnapshot>();
    }
    snapshot.sequence = static_cast<std::uint64_t>(head.number(0));
    Statement rows = TRY(database_.prepare("SELECT key, sealed FROM section WHERE cohort = ?1"));
    rows.bind(1, view(cohort.bytes));
    while (TRY(rows.step())) {
        SealedSection section;
        if (!take(rows.blob(0), section.key.bytes)) {
            return std::optional<SealedSnapshot>();
        }
        section.sealed = rows.blob(1);
        snapshot.sections.push_back(std::move(section));
    }
    return std::optional(std::move(snapshot));
}

}  // namespace groundwork::ledger
