#include "ledger/simulated_disk.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <set>

namespace groundwork::ledger {

namespace {

constexpr std::size_t sector = 512;

// Bytes in pieces, so that a large file grows without being copied.
class Bytes {
  public:
    std::size_t size() const { return size_; }

    void resize(std::size_t size) {
        while (pieces_.size() * piece < size) {
            pieces_.push_back(std::make_unique<std::array<char, piece>>());
        }
        if (size < size_) {  // what is cut off reads as zeros when the file grows again
            pieces_.resize((size + piece - 1) / piece);
            if (size % piece != 0) {
                std::memset(pieces_.back()->data() + size % piece, 0, piece - size % piece);
            }
        }
        size_ = size;
    }

    void read(std::size_t offset, std::size_t length, char* out) const {
        each_piece(offset, length, [&](char* from, std::size_t count) {
            std::memcpy(out, from, count);
            out += count;
        });
    }

    void write(std::size_t offset, std::string_view bytes) {
        resize(std::max(size_, offset + bytes.size()));
        each_piece(offset, bytes.size(), [&](char* to, std::size_t count) {
            std::memcpy(to, bytes.data(), count);
            bytes.remove_prefix(count);
        });
    }

    std::string text(std::size_t offset, std::size_t length) const {
        std::string out(length, '\0');
        read(offset, length, out.data());
        return out;
    }

  private:
    static constexpr std::size_t piece = 1U << 16U;

    template <class Use>
    void each_piece(std::size_t offset, std::size_t length, Use&& use) const {
        ENSURE(offset + length <= size_);
        while (length > 0) {
            const std::size_t within = offset % piece;
            const std::size_t count = std::min(length, piece - within);
            use(pieces_[offset / piece]->data() + within, count);
            offset += count;
            length -= count;
        }
    }

    std::vector<std::unique_ptr<std::array<char, piece>>> pieces_;
    std::size_t size_ = 0;
};

// What a change since the last sync replaced.
struct Undo {
    std::size_t offset = 0, length = 0;  // of the write; a truncation has length 0
    std::size_t size_before = 0;
    std::string replaced;  // from `offset` on, up to the size before
    bool is_truncation = false;
};

struct File {
    Bytes bytes;
    std::vector<Undo> undo;
    std::size_t synced_size = 0;
    bool was_synced = false;

    void forget() {
        undo.clear();
        synced_size = bytes.size();
        was_synced = true;
    }
};

bool by_chance(RandomStream& random) { return random.next_below(2) == 0; }

// Takes a lost write out of the sectors that no later, kept write has fixed.
void undo_write(File& file, const Undo& undo, std::set<std::size_t>& fixed, RandomStream& random) {
    for (std::size_t at = undo.offset; at < undo.offset + undo.length;) {
        const std::size_t end = std::min((at / sector + 1) * sector, undo.offset + undo.length);
        if (!fixed.contains(at / sector)) {
            if (by_chance(random)) {
                fixed.insert(at / sector);
            } else if (at < file.bytes.size()) {
                std::string before(std::min(end, file.bytes.size()) - at, '\0');
                const std::size_t from = at - undo.offset;
                if (from < undo.replaced.size()) {
                    undo.replaced.copy(before.data(), before.size(), from);
                }
                file.bytes.write(at, before);
            }
        }
        at = end;
    }
}

void undo_truncation(File& file, const Undo& undo, const std::set<std::size_t>& fixed) {
    const std::size_t size_now = file.bytes.size();
    file.bytes.resize(std::max(size_now, undo.size_before));
    for (std::size_t at = undo.offset; at < undo.size_before;) {
        const std::size_t end = std::min((at / sector + 1) * sector, undo.size_before);
        if (!fixed.contains(at / sector)) {
            file.bytes.write(at, std::string_view(undo.replaced).substr(at - undo.offset, end - at));
        }
        at = end;
    }
}

void lose_what_was_not_synced(File& file, RandomStream& random) {
    std::set<std::size_t> fixed;
    for (auto undo = file.undo.rbegin(); undo != file.undo.rend(); ++undo) {
        if (!undo->is_truncation) {
            undo_write(file, *undo, fixed, random);
        } else if (by_chance(random)) {
            undo_truncation(file, *undo, fixed);
        }
    }
    if (file.bytes.size() > file.synced_size && by_chance(random)) {
        file.bytes.resize(file.synced_size);
    }
    file.forget();
}

}  // namespace

struct SimulatedDisk::Parts {
    std::string name;
    sqlite3_vfs vfs{};
    std::map<std::string, std::shared_ptr<File>> files;
    std::map<std::string, std::shared_ptr<File>> deleted;  // perhaps
    std::uint64_t points = 0, power_fails_at = 0, fails_at = 0;
    bool has_power = true, is_full = false;
    std::uint64_t asked_for_random = 0;

