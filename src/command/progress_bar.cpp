#include "command/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <string>

namespace groundwork::command {

namespace {

constexpr std::chrono::milliseconds patience(1000), between_drawings(100);

}  // namespace

ProgressBar::ProgressBar()
    : is_watched_(::isatty(STDERR_FILENO) == 1), next_(std::chrono::steady_clock::now() + patience) {}

ProgressBar::~ProgressBar() {
    if (shown_ >= 0) {
        std::cerr << "\r\033[K" << std::flush;
    }
}

std::function<void(double)> ProgressBar::observer() {
    if (!is_watched_) {
        return {};
    }
    return [this](double share) { show(share); };
}

void ProgressBar::show(double share) {
    const std::unique_lock lock(drawing_, std::try_to_lock);
    const auto now = std::chrono::steady_clock::now();
    if (!lock.owns_lock() || now < next_ || share < shown_) {
        return;
    }
    constexpr int width = 40;
    const int filled = static_cast<int>(share * width);
    std::cerr << fmt::format("\r[{:#<{}}{:.<{}}] {:3.0f} %", "", filled, "", width - filled, 100 * share)
              << std::flush;
    shown_ = share;
    next_ = now + between_drawings;
}

}  // namespace groundwork::command
