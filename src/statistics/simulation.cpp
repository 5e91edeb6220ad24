#include "statistics/simulation.h"

#include <cmath>

namespace groundwork::statistics {

double next_chi_square(RandomStream& random, std::size_t degrees) {
    if (degrees == 0) {
        return 0;
    }
    if (degrees == 1) {
        const double normal = random.next_normal();
        return normal * normal;
    }
    const double d = static_cast<double>(degrees) / 2 - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double normal = random.next_normal();
        const double root = 1 + c * normal;
        if (root <= 0) {
            continue;
        }
        const double cube = root * root * root;
        if (std::log(random.next_uniform()) < normal * normal / 2 + d - d * cube + d * std::log(cube)) {
            return 2 * d * cube;
        }
    }
}

}  // namespace groundwork::statistics
