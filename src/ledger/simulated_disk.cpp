#include "ledger/simulated_disk.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <new>

#include "ledger/simulated_file.h"

namespace groundwork::ledger {

namespace {

constexpr int path_bytes_max = 512;
constexpr int sector_size_told = 4096;     // what SQLite assumes of the operating system's files
constexpr double julian_1970 = 2440587.5;  // the clock stands still

// What becomes of the operation at a write point.
enum class Fate { done, fails, power_lost };

// A file with what is open on it.
struct OpenedFile {
    SimulatedFile file;
    std::map<const sqlite3_file*, int> locks;
};

struct Entry {
    std::shared_ptr<OpenedFile> opened;
    bool is_durable = false;  // whether its name would outlive a power cut
};

struct Device {
    Fate at_write_point();  // counts it
    void sync_directory();
    std::uint64_t bytes_used() const;

    sqlite3_vfs vfs{};
    std::string name;
    RandomStream random{0, 0};
    std::map<std::string, Entry, std::less<>> files;
    std::map<std::string, std::shared_ptr<OpenedFile>, std::less<>> deleted;  // which a cut may bring back
    std::uint64_t points = 0, bytes_read = 0;
    std::optional<std::uint64_t> cut_point, failing_point, capacity;
    bool has_power = true;
    std::uint64_t lives = 0;  // how often the power came back
};

Fate Device::at_write_point() {
    ++points;
    if (points == cut_point) {
        has_power = false;
        return Fate::power_lost;
    }
    return points == failing_point ? Fate::fails : Fate::done;
}

void Device::sync_directory() {
    for (auto& [file, entry] : files) {
        entry.is_durable = true;
    }
    deleted.clear();
}

std::uint64_t Device::bytes_used() const {
    std::uint64_t bytes = 0;
    for (const auto& [file, entry] : files) {
        bytes += entry.opened->file.size();
    }
    return bytes;
}

// What SQLite holds of an open file; it gives the memory.
struct Handle : sqlite3_file {
    Device* device = nullptr;
    std::shared_ptr<OpenedFile> opened;
    std::string name;  // empty: a file without a name, gone when it is closed
    std::uint64_t life = 0;
    bool is_deleted_on_close = false;
    bool syncs_directory = false;  // with its first sync, as SQLite does on POSIX with journals and logs

    bool is_dead() const { return !device->has_power || life != device->lives; }
};

Handle& handle_of(sqlite3_file* file) { return *static_cast<Handle*>(file); }
Device& device_of(sqlite3_vfs* vfs) { return *static_cast<Device*>(vfs->pAppData); }

std::uint64_t unsigned_of(sqlite3_int64 number) {
    ENSURE(number >= 0);
    return static_cast<std::uint64_t>(number);
}

std::size_t count_of(int number) {
    ENSURE(number >= 0);
    return static_cast<std::size_t>(number);
}

int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_READ;
    }
    char* const place = static_cast<char*>(bytes);
    const std::size_t read = handle.opened->file.read_into(place, unsigned_of(offset), count_of(count));
    handle.device->bytes_read += read;
    std::fill(place + read, place + count, '\0');
    return read == count_of(count) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_WRITE;
    }
    const Fate fate = handle.device->at_write_point();
    if (fate == Fate::fails) {
        return SQLITE_IOERR_WRITE;
    }
    SimulatedFile& written = handle.opened->file;
    const std::uint64_t start = unsigned_of(offset);
    std::string_view data(static_cast<const char*>(bytes), count_of(count));
    bool is_full = false;
    if (const auto& capacity = handle.device->capacity; capacity && start + data.size() > written.size()) {
        const std::uint64_t used = handle.device->bytes_used();
        const std::uint64_t end_max = written.size() + (*capacity > used ? *capacity - used : 0);
        is_full = start + data.size() > end_max;
        if (is_full) {
            data = data.substr(0, end_max > start ? static_cast<std::size_t>(end_max - start) : 0);
        }
    }
    written.write(start, data);
    if (fate == Fate::power_lost) {
        return SQLITE_IOERR_WRITE;
    }
    return is_full ? SQLITE_FULL : SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    const Fate fate = handle.device->at_write_point();
    if (fate != Fate::fails) {
        handle.opened->file.resize(unsigned_of(size));
    }
    return fate == Fate::done ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync_file(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    if (handle.is_dead() || handle.device->at_write_point() != Fate::done) {
        return SQLITE_IOERR_FSYNC;
    }
    handle.opened->file.sync();
    if (handle.syncs_directory) {
        if (handle.device->at_write_point() != Fate::done) {
            return SQLITE_IOERR_DIR_FSYNC;
        }
        handle.device->sync_directory();
        handle.syncs_directory = false;
    }
    return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_FSTAT;
    }
    *size = static_cast<sqlite3_int64>(handle.opened->file.size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_LOCK;
    }
    auto& locks = handle.opened->locks;
    const int other_max = level == SQLITE_LOCK_SHARED     ? SQLITE_LOCK_RESERVED
                          : level == SQLITE_LOCK_RESERVED ? SQLITE_LOCK_SHARED
                                                          : SQLITE_LOCK_NONE;
    const bool is_free = std::ranges::all_of(
        locks, [&](const auto& lock) { return lock.first == file || lock.second <= other_max; });
    if (!is_free) {
        return SQLITE_BUSY;
    }
    locks[file] = std::max(locks[file], level);
    return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    auto& locks = handle.opened->locks;
    if (level == SQLITE_LOCK_NONE) {
        locks.erase(file);
    } else if (locks.contains(file)) {
        locks[file] = std::min(locks[file], level);
    }
    return handle.is_dead() ? SQLITE_IOERR_UNLOCK : SQLITE_OK;
}

