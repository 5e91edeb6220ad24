// snapshots.db: for each cohort the sections of its latest snapshot, sealed. Private to ledger/.
#pragma once

#include <optional>
#include <vector>

#include "ledger/database.h"
#include "ledger/envelope.h"

namespace groundwork::ledger {

struct SealedSection {
    Id key;
    std::string sealed;
};

struct SealedSnapshot {
    std::uint64_t sequence = 0;
    Hash hash{};  // of the chain there
    std::vector<SealedSection> sections;
};

class SnapshotStore {
  public:
    // A file that is damaged or of another format is begun anew: nothing in it is the only copy.
    static Result<SnapshotStore> open(const std::string& file, const std::string& vfs);

    Result<void> keep(const Id& cohort, const SealedSnapshot& snapshot);
    Result<std::optional<SealedSnapshot>> find(const Id& cohort);

  private:
    explicit SnapshotStore(Database database) : database_(std::move(database)) {}
    static Result<SnapshotStore> open_as_it_is(const std::string& file, const std::string& vfs);
    Result<void> begin_anew();

    Database database_;
};

}  // namespace groundwork::ledger
