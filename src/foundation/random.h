// Random numbers by counter (Philox4x64-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2,
// 3"): the n-th number of a stream depends on seed, stream and n alone, so results are the same on any
// machine, with any number of threads, in any order.
#pragma once

#include <array>
#include <cstdint>

namespace groundwork {

class RandomStream {
  public:
    // Streams of one seed are independent of one another; name them by what they are for.
    RandomStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

    // The next 64 uniform bits.
    std::uint64_t next();

    // Uniform in the open interval (0, 1): one of 2^52 equally spaced values.
    double next_uniform();

    // Standard normal, by the inverse of the distribution function (Wichura 1988, algorithm AS 241): one
    // uniform each.
    double next_normal();

    // Uniform whole number in [0, bound), without bias. bound >= 1.
    std::uint64_t next_below(std::uint64_t bound);

  private:
    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t block_ = 0;
    std::array<std::uint64_t, 4> bits_{};
    unsigned used_ = 4;
};

// The standard normal quantile: relative error about 1e-16 (AS 241, PPND16). 0 < p < 1.
double normal_quantile(double p);

// 64 bits from the operating system's entropy source.
std::uint64_t operating_system_entropy();

}  // namespace groundwork
