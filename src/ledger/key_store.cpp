#include "ledger/key_store.h"

#include <algorithm>

namespace groundwork::ledger {

namespace {

constexpr std::string_view check_words = "the programme key that wrapped these keys";
constexpr std::string_view check_context = "groundwork-keys-check";

std::string_view view(const Id& id) {
    // NOLINTNEXTLINE(*-reinterpret-cast)
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::string context_of(const Id& id) { return "groundwork-key" + std::string(view(id)); }

std::optional<Key> key_of(std::optional<std::string> bytes) {
    Key key{};
    if (!bytes || bytes->size() != key.size()) {
        return std::nullopt;
    }
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

std::string wrap(const Id& id, const Key& key, const Key& programme_key, RandomBytes& random) {
    return seal_bytes(std::string(key.begin(), key.end()), context_of(id), programme_key, random);
}

// Copies the write-ahead log into the file, syncs that, and empties the log, whose own sync comes with the
// next commit.
Result<void> empty_log(Database& database) {
    Statement checkpoint = TRY(database.prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
    if (!TRY(checkpoint.step()) || checkpoint.number(0) != 0) {
        return fail(
            outside_failure("is being read: its write-ahead log cannot be emptied").at(database.file()));
    }
    return {};
}

}  // namespace

Result<KeyStore> KeyStore::open(const std::string& file, const std::string& vfs, const Key& programme_key,
                                RandomBytes& random) {
    KeyStore store(TRY(Database::open(file, vfs)), programme_key, random);
    TRY_DO(store.database_.execute(
        "CREATE TABLE IF NOT EXISTS key (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS destroyed (id BLOB PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS programme_key (check_value BLOB NOT NULL);"));
    Statement read = TRY(store.database_.prepare("SELECT check_value FROM programme_key"));
    if (TRY(read.step())) {
        if (unseal_bytes(read.blob(0), check_context, programme_key) != check_words) {
            return fail(
                outside_failure("holds keys that another programme key wrapped")
                    .at(file)
                    .remedy("Use the programme key of this data directory, or recover it from its sheet."));
        }
        read.reset();
        return store;
    }
    const std::string check = seal_bytes(check_words, check_context, programme_key, random);
    Statement write = TRY(store.database_.prepare("INSERT INTO programme_key VALUES (?1)"));
    TRY_DO(write.bind(1, check).run());
    return store;
}

Result<std::optional<Key>> KeyStore::find(const Id& id) {
    if (const auto known = known_.find(id); known != known_.end()) {
        return std::optional<Key>(known->second);
    }
    Statement read = TRY(database_.prepare("SELECT wrapped FROM key WHERE id = ?1"));
    if (!TRY(read.bind(1, view(id)).step())) {
        return std::optional<Key>();
    }
    const std::optional<Key> key = key_of(unseal_bytes(read.blob(0), context_of(id), programme_key_));
    if (!key) {
        return fail(outside_failure("holds a key that does not open: it was changed")
                        .at(database_.file())
                        .value(to_text(id))
                        .remedy("Restore the keys from their backup."));
    }
    known_.emplace(id, *key);
    return key;
}

Result<void> KeyStore::make(const std::vector<Id>& ids) {
    TRY_DO(database_.execute("BEGIN IMMEDIATE"));
    Statement write = TRY(database_.prepare("INSERT INTO key VALUES (?1, ?2)"));
    std::vector<std::pair<Id, Key>> made;
    for (const Id& id : ids) {
        Key key{};
        random_->fill(key);
        const std::string wrapped = wrap(id, key, programme_key_, *random_);
        if (auto written = write.bind(1, view(id)).bind(2, wrapped).run(); !written) {
            (void)database_.execute("ROLLBACK");
            return written;
        }
        made.emplace_back(id, key);
    }
    if (auto committed = database_.execute("COMMIT"); !committed) {
        (void)database_.execute("ROLLBACK");
        return committed;
    }
    known_.insert(made.begin(), made.end());
    return {};
}

// The note comes last and by itself: its commit is the first sync of the log after it was emptied. Before
// that a power cut could bring the log back, and the key in it. So a key that is noted is gone from the disk,
// and a crash in between shows as a key without a note, which is destroyed again.
Result<void> KeyStore::destroy(const Id& id) {
    known_.erase(id);
    Statement remove = TRY(database_.prepare("DELETE FROM key WHERE id = ?1"));
    TRY_DO(remove.bind(1, view(id)).run());
    TRY_DO(empty_log(database_));
    Statement note = TRY(database_.prepare("INSERT OR REPLACE INTO destroyed VALUES (?1)"));
    return note.bind(1, view(id)).run();
}

Result<bool> KeyStore::is_destroyed(const Id& id) {
    Statement read = TRY(database_.prepare("SELECT 1 FROM destroyed WHERE id = ?1"));
    return read.bind(1, view(id)).step();
}

Result<void> KeyStore::rotate(const Key& new_programme_key) {
    std::vector<std::pair<Id, Key>> keys;
    Statement read = TRY(database_.prepare("SELECT id, wrapped FROM key"));
    while (TRY(read.step())) {
        Id id;
        const std::string_view bytes = read.blob(0);
        ENSURE(bytes.size() == id.bytes.size());
        std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
        const std::optional<Key> key = key_of(unseal_bytes(read.blob(1), context_of(id), programme_key_));
        if (!key) {
            return fail(outside_failure("holds a key that does not open: it was changed")
                            .at(database_.file())
                            .value(to_text(id)));
        }
        keys.emplace_back(id, *key);
    }
    read.reset();
    TRY_DO(database_.execute("BEGIN IMMEDIATE"));
    const auto all = [&]() -> Result<void> {
        Statement write = TRY(database_.prepare("UPDATE key SET wrapped = ?2 WHERE id = ?1"));
        for (const auto& [id, key] : keys) {
            const std::string wrapped = wrap(id, key, new_programme_key, *random_);
            TRY_DO(write.bind(1, view(id)).bind(2, wrapped).run());
        }
        const std::string check = seal_bytes(check_words, check_context, new_programme_key, *random_);
        Statement note = TRY(database_.prepare("UPDATE programme_key SET check_value = ?1"));
        TRY_DO(note.bind(1, check).run());
        return database_.execute("COMMIT");
    };
    if (auto done = all(); !done) {
        (void)database_.execute("ROLLBACK");
        return done;
    }
    programme_key_ = new_programme_key;
    return empty_log(database_);
}

}  // namespace groundwork::ledger
