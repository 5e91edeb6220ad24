// The door of keeper/: cohorts that run. Binds the programme core, which decides, to the ledger, which
// remembers.
//
// Each cohort has one queue. Commands that wait are decided one after another on the state that the ones
// before them will leave; all their events are appended in one transaction; only then are they acknowledged
// and seen by readers. Where the append fails, nothing has happened.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "ledger/ledger.h"
#include "programme/programme.h"

namespace groundwork::keeper {

struct Request {
    programme::Command command;
    Instant now;
};

// What a command did, durable.
struct Receipt {
    std::uint64_t sequence = 0;  // the cohort's last, once it was carried out
    // Empty where it was carried out before or had nothing to do.
    std::vector<programme::Event> events;
};

class Keeper {
  public:
    // Reads every cohort of the ledger, from its snapshot where there is one, and keeps a new snapshot of a
    // cohort whose reading took long. Both arguments must live as long as the keeper. An event that cannot be
    // read although nobody was erased, or that does not fit, is an error that names its sequence.
    static Result<std::unique_ptr<Keeper>> open(ledger::Ledger& ledger, programme::Chance& chance);
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    // A new cohort: the command is a Launch, which names its id.
    Result<Receipt> launch(const programme::Command& launch, Instant now);

    // Carries out a command; waits until what it caused is durable. Safe from any thread.
    Result<Receipt> carry_out(const Id& cohort, const programme::Command& command, Instant now);

    // The same for several that came together: one transaction, an answer for each.
    std::vector<Result<Receipt>> carry_out(const Id& cohort, std::span<const Request> requests);

    // Lets happen in every cohort what is due by now.
    Result<void> tick(Instant now);

    // When something next happens by itself in a cohort.
    std::optional<Instant> next_due(const Id& cohort) const;

    // Shows the durable state, which does not change while `see` looks at it.
    Result<void> look(const Id& cohort, const std::function<void(const programme::Cohort&)>& see) const;

    std::vector<Id> cohorts() const;

    // Keeps a snapshot of the durable state, so that opening need not read the events before it.
    Result<void> keep_snapshot(const Id& cohort) const;

  private:
    struct Parts;
    explicit Keeper(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// The ledger's draft of a decided event: whose it is, and that an erasure destroys a key.
ledger::Draft draft_of(const programme::Event& event);

// Applies an event as the ledger gave it. What an erased person left unreadable is passed over; anything else
// that cannot be read or does not fit is an error that names its sequence.
Result<void> apply_stored(programme::Cohort& cohort, const ledger::ReadEvent& stored, const Id& id);

// A cohort's state in sections: its own first, then each person's.
ledger::Snapshot snapshot_of(const programme::Cohort& cohort, std::uint64_t sequence);

// A cohort's state from its snapshot; nothing where there is none that can be used.
struct Restored {
    programme::Cohort cohort;
    std::uint64_t sequence = 0;
};
Result<std::optional<Restored>> restore_snapshot(ledger::Ledger& ledger, const Id& id);

// The same for all that the ledger holds from a sequence on; gives the last.
Result<std::uint64_t> replay(ledger::Ledger& ledger, const Id& id, std::uint64_t from,
                             programme::Cohort& cohort);

}  // namespace groundwork::keeper
