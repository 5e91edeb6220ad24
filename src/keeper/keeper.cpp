#include "keeper/keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "foundation/group_work.h"

namespace groundwork::keeper {

using programme::Cohort;
using programme::Command;
using programme::Event;

namespace {

// One command that waits.
struct Job {
    const Request* request = nullptr;
    std::optional<Result<Receipt>> outcome;
    bool is_done = false;  // GroupWork
};

// A cohort that runs. `pending` and `sequence` belong to whoever works for the group.
struct Running {
    using Work = std::function<void(Running&, const std::vector<Job*>&)>;
    Running(const Id& its_id, Work work)
        : id(its_id),
          queue([this, work = std::move(work)](const std::vector<Job*>& jobs) { work(*this, jobs); }) {}

    Id id;
    Cohort pending;
    std::uint64_t sequence = 0;

    GroupWork<Job> queue;

    mutable std::shared_mutex seen;
    Cohort durable;
    std::uint64_t durable_sequence = 0;
};

// An append can lose against another process; so many times in a row means that something else is wrong.
constexpr int attempts_max = 16;

// Events that are read in a tenth of a second or so.
constexpr std::uint64_t worth_a_snapshot = 5000;

}  // namespace

ledger::Draft draft_of(const Event& event) {
    ledger::Draft draft{event.person, event.at, ledger::Kind::sealed, write_event(event)};
    if (const auto* erased = std::get_if<programme::PersonErased>(&event.payload)) {
        draft.person = erased->person;
        draft.kind = ledger::Kind::key_destroyed;
    } else if (std::holds_alternative<programme::CohortLaunched>(event.payload)) {
        draft.kind = ledger::Kind::genesis;
    }
    return draft;
}

Result<void> apply_stored(Cohort& cohort, const ledger::ReadEvent& stored, const Id& id) {
    if (stored.readability == ledger::Readability::erased) {
        return {};
    }
    const auto at = [&] { return fmt::format("cohort {}, sequence {}", to_text(id), stored.sequence); };
    if (stored.readability != ledger::Readability::readable) {
        return fail(outside_failure(stored.readability == ledger::Readability::lost
                                        ? "cannot be read: its key is lost"
                                        : "cannot be read: it was changed")
                        .value(at())
                        .remedy("Restore the keys or the ledger from their backup."));
    }
    const auto read = programme::read_event(stored.payload);
    auto applied = read ? apply(cohort, *read) : Result<void>(fail(read.error()));
    if (!applied) {
        return fail(outside_failure(fmt::format("does not fit ({})", applied.error().describe()))
                        .value(at())
                        .remedy("Restore the ledger from its backup."));
    }
    return {};
}

Result<std::uint64_t> replay(ledger::Ledger& ledger, const Id& id, std::uint64_t from, Cohort& cohort) {
    std::uint64_t last = from == 0 ? 0 : from - 1;
    const auto take = [&](const ledger::ReadEvent& stored) -> Result<bool> {
        last = stored.sequence;
        TRY_DO(apply_stored(cohort, stored, id));
        return true;
    };
    TRY_DO(ledger.read(id, from, take));
    return last;
}

struct Keeper::Parts {
    Parts(ledger::Ledger& opened, programme::Chance& source) : ledger(opened), chance(source) {}

    std::unique_ptr<Running> make_running(const Id& id) {
        return std::make_unique<Running>(
            id, [this](Running& running, const std::vector<Job*>& jobs) { work(running, jobs); });
    }
    Result<Running*> find(const Id& id) const;
    void work(Running& running, const std::vector<Job*>& jobs);
    Result<std::vector<ledger::Draft>> decide_all(Running& running, const std::vector<Job*>& jobs);
    Result<void> catch_up(Running& running);
    void acknowledge(Running& running, const std::vector<Job*>& jobs, std::uint64_t sequence);
    void drop_pending(Running& running) const;

