// One file of a simulated disk: its bytes as the running program sees them, and what it takes to go back to
// what a power cut may leave of them. Private to ledger/; the model is told in simulated_disk.h.
//
// What is unsynced is kept as the bytes that were there before, sector by sector, so a large file costs its
// own size once. Used by one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/foundation.h"

namespace groundwork::ledger {

class SimulatedFile {
  public:
    static constexpr std::size_t sector_size = 512;  // bytes that reach the disk together or not at all

    std::uint64_t size() const { return size_; }

    // The bytes from `offset` on, at most `count`, fewer at the file's end.
    std::string read(std::uint64_t offset, std::size_t count) const;
    // The same into memory that is there already; gives how many were read.
    std::size_t read_into(char* bytes, std::uint64_t offset, std::size_t count) const;

    void write(std::uint64_t offset, std::string_view bytes);  // past the end: zeros between
    void resize(std::uint64_t size);                           // grows with zeros
    void sync();                                               // from here on nothing before can be lost

    // Leaves what the disk holds after a power cut, which is durable then.
    void lose_power(RandomStream& random);

  private:
    // What one step since the last sync did, and what was there before.
    struct Change {
        bool is_resize = false;
        std::uint64_t place = 0;     // of a sector: its offset; of a resize: the size before
        std::uint64_t new_size = 0;  // of a resize
        std::size_t saved_from = 0;  // the old bytes in saved_; beyond the old end there were none
        std::size_t saved_count = 0;
    };
    static constexpr std::size_t block_size = 65'536;
    using Block = std::array<char, block_size>;

    void put(std::uint64_t offset, std::string_view bytes);
    void fill_with_zeros(std::uint64_t from, std::uint64_t to);
    void set_size(std::uint64_t size);
    void remember(Change change, std::size_t count);
    void take_back_sector(const Change& change, std::uint64_t end);
    std::string_view saved(const Change& change) const;

    std::vector<std::unique_ptr<Block>> blocks_;  // growth moves pointers, never bytes; zeros beyond the end
    std::uint64_t size_ = 0;
    std::vector<Change> changes_;
    std::string saved_;
};

}  // namespace groundwork::ledger