    // Whether the operation may take effect, and what to say if not.
    struct Verdict {
        bool has_effect = true;
        int code = SQLITE_OK;
    };
    Verdict pass_write_point(int code) {
        if (!has_power) {
            return {false, code};
        }
        ++points;
        if (points == power_fails_at) {
            has_power = false;
            return {true, code};  // it was under way
        }
        return points == fails_at ? Verdict{false, code} : Verdict{};
    }
};

namespace {

using Parts = SimulatedDisk::Parts;

struct OpenFile {
    sqlite3_file base;  // first, as SQLite wants it
    Parts* disk;
    std::shared_ptr<File>* file;
    bool is_temporary;
};

// NOLINTBEGIN(*-reinterpret-cast)
OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
// NOLINTEND(*-reinterpret-cast)
Parts& disk_of(sqlite3_vfs* vfs) { return *static_cast<Parts*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
    delete opened(file).file;
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
    if (!opened(file).disk->has_power) {
        return SQLITE_IOERR_READ;
    }
    const Bytes& bytes = (*opened(file).file)->bytes;
    const auto wanted = static_cast<std::size_t>(amount), at = static_cast<std::size_t>(offset);
    const std::size_t there = at >= bytes.size() ? 0 : std::min(wanted, bytes.size() - at);
    bytes.read(there == 0 ? 0 : at, there, static_cast<char*>(out));
    std::memset(static_cast<char*>(out) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
    Parts& disk = *opened(file).disk;
    File& target = **opened(file).file;
    const auto length = static_cast<std::size_t>(amount), at = static_cast<std::size_t>(offset);
    const Parts::Verdict verdict =
        opened(file).is_temporary ? Parts::Verdict{} : disk.pass_write_point(SQLITE_IOERR_WRITE);
    if (!verdict.has_effect) {
        return verdict.code;
    }
    const std::size_t size = target.bytes.size();
    if (disk.is_full && at + length > size) {
        return SQLITE_FULL;
    }
    const std::size_t replaced = at >= size ? 0 : std::min(length, size - at);
    target.undo.push_back({at, length, size, target.bytes.text(replaced == 0 ? 0 : at, replaced), false});
    target.bytes.write(at, {static_cast<const char*>(data), length});
    return verdict.code;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 to) {
    const Parts::Verdict verdict = opened(file).disk->pass_write_point(SQLITE_IOERR_TRUNCATE);
    File& target = **opened(file).file;
    const auto size = static_cast<std::size_t>(to);
    if (verdict.has_effect && size < target.bytes.size()) {
        const std::size_t before = target.bytes.size();
        target.undo.push_back({size, 0, before, target.bytes.text(size, before - size), true});
        target.bytes.resize(size);
    }
    return verdict.code;
}

int sync_file(sqlite3_file* file, int) {
    const Parts::Verdict verdict = opened(file).disk->pass_write_point(SQLITE_IOERR_FSYNC);
    if (verdict.code == SQLITE_OK) {  // where the power fails within, chance says how far it came
        (*opened(file).file)->forget();
        opened(file).disk->deleted.clear();
    }
    return verdict.code;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>((*opened(file).file)->bytes.size());
    return opened(file).disk->has_power ? SQLITE_OK : SQLITE_IOERR_FSTAT;
}

int lock_file(sqlite3_file*, int) { return SQLITE_OK; }  // nobody else sees this disk
int check_lock(sqlite3_file*, int* is_locked) {
    *is_locked = 0;
    return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    Parts& disk = disk_of(vfs);
    file->pMethods = nullptr;
    if (!disk.has_power) {
        return SQLITE_CANTOPEN;
    }
    std::shared_ptr<File> found;
    if (name != nullptr && disk.files.contains(name)) {
        found = disk.files.at(name);
    } else if (name != nullptr && (flags & SQLITE_OPEN_CREATE) == 0) {
        return SQLITE_CANTOPEN;
    } else {
        found = std::make_shared<File>();
        if (name != nullptr) {
            const Parts::Verdict verdict = disk.pass_write_point(SQLITE_CANTOPEN);
            if (verdict.has_effect) {
                disk.files[name] = found;
                disk.deleted.erase(name);
            }
            if (verdict.code != SQLITE_OK) {
                return verdict.code;
            }
        }
    }
    new (file) OpenFile{{&methods}, &disk, new std::shared_ptr<File>(std::move(found)), name == nullptr};
    if (out_flags != nullptr) {
        *out_flags = flags;
    }
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int is_folder_synced) {
    Parts& disk = disk_of(vfs);
    const auto found = disk.files.find(name);
    if (found == disk.files.end()) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    const Parts::Verdict verdict = disk.pass_write_point(SQLITE_IOERR_DELETE);
    if (verdict.has_effect) {
        if (is_folder_synced == 0 || verdict.code != SQLITE_OK) {
            disk.deleted[name] = found->second;
        }
        disk.files.erase(found);
    }
    return verdict.code;
}

int is_there(sqlite3_vfs* vfs, const char* name, int, int* out) {
    *out = disk_of(vfs).files.contains(name) ? 1 : 0;
    return disk_of(vfs).has_power ? SQLITE_OK : SQLITE_IOERR_ACCESS;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
    return std::snprintf(out, static_cast<std::size_t>(size), "%s", name) < size ? SQLITE_OK
                                                                                 : SQLITE_CANTOPEN;
}

// The same bytes each time: nothing that is kept may depend on a disk's mood.
int random_bytes(sqlite3_vfs* vfs, int amount, char* out) {
    RandomStream stream(disk_of(vfs).asked_for_random++, 0x64697363U);
    for (int i = 0; i < amount; ++i) {
        out[i] = static_cast<char>(static_cast<unsigned char>(stream.next()));
    }
    return amount;
}

int do_not_sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int no_time(sqlite3_vfs*, double* now) {
    *now = 2440587.5;  // 1970-01-01
    return SQLITE_OK;
}
int no_error(sqlite3_vfs*, int, char*) { return SQLITE_OK; }

std::string next_name() {
    static std::atomic<std::uint64_t> made = 0;
    return fmt::format("simulated-disk-{}", ++made);
}

}  // namespace

SimulatedDisk::SimulatedDisk() : parts_(std::make_unique<Parts>()) {
    parts_->name = next_name();
    sqlite3_vfs& vfs = parts_->vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = static_cast<int>(sizeof(OpenFile));
    vfs.mxPathname = 512;
    vfs.zName = parts_->name.c_str();
    vfs.pAppData = parts_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = is_there;
    vfs.xFullPathname = full_name;
    vfs.xRandomness = random_bytes;
    vfs.xSleep = do_not_sleep;
    vfs.xCurrentTime = no_time;
    vfs.xGetLastError = no_error;
    ENSURE(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

SimulatedDisk::~SimulatedDisk() { sqlite3_vfs_unregister(&parts_->vfs); }

const std::string& SimulatedDisk::vfs() const { return parts_->name; }
std::uint64_t SimulatedDisk::write_points() const { return parts_->points; }
void SimulatedDisk::lose_power_at(std::uint64_t write_point) { parts_->power_fails_at = write_point; }
bool SimulatedDisk::has_power() const { return parts_->has_power; }
void SimulatedDisk::fail_at(std::uint64_t write_point) { parts_->fails_at = write_point; }
void SimulatedDisk::fill_up(bool is_full) { parts_->is_full = is_full; }

void SimulatedDisk::restore_power(RandomStream& random) {
    for (auto& [name, file] : parts_->deleted) {
        if (!parts_->files.contains(name) && by_chance(random)) {
            parts_->files[name] = file;
        }
    }
    parts_->deleted.clear();
    for (auto file = parts_->files.begin(); file != parts_->files.end();) {
        if (!file->second->was_synced && by_chance(random)) {
            file = parts_->files.erase(file);
            continue;
        }
        lose_what_was_not_synced(*file->second, random);
        ++file;
    }
    parts_->power_fails_at = 0;
    parts_->has_power = true;
}

std::vector<std::string> SimulatedDisk::files() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : parts_->files) {
        names.push_back(name);
    }
    return names;
}

std::string SimulatedDisk::read(const std::string& file) const {
    const auto found = parts_->files.find(file);
    return found == parts_->files.end() ? "" : found->second->bytes.text(0, found->second->bytes.size());
}

void SimulatedDisk::put(const std::string& file, std::string_view bytes) {
    auto made = std::make_shared<File>();
    made->bytes.write(0, bytes);
    made->forget();
    parts_->files[file] = std::move(made);
}

}  // namespace groundwork::ledger
