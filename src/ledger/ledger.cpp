#include "ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

#include "foundation/group_work.h"
#include "ledger/database.h"
#include "ledger/key_store.h"
#include "ledger/snapshot_store.h"

namespace groundwork::ledger {

namespace {

constexpr std::string_view conflict = "another append was first";
constexpr int schema_version = 1;

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

// The columns but the cohort, as stored. False where one has not its length or its range.
bool take_event(const Statement& row, StoredEvent& event) {
    event.sequence = static_cast<std::uint64_t>(row.number(0));
    event.minute = row.number(3);
    event.kind = static_cast<Kind>(row.number(4));
    event.version = static_cast<std::uint32_t>(row.number(5));
    event.sealed = row.blob(8);
    // Without this a number that is only cut to the right one would have the right hash.
    const bool is_in_range = row.number(4) == static_cast<std::int64_t>(event.kind) &&
                             row.number(5) == static_cast<std::int64_t>(event.version);
    return is_in_range && take(row.blob(1), event.event.bytes) && take(row.blob(2), event.key.bytes) &&
           take(row.blob(6), event.previous) && take(row.blob(7), event.nonce) &&
           take(row.blob(9), event.hash);
}

Result<std::int64_t> format_of(Database& database) {
    Statement version = TRY(database.prepare("PRAGMA user_version"));
    return TRY(version.step()) ? version.number(0) : 0;
}

constexpr std::string_view event_columns =
    "sequence, event, key, minute, kind, version, previous, nonce, sealed, hash";

}  // namespace

bool is_conflict(const Error& error) { return error.problem() == conflict; }

// One append that waits for its commit.
struct Job {
    Id cohort;
    std::uint64_t after = 0;
    bool is_new_cohort = false;
    std::vector<StoredEvent> events;  // sealed; sequence, previous hash and hash come with the commit
    std::vector<Id> destroyed;
    std::optional<Result<std::uint64_t>> outcome;
    bool is_done = false;  // GroupWork
};

struct Ledger::Parts {
    struct Statements {
        Statement begin, insert, commit;  // of one transaction and one event
    };
    Parts(Database opened, Statements prepared, KeyStore opened_keys, RandomBytes& source)
        : database(std::move(opened)),
          statements(std::move(prepared)),
          keys(std::move(opened_keys)),
          random(source) {}

    Result<std::vector<Key>> keys_for(const Id& cohort, const std::vector<Draft>& drafts, bool is_new);
    Result<Job> prepare_job(const Id& cohort, std::uint64_t after, std::vector<Draft>& drafts, bool is_new);
    Result<std::uint64_t> submit(Job& job);
    void commit(const std::vector<Job*>& jobs);
    Result<void> commit_all(const std::vector<Job*>& jobs, std::unordered_map<Id, Head>& pending);
    Result<void> find_heads();
    Result<void> finish_erasures();
    std::optional<Head> head_of(const Id& cohort) {
        const std::lock_guard lock(heads_mutex);
        const auto found = heads.find(cohort);
        return found == heads.end() ? std::nullopt : std::optional<Head>(found->second);
    }
    Result<void> destroy_key(const Id& id) {
        const std::lock_guard lock(keys_mutex);
        return keys.destroy(id);
    }
    Error reopen_first() const {
        return outside_failure("an earlier write failed: reopen the ledger").at(database.file());
    }

    Database database;
    Statements statements;
    KeyStore keys;
    std::optional<SnapshotStore> snapshots;
    RandomBytes& random;
    std::unordered_map<Id, Head> heads;