int check_lock(sqlite3_file* file, int* is_reserved) {
    Handle& handle = handle_of(file);
    if (handle.is_dead()) {
        return SQLITE_IOERR_CHECKRESERVEDLOCK;
    }
    *is_reserved = std::ranges::any_of(handle.opened->locks,
                                       [](const auto& lock) { return lock.second >= SQLITE_LOCK_RESERVED; })
                       ? 1
                       : 0;
    return SQLITE_OK;
}

int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return sector_size_told; }

// The same as of the operating system's files: a write leaves alone what lies beside it in its sector.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int delete_named(Device& device, const std::string& name) {
    const auto found = device.files.find(name);
    if (found == device.files.end()) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    const Fate fate = device.at_write_point();
    if (fate == Fate::fails) {
        return SQLITE_IOERR_DELETE;
    }
    // Where an older one of this name may come back, that one is on the disk already and this one may not be.
    device.deleted.try_emplace(name, std::move(found->second.opened));
    device.files.erase(found);
    return fate == Fate::done ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

int close_file(sqlite3_file* file) {
    Handle& handle = handle_of(file);
    handle.opened->locks.erase(file);
    if (handle.is_deleted_on_close && !handle.name.empty() && !handle.is_dead()) {
        delete_named(*handle.device, handle.name);
    }
    handle.~Handle();
    return SQLITE_OK;
}

constexpr sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = nullptr,  // not needed: databases are opened for one connection alone
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    Device& device = device_of(vfs);
    file->pMethods = nullptr;
    if (!device.has_power) {
        return SQLITE_IOERR;
    }
    std::shared_ptr<OpenedFile> opened;
    if (name == nullptr) {
        opened = std::make_shared<OpenedFile>();
    } else if (const auto found = device.files.find(std::string_view(name)); found != device.files.end()) {
        if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0) {
            return SQLITE_CANTOPEN;
        }
        opened = found->second.opened;
    } else {
        if ((flags & SQLITE_OPEN_CREATE) == 0) {
            return SQLITE_CANTOPEN;
        }
        const Fate fate = device.at_write_point();
        if (fate == Fate::fails) {
            return SQLITE_CANTOPEN;
        }
        opened = std::make_shared<OpenedFile>();
        device.files[name] = {opened, false};
        if (fate == Fate::power_lost) {
            return SQLITE_IOERR;
        }
    }
    auto* handle = new (file) Handle;
    handle->device = &device;
    handle->opened = std::move(opened);
    handle->name = name == nullptr ? "" : name;
    handle->life = device.lives;
    handle->is_deleted_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->syncs_directory =
        (flags & SQLITE_OPEN_CREATE) != 0 &&
        (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    handle->pMethods = &methods;
    if (flags_out != nullptr) {
        *flags_out = flags;
    }
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int is_directory_synced) {
    Device& device = device_of(vfs);
    if (!device.has_power) {
        return SQLITE_IOERR_DELETE;
    }
    const int outcome = delete_named(device, name);
    if (outcome != SQLITE_OK || is_directory_synced == 0) {
        return outcome;
    }
    if (device.at_write_point() != Fate::done) {
        return SQLITE_IOERR_DIR_FSYNC;
    }
    device.sync_directory();
    return SQLITE_OK;
}

