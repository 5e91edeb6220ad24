// A bar on a terminal's standard error for what takes longer than a second; nothing where nobody looks.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>

namespace groundwork::command {

class ProgressBar {
  public:
    ProgressBar();
    ~ProgressBar();  // wipes the bar away
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    // To be called from any thread with the share that is done; lives no longer than the bar.
    std::function<void(double)> observer();

  private:
    void show(double share);

    bool is_watched_;
    std::chrono::steady_clock::time_point next_;
    std::mutex drawing_;
    double shown_ = -1;  // -1: nothing yet
};

}  // namespace groundwork::command
