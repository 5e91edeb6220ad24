#include "foundation/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace groundwork {

unsigned thread_count(unsigned wanted) {
    constexpr unsigned most_threads = 256;
    static const unsigned cores = std::max(1U, std::thread::hardware_concurrency());  // asks the system: slow
    return std::min(wanted == 0 ? cores : wanted, most_threads);
}

void for_each_part(std::size_t parts, unsigned threads, const std::function<void(std::size_t)>& work) {
    const std::size_t workers = parts <= 1 ? parts : std::min<std::size_t>(parts, thread_count(threads));
    if (workers <= 1) {
        for (std::size_t part = 0; part < parts; ++part) {
            work(part);
        }
        return;
    }
    std::atomic<std::size_t> next = 0;
    const auto take_parts = [&] {
        for (std::size_t part = next++; part < parts; part = next++) {
            work(part);
        }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t worker = 1; worker < workers; ++worker) {
        helpers.emplace_back(take_parts);
    }
    take_parts();
}  // the helpers are joined here

}  // namespace groundwork
