#include "ledger/random_bytes.h"

#include <sodium.h>

namespace groundwork::ledger {

Id RandomBytes::id() {
    Id id;
    fill(id.bytes);
    return id;
}

void OperatingSystemBytes::fill(std::span<std::uint8_t> bytes) {
    ENSURE(sodium_init() >= 0);
    randombytes_buf(bytes.data(), bytes.size());
}

void SeededBytes::fill(std::span<std::uint8_t> bytes) {
    const std::lock_guard lock(mutex_);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 8 == 0) {
            bits = stream_.next();
        }
        bytes[i] = static_cast<std::uint8_t>(bits >> (8 * (i % 8)));
    }
}

}  // namespace groundwork::ledger
