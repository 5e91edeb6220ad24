#include "programme/ground.h"

#include <cmath>

#include "foundation/foundation.h"

namespace groundwork::programme {

namespace {

constexpr double points_in_one = 1e6;

}  // namespace

Points to_points(double score) {
    ENSURE(std::abs(score) < 1e12);
    return std::llround(score * points_in_one);
}

double to_score(Points points) { return static_cast<double>(points) / points_in_one; }

std::string_view letter_of(Standing standing) {
    switch (standing) {
        case Standing::evidence: return "E";
        case Standing::computed: return "C";
        case Standing::professional: return "K";
    }
    ENSURE(false);
    return "";
}

}  // namespace groundwork::programme
