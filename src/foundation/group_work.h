// Work that is cheaper done together: the first to come works for everyone who waits, the others wait for it.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
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
        ++clients_waiting_;
        if (clients_waiting_ >= wanted_) {
            came_.notify_one();
        }
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
        // would fall apart into one and all the others, in turn. Short work is not worth the waiting.
        if (last_duration_ >= worth_waiting) {
            wanted_ = std::max(last_clients_, clients_before_);
            came_.wait_for(lock, last_duration_ / 4, [&] { return clients_waiting_ >= wanted_; });
        }
        const std::size_t clients = std::exchange(clients_waiting_, 0);
        std::vector<Job*> group;
        group.swap(waiting_);
        lock.unlock();
        const auto start = std::chrono::steady_clock::now();
        work_(group);
        const auto duration = std::chrono::steady_clock::now() - start;
        lock.lock();
        clients_before_ = std::exchange(last_clients_, clients);
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
    static constexpr std::chrono::microseconds worth_waiting{200};
    std::size_t clients_waiting_ = 0, wanted_ = 1, last_clients_ = 1, clients_before_ = 1;
    std::chrono::nanoseconds last_duration_{0};
};

}  // namespace groundwork
