// Real data that the repository may not carry: used where it is beside the checkout, counted as skipped where
// not.
#pragma once

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

// The path of ../shared/`name`, or nothing after saying "skipped: ..." (./test counts those lines).
inline std::optional<std::string> shared_file(const std::string& name) {
    const auto path = std::filesystem::path(GROUNDWORK_SHARED_DIR) / name;
    if (!std::filesystem::exists(path)) {
        std::cout << "skipped: needs " << name << " of the shared data" << std::endl;
        return std::nullopt;
    }
    return path.string();
}
