// timed COMMAND...: runs it and adds a line to its output: the seconds from its start to its end, and the
// most memory that it held. A small program measures this more exactly than a shell can.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>

int main(int argument_count, char** arguments) {
    if (argument_count < 2) {
        std::fputs("usage: timed COMMAND...\n", stderr);
        return 2;
    }
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    pid_t process = 0;
    int status = 0;
    rusage usage{};
    if (posix_spawnp(&process, arguments[1], nullptr, nullptr, arguments + 1, environ) != 0 ||
        wait4(process, &status, 0, &usage) != process) {
        std::perror(arguments[1]);
        return 3;
    }
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    const double megabytes = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
    fmt::print("\n\"elapsed\": {:.6f}, \"megabytes\": {:.1f}\n", elapsed.count(), megabytes);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
