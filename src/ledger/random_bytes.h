// Where keys, nonces and event ids come from: injected, so that a rehearsal can be repeated to the byte.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>

#include "foundation/foundation.h"
#include "foundation/id.h"

namespace groundwork::ledger {

class RandomBytes {
  public:
    virtual ~RandomBytes() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;  // safe from any thread

    Id id();
};

// The operating system's. The only one that real people's data may meet.
class OperatingSystemBytes : public RandomBytes {
  public:
    void fill(std::span<std::uint8_t> bytes) override;
};

// For rehearsals: the same seed gives the same bytes in the same order.
class SeededBytes : public RandomBytes {
  public:
    explicit SeededBytes(std::uint64_t seed) : stream_(seed, 0x6c65646765720000U) {}
    void fill(std::span<std::uint8_t> bytes) override;

  private:
    std::mutex mutex_;
    RandomStream stream_;
};

}  // namespace groundwork::ledger
