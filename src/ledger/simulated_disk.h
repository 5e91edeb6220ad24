// A disk in memory whose power can be cut, that can be full and that can fail: an SQLite VFS for tests and
// rehearsals. Private to ledger/; a ledger is put on it by LedgerFiles::vfs.
//
// The model. Every write goes to the current image, which the running program reads. Until its file is
// synced it may be lost by a power cut:
//   - each sector of 512 bytes of each unsynced write reached the disk or did not, by itself; a sector holds
//     what the latest kept write left in it. So writes are lost, reordered and torn;
//   - of a file's changes of size since its last sync some first ones happened, or none, or all. A cut
//     happens whole. What grew and was not written is zeros;
//   - a file made since the last sync of the directory is there or not, one deleted since may be back. As on
//     POSIX the directory is synced with the first sync of a journal or a log, and where SQLite asks for it.
// Bytes that were synced and not written since never change.
//
// Not modelled: a sync that says it succeeded and did nothing; pages that the operating system drops after a
// sync that failed (here they stay unsynced); sectors that decay or fail on reading (flip bits with read()
// and put()); old bytes that appear where a file grew. A sync of the directory that fails is an error here,
// which SQLite on POSIX overlooks.
//
// Deterministic: the same calls find the same bytes. One thing SQLite takes from elsewhere, the salts of its
// logs: its generator is seeded once for the whole process by the operating system. They change no operation
// and no content that is read. Where they must be the same as well, see seed_process().
//
// Several disks may exist at once, each used by one thread at a time. A disk outlives what is open on it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::ledger {

class SimulatedDisk {
  public:
    // `seed`: of what SQLite may ask the VFS for at random.
    explicit SimulatedDisk(std::uint64_t seed = 0);
    ~SimulatedDisk();
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    const std::string& vfs() const;  // for LedgerFiles::vfs

    // Write points: each write, change of size, sync, deletion and creation of a file that was tried while
    // the power was on, counted from 1.
    std::uint64_t write_points() const;
    std::uint64_t bytes_read() const;  // by SQLite, since the disk was made

    // Cuts the power now, or in the midst of the write point with this number: its write or deletion may have
    // happened, its sync has not. From then on every operation fails.
    void lose_power();
    void lose_power_at(std::uint64_t write_point);
    bool has_power() const;

    // Decides what the cut left, and lets the disk work again. Whatever was open before fails for ever: its
    // program died. Planned cuts and failures are forgotten. Only without power.
    void restore_power(RandomStream& random);

    // The write point with this number does nothing and fails; the disk works before and after it.
    void fail_at(std::uint64_t write_point);

    // All files together cannot grow beyond so many bytes: what fits of a write is written, and SQLite is
    // told that the disk is full. Nothing: no limit.
    void set_capacity(std::optional<std::uint64_t> bytes);
    std::uint64_t bytes_used() const;

    // The files by name, as the program sees them now, or after a cut the disk.
    std::vector<std::string> files() const;
    std::optional<std::string> read(std::string_view file) const;
    void put(std::string_view file, std::string_view bytes);  // durable; while nothing has it open

    // Seeds SQLite's generator for the whole process, so that the salts of logs are the same in every run.
    // Only where one thread alone uses SQLite and no real person's data are there.
    static void seed_process(std::uint32_t seed);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace groundwork::ledger
