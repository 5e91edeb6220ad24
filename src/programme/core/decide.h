// From a command to the events it causes. Pure: time and chance are handed in, nothing is changed.
#pragma once

#include <cstdint>
#include <vector>

#include "programme/core/cohort.h"
#include "programme/core/command.h"

namespace groundwork::programme {

// Where draws come from: the operating system in production, a seed in a rehearsal.
class Chance {
  public:
    virtual ~Chance() = default;
    virtual std::uint64_t bits() = 0;  // 64 uniform bits, new each time
};

class OperatingSystemChance : public Chance {
  public:
    std::uint64_t bits() override;
};

class SeededChance : public Chance {
  public:
    SeededChance(std::uint64_t seed, std::uint64_t stream) : stream_(seed, stream) {}
    std::uint64_t bits() override { return stream_.next(); }

  private:
    RandomStream stream_;
};

// The events of a command at `now`, in their order; none where it was carried out before or has nothing left
// to do. A clock that steps back does not move the cohort back: what happens then happens at the latest
// event's time. A command that cannot be carried out is `unacceptable`, in words for whoever gave it.
Result<std::vector<Event>> decide(const Cohort& cohort, const Command& command, Instant now, Chance& chance);

}  // namespace groundwork::programme
