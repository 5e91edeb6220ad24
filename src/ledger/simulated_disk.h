// A disk in memory that can lose its power: for rehearsals and tests. It is an SQLite VFS, so that the real
// ledger runs on it unchanged.
//
// The model: a write goes to the disk's cache and is durable once its file was synced. When the power fails,
// each sector (512 bytes) of each write since the file's last sync has reached the disk or not, by chance and
// independently, so that writes are lost, torn and out of order; so has each truncation, each growth, and
// each deletion that did not ask for its folder to be synced. A file that was never synced may be gone. A
// write never damages bytes beside it. Not modelled: a disk that says it synced and did not, and bits that
// rot.
//
// One disk may be used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::ledger {

class SimulatedDisk {
  public:
    SimulatedDisk();
    ~SimulatedDisk();  // every database on it must be closed
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    // The name to open databases by (LedgerFiles::vfs).
    const std::string& vfs() const;

    // Writes, truncations, syncs, deletions and new files so far: where the power can fail.
    std::uint64_t write_points() const;

    // At this write point the power fails; 0: never. From then on everything fails until it is restored.
    void lose_power_at(std::uint64_t write_point);
    bool has_power() const;
    void restore_power(RandomStream& random);

    // This one operation fails, without effect; 0: none.
    void fail_at(std::uint64_t write_point);

    // While the disk is full no file can grow.
    void fill_up(bool is_full);

    // What stands in the files now, synced or not.
    std::vector<std::string> files() const;
    std::string read(const std::string& file) const;            // empty where there is none
    void put(const std::string& file, std::string_view bytes);  // synced

    struct Parts;

  private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace groundwork::ledger
