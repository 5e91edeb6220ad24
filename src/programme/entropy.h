// Where draws come from: injected, so that a rehearsal can be repeated and a real allocation cannot be
// foreseen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace groundwork::programme {

enum class DrawFor : std::uint64_t { arm = 0, start = 1 };

class Entropy {
  public:
    virtual ~Entropy() = default;

    // 64 uniform bits for the person at this place (from 0); asked for at most once for each purpose.
    virtual std::uint64_t draw(std::size_t person, DrawFor purpose) = 0;

    // For the record: "seed 7" or where else the bits came from.
    virtual std::string description() const = 0;
};

// In production: every draw is new and is recorded where it is used; nothing can foresee or repeat it.
class OperatingSystemEntropy : public Entropy {
  public:
    std::uint64_t draw(std::size_t person, DrawFor purpose) override;
    std::string description() const override;
};

// For rehearsals and checks: a draw depends on seed, place and purpose alone.
class SeededEntropy : public Entropy {
  public:
    explicit SeededEntropy(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t draw(std::size_t person, DrawFor purpose) override;
    std::string description() const override;

  private:
    std::uint64_t seed_;
};

}  // namespace groundwork::programme
