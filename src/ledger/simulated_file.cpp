#include "ledger/simulated_file.h"

#include <algorithm>
#include <unordered_set>

namespace groundwork::ledger {

namespace {

constexpr std::size_t saved_bytes_kept = 1U << 20U;  // of capacity, after a sync

// How likely a sector is to have reached the disk: for a whole file at once, so that all kept and all lost
// come up as well, however many sectors there are.
double chance_of_a_sector(RandomStream& random) { return static_cast<double>(random.next_below(5)) / 4; }

// How many of a file's changes of size reached the disk. They do so in order, as a journal of the file
// system keeps them.
std::size_t resizes_kept(std::size_t count, RandomStream& random) {
    switch (random.next_below(3)) {
        case 0: return 0;
        case 1: return count;
        default: return random.next_below(count + 1);
    }
}

}  // namespace

std::size_t SimulatedFile::read_into(char* bytes, std::uint64_t offset, std::size_t count) const {
    if (offset >= size_) {
        return 0;
    }
    const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
    for (std::size_t done = 0; done < there;) {
        const std::size_t inside = (offset + done) % block_size;
        const std::size_t part = std::min(there - done, block_size - inside);
        const Block& block = *blocks_[(offset + done) / block_size];
        std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(inside), part, bytes + done);
        done += part;
    }
    return there;
}

std::string SimulatedFile::read(std::uint64_t offset, std::size_t count) const {
    std::string bytes(offset >= size_ ? 0 : std::min<std::uint64_t>(count, size_ - offset), '\0');
    read_into(bytes.data(), offset, bytes.size());
    return bytes;
}

void SimulatedFile::put(std::uint64_t offset, std::string_view bytes) {
    ENSURE(offset + bytes.size() <= size_);
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t inside = (offset + done) % block_size;
        const std::string_view part = bytes.substr(done, block_size - inside);
        Block& block = *blocks_[(offset + done) / block_size];
        std::ranges::copy(part, block.begin() + static_cast<std::ptrdiff_t>(inside));
        done += part.size();
    }
}

void SimulatedFile::fill_with_zeros(std::uint64_t from, std::uint64_t to) {
    while (from < to) {
        const std::size_t inside = from % block_size;
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, block_size - inside));
        Block& block = *blocks_[from / block_size];
        std::fill_n(block.begin() + static_cast<std::ptrdiff_t>(inside), part, '\0');
        from += part;
    }
}

void SimulatedFile::set_size(std::uint64_t size) {
    const std::size_t blocks = (size + block_size - 1) / block_size;
    if (size < size_) {
        blocks_.resize(blocks);
        fill_with_zeros(size, std::min<std::uint64_t>(size_, blocks * block_size));
    }
    while (blocks_.size() < blocks) {
        blocks_.push_back(std::make_unique<Block>());
    }
    size_ = size;
}

std::string_view SimulatedFile::saved(const Change& change) const {
    return std::string_view(saved_).substr(change.saved_from, change.saved_count);
}

// Keeps the `count` bytes at the change's place (of a resize: from the new end on) as they are now.
void SimulatedFile::remember(Change change, std::size_t count) {
    change.saved_from = saved_.size();
    saved_.resize(saved_.size() + count);
    change.saved_count = read_into(saved_.data() + change.saved_from,
                                   change.is_resize ? change.new_size : change.place, count);
    saved_.resize(change.saved_from + change.saved_count);
    changes_.push_back(change);
}

void SimulatedFile::write(std::uint64_t offset, std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    const std::uint64_t end = offset + bytes.size();
    for (std::uint64_t sector = offset - offset % sector_size; sector < end; sector += sector_size) {
        remember({.place = sector}, sector_size);
    }
    if (end > size_) {
        resize(end);
    }
    put(offset, bytes);
}

void SimulatedFile::resize(std::uint64_t size) {
    const std::size_t cut = size < size_ ? static_cast<std::size_t>(size_ - size) : 0;
    remember({.is_resize = true, .place = size_, .new_size = size}, cut);
    set_size(size);
}

void SimulatedFile::sync() {
    changes_.clear();
    saved_.clear();
    if (saved_.capacity() > saved_bytes_kept) {
        saved_.shrink_to_fit();
    }
}

// Puts a sector back to what it was before the change, up to `end`.
void SimulatedFile::take_back_sector(const Change& change, std::uint64_t end) {
    end = std::min({end, size_, change.place + sector_size});
    if (change.place >= end) {
        return;
    }
    const std::string_view old = saved(change).substr(0, static_cast<std::size_t>(end - change.place));
    put(change.place, old);
    fill_with_zeros(change.place + old.size(), end);
}

// Backwards from the last change: the first that is kept of a sector decides its content; what is not kept is
// taken back. A cut that is taken back brings its bytes back, and takes with it what was written there later.
void SimulatedFile::lose_power(RandomStream& random) {
    const double chance = chance_of_a_sector(random);
    std::size_t resize = static_cast<std::size_t>(std::ranges::count(changes_, true, &Change::is_resize));
    const std::size_t kept_resizes = resizes_kept(resize, random);
    std::uint64_t final_size = size_;
    std::uint64_t cut_at = UINT64_MAX;  // beyond a cut that is kept, what was there before it is gone
    std::unordered_set<std::uint64_t> decided;
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
        if (!change->is_resize) {
            if (decided.contains(change->place)) {
                continue;
            }
            if (random.next_uniform() < chance) {
                decided.insert(change->place);
            } else {
                take_back_sector(*change, cut_at);
            }
        } else if (--resize < kept_resizes) {
            cut_at = std::min(cut_at, change->new_size < change->place ? change->new_size : cut_at);
        } else {
            final_size = change->place;
            if (change->new_size < change->place) {
                set_size(std::max(size_, change->place));
                put(change->new_size, saved(*change));
                std::erase_if(decided, [&](std::uint64_t sector) { return sector >= change->new_size; });
            }
        }
    }
    set_size(final_size);
    sync();
}

}  // namespace groundwork::ledger
