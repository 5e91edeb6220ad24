// Arithmetic on `lanes` levels at once: every element of the levels' small matrices is an array over the
// levels, so that loops run along vectors. Private to this folder.
#pragma once

#include <cstddef>

namespace groundwork::statistics {

inline constexpr std::size_t lanes = 32;

#define GROUNDWORK_INLINE [[gnu::always_inline]] inline

GROUNDWORK_INLINE void copy_lanes(double* target, const double* source) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] = source[lane];
    }
}
GROUNDWORK_INLINE void fill_lanes(double* target, double value) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] = value;
    }
}
GROUNDWORK_INLINE void add_scaled(double* target, double factor, const double* source) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] += factor * source[lane];
    }
}
GROUNDWORK_INLINE void subtract_product(double* target, const double* a, const double* b) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] -= a[lane] * b[lane];
    }
}
GROUNDWORK_INLINE void add_product(double* target, const double* a, const double* b) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] += a[lane] * b[lane];
    }
}
GROUNDWORK_INLINE void multiply(double* target, const double* factor) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        target[lane] *= factor[lane];
    }
}
GROUNDWORK_INLINE double sum(const double* a) {
    double part[8] = {};
    for (std::size_t lane = 0; lane < lanes; lane += 8) {
        for (std::size_t k = 0; k < 8; ++k) {
            part[k] += a[lane + k];
        }
    }
    return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}
GROUNDWORK_INLINE double dot(const double* a, const double* b) {
    double part[8] = {};
    for (std::size_t lane = 0; lane < lanes; lane += 8) {
        for (std::size_t k = 0; k < 8; ++k) {
            part[k] += a[lane + k] * b[lane + k];
        }
    }
    return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

}  // namespace groundwork::statistics
