// Snapshots: a cohort's state in sections, one for the cohort and one for each person, under their keys.
#include <algorithm>

#include "foundation/parallel.h"
#include "keeper/keeper.h"

namespace groundwork::keeper {

using programme::Cohort;
using programme::Participant;

ledger::Snapshot snapshot_of(const Cohort& cohort, std::uint64_t sequence) {
    ledger::Snapshot snapshot{sequence, {}};
    snapshot.sections.push_back({cohort.core.id, write_cohort(cohort)});
    for (const auto& [id, person] : cohort.people) {
        snapshot.sections.push_back({id, write_person(person)});
    }
    // In an order that no hash table decides.
    std::ranges::sort(snapshot.sections.begin() + 1, snapshot.sections.end(), {}, &ledger::Section::key);
    return snapshot;
}

Result<std::optional<Restored>> restore_snapshot(ledger::Ledger& ledger, const Id& id) {
    const std::optional<Restored> none;
    const auto snapshot = TRY(ledger.find_snapshot(id));
    if (!snapshot) {
        return none;
    }
    const auto own = std::ranges::find(snapshot->sections, id, &ledger::Section::key);
    if (own == snapshot->sections.end() || !own->bytes) {
        return none;
    }
    auto cohort = programme::read_cohort(*own->bytes);
    if (!cohort) {
        return none;  // of another version: the events are read instead
    }
    std::vector<std::optional<Participant>> people(snapshot->sections.size());
    constexpr std::size_t parts = 16;
    for_each_part(parts, 0, [&](std::size_t part) {
        for (std::size_t i = part; i < people.size(); i += parts) {
            const ledger::Section& section = snapshot->sections[i];
            if (section.key == id) {
                continue;
            }
            if (!section.bytes) {
                // Erased since: their place is kept until the event that says so, which puts the tombstone
                // there.
                people[i].emplace().id = section.key;
            } else if (auto person = programme::read_person(*section.bytes)) {
                people[i] = *std::move(person);
            }
        }
    });
    for (std::size_t i = 0; i < people.size(); ++i) {
        if (people[i]) {
            add_person(*cohort, *std::move(people[i]));
        } else if (snapshot->sections[i].key != id) {
            return none;
        }
    }
    return std::optional(Restored{*std::move(cohort), snapshot->sequence});
}

}  // namespace groundwork::keeper
