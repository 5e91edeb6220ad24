#include "programme/entropy.h"

#include "foundation/foundation.h"

namespace groundwork::programme {

std::uint64_t OperatingSystemEntropy::draw(std::size_t, DrawFor) { return operating_system_entropy(); }

std::string OperatingSystemEntropy::description() const { return "the operating system's entropy"; }

std::uint64_t SeededEntropy::draw(std::size_t person, DrawFor purpose) {
    constexpr std::uint64_t purposes = 2;
    return RandomStream(seed_, std::uint64_t{person} * purposes + static_cast<std::uint64_t>(purpose)).next();
}

std::string SeededEntropy::description() const { return "seed " + std::to_string(seed_); }

}  // namespace groundwork::programme
