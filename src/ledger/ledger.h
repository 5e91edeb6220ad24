// The door of ledger/: the append-only store of events, one hash chain for each cohort, sealed person by
// person.
//
// The ledger knows nothing of what its payloads say. An append says "after sequence n" and is refused where
// somebody else was first; it is durable when it returns, whole or not at all. Erasing a person is an event
// that names their key, followed by the key's destruction; the chain still verifies, and a verifier can tell
// an erased person's events from events whose key was lost. docs/ledger.md holds the formats.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foundation/time.h"
#include "ledger/envelope.h"
#include "ledger/simulated_disk.h"

namespace groundwork::ledger {

// An event to append.
struct Draft {
    std::optional<Id>
        person;  // under whose key it is sealed, made with their first event; nothing: the cohort's.
                 // Of `key_destroyed`: whose key dies; the payload is sealed under the cohort's
    Instant at;
    Kind kind = Kind::sealed;
    std::string payload;
};

enum class Readability {
    readable,
    erased,   // its key was destroyed, and the chain says so
    lost,     // its key is missing, and nothing says why
    altered,  // its key is there and does not open it
};

// An event as read.
struct ReadEvent {
    std::uint64_t sequence = 0;
    Id event;
    std::optional<Id> person;
    std::int64_t minute = 0;
    Kind kind = Kind::sealed;
    Readability readability = Readability::readable;
    std::string payload;  // empty unless readable
};

struct Head {
    std::uint64_t sequence = 0;
    Hash hash{};
};

// What a check of one chain found.
struct ChainReport {
    Id cohort;
    Head head;
    std::uint64_t events = 0, readable = 0, erased = 0, lost = 0, altered = 0;
    std::vector<std::string> troubles;  // each with its sequence; empty: the chain holds
};

// A cohort's state at some sequence, in sections under one key each, so that reading it back stands for
// reading all events up to there. Never the truth: it may be thrown away at any time.
struct Section {
    Id key;                            // the cohort's or a person's
    std::optional<std::string> bytes;  // as read: nothing where the key is gone
};
struct Snapshot {
    std::uint64_t sequence = 0;
    std::vector<Section> sections;
};

struct LedgerFiles {
    std::string ledger, keys;  // paths of ledger.db and keys.db
    std::string vfs;           // an SQLite VFS by name; empty: the operating system's files
    // From how many pages in the ledger's write-ahead log on a commit copies them into the file. Tests take
    // few, to meet many such moments.
    int checkpoint_pages = 1000;
    std::string snapshots = {};  // of snapshots.db; empty: none are kept
};

class Ledger {
  public:
    // Creates what is not there. Opening finishes every erasure whose event is durable but whose key is not
    // gone yet. `random` must live as long as the ledger.
    static Result<std::unique_ptr<Ledger>> open(const LedgerFiles& files, const Key& programme_key,
                                                RandomBytes& random);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    // A new cohort, whose first event is this one.
    Result<void> create_cohort(const Id& cohort, Draft genesis);

    // Appends after sequence n: all drafts or none, durable when it returns; gives the last sequence. Safe
    // from any thread; appends that wait at the same time share one commit. Where another append was first:
    // an `unacceptable` error that is_conflict() knows.
    Result<std::uint64_t> append(const Id& cohort, std::uint64_t after, std::vector<Draft> drafts);

    std::vector<Id> cohorts();
    std::optional<Head> head(const Id& cohort);

    // Every event from a sequence on, in order, until the visitor says stop (false) or fails.
    Result<void> read(const Id& cohort, std::uint64_t from,
                      const std::function<Result<bool>(const ReadEvent&)>& visitor);

    // Keeps a snapshot instead of the one before; the state must be that of this sequence. All sections have
    // bytes. Without a file for snapshots nothing is done.
    Result<void> keep_snapshot(const Id& cohort, const Snapshot& snapshot);

    // The snapshot, if there is one whose every section opens under its key (or whose key is gone) and which
    // belongs to this chain; nothing otherwise, whatever is wrong with it.
    Result<std::optional<Snapshot>> find_snapshot(const Id& cohort);

    // Checks a chain from its first event: hashes, gaps, what can be read. `visitor` is shown each event on
    // the way, whatever is wrong with it; it may be empty.
    Result<ChainReport> verify(const Id& cohort,
                               const std::function<Result<void>(const ReadEvent&)>& visitor = {});

  private:
    struct Parts;
    explicit Ledger(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// Whether an append was refused because another was first: reload the tail and try again.
bool is_conflict(const Error& error);

}  // namespace groundwork::ledger