    ledger::Ledger& ledger;
    programme::Chance& chance;
    mutable std::shared_mutex cohorts_mutex;
    std::unordered_map<Id, std::unique_ptr<Running>> cohorts;
};

Keeper::Keeper(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Keeper::~Keeper() = default;

Result<std::unique_ptr<Keeper>> Keeper::open(ledger::Ledger& ledger, programme::Chance& chance) {
    auto parts = std::make_unique<Parts>(ledger, chance);
    for (const Id& id : ledger.cohorts()) {
        auto running = parts->make_running(id);
        std::uint64_t from = 1;
        if (auto restored = TRY(restore_snapshot(ledger, id))) {
            running->pending = std::move(restored->cohort);
            from = restored->sequence + 1;
        }
        running->sequence = TRY(replay(ledger, id, from, running->pending));
        running->durable = running->pending;
        running->durable_sequence = running->sequence;
        if (running->sequence - from + 1 >= worth_a_snapshot) {
            // A shortcut for the next time: a full disk must not keep the cohort from opening now.
            (void)ledger.keep_snapshot(id, snapshot_of(running->durable, running->sequence));
        }
        parts->cohorts.emplace(id, std::move(running));
    }
    return std::unique_ptr<Keeper>(new Keeper(std::move(parts)));
}

Result<Running*> Keeper::Parts::find(const Id& id) const {
    const std::shared_lock lock(cohorts_mutex);
    const auto found = cohorts.find(id);
    if (found == cohorts.end()) {
        return fail(unacceptable("is no cohort that runs here").value(to_text(id)));
    }
    return found->second.get();
}

// Decides each on what the ones before it leave behind. One that is refused leaves nothing.
Result<std::vector<ledger::Draft>> Keeper::Parts::decide_all(Running& running,
                                                             const std::vector<Job*>& jobs) {
    std::vector<ledger::Draft> drafts;
    for (Job* job : jobs) {
        auto decided = decide(running.pending, job->request->command, job->request->now, chance);
        if (!decided) {
            job->outcome = fail(std::move(decided).error());
            continue;
        }
        for (const Event& event : *decided) {
            TRY_DO(apply(running.pending, event));
            drafts.push_back(draft_of(event));
        }
        job->outcome = Receipt{0, *std::move(decided)};
    }
    return drafts;
}

// What another process wrote since comes before anything that is decided now.
Result<void> Keeper::Parts::catch_up(Running& running) {
    const auto head = ledger.head(running.id);
    if (!head || head->sequence <= running.sequence) {
        return {};
    }
    const std::unique_lock lock(running.seen);
    auto reloaded = replay(ledger, running.id, running.sequence + 1, running.durable);
    running.pending = running.durable;
    running.sequence = TRY(std::move(reloaded));
    running.durable_sequence = running.sequence;
    return {};
}

void Keeper::Parts::acknowledge(Running& running, const std::vector<Job*>& jobs, std::uint64_t sequence) {
    running.sequence = sequence;
    const std::unique_lock lock(running.seen);
    running.durable_sequence = sequence;
    for (Job* job : jobs) {
        if (!*job->outcome) {
            continue;
        }
        Receipt& receipt = **job->outcome;
        receipt.sequence = sequence;
        for (const Event& event : receipt.events) {
            ENSURE(apply(running.durable, event).has_value());  // `pending` took it
        }
    }
}

void Keeper::Parts::drop_pending(Running& running) const {
    const std::shared_lock lock(running.seen);
    running.pending = running.durable;
}

void Keeper::Parts::work(Running& running, const std::vector<Job*>& jobs) {
    const auto fail_all = [&](const Error& error) {
        drop_pending(running);
        for (Job* job : jobs) {
            job->outcome = fail(error);
        }
    };
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        if (auto caught_up = catch_up(running); !caught_up) {
            return fail_all(caught_up.error());
        }
        auto drafts = decide_all(running, jobs);
        if (!drafts) {
            return fail_all(drafts.error());
        }
        auto appended = drafts->empty() ? Result<std::uint64_t>(running.sequence)
                                        : ledger.append(running.id, running.sequence, *std::move(drafts));
        if (appended) {
            return acknowledge(running, jobs, *appended);
        }
        drop_pending(running);
        if (!ledger::is_conflict(appended.error())) {
            return fail_all(appended.error());
        }
    }
    fail_all(outside_failure("could not be written: others were first each time")
                 .value(to_text(running.id))
                 .remedy("Try again."));
}

Result<Receipt> Keeper::launch(const Command& command, Instant now) {
    const auto* launch = std::get_if<programme::Launch>(&command.payload);
    ENSURE(launch != nullptr);
    auto running = parts_->make_running(launch->cohort);
    std::vector<Event> events = TRY(decide(running->pending, command, now, parts_->chance));
    ENSURE(events.size() == 1);
    TRY_DO(apply(running->pending, events.front()));
    running->durable = running->pending;
    TRY_DO(parts_->ledger.create_cohort(launch->cohort, draft_of(events.front())));
    running->sequence = running->durable_sequence = 1;
    const std::unique_lock lock(parts_->cohorts_mutex);
    parts_->cohorts.emplace(launch->cohort, std::move(running));
    return Receipt{1, std::move(events)};
}

Result<Receipt> Keeper::carry_out(const Id& cohort, const Command& command, Instant now) {
    const Request request{command, now};
    return carry_out(cohort, std::span(&request, 1)).front();
}

std::vector<Result<Receipt>> Keeper::carry_out(const Id& cohort, std::span<const Request> requests) {
    auto found = parts_->find(cohort);
    if (!found) {
        return std::vector<Result<Receipt>>(requests.size(), fail(found.error()));
    }
    std::vector<Job> jobs(requests.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].request = &requests[i];
    }
    (*found)->queue.submit(jobs);
    std::vector<Result<Receipt>> receipts;
    for (Job& job : jobs) {
        receipts.push_back(*std::move(job.outcome));
    }
    return receipts;
}

Result<void> Keeper::tick(Instant now) {
    for (const Id& id : cohorts()) {
        if (const auto due = next_due(id); due && *due <= now) {
            TRY(carry_out(id, {Id{}, std::nullopt, programme::Tick{}}, now));
        }
    }
    return {};
}

std::optional<Instant> Keeper::next_due(const Id& cohort) const {
    std::optional<Instant> next;
    (void)look(cohort, [&](const Cohort& state) {
        if (!state.due.empty()) {
            next = state.due.begin()->first;
        }
    });
    return next;
}

Result<void> Keeper::look(const Id& cohort, const std::function<void(const Cohort&)>& see) const {
    const Running* running = TRY(parts_->find(cohort));
    const std::shared_lock lock(running->seen);
    see(running->durable);
    return {};
}

Result<void> Keeper::keep_snapshot(const Id& cohort) const {
    const Running* running = TRY(parts_->find(cohort));
    ledger::Snapshot snapshot;
    {
        const std::shared_lock lock(running->seen);
        snapshot = snapshot_of(running->durable, running->durable_sequence);
    }
    return parts_->ledger.keep_snapshot(cohort, snapshot);
}

std::vector<Id> Keeper::cohorts() const {
    const std::shared_lock lock(parts_->cohorts_mutex);
    std::vector<Id> ids;
    for (const auto& [id, running] : parts_->cohorts) {
        ids.push_back(id);
    }
    std::ranges::sort(ids);
    return ids;
}

}  // namespace groundwork::keeper