    // Locked in this order. Sealing needs the keys only, so that it goes on while others are written.
    std::mutex store_mutex;  // database, statements and snapshots
    std::mutex keys_mutex;   // keys
    std::mutex heads_mutex;  // heads
    GroupWork<Job> group{[this](const std::vector<Job*>& jobs) { commit(jobs); }};
    // After a failed commit nobody knows what the file holds: further appends are refused until it is
    // reopened.
    std::atomic<bool> is_broken = false;
};

Ledger::Ledger(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::open(const LedgerFiles& files, const Key& programme_key,
                                             RandomBytes& random) {
    Database database = TRY(Database::open(files.ledger, files.vfs, files.checkpoint_pages));
    const std::int64_t found = TRY(format_of(database));
    if (found > schema_version) {
        return fail(outside_failure("was written by a newer version of this program")
                        .at(files.ledger)
                        .value(fmt::format("format {}", found))
                        .remedy(fmt::format("This one knows formats up to {}: use the newer program.",
                                            schema_version)));
    }
    TRY_DO(database.execute(
        "BEGIN; CREATE TABLE IF NOT EXISTS event (cohort BLOB NOT NULL, sequence INTEGER NOT NULL,"
        " event BLOB NOT NULL, key BLOB NOT NULL, minute INTEGER NOT NULL, kind INTEGER NOT NULL,"
        " version INTEGER NOT NULL, previous BLOB NOT NULL, nonce BLOB NOT NULL,"
        " sealed BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (cohort, sequence)) WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS erasure ON event (cohort, sequence) WHERE kind = 2;" +
        (found == schema_version ? "" : fmt::format("PRAGMA user_version={};", schema_version)) + "COMMIT;"));
    Parts::Statements statements;
    statements.begin = TRY(database.prepare("BEGIN IMMEDIATE"));
    statements.insert =
        TRY(database.prepare("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
    statements.commit = TRY(database.prepare("COMMIT"));
    KeyStore keys = TRY(KeyStore::open(files.keys, files.vfs, programme_key, random));
    auto parts = std::make_unique<Parts>(std::move(database), std::move(statements), std::move(keys), random);
    if (!files.snapshots.empty()) {
        parts->snapshots = TRY(SnapshotStore::open(files.snapshots, files.vfs));
    }
    TRY_DO(parts->find_heads());
    TRY_DO(parts->finish_erasures());
    return std::unique_ptr<Ledger>(new Ledger(std::move(parts)));
}

// From cohort to cohort by the primary key, so that opening costs two searches for each and no more.
Result<void> Ledger::Parts::find_heads() {
    Statement first = TRY(database.prepare("SELECT cohort FROM event ORDER BY cohort LIMIT 1"));
    Statement next =
        TRY(database.prepare("SELECT cohort FROM event WHERE cohort > ?1 ORDER BY cohort LIMIT 1"));
    Statement last = TRY(database.prepare(
        "SELECT sequence, hash FROM event WHERE cohort = ?1 ORDER BY sequence DESC LIMIT 1"));
    const auto damaged = [&] {
        return fail(outside_failure("holds a row that is no event").at(database.file()));
    };
    Statement* search = &first;
    while (TRY(search->step())) {
        Id cohort;
        if (!take(search->blob(0), cohort.bytes)) {
            return damaged();
        }
        search->reset();
        last.bind(1, view(cohort.bytes));
        Head head;
        if (!TRY(last.step()) || !take(last.blob(1), head.hash)) {
            return damaged();
        }
        head.sequence = static_cast<std::uint64_t>(last.number(0));
        last.reset();
        const auto [known, is_new] = heads.emplace(cohort, head);
        if (!is_new) {  // only in a damaged file does the order run in a circle
            return damaged();
        }
        search = &next;
        next.bind(1, view(known->first.bytes));  // must outlive the step: the map's does
    }
    return {};
}

// An erasure counts from the moment its event is durable: a crash between that and the key's end is made
// good. Whoever can only write to the file must not be able to destroy a key: the event counts where it opens
// under the cohort's key, which nobody else can make it do.
Result<void> Ledger::Parts::finish_erasures() {
    Statement read = TRY(database.prepare(
        fmt::format("SELECT {}, cohort FROM event WHERE kind = 2 ORDER BY cohort, sequence", event_columns)));
    std::vector<StoredEvent> erasures;
    while (TRY(read.step())) {
        StoredEvent erasure;
        if (take_event(read, erasure) && take(read.blob(10), erasure.cohort.bytes)) {
            erasures.push_back(std::move(erasure));
        }
    }
    for (const StoredEvent& erasure : erasures) {
        const std::optional<Key> cohort_key = TRY(keys.find(erasure.cohort));
        const bool is_genuine = erasure.kind == Kind::key_destroyed && erasure.key != erasure.cohort &&
                                hash_of(erasure) == erasure.hash && cohort_key &&
                                unseal(erasure, *cohort_key);
        if (!is_genuine) {
            continue;
        }
        const bool is_noted = TRY(keys.is_destroyed(erasure.key));
        const bool is_there = TRY(keys.find(erasure.key)).has_value();
        if (!is_noted || is_there) {
            TRY_DO(keys.destroy(erasure.key));
        }
    }
    return {};
}

// The keys that seal these drafts, in their order. People's keys are made where there are none yet.
Result<std::vector<Key>> Ledger::Parts::keys_for(const Id& cohort, const std::vector<Draft>& drafts,
                                                 bool is_new) {
    const std::lock_guard lock(keys_mutex);
    const auto sealing_id = [&](const Draft& draft) {
        return draft.person && draft.kind != Kind::key_destroyed ? *draft.person : cohort;
    };
    std::vector<Id> new_keys;
    for (const Draft& draft : drafts) {
        const Id id = sealing_id(draft);
        if (TRY(keys.find(id)) || std::ranges::find(new_keys, id) != new_keys.end()) {
            continue;
        }
        if (TRY(keys.is_destroyed(id))) {
            return fail(unacceptable("was erased: nothing can be written about them").value(to_text(id)));
        }
        if (id == cohort && !is_new) {
            return fail(outside_failure("is a cohort whose key is lost")
                            .value(to_text(cohort))
                            .remedy("Restore the keys from their backup."));
        }
        new_keys.push_back(id);
    }
    if (!new_keys.empty()) {
        TRY_DO(keys.make(new_keys));
    }
    std::vector<Key> sealing;
    for (const Draft& draft : drafts) {
        const auto key = TRY(keys.find(sealing_id(draft)));
        ENSURE(key.has_value());
        sealing.push_back(*key);
    }
    return sealing;
}

Result<Job> Ledger::Parts::prepare_job(const Id& cohort, std::uint64_t after, std::vector<Draft>& drafts,
                                       bool is_new) {
    if (is_broken) {
        return fail(reopen_first());
    }
    const std::vector<Key> sealing = TRY(keys_for(cohort, drafts, is_new));
    Job job{cohort, after, is_new, {}, {}, std::nullopt, false};
    job.events.reserve(drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const Draft& draft = drafts[i];
        const bool destroys = draft.kind == Kind::key_destroyed;
        ENSURE(!destroys || draft.person.has_value());
        StoredEvent event;
        event.cohort = cohort;
        event.event = random.id();
        event.key = draft.person.value_or(cohort);
        event.minute = std::chrono::floor<std::chrono::minutes>(draft.at).time_since_epoch().count();
        event.kind = draft.kind;
        seal(event, draft.payload, sealing[i], random);
        job.events.push_back(std::move(event));
        if (destroys) {
            job.destroyed.push_back(*draft.person);
        }
    }
    return job;
}

Result<std::uint64_t> Ledger::Parts::submit(Job& job) {
    group.submit(std::span(&job, 1));
    return *std::move(job.outcome);
}

void Ledger::Parts::commit(const std::vector<Job*>& jobs) {
    const std::lock_guard lock(store_mutex);
    std::unordered_map<Id, Head> pending;
    std::vector<Job*> accepted;
    if (is_broken) {
        for (Job* job : jobs) {
            job->outcome = fail(reopen_first());
        }
        return;
    }
    for (Job* job : jobs) {
        if (!pending.contains(job->cohort)) {
            pending[job->cohort] = head_of(job->cohort).value_or(Head{});
        }
        Head& head = pending[job->cohort];
        const bool exists = head.sequence > 0;
        if (head.sequence != job->after || exists == job->is_new_cohort) {
            job->outcome =
                fail(unacceptable(std::string(conflict))
                         .value(fmt::format("after {}, the ledger is at {}", job->after, head.sequence)));
            continue;
        }
        for (StoredEvent& event : job->events) {
            event.sequence = head.sequence + 1;
            event.previous = head.hash;
            event.hash = hash_of(event);
            head = {event.sequence, event.hash};
        }
        accepted.push_back(job);
    }
    const auto written = accepted.empty() ? Result<void>() : commit_all(accepted, pending);
    for (Job* job : accepted) {
        job->outcome =
            written ? Result<std::uint64_t>(job->events.empty() ? job->after : job->events.back().sequence)
                    : Result<std::uint64_t>(fail(written.error()));
        // Acknowledged only when the key is gone; where that fails, opening the ledger again finishes it.
        for (const Id& id : job->destroyed) {
            if (auto destroyed = written ? destroy_key(id) : Result<void>(); !destroyed) {
                job->outcome = fail(std::move(destroyed).error());
                is_broken = true;
            }
        }
    }
}

Result<void> Ledger::Parts::commit_all(const std::vector<Job*>& jobs, std::unordered_map<Id, Head>& pending) {
    const auto write = [&]() -> Result<void> {
        TRY_DO(statements.begin.run());
        for (const Job* job : jobs) {
            for (const StoredEvent& event : job->events) {
                statements.insert.bind(1, view(event.cohort.bytes))
                    .bind(2, static_cast<std::int64_t>(event.sequence))
                    .bind(3, view(event.event.bytes))
                    .bind(4, view(event.key.bytes))
                    .bind(5, event.minute)
                    .bind(6, static_cast<std::int64_t>(event.kind))
                    .bind(7, static_cast<std::int64_t>(event.version))
                    .bind(8, view(event.previous))
                    .bind(9, view(event.nonce))
                    .bind(10, std::string_view(event.sealed))
                    .bind(11, view(event.hash));
                TRY_DO(statements.insert.run());
            }
        }
        return statements.commit.run();
    };
    if (auto written = write(); !written) {
        if (!database.execute("ROLLBACK")) {
            is_broken = true;
        }
        return written;
    }
    const std::lock_guard lock(heads_mutex);
    for (auto& [cohort, head] : pending) {
        if (head.sequence > 0) {
            heads[cohort] = head;
        }
    }
    return {};
}

Result<void> Ledger::create_cohort(const Id& cohort, Draft genesis) {
    ENSURE(genesis.kind == Kind::genesis && !genesis.person);
    if (head(cohort)) {
        return fail(unacceptable("is a cohort of this ledger already").value(to_text(cohort)));
    }
    std::vector<Draft> drafts;
    drafts.push_back(std::move(genesis));
    Job job = TRY(parts_->prepare_job(cohort, 0, drafts, true));
    TRY(parts_->submit(job));
    return {};
}

Result<std::uint64_t> Ledger::append(const Id& cohort, std::uint64_t after, std::vector<Draft> drafts) {
    if (!head(cohort)) {
        return fail(unacceptable("is no cohort of this ledger").value(to_text(cohort)));
    }
    Job job = TRY(parts_->prepare_job(cohort, after, drafts, false));
    return parts_->submit(job);
}

std::vector<Id> Ledger::cohorts() {
    const std::lock_guard lock(parts_->heads_mutex);
    std::vector<Id> ids;
    for (const auto& [id, head] : parts_->heads) {
        ids.push_back(id);
    }
    std::ranges::sort(ids);
    return ids;
}

std::optional<Head> Ledger::head(const Id& cohort) { return parts_->head_of(cohort); }

namespace {

// By the index, which SQLite would not take by itself: the primary key looks as good to it.
Result<std::set<Id>> destroyed_keys(Database& database, const Id& cohort) {
    Statement read =
        TRY(database.prepare("SELECT key FROM event INDEXED BY erasure WHERE cohort = ?1 AND kind = 2"));
    read.bind(1, view(cohort.bytes));
    std::set<Id> destroyed;
    while (TRY(read.step())) {
        Id id;
        if (take(read.blob(0), id.bytes)) {
            destroyed.insert(id);
        }
    }
    return destroyed;
}

Result<ReadEvent> open_event(const StoredEvent& stored, KeyStore& keys, const std::set<Id>& destroyed) {
    ReadEvent event{
        stored.sequence, stored.event, std::nullopt, stored.minute, stored.kind, Readability::lost, ""};
    if (stored.key != stored.cohort) {
        event.person = stored.key;
    }
    const Id key_id = stored.kind == Kind::key_destroyed ? stored.cohort : stored.key;
    const std::optional<Key> key = TRY(keys.find(key_id));
    if (!key) {
        event.readability = destroyed.contains(key_id) ? Readability::erased : Readability::lost;
        return event;
    }
    std::optional<std::string> payload = unseal(stored, *key);
    event.readability = payload ? Readability::readable : Readability::altered;
    event.payload = std::move(payload).value_or("");
    return event;
}

}  // namespace

Result<void> Ledger::read(const Id& cohort, std::uint64_t from,
                          const std::function<Result<bool>(const ReadEvent&)>& visitor) {
    const std::scoped_lock lock(parts_->store_mutex, parts_->keys_mutex);
    const std::set<Id> destroyed = TRY(destroyed_keys(parts_->database, cohort));
    Statement rows = TRY(parts_->database.prepare(fmt::format(
        "SELECT {} FROM event WHERE cohort = ?1 AND sequence >= ?2 ORDER BY sequence", event_columns)));
    rows.bind(1, view(cohort.bytes)).bind(2, static_cast<std::int64_t>(from));
    StoredEvent stored;
    stored.cohort = cohort;
    while (TRY(rows.step())) {
        if (!take_event(rows, stored)) {
            return fail(outside_failure("holds a row that is no event").at(parts_->database.file()));
        }
        const ReadEvent event = TRY(open_event(stored, parts_->keys, destroyed));
        if (!TRY(visitor(event))) {
            break;
        }
    }
    return {};
}

namespace {

// What a section is bound to: its cohort and the place in the chain.
std::string section_context(const Id& cohort, std::uint64_t sequence, const Hash& hash) {
    return fmt::format("groundwork-snapshot {} {} {}", to_text(cohort), sequence, to_text(hash));
}

Result<std::optional<Hash>> hash_at(Database& database, const Id& cohort, std::uint64_t sequence) {
    Statement read = TRY(database.prepare("SELECT hash FROM event WHERE cohort = ?1 AND sequence = ?2"));
    read.bind(1, view(cohort.bytes)).bind(2, static_cast<std::int64_t>(sequence));
    Hash hash{};
    const bool is_there = TRY(read.step()) && take(read.blob(0), hash);
    return is_there ? std::optional(hash) : std::nullopt;
}

}  // namespace

Result<void> Ledger::keep_snapshot(const Id& cohort, const Snapshot& snapshot) {
    const std::scoped_lock lock(parts_->store_mutex, parts_->keys_mutex);
    if (!parts_->snapshots) {
        return {};
    }
    const std::optional<Hash> hash = TRY(hash_at(parts_->database, cohort, snapshot.sequence));
    if (!hash) {
        return fail(unacceptable("is no sequence of this cohort").value(std::to_string(snapshot.sequence)));
    }
    const std::string context = section_context(cohort, snapshot.sequence, *hash);
    SealedSnapshot sealed{snapshot.sequence, *hash, {}};
    for (const Section& section : snapshot.sections) {
        ENSURE(section.bytes.has_value());
        const std::optional<Key> key = TRY(parts_->keys.find(section.key));
        if (key) {  // without it somebody was erased meanwhile: nothing of them is kept
            sealed.sections.push_back(
                {section.key, seal_bytes(*section.bytes, context, *key, parts_->random)});
        }
    }
    return parts_->snapshots->keep(cohort, sealed);
}

Result<std::optional<Snapshot>> Ledger::find_snapshot(const Id& cohort) {
    const std::scoped_lock lock(parts_->store_mutex, parts_->keys_mutex);
    const std::optional<Snapshot> none;
    if (!parts_->snapshots) {
        return none;
    }
    const auto found = parts_->snapshots->find(cohort);
    const auto& sealed = found ? *found : std::nullopt;
    if (!sealed || TRY(hash_at(parts_->database, cohort, sealed->sequence)) != sealed->hash) {
        return none;
    }
    const std::string context = section_context(cohort, sealed->sequence, sealed->hash);
    Snapshot snapshot{sealed->sequence, {}};
    for (const SealedSection& section : sealed->sections) {
        const std::optional<Key> key = TRY(parts_->keys.find(section.key));
        std::optional<std::string> bytes = key ? unseal_bytes(section.sealed, context, *key) : std::nullopt;
        if (key && !bytes) {
            return none;
        }
        snapshot.sections.push_back({section.key, std::move(bytes)});
    }
    return std::optional(std::move(snapshot));
}

Result<ChainReport> Ledger::verify(const Id& cohort,
                                   const std::function<Result<void>(const ReadEvent&)>& visitor) {
    const std::scoped_lock lock(parts_->store_mutex, parts_->keys_mutex);
    const std::set<Id> destroyed = TRY(destroyed_keys(parts_->database, cohort));
    Statement rows = TRY(parts_->database.prepare(
        fmt::format("SELECT {} FROM event WHERE cohort = ?1 ORDER BY sequence", event_columns)));
    rows.bind(1, view(cohort.bytes));
    ChainReport report;
    report.cohort = cohort;
    std::set<Id> destroyed_by_chain;
    StoredEvent stored;
    stored.cohort = cohort;
    while (TRY(rows.step())) {
        if (!take_event(rows, stored)) {
            report.troubles.push_back(
                fmt::format("after sequence {} stands a row that is no event", report.head.sequence));
            break;
        }
        if (stored.sequence != report.head.sequence + 1) {
            report.troubles.push_back(fmt::format("sequence {} is missing: {} follows {}",
                                                  report.head.sequence + 1, stored.sequence,
                                                  report.head.sequence));
        } else if (stored.previous != report.head.hash) {
            report.troubles.push_back(
                fmt::format("sequence {} does not follow the one before it: one of the two "
                            "was exchanged",
                            stored.sequence));
        }
        if (hash_of(stored) != stored.hash) {
            report.troubles.push_back(
                fmt::format("sequence {} was changed: its hash is another", stored.sequence));
        }
        if (stored.kind == Kind::key_destroyed) {
            destroyed_by_chain.insert(stored.key);
        }
        const ReadEvent event = TRY(open_event(stored, parts_->keys, destroyed));
        ++report.events;
        report.readable += event.readability == Readability::readable ? 1 : 0;
        report.erased += event.readability == Readability::erased ? 1 : 0;
        if (event.readability == Readability::lost) {
            ++report.lost;
        }
        if (event.readability == Readability::altered) {
            ++report.altered;
            report.troubles.push_back(
                fmt::format("sequence {} does not open under its key: it was changed", stored.sequence));
        }
        report.head = {stored.sequence, stored.hash};
        if (visitor) {
            TRY_DO(visitor(event));
        }
    }
    if (report.lost > 0) {
        report.troubles.push_back(fmt::format(
            "{} events cannot be read and nothing says that their keys were destroyed: keys are lost",
            report.lost));
    }
    if (report.events == 0) {
        report.troubles.emplace_back("there are no events");
    }
    if (destroyed_by_chain != destroyed) {
        report.troubles.emplace_back("the index of erasures does not say what the events say");
    }
    const auto head = parts_->head_of(cohort);
    if (head && (head->sequence != report.head.sequence || head->hash != report.head.hash)) {
        report.troubles.push_back(fmt::format("the last event read is {}, but the last one is {}",
                                              report.head.sequence, head->sequence));
    }
    return report;
}

}  // namespace groundwork::ledger
