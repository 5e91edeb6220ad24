// Work that is cheaper done together: the first to come works for everyone who waits, the others wait for it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace groundwork {

// `Job` has a member `bool is_done`, which belongs to the group until it is true; from then on the job is its
// owner's alone. Jobs are worked on in the order in which they came, each once.
template <class Job>
class GroupWork {
  public:
    using Work = std::function<void(const std::vector<Job*>&)>;

    explicit GroupWork(Work work) : work_(std::move(work)) {}

    // Returns when all of them are done. Safe from any thread; the jobs must live until then.
    void submit(std::span<Job> jobs) {
        std::unique_lock lock(mutex_);
        for (Job& job : jobs) {
            waiting_.push_back(&job);
        }
        came_.notify_all();
        const auto are_done = [&] {
            return std::ranges::all_of(jobs, [](const Job& job) { return job.is_done; });
        };
        while (!are_done()) {
            if (is_worked_on_) {
                done_.wait(lock);
            } else {
                work_for_all(lock);
            }
        }
    }

  private:
    void work_for_all(std::unique_lock<std::mutex>& lock) {
        is_worked_on_ = true;
        // Whoever was just served comes again at once, as a rule: without waiting a moment for them the group
        // would fall apart into one and all the others, in turn.
        const std::size_t wanted = std::max(last_size_, size_before_);
        came_.wait_for(lock, last_duration_ / 8, [&] { return waiting_.size() >= wanted; });
        std::vector<Job*> group;
        group.swap(waiting_);
        lock.unlock();
        const auto start = std::chrono::steady_clock::now();
        work_(group);
        const auto duration = std::chrono::steady_clock::now() - start;
        lock.lock();
        size_before_ = last_size_;
        last_size_ = group.size();
        last_duration_ = std::min<std::chrono::nanoseconds>(duration, std::chrono::milliseconds(40));
        for (Job* job : group) {
            job->is_done = true;
        }
        is_worked_on_ = false;
        done_.notify_all();
    }

    Work work_;
    std::mutex mutex_;
    std::condition_variable came_, done_;
    std::vector<Job*> waiting_;
    bool is_worked_on_ = false;
    std::size_t last_size_ = 0, size_before_ = 0;
    std::chrono::nanoseconds last_duration_{0};
};

}  // namespace groundwork
