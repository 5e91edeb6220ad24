#include "foundation/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace groundwork {

namespace {

// Closes on every way out.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

  private:
    int number_;
};

Error system_trouble(const char* doing, const std::filesystem::path& path) {
    const std::string reason = std::generic_category().message(errno);
    return outside_failure(std::string("cannot ") + doing + ": " + reason).at(path.string());
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return fail(system_trouble("open", path));
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) {
        return fail(system_trouble("read", path));
    }
    if (S_ISDIR(status.st_mode)) {
        return fail(outside_failure("is a folder, not a file").at(path.string()));
    }
    std::string bytes;
    std::size_t filled = 0;
    bytes.resize(static_cast<std::size_t>(status.st_size) + 1);
    for (;;) {  // the size is only a hint: pipes have none, and a file may grow
        const ssize_t count = ::read(file.number(), bytes.data() + filled, bytes.size() - filled);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_trouble("read", path));
        }
        if (count == 0) {
            bytes.resize(filled);
            return bytes;
        }
        filled += static_cast<std::size_t>(count);
        if (filled == bytes.size()) {
            bytes.resize(bytes.size() * 2);
        }
    }
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::string temporary = path.string() + ".XXXXXX";
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!file.is_open()) {
        return fail(system_trouble("write", path));
    }
    const auto give_up = [&](const char* doing) {
        const auto error = system_trouble(doing, path);
        ::unlink(temporary.c_str());
        return fail(error);
    };
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return give_up("write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    constexpr mode_t readable = 0644;
    if (::fchmod(file.number(), readable) != 0 || ::fsync(file.number()) != 0) {
        return give_up("write");
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        return give_up("write");
    }
    return {};
}

}  // namespace groundwork
