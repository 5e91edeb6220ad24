#include "foundation/random.h"

#include <Random123/philox.h>
#include <sys/random.h>

#include <cmath>

#include "foundation/ensure.h"

namespace groundwork {

std::uint64_t RandomStream::next() {
    if (used_ == bits_.size()) {
        const r123::Philox4x64::ctr_type counter = {{block_++, stream_, 0, 0}};
        const r123::Philox4x64::key_type key = {{seed_, 0}};
        const auto block = r123::Philox4x64{}(counter, key);
        for (unsigned i = 0; i < bits_.size(); ++i) {
            bits_[i] = block[i];
        }
        used_ = 0;
    }
    return bits_[used_++];
}

double RandomStream::next_uniform() {
    // The middle of one of 2^52 equal parts: never 0, never 1, and every value exact.
    constexpr double part = 0x1.0p-52;
    return (static_cast<double>(next() >> 12) + 0.5) * part;
}

double RandomStream::next_normal() { return normal_quantile(next_uniform()); }

std::uint64_t RandomStream::next_below(std::uint64_t bound) {
    ENSURE(bound >= 1);
    const std::uint64_t unusable = (0 - bound) % bound;  // 2^64 mod bound
    for (;;) {
        const std::uint64_t bits = next();
        if (bits >= unusable) {
            return bits % bound;
        }
    }
}

namespace {

double polynomial(double x, const std::array<double, 8>& coefficients) {
    double sum = 0;
    for (auto coefficient = coefficients.rbegin(); coefficient != coefficients.rend(); ++coefficient) {
        sum = sum * x + *coefficient;
    }
    return sum;
}

}  // namespace

double normal_quantile(double p) {
    ENSURE(p > 0 && p < 1);
    static constexpr std::array<double, 8> a = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                                1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                                4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static constexpr std::array<double, 8> b = {1.0,
                                                4.2313330701600911252e+1,
                                                6.8718700749205790830e+2,
                                                5.3941960214247511077e+3,
                                                2.1213794301586595867e+4,
                                                3.9307895800092710610e+4,
                                                2.8729085735721942674e+4,
                                                5.2264952788528545610e+3};
    static constexpr std::array<double, 8> c = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                                5.76949722146069140550e0,  3.64784832476320460504e0,
                                                1.27045825245236838258e0,  2.41780725177450611770e-1,
                                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static constexpr std::array<double, 8> d = {1.0,
                                                2.05319162663775882187e0,
                                                1.67638483018380384940e0,
                                                6.89767334985100004550e-1,
                                                1.48103976427480074590e-1,
                                                1.51986665636164571966e-2,
                                                5.47593808499534494600e-4,
                                                1.05075007164441684324e-9};
    static constexpr std::array<double, 8> e = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                                1.78482653991729133580e0,  2.96560571828504891230e-1,
                                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static constexpr std::array<double, 8> f = {1.0,
                                                5.99832206555887937690e-1,
                                                1.36929880922735805310e-1,
                                                1.48753612908506148525e-2,
                                                7.86869131145613259100e-4,
                                                1.84631831751005468180e-5,
                                                1.42151175831644588870e-7,
                                                2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(r, a) / polynomial(r, b);
    }
    const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
    const double tail = r <= 5 ? polynomial(r - 1.6, c) / polynomial(r - 1.6, d)
                               : polynomial(r - 5, e) / polynomial(r - 5, f);
    return q < 0 ? -tail : tail;
}

std::uint64_t operating_system_entropy() {
    std::uint64_t bits = 0;
    ENSURE(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
    return bits;
}

}  // namespace groundwork