int is_accessible(sqlite3_vfs* vfs, const char* name, int, int* outcome) {
    Device& device = device_of(vfs);
    if (!device.has_power) {
        return SQLITE_IOERR_ACCESS;
    }
    *outcome = device.files.contains(std::string_view(name)) ? 1 : 0;
    return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    const std::string_view path(name);
    if (path.size() >= count_of(size)) {
        return SQLITE_CANTOPEN;
    }
    std::ranges::copy(path, out);
    out[path.size()] = '\0';
    return SQLITE_OK;
}

int random_bytes(sqlite3_vfs* vfs, int count, char* out) {
    RandomStream& random = device_of(vfs).random;
    std::generate_n(out, count, [&] { return static_cast<char>(random.next() & 0xffU); });
    return count;
}

int sleep_for(sqlite3_vfs*, int microseconds) { return microseconds; }
int last_error(sqlite3_vfs*, int, char*) { return 0; }

int current_time(sqlite3_vfs*, double* days) {
    *days = julian_1970;
    return SQLITE_OK;
}

std::string unique_name() {
    static std::atomic<std::uint64_t> count = 0;
    return fmt::format("groundwork-simulated-disk-{}", ++count);
}

}  // namespace

struct SimulatedDisk::State {
    Device device;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : state_(std::make_unique<State>()) {
    Device& device = state_->device;
    device.name = unique_name();
    device.random = RandomStream(seed, 0x6469736b00000000U);
    sqlite3_vfs& vfs = device.vfs;
    vfs.iVersion = 1;
    vfs.szOsFile = static_cast<int>(sizeof(Handle));
    vfs.mxPathname = path_bytes_max;
    vfs.zName = device.name.c_str();
    vfs.pAppData = &device;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = is_accessible;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = random_bytes;
    vfs.xSleep = sleep_for;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    ENSURE(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

SimulatedDisk::~SimulatedDisk() { sqlite3_vfs_unregister(&state_->device.vfs); }

const std::string& SimulatedDisk::vfs() const { return state_->device.name; }
std::uint64_t SimulatedDisk::write_points() const { return state_->device.points; }
std::uint64_t SimulatedDisk::bytes_read() const { return state_->device.bytes_read; }
std::uint64_t SimulatedDisk::bytes_used() const { return state_->device.bytes_used(); }
bool SimulatedDisk::has_power() const { return state_->device.has_power; }
void SimulatedDisk::lose_power() { state_->device.has_power = false; }
void SimulatedDisk::lose_power_at(std::uint64_t write_point) { state_->device.cut_point = write_point; }
void SimulatedDisk::fail_at(std::uint64_t write_point) { state_->device.failing_point = write_point; }
void SimulatedDisk::set_capacity(std::optional<std::uint64_t> bytes) { state_->device.capacity = bytes; }

void SimulatedDisk::restore_power(RandomStream& random) {
    ENSURE(!state_->device.has_power);
    std::map<std::string, Entry, std::less<>> left;
    for (auto& [name, entry] : state_->device.files) {
        if (entry.is_durable || random.next_below(2) == 0) {
            left[name] = {std::move(entry.opened), true};
        }
    }
    for (auto& [name, opened] : state_->device.deleted) {
        if (!left.contains(name) && random.next_below(2) == 0) {
            left[name] = {std::move(opened), true};
        }
    }
    for (auto& [name, entry] : left) {
        entry.opened->file.lose_power(random);
        entry.opened->locks.clear();
    }
    state_->device.files = std::move(left);
    state_->device.deleted.clear();
    state_->device.has_power = true;
    state_->device.cut_point.reset();
    state_->device.failing_point.reset();
    ++state_->device.lives;
}

std::vector<std::string> SimulatedDisk::files() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : state_->device.files) {
        names.push_back(name);
    }
    return names;
}

std::optional<std::string> SimulatedDisk::read(std::string_view file) const {
    const auto found = state_->device.files.find(file);
    if (found == state_->device.files.end()) {
        return std::nullopt;
    }
    const SimulatedFile& bytes = found->second.opened->file;
    return bytes.read(0, static_cast<std::size_t>(bytes.size()));
}

void SimulatedDisk::put(std::string_view file, std::string_view bytes) {
    auto opened = std::make_shared<OpenedFile>();
    opened->file.write(0, bytes);
    opened->file.sync();
    state_->device.files.insert_or_assign(std::string(file), Entry{std::move(opened), true});
    if (const auto old = state_->device.deleted.find(file); old != state_->device.deleted.end()) {
        state_->device.deleted.erase(old);
    }
}

void SimulatedDisk::seed_process(std::uint32_t seed) {
    ENSURE(seed != 0);  // SQLite takes zero for none
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, static_cast<sqlite3*>(nullptr));
}

}  // namespace groundwork::ledger
