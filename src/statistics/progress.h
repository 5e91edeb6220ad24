// How far a long calculation is, for who waits for it.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace groundwork::statistics {

// Told the share that is done, 0 to 1; from any thread, several at once, not in order. Returns soon.
using ProgressObserver = std::function<void(double share)>;

class ProgressCount {
  public:
    ProgressCount(const ProgressObserver& observer, std::size_t parts) : observer_(observer), parts_(parts) {}
    void part_done() {
        const std::size_t done = ++done_;
        if (observer_) {
            observer_(static_cast<double>(done) / static_cast<double>(parts_));
        }
    }

  private:
    const ProgressObserver& observer_;
    std::size_t parts_;
    std::atomic<std::size_t> done_ = 0;
};

}  // namespace groundwork::statistics
